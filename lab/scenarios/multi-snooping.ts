/** DHCP snooping and its companions between two points that are recorded at once. */
import type { Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, ping, tftpGet, udhcpc } from '../verbs/clients.ts';
import { actor } from '../verbs/faults.ts';
import { served } from '../verbs/network.ts';
import { dhcpd, tftpd } from '../verbs/services.ts';
import { alone, boxLinks, boxSteps, butNot, CLIENT, EMULATED, filesOf, RACK, silence, THREE } from './multi-places.ts';
import { ACCUSATIONS, PROFILE, RACK_DHCP } from './segment.ts';
import { healthy, log, logOfCx, quietBeside, SAID, says, told } from './switch-words.ts';

const NETWORK = {
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { client: CLIENT, box: {}, rack: RACK },
  links: boxLinks('box', 'access', 'core'),
  emulated: EMULATED,
  captures: THREE,
  profile: PROFILE,
} as const;

const ALL = filesOf(THREE);
const EACH = ALL.map((file) => [file]);
const BOTH_LOGS = ['switch.log', 'switch-cx.log'] as const;
/** `show ip source binding` of the port's machine. */
const BINDINGS = [
  'sw1#show ip source binding',
  'MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface',
  '------------------  ---------------  ----------  -------------  ----  --------------------',
] as const;
const NO_LEASE = { outcome: 'none', tries: 4, every: 3 } as const;

const clean: Scenario = {
  ...NETWORK,
  name: 'multi-snooping-clean',
  title: 'A snooping switch that is set up well: a lease, seen at three points',
  about: 'The box passes all that it should. The twin of every scenario in which it drops something.',
  before: boxSteps('box', ['--verify-mac', '--guard', '--rate', '50']),
  steps: [
    served('tftp/boot/kernel', 4000),
    dhcpd('rack', RACK_DHCP),
    tftpd('rack', 'tftp', '198.51.100.2'),
    dhclient('client'),
    tftpGet('client', '198.51.100.2', 'boot/kernel', 'ok'),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5' },
    { capture: 'rack.pcap', filter: 'tftp.opcode == 1' },
  ],
  switchLogs: [
    healthy('client.pcap'),
    {
      file: 'bindings.txt',
      source: 'show',
      lines: [
        ...BINDINGS,
        says(
          'client.pcap',
          'dhcp.option.dhcp == 5',
          '{dhcp.hw.mac_addr}   {dhcp.ip.your}  600         dhcp-snooping  1     GigabitEthernet1/0/7',
          { most: 1 },
        ),
      ],
    },
  ],
  expect: [...silence(THREE, ALL), ...quietBeside([ALL, ...EACH], ['switch.log', 'bindings.txt'])],
  notAsserted: 'Nothing beyond silence.',
};

const untrustedRack: Scenario = {
  ...NETWORK,
  name: 'multi-snooping-untrusted-rack',
  title: "DHCP snooping drops the rack's OFFERs: its port is not trusted",
  about:
    'The client asks, the rack offers each time, and between the uplink and the client nothing of it arrives (runbook RB-2).',
  twin: 'multi-snooping-clean',
  before: boxSteps('box', ['--untrusted-up']),
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { ...NO_LEASE, args: ['-B'] })],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.type == 2', atMost: 0 },
    { capture: 'uplink.pcap', filter: 'dhcp.option.dhcp == 2', atLeast: 4 },
  ],
  switchLogs: [
    log(says('uplink.pcap', 'dhcp.option.dhcp == 2', SAID.untrustedOffer)),
    logOfCx(says('uplink.pcap', 'dhcp.option.dhcp == 2', SAID.untrustedOfferCx)),
  ],
  expect: [
    ...told('dhcp-snooping-dropped-reply', [ALL, ...EACH], BOTH_LOGS, {
      verdict: 'fault',
      mustNot: butNot('dhcp-snooping-dropped-reply'),
    }),
    {
      captures: ALL,
      verdict: 'fault',
      must: ['dhcp-snooping-dropped-reply'],
      mustNot: butNot('dhcp-snooping-dropped-reply'),
    },
    {
      captures: ['client.pcap', 'rack.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-snooping-dropped-reply'],
      mustNot: butNot('dhcp-snooping-dropped-reply'),
    },
    { captures: ['rack.pcap'], must: ['dhcp-snooping-dropped-reply'], mustNot: butNot('dhcp-snooping-dropped-reply') },
    { captures: ['client.pcap'], must: ['dhcp-no-offer'], mustNot: butNot() },
    { captures: ['uplink.pcap'], mustNot: butNot('dhcp-snooping-dropped-reply') },
  ],
  notAsserted: 'That it was a switch and not another filter: the captures alone cannot tell.',
};

