import { describe, expect, test } from 'vitest';
import { dhcpPoolExhausted } from '../../src/detect/detectors/dhcp-pool-exhausted.ts';
import { ADDRESS, client, evidenceOf, judge, nak, only, RACK, type Fields, type Trial } from '../support/events4.ts';

const SEEN: Fields = { broadcast: true };

function asks(trial: Trial, at: number, n: number): void {
  for (const later of [0, 4, 12]) trial.send('DISCOVER', at + later, client(n, SEEN));
}

function renews(trial: Trial, at: number, n: number): void {
  trial.send('REQUEST', at, client(n, { xid: 0x99, ciaddr: ADDRESS, ipDst: RACK }));
  trial.send('ACK', at + 0.1, client(n, { xid: 0x99, ciaddr: ADDRESS, ipDst: ADDRESS }));
}

describe('fires', () => {
  test('high and likely where the server is alive', () => {
    const finding = only(
      judge(dhcpPoolExhausted, (trial) => {
        trial.dora(0, client(1, SEEN));
        asks(trial, 5, 2);
        asks(trial, 6, 3);
        renews(trial, 30, 1);
      }),
    );
    expect(finding.severity).toBe('high');
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.subject).toEqual({ segment: 0 });
    expect(finding.last.message).toContain('2 new clients');
    const evidence = evidenceOf(finding).join('\n');
    expect(evidence).toContain('the last address that was given');
    expect(evidence).toContain('the server is alive');
  });

  test('where the server says so', () => {
    const finding = only(
      judge(dhcpPoolExhausted, (trial) => {
        trial.dora(0, client(1, SEEN));
        trial.send('REQUEST', 4, client(4, { requested: ADDRESS }));
        trial.send('NAK', 4.1, client(4, { ...nak({}), text: 'no leases left' }));
        asks(trial, 5, 2);
      }),
    );
    expect(finding.last.confidence.reasons).toContain('the server says that it has none left');
  });

  test('only possible, and medium, where nothing is heard of the server any more', () => {
    const finding = only(
      judge(dhcpPoolExhausted, (trial) => {
        trial.dora(0, client(1, SEEN));
        asks(trial, 5, 2);
      }),
    );
    expect(finding.severity).toBe('medium');
    expect(finding.last.confidence.level).toBe('possible');
    expect(finding.last.confidence.wouldDecide.join()).toContain('whether the server still runs');
  });
});

test.each<[string, (trial: Trial) => void]>([
  [
    'a server that gives addresses to others meanwhile',
    (trial) => {
      trial.dora(0, client(1, SEEN));
      asks(trial, 5, 2);
      trial.dora(30, client(3, SEEN));
    },
  ],
  ['no server at all', (trial) => asks(trial, 5, 2)],
  [
    'a client that had its lease from there before',
    (trial) => {
      trial.dora(0, client(2, SEEN));
      asks(trial, 20, 2);
    },
  ],
  [
    'a client that is answered later',
    (trial) => {
      trial.dora(0, client(1, SEEN));
      asks(trial, 5, 2);
      trial.dora(60, client(2, { ...SEEN, xid: 0x77 }));
    },
  ],
  [
    'another link',
    (trial) => {
      trial.dora(0, client(1, { ...SEEN, segment: 1 }));
      asks(trial, 5, 2);
    },
  ],
  [
    'no sight of the answers',
    (trial) => {
      trial.dora(0, client(1));
      for (const at of [5, 9, 17]) trial.send('DISCOVER', at, client(2));
    },
  ],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpPoolExhausted, play).findings).toEqual([]);
});
