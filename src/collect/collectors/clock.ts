import { MIB, type Collector } from '../collector.ts';

/** Its output names are what `clock.ts` reads the offset from. */
export const clock: Collector = {
  id: 'clock',
  title: 'Clock and its offset',
  takes: 'State of the time service: chrony or systemd-timesyncd, offset, reference, zone',
  why: 'Times of several hosts can be compared only by how far each clock is off; certificates fail on a wrong one',
  privilege: 'none',
  timeout: 10,
  cap: MIB,
  holds: ['hostname', 'domain', 'ipv4', 'ipv6', 'time'],
  folder: 'host',
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
  plan: () => [
    { run: ['chronyc', '-n', '-c', 'tracking'], as: 'chrony-tracking.csv', kind: 'text' },
    { run: ['chronyc', '-n', '-c', 'sources'], as: 'chrony-sources.csv', kind: 'text' },
    { run: ['timedatectl', 'show'], as: 'timedatectl.txt', kind: 'text' },
    { run: ['timedatectl', 'timesync-status', '--no-pager'], as: 'timesync-status.txt', kind: 'text' },
  ],
};
