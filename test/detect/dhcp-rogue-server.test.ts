import { describe, expect, test } from 'vitest';
import { dhcpRogueServer } from '../../src/detect/detectors/dhcp-rogue-server.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import {
  ADDRESS,
  BY_FLAG,
  client,
  DECLARED,
  evidenceOf,
  judge,
  nak,
  only,
  PEER,
  PEER_SAYS,
  PROFILE,
  RACK,
  ROGUE,
  ROGUE_MAC,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const rogueWins = (trial: Trial, n = 0): void => {
  const who = client(n);
  trial.send('DISCOVER', n, who);
  trial.send('OFFER', n + 0.01, { ...who, ...ROGUE_SAYS });
  trial.send('OFFER', n + 0.2, who);
  trial.send('REQUEST', n + 0.3, { ...who, serverId: ROGUE, requested: ROGUE_SAYS.yiaddr ?? 0 });
  trial.send('ACK', n + 0.4, { ...who, ...ROGUE_SAYS });
};

/** The rack's identifier from the rogue's MAC. */
const IN_THE_RACKS_NAME: Fields = { ...ROGUE_SAYS, serverId: RACK, server: RACK, ipSrc: RACK };

describe('with a profile', () => {
  test('a server that it does not list is named at once, with what it did and promised', () => {
    const finding = only(judge(dhcpRogueServer, (trial) => rogueWins(trial), { site: DECLARED }));
    expect(finding.severity).toBe('high');
    expect(finding.subject).toEqual({ server: '10.0.0.66', mac: '52:54:00:00:00:42' });
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('1 OFFER, 1 ACK to 1 client; 1 client took a lease');
    expect(finding.last.message).toContain('router 10.0.0.66');
    expect(finding.last.remedy?.steps.join(' ')).toContain('show mac address-table address 5254.0000.0042');
    const evidence = evidenceOf(finding).join('\n');
    for (const part of [
      'DISCOVER by',
      'OFFER of 10.0.0.200 by 10.0.0.66',
      'OFFER of 10.0.0.100 by 10.0.0.1',
      'it chose 10.0.0.66',
      'ACK of 10.0.0.200',
    ]) {
      expect(evidence).toContain(part);
    }
  });

  test('thirty boots are one finding with counts', () => {
    const play = (trial: Trial): void => {
      for (let n = 0; n < 30; n += 1) rogueWins(trial, n);
    };
    const finding = only(judge(dhcpRogueServer, play, { site: DECLARED }));
    expect(finding.last.message).toContain('30 OFFERs, 30 ACKs to 30 clients; 30 clients took a lease');
    // Every OFFER, REQUEST and ACK that concerns it.
    expect(finding.count).toBe(90);
    expect(finding.firstEvidence.length + finding.lastEvidence.length).toBeLessThanOrEqual(10);
  });

  test('--authorized-server does as well as a profile', () => {
    expect(only(judge(dhcpRogueServer, (trial) => rogueWins(trial), { site: BY_FLAG })).subject['server']).toBe(
      '10.0.0.66',
    );
  });

  test('its lone NAK, and its BOOTREPLY without any identifier', () => {
    const naked = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          trial.send('REQUEST', 0, { requested: ADDRESS });
          trial.send('NAK', 0.1, nak(ROGUE_SAYS));
        },
        { site: DECLARED },
      ),
    );
    expect(naked.last.message).toContain('1 NAK');
    const bootp = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          trial.send('BOOTREQUEST', 0);
          trial.send('BOOTREPLY', 0.1, { ...ROGUE_SAYS, serverId: -1, leaseTime: -1 });
        },
        { site: DECLARED },
      ),
    );
    expect(bootp.subject['server']).toBe('10.0.0.66');
  });

  test('blind spot: a reply without option 54 is judged by its IP source', () => {
    const finding = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          trial.send('DISCOVER', 0);
          trial.send('OFFER', 0.1, { ...ROGUE_SAYS, serverId: -1 });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.subject['server']).toBe('10.0.0.66');
    expect(finding.last.confidence.reasons.join()).toContain('leaves out the server identifier');
  });

  test('blind spot: two rogues are two findings', () => {
    const second = {
      ...ROGUE_SAYS,
      serverId: ROGUE + 1,
      server: ROGUE + 1,
      ipSrc: ROGUE + 1,
      ethSrc: ROGUE_MAC + 1,
      serverMac: ROGUE_MAC + 1,
    };
    const { findings } = judge(
      dhcpRogueServer,
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, ROGUE_SAYS);
        trial.send('OFFER', 0.2, second);
      },
      { site: DECLARED },
    );
    expect(findings.map((one) => one.subject['server']).sort()).toEqual(['10.0.0.66', '10.0.0.67']);
  });

  test("blind spot: the rack's identifier from another MAC than the profile gives it", () => {
    const finding = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          trial.send('DISCOVER', 0);
          trial.send('OFFER', 0.1, IN_THE_RACKS_NAME);
        },
        { site: DECLARED },
      ),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.1', mac: '52:54:00:00:00:42' });
    expect(finding.last.message).toContain("speaks in another's name");
  });

  test("a reply to MAAS's own probe is prime evidence", () => {
    const finding = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          const probe = client(9, { maasProbe: true });
          trial.send('DISCOVER', 0, probe);
          trial.send('OFFER', 0.1, { ...probe, ...ROGUE_SAYS });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.last.message).toContain("MAAS's own probe");
    expect(finding.last.confidence.reasons).toContain("it answered MAAS's own probe");
  });

  test.each([
    ['REQUEST', { serverId: ROGUE, requested: ADDRESS }, 'a REQUEST chooses it'],
    ['DECLINE', { serverId: ROGUE, requested: ADDRESS }, 'a DECLINE names it'],
    ['RELEASE', { serverId: ROGUE, ciaddr: ADDRESS, ipDst: ROGUE }, 'a RELEASE names it'],
    ['REQUEST', { ciaddr: ADDRESS, ipSrc: ADDRESS, ipDst: ROGUE, ethDst: ROGUE_MAC }, 'a renewal is sent to it'],
  ] as const)('named, not seen: %s %o', (kind, fields, way) => {
    const finding = only(judge(dhcpRogueServer, (trial) => trial.send(kind, 0, fields), { site: DECLARED }));
    expect(finding.subject).toEqual({ server: '10.0.0.66' });
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain(way);
    expect(finding.last.message).toContain('none of its own frames is seen here');
  });

  test('named first and seen later is one culprit', () => {
    const finding = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          trial.send('REQUEST', 0, { serverId: ROGUE, requested: ADDRESS });
          trial.send('DISCOVER', 5, client(2));
          trial.send('OFFER', 5.1, { ...client(2), ...ROGUE_SAYS });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.last.message).toContain('10.0.0.66 (52:54:00:00:00:42)');
    expect(finding.last.confidence.level).toBe('certain');
  });

  test('behind a relay it is named by its identifier', () => {
    const relayed = { giaddr: 0x0a0100fe, ethSrc: 0x5254000000fe };
    const finding = only(
      judge(
        dhcpRogueServer,
        (trial) => {
          trial.send('DISCOVER', 0, relayed);
          trial.send('OFFER', 0.1, { ...ROGUE_SAYS, ...relayed, serverMac: -1, dstPort: 67 });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.66' });
  });

  test.each<[string, (trial: Trial) => void]>([
    [
      "the site's own servers",
      (trial) => {
        trial.dora(0);
        trial.dora(5, client(1), PEER_SAYS);
      },
    ],
    [
      'a renewal to the peer',
      (trial) => {
        trial.send('REQUEST', 0, { ciaddr: ADDRESS, ipDst: PEER, ethDst: 0x525400000002 });
        trial.send('ACK', 0.1, { ...PEER_SAYS, ciaddr: ADDRESS, yiaddr: ADDRESS, ipDst: ADDRESS, serverMac: -1 });
      },
    ],
    [
      "a ProxyDHCP reply (another detector's)",
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, { ...ROGUE_SAYS, proxy: true, yiaddr: 0 });
      },
    ],
    [
      'a question to a ProxyDHCP server on port 4011',
      (trial) =>
        trial.send('REQUEST', 0, { proxy: true, dstPort: 4011, ipDst: ROGUE, ciaddr: ADDRESS, ethDst: ROGUE_MAC }),
    ],
    ['a REQUEST that names 0.0.0.0', (trial) => trial.send('REQUEST', 0, { serverId: 0, requested: ADDRESS })],
    [
      'an identifier that may have stood in what was cut off',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, { ...ROGUE_SAYS, serverId: -1, server: -1, whole: false });
      },
    ],
    ['a rebinding by broadcast', (trial) => trial.send('REQUEST', 0, { ciaddr: ADDRESS })],
  ])('quiet: %s', (_what, play) => {
    expect(judge(dhcpRogueServer, play, { site: DECLARED }).findings).toEqual([]);
  });

  test('quiet: a declared relay that puts itself into option 54, and what a relay hands on without 54', () => {
    const relay = 0x0a0100fe;
    const site = siteOf({ ...PROFILE, relays: [{ addresses: ['10.1.0.254'] }] });
    const handed = { giaddr: relay, ipSrc: relay, ethSrc: 0x5254000000fe, serverMac: -1, link: 's0' };
    const play = (trial: Trial): void => {
      trial.send('DISCOVER', 0);
      trial.send('OFFER', 0.1, { ...handed, serverId: relay, server: relay });
      trial.send('REQUEST', 0.2, { serverId: relay, requested: ADDRESS });
      trial.send('DISCOVER', 9, client(1));
      trial.send('OFFER', 9.1, { ...client(1), ...handed, serverId: -1, server: relay });
    };
    expect(judge(dhcpRogueServer, play, { site }).findings).toEqual([]);
  });
});