const chaddrMismatch: Scenario = {
  ...NETWORK,
  name: 'multi-snooping-chaddr-mismatch',
  title: 'A switch drops DHCP messages whose hardware address is not their source',
  about:
    "A virtual machine asks through its host's own address; the box verifies it, as snooping does by default. The host's ARP and ping still arrive.",
  twin: 'multi-snooping-clean',
  nodes: { client: { ...CLIENT, addresses: ['198.51.100.50/24'] }, box: {}, rack: RACK },
  before: boxSteps('box', ['--verify-mac']),
  steps: [
    dhcpd('rack', RACK_DHCP),
    ping('client', '198.51.100.2', 4),
    actor('client', 'dhcp_odd.py', ['foreign-source']),
    ping('client', '198.51.100.2', 4),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 4 },
    { capture: 'rack.pcap', filter: 'dhcp', atMost: 0 },
    { capture: 'rack.pcap', filter: 'arp' },
  ],
  switchLogs: [
    log(says('client.pcap', 'dhcp.option.dhcp == 1', SAID.otherHardware)),
    logOfCx(says('client.pcap', 'dhcp.option.dhcp == 1', SAID.otherHardwareCx)),
  ],
  expect: [
    ...told('dhcp-snooping-dropped-client', [ALL, ...EACH], BOTH_LOGS, {
      mustNot: butNot('dhcp-snooping-dropped-client'),
    }),
    {
      captures: ALL,
      verdict: 'fault',
      must: ['dhcp-snooping-dropped-client'],
      mustNot: butNot('dhcp-snooping-dropped-client'),
    },
    ...alone(THREE, ACCUSATIONS),
  ],
  notAsserted: 'Which rule of the switch dropped them, beyond what the messages show.',
};

const rateLimited: Scenario = {
  ...NETWORK,
  name: 'multi-snooping-rate-limited',
  title: "A rack row powers on, and the switch's DHCP rate limit shuts the port",
  about:
    'Thirty clients ask within a second behind one port whose limit is ten; the switch passes the first and shuts the port down.',
  twin: 'multi-snooping-clean',
  before: boxSteps('box', ['--rate', '10']),
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: ['198.51.100.100', '198.51.100.180'] }),
    actor('client', 'dhcp_odd.py', ['burst', '--count', '30']),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 60 },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 8, atMost: 12 },
  ],
  switchLogs: [
    log(
      // The eleventh of them within a second.
      says('client.pcap', 'dhcp.hw.mac_addr == 52:54:00:bb:01:0a', SAID.rate, { most: 1 }),
      says('client.pcap', 'dhcp.hw.mac_addr == 52:54:00:bb:01:0a', SAID.rateShut, { most: 1, after: 0.004 }),
    ),
  ],
  expect: [
    ...told('dhcp-snooping-rate-limited', [ALL, ...EACH], ['switch.log'], {
      mustNot: butNot('dhcp-snooping-rate-limited', 'dhcp-snooping-dropped-reply'),
    }),
    {
      captures: ALL,
      verdict: 'fault',
      must: ['dhcp-snooping-rate-limited'],
      mustNot: butNot('dhcp-snooping-rate-limited', 'dhcp-snooping-dropped-reply'),
    },
    ...alone(THREE, ACCUSATIONS),
  ],
  notAsserted: 'The limit itself.',
};

