import type { SwitchLine } from '../../flow/switch/types.ts';
import { BoundedMap } from '../../flow/bounded.ts';
import type { Soliciting } from '../../flow/link/types.ts';
import type { Router } from '../../flow/neighbours/types.ts';
import { ipv6Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Vanished } from '../link/vanished.ts';
import { Said } from '../link/said.ts';
import { lineNotes, timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

/** Once the answer may have been under way; a host that asks again and again did not hear it (RFC 4861 6.3.7). */
const REPEATED = 2;
/** Advertisements that never arrived: they come every few seconds to minutes. */
const LOST = 2;
const ROUTERS = 4_096;
/** Hosts that solicit on, told at the end: what is lost between two points says it better. */
const HOSTS = 1_024;

export const raGuardDrop: Detector = {
  id: 'ra-guard-drop',
  title: 'Router advertisements do not reach the hosts',
  severity: 'medium',
  about:
    'RA guard drops router advertisements from ports that may have none. If the router itself is behind such a port, hosts get no address, no route and no resolver by IPv6, and machines that boot over IPv6 wait.',
  fires: [
    "certain: the switch's log says that it dropped a router advertisement",
    'likely: with captures at two points, advertisements of one router leave the one and never reach the other, while other frames pass between the two',
    'possible: from one point, a host solicits routers again and again although an advertisement went out after each time',
    'info: the router is one that the profile does not list: the guard does its work',
  ],
  quiet: [
    'solicitations without any router on the segment',
    'one repetition: the advertisement may have been under way',
    'losses that the recorder may have made itself',
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 6105', 'RFC 7113', 'RFC 4861 6.3.7'],
  proof:
    "In the lab a filter rule in a Linux bridge drops what a guard would; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: '',
    steps: [
      'Allow the port of the router. Cisco: `ipv6 nd raguard policy <name>`, `device-role router`, attached to the port; Juniper: `set forwarding-options access-security router-advertisement-guard interface <port> mark-interface trusted`.',
      'See that the uplink between switches is trusted too.',
    ],
    verify: ['A host that starts sends one router solicitation, and has its default route within seconds.'],
  },
  start,
};

function start({ site, switchText, vantages }: DetectorContext): DetectorRun {
  const losses = new Vanished('ra-guard-drop.routers', vantages);
  const routers = new BoundedMap<number, Router>('ra-guard-drop.known', ROUTERS);
  const hosts = new BoundedMap<string, { host: Soliciting; time: number }>('ra-guard-drop.hosts', HOSTS);

  /** Dropping what must not be there is no fault. */
  const rightly = (mac: number): boolean => {
    const router = routers.peek(mac);
    return router !== undefined && site.router({ address: router.address, mac }) === 'unauthorised';
  };
  const routerText = (mac: number): string => {
    const router = routers.peek(mac);
    return router === undefined ? macText(mac) : `${ipv6Text(router.address)} (${macText(mac)})`;
  };

  const solicitsOn = (host: Soliciting, time: number, emit: EmitFinding): void => {
    if (host.advertisement === undefined || host.router < 0) return;
    const mac = macText(host.mac);
    emit({
      subject: { router: macText(host.router), host: mac },
      severity: rightly(host.router) ? 'info' : 'medium',
      confidence: confidence(
        'possible',
        [
          `${host.solicitations} solicitations of ${mac}, ${host.repeated} of them after an advertisement to all`,
          'a host stops to solicit when it hears a router',
        ],
        [`a capture at ${mac}: whether the advertisements arrive`, "the switch's RA guard counters and log"],
      ),
      message: `${mac} goes on soliciting routers although ${routerText(host.router)} advertises itself: the advertisements may be dropped on the way.`,
      segment: host.segment,
      time,
      evidence: [
        { kind: 'frame', sight: host.first, note: `solicitation of ${mac}` },
        { kind: 'frame', sight: host.advertisement, note: `advertisement of ${routerText(host.router)}` },
        { kind: 'frame', sight: host.last, note: 'and it solicits again' },
        ...lineNotes(switchText, { mac: host.router, kinds: ['ra-guard-drop'] }),
      ],
      causes: [
        'RA guard on the port of the router or on an uplink',
        'multicast is lost on the way',
        "the host's own firewall",
      ],
    });
  };

  const said = new Said('ra-guard-drop.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    const who = line.mac < 0 ? 'a station' : macText(line.mac);
    emit({
      subject: { router: line.mac < 0 ? `port ${line.port}` : who },
      severity: 'medium',
      confidence: confidence(
        'certain',
        ['the switch says so'],
        ['a profile that lists the routers: whether the guard was right'],
      ),
      message: `The switch dropped router advertisements of ${who}${line.port === '' ? '' : ` on port ${line.port}`}.`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
    });
  };

  return {
    on: {
      'router-advertised': ({ router }) => {
        if (router.mac >= 0 && !routers.has(router.mac)) routers.set(router.mac, router);
      },
      'switch-line'({ line }) {
        if (line.kind !== 'ra-guard-drop') return;
        said.add(line);
      },
      'vantage-lost'({ message, last }) {
        if (message.protocol === 'nd' && message.kind === 'RA' && last.ethSrc >= 0)
          losses.add(last.ethSrc, message, last);
      },
      'router-solicited'({ host, time }) {
        if (host.repeated >= REPEATED) hosts.set(`${host.segment}/${host.mac}`, { host, time });
      },
    },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
      const lost = [...losses.values()].filter(({ count }) => count >= LOST);
      for (const { host, time } of hosts.values()) {
        if (lost.every(({ mac }) => mac !== host.router)) solicitsOn(host, time, emit);
      }
      for (const one of lost) {
        const [from, to] = [losses.name(one.from), losses.name(one.to)];
        const lines = lineNotes(switchText, { mac: one.mac, kinds: ['ra-guard-drop'] });
        const right = rightly(one.mac);
        emit({
          subject: { router: macText(one.mac) },
          severity: right ? 'info' : 'high',
          confidence: confidence(
            lines.length > 0 ? 'certain' : one.alive ? 'likely' : 'possible',
            [
              `${one.count} advertisements were seen at ${from} and never at ${to}`,
              one.alive ? 'frames of others were seen there' : `nothing at all was seen at ${to}`,
              ...(right ? ['the profile does not list this router'] : []),
            ],
            lines.length > 0 ? [] : ["the switch's RA guard counters and log"],
          ),
          message: right
            ? `Advertisements of ${routerText(one.mac)}, which is no router of this site, do not reach ${to}: the guard works.`
            : `Router advertisements of ${routerText(one.mac)} leave ${from} and do not reach ${to}: a switch between drops them.`,
          segment: one.sights[0]?.segment ?? -1,
          time: one.sights[0]?.time ?? 0,
          evidence: [...losses.evidence(one, `advertisement of ${macText(one.mac)}`), ...lines],
          count: one.count,
          causes: right
            ? []
            : ['RA guard on the port of the router or on an uplink', 'multicast snooping without a querier'],
        });
      }
    },
    limits: () => [
      ...said.limits(),
      ...losses.limits(),
      ...[routers.limit(), hosts.limit()].filter((limit) => limit !== undefined),
    ],
  };
}
