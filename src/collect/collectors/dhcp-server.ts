import { MIB, type Collector } from '../collector.ts';

export const dhcpServer: Collector = {
  id: 'dhcp-server',
  title: 'DHCP server: configuration and leases',
  takes:
    'dhcpd.conf, dhcpd6.conf, interfaces and leases of MAAS (snap and deb), of isc-dhcp-server, Kea and dnsmasq; the values of keys are blanked',
  why: 'What the server was told to promise, and to whom it gave which address',
  privilege: 'root',
  timeout: 30,
  cap: 64 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'serial', 'filename', 'url', 'secret', 'text', 'time'],
  folder: 'config',
  profiles: ['dhcp'],
  symptoms: ['dhcp-guards', 'arp-nd'],
  plan: () => [
    { read: '/var/snap/maas/common/maas/dhcpd*.conf', as: 'dhcpd.conf', kind: 'config', blank: true },
    { read: '/var/snap/maas/common/maas/dhcpd*-interfaces', as: 'dhcpd-interfaces.txt', kind: 'config' },
    { read: '/var/snap/maas/common/maas/dhcp/*.leases*', as: 'dhcpd.leases', kind: 'text', tail: true },
    { read: '/var/lib/maas/dhcpd*.conf', as: 'dhcpd.conf', kind: 'config', blank: true },
    { read: '/var/lib/maas/dhcpd*-interfaces', as: 'dhcpd-interfaces.txt', kind: 'config' },
    { read: '/var/lib/maas/dhcp/*.leases*', as: 'dhcpd.leases', kind: 'text', tail: true },
    { read: '/etc/dhcp/dhcpd*.conf', as: 'dhcpd.conf', kind: 'config', blank: true },
    { read: '/var/lib/dhcp/*.leases', as: 'dhcpd.leases', kind: 'text', tail: true },
    { read: '/etc/kea/*.conf', as: 'kea.conf', kind: 'config', blank: true },
    { read: '/var/lib/kea/*.csv', as: 'kea-leases.csv', kind: 'text', tail: true },
    { read: '/etc/dnsmasq.conf', as: 'dnsmasq.conf', kind: 'config', blank: true },
    { read: '/etc/dnsmasq.d/*', as: 'dnsmasq.conf', kind: 'config', blank: true },
    { read: '/var/lib/misc/dnsmasq.leases', as: 'dnsmasq.leases', kind: 'text', tail: true },
  ],
};
