/** Neighbour discovery and router advertisements. */
import type { Node, Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { ping } from '../verbs/clients.ts';
import { actor, actorStays } from '../verbs/faults.ts';
import { forwarding, inside, ip, pause } from '../verbs/network.ts';
import { radvd } from '../verbs/services.ts';
import { CLIENT, OTHER, PROFILE, RACK, settled, silent } from './ipv6-segment.ts';

const LATE_CLIENT: Node = { ...CLIENT, down: true };

const up = (node: string): Step => ip(node, 'link set dev eth0 up');

const slaacClean: Scenario = {
  name: 'slaac-clean',
  title: 'A client gets its prefix from one router',
  about:
    'radvd advertises a prefix and a resolver; the client does duplicate address detection for its addresses, asks for routers, and talks to the router.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: LATE_CLIENT },
  before: [forwarding('rack', 6), settled('rack')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    radvd('rack', '2001:db8:1::/64', 'RDNSS 2001:db8:1::53 { };'),
    up('client'),
    settled('client'),
    pause(3, 'the prefix arrives and its address is checked'),
    settled('client'),
    ping('client', '2001:db8:1::1'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 134' },
    { capture: 'client.pcap', filter: 'icmpv6.type == 135 and ipv6.src == ::', atLeast: 2 },
    { capture: 'client.pcap', filter: 'icmpv6.type == 136' },
  ],
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
  steps: [
    radvd('rack', '2001:db8:1::/64'),
    radvd('second', '2001:db8:1::/64'),
    up('client'),
    settled('client'),
    pause(5, 'both advertise'),
  ],
  profile: {
    ...PROFILE,
    routers: [
      ...PROFILE.routers,
      { address: 'fe80::ff:fe00:603', macs: ['02:00:00:00:06:03'], prefixes: ['2001:db8:1::/64'] },
    ],
  },
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:01' },
    { capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:03' },
  ],
  expect: silent(['client.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const raRogue: Scenario = {
  name: 'ra-rogue-router',
  title: 'A second router advertises another prefix with a higher preference',
  about:
    'The rack advertises 2001:db8:1::/64; another host advertises 2001:db8:bad::/64 with high preference, and the client makes it its default router.',
  twin: 'two-routers-equal',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: { ...OTHER, addresses: ['2001:db8:bad::1/64'] }, client: LATE_CLIENT },
  before: [forwarding('rack', 6), forwarding('rogue', 6), settled('rack'), settled('rogue')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    radvd('rack', '2001:db8:1::/64'),
    radvd('rogue', '2001:db8:bad::/64', 'AdvDefaultPreference high;'),
    up('client'),
    settled('client'),
    pause(5, 'both advertise'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 134 and eth.src == 02:00:00:00:06:01' },
    { capture: 'client.pcap', filter: 'icmpv6.type == 134 and icmpv6.nd.ra.flag.prf == 1' },
  ],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'fault' as const,
      must: ['ra-rogue-router'],
      mustNot: ['nd-spoof', 'nd-dad-conflict'],
    })),
  ),
  notAsserted: 'Without a profile: which of the two routers is the rogue.',
};

const dadConflict: Scenario = {
  name: 'nd-dad-conflict',
  title: 'Duplicate address detection finds that the address is taken',
  about:
    'A host has 2001:db8:1::100; another one tries to take it, asks first, is told by a neighbour advertisement, and gives it up.',
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
        await lab.until('dadfailed', 10, async () =>
          /dadfailed/.test(
            (await lab.run(null, ['ip', '-n', lab.ns('second'), '-6', 'addr', 'show', 'dev', 'eth0'], { silent: true }))
              .stdout,
          ),
        );
      },
    },
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'second.pcap',
      filter: 'icmpv6.type == 135 and ipv6.src == :: and icmpv6.nd.ns.target_address == 2001:db8:1::100',
    },
    { capture: 'second.pcap', filter: 'icmpv6.type == 136 and icmpv6.nd.na.target_address == 2001:db8:1::100' },
  ],
  expect: ['client.pcap', 'second.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'fault' as const,
      must: ['nd-dad-conflict'],
      mustNot: ['nd-dad-denial', 'nd-spoof', 'ra-rogue-router'],
    })),
  ),
  notAsserted: 'Who should keep the address.',
};

const dadDenial: Scenario = {
  name: 'nd-dad-denial',
  title: 'An attacker answers every duplicate address detection: nobody gets an address',
  about:
    'A client tries four addresses one after the other; for each one the attacker claims that it is taken, from one hardware address.',
  twin: 'slaac-clean',
  emulated: ['the attacker is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: CLIENT, attacker: OTHER },
  before: [settled('rack'), settled('client'), settled('attacker')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [
    actorStays('attacker', 'nd.py', ['deny', '--mac', '02:00:00:00:06:03']),
    ...[1, 2, 3, 4].flatMap((last) => [
      ip('client', `-6 addr add 2001:db8:1::10${last}/64 dev eth0`),
      pause(1.2, 'detection takes up to one second'),
    ]),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:03', atLeast: 4 },
    { capture: 'client.pcap', filter: 'icmpv6.type == 135 and ipv6.src == ::', atLeast: 4 },
  ],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'fault' as const,
      must: ['nd-dad-denial'],
      mustNot: ['ra-rogue-router'],
    })),
  ),
  notAsserted: 'Whether nd-dad-conflict is said of each target as well.',
};

const ndSpoof: Scenario = {
  name: 'nd-spoof',
  title: "An attacker overrides the router's hardware address at one victim",
  about:
    "Neighbour advertisements with the override flag, by unicast to the victim, claim the rack's address while the rack is alive and goes on answering.",
  twin: 'slaac-clean',
  emulated: ['the attacker is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: { ...CLIENT, addresses: ['2001:db8:1::100/64'] }, attacker: OTHER },
  before: [settled('rack'), settled('client'), settled('attacker')],
  captures: [at('client', 'client'), at('rack', 'rack')],
  steps: [
    ping('client', '2001:db8:1::1'),
    actor('attacker', 'nd.py', [
      'spoof',
      '--mac',
      '02:00:00:00:06:03',
      '--claims',
      '2001:db8:1::1',
      '--victim-mac',
      '02:00:00:00:06:02',
      '--victim',
      '2001:db8:1::100',
    ]),
    ping('client', '2001:db8:1::1'),
    inside('client', ['ip', 'neigh', 'flush', 'all']),
    ping('client', '2001:db8:1::1'),
    actor('attacker', 'nd.py', [
      'spoof',
      '--mac',
      '02:00:00:00:06:03',
      '--claims',
      '2001:db8:1::1',
      '--victim-mac',
      '02:00:00:00:06:02',
      '--victim',
      '2001:db8:1::100',
    ]),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:03 and icmpv6.nd.na.flag.o == 1',
      atLeast: 3,
    },
    { capture: 'client.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:01', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'icmpv6.type == 136 and eth.src == 02:00:00:00:06:03', atMost: 0 },
  ],
  expect: [
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['nd-spoof'],
      mustNot: ['nd-dad-denial', 'nd-dad-conflict', 'ra-rogue-router'],
    })),
    ...silent(['rack.pcap']),
  ],
  notAsserted: 'Which of the two is the owner, without a profile.',
};

export const ND: readonly Scenario[] = [slaacClean, twoRoutersEqual, raRogue, dadConflict, dadDenial, ndSpoof];
