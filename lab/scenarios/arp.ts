/** ARP: lies, conflicts, and the handovers that look like them. */
import type { Expectation, Node, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { ping } from '../verbs/clients.ts';
import { actor } from '../verbs/faults.ts';
import { inside, ip, pause, stop, waitLog } from '../verbs/network.ts';
import { keepalived } from '../verbs/services.ts';
import { BYSTANDER } from './segment.ts';

const GATEWAY: Node = { on: 'sw', mac: '02:16:3e:00:00:01', addresses: ['198.51.100.1/24'] };
const VICTIM: Node = { on: 'sw', mac: '52:54:00:dd:00:01', addresses: ['198.51.100.100/24'] };
const ATTACKER: Node = { on: 'sw', mac: '02:ba:d0:00:00:66', addresses: ['198.51.100.66/24'] };
const PROFILE = {
  schema: 'rackwitness.profile/1',
  name: 'lab',
  gateways: [{ address: '198.51.100.1', macs: ['02:16:3e:00:00:01'] }],
} as const;
const QUIET: readonly string[] = ['arp-spoof', 'arp-conflict', 'dhcp-duplicate-address'];

function silent(files: readonly string[], more: Partial<Expectation> = {}): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: QUIET,
      ...more,
    })),
  );
}

const arpClean: Scenario = {
  name: 'arp-clean',
  title: 'Two hosts resolve each other',
  about: 'Requests, replies, a gratuitous announcement and the refresh of a known neighbour: ordinary ARP.',
  switches: { sw: 'bridge' },
  nodes: { gateway: GATEWAY, client: VICTIM, attacker: ATTACKER },
  captures: [at('client', 'client'), at('gateway', 'gateway')],
  steps: [
    ping('client', '198.51.100.1'),
    inside('client', ['arping', '-U', '-c', '2', '-I', 'eth0', '198.51.100.100'], { mayFail: true }),
    ping('attacker', '198.51.100.100'),
    pause(5, 'the kernel refreshes its neighbours by unicast after a delay of five seconds'),
    ping('gateway', '198.51.100.100'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'arp.opcode == 2' },
    { capture: 'client.pcap', filter: 'arp.isgratuitous' },
  ],
  expect: silent(['client.pcap', 'gateway.pcap']),
  notAsserted: 'Nothing beyond silence.',
};

const arpSpoof: Scenario = {
  name: 'arp-spoof',
  title: 'An attacker tells one victim by unicast that the gateway is at its own hardware address',
  about:
    "The victim talks to the gateway; the attacker sends it unsolicited replies that claim the gateway's address; the victim's traffic goes to the attacker, while the real gateway still answers.",
  twin: 'arp-clean',
  emulated: ['the attacker is a script'],
  switches: { sw: 'bridge' },
  nodes: { gateway: GATEWAY, client: VICTIM, attacker: ATTACKER },
  captures: [at('client', 'client'), at('gateway', 'gateway'), at('attacker-port', 'sw', 'p-attacker')],
  steps: [
    // The attacker has an address of its own and is seen with it: no second interface of the gateway.
    ping('attacker', '198.51.100.100'),
    ping('client', '198.51.100.1'),
    actor('attacker', 'arp.py', [
      'spoof',
      '--mac',
      '02:ba:d0:00:00:66',
      '--claims',
      '198.51.100.1',
      '--victim-mac',
      '52:54:00:dd:00:01',
      '--victim',
      '198.51.100.100',
    ]),
    ping('client', '198.51.100.1'),
    inside('gateway', ['ip', 'neigh', 'flush', 'all']),
    ping('gateway', '198.51.100.100'),
    actor('attacker', 'arp.py', [
      'spoof',
      '--mac',
      '02:ba:d0:00:00:66',
      '--claims',
      '198.51.100.1',
      '--victim-mac',
      '52:54:00:dd:00:01',
      '--victim',
      '198.51.100.100',
      '--count',
      '2',
    ]),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter: 'arp.opcode == 2 and arp.src.proto_ipv4 == 198.51.100.1 and arp.src.hw_mac == 02:ba:d0:00:00:66',
      atLeast: 4,
    },
    {
      capture: 'client.pcap',
      filter: 'arp.src.proto_ipv4 == 198.51.100.1 and arp.src.hw_mac == 02:16:3e:00:00:01',
      atLeast: 2,
    },
    {
      capture: 'gateway.pcap',
      filter: 'arp.src.hw_mac == 02:ba:d0:00:00:66 and arp.src.proto_ipv4 == 198.51.100.1',
      atMost: 0,
    },
  ],
  expect: [
    { captures: ['client.pcap'], verdict: 'fault', must: ['arp-spoof'], mustNot: ['address-moved'] },
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['arp-spoof'], mustNot: ['address-moved'] },
    { captures: ['attacker-port.pcap'], profile: true, must: ['arp-spoof'] },
    ...silent(['gateway.pcap']),
  ],
  notAsserted: "At the attacker's port without a profile: whose address it is.",
};

