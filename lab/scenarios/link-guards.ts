/** Switches that inspect ARP and neighbour discovery: filter rules do what their guards do. */
import type { Expectation, Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { ping, udhcpc } from '../verbs/clients.ts';
import { filter } from '../verbs/faults.ts';
import { forwarding, inside, ip, pause } from '../verbs/network.ts';
import { dhcpd, radvd } from '../verbs/services.ts';
import { BYSTANDER, client, PROFILE, RACK, RACK_DHCP } from './segment.ts';
import { healthy, log, quietBeside, SAID, says, told } from './switch-words.ts';
import { CLIENT, PROFILE as PROFILE6, RACK as RACK6, settled } from './ipv6-segment.ts';

const EMULATED: readonly string[] = ['a filter rule in the bridge does what the guard of a switch does'];
const GUARDS: readonly string[] = ['arp-inspection-drop', 'arp-probe-dropped', 'nd-inspection-drop', 'ra-guard-drop'];

const BOTH: readonly string[] = ['client.pcap', 'rack.pcap'];
const EVERY: readonly (readonly string[])[] = [BOTH, ['client.pcap'], ['rack.pcap']];

/** What both captures together must show, and each alone must not. */
function together(id: string, files: readonly string[], alone: Partial<Expectation> = {}): Expectation[] {
  return [
    ...[false, true].map((profile) => ({
      captures: files,
      profile,
      verdict: 'fault' as const,
      must: [id],
      mustNot: GUARDS.filter((other) => other !== id),
    })),
    ...files.map((file) => ({ captures: [file], mustNot: GUARDS, ...alone })),
  ];
}

function silent(files: readonly string[]): Expectation[] {
  return [files, ...files.map((file) => [file])].flatMap((captures) =>
    [false, true].map((profile) => ({ captures, profile, quiet: true, mustNot: GUARDS })),
  );
}

/** A machine with a fixed address talks to the rack; the rack is heard by all. */
const TALK: readonly Step[] = [
  ping('rack', '198.51.100.99'),
  ping('client', '198.51.100.2', 14),
  inside('rack', ['ip', 'neigh', 'flush', 'all']),
  ping('rack', '198.51.100.99'),
  ping('client', '198.51.100.2', 4),
  inside('rack', ['arping', '-U', '-c', '1', '-I', 'eth0', '198.51.100.2'], { mayFail: true }),
  pause(2, 'nothing more comes'),
];
const SEGMENT = {
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, host: BYSTANDER, client: client(1, { addresses: ['198.51.100.50/24'] }) },
  captures: [at('client', 'client'), at('rack', 'rack')],
  profile: PROFILE,
} as const;

const inspection: Scenario = {
  ...SEGMENT,
  name: 'link-arp-inspection',
  title: 'A switch drops the ARP of a machine with a fixed address',
  about: 'The machine asks for the rack and its requests end at the switch; what the rack says to all comes through.',
  twin: 'link-arp-passes',
  emulated: EMULATED,
  before: [filter('sw', ['iifname "p-client" ether type arp counter drop'])],
  steps: TALK,
  shows: [
    { capture: 'client.pcap', filter: 'arp.src.hw_mac == 52:54:00:bb:00:01', atLeast: 3 },
    { capture: 'rack.pcap', filter: 'arp.src.hw_mac == 52:54:00:bb:00:01', atMost: 0 },
  ],
  switchLogs: [log(says('client.pcap', 'arp.opcode == 1 and eth.src == 52:54:00:bb:00:01', SAID.arp))],
  expect: [
    ...told('arp-inspection-drop', EVERY, ['switch.log'], {
      mustNot: GUARDS.filter((other) => other !== 'arp-inspection-drop'),
    }),
    ...together('arp-inspection-drop', ['client.pcap', 'rack.pcap']),
  ],
  notAsserted: 'One capture alone: nothing to the machine is seen there, so that its silence proves nothing.',
};

const passes: Scenario = {
  ...SEGMENT,
  name: 'link-arp-passes',
  title: 'A switch lets the ARP of a machine with a fixed address pass',
  about: 'The same network without the rule.',
  steps: TALK,
  shows: [{ capture: 'rack.pcap', filter: 'arp.src.hw_mac == 52:54:00:bb:00:01' }],
  switchLogs: [healthy('client.pcap')],
  expect: [...silent(BOTH), ...quietBeside(EVERY, ['switch.log'])],
  notAsserted: 'Nothing beyond silence.',
};

const PROBES: readonly Step[] = [
  dhcpd('rack', RACK_DHCP),
  udhcpc('client'),
  inside('client', ['arping', '-D', '-c', '3', '-w', '4', '-I', 'eth0', '198.51.100.100'], { mayFail: true }),
  ping('client', '198.51.100.2'),
  inside('client', ['arping', '-U', '-c', '2', '-I', 'eth0', '198.51.100.100'], { mayFail: true }),
  pause(1, 'nothing more comes'),
];
const PROBED = { ...SEGMENT, nodes: { rack: RACK, client: client(1) } } as const;

