/** What a switch does with addresses at its ports: port security, floods of made-up addresses, an address at two ports. */
import type { Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { ping, udhcpc } from '../verbs/clients.ts';
import { actor, secured } from '../verbs/faults.ts';
import { ip, pause } from '../verbs/network.ts';
import { dhcpd } from '../verbs/services.ts';
import { boxLinks, boxSteps } from './multi-places.ts';
import { client, PROFILE, RACK, RACK_DHCP } from './segment.ts';
import { healthy, log, PORT, quietBeside, SAID, says, told } from './switch-words.ts';

const PORTS: readonly string[] = ['mac-flooding', 'mac-moved', 'port-security-violation'];
const BOTH = ['client.pcap', 'rack.pcap'] as const;
const EVERY: readonly (readonly string[])[] = [BOTH, ['client.pcap'], ['rack.pcap']];
const MACHINE = '52:54:00:bb:00:01';
const LIMITED = ['the limit of addresses at the port is a set of nftables that takes no more'] as const;

function butNot(...ids: readonly string[]): string[] {
  return PORTS.filter((id) => !ids.includes(id));
}

/** Packets alone show none of it. */
function unsaid(files: readonly string[]): Expectation[] {
  return files.map((file) => ({ captures: [file], mustNot: PORTS }));
}

const SEGMENT = {
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: [at('client', 'client'), at('rack', 'rack')],
  profile: PROFILE,
} as const;

/** The management controller shares the machine's cable: it asks first. */
const CONTROLLER = [
  ip('client', 'link add bmc link eth0 address 52:54:00:bb:01:01 type macvlan mode bridge'),
  ip('client', 'link set dev bmc up'),
] as const;

function table(current: number, most: number, violations: number): string[] {
  const cells = [String(most).padStart(15), String(current).padStart(13), String(violations).padStart(19)].join('');
  return [
    'sw1#show port-security',
    'Secure Port  MaxSecureAddr  CurrentAddr  SecurityViolation  Security Action',
    '                (Count)       (Count)          (Count)',
    '---------------------------------------------------------------------------',
    `      Gi1/0/7${cells}             Restrict`,
  ];
}

const refused: Scenario = {
  ...SEGMENT,
  name: 'switch-port-security',
  title: 'Port security lets in one address, and the machine shows two',
  about:
    "The management controller asks first and takes the one place at the port; the DISCOVERs of the machine's own firmware end at the switch.",
  twin: 'switch-port-security-room',
  emulated: LIMITED,
  before: [secured('sw', 'p-client', 1), ...CONTROLLER],
  steps: [
    dhcpd('rack', RACK_DHCP),
    udhcpc('client', { iface: 'bmc' }),
    udhcpc('client', { outcome: 'none', tries: 4, every: 3, args: ['-B'] }),
    pause(1, 'nothing more comes'),
  ],
  shows: [
    { capture: 'client.pcap', filter: `eth.src == ${MACHINE} and dhcp.option.dhcp == 1`, atLeast: 4 },
    { capture: 'rack.pcap', filter: `eth.src == ${MACHINE}`, atMost: 0 },
    { capture: 'rack.pcap', filter: 'eth.src == 52:54:00:bb:01:01 and dhcp.option.dhcp == 3' },
  ],
  switchLogs: [
    log(says('client.pcap', `eth.src == ${MACHINE}`, SAID.security)),
    { file: 'port-security.txt', source: 'show', lines: table(1, 1, 4) },
  ],
  expect: [
    ...told('port-security-violation', EVERY, ['switch.log', 'port-security.txt'], {
      verdict: 'fault',
      mustNot: butNot('port-security-violation'),
    }),
    { captures: ['client.pcap'], must: ['dhcp-no-offer'], mustNot: PORTS },
    { captures: ['rack.pcap'], quiet: true, mustNot: PORTS },
    { captures: BOTH, mustNot: PORTS },
  ],
  notAsserted: 'What the two captures say together without the switch: a drop between them, of no known rule.',
};

const room: Scenario = {
  ...SEGMENT,
  name: 'switch-port-security-room',
  title: 'Port security lets in two addresses, and the machine shows two',
  about: 'The same network with room for controller and firmware; both get their address.',
  emulated: LIMITED,
  before: [secured('sw', 'p-client', 2), ...CONTROLLER],
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { iface: 'bmc' }), udhcpc('client')],
  shows: [{ capture: 'rack.pcap', filter: `eth.src == ${MACHINE} and dhcp.option.dhcp == 3` }],
  switchLogs: [healthy('client.pcap'), { file: 'port-security.txt', source: 'show', lines: table(2, 2, 0) }],
  expect: [
    ...EVERY.map((captures) => ({ captures, quiet: true, mustNot: PORTS })),
    ...quietBeside(EVERY, ['switch.log', 'port-security.txt']),
  ],
  notAsserted: 'Nothing beyond silence.',
};

