import { MIB, type Collector } from '../collector.ts';

export const sockets: Collector = {
  id: 'sockets',
  title: 'Listening sockets',
  takes: 'ss: listening TCP and UDP sockets with their programs, packet sockets, counters of the kernel (nstat)',
  why: 'Whether DHCP, TFTP, HTTP and proxy listen, where, and whether a second server does',
  privilege: 'root',
  timeout: 15,
  cap: 8 * MIB,
  holds: ['ipv4', 'ipv6', 'username', 'metadata'],
  folder: 'host',
  profiles: ['minimal', 'dhcp', 'tls'],
  symptoms: ['dhcp-guards', 'proxies-filters', 'dns', 'host-hardening', 'capture-hygiene'],
  plan: () => [
    { run: ['ss', '--numeric', '--listening', '--tcp', '--udp', '--processes'], as: 'ss-listening.txt', kind: 'text' },
    { run: ['ss', '--numeric', '--packet', '--processes'], as: 'ss-packet.txt', kind: 'text' },
    { run: ['ss', '--summary'], as: 'ss-summary.txt', kind: 'text' },
    { run: ['nstat', '--json', '--zeros', '--ignore', '--noupdate'], as: 'nstat.json', kind: 'json' },
  ],
};
