import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/detect/profile/read.ts';
import { siteOf, UNDECLARED } from '../../src/detect/profile/site.ts';
import type { Profile } from '../../src/detect/profile/profile.ts';
import { Problem } from '../../src/problem.ts';
import { parseAddress, parseMac } from '../../src/wire/values.ts';

const ip = parseAddress;
const mac = parseMac;
const RACK = '02:16:3e:00:00:01';
const RACK2 = '02:16:3e:00:00:02';
const GATEWAY = '02:16:3e:00:00:fe';
const ROGUE = '02:16:3e:66:66:66';

const PROFILE: Profile = {
  schema: 'rackwitness.profile/1',
  dhcp: {
    servers: [
      {
        name: 'rack1',
        addresses: ['198.51.100.2'],
        macs: [RACK],
        duids: ['00:01:00:01:aa'],
        roles: ['dhcp', 'proxydhcp'],
      },
      { name: 'rack2', addresses: ['198.51.100.3'], macs: [RACK2], roles: ['dhcp'] },
      { name: 'open', addresses: ['198.51.100.4'] },
    ],
    haGroups: [{ name: 'ha', members: ['rack1', 'rack2'], virtualAddresses: ['198.51.100.9'] }],
  },
  relays: [{ name: 'relay1', addresses: ['203.0.113.1'], insertsOption82: true }],
  gateways: [
    { address: '198.51.100.1', macs: [GATEWAY], virtual: true },
    { address: '198.51.100.254', macs: [GATEWAY] },
  ],
  routers: [{ address: 'fe80::1', macs: [GATEWAY] }],
  tftp: { servers: ['198.51.100.2'] },
  boot: [
    { architectures: [0], files: ['lpxelinux.0'] },
    { architectures: [7], files: ['EFI/bootx64.efi'] },
  ],
};

async function problems(text: string, name = 'p.json'): Promise<readonly string[]> {
  try {
    await parseProfile(text, name);
  } catch (error) {
    if (error instanceof Problem) return error.lines;
    throw error;
  }
  return [];
}

describe('a site that nobody declared', () => {
  it('answers every question with unknown', () => {
    const seen = { address: ip('198.51.100.2'), mac: mac(RACK) };
    expect(UNDECLARED.declared).toBe(false);
    expect(UNDECLARED.dhcp4Server(seen)).toBe('unknown');
    expect(UNDECLARED.proxyDhcp(seen)).toBe('unknown');
    expect(UNDECLARED.dhcp6Server({ ...seen, duid: '0001' })).toBe('unknown');
    expect(UNDECLARED.tftpServer(seen.address)).toBe('unknown');
    expect(UNDECLARED.router(seen)).toBe('unknown');
    expect(UNDECLARED.gateway(seen.address, seen.mac)).toBe('unknown');
    expect(UNDECLARED.relay(seen.address)).toBe('unknown');
    expect(UNDECLARED.relayInsertsOption82(seen.address)).toBeUndefined();
    expect(UNDECLARED.bootFile(0, 'x')).toBe('unknown');
  });
});

