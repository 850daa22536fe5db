import { MIB, type Collector } from '../collector.ts';

export const bridges: Collector = {
  id: 'bridges',
  title: 'Bridges, VLANs, bonds',
  takes: 'bridge -j vlan, fdb, link and mdb; state of bonds; ovs-vsctl show',
  why: 'A VLAN that is missing on one port, a MAC learnt on the wrong one, a bond whose partner does not answer',
  privilege: 'none',
  timeout: 15,
  cap: 16 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'vlan-name', 'circuit-id', 'uuid', 'metadata'],
  folder: 'host',
  profiles: ['dhcp'],
  symptoms: ['dhcp-guards', 'arp-nd', 'dot1x-macsec', 'capture-hygiene'],
  plan: () => [
    { run: ['bridge', '-j', '-d', 'vlan', 'show'], as: 'bridge-vlan.json', kind: 'json' },
    { run: ['bridge', '-j', '-d', 'fdb', 'show'], as: 'bridge-fdb.json', kind: 'json' },
    { run: ['bridge', '-j', '-d', 'link', 'show'], as: 'bridge-link.json', kind: 'json' },
    { run: ['bridge', '-j', 'mdb', 'show'], as: 'bridge-mdb.json', kind: 'json' },
    { read: '/proc/net/bonding/*', as: 'bond.txt', kind: 'text', virtual: true },
    { read: '/proc/net/vlan/config', as: 'vlan-config.txt', kind: 'text', virtual: true },
    { run: ['ovs-vsctl', '--timeout=5', 'show'], as: 'ovs.txt', kind: 'text' },
  ],
};
