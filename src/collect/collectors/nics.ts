import { MIB, type Collector, type Step } from '../collector.ts';
import type { Host } from '../host.ts';

/** Interfaces asked about: a host with more is a switch. */
const MAX_NICS = 64;

export const nics: Collector = {
  id: 'nics',
  title: 'Network cards: offloads, drops, link',
  takes: 'ethtool for each interface with hardware behind it: link, driver, offloads (-k), counters (-S), rings (-g)',
  why: 'Frames that the card drops or merges before any capture sees them; VLAN tags that it strips; a link at the wrong speed',
  privilege: 'none',
  timeout: 10,
  cap: 8 * MIB,
  holds: ['mac', 'metadata', 'serial'],
  folder: 'host',
  profiles: ['dhcp'],
  symptoms: ['arp-nd', 'dot1x-macsec', 'capture-hygiene'],
  plan(host: Host): Step[] {
    const names = host.nics();
    if (names.length === 0) return [{ skip: 'no interface with hardware behind it' }];
    const left: Step[] =
      names.length > MAX_NICS ? [{ skip: `${names.length - MAX_NICS} more interfaces than are asked about` }] : [];
    return [
      ...names.slice(0, MAX_NICS).flatMap((name, i): Step[] => {
        const number = String(i + 1).padStart(2, '0');
        return [
          { run: ['ethtool', name], as: `nic${number}-link.txt`, kind: 'text' },
          { run: ['ethtool', '-i', name], as: `nic${number}-driver.txt`, kind: 'text' },
          { run: ['ethtool', '-k', name], as: `nic${number}-offloads.txt`, kind: 'text' },
          // 94: a driver without counters. 81, 80: a driver without rings.
          { run: ['ethtool', '-S', name], as: `nic${number}-counters.txt`, kind: 'text', fine: [94] },
          { run: ['ethtool', '-g', name], as: `nic${number}-rings.txt`, kind: 'text', fine: [76, 80, 81, 95] },
        ];
      }),
      ...left,
    ];
  },
};
