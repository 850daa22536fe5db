import { describe, expect, test } from 'vitest';
import { dhcpRequestUnanswered } from '../../src/detect/detectors/dhcp-request-unanswered.ts';
import {
  ADDRESS,
  CLIENT_MAC,
  client,
  DECLARED,
  evidenceOf,
  judge,
  nak,
  only,
  PEER,
  PEER_SAYS,
  RACK,
  ROGUE,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const SEEN: Fields = { broadcast: true };

function chooses(trial: Trial, at: number, n: number, by: Fields = {}, times = 3): void {
  trial.send('DISCOVER', at, client(n, SEEN));
  trial.send('OFFER', at + 0.1, { ...client(n), ...by });
  for (let i = 0; i < times; i += 1) {
    trial.send(
      'REQUEST',
      at + 0.2 + 4 * i,
      client(n, { ...SEEN, serverId: by.serverId ?? RACK, requested: by.yiaddr ?? ADDRESS }),
    );
  }
}

describe('fires', () => {
  test('high on a REQUEST for an offer that was seen here', () => {
    const finding = only(judge(dhcpRequestUnanswered, (trial) => chooses(trial, 0, 1)));
    expect(finding.severity).toBe('high');
    expect(finding.subject).toEqual({ server: '10.0.0.1' });
    expect(finding.last.message).toContain('No answer from 10.0.0.1 to 1 client that took its offer (3 REQUESTs)');
    expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toEqual(['OFFER', 'REQUEST', 'REQUEST', 'absent:']);
  });

  test('one finding a server', () => {
    const finding = only(
      judge(dhcpRequestUnanswered, (trial) => {
        for (let n = 0; n < 8; n += 1) chooses(trial, n, n);
      }),
    );
    expect(finding.count).toBe(8);
  });

  test('medium on renewals to a server whose frames to this client pass here', () => {
    const finding = only(
      judge(
        dhcpRequestUnanswered,
        (trial) => {
          trial.unicast(CLIENT_MAC + 1);
          trial.dora(0, client(1));
          for (const at of [100, 150, 200])
            trial.send('REQUEST', at, client(1, { xid: 0x99, ciaddr: ADDRESS, ipDst: RACK, ethDst: 0x525400000001 }));
        },
        { until: 400 },
      ),
    );
    expect(finding.severity).toBe('medium');
    expect(finding.last.message).toContain('asked it to renew a lease');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    ['an ACK', (trial) => trial.dora(0, client(1, SEEN))],
    [
      'a NAK',
      (trial) => {
        chooses(trial, 0, 1, {}, 1);
        trial.send('NAK', 1, client(1, nak({})));
      },
    ],
    [
      'an ACK that comes later',
      (trial) => {
        chooses(trial, 0, 1);
        trial.dora(60, client(1, { ...SEEN, xid: 0x77 }));
      },
    ],
    [
      'REBINDING answered by a peer',
      (trial) => {
        trial.dora(0, client(1, SEEN));
        trial.send('REQUEST', 90, client(1, { xid: 0x99, ciaddr: ADDRESS }));
        trial.send('ACK', 90.1, client(1, { ...PEER_SAYS, xid: 0x99, ciaddr: ADDRESS }));
      },
    ],
    [
      'INIT-REBOOT: a server without a record stays silent',
      (trial) => {
        trial.dora(0, client(1, SEEN));
        for (const at of [90, 94, 102])
          trial.send('REQUEST', at, client(1, { ...SEEN, xid: 0x99, requested: ADDRESS }));
      },
    ],
    [
      'INFORM and port 4011',
      (trial) => {
        trial.dora(0, client(1, SEEN));
        trial.send('INFORM', 50, client(1, { xid: 0x99, ciaddr: ADDRESS }));
        trial.send('REQUEST', 60, client(1, { xid: 0, proxy: true, dstPort: 4011, ipDst: RACK, ciaddr: ADDRESS }));
      },
    ],
    [
      'the losing server',
      (trial) => {
        trial.send('DISCOVER', 0, client(1, SEEN));
        trial.send('OFFER', 0.1, client(1));
        trial.send('OFFER', 0.2, { ...client(1), ...PEER_SAYS });
        trial.send('REQUEST', 0.3, client(1, { ...SEEN, serverId: PEER, requested: 0x0a000065 }));
        trial.send('ACK', 0.4, { ...client(1), ...PEER_SAYS });
      },
    ],
  ])('%s', (_what, play) => {
    const { findings, coverage } = judge(dhcpRequestUnanswered, play);
    expect(findings).toEqual([]);
    expect(coverage.filter((note) => note.undecided.length > 0)).toEqual([]);
  });

  test("at the losing server's port, where the winner's unicast never passes", () => {
    const { findings, coverage } = judge(dhcpRequestUnanswered, (trial) => {
      trial.unicast(CLIENT_MAC + 1);
      trial.send('DISCOVER', 0, client(1));
      trial.send('OFFER', 0.1, client(1));
      trial.send('REQUEST', 0.3, client(1, { serverId: ROGUE, requested: ADDRESS }));
    });
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject([{ id: 'replies-not-visible', undecided: [] }]);
  });

  test('there, a client that repeats its REQUEST leaves a question open', () => {
    const { findings, coverage } = judge(dhcpRequestUnanswered, (trial) => {
      for (const at of [0, 4, 12]) trial.send('REQUEST', at, client(1, { serverId: ROGUE, requested: ADDRESS }));
    });
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject([{ id: 'replies-not-visible', undecided: ['dhcp-request-unanswered'] }]);
  });

  test('a capture that ends before the retry', () => {
    const { findings, coverage } = judge(dhcpRequestUnanswered, (trial) => chooses(trial, 0, 1, {}, 1), { until: 3 });
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject([{ id: 'capture-ends-early', undecided: ['dhcp-request-unanswered'] }]);
  });

  test('a chosen rogue: dhcp-rogue-server speaks', () => {
    const play = (trial: Trial): void => chooses(trial, 0, 1, ROGUE_SAYS);
    expect(judge(dhcpRequestUnanswered, play, { site: DECLARED }).findings).toEqual([]);
    expect(judge(dhcpRequestUnanswered, play).findings).toHaveLength(1);
  });
});
