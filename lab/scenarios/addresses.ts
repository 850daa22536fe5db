/** Pools that run dry and addresses that two hosts use. */
import type { CapturePoint, Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, ping, udhcpc } from '../verbs/clients.ts';
import { actor } from '../verbs/faults.ts';
import { inside, stop } from '../verbs/network.ts';
import { dhcpd } from '../verbs/services.ts';
import { ACCUSATIONS, BYSTANDER, client, PROFILE, RACK, RACK2, RACK_DHCP } from './segment.ts';

const POINTS: readonly CapturePoint[] = [at('client', 'client'), at('rack', 'rack')];

/** A server's own NAKs, offers and so on must not make it a rogue. */
const INNOCENT = ACCUSATIONS.filter((id) => id !== 'dhcp-duplicate-address' && id !== 'arp-conflict');

/** The same expectation without and with the profile. */
function both(one: Omit<Expectation, 'profile'>): Expectation[] {
  return [{ ...one }, { ...one, profile: true }];
}

const starvation: Scenario = {
  name: 'starvation',
  title: 'A starvation attack empties the pool',
  about:
    'A script sends DISCOVERs for sixty invented hardware addresses from one port; the rack reserves its twenty addresses for them. A real client that comes next gets no OFFER.',
  twin: 'rack-power-on',
  emulated: ['the attacker is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, attacker: { on: 'sw', mac: '02:ba:d0:00:00:66' }, client: client(1) },
  captures: [...POINTS, at('attacker-port', 'sw', 'p-attacker')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    actor('attacker', 'dhcp_client.py', ['starve', '--mac', '02:ba:d0:00:00:66', '--count', '60']),
    udhcpc('client', { outcome: 'none', tries: 4, every: 2, args: ['-B'] }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 1 and eth.src == 02:ba:d0:00:00:66', atLeast: 60 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and dhcp.hw.mac_addr == 52:54:00:bb:00:01', atMost: 0 },
  ],
  expect: [
    ...both({
      captures: ['rack.pcap'],
      verdict: 'fault',
      must: ['dhcp-starvation'],
      mustNot: [...INNOCENT, 'dhcp-offer-ignored'],
    }),
    ...both({
      captures: ['client.pcap'],
      verdict: 'fault',
      must: ['dhcp-starvation', 'dhcp-no-offer'],
      mustNot: INNOCENT,
    }),
    ...both({ captures: ['attacker-port.pcap'], must: ['dhcp-starvation'], mustNot: INNOCENT }),
  ],
  notAsserted: 'That dhcp-pool-exhausted is told apart from the attack that caused it.',
};

const MANY = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`node${index + 1}`, client(0x20 + index)]));

const rackPowerOn: Scenario = {
  name: 'rack-power-on',
  title: 'Fourteen machines power on at once',
  about:
    'Many hardware addresses ask within a few seconds, each from its own port, and each finishes its lease: a rack powering on, not a starvation attack.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, ...MANY },
  captures: [at('rack', 'rack'), at('node1', 'node1')],
  steps: [dhcpd('rack', RACK_DHCP), ...Object.keys(MANY).map((name) => udhcpc(name, { tries: 5 }))],
  profile: PROFILE,
  shows: [{ capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 14 }],
  expect: ['rack.pcap', 'node1.pcap'].flatMap((file) =>
    both({
      captures: [file],
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, 'dhcp-starvation', 'dhcp-pool-exhausted', 'dhcp-no-offer', 'dhcp-request-unanswered'],
    }),
  ),
  notAsserted: 'Nothing beyond silence.',
};

const poolExhausted: Scenario = {
  name: 'pool-exhausted',
  title: 'The pool is empty: the server lives, but a new client gets nothing',
  about:
    'The rack has two addresses. Two clients hold them; a third asks four times with the broadcast flag and is not answered, while the server goes on serving the first two.',
  twin: 'rack-power-on',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1), second: client(2), third: client(3) },
  captures: [at('rack', 'rack'), at('third', 'third')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: ['198.51.100.100', '198.51.100.101'], lease: 12 }),
    dhclient('client'),
    dhclient('second'),
    udhcpc('third', { outcome: 'none', tries: 4, every: 2, args: ['-B'] }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 3 },
    { capture: 'third.pcap', filter: 'dhcp.option.dhcp == 1 and dhcp.hw.mac_addr == 52:54:00:bb:00:03', atLeast: 4 },
    { capture: 'third.pcap', filter: 'dhcp.option.dhcp == 2', atMost: 0 },
  ],
  expect: [
    ...both({
      captures: ['rack.pcap'],
      verdict: 'fault',
      must: ['dhcp-pool-exhausted'],
      mustNot: [...ACCUSATIONS, 'dhcp-starvation', 'dhcp-offer-ignored'],
    }),
    ...both({
      captures: ['third.pcap'],
      verdict: 'fault',
      must: ['dhcp-no-offer'],
      mustNot: [...ACCUSATIONS, 'dhcp-starvation'],
    }),
  ],
  notAsserted: "At the third client's port: why nobody answers.",
};

