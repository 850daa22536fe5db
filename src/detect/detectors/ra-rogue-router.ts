import { BoundedMap } from '../../flow/bounded.ts';
import type { Router } from '../../flow/neighbours/types.ts';
import type { Sight } from '../../flow/sight.ts';
import { ipv6Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { differences, routerText } from '../neighbours/routers.ts';

/** Segments whose routers are remembered. */
const SEGMENTS = 4_096;
/** Routers of one segment that are compared and named one by one; beyond, it is a flood. */
const ROUTERS = 16;
/** Accused ones whose advertisements are counted to the end. */
const ACCUSED = 512;
/** A router that was silent for longer than any lifetime (RFC 4861 4.2: 65,535 s) is gone. */
const GONE_US = 65_535e6;

export const raRogueRouter: Detector = {
  id: 'ra-rogue-router',
  title: 'Rogue IPv6 router',
  severity: 'high',
  about:
    'A machine advertises itself as IPv6 router, or another router as gone, and must not. Hosts take their addresses, resolvers and default route from it, so that their traffic is in its hands or goes nowhere. Find its switch port and shut it.',
  fires: [
    'Router Advertisements from a station that the profile does not list among the routers',
    "lifetime 0 in the name of another router's address, by a MAC address that never advertised it alive",
    'without a profile: two routers of one segment that contradict each other in prefixes, MTU, M or O flag, or preference',
    'more than 16 routers on one segment: a flood',
  ],
  quiet: [
    'two routers that say the same; differences only in resolvers, routes and lifetimes',
    "a router's own last word (lifetime 0), and its own change of content",
    'VRRPv3 and HSRP members that advertise the virtual router',
    'advertisements that every host discards (hop limit below 255, source not link-local)',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4861 6.1.2', 'RFC 6104', 'RFC 6105', 'RFC 7113'],
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of this MAC address and shut it, or stop router advertisements on that machine (radvd, Internet connection sharing).',
      'Turn on RA guard (RFC 6105, with RFC 7113) on every access port of this segment.',
      'Restart IPv6 on hosts that took an address or a route from it.',
    ],
    verify: ['A new capture shows advertisements of the listed routers only, for longer than their interval.'],
  },
  start,
};

interface SegmentRouters {
  routers: Router[];
  more: number;
}

interface Accused {
  router: Router;
  told: number;
  again(count: number, emit: EmitFinding): void;
}

