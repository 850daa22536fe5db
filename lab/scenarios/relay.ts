/** DHCP relays: one exchange seen on both sides, two relays on one segment, a rogue on the client's side. */
import type { CapturePoint, Link, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient } from '../verbs/clients.ts';
import { actorStays } from '../verbs/faults.ts';
import { forwarding, ip, waitLog } from '../verbs/network.ts';
import { dhcpd, dhcrelay, dnsmasq } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS, DORA, PROFILE, RACK_DHCP } from './segment.ts';

const CLIENT = { on: 'access', mac: '52:54:00:aa:00:01' } as const;
const SERVER = { on: 'core', mac: '02:16:3e:00:00:01', addresses: ['198.51.100.2/24'] } as const;

function relayLinks(name: string, last: number): Link[] {
  return [
    {
      a: [name, 'eth0'],
      b: ['access', `p-${name}`],
      bridged: true,
      mac: `02:00:5e:00:0${last}:01`,
      addresses: [`203.0.113.${last}/24`],
    },
    {
      a: [name, 'eth1'],
      b: ['core', `p-${name}`],
      bridged: true,
      mac: `02:00:5e:00:0${last}:02`,
      addresses: [`198.51.100.${last === 1 ? 1 : 9}/24`],
    },
  ];
}

const SUBNETS = {
  subnet: '198.51.100.0',
  text: 'subnet 203.0.113.0 netmask 255.255.255.0 { range 203.0.113.100 203.0.113.150; option routers 203.0.113.1; option domain-name-servers 198.51.100.2; next-server 198.51.100.2; filename "lpxelinux.0"; }',
};
const ROUTE = ip('rack', 'route add default via 198.51.100.1');
const RELAY_ARGS = ['-4', '-a', '-m', 'append', '-iu', 'eth1', '-id', 'eth0', '198.51.100.2'] as const;

const RELAY_PROFILE = {
  ...PROFILE,
  relays: [
    {
      name: 'relay1',
      addresses: ['203.0.113.1', '198.51.100.1'],
      macs: ['02:00:5e:00:01:01', '02:00:5e:00:01:02'],
      insertsOption82: true,
    },
  ],
} as const;

const BOTH_SIDES: readonly CapturePoint[] = [
  at('client', 'client'),
  at('relay-client-side', 'relay', 'eth0'),
  at('relay-server-side', 'relay', 'eth1'),
  at('rack', 'rack'),
];

const relayClean: Scenario = {
  name: 'relay-clean',
  title: 'A relayed lease with Option 82, seen on both sides of the relay',
  about:
    "ISC dhcrelay forwards the client's broadcasts with its own address and Option 82, dhcpd echoes the option, and the relay takes it out before the client sees it. One capture on the relay shows both sides at once.",
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { relay: {}, client: CLIENT, rack: SERVER },
  links: relayLinks('relay', 1),
  before: [forwarding('relay'), ROUTE],
  captures: [...BOTH_SIDES, at('relay-any', 'relay', 'any', { filter: 'port 67 or port 68 or arp' })],
  steps: [dhcpd('rack', SUBNETS), dhcrelay('relay', RELAY_ARGS), dhclient('client')],
  profile: RELAY_PROFILE,
  shows: [
    ...DORA('client.pcap'),
    { capture: 'client.pcap', filter: 'dhcp.option.type == 82', atMost: 0 },
    { capture: 'rack.pcap', filter: 'dhcp.option.type == 82', atLeast: 4 },
    { capture: 'relay-any.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 2 },
  ],
  expect: ['client.pcap', 'relay-client-side.pcap', 'relay-server-side.pcap', 'rack.pcap', 'relay-any.pcap'].flatMap(
    (file) =>
      [false, true].map((profile) => ({
        captures: [file],
        profile,
        verdict: 'nothing-found' as const,
        quiet: true,
        mustNot: [...ACCUSATIONS, ...ABSENCES],
      })),
  ),
  notAsserted: 'Nothing beyond silence.',
};

const twoRelays: Scenario = {
  name: 'two-relays',
  title: 'Two relays on one segment forward the same broadcast',
  about:
    'Each relay forwards each message with its own address: one transaction id, two giaddr, two OFFERs and two ACKs for the client, from one server. It looks like a rogue to a naive rule.',
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { relay: {}, relay2: {}, client: CLIENT, rack: SERVER },
  links: [...relayLinks('relay', 1), ...relayLinks('relay2', 3)],
  before: [forwarding('relay'), forwarding('relay2'), ROUTE],
  captures: [at('client', 'client'), at('rack', 'rack'), at('relay-client-side', 'relay', 'eth0')],
  steps: [dhcpd('rack', SUBNETS), dhcrelay('relay', RELAY_ARGS), dhcrelay('relay2', RELAY_ARGS), dhclient('client')],
  profile: {
    ...RELAY_PROFILE,
    relays: [
      ...RELAY_PROFILE.relays,
      {
        name: 'relay2',
        addresses: ['203.0.113.3', '198.51.100.9'],
        macs: ['02:00:5e:00:03:01', '02:00:5e:00:03:02'],
        insertsOption82: true,
      },
    ],
  },
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'dhcp.ip.relay == 203.0.113.1' },
    { capture: 'rack.pcap', filter: 'dhcp.ip.relay == 203.0.113.3' },
  ],
  expect: ['client.pcap', 'rack.pcap', 'relay-client-side.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-ack-differs-from-offer'],
    })),
  ),
  notAsserted: 'Nothing beyond silence.',
};

