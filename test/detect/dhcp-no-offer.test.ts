import { describe, expect, test } from 'vitest';
import { dhcpNoOffer } from '../../src/detect/detectors/dhcp-no-offer.ts';
import {
  ADDRESS,
  CLIENT_MAC,
  client,
  evidenceOf,
  judge,
  only,
  RACK,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const SEEN: Fields = { broadcast: true };

/** DISCOVERs as RFC 2131 spaces them. */
function asks(trial: Trial, at: number, who: Fields, times = 3): void {
  for (let i = 0; i < times; i += 1) trial.send('DISCOVER', at + 4 * (2 ** i - 1), who);
}

describe('fires', () => {
  test('high on DISCOVERs that nobody answers, with the absence as evidence', () => {
    const finding = only(judge(dhcpNoOffer, (trial) => asks(trial, 0, client(1, SEEN)), { until: 30 }));
    expect(finding.severity).toBe('high');
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain('1 client on this segment');
    expect(finding.last.message).toContain('3 DISCOVERs');
    expect(evidenceOf(finding).at(-1)).toContain('absent: an OFFER to 52:54:00:00:0c:02');
    expect(finding.detector.remedy.runbook).toBe('RB-2');
  });

  test('where unicast to the client was seen to pass', () => {
    only(
      judge(
        dhcpNoOffer,
        (trial) => {
          trial.unicast(CLIENT_MAC + 1);
          asks(trial, 0, client(1));
        },
        { until: 30 },
      ),
    );
  });

  test('one finding a link, with how many clients; behind a relay by the relay', () => {
    const finding = only(
      judge(dhcpNoOffer, (trial) => {
        trial.unicast(0x5254000000fe);
        for (let n = 0; n < 9; n += 1) asks(trial, n, client(n, { giaddr: 0x0a0100fe, ethSrc: 0x5254000000fe }));
      }),
    );
    expect(finding.subject).toEqual({ relay: '10.1.0.254' });
    expect(finding.last.message).toContain('9 clients on the network behind 10.1.0.254');
  });

  test('a single DISCOVER is only possible, and only after ten seconds', () => {
    const finding = only(judge(dhcpNoOffer, (trial) => trial.send('DISCOVER', 0, client(1, SEEN)), { until: 30 }));
    expect(finding.last.confidence.level).toBe('possible');
  });

  test('where only a ProxyDHCP server answers', () => {
    const finding = only(
      judge(
        dhcpNoOffer,
        (trial) => {
          asks(trial, 0, client(1, SEEN));
          trial.send('OFFER', 13, client(1, { proxy: true, yiaddr: 0 }));
        },
        { until: 30 },
      ),
    );
    expect(finding.last.message).toContain('Only a ProxyDHCP server answered');
  });

  test("on a bridge's client, whose Ethernet source is the bridge", () => {
    only(judge(dhcpNoOffer, (trial) => asks(trial, 0, client(1, { ...SEEN, ethSrc: 0x020000000066 }))));
  });

  test('and says so when the server answers others meanwhile', () => {
    const finding = only(
      judge(dhcpNoOffer, (trial) => {
        asks(trial, 0, client(1, SEEN));
        trial.dora(20, client(2, SEEN));
      }),
    );
    expect(finding.last.message).toContain('while 10.0.0.1 (52:54:00:00:00:01) answered others');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    ['an exchange', (trial) => trial.dora(0, client(1, SEEN))],
    [
      'a client that is answered later',
      (trial) => {
        asks(trial, 0, client(1, SEEN));
        trial.dora(60, client(1, { ...SEEN, xid: 0x77 }));
      },
    ],
    [
      'a client that is then seen with a lease',
      (trial) => {
        asks(trial, 0, client(1, SEEN));
        trial.send('REQUEST', 60, client(1, { xid: 0x77, ciaddr: ADDRESS, ipDst: RACK }));
      },
    ],
    [
      'Rapid Commit',
      (trial) => {
        trial.send('DISCOVER', 0, { ...SEEN, rapidCommit: true });
        trial.send('ACK', 0.1, { rapidCommit: true });
      },
    ],
    [
      'INFORM, BOOTP and LEASEQUERY without an answer',
      (trial) => {
        trial.send('INFORM', 0, { ...SEEN, ciaddr: ADDRESS });
        trial.send('BOOTREQUEST', 1, client(1, SEEN));
        trial.send('LEASEQUERY', 2, client(2, SEEN));
      },
    ],
    [
      "MAAS's own probe, which nobody has to answer",
      (trial) => {
        for (const at of [0, 2, 4, 8]) trial.send('DISCOVER', at, client(1, { ...SEEN, maasProbe: true }));
      },
    ],
    [
      'an answer that a relay hands on',
      (trial) => {
        trial.send('DISCOVER', 0, client(1, SEEN));
        trial.send('DISCOVER', 0, client(1, { giaddr: 0x0a0100fe, segment: 1, ethSrc: 0x5254000000fe }));
        trial.send('OFFER', 0.1, client(1, { giaddr: 0x0a0100fe, segment: 1, serverMac: -1, dstPort: 67 }));
        trial.send('OFFER', 0.2, client(1, { giaddr: 0x0a0100fe, link: 's0', serverMac: -1 }));
      },
    ],
    [
      'starvation: invented clients of one source',
      (trial) => {
        for (let n = 0; n < 50; n += 1) {
          asks(trial, n / 10, client(n, { ...SEEN, ethSrc: 0x020000000066 }));
        }
      },
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpNoOffer, play).findings).toEqual([]);
  });

  test('an alive server with an empty pool (dhcp-pool-exhausted)', () => {
    expect(
      judge(dhcpNoOffer, (trial) => {
        trial.dora(0, client(2, SEEN));
        asks(trial, 5, client(1, SEEN));
        trial.send('REQUEST', 40, client(2, { xid: 0x99, ciaddr: ADDRESS, ipDst: RACK }));
        trial.send('ACK', 40.1, client(2, { xid: 0x99, ciaddr: ADDRESS, ipDst: ADDRESS }));
      }).findings,
    ).toEqual([]);
  });

  test('no sight of the answers: a coverage entry that leaves it undecided', () => {
    const { findings, coverage } = judge(dhcpNoOffer, (trial) => asks(trial, 0, client(1)));
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject([
      { id: 'replies-not-visible', undecided: ['dhcp-no-offer', 'dhcp-pool-exhausted'] },
    ]);
  });

  test('no sight of the answer to a client that did not ask again: said, but nothing stays undecided', () => {
    const { coverage } = judge(dhcpNoOffer, (trial) => trial.send('DISCOVER', 0, client(1)), { until: 4 });
    expect(coverage).toMatchObject([{ id: 'replies-not-visible', undecided: [] }]);
  });

  test('a capture that ends before the second try: a coverage entry', () => {
    const { findings, coverage } = judge(dhcpNoOffer, (trial) => asks(trial, 0, client(1, SEEN), 1), { until: 3 });
    expect(findings).toEqual([]);
    expect(coverage).toMatchObject([{ id: 'capture-ends-early', undecided: ['dhcp-no-offer', 'dhcp-pool-exhausted'] }]);
  });
});
