import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/detect/profile/read.ts';
import { Problem } from '../../src/problem.ts';
import type { Analysis, ServerReport } from '../../src/report/analysis.ts';
import { learnProfile } from '../../src/report/learn.ts';
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
    expect(() => learnProfile({ ...clean, servers: [] }, '')).toThrow(/no DHCP server/);
  });
});
