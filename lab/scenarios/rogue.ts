/** Rogue DHCP servers on one segment, seen by ordinary clients. (Firmware clients: pxe-faults.ts.) */
import type { CapturePoint, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, PXE_CLASS, PXE_UDHCPC, udhcpc } from '../verbs/clients.ts';
import { actor, actorStays } from '../verbs/faults.ts';
import { pause, waitLog } from '../verbs/network.ts';
import { dhcpd, dnsmasq } from '../verbs/services.ts';
import {
  ABSENCES,
  ACCUSATIONS,
  BYSTANDER,
  client,
  DORA,
  PROFILE,
  RACK,
  RACK_DHCP,
  ROGUE,
  ROGUE_DHCP,
} from './segment.ts';

const POINTS: readonly CapturePoint[] = [at('client', 'client'), at('rack', 'rack')];

const doraClean: Scenario = {
  name: 'dora-clean',
  title: 'One server, one client, one lease',
  about:
    'ISC dhcpd pings the address, offers it, and dhclient takes it. A third port sees only the broadcasts: DISCOVER and REQUEST without any reply, which is what a third port sees of a healthy network.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1), bystander: BYSTANDER },
  captures: [...POINTS, at('bystander', 'bystander')],
  steps: [
    // The switch must know the rack's port, or it would flood the first unicast replies to the bystander.
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true }),
    dhclient('client'),
  ],
  profile: PROFILE,
  shows: [
    ...DORA('client.pcap'),
    ...DORA('rack.pcap'),
    { capture: 'bystander.pcap', filter: 'dhcp.type == 1', atLeast: 2 },
    { capture: 'bystander.pcap', filter: 'dhcp.type == 2', atMost: 0 },
  ],
  expect: [false, true]
    .map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    }))
    .concat(
      [false, true].flatMap((profile) =>
        ['rack.pcap', 'bystander.pcap'].map((file) => ({
          captures: [file],
          profile,
          verdict: 'nothing-found' as const,
          quiet: true,
          mustNot: [...ACCUSATIONS, ...ABSENCES],
        })),
      ),
    ),
  notAsserted: 'What the bystander leaves undecided; it must only not be called an absence.',
};