const bindingStale: Scenario = {
  ...NETWORK,
  name: 'multi-snooping-binding-stale',
  title: 'The switch drops a RELEASE: its binding says another port',
  about:
    'The client gets a lease, then gives it back; the box drops RELEASE and DECLINE, as snooping does where the binding belongs to another port.',
  twin: 'multi-snooping-clean',
  before: boxSteps('box', ['--no-release']),
  steps: [
    dhcpd('rack', { ...RACK_DHCP, range: ['198.51.100.100', '198.51.100.100'] }),
    dhclient('client'),
    actor('client', 'dhcp_odd.py', ['release']),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 7', atLeast: 2 },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 7', atMost: 0 },
  ],
  switchLogs: [
    log(says('client.pcap', 'dhcp.option.dhcp == 7', SAID.otherPort)),
    logOfCx(says('client.pcap', 'dhcp.option.dhcp == 7', SAID.otherPortCx)),
  ],
  expect: [
    ...told('dhcp-snooping-binding-stale', [ALL, ...EACH], BOTH_LOGS, {
      mustNot: butNot('dhcp-snooping-binding-stale'),
    }),
    { captures: ALL, must: ['dhcp-snooping-binding-stale'], mustNot: butNot('dhcp-snooping-binding-stale') },
    ...alone(THREE, ACCUSATIONS),
  ],
  notAsserted: "What stands in the switch's binding table.",
};

const sourceGuard: Scenario = {
  ...NETWORK,
  name: 'multi-source-guard',
  title: 'After a clean lease all IP traffic of the client vanishes in the switch',
  about:
    'IP source guard with the binding of another address: DHCP and ARP pass, and the TFTP requests that follow the ACK never leave the switch.',
  twin: 'multi-snooping-clean',
  before: boxSteps('box', ['--guard', '--forget', '--bound', '198.51.100.77']),
  captures: [at('client', 'client'), at('uplink', 'box', 'up'), at('rack', 'rack')],
  steps: [
    served('tftp/boot/kernel', 4000),
    dhcpd('rack', RACK_DHCP),
    tftpd('rack', 'tftp', '198.51.100.2'),
    dhclient('client'),
    tftpGet('client', '198.51.100.2', 'boot/kernel', 'fails', ['-b', '1468'], 8),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5' },
    { capture: 'client.pcap', filter: 'tftp.opcode == 1', atLeast: 3 },
    { capture: 'rack.pcap', filter: 'tftp', atMost: 0 },
    { capture: 'rack.pcap', filter: 'arp.src.proto_ipv4 == 198.51.100.100' },
  ],
  switchLogs: [
    {
      file: 'bindings.txt',
      source: 'show',
      lines: [
        ...BINDINGS,
        '52:54:00:BB:00:01   198.51.100.77    infinite    static         1     GigabitEthernet1/0/7',
      ],
    },
  ],
  expect: [
    ...told('source-guard-drop', [ALL, ['client.pcap', 'rack.pcap'], ['client.pcap']], ['bindings.txt'], {
      verdict: 'fault',
      mustNot: butNot('source-guard-drop'),
    }),
    { captures: ALL, verdict: 'fault', must: ['source-guard-drop'], mustNot: butNot('source-guard-drop') },
    {
      captures: ['client.pcap', 'rack.pcap'],
      verdict: 'fault',
      must: ['source-guard-drop'],
      mustNot: butNot('source-guard-drop'),
    },
    ...alone(THREE, ACCUSATIONS),
  ],
  notAsserted: 'The rack or the uplink alone: they see a client that has its lease and asks for nothing.',
};

export const MULTI_SNOOPING: readonly Scenario[] = [
  clean,
  untrustedRack,
  chaddrMismatch,
  rateLimited,
  bindingStale,
  sourceGuard,
];