const CROWD = {
  ...SEGMENT,
  captures: [at('client', 'client'), at('rack', 'rack')],
} as const;

const flood: Scenario = {
  ...CROWD,
  name: 'switch-mac-flooding',
  title: 'A machine floods the switch with made-up source addresses',
  about:
    'Thirteen hundred stations announce themselves within six seconds, each with an address of its own at random; the switch learns them all and carries them on.',
  twin: 'switch-many-guests',
  emulated: ['the attacker is a script'],
  steps: [
    ping('client', '198.51.100.2'),
    actor('client', 'crowd.py', ['--count', '1300', '--seconds', '6']),
    pause(1, 'nothing more comes'),
  ],
  nodes: { rack: RACK, client: client(1, { addresses: ['198.51.100.50/24'] }) },
  shows: [{ capture: 'rack.pcap', filter: 'arp.isgratuitous', atLeast: 1300 }],
  expect: EVERY.flatMap((captures) =>
    [false, true].map((profile) => ({
      captures,
      profile,
      verdict: 'fault' as const,
      must: ['mac-flooding'],
      mustNot: [...butNot('mac-flooding'), 'arp-conflict', 'arp-spoof', 'dhcp-starvation'],
    })),
  ),
  notAsserted: 'Behind which port it is: no packet says so.',
};

const floodRefused: Scenario = {
  ...CROWD,
  name: 'switch-mac-flooding-refused',
  title: 'A flood of made-up source addresses ends at a port with port security',
  about:
    'The port takes eight addresses; the rest of the flood never gets further, and only the switch can tell of it.',
  twin: 'switch-many-guests',
  emulated: ['the attacker is a script', ...LIMITED],
  before: [secured('sw', 'p-client', 8)],
  nodes: { rack: RACK, client: client(1, { addresses: ['198.51.100.50/24'] }) },
  steps: [
    ping('client', '198.51.100.2'),
    actor('client', 'crowd.py', ['--count', '1300', '--seconds', '6']),
    pause(1, 'nothing more comes'),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'arp.isgratuitous', atLeast: 1300 },
    { capture: 'rack.pcap', filter: 'arp.isgratuitous', atMost: 8 },
  ],
  // The first seven of them had a place.
  switchLogs: [log(says('client.pcap', 'arp.isgratuitous and frame.number > 40', SAID.security, { most: 60 }))],
  expect: [
    ...told('mac-flooding', [['rack.pcap']], ['switch.log'], { verdict: 'fault', mustNot: ['mac-moved'] }),
    // The crowd itself is likely; the switch that counts too many at the port makes it certain.
    ...told('mac-flooding', [BOTH, ['client.pcap']], ['switch.log'], { verdict: 'fault', mustNot: ['mac-moved'] }),
    { captures: ['client.pcap'], must: ['mac-flooding'] },
    { captures: ['rack.pcap'], quiet: true, mustNot: PORTS },
    { captures: BOTH, must: ['mac-flooding'] },
  ],
  notAsserted: 'That port-security-violation is told beside it, for each address.',
};

const guests: Scenario = {
  ...CROWD,
  name: 'switch-many-guests',
  title: 'A hypervisor starts thirteen hundred guests at once',
  about: 'The same crowd with addresses of one vendor prefix: a large host, and no flood.',
  emulated: ['the guests are a script'],
  nodes: { rack: RACK, client: client(1, { addresses: ['198.51.100.50/24'] }) },
  steps: [
    ping('client', '198.51.100.2'),
    actor('client', 'crowd.py', ['--count', '1300', '--seconds', '6', '--prefix', '525400']),
    pause(1, 'nothing more comes'),
  ],
  shows: [{ capture: 'rack.pcap', filter: 'arp.isgratuitous', atLeast: 1300 }],
  switchLogs: [healthy('client.pcap')],
  expect: [
    ...EVERY.map((captures) => ({ captures, quiet: true, mustNot: PORTS })),
    ...quietBeside(EVERY, ['switch.log']),
  ],
  notAsserted: 'Nothing beyond silence.',
};

