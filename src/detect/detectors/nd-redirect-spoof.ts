import { BoundedMap } from '../../flow/bounded.ts';
import { addressText, ipv6Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';

/** Segments whose routers are known. */
const SEGMENTS = 4_096;
/** Routers of one that are kept by name. */
const ROUTERS = 16;

export const ndRedirectSpoof: Detector = {
  id: 'nd-redirect-spoof',
  title: 'A redirect in the name of a router that did not send it',
  severity: 'high',
  about:
    'A host is told in the name of its router to send its traffic for one destination elsewhere, and the router did not say it: the frame comes from another MAC address. Traffic to that destination passes through the hands of whoever is named.',
  fires: [
    'certain: a redirect by a station that the profile does not list as a router',
    'likely: a redirect whose source is the address of a known router, from another MAC address than that of the router',
    'low: a redirect by a station that never advertised itself, where others did',
  ],
  quiet: [
    'redirects of the router itself, and of members of its redundancy group by their hellos',
    'redirects that every host discards (hop limit below 255, source not link-local)',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4861 8.1', 'RFC 3756 4.2.4'],
  proof: 'In the lab the attacker is a script; the network around it is real.',
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of this MAC address and shut it.',
      'Let hosts of the provisioning network ignore redirects (`net.ipv6.conf.all.accept_redirects=0`), and drop them at access ports (IPv6 snooping, RA guard with a full policy).',
      'Flush the routes of the hosts that were told (`ip -6 route flush cache`).',
    ],
    verify: ['A new capture shows redirects of the router only, or none.'],
  },
  start,
};

function start({ site }: DetectorContext): DetectorRun {
  const routers = new BoundedMap<number, string[]>('nd-redirect-spoof.segments', SEGMENTS);
  return {
    on: {
      'router-advertised'({ router, changed }) {
        if (!changed || router.firstAlive === undefined) return;
        const known = routers.get(router.segment);
        if (known === undefined) routers.set(router.segment, [router.address]);
        else if (known.length < ROUTERS && !known.includes(router.address)) known.push(router.address);
      },
      redirected({ segment, router, mac, to, target, destination, knownMac, sight, time }, emit) {
        const standing = site.router({ address: router, mac });
        if (standing === 'authorised') return;
        const impostor = knownMac >= 0 && knownMac !== mac;
        const known = routers.peek(segment);
        const stranger = knownMac < 0 && known !== undefined && !known.includes(router);
        const declared = standing === 'unauthorised';
        if (!declared && !impostor && !stranger) return;
        const name = ipv6Text(router);
        emit({
          subject: { router: name, mac: macText(mac) },
          severity: declared || impostor ? 'high' : 'low',
          confidence: confidence(
            declared ? 'certain' : impostor ? 'likely' : 'possible',
            [
              ...(declared ? ['the profile lists the routers of the site, and this is none of them'] : []),
              ...(impostor ? [`${name} is at ${macText(knownMac)}, and the redirect comes from ${macText(mac)}`] : []),
              ...(!declared && stranger ? ['it never advertised itself as router, and others of the segment did'] : []),
            ],
            declared ? [] : ['a profile that lists the routers and their MAC addresses'],
          ),
          message: `${macText(mac)} tells ${addressText(to)} in the name of ${name} to send what goes to ${ipv6Text(destination)} by ${ipv6Text(target)}.`,
          segment,
          time,
          evidence: [{ kind: 'frame', sight, note: `redirect from ${macText(mac)}` }],
        });
      },
    },
    limits: () => [routers.limit()].filter((limit) => limit !== undefined),
  };
}
