import type { SwitchLine } from '../../flow/switch/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Vanished } from '../link/vanished.ts';
import { Said } from '../link/said.ts';
import { lineNotes, timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

/** A host probes three times (RFC 5227 2.1.1): two lost are no chance. */
const LOST = 2;

export const arpProbeDropped: Detector = {
  id: 'arp-probe-dropped',
  title: 'The probe of an address does not get through the switch',
  severity: 'low',
  about:
    'Before it uses an address a host asks for it with an empty sender address. Some switches take 0.0.0.0 for an invalid ARP message and drop it, so that the check for duplicates never reaches anybody: the host believes that the address is free. With a rate limit the port may even be shut.',
  fires: [
    "certain: the switch's log says that it dropped ARP with sender address 0.0.0.0",
    'likely: with captures at two points, probes of one station leave the one and never reach the other, while its other ARP does',
  ],
  quiet: [
    'probes that nobody answers: that is what they are for, and one point alone cannot tell',
    'all ARP of the station is lost (arp-inspection-drop)',
  ],
  needs: ['mac', 'ipv4', 'time'],
  references: ['RFC 5227 2.1.1', 'Cisco IOS Security Command Reference: ip arp inspection validate'],
  proof:
    "In the lab a filter rule in a Linux bridge drops what a guard would; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: '',
    steps: ['Allow the sender address 0.0.0.0. Cisco: `ip arp inspection validate src-mac dst-mac ip allow zeros`.'],
    verify: ['`show ip arp inspection statistics` counts no IP validation failures while a machine boots.'],
  },
  start,
};

function start({ switchText, vantages }: DetectorContext): DetectorRun {
  const losses = new Vanished('arp-probe-dropped.stations', vantages);
  const said = new Said('arp-probe-dropped.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    const who = line.mac < 0 ? 'a station' : macText(line.mac);
    emit({
      subject: { station: line.mac < 0 ? `port ${line.port}` : who },
      severity: 'medium',
      confidence: confidence('certain', ['the switch says so']),
      message: `The switch dropped an ARP probe of ${who}${line.port === '' ? '' : ` on port ${line.port}`} (sender address 0.0.0.0).`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
    });
  };

  return {
    on: {
      'switch-line'({ line }) {
        if (line.kind !== 'dai-drop' || line.ip !== 0) return;
        said.add(line);
      },
      'vantage-lost'({ message, last }) {
        const { arp } = message;
        if (arp !== undefined && arp.senderIp === 0 && arp.operation === 1) losses.add(arp.senderMac, message, last);
      },
    },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
      for (const one of losses.values()) {
        // Where none of its ARP comes through, it is not about probes.
        if (one.count < LOST || one.arpPassed === 0) continue;
        const mac = macText(one.mac);
        const [from, to] = [losses.name(one.from), losses.name(one.to)];
        const target = ipv4Text(one.message.arp?.targetIp ?? 0);
        const lines = lineNotes(switchText, { mac: one.mac, kinds: ['dai-drop'] });
        const [first] = one.sights;
        emit({
          subject: { station: mac },
          severity: 'medium',
          confidence: confidence(
            lines.length > 0 ? 'certain' : 'likely',
            [
              `${one.count} probes of ${mac} for ${target} were seen at ${from} and never at ${to}`,
              'its other ARP does come through',
            ],
            lines.length > 0 ? [] : ["the switch's ARP inspection counters: IP validation failures"],
          ),
          message: `The probes of ${mac} for ${target} leave ${from} and do not reach ${to}: a switch between drops ARP with sender address 0.0.0.0.`,
          segment: first?.segment ?? -1,
          time: first?.time ?? 0,
          evidence: [...losses.evidence(one, `probe of ${mac}`), ...lines],
          count: one.count,
          causes: ['ARP inspection validates addresses and takes 0.0.0.0 for invalid'],
        });
      }
    },
    limits: () => [...said.limits(), ...losses.limits()],
  };
}
