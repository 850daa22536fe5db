import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { discovers, macsText, portText, strangers, waiting, waitingEvidence } from '../link/words.ts';

/** Key agreement says hello every 2 s (IEEE 802.1X-2020 table 9-3): so many without a peer are no start. */
const HELLOS = 3;

export const macsecWithoutKey: Detector = {
  id: 'macsec-without-key',
  title: 'A machine without a key speaks in clear to a port that uses MACsec',
  severity: 'high',
  about:
    'The port protects its frames, or offers to agree on a key, and the machine that boots knows nothing of it: what it sends in clear is dropped, and what it gets it cannot read. Firmware has no MACsec: provisioning ports need an exception.',
  fires: [
    'a station sends DISCOVERs in clear and gets no answer, while the other side sends MACsec frames',
    'the other side sends MKA hellos, hears no peer, and DISCOVERs in clear get no answer',
  ],
  quiet: [
    'frames in clear come through from others, or the DISCOVERs are answered: the port allows both',
    'the station sends protected frames or MKA itself (mka-mismatch)',
  ],
  needs: ['mac', 'time'],
  references: ['IEEE 802.1AE 10', 'IEEE 802.1X-2020 9'],
  proof:
    "The lab's kernel has no MACsec: a script sends its frames, with random bytes for the integrity check value. Otherwise proved with hand-built captures.",
  remedy: {
    runbook: '',
    steps: [
      'Let the port pass unprotected frames until a key is there (Cisco: `authentication linksec policy should-secure` instead of `must-secure`), or take MACsec off provisioning ports.',
      'If the machine has an installed system that knows the key, boot that and not the network.',
    ],
    verify: ['The DISCOVER in clear is answered in clear.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  return {
    on: {
      'macsec-link'({ link, senders, participants, time }, emit) {
        if (link.crowded) return;
        const keyed = new Set([...senders, ...participants].map(({ mac }) => mac));
        const shut = waiting(link, time).filter(({ mac }) => !keyed.has(mac));
        if (shut.length === 0) return;
        const alone = participants.filter(({ pdus, everLive }) => pdus >= HELLOS && !everLive);
        const from = senders.length > 0 ? senders : alone;
        const [first] = from;
        if (first === undefined) return;
        const others = from.map(({ mac }) => mac);
        if (strangers(link, first.firstTime, [...keyed]).length > 0) return;
        const protects = senders.length > 0;
        for (const asker of shut) {
          const mac = macText(asker.mac);
          emit({
            subject: { client: mac, port: macsText(others) },
            confidence: confidence(
              protects ? 'likely' : 'possible',
              [
                protects
                  ? `${macsText(others)} sends MACsec frames on the same link`
                  : `${macsText(others)} offers key agreement (MKA) and hears no peer`,
                `${discovers(asker.discovers)} in clear without an answer`,
                'nothing in clear came from anybody else',
              ],
              ["the switch's MACsec policy and counters for this port (`show macsec interface`)"],
            ),
            message: `${mac}${portText(switchText, asker.mac)} sends ${discovers(asker.discovers)} in clear to a port that ${protects ? 'uses MACsec' : 'wants a MACsec key'}, and is not answered.`,
            segment: link.segment,
            time: asker.firstTime,
            evidence: [
              { kind: 'frame', sight: first.first, note: protects ? 'a protected frame' : 'an MKA hello' },
              ...waitingEvidence(asker, link, time),
            ],
            causes: ['MACsec is required at the port (must-secure)', 'a machine was plugged into an uplink port'],
          });
        }
      },
    },
  };
}
