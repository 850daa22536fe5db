/** Servers that refuse what another one leased. */
import type { CapturePoint, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient } from '../verbs/clients.ts';
import { actorStays } from '../verbs/faults.ts';
import { ip, pause, stop, waitLog } from '../verbs/network.ts';
import { dhcpd, dnsmasq } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS, client, PROFILE, RACK, RACK_DHCP, ROGUE } from './segment.ts';

const POINTS: readonly CapturePoint[] = [at('client', 'client'), at('rack', 'rack')];

const rogueNaks: Scenario = {
  name: 'rogue-naks',
  title: "A foreign server that only NAKs: it never offers, and refuses the rack's leases",
  about:
    'A dhcpd that is authoritative for another network and has no addresses to give stands on the segment. A client that reboots with a lease of the rack asks for it by broadcast; the foreign server says NAK ("wrong network"), the rack says ACK.',
  twin: 'reboot-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: { ...ROGUE, addresses: ['203.0.113.66/24'] }, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client', { label: 'first' }),
    stop('first'),
    ip('client', 'addr flush dev eth0'),
    dhcpd('rogue', { subnet: '203.0.113.0', router: '203.0.113.66' }),
    dhclient('client', { label: 'second', leasesOf: 'first' }),
    waitLog('dhcpd-rogue', /DHCPNAK/, 5),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 6 and ip.src == 203.0.113.66' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 203.0.113.66', atMost: 0 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and ip.src == 198.51.100.2', atLeast: 2 },
  ],
  expect: [
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server', 'dhcp-nak-by-other-server'],
      mustNot: ABSENCES,
    },
    {
      captures: ['client.pcap'],
      verdict: 'fault',
      must: ['dhcp-nak-by-other-server'],
      mustNot: ['dhcp-nak-storm', ...ABSENCES],
    },
    {
      captures: ['rack.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-rogue-server', 'dhcp-nak-by-other-server'],
    },
    { captures: ['rack.pcap'], must: ['dhcp-nak-by-other-server'], mustNot: ['dhcp-nak-storm'] },
  ],
  notAsserted: 'Without a profile: that the one that NAKs is the foreign one.',
};

const rebootClean: Scenario = {
  name: 'reboot-clean',
  title: 'A client reboots and asks for its old address again',
  about:
    'dhclient starts with its old lease file, so its first message is a REQUEST without a server identifier (INIT-REBOOT), and the rack says ACK.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client', { label: 'first' }),
    stop('first'),
    ip('client', 'addr flush dev eth0'),
    dhclient('client', { label: 'second', leasesOf: 'first' }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 2 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atMost: 1 },
  ],
  expect: [false, true].flatMap((profile) =>
    POINTS.map((point) => ({
      captures: [`${point.vantage}.pcap`],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES],
    })),
  ),
  notAsserted: 'Nothing beyond silence.',
};

const rogueNaksSelecting: Scenario = {
  name: 'rogue-naks-selecting',
  title: 'A server that NAKs a REQUEST which names the rack',
  about:
    'A script answers each REQUEST with a NAK of its own, although the REQUEST names the rack, and never offers anything.',
  twin: 'dora-clean',
  emulated: ['the NAKing server is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', RACK_DHCP),
    actorStays('rogue', 'dhcp_server.py', ['nak-selecting', '--mac', '02:16:3e:66:66:66', '--ip', '198.51.100.66']),
    dhclient('client'),
    pause(0.5, 'the NAK may come after the ACK'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 6 and ip.src == 198.51.100.66' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.option.dhcp_server_id == 198.51.100.2' },
  ],
  expect: [
    { captures: ['client.pcap'], verdict: 'fault', must: ['dhcp-nak-by-other-server'], mustNot: ABSENCES },
    {
      captures: ['client.pcap'],
      profile: true,
      verdict: 'fault',
      must: ['dhcp-nak-by-other-server', 'dhcp-rogue-server'],
      mustNot: ABSENCES,
    },
    { captures: ['rack.pcap'], must: ['dhcp-nak-by-other-server'] },
    { captures: ['rack.pcap'], profile: true, must: ['dhcp-nak-by-other-server', 'dhcp-rogue-server'] },
  ],
  notAsserted:
    'Without a profile: that the NAKing server is a rogue; an authoritative dnsmasq NAKs so too (rack-naks-rogues-client).',
};

