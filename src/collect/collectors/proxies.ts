import { MIB, type Collector } from '../collector.ts';

export const proxies: Collector = {
  id: 'proxies',
  title: 'Proxies of apt, snapd and MAAS',
  takes:
    'apt-config dump, apt.conf.d, sources, snap system proxy, squid configuration of MAAS; credentials are blanked, apt auth.conf is never opened',
  why: '407 and 403 from a proxy, a mirror that is not on the list, a proxy that MAAS was never told about',
  privilege: 'none',
  timeout: 20,
  cap: 8 * MIB,
  holds: ['ipv4', 'ipv6', 'hostname', 'domain', 'username', 'url', 'secret', 'text'],
  folder: 'config',
  profiles: ['tls'],
  symptoms: ['tls-interception', 'proxies-filters'],
  plan: () => [
    { run: ['apt-config', 'dump'], as: 'apt-config.txt', kind: 'config', blank: true },
    { read: '/etc/apt/apt.conf', as: 'apt.conf', kind: 'config', blank: true },
    { read: '/etc/apt/apt.conf.d/*', as: 'apt-part.conf', kind: 'config', blank: true },
    { read: '/etc/apt/sources.list', as: 'apt-sources.list', kind: 'config', blank: true },
    { read: '/etc/apt/sources.list.d/*', as: 'apt-sources-part.list', kind: 'config', blank: true },
    { run: ['snap', 'get', '-d', 'system', 'proxy'], as: 'snap-proxy.json', kind: 'json', blank: true, fine: [1] },
    { read: '/var/snap/maas/current/proxy/*.conf', as: 'squid.conf', kind: 'config', blank: true },
    { read: '/var/lib/maas/*proxy.conf', as: 'squid.conf', kind: 'config', blank: true },
    { read: '/etc/squid/squid.conf', as: 'squid.conf', kind: 'config', blank: true },
  ],
};