describe('without a profile', () => {
  test('a second server alone convicts nobody, nor does the reply to a probe', () => {
    const play = (trial: Trial): void => {
      rogueWins(trial);
      const probe = client(9, { maasProbe: true });
      trial.send('DISCOVER', 5, probe);
      trial.send('OFFER', 5.1, { ...probe, ...ROGUE_SAYS });
    };
    expect(judge(dhcpRogueServer, play).findings).toEqual([]);
  });

  test('an ACK to a REQUEST that names another server is decisive', () => {
    const finding = only(
      judge(dhcpRogueServer, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('REQUEST', 0.2, { serverId: RACK, requested: ADDRESS });
        trial.send('ACK', 0.3, { ...ROGUE_SAYS, yiaddr: ADDRESS });
        trial.send('ACK', 0.4);
      }),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.66', mac: '52:54:00:00:00:42' });
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.confidence.wouldDecide).not.toEqual([]);
    expect(finding.last.message).toContain('names 10.0.0.1 and not it');
  });

  test('so is a NAK, and whoever was convicted stays so', () => {
    const finding = only(
      judge(dhcpRogueServer, (trial) => {
        trial.send('REQUEST', 0, { serverId: RACK, requested: ADDRESS });
        trial.send('NAK', 0.1, nak(ROGUE_SAYS));
        trial.send('DISCOVER', 1, client(1));
        trial.send('OFFER', 1.1, { ...client(1), ...ROGUE_SAYS });
      }),
    );
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain('1 OFFER');
    expect(finding.last.message).toContain('1 NAK to 2 clients');
  });

  test('a NAK "wrong server-ID" may be the honest rack\'s', () => {
    expect(
      judge(dhcpRogueServer, (trial) => {
        trial.send('REQUEST', 0, { serverId: ROGUE, requested: ADDRESS });
        trial.send('NAK', 0.1, { ...nak({}), text: 'wrong server-ID' });
      }).findings,
    ).toEqual([]);
  });

  test('one identifier from two MAC addresses in answer to one DISCOVER: one of the two', () => {
    const finding = only(
      judge(dhcpRogueServer, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('OFFER', 0.2, IN_THE_RACKS_NAME);
      }),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.1', macs: ['52:54:00:00:00:01', '52:54:00:00:00:42'] });
    expect(finding.last.message).toMatch(/^One of two machines/);
  });

  test('the impostor is named where its packets come from another address', () => {
    const finding = only(
      judge(dhcpRogueServer, (trial) => {
        for (const at of [0, 2]) {
          trial.send('DISCOVER', at, client(at));
          trial.send('OFFER', at + 0.1, client(at));
          trial.send('OFFER', at + 0.2, { ...client(at), ...IN_THE_RACKS_NAME, ipSrc: ROGUE });
        }
      }),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.1', mac: '52:54:00:00:00:42' });
    expect(finding.last.confidence.wouldDecide).toEqual([]);
  });

  test.each<[string, Fields]>([
    ['the server that was named', {}],
    ['a multihomed server, from its other address', { ...PEER_SAYS, ipSrc: RACK }],
    ["a ProxyDHCP's word on port 67", { ...ROGUE_SAYS, proxy: true, yiaddr: 0 }],
    ['a reply through a relay', { ...PEER_SAYS, giaddr: 0x0a0100fe, link: 's0', serverMac: -1 }],
  ])('quiet: ACK by %s', (_what, by) => {
    expect(
      judge(dhcpRogueServer, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('REQUEST', 0.2, { serverId: RACK, requested: ADDRESS });
        trial.send('ACK', 0.3, by);
      }).findings,
    ).toEqual([]);
  });

  test('quiet: INIT-REBOOT and REBINDING answered by any peer', () => {
    expect(
      judge(dhcpRogueServer, (trial) => {
        trial.send('REQUEST', 0, { requested: ADDRESS });
        trial.send('ACK', 0.1, PEER_SAYS);
        trial.send('REQUEST', 50, { ...client(1), ciaddr: ADDRESS });
        trial.send('ACK', 50.1, { ...client(1), ...PEER_SAYS });
      }).findings,
    ).toEqual([]);
  });

  test('quiet: a client that turns to another server with a second REQUEST', () => {
    expect(
      judge(dhcpRogueServer, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('OFFER', 0.2, PEER_SAYS);
        trial.send('REQUEST', 0.3, { serverId: PEER, requested: 0x0a000065 });
        trial.send('REQUEST', 4, { serverId: RACK, requested: ADDRESS });
        trial.send('ACK', 4.1, PEER_SAYS);
      }).findings,
    ).toEqual([]);
  });
});