const decline: Scenario = {
  name: 'decline-conflict',
  title: 'A client declines its address because another host already uses it',
  about:
    'A host has 198.51.100.100 by hand and the rack does not ping before it offers. busybox udhcpc asks by ARP after the ACK, hears the owner, declines, and gets the next address.',
  twin: 'arp-check-clean',
  switches: { sw: 'bridge' },
  nodes: {
    rack: RACK,
    squatter: { on: 'sw', mac: '52:54:00:bb:00:77', addresses: ['198.51.100.100/24'] },
    client: client(1),
  },
  captures: POINTS,
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { args: ['-a'], tries: 6 })],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 4' },
    { capture: 'client.pcap', filter: 'arp.opcode == 2 and arp.src.proto_ipv4 == 198.51.100.100' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 2 },
  ],
  expect: [
    ...both({
      captures: ['client.pcap'],
      verdict: 'fault',
      must: ['dhcp-decline-conflict'],
      mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'arp-spoof'],
    }),
    ...both({
      captures: ['rack.pcap'],
      verdict: 'fault',
      must: ['dhcp-decline-conflict'],
      mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'arp-spoof'],
    }),
  ],
  notAsserted: 'That arp-conflict fires beside it: only one host ever used the address.',
};

const arpCheckClean: Scenario = {
  name: 'arp-check-clean',
  title: 'A client asks by ARP whether its address is free, and it is',
  about: 'busybox udhcpc probes the address after the ACK, hears nothing, and keeps it.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: POINTS,
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { args: ['-a'] })],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'arp.opcode == 1 and arp.src.proto_ipv4 == 0.0.0.0' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 4', atMost: 0 },
  ],
  expect: POINTS.flatMap((point) =>
    both({
      captures: [`${point.vantage}.pcap`],
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, 'dhcp-decline-conflict', 'dhcp-request-unanswered'],
    }),
  ),
  notAsserted: 'Nothing beyond silence.',
};

const duplicateAddress: Scenario = {
  name: 'duplicate-address',
  title: 'Two servers that do not know each other lease one address to two clients',
  about:
    'The first rack leases 198.51.100.100 and stops. A second one with the same range and an empty lease file takes over and leases it again. Both clients use it: everybody who asks by ARP hears two answers.',
  twin: 'renewal-to-peer',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rack2: RACK2, client: client(1), second: client(2), host: BYSTANDER },
  captures: [at('span', 'sw', 'br0'), at('client', 'client'), at('rack2', 'rack2')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    udhcpc('client'),
    ping('client', '198.51.100.99'),
    stop('dhcpd-rack'),
    dhcpd('rack2', { ...RACK_DHCP, nextServer: '198.51.100.3' }),
    udhcpc('second'),
    ping('second', '198.51.100.99'),
    ping('client', '198.51.100.3'),
    inside('host', ['ip', 'neigh', 'flush', 'all']),
    ping('host', '198.51.100.100'),
    ping('client', '198.51.100.99'),
    ping('second', '198.51.100.99'),
  ],
  profile: {
    ...PROFILE,
    dhcp: {
      servers: [
        ...PROFILE.dhcp.servers,
        { name: 'rack2', addresses: ['198.51.100.3'], macs: ['02:16:3e:00:00:02'], roles: ['dhcp'] },
      ],
    },
  },
  shows: [
    { capture: 'span.pcap', filter: 'dhcp.option.dhcp == 5 and dhcp.ip.your == 198.51.100.100', atLeast: 2 },
    { capture: 'span.pcap', filter: 'arp.opcode == 2 and arp.src.proto_ipv4 == 198.51.100.100', atLeast: 2 },
  ],
  expect: [
    ...both({
      captures: ['span.pcap'],
      verdict: 'fault',
      must: ['dhcp-duplicate-address'],
      mustNot: ['dhcp-rogue-server'],
    }),
    ...both({ captures: ['client.pcap'], mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed'] }),
    ...both({ captures: ['rack2.pcap'], mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed'] }),
  ],
  notAsserted: 'Which of the two clients has the better right, and whether arp-conflict is said beside it.',
};

export const ADDRESSES: readonly Scenario[] = [
  starvation,
  rackPowerOn,
  poolExhausted,
  decline,
  arpCheckClean,
  duplicateAddress,
];
