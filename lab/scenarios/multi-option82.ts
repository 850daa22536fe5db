/** Option 82 between two points: inserted and refused, leaked, doubled, not echoed, changed. */
import type { Scenario } from '../scenario.ts';
import { dhclient, udhcpc } from '../verbs/clients.ts';
import { forwarding, ip, stop } from '../verbs/network.ts';
import { daemon, dhcpd, dhcrelay } from '../verbs/services.ts';
import {
  alone,
  AROUND_RELAY,
  BEHIND_RELAY,
  boxLinks,
  boxSteps,
  butNot,
  CLIENT,
  EMULATED,
  filesOf,
  RACK,
  RELAY_ARGS,
  relayLinks,
  silence,
  THREE,
} from './multi-places.ts';
import { ACCUSATIONS, PROFILE, RACK_DHCP } from './segment.ts';
import { log, logOfCx, SAID, says, told } from './switch-words.ts';

const ROUTE = ip('rack', 'route add default via 198.51.100.1');
const NO_LEASE = { outcome: 'none', tries: 4, every: 3, args: ['-B'] } as const;

const TWO_SWITCHES = {
  switches: { access: 'bridge', middle: 'bridge', core: 'bridge' },
  nodes: { client: CLIENT, box: {}, distribution: {}, rack: RACK },
  links: [...boxLinks('box', 'access', 'middle'), ...boxLinks('distribution', 'middle', 'core')],
  emulated: EMULATED,
  captures: THREE,
  profile: PROFILE,
} as const;

const dropped: Scenario = {
  ...TWO_SWITCHES,
  name: 'multi-option82-dropped',
  title: 'The access switch inserts Option 82, and the distribution switch drops what carries it',
  about:
    'Option 82 without a relay address on an untrusted port: the distribution switch drops every request, and the rack hears nothing. Its empty capture counts, because its manifest says that it looked.',
  twin: 'multi-option82-allowed',
  before: [...boxSteps('box', ['--insert', 'Gi1/0/12']), ...boxSteps('distribution', ['--refuse-82'])],
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', NO_LEASE)],
  shows: [
    { capture: 'uplink.pcap', filter: 'dhcp.option.type == 82 and dhcp.ip.relay == 0.0.0.0', atLeast: 4 },
    { capture: 'rack.pcap', filter: 'dhcp', atMost: 0 },
  ],
  switchLogs: [
    log(says('uplink.pcap', 'dhcp.option.dhcp == 1', SAID.option82)),
    logOfCx(says('uplink.pcap', 'dhcp.option.dhcp == 1', SAID.option82Cx)),
  ],
  expect: [
    ...told(
      'dhcp-snooping-dropped-client',
      [filesOf(THREE), ...filesOf(THREE).map((file) => [file])],
      ['switch.log', 'switch-cx.log'],
      { mustNot: butNot('dhcp-snooping-dropped-client') },
    ),
    {
      captures: filesOf(THREE),
      verdict: 'fault',
      must: ['dhcp-snooping-dropped-client', 'option82-without-giaddr'],
      mustNot: butNot('dhcp-snooping-dropped-client'),
    },
    ...alone(THREE, ACCUSATIONS),
  ],
  notAsserted: 'Nothing of the switch between uplink and rack.',
};

const allowed: Scenario = {
  ...TWO_SWITCHES,
  name: 'multi-option82-allowed',
  title: 'The access switch inserts Option 82, and the distribution switch lets it pass',
  about: 'The healthy twin: the option is inserted, echoed by the rack and taken out by the switch that put it in.',
  before: [...boxSteps('box', ['--insert', 'Gi1/0/12']), ...boxSteps('distribution', [])],
  steps: [dhcpd('rack', RACK_DHCP), dhclient('client')],
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.option.type == 82', atLeast: 4 },
    { capture: 'client.pcap', filter: 'dhcp.option.type == 82', atMost: 0 },
  ],
  expect: silence(THREE, filesOf(THREE)),
  notAsserted: 'That option82-without-giaddr (info) is said on the uplink.',
};

const ONE_SWITCH = {
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { client: CLIENT, box: {}, rack: RACK },
  links: boxLinks('box', 'access', 'core'),
  emulated: EMULATED,
  captures: THREE,
  profile: PROFILE,
} as const;

