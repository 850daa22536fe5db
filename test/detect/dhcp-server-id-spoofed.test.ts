import { describe, expect, test } from 'vitest';
import { dhcpServerIdSpoofed } from '../../src/detect/detectors/dhcp-server-id-spoofed.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import {
  ADDRESS,
  client,
  DECLARED,
  evidenceOf,
  judge,
  only,
  PROFILE,
  RACK,
  ROGUE,
  ROGUE_MAC,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

/** The rack's identifier from the rogue's MAC. */
const FALSE: Fields = { ...ROGUE_SAYS, serverId: RACK, server: RACK, ipSrc: RACK };

/** One lease by the rack (or by another MAC in its name) at this time. */
function lease(trial: Trial, at: number, n: number, by: Fields = {}): void {
  trial.dora(at, client(n), { ...by, serverId: RACK });
}

describe('fires', () => {
  test('on two answers to one DISCOVER under one identifier: certain, and both are told', () => {
    const finding = only(
      judge(dhcpServerIdSpoofed, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('OFFER', 0.2, FALSE);
      }),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.1' });
    expect(finding.severity).toBe('high');
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('52:54:00:00:00:01 and 52:54:00:00:00:42 both answer DHCP as 10.0.0.1');
    expect(finding.last.message).toContain('boot file "evil.efi"');
    expect(finding.last.confidence.wouldDecide).toHaveLength(1);
    expect(evidenceOf(finding).filter((note) => note.startsWith('OFFER'))).toHaveLength(2);
  });

  test('on two ACKs, or ACK and NAK, to one REQUEST', () => {
    for (const kind of ['ACK', 'NAK'] as const) {
      const finding = only(
        judge(dhcpServerIdSpoofed, (trial) => {
          trial.send('REQUEST', 0, { requested: ADDRESS, serverId: RACK });
          trial.send('ACK', 0.1);
          trial.send(kind, 0.2, FALSE);
        }),
      );
      expect(finding.last.confidence.level).toBe('certain');
    }
  });

  test('on A, B, A between clients: likely', () => {
    const finding = only(
      judge(dhcpServerIdSpoofed, (trial) => {
        lease(trial, 0, 1);
        lease(trial, 5, 2, FALSE);
        lease(trial, 10, 3);
      }),
    );
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.confidence.reasons[0]).toContain('to and fro');
  });

  test('and names the impostor whose packets come from another address', () => {
    const finding = only(
      judge(dhcpServerIdSpoofed, (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, { ...FALSE, ipSrc: ROGUE });
        trial.send('OFFER', 0.2);
      }),
    );
    expect(finding.last.message).toMatch(/^52:54:00:00:00:42 answers DHCP under the identifier of another server/);
    expect(finding.last.confidence.wouldDecide).toEqual([]);
  });

  test('at once where the profile gives the server another MAC address', () => {
    const finding = only(
      judge(
        dhcpServerIdSpoofed,
        (trial) => {
          trial.send('DISCOVER', 0);
          trial.send('OFFER', 0.2, FALSE);
        },
        { site: DECLARED },
      ),
    );
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('the profile gives that server another MAC address');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    [
      'a handover: A, then B for good',
      (trial) => {
        for (const at of [0, 5, 10]) lease(trial, at, at);
        for (const at of [15, 20, 25]) lease(trial, at, at, FALSE);
      },
    ],
    [
      'a handover in the middle of an exchange, and the client asks again',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('DISCOVER', 4);
        trial.send('OFFER', 4.1, FALSE);
        trial.send('REQUEST', 4.2, { serverId: RACK, requested: ADDRESS });
        trial.send('ACK', 4.3, FALSE);
      },
    ],
    [
      'a virtual address that fails back a minute later',
      (trial) => {
        lease(trial, 0, 1);
        lease(trial, 60, 2, FALSE);
        lease(trial, 120, 3);
      },
    ],
    [
      'relays: the L2 source is theirs',
      (trial) => {
        const relayed = { giaddr: 0x0a0100fe, serverMac: -1 };
        trial.send('DISCOVER', 0, { giaddr: 0x0a0100fe });
        trial.send('OFFER', 0.1, relayed);
        trial.send('OFFER', 0.2, { ...FALSE, ...relayed });
      },
    ],
    [
      'renewals, which a router may have carried',
      (trial) => {
        for (const [at, mac] of [
          [0, ROGUE_MAC],
          [5, 0x525400000001],
          [10, ROGUE_MAC],
        ] as const) {
          trial.send('REQUEST', at, client(at, { ciaddr: ADDRESS, ipDst: RACK }));
          trial.send('ACK', at + 0.1, client(at, { ciaddr: ADDRESS, ethSrc: mac, serverMac: -1 }));
        }
      },
    ],
    [
      "the virtual MAC of VRRP beside the router's own",
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('OFFER', 0.2, { ...FALSE, ethSrc: 0x00005e000101, serverMac: 0x00005e000101 });
      },
    ],
    [
      'one MAC under another identifier on each VLAN',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1);
        trial.send('DISCOVER', 1, { segment: 1 });
        trial.send('OFFER', 1.1, { segment: 1, serverId: ROGUE, server: ROGUE });
      },
    ],
    [
      'the same identifier on two VLANs',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('DISCOVER', 0, { segment: 1 });
        trial.send('OFFER', 0.1);
        trial.send('OFFER', 0.1, { ...FALSE, segment: 1 });
        trial.send('OFFER', 0.2);
      },
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpServerIdSpoofed, play).findings).toEqual([]);
  });

  test('a declared virtual address, and one behind a declared relay', () => {
    const play = (trial: Trial): void => {
      trial.send('DISCOVER', 0);
      trial.send('OFFER', 0.1);
      trial.send('OFFER', 0.2, { ...FALSE, ethSrc: 0x525400000002, serverMac: 0x525400000002, ipSrc: 0x0a0000fe });
    };
    const virtual = siteOf({
      ...PROFILE,
      dhcp: {
        ...PROFILE.dhcp,
        haGroups: [{ name: 'racks', members: ['rack', 'peer'], virtualAddresses: ['10.0.0.1'] }],
      },
    });
    expect(judge(dhcpServerIdSpoofed, play, { site: virtual }).findings).toEqual([]);
    const relay = siteOf({ schema: 'rackwitness.profile/1', relays: [{ addresses: ['10.0.0.254'] }] });
    expect(judge(dhcpServerIdSpoofed, play, { site: relay }).findings).toEqual([]);
    expect(judge(dhcpServerIdSpoofed, play).findings).toHaveLength(1);
  });
});
