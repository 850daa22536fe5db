/** Attacks on ARP and neighbour discovery that a script plays, and the gateway that is not there. */
import type { Expectation, Node, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, ping, udhcpc } from '../verbs/clients.ts';
import { actor, actorStays } from '../verbs/faults.ts';
import { forwarding, inside, ip, pause } from '../verbs/network.ts';
import { dhcpd, radvd } from '../verbs/services.ts';
import { BYSTANDER, client, PROFILE, RACK, RACK_DHCP } from './segment.ts';
import { CLIENT, OTHER, PROFILE as PROFILE6, RACK as RACK6, settled } from './ipv6-segment.ts';

const SCRIPT: readonly string[] = ['the attacker is a script'];
const GATEWAY: Node = { on: 'sw', mac: '02:16:3e:00:00:fe', addresses: ['198.51.100.1/24'] };
const ATTACKER = '52:54:00:bb:00:02';
const OTHER_MAC = OTHER.mac ?? '';

function found(id: string, files: readonly string[], mustNot: readonly string[] = []): Expectation[] {
  return files.flatMap((file) => [{ captures: [file], verdict: 'fault' as const, must: [id], mustNot }]);
}

const storm: Scenario = {
  name: 'link-arp-storm',
  title: 'One host announces its address twenty times a second',
  about: 'A script announces without pause for twenty seconds.',
  twin: 'link-arp-passes',
  emulated: ['the sender is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, host: BYSTANDER },
  captures: [at('rack', 'rack')],
  steps: [
    ping('host', '198.51.100.2'),
    actor('host', 'link.py', ['storm', '--mac', '52:54:00:bb:00:99', '--claims', '198.51.100.99', '--seconds', '22']),
  ],
  profile: PROFILE,
  shows: [{ capture: 'rack.pcap', filter: 'arp.isgratuitous', atLeast: 100 }],
  expect: found('arp-gratuitous-storm', ['rack.pcap'], ['arp-spoof', 'arp-conflict']),
  notAsserted: 'Nothing beyond it.',
};

const missingGateway: Scenario = {
  name: 'link-gateway-missing',
  title: 'The router that the lease names is not there',
  about: 'The DHCP server hands out 198.51.100.1 as router; no machine has it, and the client asks for it in vain.',
  twin: 'link-gateway-there',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: [at('client', 'client')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client'),
    ip('client', 'route replace default via 198.51.100.1'),
    ping('client', '203.0.113.1', 4),
    ping('client', '203.0.113.1', 4),
    ping('client', '198.51.100.2'),
    pause(2, 'nothing more comes'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'arp.dst.proto_ipv4 == 198.51.100.1', atLeast: 3 },
    { capture: 'client.pcap', filter: 'arp.src.proto_ipv4 == 198.51.100.1', atMost: 0 },
  ],
  expect: found('arp-unanswered', ['client.pcap'], ['arp-inspection-drop']),
  notAsserted: 'Nothing beyond it.',
};

const gatewayThere: Scenario = {
  name: 'link-gateway-there',
  title: 'The router that the lease names answers',
  about: 'The same network with the router.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, gateway: GATEWAY, client: client(1) },
  captures: [at('client', 'client')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client'),
    ip('client', 'route replace default via 198.51.100.1'),
    ping('client', '203.0.113.1', 4),
    ping('client', '198.51.100.1'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'arp.src.proto_ipv4 == 198.51.100.1' }],
  expect: [false, true].map((profile) => ({
    captures: ['client.pcap'],
    profile,
    quiet: true,
    mustNot: ['arp-unanswered', 'gateway-impersonated', 'arp-inspection-drop'],
  })),
  notAsserted: 'Nothing beyond silence.',
};

const impersonated: Scenario = {
  name: 'link-gateway-impersonated',
  title: 'A client of the segment answers for the gateway beside it',
  about:
    'Two clients have leases that name the router; one of them answers every question for it, and so does the router.',
  twin: 'link-gateway-there',
  emulated: SCRIPT,
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, gateway: GATEWAY, client: client(1), attacker: client(2) },
  captures: [at('client', 'client')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, inSubnet: 'option dhcp-renewal-time 300;' }),
    // The B flag, so that the lease of the other one is seen at this port too.
    dhclient('client'),
    udhcpc('attacker', { args: ['-B'] }),
    ping('attacker', '198.51.100.2'),
    actorStays('attacker', 'link.py', ['answer', '--mac', ATTACKER, '--claims', '198.51.100.1']),
    ...[1, 2, 3, 4].flatMap(() => [
      inside('client', ['ip', 'neigh', 'flush', 'all']),
      ping('client', '198.51.100.1', 1),
      pause(2, 'between two questions'),
    ]),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter: `arp.src.proto_ipv4 == 198.51.100.1 and arp.src.hw_mac == ${ATTACKER}`,
      atLeast: 2,
    },
    {
      capture: 'client.pcap',
      filter: `arp.src.proto_ipv4 == 198.51.100.1 and arp.src.hw_mac == ${GATEWAY.mac ?? ''}`,
      atLeast: 2,
    },
    { capture: 'client.pcap', filter: `dhcp.option.dhcp == 5 and dhcp.hw.mac_addr == ${ATTACKER}` },
  ],
  expect: found('gateway-impersonated', ['client.pcap'], ['arp-conflict']),
  notAsserted: 'That arp-spoof is silent: it speaks where claims are pushed.',
};

