import { MIB, type Collector } from '../collector.ts';

export const networkConfig: Collector = {
  id: 'network-config',
  title: 'Network configuration',
  takes: 'netplan, systemd-networkd units and state, /etc/network/interfaces; passwords and keys are blanked',
  why: 'What the host was told, to hold against what it does; changes that wait for the next boot',
  privilege: 'root',
  timeout: 20,
  cap: 8 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'secret', 'metadata', 'text'],
  folder: 'config',
  profiles: ['dhcp'],
  symptoms: ['dhcp-guards', 'arp-nd', 'dot1x-macsec', 'dns', 'host-hardening'],
  plan: () => [
    { run: ['netplan', 'get'], as: 'netplan-merged.yaml', kind: 'config', blank: true },
    { read: '/etc/netplan/*.yaml', as: 'netplan.yaml', kind: 'config', blank: true },
    { read: '/run/netplan/*.yaml', as: 'netplan-run.yaml', kind: 'config', blank: true },
    { read: '/etc/systemd/network/*', as: 'networkd.conf', kind: 'config', blank: true },
    { read: '/run/systemd/network/*', as: 'networkd-run.conf', kind: 'config', blank: true },
    { read: '/etc/network/interfaces', as: 'interfaces.txt', kind: 'config', blank: true },
    {
      run: ['networkctl', 'status', '--all', '--no-pager', '--no-legend', '--full'],
      as: 'networkctl.txt',
      kind: 'text',
    },
  ],
};
