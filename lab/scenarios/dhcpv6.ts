/** DHCPv6 with dnsmasq, dhclient and dhcrelay. */
import type { Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient6, ping } from '../verbs/clients.ts';
import { forwarding, inside, pause } from '../verbs/network.ts';
import { dhcrelay, dnsmasq, radvd } from '../verbs/services.ts';
import { CLIENT, OTHER, PROFILE, RACK, settled, silent } from './ipv6-segment.ts';

/** dnsmasq as DHCPv6 server with a fixed DUID (enterprise 37384, as in the profile). */
function dhcpv6(node: string, prefix: string, duid: string, args: readonly string[]): Step {
  return dnsmasq(node, [
    '--enable-ra',
    '--ra-param=eth0,4',
    `--dhcp-duid=37384,${duid}`,
    `--dhcp-range=${prefix}::100,${prefix}::1ff,64,10m`,
    ...args,
  ]);
}

const RACK_V6 = (node = 'rack'): Step =>
  dhcpv6(node, '2001:db8:1', '01:02:03:04:05', [
    '--dhcp-option=option6:dns-server,[2001:db8:1::1]',
    '--dhcp-option=option6:59,tftp://[2001:db8:1::1]/bootx64.efi',
  ]);

const dhcpv6Clean: Scenario = {
  name: 'dhcpv6-clean',
  title: 'A client leases an address by DHCPv6',
  about:
    'dnsmasq advertises itself with the managed flag; dhclient does SOLICIT, ADVERTISE, REQUEST, REPLY and gets an address, a resolver and a boot URL.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT },
  before: [settled('rack'), settled('client')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [RACK_V6(), dhclient6('client')],
  profile: PROFILE,
  shows: [1, 2, 3, 7].map((type) => ({ capture: 'client.pcap', filter: `dhcpv6.msgtype == ${type}` })),
  expect: silent(['client.pcap', 'rack.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const dhcpv6Rogue: Scenario = {
  name: 'dhcpv6-rogue-server',
  title: 'A rogue DHCPv6 server beside the rack',
  about:
    'A second dnsmasq with another DUID advertises another address, itself as resolver and its own boot URL. Which of the two the client takes is chance.',
  twin: 'dhcpv6-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: { ...OTHER, addresses: ['2001:db8:1::66/64'] }, client: CLIENT },
  before: [settled('rack'), settled('rogue'), settled('client')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [
    RACK_V6(),
    dnsmasq('rogue', [
      '--dhcp-duid=37384,66:66:66:66:66',
      '--dhcp-range=2001:db8:1::600,2001:db8:1::6ff,64,10m',
      '--dhcp-option=option6:dns-server,[2001:db8:1::66]',
      '--dhcp-option=option6:59,tftp://[2001:db8:1::66]/evil.efi',
    ]),
    dhclient6('client'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 2 and eth.src == 02:00:00:00:06:03' },
    { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 2 and eth.src == 02:00:00:00:06:01' },
  ],
  expect: [
    { captures: ['rack.pcap'], profile: true, mustNot: ['dhcpv6-no-reply', 'ra-rogue-router', 'nd-spoof'] },
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcpv6-rogue-server'],
      mustNot: ['dhcpv6-no-reply', 'ra-rogue-router', 'nd-spoof'],
    },
    { captures: ['client.pcap'], mustNot: ['dhcpv6-no-reply', 'ra-rogue-router', 'nd-spoof'] },
    { captures: ['rack.pcap'], mustNot: ['dhcpv6-no-reply', 'ra-rogue-router', 'nd-spoof'] },
  ],
  notAsserted: 'Without a profile: that the servers are called rogue, or which of them is.',
};

const dhcpv6NoReply: Scenario = {
  name: 'dhcpv6-no-reply',
  title: 'A client solicits, and no DHCPv6 server answers',
  about: 'The router says "managed" in its advertisements, but nobody serves DHCPv6: dhclient repeats its SOLICIT.',
  twin: 'dhcpv6-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT },
  before: [forwarding('rack', 6), settled('rack'), settled('client')],
  captures: [at('client', 'client')],
  steps: [
    radvd('rack', '2001:db8:1::/64', 'AdvManagedFlag on;', 'AdvOnLink on; AdvAutonomous off;'),
    // Unicast to the client passes here, so an ADVERTISE would have been seen.
    ping('client', 'fe80::ff:fe00:601%eth0'),
    dhclient6('client', 'none', 16),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 1', atLeast: 3 },
    { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 2', atMost: 0 },
  ],
  expect: [false, true].map((profile) => ({
    captures: ['client.pcap'],
    profile,
    verdict: 'fault' as const,
    must: ['dhcpv6-no-reply'],
    mustNot: ['dhcpv6-rogue-server', 'ra-rogue-router', 'nd-spoof'],
  })),
  notAsserted: 'Why nobody answers.',
};

const dhcpv6Relayed: Scenario = {
  name: 'dhcpv6-relayed',
  title: 'A relayed DHCPv6 lease, seen on both sides of the relay',
  about:
    "ISC dhcrelay wraps each message into RELAY-FORW and unwraps the RELAY-REPL; the client sees the relay's link-local address, which is no server.",
  twin: 'dhcpv6-clean',
  switches: { sw: 'bridge', core: 'bridge' },
  nodes: { relay: { ipv6: true }, client: CLIENT, rack: { ...RACK, on: 'core', addresses: ['2001:db8:2::2/64'] } },
  links: [
    {
      a: ['relay', 'eth0'],
      b: ['sw', 'p-relay'],
      bridged: true,
      mac: '02:00:00:00:06:11',
      addresses: ['2001:db8:1::1/64'],
    },
    {
      a: ['relay', 'eth1'],
      b: ['core', 'p-relay'],
      bridged: true,
      mac: '02:00:00:00:06:12',
      addresses: ['2001:db8:2::1/64'],
    },
  ],
  before: [
    forwarding('relay', 6),
    settled('relay'),
    settled('client'),
    settled('rack'),
    inside('rack', ['ip', '-6', 'route', 'add', 'default', 'via', '2001:db8:2::1']),
  ],
  captures: [at('client', 'client'), at('rack', 'rack'), at('relay-any', 'relay', 'any', { filter: 'udp' })],
  steps: [
    dnsmasq('rack', [
      '--dhcp-duid=37384,01:02:03:04:05',
      '--dhcp-range=2001:db8:1::100,2001:db8:1::1ff,64,10m',
      '--dhcp-option=option6:dns-server,[2001:db8:2::2]',
    ]),
    dhcrelay('relay', ['-6', '-l', 'eth0', '-u', '2001:db8:2::2%eth1']),
    pause(1, 'the relay joins its multicast group'),
    dhclient6('client'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'rack.pcap', filter: 'dhcpv6.msgtype == 12' },
    { capture: 'rack.pcap', filter: 'dhcpv6.msgtype == 13' },
    { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 7' },
  ],
  expect: [
    ...silent(['client.pcap', 'rack.pcap', 'relay-any.pcap']),
    // The same messages in their envelopes and out of them: nothing is lost, and nothing is double.
    ...[false, true].map((profile) => ({
      captures: ['client.pcap', 'rack.pcap'],
      profile,
      quiet: true,
      mustNot: ['dhcpv6-rogue-server', 'dhcpv6-no-reply'],
    })),
  ],
  notAsserted: 'Nothing beyond silence.',
};

export const DHCPV6: readonly Scenario[] = [dhcpv6Clean, dhcpv6Rogue, dhcpv6NoReply, dhcpv6Relayed];
