import { expect, test } from 'vitest';
import { dhcpNakStorm } from '../../src/detect/detectors/dhcp-nak-storm.ts';
import { ADDRESS, client, judge, nak, only, RACK, ROGUE_SAYS, type Trial } from '../support/events4.ts';

const REFUSED = nak({});

function refused(trial: Trial, at: number, n: number): void {
  trial.send('REQUEST', at, client(n, { xid: 0x5000 + at, requested: ADDRESS + n }));
  trial.send('NAK', at + 0.1, client(n, { xid: 0x5000 + at, ...REFUSED }));
}

test('fires on the third NAK to one client with no ACK between', () => {
  const finding = only(
    judge(dhcpNakStorm, (trial) => {
      for (const at of [0, 10, 20, 30]) refused(trial, at, 1);
    }),
  );
  expect(finding.severity).toBe('high');
  expect(finding.subject).toEqual({ server: '10.0.0.1', mac: '52:54:00:00:00:01' });
  expect(finding.last.message).toContain('1 client');
  expect(finding.last.message).toContain('for 10.0.0.101');
  expect(finding.last.message).toContain('4 NAKs');
});

test('many clients in the loop are one finding', () => {
  const finding = only(
    judge(dhcpNakStorm, (trial) => {
      for (const at of [0, 10, 20]) for (const n of [1, 2, 3, 4]) refused(trial, at + n, n);
    }),
  );
  expect(finding.last.message).toContain('4 clients');
});

test.each<[string, (trial: Trial) => void]>([
  [
    'one NAK each: a rack that was moved',
    (trial) => {
      for (let n = 0; n < 40; n += 1) refused(trial, n, n);
    },
  ],
  [
    'NAK, then ACK, again and again',
    (trial) => {
      for (const at of [0, 10, 20, 30, 40]) {
        refused(trial, at, 1);
        trial.dora(at + 2, client(1, { xid: 0x6000 + at }));
      }
    },
  ],
  [
    'three NAKs over days',
    (trial) => {
      for (const at of [0, 4000, 8000, 12_000]) refused(trial, at, 1);
    },
  ],
  [
    'NAKs by a server that was not asked (dhcp-nak-by-other-server)',
    (trial) => {
      for (const at of [0, 10, 20, 30]) {
        trial.send('REQUEST', at, client(1, { xid: at + 1, serverId: RACK, requested: ADDRESS }));
        trial.send('NAK', at + 0.1, client(1, { xid: at + 1, ...nak(ROGUE_SAYS) }));
      }
    },
  ],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpNakStorm, play).findings).toEqual([]);
});
