import { BoundedMap } from '../../flow/bounded.ts';
import type { Claimant } from '../../flow/neighbours/types.ts';
import type { Sight } from '../../flow/sight.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import { answersOf } from '../link/answers.ts';
import { portText } from '../link/words.ts';
import { contestEvidence, livesTwice, poisons } from '../neighbours/contest.ts';

/** Gateways that changed hands. */
const MOVES = 1_024;
/** The former one must be heard so long after (microseconds), or its last words were under way. */
const AFTER_US = 2e6;
/** Questions that both answered: one may be chance. */
const BOTH = 2;

interface Move {
  segment: number;
  address: number;
  from: Claimant;
  to: Claimant;
  by: Sight;
  time: number;
}

export const gatewayImpersonated: Detector = {
  id: 'gateway-impersonated',
  title: 'Another machine speaks for the gateway',
  severity: 'high',
  about:
    'The address that leases name as the router is claimed by a machine that is an ordinary client, or was taken over from one that is still alive. What hosts send out of the segment goes through its hands.',
  fires: [
    'a station that has a lease of its own answers for the address that leases name as router, beside the router',
    'it took that address over, and the former router is heard on the segment afterwards under another address',
  ],
  quiet: [
    'what arp-spoof or arp-conflict already say: unasked claims, a profile that gives the address to others, two that live with it',
    'VRRP, HSRP, GLBP by their hellos, addresses that the profile calls virtual',
    'a second interface of the router that answers too (ARP flux), a router that was replaced (address-moved)',
  ],
  needs: ['mac', 'ipv4', 'lease', 'time'],
  references: ['RFC 826', 'RFC 2132 3.5'],
  proof: 'In the lab the attacker is a script; the network around it is real.',
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of the machine that is no router, and shut it.',
      'Flush the neighbour tables of the hosts (`ip neigh flush dev IFACE`) and reinstall what booted meanwhile.',
      'Turn on dynamic ARP inspection on the access ports of this segment.',
    ],
    verify: ['An ARP request for the gateway (arping) draws answers from the router only.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { site, switchText } = context;
  const answers = answersOf(context);
  const moves = new BoundedMap<string, Move>('gateway-impersonated.moves', MOVES);

  /** The lease of this station is for another address: it is a client. */
  const client = (mac: number, address: number): boolean => {
    const told = answers.told(mac);
    return told !== undefined && told.address !== address;
  };
  const excused = (address: number, mac: number): boolean =>
    site.virtualAddress(address) || site.gateway(address, mac) !== 'unknown';

  return {
    on: {
      'dhcp4-message': ({ message }) => answers.message(message),
      'address-claimed': ({ segment, address, claimant }) => answers.claimed(segment, address, claimant),
      'address-moved'({ segment, address, from, to, by, redundancy, leased, time }) {
        if (typeof address !== 'number' || redundancy !== '' || leased || excused(address, to.mac)) return;
        moves.set(`${segment}/${address}/${to.mac}`, { segment, address, from, to, by, time });
      },
      'address-contested'({ contest: c, final, time }, emit) {
        if (typeof c.address !== 'number' || !final || c.redundancy !== '') return;
        const named = answers.gateway(c.address);
        if (named === undefined || excused(c.address, c.rival.mac)) return;
        if (poisons(c) || livesTwice(c)) return;
        const [liar, real] = client(c.rival.mac, c.address)
          ? [c.rival, c.holder]
          : client(c.holder.mac, c.address)
            ? [c.holder, c.rival]
            : [undefined, undefined];
        if (liar === undefined || real === undefined || client(real.mac, c.address) || c.bothAnswered < BOTH) return;
        const [mac, gateway] = [macText(liar.mac), ipv4Text(c.address)];
        const told = answers.told(liar.mac);
        emit({
          subject: { gateway, mac },
          confidence: confidence(
            'likely',
            [
              `${gateway} is the router that leases name`,
              `${mac} is a client: it has a lease for ${ipv4Text(told?.address ?? 0)}`,
              `it answered ${c.bothAnswered} questions beside ${macText(real.mac)}`,
            ],
            [`a profile that says which MAC address ${gateway} has`],
          ),
          message: `${mac}${portText(switchText, liar.mac)}, a client of this segment, answers for the gateway ${gateway} beside ${macText(real.mac)}.`,
          segment: c.segment,
          time,
          evidence: [
            { kind: 'frame', sight: named.sight, note: `a lease names ${gateway} as router` },
            ...(told === undefined
              ? []
              : [{ kind: 'frame' as const, sight: told.message.sight, note: `the lease of ${mac}` }]),
            ...contestEvidence(c),
          ],
        });
      },
    },
    messages: { kinds: ['ACK'] },
    end(emit) {
      for (const { segment, address, from, to, by, time } of moves.values()) {
        const named = answers.gateway(address);
        if (named === undefined) continue;
        const heard = answers.heard(segment, from.mac);
        if (heard === undefined || heard === from || heard.lastTime < time + AFTER_US) continue;
        const gateway = ipv4Text(address);
        const [mac, former] = [macText(to.mac), macText(from.mac)];
        const ordinary = client(to.mac, address);
        emit({
          subject: { gateway, mac },
          severity: ordinary ? 'high' : 'medium',
          confidence: confidence(
            ordinary ? 'likely' : 'possible',
            [
              `${gateway} is the router that leases name`,
              `${former} had it, and is heard afterwards under another address`,
              ...(ordinary ? [`${mac} is a client with a lease of its own`] : []),
            ],
            [`a profile that says which MAC address ${gateway} has`, 'whether the two are interfaces of one router'],
          ),
          message: `${mac}${portText(switchText, to.mac)} took the gateway address ${gateway} from ${former}, which is still alive.`,
          segment,
          time,
          evidence: [
            { kind: 'frame', sight: named.sight, note: `a lease names ${gateway} as router` },
            { kind: 'frame', sight: from.last, note: `last word of ${former} for it` },
            { kind: 'frame', sight: by, note: `${mac} takes it over` },
            { kind: 'frame', sight: heard.last, note: `${former} is alive` },
          ],
          causes: ordinary ? [] : ['a failover between interfaces of one router', 'somebody speaks for the gateway'],
        });
      }
    },
    limits: () => [...answers.limits(), ...[moves.limit()].filter((limit) => limit !== undefined)],
  };
}