const TWO_PORTS = {
  switches: { one: 'bridge', two: 'bridge', core: 'bridge' },
  links: [...boxLinks('box1', 'one', 'core'), ...boxLinks('box2', 'two', 'core')],
  emulated: ['the access switches that insert Option 82 are scripts between two interfaces'],
  captures: [at('port7', 'first'), at('port8', 'second'), at('rack', 'rack')],
  before: [...boxSteps('box1', ['--insert', 'Gi1/0/7']), ...boxSteps('box2', ['--insert', 'Gi1/0/8'])],
  profile: PROFILE,
} as const;
const THREE = ['port7.pcap', 'port8.pcap', 'rack.pcap'] as const;
const OTHER = '52:54:00:bb:00:02';
const ASK = { args: ['-B'] } as const;

const moved: Scenario = {
  ...TWO_PORTS,
  name: 'switch-mac-moved',
  title: 'Two machines with one MAC address at two ports',
  about:
    'A guest was cloned with its address: both ask for a lease in turn, and the core switch learns the address now behind one port and now behind the other.',
  twin: 'switch-mac-steady',
  nodes: {
    first: { on: 'one', mac: MACHINE },
    second: { on: 'two', mac: MACHINE },
    box1: {},
    box2: {},
    rack: { ...RACK, on: 'core' },
  },
  steps: [
    dhcpd('rack', RACK_DHCP),
    udhcpc('first', ASK),
    udhcpc('second', ASK),
    udhcpc('first', ASK),
    udhcpc('second', ASK),
  ],
  shows: [
    { capture: 'port7.pcap', filter: `eth.src == ${MACHINE} and dhcp.option.dhcp == 3`, atLeast: 2 },
    { capture: 'port8.pcap', filter: `eth.src == ${MACHINE} and dhcp.option.dhcp == 3`, atLeast: 2 },
    { capture: 'rack.pcap', filter: `eth.src == ${MACHINE} and dhcp.option.type == 82`, atLeast: 8 },
  ],
  switchLogs: [log(says('port8.pcap', `eth.src == ${MACHINE} and dhcp.option.dhcp == 1`, SAID.flap))],
  expect: [
    ...told('mac-moved', [['rack.pcap'], ['port7.pcap'], ['port8.pcap'], THREE], ['switch.log'], {
      mustNot: butNot('mac-moved'),
    }),
    { captures: ['rack.pcap'], must: ['mac-moved'], mustNot: butNot('mac-moved') },
    ...unsaid(['port7.pcap', 'port8.pcap']),
    { captures: THREE, must: ['mac-moved'], mustNot: butNot('mac-moved') },
  ],
  notAsserted: 'Whether it is two machines or one cable that was moved twice.',
};

const steady: Scenario = {
  ...TWO_PORTS,
  name: 'switch-mac-steady',
  title: 'Two machines at two ports, each with its own MAC address',
  about: 'The same network without the clone.',
  nodes: {
    first: { on: 'one', mac: MACHINE },
    second: { on: 'two', mac: OTHER },
    box1: {},
    box2: {},
    rack: { ...RACK, on: 'core' },
  },
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('first', ASK), udhcpc('second', ASK), udhcpc('first', ASK)],
  shows: [{ capture: 'rack.pcap', filter: 'dhcp.option.type == 82 and dhcp.option.dhcp == 3', atLeast: 3 }],
  switchLogs: [
    log(
      says('port7.pcap', 'frame', `%LINK-3-UPDOWN: Interface ${PORT}, changed state to up`, { most: 1 }),
      says('port8.pcap', 'frame', '%LINK-3-UPDOWN: Interface GigabitEthernet1/0/8, changed state to up', { most: 1 }),
    ),
  ],
  expect: [
    ...[...THREE.map((file) => [file]), THREE].map((captures) => ({ captures, quiet: true, mustNot: PORTS })),
    ...quietBeside([...THREE.map((file) => [file]), THREE], ['switch.log']),
  ],
  notAsserted: 'Nothing beyond silence.',
};

export const SWITCH_PORTS: readonly Scenario[] = [refused, room, flood, floodRefused, guests, moved, steady];