describe('a profile', () => {
  const site = siteOf(PROFILE);

  it('knows a server by address and, on its own link, by MAC', () => {
    const rack = ip('198.51.100.2');
    expect(site.dhcp4Server({ address: rack, mac: mac(RACK) })).toBe('authorised');
    expect(site.dhcp4Server({ address: rack, mac: -1 })).toBe('authorised');
    expect(site.dhcp4Server({ address: rack, mac: mac(ROGUE) })).toBe('unauthorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.66'), mac: mac(RACK) })).toBe('unauthorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.4'), mac: mac(ROGUE) })).toBe('authorised');
  });

  it('takes the MAC of a gateway for a carrier, not for another server', () => {
    expect(site.dhcp4Server({ address: ip('198.51.100.2'), mac: mac(GATEWAY) })).toBe('authorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.66'), mac: mac(GATEWAY) })).toBe('unauthorised');
  });

  it('keeps roles apart', () => {
    expect(site.proxyDhcp({ address: ip('198.51.100.2'), mac: mac(RACK) })).toBe('authorised');
    expect(site.proxyDhcp({ address: ip('198.51.100.3'), mac: mac(RACK2) })).toBe('unauthorised');
    expect(site.proxyDhcp({ address: ip('198.51.100.4'), mac: -1 })).toBe('authorised');
  });

  it('knows a DHCPv6 server by its DUID', () => {
    const address = ip('fe80::2');
    expect(site.dhcp6Server({ duid: '00010001aa', address, mac: mac(RACK) })).toBe('authorised');
    expect(site.dhcp6Server({ duid: '00010001bb', address, mac: mac(RACK) })).toBe('unauthorised');
    expect(site.dhcp6Server({ duid: '00010001aa', address, mac: mac(ROGUE) })).toBe('unauthorised');
  });

  it('is silent on DHCPv6 when it names IPv4 servers alone', () => {
    const v4 = siteOf({ schema: PROFILE.schema, dhcp: { servers: [{ addresses: ['198.51.100.2'], macs: [RACK] }] } });
    const address = ip('fe80::2');
    expect(v4.dhcp6Server({ duid: '0001', address, mac: mac(ROGUE) })).toBe('unknown');
    expect(v4.dhcp6Server({ duid: '0001', address, mac: mac(RACK) })).toBe('authorised');
  });

  it('joins the members of an HA group, and lets them hold its virtual address', () => {
    expect(site.samePeers(ip('198.51.100.2'), ip('198.51.100.3'))).toBe(true);
    expect(site.samePeers(ip('198.51.100.2'), ip('198.51.100.9'))).toBe(true);
    expect(site.samePeers(ip('198.51.100.2'), ip('198.51.100.4'))).toBe(false);
    expect(site.samePeers(-1, -1)).toBe(false);
    expect(site.virtualAddress(ip('198.51.100.9'))).toBe(true);
    expect(site.dhcp4Server({ address: ip('198.51.100.9'), mac: mac(RACK2) })).toBe('authorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.9'), mac: mac(ROGUE) })).toBe('unauthorised');
  });

  it('says which MAC may answer for a gateway, and for any address that it declares with one', () => {
    expect(site.gateway(ip('198.51.100.254'), mac(GATEWAY))).toBe('authorised');
    expect(site.gateway(ip('198.51.100.254'), mac(ROGUE))).toBe('unauthorised');
    expect(site.gateway(ip('198.51.100.77'), mac(ROGUE))).toBe('unknown');
    expect(site.gateway(ip('198.51.100.2'), mac(ROGUE))).toBe('unauthorised');
    expect(site.gateway(ip('198.51.100.4'), mac(ROGUE))).toBe('unknown');
  });

  it('lets the MACs of VRRP, HSRP and GLBP answer for a virtual gateway only', () => {
    for (const vrrp of ['00:00:5e:00:01:07', '00:00:0c:07:ac:01', '00:00:0c:9f:f0:01', '00:07:b4:00:01:01']) {
      expect(site.gateway(ip('198.51.100.1'), mac(vrrp))).toBe('authorised');
      expect(site.gateway(ip('198.51.100.254'), mac(vrrp))).toBe('unauthorised');
    }
    expect(site.gateway(ip('198.51.100.1'), mac('00:00:5e:00:03:07'))).toBe('unauthorised');
  });

  it('knows routers, relays and TFTP servers, and what the relay inserts', () => {
    expect(site.router({ address: ip('fe80::1'), mac: mac(GATEWAY) })).toBe('authorised');
    expect(site.router({ address: ip('fe80::1'), mac: mac(ROGUE) })).toBe('unauthorised');
    expect(site.router({ address: ip('fe80::2'), mac: mac(GATEWAY) })).toBe('unauthorised');
    expect(site.relay(ip('203.0.113.1'))).toBe('authorised');
    expect(site.relay(ip('203.0.113.2'))).toBe('unauthorised');
    expect(site.relayInsertsOption82(ip('203.0.113.1'))).toBe(true);
    expect(site.tftpServer(ip('198.51.100.2'))).toBe('authorised');
    expect(site.tftpServer(ip('198.51.100.66'))).toBe('unauthorised');
  });

  it('compares boot files by name, or by path where it gives one', () => {
    expect(site.bootFile(0, '/tftp/lpxelinux.0')).toBe('authorised');
    expect(site.bootFile(0, 'evil.0')).toBe('unauthorised');
    expect(site.bootFile(7, 'http://198.51.100.2:5248/EFI/bootx64.efi?x=1')).toBe('authorised');
    expect(site.bootFile(7, 'EFI\\bootx64.efi')).toBe('authorised');
    expect(site.bootFile(7, 'bootx64.efi')).toBe('unauthorised');
    expect(site.bootFile(11, 'anything')).toBe('unknown');
  });

  it('tells an empty list from an absent one', () => {
    const none = siteOf({ schema: PROFILE.schema, dhcp: { servers: [] } });
    expect(none.dhcp4Server({ address: ip('198.51.100.2'), mac: -1 })).toBe('unauthorised');
    expect(none.tftpServer(ip('198.51.100.2'))).toBe('unknown');
  });
});