const leaked: Scenario = {
  ...ONE_SWITCH,
  name: 'multi-option82-leaked',
  title: 'The switch that inserted Option 82 leaves it in the replies to the client',
  about: "The client's port sees Option 82 in OFFER and ACK, though its own requests carry none.",
  twin: 'multi-option82-allowed',
  before: boxSteps('box', ['--insert', 'Gi1/0/12', '--keep']),
  steps: [dhcpd('rack', RACK_DHCP), dhclient('client')],
  shows: [{ capture: 'client.pcap', filter: 'dhcp.type == 2 and dhcp.option.type == 82', atLeast: 2 }],
  expect: [
    { captures: ['client.pcap'], must: ['option82-leaked-to-client'], mustNot: butNot('option82-leaked-to-client') },
    { captures: filesOf(THREE), must: ['option82-leaked-to-client'], mustNot: butNot('option82-leaked-to-client') },
    { captures: ['uplink.pcap'], mustNot: butNot() },
    { captures: ['rack.pcap'], mustNot: butNot() },
  ],
  notAsserted: 'Whether the client minds.',
};

const malformed: Scenario = {
  ...ONE_SWITCH,
  name: 'multi-option82-malformed',
  title: 'A switch inserts an Option 82 whose sub-option runs past its end',
  about: 'The circuit id says that it is longer than the option. ISC dhcpd does not answer such a message.',
  twin: 'multi-option82-allowed',
  before: boxSteps('box', ['--insert', 'Gi1/0/12', '--broken']),
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { outcome: 'bound', tries: 4, every: 3, args: ['-B'] })],
  shows: [{ capture: 'uplink.pcap', filter: 'dhcp.option.type == 82', atLeast: 1 }],
  expect: [
    {
      captures: filesOf(THREE),
      must: ['option82-malformed'],
      mustNot: butNot('option82-malformed', 'option82-not-echoed'),
    },
    ...alone(THREE, ACCUSATIONS),
  ],
  notAsserted: 'What the server makes of it.',
};

const RELAYED = {
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { relay: {}, client: CLIENT, rack: RACK },
  links: relayLinks('relay', 1),
  before: [forwarding('relay'), ROUTE],
  captures: AROUND_RELAY,
  profile: {
    ...PROFILE,
    relays: [{ name: 'relay1', addresses: ['203.0.113.1', '198.51.100.1'], insertsOption82: true }],
  },
} as const;

const UDHCPD = `start 203.0.113.100
end 203.0.113.150
interface eth0
max_leases 50
lease_file LEASES
pidfile PID
siaddr 198.51.100.2
option subnet 255.255.255.0
option router 203.0.113.1
option dns 198.51.100.2
option lease 600
`;

const notEchoed: Scenario = {
  ...RELAYED,
  name: 'multi-option82-not-echoed',
  title: 'A server that does not echo Option 82, behind a relay that insists on it',
  about: 'udhcpd does not know the option; dhcrelay -D drops every reply that lacks it, and the client hears nothing.',
  twin: 'multi-relay-clean',
  steps: [
    daemon(
      'rack',
      'udhcpd-rack',
      (lab) => [
        'busybox',
        'udhcpd',
        '-f',
        lab.file(
          'udhcpd.conf',
          UDHCPD.replace('LEASES', lab.file('udhcpd.leases', '')).replace('PID', `${lab.work}/udhcpd.pid`),
        ),
      ],
      /started/,
      ['busybox'],
    ),
    dhcrelay('relay', ['-D', ...RELAY_ARGS]),
    udhcpc('client', NO_LEASE),
  ],
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.type == 1 and dhcp.option.type == 82', atLeast: 3 },
    { capture: 'rack.pcap', filter: 'dhcp.type == 2 and !(dhcp.option.type == 82)', atLeast: 3 },
    { capture: 'client.pcap', filter: 'dhcp.type == 2', atMost: 0 },
  ],
  expect: [
    {
      captures: filesOf(AROUND_RELAY),
      verdict: 'fault',
      must: ['option82-not-echoed', 'relay-one-way'],
      mustNot: butNot('option82-not-echoed', 'relay-one-way'),
    },
    { captures: ['rack.pcap'], must: ['option82-not-echoed'], mustNot: butNot('option82-not-echoed', 'relay-one-way') },
    { captures: ['relay-server-side.pcap'], must: ['option82-not-echoed'], mustNot: ACCUSATIONS },
    { captures: ['client.pcap'], mustNot: butNot() },
  ],
  notAsserted: 'Nothing.',
};

