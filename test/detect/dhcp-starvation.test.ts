import { describe, expect, test } from 'vitest';
import { dhcpStarvation } from '../../src/detect/detectors/dhcp-starvation.ts';
import { ADDRESS, client, judge, only, RACK, type Fields, type Trial } from '../support/events4.ts';

const ATTACKER = 0x020000000066;

/** An invented client: every one with a vendor prefix of its own. */
function invented(n: number, more: Fields = {}): Fields {
  return client(n, { chaddr: 0x020000000000 + n * 0x10000f1, client: `1:${n}`, ...more });
}

describe('fires', () => {
  test('on one source that asks for many hardware addresses that are not its own', () => {
    const finding = only(
      judge(dhcpStarvation, (trial) => {
        for (let n = 0; n < 60; n += 1) {
          trial.send('DISCOVER', n / 10, invented(n, { ethSrc: ATTACKER }));
          if (n < 20) trial.send('OFFER', n / 10 + 0.05, invented(n));
        }
      }),
    );
    expect(finding.severity).toBe('high');
    expect(finding.subject).toEqual({ mac: '02:00:00:00:00:66' });
    expect(finding.count).toBe(60);
    expect(finding.last.message).toContain('in the name of 60 clients');
    expect(finding.last.message).toContain('none of them took a lease');
  });

  test('on made-up hardware addresses that are also the Ethernet source', () => {
    const finding = only(
      judge(dhcpStarvation, (trial) => {
        for (let n = 0; n < 100; n += 1) trial.send('DISCOVER', n / 10, invented(n));
      }),
    );
    expect(finding.subject).toEqual({ segment: 0 });
    expect(finding.last.message).toContain('100 clients');
  });

  test('on one source that declines address after address', () => {
    const finding = only(
      judge(dhcpStarvation, (trial) => {
        for (let n = 0; n < 12; n += 1)
          trial.send('DECLINE', n, client(n, { ethSrc: ATTACKER, serverId: RACK, requested: ADDRESS + n }));
      }),
    );
    expect(finding.subject).toEqual({ mac: '02:00:00:00:00:66', by: 'DECLINE' });
    expect(finding.last.message).toContain('12 addresses');
  });
});

test.each<[string, (trial: Trial) => void]>([
  [
    "a relay's MAC",
    (trial) => {
      for (let n = 0; n < 60; n += 1)
        trial.send('DISCOVER', n / 10, invented(n, { ethSrc: ATTACKER, giaddr: 0x0a0100fe }));
    },
  ],
  [
    'a rack that powers on and is served',
    (trial) => {
      for (let n = 0; n < 100; n += 1) trial.dora(n / 2, client(n));
    },
  ],
  [
    'a rack that powers on and finds no server: few vendor prefixes',
    (trial) => {
      for (let n = 0; n < 100; n += 1) trial.send('DISCOVER', n / 10, client(n));
    },
  ],
  [
    'a hypervisor or bridge whose guests complete',
    (trial) => {
      for (let n = 0; n < 40; n += 1) trial.dora(n / 2, invented(n, { ethSrc: ATTACKER }), { ethSrc: 0x525400000001 });
    },
  ],
  [
    'many vendors whose machines complete',
    (trial) => {
      for (let n = 0; n < 100; n += 1) trial.dora(n / 2, invented(n));
    },
  ],
  [
    'one client that asks again and again',
    (trial) => {
      for (let n = 0; n < 100; n += 1) trial.send('DISCOVER', n / 2, client(1, { xid: 0x4000 + n, ethSrc: ATTACKER }));
    },
  ],
  [
    'sixty clients in an hour',
    (trial) => {
      for (let n = 0; n < 60; n += 1) trial.send('DISCOVER', n * 60, invented(n, { ethSrc: ATTACKER }));
    },
  ],
  [
    "MAAS's own probes",
    (trial) => {
      for (let n = 0; n < 60; n += 1)
        trial.send('DISCOVER', n / 10, invented(n, { ethSrc: ATTACKER, maasProbe: true }));
    },
  ],
  [
    'a few DECLINEs',
    (trial) => {
      for (let n = 0; n < 5; n += 1)
        trial.send('DECLINE', n, client(n, { ethSrc: ATTACKER, serverId: RACK, requested: ADDRESS + n }));
    },
  ],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpStarvation, play, { until: 4000 }).findings).toEqual([]);
});
