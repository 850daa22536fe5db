import { describe, expect, it } from 'vitest';
import { matchRule, TextParser } from '../../src/switch/parse.ts';
import { DIALECTS } from '../../src/switch/registry.ts';
import type { SwitchLine } from '../../src/switch/line.ts';
import { macText } from '../../src/wire/values.ts';
import { addressText } from '../../src/wire/values.ts';
import { names } from '../conformance/sources.ts';
import { NOON, records, understood } from './texts.ts';

/** The facts of a record that are there, in one line: `kind reason key=value …`. */
function told(line: SwitchLine | undefined): string {
  if (line === undefined) return '';
  const pairs: [string, string | number][] = [
    ['detail', line.detail],
    ['mac', line.mac > 0 ? macText(line.mac) : ''],
    ['chaddr', line.chaddr > 0 ? macText(line.chaddr) : ''],
    ['ip', addressText(line.ip)],
    ['target', addressText(line.targetIp)],
    ['message', line.message],
    ['vlan', line.vlan > 0 ? line.vlan : line.vlanName],
    ['port', line.port],
    ['from', line.otherPort],
    ['count', line.count === 1 ? '' : line.count],
    ['lease', line.lease < 0 ? '' : line.lease],
  ];
  return [line.kind, line.reason, ...pairs.flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`]))]
    .filter((part) => part !== '')
    .join(' ');
}

/** Lines as vendors' documents and published logs print them, and what each says. */
const LINES: readonly (readonly [dialect: string, line: string, facts: string])[] = [
  [
    'cisco-ios',
    '000123: *Nov 22 12:44:42.208: %DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: 5254.00aa.bb01',
    'snooping-untrusted-server untrusted-port mac=52:54:00:aa:bb:01 message=OFFER',
  ],
  [
    'cisco-ios',
    "%DHCP_SNOOPING-5-DHCP_SNOOPING_MATCH_MAC_FAIL: DHCP_SNOOPING drop message because the chaddr doesn't match source mac, message type: DHCPDISCOVER, chaddr: 5254.0011.2233, MAC sa: 5254.00aa.bb01",
    'snooping-drop chaddr-mismatch mac=52:54:00:aa:bb:01 chaddr=52:54:00:11:22:33 message=DISCOVER',
  ],
  [
    'cisco-ios',
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_FAKE_INTERFACE: DHCP_SNOOPING drop message with mismatched source interface the binding is not updated message type: DHCPRELEASE, MAC sa: 5254.00aa.bb01',
    'snooping-drop other-port mac=52:54:00:aa:bb:01 message=RELEASE',
  ],
  [
    'cisco-ios',
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_NONZERO_GIADDR: DHCP_SNOOPING drop message with non-zero giaddr or option82 value on untrusted port, message type: DHCPDISCOVER, MAC sa: 5254.0008.d3e0',
    'snooping-drop relay-information mac=52:54:00:08:d3:e0 message=DISCOVER',
  ],
  [
    'cisco-ios',
    '%DHCP_SNOOPING-4-DHCP_SNOOPING_ERRDISABLE_WARNING: DHCP Snooping received 16 DHCP packets on interface Gi1/0/7',
    'snooping-rate-limit rate port=Gi1/0/7 count=16',
  ],
  [
    'cisco-ios',
    '%DHCP_SNOOPING-4-INVALID_RELEASE_OR_DECLINE_PKT: The interface Gi1/0/7 has received a DHCP Release/Decline packet with no existing binding entry for it',
    'snooping-drop no-binding port=Gi1/0/7',
  ],
  [
    'cisco-ios',
    '%SW_DAI-4-DHCP_SNOOPING_DENY: 1 Invalid ARPs (Req) on Ethernet1/4, vlan 1.([0001.0001.0001/10.0.0.1/0000.0000.0000/0.0.0.0/01:53:21 UTC Fri Jan 23 2015])',
    'dai-drop no-binding mac=00:01:00:01:00:01 ip=10.0.0.1 target=0.0.0.0 message=request vlan=1 port=Ethernet1/4',
  ],
  [
    'cisco-ios',
    '%SW_DAI-4-ACL_DENY: 3 Invalid ARPs (Res) on Gi1/0/7, vlan 10.([0050.56aa.bbcc/10.0.10.9/0050.5611.2233/10.0.10.1/12:44:42 UTC Sun Nov 22 2026])',
    'dai-drop acl mac=00:50:56:aa:bb:cc ip=10.0.10.9 target=10.0.10.1 message=reply vlan=10 port=Gi1/0/7 count=3',
  ],
  [
    'cisco-ios',
    '%SW_DAI-4-PACKET_RATE_EXCEEDED: 31 packets received in 812 milliseconds on Fa0/3.',
    'dai-rate-limit rate port=Fa0/3 count=31',
  ],
  [
    'cisco-ios',
    '%PM-4-ERR_DISABLE: arp-inspection error detected on Fa0/3, putting Fa0/3 in err-disable state',
    'err-disable arp-rate detail=arp-inspection port=Fa0/3',
  ],
  [
    'cisco-ios',
    'Feb 23 13:51:36.889: %PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address 802a.a89d.c396 on port GigabitEthernet4/13.',
    'port-security address mac=80:2a:a8:9d:c3:96 port=GigabitEthernet4/13',
  ],
  [
    'cisco-ios',
    '%PM-4-ERR_RECOVER: Attempting to recover from psecure-violation err-disable state on Gi4/13',
    'err-recover port-security detail=psecure-violation port=Gi4/13',
  ],
  [
    'cisco-ios',
    '%DOT1X-5-FAIL: Switch 2 R0/0: smd:  Authentication failed for client (002A.C102.3EB4) on Interface Gi4/0/22 AuditSessionID 0C65633E00032EF22F9CBDFE',
    'dot1x rejected mac=00:2a:c1:02:3e:b4 port=Gi4/0/22',
  ],
  [
    'cisco-ios',
    "%AUTHMGR-7-RESULT: Authentication result 'no-response' from 'dot1x' for client (Unknown MAC) on Interface Et1/2 AuditSessionID 0A0A320A00000001A00F9E44A",
    'dot1x no-response detail=dot1x port=Et1/2',
  ],
  [
    'cisco-ios',
    '%CDP-4-NATIVE_VLAN_MISMATCH: Native VLAN mismatch discovered on FastEthernet0/1 (1), with sw2 FastEthernet0/2 (10).',
    'vlan-mismatch detail=native VLAN 1 here, 10 there vlan=1 port=FastEthernet0/1 from=FastEthernet0/2',
  ],
  [
    'cisco-ios',
    '%SISF-4-PAK_DROP: Message dropped A=FE80::A8BB:CCFF:FE01:F600 G=- V=10 I=Et0/0 P=NDP::RA Reason=Message unauthorized on port',
    'ra-guard-drop untrusted-port detail=Message unauthorized on port ip=fe80::a8bb:ccff:fe01:f600 message=RA vlan=10 port=Et0/0',
  ],
  [
    'cisco-ios',
    '%SISF-4-PAK_DROP: Message dropped IP=FE80::1 VLAN=10 MAC=aabb.cc00.0100 I/F=Gi1/0/1 P=NDP::NA Reason=Address limit per box reached',
    'nd-drop detail=Address limit per box reached mac=aa:bb:cc:00:01:00 ip=fe80::1 message=NA vlan=10 port=Gi1/0/1',
  ],
  ['dell-os10', '%RAGUARD_DENIED_RA_PACKET: RAGUARD: Denied RA Packet', 'ra-guard-drop message=RA'],
  [
    'cisco-nxos',
    '2026 Nov 22 12:44:42 n9k %DHCP_SNOOP-3-DHCPDENIEDARP: ARP frame denied due to DHCP snooping binding on interface Ethernet1/7 vlan 10 sender mac 00:50:56:aa:bb:cc sender ip 10.0.10.9 target mac 00:00:00:00:00:00 target ip 10.0.10.1.',
    'dai-drop no-binding mac=00:50:56:aa:bb:cc ip=10.0.10.9 target=10.0.10.1 vlan=10 port=Ethernet1/7',
  ],
  [
    'cisco-nxos',
    '%DHCP_SNOOP-3-DHCPRATELIMIT: Interface Ethernet1/7 has been error disabled due to excessive ingress rate 20 of DHCP packets.',
    'snooping-rate-limit rate port=Ethernet1/7 count=20',
  ],
  [
    'arista-eos',
    'Feb 15 01:40:18 sw1 Stp: %SPANTREE-4-BLOCK_BPDUGUARD: Received BPDU packet on Port-Channel35 with BPDU guard enabled. Disabling interface. (source mac fa:16:3e:24:e7:22)',
    'stp bpdu-guard mac=fa:16:3e:24:e7:22 port=Port-Channel35',
  ],
  [
    'arista-eos',
    'Feb 15 01:40:18 sw1 Ebra: %ETH-4-ERRDISABLE: bpduguard error detected on Port-Channel35.',
    'err-disable bpdu-guard detail=bpduguard port=Port-Channel35',
  ],
  [
    'hpe-arubaos-switch',
    'W 05/01/24 12:34:56 00850 dhcp-snoop: Server 10.0.10.9 packet received on untrusted port A7 dropped.',
    'snooping-untrusted-server untrusted-port ip=10.0.10.9 port=A7',
  ],
  [
    'hpe-arubaos-switch',
    'W 05/01/24 12:34:56 00852 dhcp-snoop: Client packet destined to untrusted port 24 dropped.',
    'snooping-drop no-trusted-port port=24',
  ],
  [
    'hpe-arubaos-switch',
    'Client address 005056-112233 not equal to source MAC 005056-aabbcc detected on port 7.',
    'snooping-drop chaddr-mismatch mac=00:50:56:aa:bb:cc chaddr=00:50:56:11:22:33 port=7',
  ],
  [
    'hpe-arubaos-switch',
    'DARPP: Deny ARP reply 000000-000003,10.0.0.2 port A1, vlan 1',
    'dai-drop no-binding mac=00:00:00:00:00:03 ip=10.0.0.2 message=reply vlan=1 port=A1',
  ],
  [
    'hpe-aos-cx',
    '2026-11-22T12:44:42.208123+00:00 cx1 dhcpv4-snoopd[2771]: Event|8201|LOG_WARN|AMM|1/1|Server 10.0.10.9 packet received on untrusted port 1/1/7 dropped.',
    'snooping-untrusted-server untrusted-port ip=10.0.10.9 port=1/1/7',
  ],
  [
    'hpe-aos-cx',
    'Event|8206|LOG_WARN|AMM|1/1|Binding for 10.0.10.50:00:50:56:aa:bb:cc exists on port 1/1/5. Dropping release request received for the binding on 1/1/7.',
    'snooping-drop other-port mac=00:50:56:aa:bb:cc ip=10.0.10.50 message=RELEASE port=1/1/7 from=1/1/5',
  ],
  [
    'juniper-ex',
    'Nov 22 12:44:42 ex1 eswd[1234]: ESWD_DAI_FAILED: 12 ARP_REQUEST received, interface ge-0/0/8.0[index 76], vlan __pvlan_PRI-C-RES_ge-0/0/8.0__[index 14], sender ip/mac 10.43.16.17/b8:27:eb:53:a4:e2, receiver ip/mac 10.43.16.1/00:00:00:00:00:00',
    'dai-drop no-binding mac=b8:27:eb:53:a4:e2 ip=10.43.16.17 target=10.43.16.1 message=request vlan=__pvlan_PRI-C-RES_ge-0/0/8.0__ port=ge-0/0/8.0 count=12',
  ],
  [
    'juniper-els',
    'Nov 22 12:44:42  sw1 mib2d[1432]: SNMP_TRAP_LINK_DOWN: ifIndex 541, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/11',
    'link down port=ge-0/0/11',
  ],
  ['dell-os10', 'Nov 22 12:44:42 os10 dn_l2[1]: %DENIED_ARP_PACKET: DAI:Denied ARP packet', 'dai-drop'],
];

describe('the dialects', () => {
  it('are sorted, one file or folder each', () => {
    const listed = DIALECTS.map(({ name }) => name);
    expect(listed, 'sort the list in src/switch/registry.ts').toEqual([...new Set(listed)].sort());
    expect(names('src/switch/dialects').map((name) => name.replace(/\.ts$/, ''))).toEqual(listed);
  });

  it.each(LINES)('%s reads %s', async (dialect, line, facts) => {
    const [one] = await records(line);
    expect(one?.dialect).toBe(dialect);
    expect(told(one)).toBe(facts);
    expect(one?.text).toBe(line);
  });

  it.each(DIALECTS.flatMap(({ name, rules }) => rules.map((rule) => [name, rule.sample, rule] as const)))(
    '%s knows its own sample: %s',
    (name, sample, rule) => {
      expect(matchRule(rule, sample), 'the pattern does not fit its sample').not.toBeUndefined();
      const understoodAs = new TextParser(0, 'show', NOON).take(sample, 1);
      expect(understoodAs.is).not.toBe('unknown');
      if (understoodAs.is === 'record') expect(understoodAs.line.dialect).toBe(name);
    },
  );

  it.each(DIALECTS.flatMap(({ name, tables }) => tables.map((table) => [name, table.command, table] as const)))(
    '%s reads its sample of %s',
    async (name, _command, table) => {
      const text = ['sw1#show something', ...table.sample, 'sw1#'].join('\n');
      const lines = await understood(text, 'show');
      expect(lines.map(({ is }) => is)).not.toContain('unknown');
      for (const line of lines)
        if (line.is === 'record') expect(line.line).toMatchObject({ dialect: name, device: 'sw1' });
      expect(
        table.sample.some((line) => table.row.test(line)),
        'no line of the sample is a row',
      ).toBe(true);
    },
  );

  it('reads a binding table as it was published', async () => {
    const [one] = await records(
      [
        'Switch# show ip dhcp snooping binding',
        'MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface',
        '------------------  ---------------  ----------  -------------  ----  --------------------',
        '00:E9:BC:3F:A6:50   100.1.1.6        76260       dhcp-snooping   3    FastEthernet0/20',
        'Total number of bindings: 1',
      ].join('\n'),
      'show',
    );
    expect(told(one)).toBe(
      'binding dynamic mac=00:e9:bc:3f:a6:50 ip=100.1.1.6 vlan=3 port=FastEthernet0/20 lease=76260',
    );
    expect(one).toMatchObject({ device: 'Switch', time: undefined, source: 'show', line: 4 });
  });

  it('reads no group and no address of the switch itself as a station', async () => {
    const rows = await records(
      [
        'Vlan    Mac Address       Type        Ports',
        '----    -----------       --------    -----',
        ' All    0100.0ccc.cccc    STATIC      CPU',
        '  10    0100.5e00.0001    STATIC      Gi1/0/1',
        '  10    0050.56aa.bbcc    STATIC      CPU',
        '  10    0050.56aa.bbcc    DYNAMIC     Gi1/0/1',
      ].join('\n'),
      'show',
    );
    expect(rows.map(told)).toEqual(['mac-entry dynamic mac=00:50:56:aa:bb:cc vlan=10 port=Gi1/0/1']);
  });

  it('reads what is configured, per port and as a whole', async () => {
    const lines = await records(
      [
        'Switch DHCP snooping is enabled',
        'DHCP snooping is configured on following VLANs:',
        '10',
        'Insertion of option 82 is enabled',
        'Option 82 on untrusted port is not allowed',
        '',
        'Interface                  Trusted    Allow option    Rate limit (pps)',
        '-----------------------    -------    ------------    ----------------',
        'GigabitEthernet1/0/1       yes        yes             unlimited',
        'GigabitEthernet1/0/2       no         no              15',
      ].join('\n'),
      'show',
    );
    expect(lines.map(({ reason, port, vlan }) => [reason, port || vlan])).toEqual([
      ['on', -1],
      ['on', 10],
      ['option82-inserted', -1],
      ['option82-refused', -1],
      ['trusted', 'GigabitEthernet1/0/1'],
      ['untrusted', 'GigabitEthernet1/0/2'],
    ]);
  });
});
