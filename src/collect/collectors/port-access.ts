import { MIB, type Collector } from '../collector.ts';

export const portAccess: Collector = {
  id: 'port-access',
  title: '802.1X and MACsec of this host',
  takes:
    'State of MACsec (ip macsec show: counters and channel ids, no keys) and of wpa_supplicant and hostapd (status alone)',
  why: 'Frames that MACsec discards, and a supplicant that is not let in',
  privilege: 'root',
  timeout: 10,
  cap: 2 * MIB,
  holds: ['mac', 'username', 'metadata'],
  folder: 'host',
  profiles: [],
  symptoms: ['dot1x-macsec'],
  plan: () => [
    { run: ['ip', '-j', '-s', 'macsec', 'show'], as: 'macsec.json', kind: 'json', fine: [1, 255] },
    { run: ['wpa_cli', 'status'], as: 'wpa-status.txt', kind: 'text', blank: true, fine: [255] },
    { run: ['hostapd_cli', 'status'], as: 'hostapd-status.txt', kind: 'text', blank: true, fine: [255] },
  ],
};
