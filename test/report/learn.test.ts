import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/detect/profile/read.ts';
import { Problem } from '../../src/problem.ts';
import type { Analysis, ServerReport } from '../../src/report/analysis.ts';
import { learnProfile } from '../../src/report/learn.ts';
import { siteOf, UNDECLARED } from '../../src/detect/profile/site.ts';
import type { Site } from '../../src/detect/site.ts';
import { analyze } from '../../src/pipeline.ts';
import { atLeast } from '../../src/report/verdict.ts';
import { SAMPLES } from '../support/samples.ts';
import { EXAMPLE, FINDING } from './example.ts';

const MOMENT = { capture: 'a.pcap', frame: 1, time: '' };

function server(kind: ServerReport['kind'], id: string, more: Partial<ServerReport> = {}): ServerReport {
  return {
    kind,
    id,
    addresses: kind === 'dhcpv6' ? ['fe80::2'] : [id],
    macs: ['02:16:3e:00:00:01'],
    segments: [],
    authorised: 'unknown',
    sight: 'seen',
    promised: [],
    messages: 2,
    first: MOMENT,
    last: MOMENT,
    omitted: 0,
    ...more,
  };
}

const clean: Analysis = {
  ...EXAMPLE,
  findings: [],
  servers: [
    server('dhcpv4', '198.51.100.2', {
      promised: [{ routers: ['198.51.100.1'], domainNameServers: ['198.51.100.2'], bootFile: 'lpxelinux.0' }],
    }),
    server('proxydhcp', '198.51.100.2'),
    server('dhcpv6', '00010001aabb'),
    server('tftp', '198.51.100.2'),
    server('router', 'fe80::1', { macs: ['02:16:3e:00:00:fe'] }),
    server('dhcpv4', '198.51.100.9', { sight: 'named', macs: [] }),
  ],
};

describe('profile learn', () => {
  it('joins what one machine does into one server, and trusts nobody whom it has not seen', async () => {
    const { profile, trusts } = learnProfile(clean, 'lab');
    expect(profile).toEqual({
      schema: 'rackwitness.profile/1',
      name: 'lab',
      unreviewed: true,
      dhcp: {
        servers: [
          {
            name: 'server1',
            addresses: ['198.51.100.2', 'fe80::2'],
            macs: ['02:16:3e:00:00:01'],
            duids: ['00010001aabb'],
            roles: ['dhcp', 'proxydhcp', 'dhcpv6'],
          },
        ],
      },
      gateways: [{ address: '198.51.100.1' }],
      routers: [{ address: 'fe80::1', macs: ['02:16:3e:00:00:fe'] }],
      tftp: { servers: ['198.51.100.2'] },
      boot: [{ files: ['lpxelinux.0'] }],
      resolvers: ['198.51.100.2'],
    });
    expect(trusts).toContain('gateway 198.51.100.1, whatever its MAC');
    expect(trusts).toHaveLength(6);
    expect(await parseProfile(JSON.stringify(profile), 'p.json')).toEqual(profile);
  });

  it('refuses while anything of weight was found', () => {
    const refused = (): unknown => learnProfile({ ...clean, findings: [{ ...FINDING, severity: 'medium' }] }, '');
    expect(refused).toThrow(Problem);
    expect(refused).toThrow(/dhcp-boot-hijack/);
    expect(() => learnProfile({ ...clean, findings: [{ ...FINDING, severity: 'low' }] }, '')).not.toThrow();
  });

  it('has nothing to learn where no server speaks', () => {
    expect(() => learnProfile({ ...clean, servers: [] }, '')).toThrow(/no DHCP or TFTP server/);
    const named = clean.servers.filter(({ sight }) => sight === 'named');
    expect(() => learnProfile({ ...clean, servers: named }, '')).toThrow(/no DHCP or TFTP server/);
  });

  it('learns routers where no DHCP server speaks, and does not thereby call every DHCP server a rogue', async () => {
    const { profile } = learnProfile({ ...clean, servers: [server('router', 'fe80::1')] }, '');
    expect(profile).not.toHaveProperty('dhcp');
    expect(profile.routers).toEqual([{ address: 'fe80::1', macs: ['02:16:3e:00:00:01'] }]);
    expect(await parseProfile(JSON.stringify(profile), 'p.json')).toEqual(profile);
  });
});

/** A healthy capture, other healthy ones of the same site, and what a rogue does there. */
const LEARNT: readonly [from: string, quiet: readonly string[], rogue: readonly [file: string, id: string][]][] = [
  [
    'dora-clean/client.pcap',
    ['dora-clean/rack.pcap', 'renewal/client.pcap', 'reboot-clean/client.pcap'],
    [
      ['rogue-wins/client.pcap', 'dhcp-rogue-server'],
      ['rogue-loses/client.pcap', 'dhcp-rogue-server'],
      ['rogue-spoofs-server-id/client.pcap', 'dhcp-server-id-spoofed'],
    ],
  ],
  [
    'pxe-bios-ipxe/vm-port.pcap',
    ['pxe-bios-ipxe/rack.pcap'],
    [
      ['rogue-pxe-takeover/vm-port.pcap', 'dhcp-boot-hijack'],
      ['rogue-pxe-takeover/vm-port.pcap', 'tftp-rogue-server'],
    ],
  ],
  [
    'pxe-proxydhcp/vm-port.pcap',
    ['pxe-proxydhcp/rack.pcap'],
    [['rogue-proxydhcp/vm-port.pcap', 'dhcp-rogue-proxydhcp']],
  ],
  [
    'relay-clean/client.pcap',
    ['relay-clean/relay-any.pcap'],
    [['rogue-before-relay/client.pcap', 'dhcp-rogue-server']],
  ],
  [
    'dhcpv6-clean/client.pcap',
    ['slaac-clean/client.pcap'],
    [['dhcpv6-rogue-server/client.pcap', 'dhcpv6-rogue-server']],
  ],
  ['slaac-clean/client.pcap', ['dhcpv6-clean/client.pcap'], [['ra-rogue-router/client.pcap', 'ra-rogue-router']]],
  ['ha-pair/client.pcap', ['ha-pair/rack2.pcap', 'ha-failover/client.pcap'], []],
];

describe('a profile that was learnt from a healthy capture', () => {
  const judge = (file: string, site: Site): Promise<Analysis> =>
    analyze([{ vantage: '', files: [join(SAMPLES, file)] }], { site });

  it.each(LEARNT)('of %s is quiet on its like and names the rogue', async (from, quiet, rogues) => {
    const { profile } = learnProfile(await judge(from, UNDECLARED), '');
    const site = siteOf(profile);
    for (const file of [from, ...quiet]) {
      const { findings } = await judge(file, site);
      expect(
        findings.filter(({ severity }) => atLeast(severity, 'medium')).map(({ id }) => id),
        file,
      ).toEqual([]);
    }
    for (const [file, id] of rogues) {
      const { findings } = await judge(file, site);
      expect(
        findings.filter(({ severity }) => atLeast(severity, 'high')).map((one) => one.id),
        file,
      ).toContain(id);
    }
  });
});
