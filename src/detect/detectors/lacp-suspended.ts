import type { LacpSpeaker } from '../../flow/link/types.ts';
import { lacpStateText } from '../../wire/protocols/lacp.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { discovers, lineNotes, portText, seconds, strangers, waiting, waitingEvidence } from '../link/words.ts';

/** With long timeouts a PDU comes every 30 s, and three are waited for (IEEE 802.1AX 6.4.4). */
const LONG_US = 95e6;

export const lacpSuspended: Detector = {
  id: 'lacp-suspended',
  title: 'The switch port waits for LACP and does not carry the frames of a machine',
  severity: 'high',
  about:
    'The port belongs to an aggregation and hears no LACP from the machine, which boots with one plain interface: the switch suspends the port, and DISCOVERs end there. The aggregation needs a fallback for machines that boot from the network.',
  fires: [
    'one side speaks LACP, says that it never heard its partner and is not in sync, while a station without LACP sends DISCOVERs that nobody answers',
    'medium: both sides speak LACP for more than 95 s and one never gets in sync',
  ],
  quiet: [
    'the port carries frames all the same (fallback, individual port): the DISCOVERs are answered, or frames of others come through',
    'a negotiation that has just begun',
    'a mirror of many ports',
  ],
  needs: ['mac', 'time'],
  references: ['IEEE 802.1AX 6.4', 'IEEE 802.1AX 6.3.10'],
  proof:
    'In the lab the switch is real (Open vSwitch with LACP and without a fallback), the machine one plain interface. Two ends that never get together are proved with hand-built frames.',
  remedy: {
    runbook: '',
    steps: [
      'Give the aggregation a fallback. Cisco: `no lacp suspend-individual` (NX-OS), `no port-channel standalone-disable` (IOS); Arista: `port-channel lacp fallback individual`; Juniper: `set interfaces <member> ether-options 802.3ad lacp force-up`; AOS-CX: `lacp fallback`; Dell OS10: `lacp fallback enable`.',
      'Or take the port out of the aggregation until the machine is installed.',
    ],
    verify: ['The switch shows the port as individual or up without LACP partner, and the DISCOVER is answered.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  return {
    on: {
      'lacp-link'({ link, speakers, time }, emit) {
        if (link.crowded) return;
        const [one, other] = speakers;
        if (one === undefined || speakers.length > 2) return;
        if (other !== undefined) {
          const stuck = speakers.find((speaker) => !speaker.carried && time - speaker.firstTime > LONG_US);
          if (
            stuck === undefined ||
            stuck.stalled === undefined ||
            time - Math.max(one.firstTime, other.firstTime) < LONG_US
          )
            return;
          const [a, b] = [one, other].sort((x, y) => x.system - y.system);
          if (a === undefined || b === undefined) return;
          emit({
            subject: { systems: [macText(a.system), macText(b.system)] },
            severity: 'medium',
            confidence: confidence('likely', [
              `${macText(stuck.system)} has not been in sync, collecting and distributing for ${seconds(time - stuck.stalledSince)}`,
              `its state is: ${lacpStateText(stuck.state)}`,
            ]),
            message: `${macText(a.system)} and ${macText(b.system)} do not bring up their aggregation (keys ${a.key} and ${b.key}).`,
            segment: link.segment,
            time: stuck.firstTime,
            evidence: [
              {
                kind: 'frame',
                sight: stuck.stalled,
                note: `LACP of ${macText(stuck.system)}: ${lacpStateText(stuck.state)}`,
              },
              { kind: 'frame', sight: stuck.last, note: `the last of ${stuck.pdus}` },
            ],
            causes: [
              'the cables of one aggregation end in different ones',
              'speed or key differ',
              'one side limits its active links',
            ],
          });
          return;
        }
        if (one.carried || one.partnerSystem !== 0 || one.stalled === undefined) return;
        if (strangers(link, one.firstTime, [one.mac, one.system]).length > 0) return;
        for (const asker of waiting(link, time)) {
          if (asker.mac === one.mac) continue;
          const mac = macText(asker.mac);
          const lines = lineNotes(switchText, { mac: asker.mac, kinds: ['lacp'] });
          emit({
            subject: { client: mac, system: macText(one.system) },
            confidence: confidence(
              'likely',
              [
                `${one.pdus} LACPDUs of ${macText(one.system)}: ${lacpStateText(one.state)}, no partner heard`,
                `${discovers(asker.discovers)} of ${mac}, which does not speak LACP, without an answer`,
                'nothing that others sent came through the port',
              ],
              ["the switch's state of the port (`show etherchannel summary`, `show lacp interface`)"],
            ),
            message: `The port of ${mac}${portText(switchText, asker.mac)} waits for LACP (${stateText(one)}); ${discovers(asker.discovers)} went nowhere.`,
            segment: link.segment,
            time: asker.firstTime,
            evidence: [
              {
                kind: 'frame',
                sight: one.stalled,
                note: `LACP of ${macText(one.system)}: ${lacpStateText(one.state)}`,
              },
              { kind: 'frame', sight: one.last, note: `the last of ${one.pdus}` },
              ...waitingEvidence(asker, link, time),
              ...lines,
            ],
            causes: ['the aggregation has no fallback for a machine without LACP'],
          });
        }
      },
    },
  };
}

function stateText({ system, key }: LacpSpeaker): string {
  return `system ${macText(system)}, key ${key}`;
}