const probe: Scenario = {
  ...PROBED,
  name: 'link-arp-probe-dropped',
  title: 'A switch takes ARP probes for invalid and drops them',
  about:
    'The machine checks its new address by ARP with sender 0.0.0.0; the probes end at the switch, its other ARP does not.',
  twin: 'link-arp-probe-passes',
  emulated: EMULATED,
  before: [filter('sw', ['iifname "p-client" ether type arp arp saddr ip 0.0.0.0 counter drop'])],
  steps: PROBES,
  shows: [
    { capture: 'client.pcap', filter: 'arp.src.proto_ipv4 == 0.0.0.0', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'arp.src.proto_ipv4 == 0.0.0.0', atMost: 0 },
    { capture: 'rack.pcap', filter: 'arp.src.hw_mac == 52:54:00:bb:00:01' },
  ],
  switchLogs: [log(says('client.pcap', 'arp.opcode == 1 and arp.src.proto_ipv4 == 0.0.0.0', SAID.probe))],
  expect: [
    ...told('arp-probe-dropped', EVERY, ['switch.log'], {
      mustNot: GUARDS.filter((other) => other !== 'arp-probe-dropped'),
    }),
    ...together('arp-probe-dropped', ['client.pcap', 'rack.pcap'], { quiet: true }),
  ],
  notAsserted: 'Nothing beyond it.',
};

const probePasses: Scenario = {
  ...PROBED,
  name: 'link-arp-probe-passes',
  title: 'A machine checks its new address by ARP and nobody objects',
  about: 'The same network without the rule.',
  steps: PROBES,
  shows: [{ capture: 'rack.pcap', filter: 'arp.src.proto_ipv4 == 0.0.0.0', atLeast: 2 }],
  switchLogs: [healthy('client.pcap')],
  expect: [...silent(BOTH), ...quietBeside(EVERY, ['switch.log'])],
  notAsserted: 'Nothing beyond silence.',
};

const SEGMENT6 = {
  switches: { sw: 'bridge' },
  nodes: { rack: RACK6, client: { ...CLIENT, down: true } },
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  profile: PROFILE6,
} as const;
const BOOT6: readonly Step[] = [
  radvd('rack', '2001:db8:1::/64'),
  ip('client', 'link set dev eth0 up'),
  settled('client'),
  pause(4, 'the prefix arrives'),
  ping('client', '2001:db8:1::1', 4),
  pause(10, 'advertisements go on'),
];

const ndInspection: Scenario = {
  ...SEGMENT6,
  name: 'link-nd-inspection',
  title: 'A switch drops the neighbour discovery of a machine',
  about: 'Solicitations and advertisements of the machine end at the switch; it hears the router and cannot reach it.',
  twin: 'link-nd-passes',
  emulated: EMULATED,
  before: [
    forwarding('rack', 6),
    settled('rack'),
    filter('sw', ['iifname "p-client" icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } counter drop']),
  ],
  steps: BOOT6,
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 135 and eth.src == 02:00:00:00:06:02', atLeast: 3 },
    { capture: 'rack.pcap', filter: 'icmpv6.type == 135 and eth.src == 02:00:00:00:06:02', atMost: 0 },
  ],
  switchLogs: [log(says('client.pcap', 'icmpv6.type == 135 and eth.src == 02:00:00:00:06:02', SAID.nd))],
  expect: [
    ...told('nd-inspection-drop', EVERY, ['switch.log'], {
      mustNot: GUARDS.filter((other) => other !== 'nd-inspection-drop'),
    }),
    ...together('nd-inspection-drop', ['client.pcap', 'rack.pcap']).slice(0, 2),
    { captures: ['client.pcap'] },
    { captures: ['rack.pcap'], mustNot: GUARDS },
  ],
  notAsserted: 'What the capture at the client alone gives: a hypothesis where unicast to it is seen.',
};

const raGuard: Scenario = {
  ...SEGMENT6,
  name: 'link-ra-guard',
  title: 'A switch drops the advertisements of the router itself',
  about: 'The port of the rack may have no router: its advertisements end at the switch, and the machine solicits on.',
  twin: 'link-nd-passes',
  emulated: EMULATED,
  before: [
    forwarding('rack', 6),
    settled('rack'),
    filter('sw', ['iifname "p-rack" icmpv6 type nd-router-advert counter drop']),
  ],
  steps: [...BOOT6.filter((_step, i) => i !== 4), pause(4, 'the machine solicits again')],
  shows: [
    { capture: 'rack.pcap', filter: 'icmpv6.type == 134', atLeast: 3 },
    { capture: 'client.pcap', filter: 'icmpv6.type == 134', atMost: 0 },
    { capture: 'client.pcap', filter: 'icmpv6.type == 133', atLeast: 2 },
  ],
  switchLogs: [log(says('rack.pcap', 'icmpv6.type == 134', SAID.ra))],
  expect: [
    ...told('ra-guard-drop', EVERY, ['switch.log'], { mustNot: ['arp-inspection-drop', 'arp-probe-dropped'] }),
    ...together('ra-guard-drop', ['client.pcap', 'rack.pcap']).slice(0, 2),
    { captures: ['client.pcap'], mustNot: GUARDS },
    { captures: ['rack.pcap'], mustNot: ['nd-inspection-drop'] },
  ],
  notAsserted: 'What the capture at the rack alone gives: a hypothesis, from the solicitations that go on.',
};

const ndPasses: Scenario = {
  ...SEGMENT6,
  name: 'link-nd-passes',
  title: 'A machine finds its router and reaches it by IPv6',
  about: 'The same network without the rules.',
  before: [forwarding('rack', 6), settled('rack')],
  steps: BOOT6,
  shows: [
    { capture: 'client.pcap', filter: 'icmpv6.type == 134', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'icmpv6.type == 135 and eth.src == 02:00:00:00:06:02' },
  ],
  switchLogs: [healthy('client.pcap')],
  expect: [...silent(BOTH), ...quietBeside(EVERY, ['switch.log'])],
  notAsserted: 'Nothing beyond silence.',
};

export const LINK_GUARDS: readonly Scenario[] = [
  inspection,
  passes,
  probe,
  probePasses,
  ndInspection,
  raGuard,
  ndPasses,
];
