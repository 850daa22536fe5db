import { MIB, type Collector } from '../collector.ts';

export const lldp: Collector = {
  id: 'lldp',
  title: 'LLDP neighbours',
  takes: 'lldpcli neighbours as JSON, networkctl lldp',
  why: 'Which switch and port this host hangs on: where a guard has to be looked for',
  privilege: 'root',
  timeout: 15,
  cap: 4 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'circuit-id', 'vlan-name', 'vendor-class', 'serial', 'text'],
  folder: 'host',
  profiles: ['dhcp'],
  symptoms: ['dhcp-guards', 'arp-nd', 'dot1x-macsec', 'capture-hygiene'],
  plan: () => [
    { run: ['lldpcli', '-f', 'json', 'show', 'neighbors', 'details'], as: 'lldp-neighbours.json', kind: 'json' },
    { run: ['networkctl', 'lldp', '--no-pager', '--full'], as: 'networkctl-lldp.txt', kind: 'text' },
  ],
};
