import { describe, expect, test } from 'vitest';
import { dhcpAckDiffersFromOffer } from '../../src/detect/detectors/dhcp-ack-differs-from-offer.ts';
import {
  ADDRESS,
  client,
  DECLARED,
  evidenceOf,
  judge,
  NO_PROMISE,
  only,
  PEER,
  PEER_PROMISE,
  PEER_SAYS,
  PXE,
  RACK,
  RACK_PROMISE,
  ROGUE,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

function granted(trial: Trial, ack: Fields, offer: Fields = {}, request: Fields = {}): void {
  trial.send('DISCOVER', 0, client(1));
  trial.send('OFFER', 0.1, client(1, offer));
  trial.send('REQUEST', 0.2, client(1, { serverId: offer.serverId ?? RACK, requested: ADDRESS, ...request }));
  trial.send('ACK', 0.3, client(1, ack));
}

describe('fires', () => {
  test('on another address', () => {
    const finding = only(judge(dhcpAckDiffersFromOffer, (trial) => granted(trial, { yiaddr: ADDRESS + 7 })));
    expect(finding.last.message).toContain('address 10.0.0.100 became 10.0.0.107');
    expect(finding.severity).toBe('medium');
    expect(finding.subject).toEqual({ server: '10.0.0.1', mac: '52:54:00:00:00:01' });
    expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toEqual(['OFFER', 'REQUEST', 'ACK']);
  });

  test.each<[string, Fields['promise']]>([
    ['router changed', { ...RACK_PROMISE, routers: [ROGUE] }],
    ['DNS changed', { ...RACK_PROMISE, dns: [ROGUE] }],
    ['boot file changed', { ...RACK_PROMISE, bootFile: 'other.0' }],
    ['next-server 10.0.0.1 became 10.0.0.66', { ...RACK_PROMISE, nextServer: ROGUE }],
  ])('%s', (what, promise) => {
    expect(only(judge(dhcpAckDiffersFromOffer, (trial) => granted(trial, { promise }))).last.message).toContain(what);
  });

  test('one finding for many clients', () => {
    const finding = only(
      judge(dhcpAckDiffersFromOffer, (trial) => {
        for (let n = 0; n < 5; n += 1) {
          trial.send('DISCOVER', n, client(n));
          trial.send('OFFER', n + 0.1, client(n));
          trial.send('REQUEST', n + 0.2, client(n, { serverId: RACK, requested: ADDRESS }));
          trial.send('ACK', n + 0.3, client(n, { yiaddr: ADDRESS + 7 }));
        }
      }),
    );
    expect(finding.count).toBe(5);
    expect(finding.last.message).toContain('to 5 clients');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    ['an equal ACK', (trial) => granted(trial, {})],
    [
      'an option that only the ACK carries',
      (trial) => granted(trial, {}, { promise: { ...NO_PROMISE, mask: 0xffffff00 } }),
    ],
    [
      'lease time, NTP, order of DNS',
      (trial) =>
        granted(trial, {
          leaseTime: 30,
          promise: { ...RACK_PROMISE, ntp: [PEER], dns: [...RACK_PROMISE.dns].reverse() },
        }),
    ],
    [
      'an address that the client asked for',
      (trial) => granted(trial, { yiaddr: ADDRESS + 7 }, {}, { requested: ADDRESS + 7 }),
    ],
    [
      'a REQUEST of another class: another boot file',
      (trial) => granted(trial, { promise: { ...RACK_PROMISE, bootFile: 'other.0' } }, {}, { clientClass: PXE }),
    ],
    [
      "the other server's offer",
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, PEER_SAYS);
        trial.send('OFFER', 0.2, { ...ROGUE_SAYS, promise: PEER_PROMISE });
        trial.send('REQUEST', 0.3, { serverId: PEER, requested: 0x0a000065 });
        trial.send('ACK', 0.4, PEER_SAYS);
      },
    ],
    [
      "a ProxyDHCP's ACK",
      (trial) => granted(trial, { proxy: true, yiaddr: 0, promise: { ...NO_PROMISE, bootFile: 'x' } }),
    ],
    [
      'INFORM',
      (trial) => {
        trial.send('INFORM', 0, { ciaddr: ADDRESS });
        trial.send('ACK', 0.1, { yiaddr: 0, leaseTime: -1, promise: { ...RACK_PROMISE, domain: 'x' } });
      },
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpAckDiffersFromOffer, play).findings).toEqual([]);
  });

  test('a rogue: dhcp-rogue-server speaks', () => {
    const play = (trial: Trial): void => granted(trial, { ...ROGUE_SAYS, yiaddr: ADDRESS + 9 }, ROGUE_SAYS);
    expect(judge(dhcpAckDiffersFromOffer, play, { site: DECLARED }).findings).toEqual([]);
    expect(judge(dhcpAckDiffersFromOffer, play).findings).toHaveLength(1);
  });
});
