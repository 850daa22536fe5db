import { describe, expect, test } from 'vitest';
import { dhcpDuplicateAddress } from '../../src/detect/detectors/dhcp-duplicate-address.ts';
import {
  ADDRESS,
  client,
  CLIENT_MAC,
  DECLARED,
  evidenceOf,
  judge,
  only,
  PEER_SAYS,
  RACK,
  ROGUE_PROMISE,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const FAR = 0x1000;
const SAME: Fields = { yiaddr: ADDRESS };

/** Two clients with MACs far apart get 10.0.0.100. */
function twice(trial: Trial, second: Fields = SAME, first: Fields = SAME): void {
  trial.dora(0, client(1), first);
  trial.dora(10, client(FAR), second);
}

function bothUse(trial: Trial): void {
  trial.uses(20, ADDRESS, CLIENT_MAC + 1);
  trial.uses(21, ADDRESS, CLIENT_MAC + FAR);
  trial.uses(22, ADDRESS, CLIENT_MAC + 1);
}

describe('fires', () => {
  test('high when one server leases it twice and both use it', () => {
    const finding = only(
      judge(dhcpDuplicateAddress, (trial) => {
        twice(trial);
        bothUse(trial);
      }),
    );
    expect(finding.severity).toBe('high');
    expect(finding.subject).toEqual({ address: '10.0.0.100' });
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('both use it');
    expect(evidenceOf(finding)).toHaveLength(5);
  });

  test('at once when servers that promise different networks do', () => {
    const finding = only(judge(dhcpDuplicateAddress, (trial) => twice(trial, { ...ROGUE_SAYS, ...SAME })));
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain('by 10.0.0.66');
  });

  test("at once when one of them is not the site's", () => {
    only(
      judge(dhcpDuplicateAddress, (trial) => twice(trial, { ...ROGUE_SAYS, ...SAME, promise: ROGUE_PROMISE }), {
        site: DECLARED,
      }),
    );
  });

  test('when two servers that look like a pair do, neighbouring MACs or not, and both clients use it', () => {
    only(
      judge(dhcpDuplicateAddress, (trial) => {
        trial.dora(0, client(1), SAME);
        trial.dora(10, client(2), { ...PEER_SAYS, ...SAME });
        trial.uses(20, ADDRESS, CLIENT_MAC + 1);
        trial.fetch(21, { client: ADDRESS, clientMac: CLIENT_MAC + 2, server: RACK, file: 'x' });
        trial.uses(22, ADDRESS, CLIENT_MAC + 1);
      }),
    );
  });

  test('a renewal is use as well', () => {
    only(
      judge(dhcpDuplicateAddress, (trial) => {
        twice(trial);
        trial.uses(20, ADDRESS, CLIENT_MAC + 1);
        trial.send('REQUEST', 30, client(FAR, { xid: 0x99, ciaddr: ADDRESS, ipDst: RACK }));
        trial.uses(40, ADDRESS, CLIENT_MAC + 1);
      }),
    );
  });
});

test.each<[string, (trial: Trial) => void]>([
  [
    'only one of them uses it',
    (trial) => {
      twice(trial);
      trial.uses(21, ADDRESS, CLIENT_MAC + FAR);
    },
  ],
  [
    'the first used it before, and the second after',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.uses(5, ADDRESS, CLIENT_MAC + 1);
      trial.dora(10, client(FAR), SAME);
      trial.uses(21, ADDRESS, CLIENT_MAC + FAR);
    },
  ],
  [
    'one hardware address with two client ids',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.dora(10, client(1, { xid: 0x77, client: 'ff0011' }), SAME);
      trial.uses(20, ADDRESS, CLIENT_MAC + 1);
    },
  ],
  [
    'a released lease',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.send('RELEASE', 5, client(1, { xid: 0x77, ciaddr: ADDRESS, serverId: RACK }));
      trial.dora(10, client(FAR), SAME);
      bothUse(trial);
    },
  ],
  [
    'a declined lease',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.send('DECLINE', 5, client(1, { requested: ADDRESS, serverId: RACK }));
      trial.dora(10, client(FAR), SAME);
      bothUse(trial);
    },
  ],
  [
    'an expired lease',
    (trial) => {
      trial.dora(0, client(1), { ...SAME, leaseTime: 9 });
      trial.dora(10, client(FAR), SAME);
      bothUse(trial);
    },
  ],
  [
    'a client that was given another address since',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.dora(5, client(1, { xid: 0x77 }), { yiaddr: ADDRESS + 1 });
      trial.dora(10, client(FAR), SAME);
      bothUse(trial);
    },
  ],
  [
    'the members of a bond',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.dora(10, client(2), SAME);
      trial.uses(20, ADDRESS, CLIENT_MAC + 1);
      trial.uses(21, ADDRESS, CLIENT_MAC + 2);
    },
  ],
  [
    'an HA pair while only one uses it',
    (trial) => {
      twice(trial, { ...PEER_SAYS, ...SAME });
      trial.uses(20, ADDRESS, CLIENT_MAC + FAR);
    },
  ],
  [
    'an ACK without lease time',
    (trial) => {
      twice(trial, { ...SAME, leaseTime: -1 }, { ...SAME, leaseTime: -1 });
      bothUse(trial);
    },
  ],
  [
    'the same address on two VLANs',
    (trial) => {
      trial.dora(0, client(1), SAME);
      trial.dora(10, client(FAR, { segment: 1 }), { ...ROGUE_SAYS, ...SAME, segment: 1 });
      bothUse(trial);
    },
  ],
])('quiet: %s', (_what, play) => {
  expect(judge(dhcpDuplicateAddress, play).findings).toEqual([]);
});
