import { MIB, type Collector, type Step } from '../collector.ts';

/** `ip -j` prints JSON; details carry bonds, bridges, VLANs, MACsec and VXLAN. */
const COMMANDS: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ['ip-link.json', ['ip', '-j', '-d', '-s', 'link', 'show']],
  ['ip-addr.json', ['ip', '-j', 'addr', 'show']],
  ['ip-route.json', ['ip', '-j', 'route', 'show', 'table', 'all']],
  ['ip6-route.json', ['ip', '-j', '-6', 'route', 'show', 'table', 'all']],
  ['ip-rule.json', ['ip', '-j', 'rule', 'show']],
  ['ip-neigh.json', ['ip', '-j', '-s', 'neigh', 'show']],
];

export const addresses: Collector = {
  id: 'addresses',
  title: 'Links, addresses, routes, neighbours',
  takes: 'ip -j link, addr, route, rule and neigh',
  why: 'Which interface stands in which segment, with which MTU; which neighbours answer, and with which MAC',
  privilege: 'none',
  timeout: 15,
  cap: 16 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'metadata'],
  folder: 'host',
  profiles: ['minimal', 'dhcp', 'tls'],
  symptoms: ['dhcp-guards', 'arp-nd', 'dot1x-macsec', 'dns', 'host-hardening', 'capture-hygiene'],
  plan: () => COMMANDS.map(([as, run]): Step => ({ run, as, kind: 'json' })),
};