const rogueWins: Scenario = {
  name: 'rogue-wins',
  title: 'A rogue DHCP server answers first and wins',
  about:
    'The rack pings before it offers; the rogue (dnsmasq) does not, so its OFFER comes first and dhclient takes it: the rogue becomes router and resolver. The rack offers too, a second later.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1), bystander: BYSTANDER },
  captures: [...POINTS, at('bystander', 'bystander')],
  steps: [
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true }),
    dnsmasq('rogue', ROGUE_DHCP),
    dhclient('client'),
    waitLog('dhcpd-rack', /DHCPOFFER/, 5),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.66' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.2' },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.option.dhcp_server_id == 198.51.100.66' },
    { capture: 'bystander.pcap', filter: 'dhcp.type == 2', atMost: 0 },
  ],
  expect: [
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-servers-conflict', 'dhcp-server-id-spoofed', ...ABSENCES],
    },
    {
      captures: ['client.pcap'],
      must: ['dhcp-servers-conflict'],
      mustNot: ['dhcp-rogue-server', 'dhcp-server-id-spoofed', ...ABSENCES],
    },
    {
      captures: ['rack.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    {
      captures: ['rack.pcap'],
      mustNot: ['dhcp-rogue-server', 'dhcp-servers-conflict', 'dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    { captures: ['bystander.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ABSENCES },
    { captures: ['bystander.pcap'], verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ],
  notAsserted: 'Without a profile: which of the two servers is the legitimate one.',
};

const rogueLoses: Scenario = {
  name: 'rogue-loses',
  title: 'A rogue DHCP server answers late and loses',
  about:
    'The rack answers at once and gets the REQUEST; the rogue (dnsmasq with a reply delay) offers two seconds later. The client is served well, but the rogue is there.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  captures: [...POINTS, at('rogue-port', 'sw', 'p-rogue')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    dnsmasq('rogue', [...ROGUE_DHCP, '--dhcp-reply-delay=2']),
    dhclient('client'),
    waitLog('dnsmasq-rogue', /DHCPOFFER/, 8),
    pause(1, 'the late OFFER goes out after its log line'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.2' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.66' },
    { capture: 'rogue-port.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.66' },
  ],
  expect: [
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-servers-conflict', ...ABSENCES],
    },
    { captures: ['client.pcap'], must: ['dhcp-servers-conflict'], mustNot: ['dhcp-rogue-server', ...ABSENCES] },
    {
      captures: ['rogue-port.pcap'],
      profile: true,
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    { captures: ['rogue-port.pcap'], mustNot: ['dhcp-rogue-server', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], verdict: 'nothing-found', quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    {
      captures: ['rack.pcap'],
      profile: true,
      verdict: 'nothing-found',
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    },
  ],
  notAsserted: 'Without a profile: which of the two servers is the legitimate one.',
};

const twoRogues: Scenario = {
  name: 'two-rogues',
  title: 'Two rogue DHCP servers beside the rack',
  about: 'Two foreign dnsmasq servers with different promises answer every DISCOVER before the rack does.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: {
    rack: RACK,
    rogue: ROGUE,
    rogue2: { on: 'sw', mac: '02:16:3e:77:77:77', addresses: ['198.51.100.77/24'] },
    client: client(1),
    client2: client(2),
  },
  captures: POINTS,
  steps: [
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true }),
    dnsmasq('rogue', ROGUE_DHCP),
    dnsmasq('rogue2', [
      '--bind-interfaces',
      '--no-ping',
      '--dhcp-range=198.51.100.230,198.51.100.240,5m',
      '--dhcp-option=3,198.51.100.77',
      '--dhcp-option=6,198.51.100.77',
    ]),
    dhclient('client'),
    dhclient('client2'),
    waitLog('dhcpd-rack', /DHCPOFFER[^\n]*[\s\S]*DHCPOFFER/, 8),
  ],
  profile: PROFILE,
  shows: [66, 77, 2].map((last) => ({
    capture: 'client.pcap',
    filter: `dhcp.option.dhcp == 2 and ip.src == 198.51.100.${last}`,
  })),
  expect: [
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ABSENCES },
    { captures: ['client.pcap'], must: ['dhcp-servers-conflict'], mustNot: ['dhcp-rogue-server', ...ABSENCES] },
    {
      captures: ['rack.pcap'],
      profile: true,
      must: ['dhcp-rogue-server'],
      mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'],
    },
    { captures: ['rack.pcap'], mustNot: ['dhcp-rogue-server', 'dhcp-offer-ignored', 'dhcp-request-unanswered'] },
  ],
  notAsserted: 'That the findings count two rogues.',
};

const rogueBootOffer: Scenario = {
  name: 'rogue-boot-offer',
  title: 'A rogue offers its own boot file to a PXE client and loses',
  about:
    'The client asks as PXE firmware does; the rack answers first and wins, the rogue offers another boot file from itself two seconds later. Nothing is fetched from it.',
  twin: 'dora-clean',
  emulated: ['the PXE client is busybox udhcpc with the options that firmware sends'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', { ...RACK_DHCP, file: 'bootx64.efi' }),
    dnsmasq('rogue', [...ROGUE_DHCP, '--dhcp-reply-delay=2']),
    udhcpc('client', { vendorClass: PXE_CLASS, args: PXE_UDHCPC }),
    waitLog('dnsmasq-rogue', /DHCPOFFER/, 8),
    pause(1, 'the late OFFER goes out after its log line'),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter:
        'dhcp.option.dhcp == 2 and ip.src == 198.51.100.66 and (dhcp.file == "evil.0" or dhcp.option.bootfile_name == "evil.0")',
    },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.2' },
    { capture: 'client.pcap', filter: 'dhcp.option.vendor_class_id contains "PXEClient"' },
  ],
  expect: [
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server', 'dhcp-boot-hijack'],
      mustNot: ABSENCES,
    },
    { captures: ['client.pcap'], must: ['dhcp-servers-conflict'], mustNot: ['dhcp-rogue-server', ...ABSENCES] },
    { captures: ['rack.pcap'], quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, quiet: true, mustNot: [...ACCUSATIONS, ...ABSENCES] },
  ],
  notAsserted: 'Without a profile: which of the two boot files is the right one.',
};

