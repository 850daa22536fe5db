import type { SwitchLine } from '../../flow/switch/types.ts';
import type { Supplicant } from '../../flow/link/types.ts';
import { eapMethodText } from '../../wire/protocols/eapol/eap.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Said } from '../link/said.ts';
import { lineNotes, portText, timeOfLine, waiting } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

export const dot1xRejected: Detector = {
  id: 'dot1x-rejected',
  title: 'The switch port refused the 802.1X login of a machine',
  severity: 'high',
  about:
    'The machine answered the port and the port said no: wrong or expired credentials, a method that the server does not allow, or a certificate that one side does not trust. The port stays shut, or goes into a VLAN for the refused.',
  fires: [
    'an EAP failure that answers what the station itself said, and no success after it',
    "the switch's log says that the station was refused",
  ],
  quiet: [
    'a failure that nobody had answered before: the port gives up on a machine that does not speak 802.1X',
    'a failure after a logoff, and a login that succeeds in the end',
  ],
  needs: ['mac', 'time'],
  references: ['RFC 3748 4.2', 'IEEE 802.1X-2020 8'],
  proof:
    "In the lab hostapd and wpa_supplicant log in for real (EAP-MD5); a filter rule opens and shuts the port. The switch's lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses and times.",
  remedy: {
    runbook: '',
    steps: [
      "Read the authentication server's log (RADIUS) for this MAC address at this time: it names the reason.",
      'If the machine refused the method (Nak), allow one that it knows, or configure its supplicant.',
    ],
    verify: ['A capture at the port ends with an EAP success, and the DISCOVER that follows is answered.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  const said = new Said('dot1x-rejected.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    const mac = macText(line.mac);
    emit({
      subject: { client: mac },
      severity: 'medium',
      confidence: confidence('certain', ['the switch says so']),
      message: `The switch refused ${mac} on port ${line.port === '' ? '(not named)' : line.port} (${line.reason === 'rejected' ? '802.1X' : 'MAC authentication bypass'}).`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
    });
  };

  return {
    on: {
      'switch-line'({ line }) {
        if (line.kind !== 'dot1x' || line.mac < 0) return;
        if (line.reason !== 'rejected' && line.reason !== 'bypass-rejected') return;
        said.add(line);
      },
      'eap-port'({ link, supplicants, time }, emit) {
        for (const one of supplicants) {
          if (one.outcome !== 'rejected' || one.outcomeSight === undefined) continue;
          const mac = macText(one.mac);
          const shut = waiting(link, time).some((asker) => asker.mac === one.mac);
          const method = methodText(one);
          emit({
            subject: { client: mac },
            severity: shut || !link.askers.some((asker) => asker.mac === one.mac) ? 'high' : 'medium',
            confidence: confidence('certain', [
              'the port said so (EAP failure), and no success followed',
              ...(one.nak ? ['the machine refused the method that was offered (Nak)'] : []),
              ...(shut ? ['its DISCOVERs went unanswered'] : []),
            ]),
            message: `The port refused the 802.1X login of ${mac}${portText(switchText, one.mac)}${method}${one.rejected > 1 ? `, ${one.rejected} times` : ''}.`,
            segment: link.segment,
            time: one.outcomeTime,
            evidence: [
              ...(one.lastResponse === undefined
                ? []
                : [{ kind: 'frame' as const, sight: one.lastResponse, note: `what ${mac} said last` }]),
              { kind: 'frame', sight: one.outcomeSight, note: 'EAP failure' },
              ...lineNotes(switchText, { mac: one.mac, kinds: ['dot1x'] }),
            ],
            count: one.rejected,
            causes: one.nak
              ? ['the server offers only methods that the machine does not know']
              : [
                  'wrong or expired credentials',
                  'a certificate that one side does not trust',
                  'no account for this machine',
                ],
          });
        }
      },
    },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
    },
    limits: () => said.limits(),
  };
}

function methodText({ method, nak }: Supplicant): string {
  if (method < 0) return '';
  return nak ? `: it was offered ${eapMethodText(method)} and wants another method` : ` by ${eapMethodText(method)}`;
}
