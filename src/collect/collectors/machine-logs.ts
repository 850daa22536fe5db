import { MIB, type Collector } from '../collector.ts';

export const machineLogs: Collector = {
  id: 'machine-logs',
  title: 'Logs that machines sent while they booted',
  takes: 'rsyslog of the machines as the rack received it, by machine and day, within the window',
  why: 'What a machine saw in its ephemeral system: DHCP, DNS, certificate and download errors before it had a disk',
  privilege: 'root',
  timeout: 120,
  cap: 256 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'uuid', 'serial', 'url', 'secret', 'text', 'time'],
  folder: 'logs',
  profiles: ['dhcp', 'tls'],
  symptoms: ['tls-interception', 'dhcp-guards', 'arp-nd', 'dot1x-macsec', 'proxies-filters', 'dns'],
  plan: () =>
    ['/var/snap/maas/common/log/rsyslog', '/var/log/maas/rsyslog'].map((folder) => ({
      read: `${folder}/*/*/messages*`,
      as: 'machine.log',
      kind: 'log',
      window: true,
      tail: true,
    })),
};