const authoritativeNaks: Scenario = {
  name: 'rack-naks-rogues-client',
  title: 'The rack itself NAKs a client that chose the rogue',
  about:
    'The rack runs dnsmasq with dhcp-authoritative, which NAKs a REQUEST that names another server. A rogue ISC dhcpd answers first, the client asks it, and it is the honest rack that NAKs. So a NAK to a REQUEST that names somebody else does not show which of the two is the rogue.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: ROGUE, client: client(1) },
  captures: POINTS,
  steps: [
    dnsmasq('rack', [
      '--bind-interfaces',
      '--dhcp-authoritative',
      '--dhcp-range=198.51.100.100,198.51.100.120,10m',
      '--dhcp-option=3,198.51.100.1',
      '--dhcp-option=6,198.51.100.2',
      '--dhcp-boot=lpxelinux.0,rack1,198.51.100.2',
    ]),
    dhcpd('rogue', {
      range: ['198.51.100.200', '198.51.100.220'],
      router: '198.51.100.66',
      dns: '198.51.100.66',
      nextServer: '198.51.100.66',
      file: 'evil.0',
    }),
    dhclient('client'),
    waitLog('dnsmasq-rack', /DHCPNAK/, 8),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 6 and ip.src == 198.51.100.2' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.option.dhcp_server_id == 198.51.100.66' },
  ],
  expect: [
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ABSENCES },
    { captures: ['client.pcap'], must: ['dhcp-nak-by-other-server'], mustNot: ['dhcp-rogue-server', ...ABSENCES] },
    { captures: ['rack.pcap'], profile: true, must: ['dhcp-rogue-server'], mustNot: ['dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], must: ['dhcp-nak-by-other-server'], mustNot: ['dhcp-rogue-server'] },
  ],
  notAsserted: "That dhcp-servers-conflict fires: the rack's own OFFER comes after a ping of three seconds.",
};

const homeRouter: Scenario = {
  name: 'home-router',
  title: 'A home router on the segment leases another network, and the rack NAKs its clients',
  about:
    'Somebody plugs in a router that leases 203.0.113.0/24 and answers first. The client asks it for that lease; the rack, an ISC dhcpd authoritative for 198.51.100.0/24, hears a REQUEST for a foreign address and says NAK. It is the honest server that refuses what another one offered.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, rogue: { ...ROGUE, addresses: ['203.0.113.1/24'] }, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', { ...RACK_DHCP, pingCheck: true }),
    dnsmasq('rogue', [
      '--bind-interfaces',
      '--no-ping',
      '--dhcp-range=203.0.113.50,203.0.113.99,10m',
      '--dhcp-option=3,203.0.113.1',
      '--dhcp-option=6,203.0.113.1',
      '--domain=home.example',
    ]),
    dhclient('client'),
    waitLog('dhcpd-rack', /DHCPNAK/, 8),
    waitLog('dhcpd-rack', /DHCPOFFER/, 8),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 6 and ip.src == 198.51.100.2' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3 and dhcp.option.dhcp_server_id == 203.0.113.1' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and ip.src == 198.51.100.2' },
  ],
  expect: [
    { captures: ['client.pcap'], profile: true, verdict: 'fault', must: ['dhcp-rogue-server'], mustNot: ABSENCES },
    {
      captures: ['client.pcap'],
      must: ['dhcp-servers-conflict', 'dhcp-nak-by-other-server'],
      mustNot: ['dhcp-rogue-server', ...ABSENCES],
    },
    { captures: ['rack.pcap'], profile: true, must: ['dhcp-rogue-server'], mustNot: ['dhcp-request-unanswered'] },
    { captures: ['rack.pcap'], must: ['dhcp-nak-by-other-server'], mustNot: ['dhcp-rogue-server'] },
  ],
  notAsserted: 'Without a profile: which of the two servers is the legitimate one.',
};

export const NAKS: readonly Scenario[] = [rogueNaks, rebootClean, rogueNaksSelecting, authoritativeNaks, homeRouter];
