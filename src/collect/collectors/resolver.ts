import { MIB, type Collector } from '../collector.ts';

export const resolver: Collector = {
  id: 'resolver',
  title: 'Name resolution',
  takes:
    'resolvectl status and statistics, resolv.conf of each owner, resolved.conf, nsswitch.conf, hosts, named options of MAAS',
  why: 'A stub that stands before the DNS of MAAS, a corporate resolver that answers differently, a missing forwarder',
  privilege: 'none',
  timeout: 15,
  cap: 4 * MIB,
  holds: ['ipv4', 'ipv6', 'hostname', 'domain', 'secret', 'text'],
  folder: 'config',
  profiles: ['tls'],
  symptoms: ['tls-interception', 'proxies-filters', 'dns'],
  plan: () => [
    { run: ['resolvectl', '--no-pager', 'status'], as: 'resolvectl-status.txt', kind: 'text' },
    { run: ['resolvectl', '--no-pager', 'statistics'], as: 'resolvectl-statistics.txt', kind: 'text' },
    { read: '/etc/resolv.conf', as: 'resolv.conf', kind: 'config' },
    { read: '/run/systemd/resolve/resolv.conf', as: 'resolv-uplink.conf', kind: 'config' },
    { read: '/run/systemd/resolve/stub-resolv.conf', as: 'resolv-stub.conf', kind: 'config' },
    { read: '/etc/systemd/resolved.conf', as: 'resolved.conf', kind: 'config' },
    { read: '/etc/systemd/resolved.conf.d/*.conf', as: 'resolved-part.conf', kind: 'config' },
    { read: '/etc/nsswitch.conf', as: 'nsswitch.conf', kind: 'config' },
    { read: '/etc/hosts', as: 'hosts.txt', kind: 'config' },
    { read: '/var/snap/maas/current/bind/named.conf*', as: 'named.conf', kind: 'config', blank: true },
    { read: '/etc/bind/named.conf*', as: 'named.conf', kind: 'config', blank: true },
    { read: '/etc/bind/maas/named.conf*', as: 'named.conf', kind: 'config', blank: true },
  ],
};