const SEGMENT6 = {
  switches: { sw: 'bridge' },
  nodes: { rack: RACK6, attacker: OTHER, client: CLIENT },
  before: [forwarding('rack', 6), settled('rack'), settled('attacker'), settled('client')],
  captures: [at('client', 'client')],
  profile: PROFILE6,
} as const;
const ROUTER = 'fe80::ff:fe00:601';

const evasion: Scenario = {
  ...SEGMENT6,
  name: 'link-ra-guard-evasion',
  title: 'Router advertisements hidden behind a destination options header and in fragments',
  about: 'A script sends what a switch without a look at the whole header chain lets pass.',
  twin: 'link-nd-passes',
  emulated: SCRIPT,
  steps: [
    radvd('rack', '2001:db8:1::/64'),
    pause(4, 'the router advertises'),
    actor('attacker', 'link.py', ['evade', '--mac', OTHER_MAC, '--source', 'fe80::ff:fe00:603']),
    pause(1, 'fragments arrive'),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'ipv6.dstopts and icmpv6.type == 134' },
    { capture: 'client.pcap', filter: 'ipv6.fraghdr', atLeast: 2 },
  ],
  expect: found('ra-guard-evasion', ['client.pcap']),
  notAsserted: 'That ra-rogue-router is said beside it: what was hidden contradicts the router.',
};

const redirect: Scenario = {
  ...SEGMENT6,
  name: 'link-nd-redirect',
  title: 'A redirect in the name of the router from another machine',
  about:
    'The router advertises itself; a script tells the client in its name to send traffic for one address elsewhere.',
  twin: 'link-nd-passes',
  emulated: SCRIPT,
  steps: [
    radvd('rack', '2001:db8:1::/64'),
    pause(4, 'the router advertises'),
    actor('attacker', 'link.py', [
      'redirect',
      '--mac',
      OTHER_MAC,
      '--source',
      ROUTER,
      '--victim-mac',
      CLIENT.mac ?? '',
      '--victim',
      'fe80::ff:fe00:602',
      '--target',
      'fe80::ff:fe00:603',
      '--destination',
      '2001:db8:9::1',
    ]),
    pause(4, 'the router advertises again'),
  ],
  shows: [{ capture: 'client.pcap', filter: 'icmpv6.type == 137' }],
  expect: found('nd-redirect-spoof', ['client.pcap'], ['ra-conflict']),
  notAsserted: 'Nothing beyond it.',
};

const twoUnderOne: Scenario = {
  ...SEGMENT6,
  name: 'link-ra-conflict',
  title: 'Two machines advertise themselves under one router address',
  about: "A script sends the router's own advertisement from another hardware address, in turn with the router.",
  twin: 'two-routers-equal',
  emulated: SCRIPT,
  steps: [
    radvd('rack', '2001:db8:1::/64'),
    pause(3, 'the router advertises'),
    actor('attacker', 'link.py', [
      'advertise',
      '--mac',
      OTHER_MAC,
      '--source',
      ROUTER,
      '--prefix',
      '2001:db8:1::',
      '--count',
      '4',
    ]),
  ],
  shows: [
    { capture: 'client.pcap', filter: `icmpv6.type == 134 and eth.src == ${OTHER_MAC}`, atLeast: 3 },
    { capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:01', atLeast: 3 },
  ],
  expect: [
    ...found('ra-conflict', ['client.pcap']),
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['ra-rogue-router'], mustNot: ['ra-conflict'] },
  ],
  notAsserted: 'That nd-spoof is silent.',
};

export const LINK_ATTACKS: readonly Scenario[] = [
  storm,
  missingGateway,
  gatewayThere,
  impersonated,
  evasion,
  redirect,
  twoUnderOne,
];
