import { describe, expect, test } from 'vitest';
import { dhcpBootOptionsMissing } from '../../src/detect/detectors/dhcp-boot-options-missing.ts';
import {
  ADDRESS,
  client,
  DECLARED,
  evidenceOf,
  judge,
  NO_PROMISE,
  only,
  PXE,
  pxeClient,
  RACK,
  RACK_PROMISE,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const BARE: Fields = { promise: { ...RACK_PROMISE, nextServer: -1, bootFile: '' } };
const PROXY: Fields = {
  proxy: true,
  yiaddr: 0,
  leaseTime: -1,
  promise: { ...NO_PROMISE, vendorClass: 'PXEClient', vendorOptions: '06' },
};

describe('fires', () => {
  test('on a PXE client leased without boot file and without a ProxyDHCP reply', () => {
    const finding = only(judge(dhcpBootOptionsMissing, (trial) => trial.dora(0, pxeClient(1), BARE)));
    expect(finding.severity).toBe('medium');
    expect(finding.subject).toEqual({ server: '10.0.0.1', mac: '52:54:00:00:00:01', missing: 'file' });
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain('no boot file and no boot menu');
    expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toEqual(['DISCOVER', 'ACK']);
  });

  test('a bare next-server starts nothing', () => {
    only(
      judge(dhcpBootOptionsMissing, (trial) =>
        trial.dora(0, pxeClient(1), { promise: { ...RACK_PROMISE, bootFile: '' } }),
      ),
    );
  });

  test('only possible on a boot file that nobody is named to serve', () => {
    const finding = only(
      judge(dhcpBootOptionsMissing, (trial) =>
        trial.dora(0, pxeClient(1), { promise: { ...RACK_PROMISE, nextServer: -1 } }),
      ),
    );
    expect(finding.last.confidence.level).toBe('possible');
    expect(finding.last.message).toContain('no server to fetch it from');
  });

  test('thirty machines are one finding', () => {
    const finding = only(
      judge(dhcpBootOptionsMissing, (trial) => {
        for (let n = 0; n < 30; n += 1) trial.dora(n, pxeClient(n), BARE);
      }),
    );
    expect(finding.count).toBe(30);
    expect(finding.last.message).toContain('30 booting clients');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    ['next-server and boot file', (trial) => trial.dora(0, pxeClient(1))],
    [
      'an absolute URL alone',
      (trial) =>
        trial.dora(0, pxeClient(1), {
          promise: { ...RACK_PROMISE, nextServer: -1, bootFile: 'http://10.0.0.1:5248/bootx64.efi' },
        }),
    ],
    [
      'a boot menu in option 43',
      (trial) => trial.dora(0, pxeClient(1), { promise: { ...RACK_PROMISE, bootFile: '', vendorOptions: '0601' } }),
    ],
    [
      'a server name in 66',
      (trial) => trial.dora(0, pxeClient(1), { promise: { ...RACK_PROMISE, nextServer: -1, serverName: 'rack1' } }),
    ],
    [
      'a ProxyDHCP offer',
      (trial) => {
        trial.send('DISCOVER', 0, pxeClient(1));
        trial.send('OFFER', 0.1, pxeClient(1, BARE));
        trial.send('OFFER', 0.2, pxeClient(1, PROXY));
        trial.send('REQUEST', 0.3, pxeClient(1, { serverId: RACK, requested: ADDRESS }));
        trial.send('ACK', 0.4, pxeClient(1, BARE));
      },
    ],
    [
      'a question on port 4011',
      (trial) => {
        trial.dora(0, pxeClient(1), BARE);
        trial.send('REQUEST', 1, pxeClient(1, { proxy: true, dstPort: 4011, ciaddr: ADDRESS, ipDst: RACK, xid: 0 }));
      },
    ],
    ['a client that is no network boot', (trial) => trial.dora(0, client(1), BARE)],
    [
      "an installer's DHCP without vendor class",
      (trial) => {
        trial.dora(0, pxeClient(1));
        trial.dora(30, client(1, { xid: 0x77 }), BARE);
      },
    ],
    [
      'a second stage of a machine that was told before',
      (trial) => {
        trial.dora(0, pxeClient(1));
        trial.dora(30, pxeClient(1, { xid: 0x77, clientClass: { ...PXE, userClass: 'iPXE', key: 'ipxe' } }), BARE);
      },
    ],
    [
      'a client that fetches all the same',
      (trial) => {
        trial.dora(0, pxeClient(1), BARE);
        trial.fetch(2, { client: ADDRESS, server: RACK, file: 'lpxelinux.0' });
      },
    ],
    ['an ACK whose options were cut off', (trial) => trial.dora(0, pxeClient(1), { ...BARE, whole: false })],
    [
      'a renewal',
      (trial) => {
        trial.send('REQUEST', 0, pxeClient(1, { ciaddr: ADDRESS, ipDst: RACK }));
        trial.send('ACK', 0.1, pxeClient(1, { ...BARE, ciaddr: ADDRESS }));
      },
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpBootOptionsMissing, play).findings).toEqual([]);
  });

  test('a lease by a rogue', () => {
    const play = (trial: Trial): void => trial.dora(0, pxeClient(1), { ...ROGUE_SAYS, ...BARE });
    expect(judge(dhcpBootOptionsMissing, play, { site: DECLARED }).findings).toEqual([]);
  });
});
