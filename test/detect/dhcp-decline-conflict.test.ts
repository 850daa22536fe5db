import { expect, test } from 'vitest';
import { dhcpDeclineConflict } from '../../src/detect/detectors/dhcp-decline-conflict.ts';
import { ADDRESS, client, evidenceOf, judge, only, RACK, type Trial } from '../support/events4.ts';

test('fires medium with the ACK that gave the address and the DECLINE', () => {
  const finding = only(
    judge(dhcpDeclineConflict, (trial) => {
      trial.dora(0);
      trial.send('DECLINE', 2, { serverId: RACK, requested: ADDRESS });
    }),
  );
  expect(finding.severity).toBe('medium');
  expect(finding.subject).toEqual({ server: '10.0.0.1' });
  expect(finding.last.message).toContain('10.0.0.1 leased 10.0.0.100, which the client found in use');
  expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toEqual(['ACK', 'DECLINE']);
});

test('many addresses of one server are one finding with counts; a repeated DECLINE is one', () => {
  const finding = only(
    judge(dhcpDeclineConflict, (trial) => {
      for (let n = 0; n < 7; n += 1) {
        trial.send('DECLINE', n, client(n, { serverId: RACK, requested: ADDRESS + n }));
        trial.send('DECLINE', n + 0.5, client(n, { serverId: RACK, requested: ADDRESS + n }));
      }
    }),
  );
  expect(finding.count).toBe(7);
  expect(finding.last.message).toContain('and 2 more');
});

test('one station that declines without end is no victim: only possible', () => {
  const finding = only(
    judge(dhcpDeclineConflict, (trial) => {
      for (let n = 0; n < 9; n += 1)
        trial.send('DECLINE', n, client(n, { serverId: RACK, requested: ADDRESS + n, ethSrc: 0x020000000066 }));
    }),
  );
  expect(finding.last.confidence.level).toBe('possible');
  expect(finding.last.causes?.join()).toContain('dhcp-starvation');
});

test.each<[string, (trial: Trial) => void]>([
  [
    'RELEASE',
    (trial) => {
      trial.dora(0);
      trial.send('RELEASE', 5, { ciaddr: ADDRESS, serverId: RACK });
    },
  ],
  [
    'NAK',
    (trial) => {
      trial.send('REQUEST', 0, { requested: ADDRESS });
      trial.send('NAK', 0.1);
    },
  ],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpDeclineConflict, play).findings).toEqual([]);
});