const duplicated: Scenario = {
  ...RELAYED,
  name: 'multi-option82-duplicated',
  title: 'A relay appends its Option 82 to a message that has one already',
  about:
    'The access switch inserted Option 82 without a relay address; dhcrelay -m append adds a second one, which RFC 3046 forbids.',
  twin: 'multi-relay-clean',
  emulated: EMULATED,
  switches: { floor: 'bridge', access: 'bridge', core: 'bridge' },
  nodes: { relay: {}, box: {}, client: { ...CLIENT, on: 'floor' }, rack: RACK },
  links: [...relayLinks('relay', 1), ...boxLinks('box', 'floor', 'access')],
  before: [forwarding('relay'), ROUTE, ...boxSteps('box', ['--insert', 'Gi1/0/12'])],
  steps: [dhcpd('rack', BEHIND_RELAY), dhcrelay('relay', RELAY_ARGS), dhclient('client')],
  shows: [{ capture: 'relay-server-side.pcap', filter: 'dhcp.option.type == 82' }],
  expect: [
    { captures: filesOf(AROUND_RELAY), must: ['option82-duplicated'], mustNot: ACCUSATIONS },
    { captures: ['relay-server-side.pcap'], must: ['option82-duplicated'], mustNot: ACCUSATIONS },
    { captures: ['rack.pcap'], must: ['option82-duplicated'], mustNot: ACCUSATIONS },
    { captures: ['client.pcap'], mustNot: ACCUSATIONS },
  ],
  notAsserted: 'Which of the two the server uses.',
};

const changed: Scenario = {
  ...RELAYED,
  name: 'multi-option82-changed',
  title: 'Option 82 comes back from the server changed',
  about: 'A box between relay and rack changes the circuit id in the replies, as a server does that writes its own.',
  twin: 'multi-relay-clean',
  emulated: ['what changes the option is a script between two interfaces'],
  switches: { access: 'bridge', middle: 'bridge', core: 'bridge' },
  nodes: { relay: {}, box: {}, client: CLIENT, rack: RACK },
  links: [...relayLinks('relay', 1, 'middle'), ...boxLinks('box', 'middle', 'core')],
  before: [forwarding('relay'), ROUTE, ...boxSteps('box', ['--mangle'])],
  steps: [dhcpd('rack', BEHIND_RELAY), dhcrelay('relay', RELAY_ARGS), dhclient('client')],
  shows: [{ capture: 'relay-server-side.pcap', filter: 'dhcp.type == 2 and dhcp.option.type == 82' }],
  expect: [
    {
      captures: ['relay-server-side.pcap'],
      must: ['option82-changed-in-reply'],
      mustNot: butNot('option82-changed-in-reply', 'relay-one-way'),
    },
    { captures: ['rack.pcap'], mustNot: butNot('relay-one-way') },
    { captures: filesOf(AROUND_RELAY), must: ['option82-changed-in-reply'], mustNot: ACCUSATIONS },
    { captures: ['client.pcap'], mustNot: butNot() },
  ],
  notAsserted: 'What the relay makes of it.',
};

const missing: Scenario = {
  ...RELAYED,
  name: 'multi-option82-missing',
  title: 'A relay that inserted Option 82 no longer does',
  about: 'dhcrelay is restarted without -a between two clients: the second one comes to the rack without Option 82.',
  twin: 'multi-relay-clean',
  nodes: { relay: {}, client: CLIENT, client2: { on: 'access', mac: '52:54:00:bb:00:02' }, rack: RACK },
  steps: [
    dhcpd('rack', BEHIND_RELAY),
    dhcrelay('relay', RELAY_ARGS),
    dhclient('client'),
    stop('dhcrelay-relay'),
    dhcrelay('relay', ['-4', '-iu', 'eth1', '-id', 'eth0', '198.51.100.2']),
    dhclient('client2'),
  ],
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.type == 1 and dhcp.option.type == 82', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'dhcp.type == 1 and !(dhcp.option.type == 82)', atLeast: 2 },
  ],
  expect: [
    { captures: ['rack.pcap'], must: ['option82-missing-from-relay'], mustNot: butNot('option82-missing-from-relay') },
    { captures: ['rack.pcap'], profile: true, must: ['option82-missing-from-relay'], mustNot: ACCUSATIONS },
    {
      captures: filesOf(AROUND_RELAY),
      must: ['option82-missing-from-relay'],
      mustNot: butNot('option82-missing-from-relay'),
    },
    { captures: ['client.pcap'], mustNot: butNot() },
    { captures: ['relay-server-side.pcap'], mustNot: butNot('option82-missing-from-relay') },
  ],
  notAsserted: 'Why it stopped.',
};

export const MULTI_OPTION82: readonly Scenario[] = [
  dropped,
  allowed,
  leaked,
  malformed,
  notEchoed,
  duplicated,
  changed,
  missing,
];
