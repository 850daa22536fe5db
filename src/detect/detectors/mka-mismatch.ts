import type { MkaParticipant } from '../../flow/link/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { macsText, waiting } from '../link/words.ts';

/** Hellos come every 2 s (IEEE 802.1X-2020 table 9-3): so many of each, heard by the other, are enough to become live peers. */
const HELLOS = 3;
/** For so long at least both must have spoken (microseconds). */
const TOGETHER_US = 4e6;

export const mkaMismatch: Detector = {
  id: 'mka-mismatch',
  title: 'Two ends of a link do not agree on a MACsec key',
  severity: 'medium',
  about:
    'Both ends want MACsec and send their hellos, and neither accepts the other: they hold different keys, or call them differently. The link stays without protection, or shut.',
  fires: [
    'two stations of one link send MKA under different key names and neither has a live peer',
    'they use one key name and neither ever accepts the other: the keys behind the name differ',
    'high: a machine on the link asks for an address and gets no answer',
  ],
  quiet: [
    'one of them had a live peer',
    'one of them alone speaks (macsec-without-key)',
    'fewer than three hellos of each',
  ],
  needs: ['mac', 'time'],
  references: ['IEEE 802.1X-2020 9.4.3', 'IEEE 802.1X-2020 11.11'],
  proof:
    "The lab's kernel has no MACsec: both ends are scripts, with random bytes for the integrity check value. Otherwise proved with hand-built captures.",
  remedy: {
    runbook: '',
    steps: [
      'Compare key name (CKN) and key (CAK) of both ends: the name in this finding is what is on the wire. Keys of different length are padded differently by vendors.',
      'If keys come from 802.1X (EAP-TLS), see that both ends finished the same session.',
    ],
    verify: ['Both ends list each other as live peers (`show mka sessions`), and MACsec frames flow.'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  return {
    on: {
      'macsec-link'({ link, participants, time }, emit) {
        if (link.crowded || participants.some(({ everLive }) => everLive)) return;
        const talkers = participants.filter(({ pdus }) => pdus >= HELLOS);
        const macs = [...new Set(talkers.map(({ mac }) => mac))].sort((a, b) => a - b);
        const [a, b] = macs;
        // More than two on one segment is a mirror of several links.
        if (a === undefined || b === undefined || macs.length > 2) return;
        const [ofA, ofB] = [of(talkers, a), of(talkers, b)];
        const from = Math.max(...[ofA, ofB].map((list) => Math.min(...list.map(({ firstTime }) => firstTime))));
        const to = Math.min(...[ofA, ofB].map((list) => Math.max(...list.map(({ lastTime }) => lastTime))));
        if (to - from < TOGETHER_US) return;
        const shared = ofA.find(({ ckn }) => ofB.some((other) => other.ckn === ckn));
        const names = `${ofA.map(cknText).join(', ')} and ${ofB.map(cknText).join(', ')}`;
        const shut = waiting(link, time);
        emit({
          subject: { stations: macs.map(macText) },
          severity: shut.length > 0 ? 'high' : 'medium',
          confidence: confidence(
            shared === undefined ? 'certain' : 'likely',
            [
              shared === undefined
                ? `the key names differ: ${names}`
                : `both use the key name ${cknText(shared)} and neither accepts the other`,
              'neither end had a live peer',
              ...(shut.length > 0 ? [`the DISCOVERs of ${macsText(shut.map(({ mac }) => mac))} went unanswered`] : []),
            ],
            shared === undefined ? [] : ["the ends' own logs: integrity check failures of MKA"],
          ),
          message: `${macText(a)} and ${macText(b)} do not agree on a MACsec key: ${shared === undefined ? `they call their keys ${names}` : `they call it ${cknText(shared)} and it is not the same`}.`,
          segment: link.segment,
          time: from,
          evidence: [...ofA, ...ofB].flatMap((one) => [
            { kind: 'frame' as const, sight: one.first, note: `MKA of ${macText(one.mac)}, key name ${cknText(one)}` },
            { kind: 'frame' as const, sight: one.last, note: `the last of ${one.pdus}: no live peer` },
          ]),
          causes:
            shared === undefined
              ? ['the key chains of the two ends differ', 'one end changed to its next key and the other did not']
              : ['the keys (CAK) of the two ends differ', 'one end pads its key differently'],
        });
      },
    },
  };
}

function of(list: readonly MkaParticipant[], mac: number): MkaParticipant[] {
  return list.filter((one) => one.mac === mac);
}

function cknText({ ckn }: MkaParticipant): string {
  return ckn.length > 16 ? `${ckn.slice(0, 16)}…` : ckn === '' ? '(empty)' : ckn;
}
