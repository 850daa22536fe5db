import { BoundedMap } from '../../flow/bounded.ts';
import type { Router } from '../../flow/neighbours/types.ts';
import { ipv6Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { differences, routerText } from '../neighbours/routers.ts';

const SEGMENTS = 4_096;
/** Routers of one segment that are compared; a flood is ra-rogue-router's. */
const ROUTERS = 8;
/** Two that advertise one address so close together live at the same time (microseconds): the longest usual interval. */
const TOGETHER_US = 600e6;

export const raConflict: Detector = {
  id: 'ra-conflict',
  title: 'Router advertisements of one network contradict each other',
  severity: 'medium',
  about:
    'Two routers that may both speak say different things, or two machines speak under one router address. Hosts follow whichever they heard last: their address, MTU or resolver changes from minute to minute.',
  fires: [
    'two routers that the profile lists differ in prefixes, MTU, M or O flag, or preference',
    'two MAC addresses advertise one link-local address as router at the same time, alternating',
    'low: two routers hand out different resolvers or routes, and are equal otherwise',
  ],
  quiet: [
    'what ra-rogue-router says: an unlisted router, or two unlisted ones that contradict each other',
    'VRRPv3 and HSRP members that share a virtual router',
    'a router that moves to another MAC address for good',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4861 6.2.7', 'RFC 8106 5.3'],
  proof: 'In the lab the attacker is a script; the network around it is real.',
  remedy: {
    runbook: '',
    steps: [
      'Compare what both routers are configured to advertise (radvd.conf, `show ipv6 interface <if>`), and make it equal.',
      'One address at two MAC addresses: find both ports; one of them must not advertise.',
    ],
    verify: ['A new capture shows equal advertisements (`rdisc6 -m <if>`).'],
  },
  start,
};

/** A router with what was told of it. */
interface Known {
  router: Router;
  /** When another with the same address spoke last before this one. */
  alternations: number;
}

function start({ site }: DetectorContext): DetectorRun {
  const segments = new BoundedMap<number, Known[]>('ra-conflict.segments', SEGMENTS);
  const speakers = new BoundedMap<string, number>('ra-conflict.speakers', SEGMENTS);

  const authorised = (router: Router): boolean =>
    site.router({ address: router.address, mac: router.mac }) === 'authorised';

  const told = (
    a: Router,
    b: Router,
    list: string[],
    severity: 'medium' | 'low',
    time: number,
    emit: EmitFinding,
  ): void =>
    emit({
      subject: { routers: [routerText(a), routerText(b)].sort() },
      severity,
      confidence: confidence(
        severity === 'low' ? 'possible' : 'likely',
        list.map((one) => `they differ: ${one}`),
      ),
      message: `${routerText(a)} and ${routerText(b)} say different things as routers of one segment: ${list.join('; ')}.`,
      segment: a.segment,
      time,
      evidence: [
        { kind: 'frame', sight: a.last, note: routerText(a) },
        { kind: 'frame', sight: b.last, note: routerText(b) },
      ],
      causes: ['two routers that are configured differently'],
    });

  const compare = (a: Router, b: Router, time: number, emit: EmitFinding): void => {
    if (a.mac === b.mac || a.address === b.address || (a.redundancy !== '' && b.redundancy !== '')) return;
    if (a.lifetime === 0 || b.lifetime === 0) return;
    const both = authorised(a) && authorised(b);
    const list = differences(a, b);
    if (list.length > 0) {
      if (both) told(a, b, list, 'medium', time, emit);
      return;
    }
    const [one, other] = [a.content, b.content];
    if (one === undefined || other === undefined) return;
    const minor = [
      ...(one.rdnss.length > 0 && other.rdnss.length > 0 && one.rdnss.join() !== other.rdnss.join()
        ? ['resolvers']
        : []),
      ...(one.routes.join() === other.routes.join() ? [] : ['routes']),
    ];
    if (minor.length > 0) told(a, b, minor, 'low', time, emit);
  };

  /** One address, two MAC addresses: each has spoken again after the other. */
  const shared = (now: Known, list: readonly Known[], time: number, emit: EmitFinding): void => {
    const { router } = now;
    const key = `${router.segment}/${router.address}`;
    const before = speakers.get(key);
    speakers.set(key, router.mac);
    if (before === undefined || before === router.mac || router.lifetime === 0 || router.redundancy !== '') return;
    const other = list.find((one) => one.router.address === router.address && one.router.mac === before);
    if (other === undefined || other.router.lifetime === 0 || time - other.router.lastTime > TOGETHER_US) return;
    now.alternations += 1;
    // A, B, A: it moved for good only if the first stays silent.
    if (now.alternations + other.alternations < 2) return;
    if (
      site.router({ address: router.address, mac: router.mac }) === 'unauthorised' ||
      site.virtualAddress(router.address)
    )
      return;
    if (site.router({ address: router.address, mac: before }) === 'unauthorised') return;
    const macs = [router.mac, before].sort((a, b) => a - b).map(macText);
    emit({
      subject: { router: ipv6Text(router.address), macs },
      severity: 'medium',
      confidence: confidence(
        'likely',
        [
          `${macs.join(' and ')} both advertise ${ipv6Text(router.address)} as a router, in turn`,
          'no VRRP or HSRP hello names this address',
        ],
        [
          'a profile that lists the routers and their MAC addresses',
          'the MAC address table of the switch: two ports, or one',
        ],
      ),
      message: `${macs.join(' and ')} both speak as the router ${ipv6Text(router.address)}.`,
      segment: router.segment,
      time,
      evidence: [
        { kind: 'frame', sight: other.router.last, note: `advertisement from ${macText(before)}` },
        { kind: 'frame', sight: router.last, note: `advertisement from ${macText(router.mac)}` },
      ],
      causes: [
        'somebody speaks in the name of the router',
        'a redundancy protocol whose hellos are not seen here',
        'two routers with one link-local address',
      ],
    });
  };

  return {
    on: {
      'router-advertised'({ router, changed, time }, emit) {
        const list = segments.get(router.segment) ?? [];
        let now = list.find((one) => one.router === router);
        if (now === undefined) {
          if (list.length >= ROUTERS) return;
          now = { router, alternations: 0 };
          list.push(now);
          segments.set(router.segment, list);
        }
        shared(now, list, time, emit);
        if (changed) for (const { router: other } of list) if (other !== router) compare(other, router, time, emit);
      },
    },
    limits: () => [segments.limit(), speakers.limit()].filter((limit) => limit !== undefined),
  };
}
