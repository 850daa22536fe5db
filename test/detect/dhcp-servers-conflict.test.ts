import { describe, expect, test } from 'vitest';
import { dhcpServersConflict } from '../../src/detect/detectors/dhcp-servers-conflict.ts';
import { siteOf } from '../../src/detect/profile/site.ts';
import type { Promise4 } from '../../src/flow/dhcp4/types.ts';
import {
  ADDRESS,
  client,
  DECLARED,
  evidenceOf,
  judge,
  only,
  PEER_PROMISE,
  PEER_SAYS,
  PROFILE,
  PXE,
  pxeClient,
  RACK,
  RACK_PROMISE,
  ROGUE,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

function bothOffer(trial: Trial, second: Fields, at = 0, n = 1): void {
  trial.send('DISCOVER', at, client(n));
  trial.send('OFFER', at + 0.1, client(n));
  trial.send('OFFER', at + 0.2, { ...client(n), ...second });
}

describe('fires', () => {
  test('medium, both are subjects, nobody is called the culprit', () => {
    const finding = only(
      judge(dhcpServersConflict, (trial) => {
        bothOffer(trial, ROGUE_SAYS);
        trial.send('REQUEST', 0.3, client(1, { serverId: ROGUE, requested: 0x0a0000c8 }));
        trial.send('ACK', 0.4, { ...client(1), ...ROGUE_SAYS });
      }),
    );
    expect(finding.severity).toBe('medium');
    expect(finding.subject).toEqual({
      servers: ['10.0.0.1', '10.0.0.66'],
      macs: ['52:54:00:00:00:01', '52:54:00:00:00:42'],
    });
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain('router 10.0.0.254 against 10.0.0.66');
    expect(finding.last.message).toContain('boot file "lpxelinux.0" against "evil.efi"');
    expect(finding.last.message).toContain('1 client chose 10.0.0.66');
    expect(finding.last.message).not.toContain('rogue');
    expect(finding.last.confidence.wouldDecide.join('; ')).toMatch(/profile.*647 or 847.*boot file/);
    expect(finding.last.confidence.reasons.join()).toContain(
      '10.0.0.66 (52:54:00:00:00:42) names itself as router, resolver and boot server',
    );
    expect(evidenceOf(finding).map((note) => note.split(' ')[0])).toEqual(['DISCOVER', 'OFFER', 'OFFER', 'REQUEST']);
  });

  test('one finding a pair, whoever speaks first and however often', () => {
    const finding = only(
      judge(dhcpServersConflict, (trial) => {
        bothOffer(trial, ROGUE_SAYS);
        trial.send('DISCOVER', 5, client(2));
        trial.send('OFFER', 5.1, { ...client(2), ...ROGUE_SAYS });
        trial.send('OFFER', 5.2, client(2));
      }),
    );
    expect(finding.count).toBe(2);
    expect(finding.last.message).toContain('(2 clients)');
  });

  test.each<[string, Partial<Promise4>]>([
    ['subnet mask', { mask: 0xffff0000 }],
    ['router', { routers: [ROGUE] }],
    ['DNS', { dns: [ROGUE] }],
    ['classless routes', { routes: '0a000000' }],
    ['proxy configuration', { proxyAutoConfig: 'http://10.0.0.66/wpad.dat' }],
    ['domain', { domain: 'evil.example' }],
    ['boot file', { bootFile: 'http://10.0.0.2/evil.efi' }],
  ])('on another %s', (what, promise) => {
    const finding = only(
      judge(dhcpServersConflict, (trial) =>
        bothOffer(trial, { ...PEER_SAYS, promise: { ...PEER_PROMISE, ...promise } }),
      ),
    );
    expect(finding.last.message).toContain(`${what} `);
  });

  test('on addresses of different subnets', () => {
    const finding = only(judge(dhcpServersConflict, (trial) => bothOffer(trial, { ...PEER_SAYS, yiaddr: 0x0a000164 })));
    expect(finding.last.message).toContain('addresses of different subnets (10.0.0.100 and 10.0.1.100)');
  });

  test('on a server without option 54: its IP source stands for it', () => {
    const finding = only(
      judge(dhcpServersConflict, (trial) => bothOffer(trial, { ...ROGUE_SAYS, serverId: -1, leaseTime: -1 })),
    );
    expect(finding.subject['servers']).toEqual(['10.0.0.1', '10.0.0.66']);
    expect(finding.last.confidence.reasons.join()).toContain('leaves out the server identifier');
    expect(finding.last.confidence.reasons.join()).toContain('leaves out the lease time');
  });

  test('on BOOTP and Rapid Commit', () => {
    only(
      judge(dhcpServersConflict, (trial) => {
        trial.send('BOOTREQUEST', 0);
        trial.send('BOOTREPLY', 0.1);
        trial.send('BOOTREPLY', 0.2, { ...ROGUE_SAYS, serverId: -1 });
      }),
    );
    only(
      judge(dhcpServersConflict, (trial) => {
        trial.send('DISCOVER', 0, { rapidCommit: true });
        trial.send('OFFER', 0.1);
        trial.send('ACK', 0.2, { ...ROGUE_SAYS, rapidCommit: true });
      }),
    );
  });

  test("on two replies to MAAS's own probe", () => {
    const probe = client(5, { maasProbe: true });
    only(
      judge(dhcpServersConflict, (trial) => {
        trial.send('DISCOVER', 0, probe);
        trial.send('OFFER', 0.1, probe);
        trial.send('OFFER', 0.2, { ...probe, ...ROGUE_SAYS });
      }),
    );
  });

  test('between two authorised servers: their configurations differ', () => {
    const finding = only(
      judge(
        dhcpServersConflict,
        (trial) => bothOffer(trial, { ...PEER_SAYS, promise: { ...PEER_PROMISE, routers: [RACK] } }),
        { site: DECLARED },
      ),
    );
    expect(finding.last.confidence.reasons.join()).toContain('both are authorised');
    expect(finding.last.confidence.wouldDecide).toEqual([]);
  });

  test('only possible where one side merely says no domain', () => {
    const finding = only(
      judge(dhcpServersConflict, (trial) =>
        bothOffer(trial, { ...PEER_SAYS, promise: { ...PEER_PROMISE, domain: '' } }),
      ),
    );
    expect(finding.last.confidence.level).toBe('possible');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    ['an HA pair: next-server, NTP, order of DNS, another free address', (trial) => bothOffer(trial, PEER_SAYS)],
    [
      'the host of a boot URL',
      (trial) => {
        const url = (host: string): Fields['promise'] => ({
          ...RACK_PROMISE,
          bootFile: `http://${host}:5248/images/bootx64.efi`,
        });
        trial.send('DISCOVER', 0);
        trial.send('OFFER', 0.1, { promise: url('10.0.0.1') });
        trial.send('OFFER', 0.2, {
          ...PEER_SAYS,
          promise: { ...PEER_PROMISE, bootFile: 'http://10.0.0.2:5248/images/bootx64.efi' },
        });
      },
    ],
    [
      'the same server twice, through two relays',
      (trial) => {
        bothOffer(trial, {
          promise: { ...RACK_PROMISE, domain: 'other' },
          giaddr: 0x0a0100fe,
          link: 's0',
          serverMac: -1,
        });
      },
    ],
    ['ProxyDHCP beside DHCP', (trial) => bothOffer(trial, { ...ROGUE_SAYS, proxy: true, yiaddr: 0 })],
    [
      "iPXE's second request: another DISCOVER",
      (trial) => {
        trial.send('DISCOVER', 0, pxeClient(1));
        trial.send('OFFER', 0.1, pxeClient(1));
        trial.send('REQUEST', 0.2, pxeClient(1, { serverId: RACK, requested: ADDRESS }));
        trial.send('ACK', 0.3, pxeClient(1));
        const ipxe = pxeClient(1, { xid: 0x99, clientClass: { ...PXE, userClass: 'iPXE', key: 'ipxe' } });
        trial.send('DISCOVER', 5, ipxe);
        trial.send('OFFER', 5.1, { ...ipxe, ...PEER_SAYS, promise: { ...PEER_PROMISE, bootFile: 'ipxe.cfg' } });
      },
    ],
    [
      'a client that asks again with another xid and is answered by the other server',
      (trial) => {
        trial.send('DISCOVER', 0, client(1));
        trial.send('OFFER', 0.1, client(1));
        trial.send('DISCOVER', 4, client(1, { xid: 0x77 }));
        trial.send('OFFER', 4.1, client(1, { xid: 0x77, ...PEER_SAYS, promise: { ...PEER_PROMISE, domain: 'other' } }));
      },
    ],
    [
      'two VLANs',
      (trial) => {
        trial.send('DISCOVER', 0);
        trial.send('DISCOVER', 0, { segment: 1 });
        trial.send('OFFER', 0.1);
        trial.send('OFFER', 0.2, { ...ROGUE_SAYS, segment: 1 });
      },
    ],
    [
      'two machines under one identifier (dhcp-server-id-spoofed)',
      (trial) => bothOffer(trial, { ...ROGUE_SAYS, serverId: RACK, server: RACK }),
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpServersConflict, play).findings).toEqual([]);
  });

  test('a server that the site does not authorise: dhcp-rogue-server names it', () => {
    expect(
      judge(dhcpServersConflict, (trial) => bothOffer(trial, ROGUE_SAYS), { site: siteOf(PROFILE) }).findings,
    ).toEqual([]);
  });
});