const rogueBeforeRelay: Scenario = {
  name: 'rogue-before-relay',
  title: "A rogue on the client's segment answers before the relayed server",
  about:
    "The rack is behind a relay; a dnsmasq on the client's own segment answers first. Behind the relay nothing of the rogue is seen but the REQUEST that names it.",
  twin: 'relay-clean',
  switches: { access: 'bridge', core: 'bridge' },
  nodes: {
    relay: {},
    client: CLIENT,
    rogue: { on: 'access', mac: '02:16:3e:66:66:66', addresses: ['203.0.113.66/24'] },
    rack: SERVER,
  },
  links: relayLinks('relay', 1),
  before: [forwarding('relay'), ROUTE],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', { ...SUBNETS, pingCheck: true }),
    dhcrelay('relay', RELAY_ARGS),
    dnsmasq('rogue', [
      '--bind-interfaces',
      '--no-ping',
      '--dhcp-range=203.0.113.200,203.0.113.220,10m',
      '--dhcp-option=3,203.0.113.66',
      '--dhcp-option=6,203.0.113.66',
      '--dhcp-boot=evil.0,rogue,203.0.113.66',
    ]),
    dhclient('client'),
    waitLog('dhcpd-rack', /DHCPOFFER/, 8),
  ],
  profile: RELAY_PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and dhcp.option.dhcp_server_id == 203.0.113.66' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and dhcp.option.dhcp_server_id == 198.51.100.2' },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.option.dhcp_server_id == 203.0.113.66' },
  ],
  expect: [
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ABSENCES },
    {
      captures: ['client.pcap'],
      must: ['dhcp-servers-conflict'],
      mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', ...ABSENCES],
    },
    {
      captures: ['rack.pcap'],
      profile: true,
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-request-unanswered', 'dhcp-offer-ignored'],
    },
    {
      captures: ['rack.pcap'],
      mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'dhcp-request-unanswered', 'dhcp-offer-ignored'],
    },
  ],
  notAsserted: 'Without a profile: which of the two servers is the legitimate one.',
};

const insertedBySwitch: Scenario = {
  name: 'option82-by-switch',
  title: 'An access switch inserts Option 82 without being a relay',
  about:
    'A snooping switch adds Option 82 to what its access port sends, with giaddr 0, and takes it out of the replies. dhcpd echoes the option and the lease works: on the uplink Option 82 without giaddr is no fault.',
  emulated: ['the snooping switch is a script between two interfaces'],
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { client: CLIENT, box: {}, rack: SERVER },
  links: [
    { a: ['box', 'down'], b: ['access', 'p-box'], bridged: true },
    { a: ['box', 'up'], b: ['core', 'p-box'], bridged: true },
  ],
  before: [
    ip('box', 'link set dev down promisc on'),
    ip('box', 'link set dev up promisc on'),
    actorStays('box', 'middlebox.py', ['down', 'up', 'Gi1/0/12']),
  ],
  captures: [at('client', 'client'), at('uplink', 'box', 'up'), at('rack', 'rack')],
  steps: [dhcpd('rack', RACK_DHCP), dhclient('client')],
  profile: PROFILE,
  shows: [
    ...DORA('client.pcap'),
    { capture: 'uplink.pcap', filter: 'dhcp.option.type == 82 and dhcp.ip.relay == 0.0.0.0', atLeast: 4 },
    { capture: 'client.pcap', filter: 'dhcp.option.type == 82', atMost: 0 },
  ],
  expect: ['client.pcap', 'uplink.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-malformed'],
    })),
  ),
  notAsserted: 'That option82-without-giaddr (info) is said on the uplink.',
};

export const RELAYS: readonly Scenario[] = [relayClean, twoRelays, rogueBeforeRelay, insertedBySwitch];
