import { MIB, type Collector } from '../collector.ts';

export const systemLogs: Collector = {
  id: 'system-logs',
  title: 'System log files',
  takes: 'syslog, kernel, DHCP, DNS and proxy logs as files, within the window',
  why: 'Hosts without a journal, and services beside MAAS that answer on the same network',
  privilege: 'root',
  timeout: 60,
  cap: 256 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'url', 'secret', 'text', 'time'],
  folder: 'logs',
  profiles: ['dhcp'],
  symptoms: ['dhcp-guards', 'arp-nd', 'dot1x-macsec', 'proxies-filters', 'dns', 'host-hardening'],
  plan: () => [
    { read: '/var/log/syslog*', as: 'syslog.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/messages*', as: 'messages.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/kern.log*', as: 'kern.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/dnsmasq*.log*', as: 'dnsmasq.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/dhcpd*.log*', as: 'dhcpd.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/named/*.log*', as: 'named.log', kind: 'log', window: true, tail: true },
    { read: '/var/log/squid/*.log*', as: 'squid.log', kind: 'log', window: true, tail: true },
  ],
};