describe('--authorized-server', () => {
  it('takes an address, a MAC or both', () => {
    const site = siteOf(undefined, ['198.51.100.2', RACK2, `198.51.100.5=${RACK}`]);
    expect(site.declared).toBe(true);
    expect(site.dhcp4Server({ address: ip('198.51.100.2'), mac: mac(ROGUE) })).toBe('authorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.7'), mac: mac(RACK2) })).toBe('authorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.5'), mac: mac(ROGUE) })).toBe('unauthorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.66'), mac: mac(ROGUE) })).toBe('unauthorised');
  });

  it('leaves a relayed server open where only MACs are known', () => {
    const site = siteOf(undefined, [RACK]);
    expect(site.dhcp4Server({ address: ip('198.51.100.2'), mac: -1 })).toBe('unknown');
  });

  it('adds to a profile', () => {
    const site = siteOf(PROFILE, ['198.51.100.7']);
    expect(site.dhcp4Server({ address: ip('198.51.100.7'), mac: mac(ROGUE) })).toBe('authorised');
    expect(site.dhcp4Server({ address: ip('198.51.100.2'), mac: mac(RACK) })).toBe('authorised');
  });

  it('refuses what is no address, and says all of it', () => {
    const wrong = (): unknown => siteOf(undefined, ['198.51.100.300', 'rack', `${RACK}=198.51.100.2`, '198.51.100.2']);
    expect(wrong).toThrow(Problem);
    try {
      wrong();
    } catch (error) {
      expect((error as Problem).lines).toHaveLength(3);
    }
  });
});

describe('reading a profile', () => {
  it('takes JSON and YAML for the same', async () => {
    const yaml = 'schema: rackwitness.profile/1\ndhcp:\n  servers:\n    - addresses: [198.51.100.2]\n';
    const json = '{"schema":"rackwitness.profile/1","dhcp":{"servers":[{"addresses":["198.51.100.2"]}]}}';
    expect(await parseProfile(yaml, 'p.yaml')).toEqual(await parseProfile(json, 'p.json'));
  });

  it('lists every problem with its path and line', async () => {
    const lines = await problems(
      [
        'schema: rackwitness.profile/1',
        'dchp: {}',
        'gateways:',
        '  - adress: 198.51.100.1',
        '    macs: [1]',
        'mtu: 70000',
      ].join('\n'),
      'site.yaml',
    );
    expect(lines).toEqual([
      'site.yaml:2: $.dchp is not a key that a profile has here',
      'site.yaml:4: $.gateways[0] has no "address"',
      'site.yaml:4: $.gateways[0].adress is not a key that a profile has here',
      'site.yaml:5: $.gateways[0].macs[0] must be string',
      'site.yaml:6: $.mtu must be <= 65535',
    ]);
  });

  it('says what a schema cannot', async () => {
    const text = JSON.stringify(
      {
        schema: 'rackwitness.profile/1',
        dhcp: {
          servers: [{ name: 'a', addresses: ['198.51.100.300'], macs: ['02:16:3e'] }, { name: 'a' }],
          haGroups: [{ members: ['b'] }],
        },
        tftp: { servers: ['rack'] },
      },
      null,
      1,
    );
    expect(await problems(text)).toEqual([
      'p.json:8: $.dhcp.servers[0].addresses[0] "198.51.100.300" is not an IP address',
      'p.json:11: $.dhcp.servers[0].macs[0] "02:16:3e" is not a MAC address',
      'p.json:14: $.dhcp.servers[1] names no address, MAC or DUID: nothing would match',
      'p.json:15: $.dhcp.servers[1].name another server is named "a"',
      'p.json:21: $.dhcp.haGroups[0].members[0] no server is named "b"',
      'p.json:28: $.tftp.servers[0] "rack" is not an IP address',
    ]);
  });

  it('refuses what is no JSON, no YAML, or too much of it', async () => {
    expect(await problems('{"schema":\n  nope,,}')).toEqual([expect.stringMatching(/^p\.json:2: /)]);
    expect(await problems('a: [1')).toHaveLength(1);
    expect(await problems('a: 1\na: 2')).toEqual([expect.stringContaining('unique')]);
    expect(await problems('')).toEqual([expect.stringContaining('empty')]);
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1,1]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]},`.repeat(10)}]`),
    ];
    expect(await problems(bomb.join('\n'))).toHaveLength(1);
    expect((await problems('["__proto__"]'))[0]).toContain('must be object');
    expect((await problems('{"schema":"rackwitness.profile/1","__proto__":{"mtu":1}}'))[0]).toContain('__proto__');
    expect((await problems('{"schema":"rackwitness.profile/2"}'))[0]).toContain('rackwitness.profile/1');
  });

  it('escapes what it quotes', async () => {
    const [line = ''] = await problems(JSON.stringify({ schema: 'rackwitness.profile/1', '\u001b[2J': 1 }));
    expect(line).not.toContain('\u001b');
  });
});
