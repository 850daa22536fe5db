/** Neighbour discovery, router advertisements and DHCPv6. */
import type { Expectation, Node, Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient6, ping } from '../verbs/clients.ts';
import { actor, actorStays } from '../verbs/faults.ts';
import { forwarding, inside, ip, pause } from '../verbs/network.ts';
import { dhcrelay, dnsmasq, radvd } from '../verbs/services.ts';

const RACK: Node = { on: 'sw', mac: '02:00:00:00:06:01', addresses: ['2001:db8:1::1/64'], ipv6: true };
const CLIENT: Node = { on: 'sw', mac: '02:00:00:00:06:02', ipv6: true };
const OTHER: Node = { on: 'sw', mac: '02:00:00:00:06:03', ipv6: true };
const LATE_CLIENT: Node = { ...CLIENT, down: true };

const PROFILE = {
  schema: 'rackwitness.profile/1',
  name: 'lab',
  dhcp: { servers: [{ name: 'rack1', addresses: ['fe80::ff:fe00:601'], macs: ['02:00:00:00:06:01'], duids: ['0002000092080102030405'], roles: ['dhcp'] }] },
  routers: [{ address: 'fe80::ff:fe00:601', macs: ['02:00:00:00:06:01'], prefixes: ['2001:db8:1::/64'] }],
} as const;

const ATTACKS: readonly string[] = ['nd-dad-conflict', 'nd-dad-denial', 'nd-spoof', 'ra-rogue-router', 'dhcpv6-rogue-server', 'dhcpv6-no-reply'];

function silent(files: readonly string[]): Expectation[] {
  return files.flatMap((file) => [false, true].map((profile) => ({ captures: [file], profile, verdict: 'nothing-found' as const, quiet: true, mustNot: ATTACKS })));
}

/** Waits until no address of a node is tentative: before that it neither answers nor asks. */
function settled(node: string): Step {
  return {
    tools: ['ip'],
    run: async (lab) => {
      await lab.until(`duplicate address detection on ${node}`, 10, async () => {
        const shown = await lab.run(null, ['ip', '-n', lab.ns(node), '-6', 'addr', 'show', 'dev', 'eth0'], { silent: true });
        return /inet6 fe80/.test(shown.stdout) && !/tentative/.test(shown.stdout);
      });
    },
  };
}

const up = (node: string): Step => ip(node, 'link set dev eth0 up');

