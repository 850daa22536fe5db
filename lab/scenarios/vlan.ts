/** Tags and tunnels: a trunk with two VLANs, priority tags, QinQ, VXLAN. */
import type { Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient } from '../verbs/clients.ts';
import { inside, ip, ovsFlows, ovsSet, pause, waitLog } from '../verbs/network.ts';
import { dhcpd, dnsmasq } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS, DORA, PROFILE, RACK, RACK_DHCP, client } from './segment.ts';

function silent(files: readonly string[]): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-multiple-servers'],
    })),
  );
}

const VLAN20 = {
  subnet: '203.0.113.0',
  range: ['203.0.113.100', '203.0.113.120'],
  router: '203.0.113.1',
  dns: '203.0.113.2',
  domain: 'other.example',
  nextServer: '203.0.113.2',
  file: 'bootx64.efi',
} as const;

const trunk: Scenario = {
  name: 'trunk-two-vlans',
  title: 'A trunk with two VLANs, each with its own DHCP server',
  about:
    'Two Open vSwitches with a trunk between them. VLAN 10 and VLAN 20 have different servers, networks and boot files. On the trunk both are in one capture, and neither server is a rogue.',
  switches: { sw1: 'ovs', sw2: 'ovs' },
  nodes: {
    client10: { ...client(1), on: 'sw1', port: ['tag=10'] },
    client20: { ...client(2), on: 'sw1', port: ['tag=20'] },
    rack: { ...RACK, on: 'sw2', port: ['tag=10'] },
    rack20: { on: 'sw2', mac: '02:16:3e:00:00:20', addresses: ['203.0.113.2/24'], port: ['tag=20'] },
  },
  links: [{ a: ['sw1', 'trunk'], b: ['sw2', 'trunk'] }],
  before: [ovsSet('sw1', 'add-port br0 trunk trunks=10,20'), ovsSet('sw2', 'add-port br0 trunk trunks=10,20')],
  captures: [at('trunk', 'sw1', 'trunk'), at('client10', 'client10')],
  steps: [dhcpd('rack', RACK_DHCP), dhcpd('rack20', VLAN20), dhclient('client10'), dhclient('client20')],
  profile: {
    ...PROFILE,
    dhcp: {
      servers: [
        ...PROFILE.dhcp.servers,
        { name: 'rack20', addresses: ['203.0.113.2'], macs: ['02:16:3e:00:00:20'], roles: ['dhcp'] },
      ],
    },
  },
  shows: [
    { capture: 'trunk.pcap', filter: 'vlan.id == 10 and dhcp.option.dhcp == 5' },
    { capture: 'trunk.pcap', filter: 'vlan.id == 20 and dhcp.option.dhcp == 5' },
    { capture: 'client10.pcap', filter: 'vlan', atMost: 0 },
  ],
  expect: silent(['trunk.pcap', 'client10.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const trunkRogue: Scenario = {
  name: 'trunk-rogue',
  title: 'A rogue in one of two VLANs of a trunk',
  about:
    'As trunk-two-vlans, and in VLAN 10 a dnsmasq answers first. The finding belongs to VLAN 10; VLAN 20 is healthy.',
  twin: 'trunk-two-vlans',
  switches: { sw1: 'ovs', sw2: 'ovs' },
  nodes: {
    client10: { ...client(1), on: 'sw1', port: ['tag=10'] },
    client20: { ...client(2), on: 'sw1', port: ['tag=20'] },
    rack: { ...RACK, on: 'sw2', port: ['tag=10'] },
    rogue: { on: 'sw2', mac: '02:16:3e:66:66:66', addresses: ['198.51.100.66/24'], port: ['tag=10'] },
    rack20: { on: 'sw2', mac: '02:16:3e:00:00:20', addresses: ['203.0.113.2/24'], port: ['tag=20'] },
  },
  links: [{ a: ['sw1', 'trunk'], b: ['sw2', 'trunk'] }],
  before: [ovsSet('sw1', 'add-port br0 trunk trunks=10,20'), ovsSet('sw2', 'add-port br0 trunk trunks=10,20')],
  captures: [at('trunk', 'sw1', 'trunk')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true }),
    dhcpd('rack20', VLAN20),
    dnsmasq('rogue', [
      '--bind-interfaces',
      '--no-ping',
      '--dhcp-range=198.51.100.200,198.51.100.220,10m',
      '--dhcp-option=3,198.51.100.66',
      '--dhcp-option=6,198.51.100.66',
      '--dhcp-boot=evil.0,rogue,198.51.100.66',
    ]),
    dhclient('client10'),
    dhclient('client20'),
    waitLog('dhcpd-rack', /DHCPOFFER/, 8),
    pause(0.5, 'the OFFER crosses the trunk after its log line'),
  ],
  profile: {
    ...PROFILE,
    dhcp: {
      servers: [
        ...PROFILE.dhcp.servers,
        { name: 'rack20', addresses: ['203.0.113.2'], macs: ['02:16:3e:00:00:20'], roles: ['dhcp'] },
      ],
    },
  },
  shows: [
    { capture: 'trunk.pcap', filter: 'vlan.id == 10 and dhcp.option.dhcp == 5 and ip.src == 198.51.100.66' },
    { capture: 'trunk.pcap', filter: 'vlan.id == 10 and dhcp.option.dhcp == 2 and ip.src == 198.51.100.2' },
    { capture: 'trunk.pcap', filter: 'vlan.id == 20 and dhcp.option.dhcp == 5' },
  ],
  expect: [
    {
      captures: ['trunk.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-server-id-spoofed', ...ABSENCES],
    },
    {
      captures: ['trunk.pcap'],
      must: ['dhcp-servers-conflict'],
      mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', ...ABSENCES],
    },
  ],
  notAsserted: "That the finding's segment is VLAN 10 and nothing is said of VLAN 20.",
};

