import { MIB, type Collector, type Request, type Step } from '../collector.ts';
import type { Host } from '../host.ts';

/** Calls of the API 2.0 and the words of the `maas` command for the same; all are reads. */
const CALLS: readonly (readonly [string, string, readonly string[]])[] = [
  ['version', 'version/', ['version', 'read']],
  ['rack-controllers', 'rackcontrollers/', ['rack-controllers', 'read']],
  ['region-controllers', 'regioncontrollers/', ['region-controllers', 'read']],
  ['fabrics', 'fabrics/', ['fabrics', 'read']],
  ['spaces', 'spaces/', ['spaces', 'read']],
  ['subnets', 'subnets/', ['subnets', 'read']],
  ['ip-ranges', 'ipranges/', ['ipranges', 'read']],
  ['static-routes', 'static-routes/', ['static-routes', 'read']],
  ['domains', 'domains/', ['domains', 'read']],
  ['dhcp-snippets', 'dhcp-snippets/', ['dhcpsnippets', 'read']],
  ['discoveries', 'discovery/', ['discoveries', 'read']],
  ['package-repositories', 'package-repositories/', ['package-repositories', 'read']],
];

/** Settings, one call each; none is a password by itself, and credentials in addresses are blanked. */
const SETTINGS = [
  'enable_http_proxy',
  'use_peer_proxy',
  'http_proxy',
  'prefer_v4_proxy',
  'upstream_dns',
  'dnssec_validation',
  'dns_trusted_acl',
  'network_discovery',
  'active_discovery_interval',
  'ntp_servers',
  'ntp_external_only',
  'remote_syslog',
  'tls_cert_expiration_notification_enabled',
] as const;

export const maasConfig: Collector = {
  id: 'maas-config',
  title: 'Configuration of MAAS',
  takes:
    'Racks, regions, fabrics with their VLANs, subnets, ranges, DHCP snippets, discoveries, proxy, DNS and NTP settings',
  why: 'Which rack serves DHCP on which VLAN, where relays point, what MAAS itself saw as an external DHCP server',
  privilege: 'MAAS API key',
  timeout: 30,
  cap: 64 * MIB,
  holds: [
    'mac',
    'ipv4',
    'ipv6',
    'hostname',
    'domain',
    'username',
    'uuid',
    'serial',
    'url',
    'vlan-name',
    'secret',
    'text',
  ],
  folder: 'maas',
  profiles: ['dhcp', 'tls'],
  symptoms: ['dhcp-guards', 'arp-nd', 'proxies-filters', 'dns', 'host-hardening'],
  plan(_host: Host, { api, maasProfile }: Request): Step[] {
    if (api === 'rest') {
      return [
        ...CALLS.map(([name, get]): Step => ({ get, as: `${name}.json`, kind: 'json', blank: true })),
        ...SETTINGS.map((name): Step => {
          const as = `setting-${name.replaceAll('_', '-')}.json`;
          return { get: `maas/?op=get_config&name=${name}`, as, kind: 'json', blank: true };
        }),
      ];
    }
    if (api === 'command') {
      return [
        ...CALLS.map(([name, , words]): Step => {
          return { run: ['maas', maasProfile, ...words], as: `${name}.json`, kind: 'json', blank: true, home: true };
        }),
        ...SETTINGS.map((name): Step => {
          const as = `setting-${name.replaceAll('_', '-')}.json`;
          const run = ['maas', maasProfile, 'maas', 'get-config', `name=${name}`] as const;
          return { run, as, kind: 'json', blank: true, home: true };
        }),
      ];
    }
    return [{ skip: 'no way to the MAAS API was given: --maas-url with --maas-api-key-file, or --maas-profile' }];
  },
};
