/** Networks that are recorded at two points or more: what two scenarios share. */
import type { CapturePoint, Expectation, Link, Node, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { actorStays } from '../verbs/faults.ts';
import { ip } from '../verbs/network.ts';
import type { DhcpdSettings } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS } from './segment.ts';

export const CLIENT: Node = { on: 'access', mac: '52:54:00:bb:00:01' };
export const RACK: Node = { on: 'core', mac: '02:16:3e:00:00:01', addresses: ['198.51.100.2/24'] };

/** Everything that says that a message was dropped, or that Option 82 went wrong. */
export const BETWEEN = [
  'dhcp-snooping-dropped-reply',
  'dhcp-snooping-dropped-client',
  'dhcp-snooping-rate-limited',
  'dhcp-snooping-binding-stale',
  'source-guard-drop',
  'relay-one-way',
  'relay-hops-exceeded',
  'relay-reply-misdirected',
  'relay-unknown',
  'option82-not-echoed',
  'option82-changed-in-reply',
  'option82-missing-from-relay',
  'option82-leaked-to-client',
  'option82-duplicated',
  'option82-malformed',
] as const;

/** All of `BETWEEN` but these. */
export function butNot(...ids: readonly string[]): string[] {
  return [...BETWEEN, ...ACCUSATIONS].filter((id) => !ids.includes(id));
}

/** A two-port box between two switches that plays a switch. */
export function boxLinks(box: string, below: string, above: string): Link[] {
  return [
    { a: [box, 'down'], b: [below, `p-${box}`], bridged: true },
    { a: [box, 'up'], b: [above, `p-${box}`], bridged: true },
  ];
}

export function boxSteps(box: string, rules: readonly string[]): Step[] {
  return [
    ip(box, 'link set dev down promisc on'),
    ip(box, 'link set dev up promisc on'),
    actorStays(box, 'guard_switch.py', ['down', 'up', ...rules]),
  ];
}

export const EMULATED = ['the guarding switch is a script between two interfaces'] as const;

export const THREE: readonly CapturePoint[] = [at('client', 'client'), at('uplink', 'box', 'up'), at('rack', 'rack')];

export function relayLinks(name: string, last: number, core = 'core'): Link[] {
  return [
    {
      a: [name, 'eth0'],
      b: ['access', `p-${name}`],
      bridged: true,
      mac: `02:00:5e:00:0${last}:01`,
      addresses: [`203.0.113.${last}/24`],
    },
    {
      a: [name, 'eth1'],
      b: [core, `p-${name}`],
      bridged: true,
      mac: `02:00:5e:00:0${last}:02`,
      addresses: [`198.51.100.${last === 1 ? 1 : 9}/24`],
    },
  ];
}

/** What the rack serves behind relays. */
export const BEHIND_RELAY: DhcpdSettings = {
  subnet: '198.51.100.0',
  text: 'subnet 203.0.113.0 netmask 255.255.255.0 { range 203.0.113.100 203.0.113.150; option routers 203.0.113.1; option domain-name-servers 198.51.100.2; next-server 198.51.100.2; filename "lpxelinux.0"; }',
};

export const RELAY_ARGS = ['-4', '-a', '-m', 'append', '-iu', 'eth1', '-id', 'eth0', '198.51.100.2'] as const;

/** Client, both sides of the relay, and the rack. */
export const AROUND_RELAY: readonly CapturePoint[] = [
  at('client', 'client'),
  at('relay-server-side', 'relay', 'eth1'),
  at('rack', 'rack'),
];

/** Nothing may be said, of each capture alone and of all together. */
export function silence(points: readonly CapturePoint[], files: readonly string[]): Expectation[] {
  return [...points.map((one) => [`${one.vantage}.pcap`]), files].map((captures) => ({
    captures,
    quiet: true,
    mustNot: [...ACCUSATIONS, ...ABSENCES, ...BETWEEN],
  }));
}

export const filesOf = (points: readonly CapturePoint[]): string[] => points.map((one) => `${one.vantage}.pcap`);

/** Each capture alone: nothing is said of other servers. */
export function alone(points: readonly CapturePoint[], mustNot: readonly string[]): Expectation[] {
  return points.map((one) => ({ captures: [`${one.vantage}.pcap`], mustNot }));
}