const rogueSpoofsId: Scenario = {
  name: 'rogue-spoofs-server-id',
  title: "A rogue that calls itself by the rack's server identifier",
  about:
    "The rogue is an ISC dhcpd configured with server-identifier 198.51.100.2, the rack's. Both answer each DISCOVER under one identifier from two hardware addresses, with different promises. A check of addresses alone takes the rogue for the rack.",
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1), client2: client(2) },
  captures: [...POINTS, at('span', 'sw', 'br0')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhcpd('rogue', {
      range: ['198.51.100.200', '198.51.100.220'],
      router: '198.51.100.66',
      dns: '198.51.100.66',
      nextServer: '198.51.100.66',
      file: 'evil.0',
      text: 'server-identifier 198.51.100.2;',
    }),
    dhclient('client'),
    dhclient('client2'),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter: 'dhcp.option.dhcp_server_id == 198.51.100.2 and dhcp.type == 2 and eth.src == 02:16:3e:66:66:66',
    },
    {
      capture: 'client.pcap',
      filter: 'dhcp.option.dhcp_server_id == 198.51.100.2 and dhcp.type == 2 and eth.src == 02:16:3e:00:00:01',
    },
  ],
  expect: [
    { captures: ['client.pcap'], must: ['dhcp-server-id-spoofed'], mustNot: ABSENCES },
    { captures: ['client.pcap'], profile: true, must: ['dhcp-server-id-spoofed'], mustNot: ABSENCES },
    { captures: ['span.pcap'], must: ['dhcp-server-id-spoofed'], mustNot: ABSENCES },
    { captures: ['rack.pcap'], mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered'] },
  ],
  notAsserted:
    'That dhcp-rogue-server fires beside it; without hardware addresses in a profile the culprit stays open.',
};

const rogueNoId: Scenario = {
  name: 'rogue-no-server-id',
  title: 'A rogue that leaves out the server identifier',
  about:
    'A script answers without option 54, faster than the rack. busybox udhcpc takes the lease all the same. A probe that keys servers by option 54 does not see it.',
  twin: 'dora-clean',
  emulated: ['the rogue is a script: the installed servers always send option 54'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true }),
    actorStays('rogue', 'dhcp_server.py', [
      'no-server-id',
      '--mac',
      '02:16:3e:66:66:66',
      '--ip',
      '198.51.100.66',
      '--router',
      '198.51.100.66',
      '--boot',
      'evil.0',
    ]),
    udhcpc('client'),
    waitLog('dhcpd-rack', /DHCPOFFER/, 5),
  ],
  profile: PROFILE,
  shows: [
    {
      capture: 'client.pcap',
      filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.66 and not dhcp.option.dhcp_server_id',
    },
  ],
  expect: [
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ABSENCES },
    { captures: ['client.pcap'], must: ['dhcp-servers-conflict'], mustNot: ABSENCES },
    { captures: ['rack.pcap'], mustNot: ['dhcp-offer-ignored', 'dhcp-request-unanswered', 'dhcp-server-id-spoofed'] },
  ],
  notAsserted: 'That the missing option is called malformed.',
};

const maasProbe: Scenario = {
  name: 'maas-probe-clean',
  title: 'A MAAS rack probes for other DHCP servers, and only the rack answers',
  about:
    'Four DISCOVERs of one transaction with the client id 00 "MAAS-" MAC and no REQUEST: a probe, not a client in trouble.',
  emulated: ['the probe is a script that sends what MAAS sends'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, probe: { on: 'sw', mac: '02:16:3e:00:00:02', addresses: ['198.51.100.3/24'] } },
  captures: [at('probe', 'probe')],
  steps: [dhcpd('rack', RACK_DHCP), actor('probe', 'dhcp_client.py', ['maas-probe', '--mac', '02:16:3e:00:00:02'])],
  profile: PROFILE,
  shows: [
    { capture: 'probe.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 4 },
    { capture: 'probe.pcap', filter: 'dhcp.option.dhcp == 3', atMost: 0 },
  ],
  expect: [false, true].map((profile) => ({
    captures: ['probe.pcap'],
    profile,
    verdict: 'nothing-found' as const,
    quiet: true,
    mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-starvation'],
  })),
  notAsserted: 'Nothing beyond silence.',
};

export const ROGUES: readonly Scenario[] = [
  doraClean,
  rogueWins,
  rogueLoses,
  twoRogues,
  rogueBootOffer,
  rogueSpoofsId,
  rogueNoId,
  maasProbe,
];
