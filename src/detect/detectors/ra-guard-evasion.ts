import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';

const NAMES = new Map([
  [133, 'Router Solicitation'],
  [134, 'Router Advertisement'],
  [135, 'Neighbor Solicitation'],
  [136, 'Neighbor Advertisement'],
  [137, 'Redirect'],
]);
const ADVERTISEMENT = 134;

export const raGuardEvasion: Detector = {
  id: 'ra-guard-evasion',
  title: 'Neighbour discovery is hidden from the switch behind other headers',
  severity: 'high',
  about:
    'A router advertisement comes in fragments or behind an extension header. No router does that; it is how one gets past a switch that looks for advertisements at the usual place only. Many hosts believe it all the same.',
  fires: [
    'a router advertisement in fragments, or behind any extension header',
    'medium: another neighbour discovery message in such a dress',
    'low: by a router that the profile lists',
  ],
  quiet: [
    'an atomic fragment (RFC 6946) is still a fragment header and fires',
    'MLD, which needs its hop-by-hop header',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 7113', 'RFC 6980', 'RFC 6105'],
  proof:
    "In the lab the attacker is a script; the network around it is real. That a switch's guard lets it pass is not shown: the lab's bridge has none.",
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of this MAC address and shut it.',
      'Let the switches read the whole header chain and drop a first fragment that does not hold it (RFC 7113). Cisco: an IPv6 ACL with `deny ipv6 any any undetermined-transport`.',
      'See what the hosts took from it: addresses, routes, resolvers.',
    ],
    verify: ['No neighbour discovery message with a fragment or extension header is seen any more.'],
  },
  start,
};

function start({ site }: DetectorContext): DetectorRun {
  return {
    on: {
      'nd-concealed'({ segment, message, mac, source, by, sight, time }, emit) {
        const what = NAMES.get(message) ?? 'neighbour discovery';
        const who = mac < 0 ? addressText(source) : macText(mac);
        const listed = message === ADVERTISEMENT && site.router({ address: source, mac }) === 'authorised';
        emit({
          subject: { station: who, message: what },
          severity: listed ? 'low' : message === ADVERTISEMENT ? 'high' : 'medium',
          confidence: confidence(listed ? 'certain' : 'likely', [
            by === 'fragments'
              ? 'it came in fragments, which RFC 6980 forbids for neighbour discovery'
              : 'an extension header stands before it, where no router puts one',
            ...(listed ? ['the profile lists this router'] : []),
          ]),
          message: `${who} (${addressText(source)}) sends a ${what} ${by === 'fragments' ? 'in fragments' : 'behind an extension header'}.`,
          segment,
          time,
          evidence: [
            {
              kind: 'frame',
              sight,
              note: `${what}, ${by === 'fragments' ? 'put together from fragments' : 'behind an extension header'}`,
            },
          ],
          causes: listed
            ? ['an advertisement larger than the MTU: shorten its lists']
            : ['an attack on hosts behind RA guard', 'a test tool'],
        });
      },
    },
  };
}
