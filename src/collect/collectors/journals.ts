import { MIB, type Collector, type Request, type Step } from '../collector.ts';
import type { Host } from '../host.ts';

/**
 * Units that exist. The snap has one unit for all its services (`snap.maas.supervisor` up to 3.4, `snap.maas.pebble`
 * from 3.5): `snap.maas.regiond`, which guides name, is none, and asking for it gives an empty journal without a word.
 */
export const MAAS_UNITS = [
  'snap.maas.pebble',
  'snap.maas.supervisor',
  'maas-regiond',
  'maas-rackd',
  'maas-agent',
  'maas-apiserver',
  'maas-dhcpd',
  'maas-dhcpd6',
  'maas-http',
  'maas-proxy',
  'maas-syslog',
  'maas-temporal',
  'maas-temporal-worker',
] as const;

/** What tells the snap's services apart within its one unit, and what they are called where another unit holds them. */
export const MAAS_IDENTIFIERS = [
  'maas-regiond',
  'maas-rackd',
  'maas-agent',
  'maas-apiserver',
  'maas-proxy',
  'maas-http',
  'maas-log',
  'maas-machine',
  'maas-enlist',
  'dhcpd',
  'dhcpd6',
  'chronyd',
] as const;

/** One journal each: what is asked for, as matches (journalctl(1): `+` is or). */
const JOURNALS: readonly (readonly [string, readonly string[]])[] = [
  ['maas', anyOf(...MAAS_UNITS.flatMap(ofUnit), ...MAAS_IDENTIFIERS.map((name) => `SYSLOG_IDENTIFIER=${name}`))],
  ['network', anyOf(...['systemd-networkd', 'NetworkManager', 'networking'].flatMap(ofUnit))],
  ['resolver', anyOf(...['systemd-resolved', 'named', 'bind9', 'dnsmasq'].flatMap(ofUnit))],
  [
    'boot-services',
    anyOf(
      ...['isc-dhcp-server', 'isc-dhcp-server6', 'kea-dhcp4-server', 'tftpd-hpa', 'atftpd', 'squid', 'hostapd'].flatMap(
        ofUnit,
      ),
      'SYSLOG_IDENTIFIER=dnsmasq-dhcp',
      'SYSLOG_IDENTIFIER=dnsmasq-tftp',
      'SYSLOG_IDENTIFIER=wpa_supplicant',
    ),
  ],
  ['kernel', ['_TRANSPORT=kernel']],
];

/** Lines of a unit, and what systemd itself says of it. */
function ofUnit(unit: string): string[] {
  return [`_SYSTEMD_UNIT=${unit}.service`, `UNIT=${unit}.service`];
}

function anyOf(...matches: string[]): string[] {
  return matches.flatMap((match, i) => (i === 0 ? [match] : ['+', match]));
}

export const journals: Collector = {
  id: 'journals',
  title: 'Journals of the services and the kernel',
  takes:
    'journald entries of the MAAS services (snap and deb), network, resolver, boot services and kernel, as export and as JSON',
  why: 'DHCP exchanges as the server saw them, services that failed, links that went down, drops that the kernel reports',
  privilege: 'systemd-journal or adm',
  timeout: 120,
  cap: 512 * MIB,
  holds: ['mac', 'ipv4', 'ipv6', 'hostname', 'domain', 'username', 'uuid', 'filename', 'url', 'secret', 'text', 'time'],
  folder: 'journals',
  profiles: ['minimal', 'dhcp', 'tls'],
  symptoms: [
    'tls-interception',
    'dhcp-guards',
    'arp-nd',
    'dot1x-macsec',
    'proxies-filters',
    'dns',
    'host-hardening',
    'capture-hygiene',
  ],
  plan(host: Host, { window, journalDir }: Request): Step[] {
    // A path in arguments is text; one of the host is bytes.
    const root = Buffer.from(host.root, 'latin1').toString('utf8');
    const folder = journalDir === '' && root !== '' ? `${root}/var/log/journal` : journalDir;
    const from = folder === '' ? [] : [`--directory=${folder}`];
    const bounds = [`--since=@${window.since}`, `--until=@${window.until}`];
    return JOURNALS.flatMap(([name, matches]) =>
      (['export', 'json'] as const).map((format): Step => ({
        run: ['journalctl', '--no-pager', '--utc', '--all', `--output=${format}`, ...from, ...bounds, ...matches],
        as: `${name}.${format}`,
        kind: `journal-${format}`,
        offline: folder !== '',
      })),
    );
  },
};
