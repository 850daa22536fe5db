import { BoundedMap } from '../../flow/bounded.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { answersOf } from '../link/answers.ts';
import { portText, seconds } from '../link/words.ts';

/** Asked for so long without an answer (microseconds): three tries, a second apart (RFC 1122 2.3.2.1). */
const TRIED_US = 1.5e6;
/** An answer to the last question would have come within this. */
const ANSWER_US = 1e6;
/** Heard so recently, a station is alive: then something between drops ARP (arp-inspection-drop). */
const ALIVE_US = 60e6;
/** Without these the boot stops; a server that leased or resolves may have a peer that does it too. */
const NEEDED: readonly string[] = ['router', 'boot server', 'gateway'];

/** Told at the end: another vantage may show that the questions never got through. */
const PENDING = 4_096;

export const arpUnanswered: Detector = {
  id: 'arp-unanswered',
  title: 'Nobody answers for the gateway or the server that a lease names',
  severity: 'medium',
  about:
    'The machine has an address and asks by ARP for the router, the boot server or the resolver that its lease names, and nobody answers: the address is wrong, the machine that has it is down, or it is in another VLAN. The boot stops at the first packet that must go there.',
  fires: [
    'three ARP requests or more for an address that the lease of the asker (or the profile, as gateway) names, and no answer, where answers to this station are seen',
    'low: for the DNS or DHCP server of the lease, which may have a peer',
  ],
  quiet: [
    'addresses that no lease and no profile names: scans, machines that are off',
    'the address was heard on this segment within a minute, or another vantage shows that the requests do not arrive (arp-inspection-drop)',
    'ARP probes for an own address: no answer is the good answer',
    'answers to this station do not pass here: a coverage entry',
  ],
  needs: ['mac', 'ipv4', 'lease', 'time'],
  references: ['RFC 826', 'RFC 1122 2.3.2.1', 'RFC 2132 3.5'],
  proof: 'In the lab all parts are real: the lease names a router that is not there.',
  remedy: {
    runbook: '',
    steps: [
      'See that the address is up and in this VLAN: `arping -I <if> <address>` from another machine of the segment.',
      'If it never was, correct what the DHCP server hands out (routers, next-server, DNS of the subnet).',
    ],
    verify: ['An ARP request of the machine for the address is answered.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site, coverage, switchText } = context;
  const answers = answersOf(context);
  const pending = new BoundedMap<string, (emit: EmitFinding) => void>('arp-unanswered.pending', PENDING);
  return {
    on: {
      'dhcp4-message': ({ message }) => answers.message(message),
      'address-claimed': ({ segment, address, claimant }) => answers.claimed(segment, address, claimant),
      'address-unanswered'({ question: q, couldSeeReplies, time }) {
        if (typeof q.target !== 'number' || typeof q.askerIp !== 'number' || q.askerIp <= 0) return;
        if (q.lastTime - q.firstTime < TRIED_US || time - q.lastTime < ANSWER_US) return;
        const { askerIp } = q;
        const declared = site.gateway(q.target, -1) !== 'unknown' || site.virtualAddress(q.target);
        const role = answers.roleOf(q.asker, q.target) || (declared ? 'gateway' : '');
        if (role === '') return;
        const holder = answers.holder(q.segment, q.target);
        if (holder !== undefined && holder.lastTime >= q.firstTime - ALIVE_US) return;
        const [mac, target] = [macText(q.asker), ipv4Text(q.target)];
        if (!couldSeeReplies) {
          coverage.add({
            id: 'replies-not-visible',
            capture: q.first.capture,
            segment: q.segment,
            message:
              'ARP requests without an answer, and no frame to these stations was ever seen here: answers may take another way',
            undecided: ['arp-unanswered'],
          });
          return;
        }
        const told = answers.told(q.asker);
        const tell = (emit: EmitFinding): void =>
          emit({
            subject: { client: mac, address: target },
            severity: NEEDED.includes(role) ? 'medium' : 'low',
            confidence: confidence(
              'likely',
              [
                `${q.requests} ARP requests over ${seconds(q.lastTime - q.firstTime)} without an answer`,
                `${target} is the ${role} ${declared ? 'by the profile' : 'that the lease names'}`,
                'frames to this station are seen here',
              ],
              [`a capture at ${target}`],
            ),
            message: `${mac} (${ipv4Text(askerIp)})${portText(switchText, q.asker)} asks ${q.requests} times for its ${role} ${target} and nobody answers.`,
            segment: q.segment,
            time: q.firstTime,
            evidence: [
              ...(told === undefined || declared
                ? []
                : [{ kind: 'frame' as const, sight: told.message.sight, note: `the lease names ${target}` }]),
              { kind: 'frame', sight: q.first, note: `who has ${target}?` },
              { kind: 'frame', sight: q.last, note: `the last of ${q.requests}` },
              {
                kind: 'absence',
                capture: q.first.capture,
                from: q.firstTime,
                to: time,
                expected: `an ARP reply of ${target}`,
              },
            ],
            causes: [
              'the DHCP server hands out a wrong address',
              'the machine with that address is down or in another VLAN',
              'ARP inspection or a filter drops the requests or the answers',
            ],
          });
        pending.set(`${q.asker}/${q.target}`, tell);
      },
      // What never reaches the other point is dropped on the way: arp-inspection-drop.
      'vantage-lost'({ message: { arp } }) {
        if (arp?.operation === 1) pending.delete(`${arp.senderMac}/${arp.targetIp}`);
      },
    },
    messages: { kinds: ['ACK'] },
    end(emit) {
      for (const tell of pending.values()) tell(emit);
    },
    limits: () => [...answers.limits(), ...[pending.limit()].filter((limit) => limit !== undefined)],
  };
}
