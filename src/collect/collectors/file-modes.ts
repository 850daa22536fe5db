import { MIB, type Collector } from '../collector.ts';

/** What MAAS asks for (its page on security): read by its group, written by root, nothing for others. */
const EXPECTED = '640';

export const fileModes: Collector = {
  id: 'file-modes',
  title: 'Modes of the files that hold secrets',
  takes: 'Mode, owner, size and time of the configuration, secrets, keys and logs of MAAS; nothing of them is opened',
  why: `A regiond.conf that everybody may read gives away the database: ${EXPECTED} is expected`,
  privilege: 'root',
  timeout: 10,
  cap: 4 * MIB,
  holds: ['username', 'filename', 'time'],
  folder: 'host',
  profiles: ['minimal'],
  symptoms: ['host-hardening'],
  plan: () => [
    {
      modes: [
        { path: '/var/snap/maas/current/regiond.conf', expected: EXPECTED },
        { path: '/var/snap/maas/current/rackd.conf', expected: EXPECTED },
        { path: '/etc/maas/regiond.conf', expected: EXPECTED },
        { path: '/etc/maas/rackd.conf', expected: EXPECTED },
        { path: '/var/snap/maas/common/maas/secret', expected: EXPECTED },
        { path: '/var/lib/maas/secret', expected: EXPECTED },
        { path: '/var/snap/maas/common/maas/dhcpd*.conf' },
        { path: '/var/lib/maas/dhcpd*.conf' },
        { path: '/var/snap/maas/current/http/*.pem' },
        { path: '/var/lib/maas/http/*.pem' },
        { path: '/var/lib/maas/certificates/*' },
        { path: '/var/snap/maas/common/log' },
        { path: '/var/snap/maas/common/log/*.log' },
        { path: '/var/log/maas' },
        { path: '/var/log/maas/*.log' },
        { path: '/etc/netplan/*.yaml', expected: '600' },
      ],
      as: 'file-modes.json',
      kind: 'json',
    },
  ],
};
