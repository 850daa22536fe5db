import { describe, expect, test } from 'vitest';
import { dhcpMalformed } from '../../src/detect/detectors/dhcp-malformed.ts';
import {
  ADDRESS,
  client,
  judge,
  nak,
  NO_PROMISE,
  only,
  secondsAt,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const FAULT: Fields = { faults: 2, firstFault: 'options[3].length: length' };

describe('fires', () => {
  test('info on a client, low on a server, one finding a sender', () => {
    const sender = only(
      judge(dhcpMalformed, (trial) => {
        for (const at of [0, 4, 12]) trial.send('DISCOVER', at, client(1, FAULT));
      }),
    );
    expect(sender.severity).toBe('info');
    expect(sender.subject).toEqual({ mac: '52:54:00:00:0c:02' });
    expect(sender.count).toBe(3);
    expect(sender.last.message).toContain('options[3].length: length');
    const server = only(judge(dhcpMalformed, (trial) => trial.dora(0, {}, FAULT)));
    expect(server.severity).toBe('low');
    expect(server.subject).toEqual({ server: '10.0.0.1', mac: '52:54:00:00:00:01' });
  });

  test.each<[string, string, (trial: Trial) => void]>([
    [
      'an OFFER without identifier',
      'no server identifier (54)',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, { serverId: -1 });
      },
    ],
    [
      'an OFFER without address',
      'an OFFER without address',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, { yiaddr: 0 });
      },
    ],
    [
      'an ACK without lease time',
      'no lease time (51)',
      (trial) => {
        trial.send('REQUEST', 0, { requested: ADDRESS });
        trial.send('ACK', 0.1, { leaseTime: -1 });
      },
    ],
    [
      'a NAK without identifier',
      'no server identifier (54)',
      (trial) => {
        trial.send('REQUEST', 0, { requested: ADDRESS });
        trial.send('NAK', 0.1, { ...nak({}), serverId: -1 });
      },
    ],
  ])('on %s', (_what, said, play) => {
    expect(only(judge(dhcpMalformed, play)).last.message).toContain(said);
  });

  test('on a message too short to be one', () => {
    const cut = (byCapture: boolean) =>
      judge(dhcpMalformed, (trial) => {
        trial.events.push({
          type: 'dhcp4-cut',
          sight: { capture: 0, file: 0, frame: 1, sec: 1, nsec: 0 },
          segment: 0,
          ethSrc: 0x020000000066,
          fault: 'header: cut',
          byCapture,
          time: secondsAt(0),
        });
      });
    expect(only(cut(false)).last.message).toContain('header: cut');
    // What the snap length cut is nobody's fault.
    expect(cut(true).findings).toEqual([]);
  });
});

test.each<[string, (trial: Trial) => void]>([
  ['a plain exchange', (trial) => trial.dora(0)],
  [
    'options that were cut off',
    (trial) => {
      trial.send('DISCOVER', 0);
      trial.send('OFFER', 0.1, { serverId: -1, leaseTime: -1, whole: false });
    },
  ],
  [
    'Rapid Commit',
    (trial) => {
      trial.send('DISCOVER', 0, { rapidCommit: true });
      trial.send('ACK', 0.1, { rapidCommit: true });
    },
  ],
  [
    'the ACK to INFORM, seen with and without its question',
    (trial) => {
      trial.send('INFORM', 0, { ciaddr: ADDRESS });
      trial.send('ACK', 0.1, { yiaddr: 0, leaseTime: -1 });
      trial.send('ACK', 5, client(1, { yiaddr: 0, leaseTime: -1 }));
    },
  ],
  [
    'BOOTP',
    (trial) => {
      trial.send('BOOTREQUEST', 0);
      trial.send('BOOTREPLY', 0.1, { leaseTime: -1, serverId: -1 });
    },
  ],
  [
    'ProxyDHCP without 51, and its ACK on port 4011',
    (trial) => {
      const proxy: Fields = { proxy: true, yiaddr: 0, leaseTime: -1, promise: NO_PROMISE };
      trial.send('DISCOVER', 0);
      trial.send('OFFER', 0.1, proxy);
      trial.send('REQUEST', 1, { proxy: true, dstPort: 4011, xid: 0, ciaddr: ADDRESS });
      trial.send('ACK', 1.1, { ...proxy, srcPort: 4011, xid: 0, serverId: -1 });
    },
  ],
  [
    'LEASEQUERY',
    (trial) => {
      trial.send('LEASEQUERY', 0);
      trial.send('LEASEACTIVE', 0.1, { serverId: -1, leaseTime: -1 });
    },
  ],
  ['InfiniBand: identity is option 61', (trial) => trial.dora(0, { htype: 32, chaddr: -1, client: 'ff00112233' })],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpMalformed, play).findings).toEqual([]);
});