const slaacClean: Scenario = {
  name: 'slaac-clean',
  title: 'A client gets its prefix from one router',
  about: 'radvd advertises a prefix and a resolver; the client does duplicate address detection for its addresses, asks for routers, and talks to the router.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: LATE_CLIENT },
  before: [forwarding('rack', 6), settled('rack')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [radvd('rack', '2001:db8:1::/64', 'RDNSS 2001:db8:1::53 { };'), up('client'), settled('client'), pause(3, 'the prefix arrives and its address is checked'), settled('client'), ping('client', '2001:db8:1::1')],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'icmpv6.type == 134' }, { capture: 'client.pcap', filter: 'icmpv6.type == 135 and ipv6.src == ::', atLeast: 2 }, { capture: 'client.pcap', filter: 'icmpv6.type == 136' }],
  expect: silent(['client.pcap', 'rack.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const twoRoutersEqual: Scenario = {
  name: 'two-routers-equal',
  title: 'Two routers advertise the same thing',
  about: 'A redundant pair: two radvd with equal prefix, flags and preference. Normal.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, second: { ...OTHER, addresses: ['2001:db8:1::2/64'] }, client: LATE_CLIENT },
  before: [forwarding('rack', 6), forwarding('second', 6), settled('rack'), settled('second')],
  captures: [at('client', 'sw', 'p-client')],
  steps: [radvd('rack', '2001:db8:1::/64'), radvd('second', '2001:db8:1::/64'), up('client'), settled('client'), pause(5, 'both advertise')],
  profile: { ...PROFILE, routers: [...PROFILE.routers, { address: 'fe80::ff:fe00:603', macs: ['02:00:00:00:06:03'], prefixes: ['2001:db8:1::/64'] }] },
  shows: [{ capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:01' }, { capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:03' }],
  expect: silent(['client.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const raRogue: Scenario = {
  name: 'ra-rogue-router',
  title: 'A second router advertises another prefix with a higher preference',
  about: 'The rack advertises 2001:db8:1::/64; another host advertises 2001:db8:bad::/64 with high preference, and the client makes it its default router.',
  twin: 'two-routers-equal',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: { ...OTHER, addresses: ['2001:db8:bad::1/64'] }, client: LATE_CLIENT },
  before: [forwarding('rack', 6), forwarding('rogue', 6), settled('rack'), settled('rogue')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [radvd('rack', '2001:db8:1::/64'), radvd('rogue', '2001:db8:bad::/64', 'AdvDefaultPreference high;'), up('client'), settled('client'), pause(5, 'both advertise')],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:01' }, { capture: 'client.pcap', filter: 'icmpv6.type == 134 and icmpv6.nd.ra.flag.prf == 1' }],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) => [false, true].map((profile) => ({ captures: [file], profile, verdict: 'fault' as const, must: ['ra-rogue-router'], mustNot: ['nd-spoof', 'nd-dad-conflict'] }))),
  notAsserted: 'Without a profile: which of the two routers is the rogue.',
};

const dadConflict: Scenario = {
  name: 'nd-dad-conflict',
  title: 'Duplicate address detection finds that the address is taken',
  about: 'A host has 2001:db8:1::100; another one tries to take it, asks first, is told by a neighbour advertisement, and gives it up.',
  twin: 'slaac-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: { ...CLIENT, addresses: ['2001:db8:1::100/64'] }, second: OTHER },
  before: [settled('rack'), settled('client'), settled('second')],
  captures: [at('client', 'client'), at('second', 'second')],
  steps: [
    ip('second', '-6 addr add 2001:db8:1::100/64 dev eth0'),
    {
      tools: ['ip'],
      run: async (lab) => {
        await lab.until('dadfailed', 10, async () => /dadfailed/.test((await lab.run(null, ['ip', '-n', lab.ns('second'), '-6', 'addr', 'show', 'dev', 'eth0'], { silent: true })).stdout));
      },
    },
  ],
  profile: PROFILE,
  shows: [{ capture: 'second.pcap', filter: 'icmpv6.type == 135 and ipv6.src == :: and icmpv6.nd.ns.target_address == 2001:db8:1::100' }, { capture: 'second.pcap', filter: 'icmpv6.type == 136 and icmpv6.nd.na.target_address == 2001:db8:1::100' }],
  expect: ['client.pcap', 'second.pcap'].flatMap((file) => [false, true].map((profile) => ({ captures: [file], profile, verdict: 'fault' as const, must: ['nd-dad-conflict'], mustNot: ['nd-dad-denial', 'nd-spoof', 'ra-rogue-router'] }))),
  notAsserted: 'Who should keep the address.',
};

const dadDenial: Scenario = {
  name: 'nd-dad-denial',
  title: 'An attacker answers every duplicate address detection: nobody gets an address',
  about: 'A client tries four addresses one after the other; for each one the attacker claims that it is taken, from one hardware address.',
  twin: 'slaac-clean',
  emulated: ['the attacker is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT, attacker: OTHER },
  before: [settled('rack'), settled('client'), settled('attacker')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [actorStays('attacker', 'nd.py', ['deny', '--mac', '02:00:00:00:06:03']), ...[1, 2, 3, 4].flatMap((last) => [ip('client', `-6 addr add 2001:db8:1::10${last}/64 dev eth0`), pause(1.2, 'detection takes up to one second')])],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:03', atLeast: 4 }, { capture: 'client.pcap', filter: 'icmpv6.type == 135 and ipv6.src == ::', atLeast: 4 }],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) => [false, true].map((profile) => ({ captures: [file], profile, verdict: 'fault' as const, must: ['nd-dad-denial'], mustNot: ['ra-rogue-router'] }))),
  notAsserted: 'Whether nd-dad-conflict is said of each target as well.',
};

const ndSpoof: Scenario = {
  name: 'nd-spoof',
  title: 'An attacker overrides the router\'s hardware address at one victim',
  about: 'Neighbour advertisements with the override flag, by unicast to the victim, claim the rack\'s address while the rack is alive and goes on answering.',
  twin: 'slaac-clean',
  emulated: ['the attacker is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: { ...CLIENT, addresses: ['2001:db8:1::100/64'] }, attacker: OTHER },
  before: [settled('rack'), settled('client'), settled('attacker')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [
    ping('client', '2001:db8:1::1'),
    actor('attacker', 'nd.py', ['spoof', '--mac', '02:00:00:00:06:03', '--claims', '2001:db8:1::1', '--victim-mac', '02:00:00:00:06:02', '--victim', '2001:db8:1::100']),
    ping('client', '2001:db8:1::1'),
    inside('client', ['ip', 'neigh', 'flush', 'all']),
    ping('client', '2001:db8:1::1'),
    actor('attacker', 'nd.py', ['spoof', '--mac', '02:00:00:00:06:03', '--claims', '2001:db8:1::1', '--victim-mac', '02:00:00:00:06:02', '--victim', '2001:db8:1::100']),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:03 and icmpv6.nd.na.flag.o == 1', atLeast: 3 },
    { capture: 'client.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:01', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:03', atMost: 0 },
  ],
  expect: [
    ...[false, true].map((profile) => ({ captures: ['client.pcap'], profile, verdict: 'fault' as const, must: ['nd-spoof'], mustNot: ['nd-dad-denial', 'nd-dad-conflict', 'ra-rogue-router'] })),
    ...silent(['rack.pcap']),
  ],
  notAsserted: 'Which of the two is the owner, without a profile.',
};

/** dnsmasq as DHCPv6 server with a fixed DUID (enterprise 37384, as in the profile). */
function dhcpv6(node: string, prefix: string, duid: string, args: readonly string[]): Step {
  return dnsmasq(node, ['--enable-ra', '--ra-param=eth0,4', `--dhcp-duid=37384,${duid}`, `--dhcp-range=${prefix}::100,${prefix}::1ff,64,10m`, ...args]);
}
const RACK_V6 = (node = 'rack'): Step => dhcpv6(node, '2001:db8:1', '01:02:03:04:05', ['--dhcp-option=option6:dns-server,[2001:db8:1::1]', '--dhcp-option=option6:59,tftp://[2001:db8:1::1]/bootx64.efi']);

const dhcpv6Clean: Scenario = {
  name: 'dhcpv6-clean',
  title: 'A client leases an address by DHCPv6',
  about: 'dnsmasq advertises itself with the managed flag; dhclient does SOLICIT, ADVERTISE, REQUEST, REPLY and gets an address, a resolver and a boot URL.',
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
  about: 'A second dnsmasq with another DUID advertises another address, itself as resolver and its own boot URL. Which of the two the client takes is chance.',
  twin: 'dhcpv6-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: { ...OTHER, addresses: ['2001:db8:1::66/64'] }, client: CLIENT },
  before: [settled('rack'), settled('rogue'), settled('client')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [
    RACK_V6(),
    dnsmasq('rogue', ['--dhcp-duid=37384,66:66:66:66:66', '--dhcp-range=2001:db8:1::600,2001:db8:1::6ff,64,10m', '--dhcp-option=option6:dns-server,[2001:db8:1::66]', '--dhcp-option=option6:59,tftp://[2001:db8:1::66]/evil.efi']),
    dhclient6('client'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'dhcpv6.msgtype == 2 and eth.src == 02:00:00:00:06:03' }, { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 2 and eth.src == 02:00:00:00:06:01' }],
  expect: [
    { captures: ['rack.pcap'], profile: true, mustNot: ['dhcpv6-no-reply', 'ra-rogue-router', 'nd-spoof'] },
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['dhcpv6-rogue-server'], mustNot: ['dhcpv6-no-reply', 'ra-rogue-router', 'nd-spoof'] },
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
  steps: [radvd('rack', '2001:db8:1::/64', 'AdvManagedFlag on;', 'AdvOnLink on; AdvAutonomous off;'), dhclient6('client', 'none', 16)],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'dhcpv6.msgtype == 1', atLeast: 3 }, { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 2', atMost: 0 }],
  expect: [false, true].map((profile) => ({ captures: ['client.pcap'], profile, verdict: 'fault' as const, must: ['dhcpv6-no-reply'], mustNot: ['dhcpv6-rogue-server', 'ra-rogue-router', 'nd-spoof'] })),
  notAsserted: 'Why nobody answers.',
};

const dhcpv6Relayed: Scenario = {
  name: 'dhcpv6-relayed',
  title: 'A relayed DHCPv6 lease, seen on both sides of the relay',
  about: 'ISC dhcrelay wraps each message into RELAY-FORW and unwraps the RELAY-REPL; the client sees the relay\'s link-local address, which is no server.',
  twin: 'dhcpv6-clean',
  switches: { sw: 'bridge', core: 'bridge' },
  nodes: { relay: { ipv6: true }, client: CLIENT, rack: { ...RACK, on: 'core', addresses: ['2001:db8:2::2/64'] } },
  links: [
    { a: ['relay', 'eth0'], b: ['sw', 'p-relay'], bridged: true, mac: '02:00:00:00:06:11', addresses: ['2001:db8:1::1/64'] },
    { a: ['relay', 'eth1'], b: ['core', 'p-relay'], bridged: true, mac: '02:00:00:00:06:12', addresses: ['2001:db8:2::1/64'] },
  ],
  before: [forwarding('relay', 6), settled('relay'), settled('client'), settled('rack'), inside('rack', ['ip', '-6', 'route', 'add', 'default', 'via', '2001:db8:2::1'])],
  captures: [at('client', 'client'), at('rack', 'rack'), at('relay-any', 'relay', 'any', { filter: 'udp' })],
  steps: [
    dnsmasq('rack', ['--dhcp-duid=37384,01:02:03:04:05', '--dhcp-range=2001:db8:1::100,2001:db8:1::1ff,64,10m', '--dhcp-option=option6:dns-server,[2001:db8:2::2]']),
    dhcrelay('relay', ['-6', '-l', 'eth0', '-u', '2001:db8:2::2%eth1']),
    pause(1, 'the relay joins its multicast group'),
    dhclient6('client'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'rack.pcap', filter: 'dhcpv6.msgtype == 12' }, { capture: 'rack.pcap', filter: 'dhcpv6.msgtype == 13' }, { capture: 'client.pcap', filter: 'dhcpv6.msgtype == 7' }],
  expect: silent(['client.pcap', 'rack.pcap', 'relay-any.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

export const IPV6: readonly Scenario[] = [slaacClean, twoRoutersEqual, raRogue, dadConflict, dadDenial, ndSpoof, dhcpv6Clean, dhcpv6Rogue, dhcpv6NoReply, dhcpv6Relayed];
