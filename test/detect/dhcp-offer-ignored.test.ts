import { describe, expect, test } from 'vitest';
import { dhcpOfferIgnored } from '../../src/detect/detectors/dhcp-offer-ignored.ts';
import {
  ADDRESS,
  client,
  evidenceOf,
  judge,
  NO_PROMISE,
  only,
  PEER_SAYS,
  PXE,
  pxeClient,
  RACK,
  RACK_PROMISE,
  type Fields,
  type Trial,
} from '../support/events4.ts';

/** Each DISCOVER is answered at once and nothing comes of it. */
function ignores(trial: Trial, times: readonly number[], who: Fields, offer: Fields = {}): void {
  for (const at of times) {
    trial.send('DISCOVER', at, who);
    trial.send('OFFER', at + 0.1, { ...who, ...offer });
  }
}

describe('fires', () => {
  test('medium when two DISCOVERs were answered and no REQUEST came', () => {
    const finding = only(judge(dhcpOfferIgnored, (trial) => ignores(trial, [0, 4], client(1)), { until: 30 }));
    expect(finding.severity).toBe('medium');
    expect(finding.subject).toEqual({ servers: ['10.0.0.1 (52:54:00:00:00:01)'] });
    expect(finding.last.message).toContain('took no offer of 10.0.0.1');
    expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toContain('OFFER');
  });

  test('though the capture ends with the third offer', () => {
    only(judge(dhcpOfferIgnored, (trial) => ignores(trial, [0, 4, 12], client(1)), { until: 12.2 }));
  });

  test('when the client takes a new xid for each try', () => {
    only(
      judge(dhcpOfferIgnored, (trial) => {
        for (const [i, at] of [0, 4, 12].entries()) ignores(trial, [at], client(1, { xid: 0x70 + i }));
      }),
    );
  });

  test('on the dual-offer failure: DHCP and ProxyDHCP offers, and firmware that takes neither', () => {
    const finding = only(
      judge(dhcpOfferIgnored, (trial) => {
        for (const at of [0, 4, 12, 28]) {
          trial.send('DISCOVER', at, pxeClient(1));
          trial.send('OFFER', at + 0.1, pxeClient(1));
          trial.send('OFFER', at + 0.2, {
            ...pxeClient(1),
            ...PEER_SAYS,
            proxy: true,
            yiaddr: 0,
            promise: { ...NO_PROMISE, vendorClass: 'PXEClient' },
          });
        }
      }),
    );
    expect(finding.last.causes?.join()).toContain('cannot choose between');
  });

  test('on firmware that has waited for its PXE reply long enough', () => {
    const finding = only(judge(dhcpOfferIgnored, (trial) => ignores(trial, [0, 4, 12, 28], pxeClient(1))));
    expect(finding.last.causes?.join()).toContain('PXEClient');
  });

  test('many clients are one finding', () => {
    const finding = only(
      judge(dhcpOfferIgnored, (trial) => {
        for (let n = 0; n < 12; n += 1) ignores(trial, [n, n + 4, n + 12], client(n));
      }),
    );
    expect(finding.count).toBe(12);
    expect(finding.last.message).toContain('12 clients');
  });
});

test.each<[string, (trial: Trial) => void, number?]>([
  [
    'an offer that lost',
    (trial) => {
      trial.send('DISCOVER', 0, client(1));
      trial.send('OFFER', 0.1, client(1));
      trial.send('OFFER', 0.2, { ...client(1), ...PEER_SAYS });
      trial.send('REQUEST', 0.3, client(1, { serverId: RACK, requested: ADDRESS }));
      trial.send('ACK', 0.4, client(1));
    },
  ],
  ["MAAS's own probe", (trial) => ignores(trial, [0, 2, 4, 8], client(1, { maasProbe: true }))],
  ['a probe of one DISCOVER', (trial) => ignores(trial, [0], client(1))],
  [
    'IPv6-only preferred',
    (trial) => ignores(trial, [0, 4, 12, 28], client(1), { promise: { ...RACK_PROMISE, ipv6Only: 300 } }),
  ],
  [
    'firmware that waits for a PXE reply, then takes the plain offer',
    (trial) => {
      ignores(trial, [0, 4, 12], pxeClient(1));
      trial.send('REQUEST', 12.5, pxeClient(1, { serverId: RACK, requested: ADDRESS }));
      trial.send('ACK', 12.6, pxeClient(1));
    },
  ],
  ['firmware that waits for a PXE reply', (trial) => ignores(trial, [0, 4, 12], pxeClient(1, { clientClass: PXE }))],
  [
    'an OFFER that comes when the second DISCOVER is on its way',
    (trial) => {
      trial.send('DISCOVER', 0, client(1));
      trial.send('DISCOVER', 3, client(1));
      trial.send('OFFER', 3.1, client(1));
    },
  ],
  ['a capture that ends while the client may choose', (trial) => ignores(trial, [0, 4], client(1)), 5],
  [
    'a client that takes an offer with its next xid',
    (trial) => {
      ignores(trial, [0, 4], client(1));
      trial.dora(12, client(1, { xid: 0x77 }));
    },
  ],
  [
    'two boots an hour apart',
    (trial) => {
      ignores(trial, [0], client(1));
      ignores(trial, [3600], client(1, { xid: 0x77 }));
    },
    4000,
  ],
])('quiet: %s', (_what, play, until = 300) => {
  expect(judge(dhcpOfferIgnored, play, { until }).findings).toEqual([]);
});
