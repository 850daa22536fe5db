import { describe, expect, test } from 'vitest';
import { dhcpRogueProxydhcp } from '../../src/detect/detectors/dhcp-rogue-proxydhcp.ts';
import {
  ADDRESS,
  DECLARED,
  evidenceOf,
  judge,
  NO_PROMISE,
  only,
  pxeClient,
  RACK,
  RACK_MAC,
  ROGUE,
  ROGUE_MAC,
  ROGUE_SAYS,
  type Fields,
  type Trial,
} from '../support/events4.ts';

const MENU = { ...NO_PROMISE, vendorClass: 'PXEClient', pxeBootServers: [ROGUE], vendorOptions: '0601' };
const PROXY: Fields = { ...ROGUE_SAYS, proxy: true, yiaddr: 0, leaseTime: -1, promise: MENU };
const ASKED: Fields = {
  proxy: true,
  srcPort: 68,
  dstPort: 4011,
  ciaddr: ADDRESS,
  ipSrc: ADDRESS,
  ipDst: ROGUE,
  ethDst: ROGUE_MAC,
  xid: 0,
};

describe('fires', () => {
  test("on a ProxyDHCP offer of a server without that role (MAAS's probe never sees it)", () => {
    const finding = only(
      judge(
        dhcpRogueProxydhcp,
        (trial) => {
          for (const n of [1, 2]) {
            trial.send('DISCOVER', n, pxeClient(n));
            trial.send('OFFER', n + 0.1, pxeClient(n));
            trial.send('OFFER', n + 0.2, { ...pxeClient(n), ...PROXY });
          }
        },
        { site: DECLARED },
      ),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.66', mac: '52:54:00:00:00:42' });
    expect(finding.severity).toBe('high');
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.last.message).toContain('told 2 booting clients what to boot (PXE boot server 10.0.0.66)');
    expect(evidenceOf(finding)[1]).toContain('ProxyDHCP OFFER');
  });

  test('without option 54 as well: its IP source counts', () => {
    const finding = only(
      judge(
        dhcpRogueProxydhcp,
        (trial) => {
          trial.send('DISCOVER', 0, pxeClient(1));
          trial.send('OFFER', 0.2, { ...pxeClient(1), ...PROXY, serverId: -1 });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.subject['server']).toBe('10.0.0.66');
  });

  test('on a question to it on port 4011, though its answers are not seen', () => {
    const finding = only(
      judge(dhcpRogueProxydhcp, (trial) => trial.send('REQUEST', 0, { ...pxeClient(1), ...ASKED }), { site: DECLARED }),
    );
    expect(finding.subject).toEqual({ server: '10.0.0.66' });
    expect(finding.last.confidence.level).toBe('likely');
    expect(finding.last.message).toContain('on port 4011');
  });

  test('offer, question and answer are one finding', () => {
    const finding = only(
      judge(
        dhcpRogueProxydhcp,
        (trial) => {
          trial.send('DISCOVER', 0, pxeClient(1));
          trial.send('OFFER', 0.2, { ...pxeClient(1), ...PROXY });
          trial.send('REQUEST', 1, { ...pxeClient(1), ...ASKED });
          // Firmware on 4011 puts its own address into giaddr; then no L2 source speaks for the server.
          trial.send('ACK', 1.1, {
            ...pxeClient(1),
            ...PROXY,
            xid: 0,
            srcPort: 4011,
            dstPort: 4011,
            giaddr: ADDRESS,
            serverMac: -1,
            link: 's0',
          });
        },
        { site: DECLARED },
      ),
    );
    expect(finding.last.message).toContain('1 client asked it on port 4011');
  });
});

describe('quiet', () => {
  test.each<[string, (trial: Trial) => void]>([
    [
      'a server that has the role',
      (trial) => {
        trial.send('DISCOVER', 0, pxeClient(1));
        trial.send('OFFER', 0.2, {
          ...pxeClient(1),
          ...PROXY,
          serverId: RACK,
          server: RACK,
          ipSrc: RACK,
          ethSrc: RACK_MAC,
          serverMac: RACK_MAC,
        });
        trial.send('REQUEST', 1, { ...pxeClient(1), ...ASKED, ipDst: RACK, ethDst: RACK_MAC });
      },
    ],
    [
      "a rogue DHCP server that is no ProxyDHCP (another detector's)",
      (trial) => {
        trial.send('DISCOVER', 0, pxeClient(1));
        trial.send('OFFER', 0.2, { ...pxeClient(1), ...ROGUE_SAYS });
      },
    ],
    [
      'a broadcast question on port 4011',
      (trial) => trial.send('REQUEST', 0, { ...pxeClient(1), ...ASKED, ipDst: 0xffffffff, ethDst: 0xffffffffffff }),
    ],
  ])('%s', (_what, play) => {
    expect(judge(dhcpRogueProxydhcp, play, { site: DECLARED }).findings).toEqual([]);
  });

  test('without a profile: ProxyDHCP beside DHCP is the normal arrangement', () => {
    expect(
      judge(dhcpRogueProxydhcp, (trial) => {
        trial.send('DISCOVER', 0, pxeClient(1));
        trial.send('OFFER', 0.2, { ...pxeClient(1), ...PROXY });
        trial.send('REQUEST', 1, { ...pxeClient(1), ...ASKED });
      }).findings,
    ).toEqual([]);
  });
});