const vlan0: Scenario = {
  name: 'vlan0-priority',
  title: 'Priority tags: VLAN 0 is no VLAN',
  about:
    'The switch sends frames to the client with an 802.1Q tag of VLAN 0 (priority only), and the client sends untagged. Both belong to one segment.',
  switches: { sw: 'ovs' },
  nodes: { rack: { ...RACK, port: [] }, client: client(1) },
  before: [
    ovsFlows('sw', ['in_port=p-rack,actions=mod_vlan_pcp:5,output:p-client', 'in_port=p-client,actions=output:p-rack']),
  ],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [dhcpd('rack', RACK_DHCP), dhclient('client')],
  profile: PROFILE,
  shows: [
    ...DORA('client.pcap'),
    { capture: 'client.pcap', filter: 'vlan.id == 0 and dhcp.option.dhcp == 2' },
    { capture: 'client.pcap', filter: 'not vlan and dhcp.option.dhcp == 1' },
  ],
  expect: silent(['client.pcap', 'rack.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const qinq: Scenario = {
  name: 'qinq',
  title: "A provider bridge: the customer's frames with an outer 802.1ad tag",
  about:
    'Two Open vSwitches carry an access port as service VLAN 300 over an 802.1ad trunk; inside is an ordinary lease.',
  switches: { sw1: 'ovs', sw2: 'ovs' },
  nodes: { client: { ...client(1), on: 'sw1' }, rack: { ...RACK, on: 'sw2' } },
  links: [{ a: ['sw1', 'trunk'], b: ['sw2', 'trunk'] }],
  before: ['sw1', 'sw2'].flatMap((name, index) => [
    ovsSet(name, 'set Open_vSwitch . other_config:vlan-limit=2'),
    ovsSet(name, 'add-port br0 trunk'),
    ovsSet(
      name,
      `set port ${index === 0 ? 'p-client' : 'p-rack'} vlan_mode=dot1q-tunnel tag=300 other-config:qinq-ethtype=802.1ad`,
    ),
  ]),
  captures: [at('trunk', 'sw1', 'trunk')],
  steps: [dhcpd('rack', RACK_DHCP), dhclient('client')],
  profile: PROFILE,
  shows: [{ capture: 'trunk.pcap', filter: 'ieee8021ad.id == 300 and dhcp.option.dhcp == 5' }],
  expect: silent(['trunk.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const vxlan: Scenario = {
  name: 'vxlan',
  title: 'A lease inside a VXLAN tunnel, recorded outside',
  about:
    "Two switches are joined by the kernel's VXLAN (VNI 4242) over an underlay network; the capture on the underlay has the client's exchange inside UDP 4789.",
  switches: { sw1: 'bridge', sw2: 'bridge' },
  nodes: { client: { ...client(1), on: 'sw1' }, rack: { ...RACK, on: 'sw2' } },
  links: [{ a: ['sw1', 'under'], b: ['sw2', 'under'], addresses: ['192.0.2.1/24'] }],
  before: [
    inside('sw2', ['ip', 'addr', 'add', '192.0.2.2/24', 'dev', 'under']),
    ...[
      ['sw1', '192.0.2.1', '192.0.2.2'],
      ['sw2', '192.0.2.2', '192.0.2.1'],
    ].flatMap(([name = '', local = '', remote = '']) => [
      ip(name, `link add vx0 type vxlan id 4242 local ${local} remote ${remote} dstport 4789 dev under`),
      ip(name, 'link set dev vx0 master br0'),
      ip(name, 'link set dev vx0 up'),
    ]),
  ],
  captures: [at('underlay', 'sw1', 'under')],
  steps: [dhcpd('rack', RACK_DHCP), dhclient('client')],
  profile: PROFILE,
  shows: [{ capture: 'underlay.pcap', filter: 'vxlan.vni == 4242 and dhcp.option.dhcp == 5' }],
  expect: silent(['underlay.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

export const VLANS: readonly Scenario[] = [trunk, trunkRogue, vlan0, qinq, vxlan];