const arpConflict: Scenario = {
  name: 'arp-conflict',
  title: 'Two hosts have one address by hand',
  about: 'Both answer every request for 198.51.100.100, with their own hardware addresses, again and again.',
  twin: 'arp-clean',
  switches: { sw: 'bridge' },
  nodes: { gateway: GATEWAY, client: VICTIM, other: { ...VICTIM, mac: '52:54:00:dd:00:02' } },
  captures: [at('gateway', 'gateway'), at('client', 'client')],
  steps: [1, 2, 3].flatMap(() => [
    inside('gateway', ['ip', 'neigh', 'flush', 'all']),
    ping('gateway', '198.51.100.100'),
    inside('client', ['ip', 'neigh', 'flush', 'all']),
    ping('client', '198.51.100.1', 1),
    inside('other', ['ip', 'neigh', 'flush', 'all']),
    ping('other', '198.51.100.1', 1),
  ]),
  profile: PROFILE,
  shows: [
    { capture: 'gateway.pcap', filter: 'arp.opcode == 2 and arp.src.hw_mac == 52:54:00:dd:00:01', atLeast: 2 },
    { capture: 'gateway.pcap', filter: 'arp.opcode == 2 and arp.src.hw_mac == 52:54:00:dd:00:02', atLeast: 2 },
  ],
  expect: [false, true].flatMap((profile) => [
    { captures: ['gateway.pcap'], profile, verdict: 'fault' as const, must: ['arp-conflict'] },
    { captures: ['client.pcap'], profile, must: ['arp-conflict'] },
  ]),
  notAsserted: 'That it is no spoof: two answers with two addresses look alike.',
};

const keepalivedTakeover: Scenario = {
  name: 'keepalived-takeover',
  title: 'A virtual address moves to the backup when the master dies',
  about:
    'Two keepalived nodes without a virtual MAC; the master is killed, the backup announces 198.51.100.10 with its own hardware address by gratuitous ARP, and the master is silent for good.',
  switches: { sw: 'bridge' },
  nodes: {
    one: { on: 'sw', mac: '02:16:3e:00:00:11', addresses: ['198.51.100.11/24'] },
    two: { on: 'sw', mac: '02:16:3e:00:00:12', addresses: ['198.51.100.12/24'] },
    host: BYSTANDER,
  },
  captures: [at('host', 'host')],
  steps: [
    keepalived('one', 150, '198.51.100.10/24'),
    waitLog('keepalived-one', /Entering MASTER STATE/, 15),
    keepalived('two', 100, '198.51.100.10/24'),
    ping('host', '198.51.100.10'),
    pause(6, 'keepalived repeats its announcements after five seconds'),
    // The cable is pulled, so that the old master says nothing more, not even a farewell.
    ip('one', 'link set dev eth0 down'),
    stop('keepalived-one', 'SIGKILL'),
    waitLog('keepalived-two', /Entering MASTER STATE/, 15),
    pause(1, "the new master's announcements"),
    ping('host', '198.51.100.10'),
    pause(5, 'keepalived repeats its announcements after five seconds'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'host.pcap', filter: 'arp.isgratuitous and arp.src.hw_mac == 02:16:3e:00:00:11' },
    { capture: 'host.pcap', filter: 'arp.isgratuitous and arp.src.hw_mac == 02:16:3e:00:00:12' },
    { capture: 'host.pcap', filter: 'vrrp', atLeast: 4 },
    { capture: 'host.pcap', filter: 'icmp.type == 0', atLeast: 3 },
  ],
  expect: silent(['host.pcap']),
  notAsserted: 'That address-moved (info) is said, or that VRRP excuses it.',
};

const addressMoved: Scenario = {
  name: 'address-moved',
  title: 'An address moves to another host for good, as in a migration',
  about:
    'The first host is unplugged, the second takes its address and announces it. The first never speaks again: a handover, no conflict.',
  switches: { sw: 'bridge' },
  nodes: { first: VICTIM, second: { on: 'sw', mac: '52:54:00:dd:00:02' }, gateway: GATEWAY },
  captures: [at('gateway', 'gateway')],
  steps: [
    ping('first', '198.51.100.1'),
    ip('first', 'link set dev eth0 down'),
    ip('second', 'addr add 198.51.100.100/24 dev eth0'),
    inside('second', ['arping', '-U', '-c', '2', '-I', 'eth0', '198.51.100.100'], { mayFail: true }),
    ping('second', '198.51.100.1'),
    ping('gateway', '198.51.100.100'),
    pause(8, 'the former host stays silent'),
    ping('second', '198.51.100.1'),
    inside('gateway', ['ip', 'neigh', 'flush', 'all']),
    ping('gateway', '198.51.100.100'),
    pause(24, 'the former host stays silent for good'),
    ping('second', '198.51.100.1'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'gateway.pcap', filter: 'arp.src.hw_mac == 52:54:00:dd:00:01' },
    { capture: 'gateway.pcap', filter: 'arp.src.hw_mac == 52:54:00:dd:00:02 and arp.isgratuitous' },
  ],
  expect: silent(['gateway.pcap'], { must: ['address-moved'], verdict: undefined }),
  notAsserted: 'Whether an info finding makes the verdict anything but nothing-found.',
};

export const ARP: readonly Scenario[] = [arpClean, arpSpoof, arpConflict, keepalivedTakeover, addressMoved];