function start({ site }: DetectorContext): DetectorRun {
  const segments = new BoundedMap<number, SegmentRouters>('ra-rogue-router.segments', SEGMENTS);
  const accused = new BoundedMap<string, Accused>('ra-rogue-router.accused', ACCUSED);

  const accuse = (
    router: Router,
    time: number,
    emit: EmitFinding,
    tell: (count: number, now: number, e: EmitFinding) => void,
  ): void => {
    const key = `${router.segment}/${router.address}/${router.mac}`;
    const told = accused.get(key)?.told ?? 0;
    accused.set(key, {
      router,
      told: router.advertisements,
      again: (count, e) => tell(count, router.lastTime, e),
    });
    tell(router.advertisements - told, time, emit);
  };

  const unauthorised = (router: Router, sight: Sight, time: number, emit: EmitFinding): void => {
    accuse(router, time, emit, (count, now, e) =>
      e({
        subject: { router: ipv6Text(router.address), mac: macText(router.mac) },
        confidence: confidence('certain', [
          'the profile lists the routers of the site, and this is none of them',
          ...(router.goodbyes > 0 && router.firstAlive === undefined
            ? ['it only says that the router is gone (lifetime 0)']
            : []),
        ]),
        message: `${routerText(router)} advertises itself as router and is not among the authorised ones${saying(router)}.`,
        segment: router.segment,
        time: now,
        evidence: [
          { kind: 'frame', sight, note: `Router Advertisement of ${routerText(router)}` },
          { kind: 'frame', sight: router.last, note: 'the last of them' },
        ],
        count,
      }),
    );
  };

  const killed = (liar: Router, real: Router, time: number, emit: EmitFinding): void => {
    const { firstGoodbye, firstAlive } = { firstGoodbye: liar.firstGoodbye, firstAlive: real.firstAlive };
    if (firstGoodbye === undefined || firstAlive === undefined) return;
    accuse(liar, time, emit, (count, now, e) =>
      e({
        subject: { router: ipv6Text(liar.address), mac: macText(liar.mac) },
        confidence: confidence(
          'likely',
          [
            `${macText(liar.mac)} never advertised ${ipv6Text(liar.address)} with a lifetime`,
            `${macText(real.mac)} does`,
          ],
          ['a profile that lists the routers and their MAC addresses'],
        ),
        message: `${macText(liar.mac)} tells the hosts in the name of ${ipv6Text(liar.address)} that this router is gone (lifetime 0); the router is ${macText(real.mac)} and is alive.`,
        segment: liar.segment,
        time: now,
        evidence: [
          { kind: 'frame', sight: firstGoodbye, note: `lifetime 0 from ${macText(liar.mac)}` },
          { kind: 'frame', sight: firstAlive, note: `the router itself, ${macText(real.mac)}` },
          { kind: 'frame', sight: liar.last, note: 'the last of them' },
        ],
        count,
      }),
    );
  };

  const contradiction = (a: Router, b: Router, time: number, emit: EmitFinding): void => {
    const list = differences(a, b);
    if (list.length === 0) return;
    const names = [a, b].map(routerText).sort();
    emit({
      subject: { routers: names },
      severity: 'medium',
      confidence: confidence(
        list.length > 1 ? 'likely' : 'possible',
        list.map((one) => `one segment, two routers: ${one}`),
        ['a profile that lists the routers of the site'],
      ),
      message: `${routerText(a)} and ${routerText(b)} contradict each other as routers of one segment: ${list.join('; ')}.`,
      segment: a.segment,
      time,
      evidence: [
        { kind: 'frame', sight: a.firstAlive ?? a.first, note: routerText(a) },
        { kind: 'frame', sight: b.last, note: routerText(b) },
      ],
      causes: [
        'a rogue router',
        'a machine that shares its connection (radvd, Internet connection sharing, a home router)',
        'two routers that are configured differently',
      ],
    });
  };

  const flood = (router: Router, sight: Sight, count: number, time: number, emit: EmitFinding): void => {
    emit({
      subject: { routers: 'flood' },
      confidence: confidence('likely', [`${count} stations of one segment advertise themselves as routers`]),
      message: `${count} stations of one segment advertise themselves as routers: a flood of Router Advertisements.`,
      segment: router.segment,
      time,
      evidence: [{ kind: 'frame', sight, note: routerText(router) }],
    });
  };

  return {
    on: {
      'router-advertised': ({ router, sight, changed, time }, emit) => {
        if (!changed) return;
        let known = segments.get(router.segment);
        if (known === undefined) {
          known = { routers: [], more: 0 };
          segments.set(router.segment, known);
        }
        const listed = known.routers.includes(router);
        if (!listed && known.routers.length >= ROUTERS) {
          const gone = known.routers.findIndex((one) => time - one.lastTime > GONE_US);
          if (gone < 0) {
            known.more += 1;
            flood(router, sight, ROUTERS + known.more, time, emit);
            return;
          }
          known.routers.splice(gone, 1);
        }
        const others = known.routers.filter((one) => one !== router);
        if (!listed) known.routers.push(router);
        const standing = site.router({ address: router.address, mac: router.mac });
        if (standing === 'unauthorised') unauthorised(router, sight, time, emit);
        if (standing !== 'unknown') return;
        for (const other of others) {
          if (other.mac === router.mac || time - other.lastTime > GONE_US) continue;
          if (router.redundancy !== '' && other.redundancy !== '') continue;
          if (other.address === router.address) {
            const [liar, real] = says0(router) ? [router, other] : [other, router];
            if (says0(liar) && real.firstAlive !== undefined) {
              killed(liar, real, time, emit);
              continue;
            }
          }
          contradiction(other, router, time, emit);
        }
      },
    },
    end: (emit) => {
      for (const one of accused.values()) {
        const more = one.router.advertisements - one.told;
        if (more > 0) one.again(more, emit);
      }
    },
    limits: () => [segments.limit(), accused.limit()].filter((limit) => limit !== undefined),
  };
}

/** Only ever said that the router is gone, and is no member of a redundancy group. */
function says0(router: Router): boolean {
  return router.firstGoodbye !== undefined && router.firstAlive === undefined && router.redundancy === '';
}

function saying({ content }: Router): string {
  if (content === undefined) return '';
  const parts = [
    ...content.prefixes.slice(0, 2).map((prefix) => `prefix ${prefix.slice(0, prefix.indexOf(' '))}`),
    ...(content.preference === 'medium' ? [] : [`preference ${content.preference}`]),
    ...(content.managed ? ['M flag'] : []),
    ...content.rdnss.slice(0, 2).map((address) => `resolver ${address}`),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
