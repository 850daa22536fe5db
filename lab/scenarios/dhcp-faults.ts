/** DHCP exchanges that break on one segment without a rogue. */
import type { CapturePoint, Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, udhcpc } from '../verbs/clients.ts';
import { actor, actorStays, filter } from '../verbs/faults.ts';
import { dhcpd } from '../verbs/services.ts';
import { ACCUSATIONS, BYSTANDER, client, PROFILE, RACK, RACK_DHCP } from './segment.ts';

const POINTS: readonly CapturePoint[] = [at('client', 'client'), at('rack', 'rack')];

/** The same expectation without and with the profile. */
function both(one: Omit<Expectation, 'profile'>): Expectation[] {
  return [{ ...one }, { ...one, profile: true }];
}

/** DHCP message type, by its place in what every server here writes: option 53 comes first. */
const messageType = (value: number): string => `@th,2000,8 ${value}`;

const ackDiffers: Scenario = {
  name: 'ack-differs-from-offer',
  title: 'The ACK promises another router and resolver than the OFFER',
  about:
    'A script plays the server: the same identifier and address, but other routers and resolvers in the ACK than in the OFFER which the client chose.',
  twin: 'dora-clean',
  emulated: ['the server is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: POINTS,
  steps: [
    actorStays('rack', 'dhcp_server.py', [
      'ack-differs',
      '--mac',
      '02:16:3e:00:00:01',
      '--ip',
      '198.51.100.2',
      '--offer',
      '198.51.100.100',
    ]),
    udhcpc('client'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2 and dhcp.option.router == 198.51.100.1' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and dhcp.option.router == 198.51.100.254' },
  ],
  expect: POINTS.flatMap((point) =>
    both({
      captures: [`${point.vantage}.pcap`],
      verdict: 'fault',
      must: ['dhcp-ack-differs-from-offer'],
      mustNot: ACCUSATIONS,
    }),
  ),
  notAsserted: 'Why the server changed its mind.',
};

const nakStorm: Scenario = {
  name: 'nak-storm',
  title: 'A server offers an address and NAKs every REQUEST for it',
  about: 'A script plays the server. The client goes round DISCOVER, OFFER, REQUEST, NAK and never gets a lease.',
  twin: 'dora-clean',
  emulated: ['the server is a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: POINTS,
  steps: [
    actorStays('rack', 'dhcp_server.py', [
      'nak-always',
      '--mac',
      '02:16:3e:00:00:01',
      '--ip',
      '198.51.100.2',
      '--offer',
      '198.51.100.100',
    ]),
    dhclient('client', { outcome: 'none', seconds: 25, conf: 'timeout 40;\ninitial-interval 1;\nbackoff-cutoff 2;\n' }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 6', atLeast: 5 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5', atMost: 0 },
  ],
  expect: POINTS.flatMap((point) =>
    both({ captures: [`${point.vantage}.pcap`], verdict: 'fault', must: ['dhcp-nak-storm'], mustNot: ACCUSATIONS }),
  ),
  notAsserted: 'Why the server refuses.',
};

const requestUnanswered: Scenario = {
  name: 'request-unanswered',
  title: 'The ACK is lost on its way: the client asks again and again',
  about:
    "A filter in the switch drops the rack's ACKs and lets its OFFERs pass. The client repeats its REQUEST; the rack answers each one, at its own port.",
  twin: 'dora-clean',
  emulated: ['the dropping switch is an nftables rule'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  before: [filter('sw', [`iifname "p-rack" udp dport 68 ${messageType(5)} counter drop`])],
  captures: POINTS,
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { outcome: 'none', tries: 3, every: 3, args: ['-B'] })],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3', atLeast: 2 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5', atMost: 0 },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 5', atLeast: 2 },
  ],
  expect: [
    ...both({
      captures: ['client.pcap'],
      verdict: 'fault',
      must: ['dhcp-request-unanswered'],
      mustNot: [...ACCUSATIONS, 'dhcp-no-offer', 'dhcp-offer-ignored'],
    }),
    ...both({ captures: ['rack.pcap'], mustNot: [...ACCUSATIONS, 'dhcp-request-unanswered', 'dhcp-no-offer'] }),
  ],
  notAsserted: "At the rack: that its ACKs were lost (the client's repeated REQUESTs hint at it).",
};

const noOffer: Scenario = {
  name: 'no-offer',
  title: "The rack's OFFERs are dropped before they reach the client",
  about:
    "The switch drops every DHCP reply that comes in at the rack's port, as DHCP snooping does on a port that nobody trusted. The client's port sees DISCOVERs with the broadcast flag and nothing else; the rack's port sees OFFERs that nobody takes.",
  twin: 'dora-clean',
  emulated: ['the snooping switch is an nftables rule'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1), bystander: BYSTANDER },
  before: [filter('sw', ['iifname "p-rack" udp sport 67 udp dport { 67, 68 } counter drop'])],
  captures: [...POINTS, at('bystander', 'bystander')],
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { outcome: 'none', tries: 4, every: 3, args: ['-B'] })],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 4 },
    { capture: 'client.pcap', filter: 'dhcp.type == 2', atMost: 0 },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 2', atLeast: 4 },
  ],
  expect: [
    ...both({ captures: ['client.pcap'], verdict: 'fault', must: ['dhcp-no-offer'], mustNot: ACCUSATIONS }),
    ...both({
      captures: ['rack.pcap'],
      verdict: 'fault',
      must: ['dhcp-offer-ignored'],
      mustNot: [...ACCUSATIONS, 'dhcp-no-offer'],
    }),
    ...both({ captures: ['bystander.pcap'], mustNot: ACCUSATIONS }),
  ],
  notAsserted: 'That the switch drops them: that needs both captures together.',
};

const noOfferUnseen: Scenario = {
  name: 'no-offer-unseen',
  title: 'A third port sees DISCOVERs that ask for unicast replies, and no reply',
  about:
    'dhclient asks without the broadcast flag, the rack answers by unicast but dhclient refuses each OFFER; the third port sees DISCOVER after DISCOVER. From there nobody can tell whether an OFFER came.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1), bystander: BYSTANDER },
  captures: [at('bystander', 'bystander')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client', {
      outcome: 'none',
      seconds: 14,
      conf: 'timeout 30;\ninitial-interval 3;\nbackoff-cutoff 4;\nrequire nis-domain;\n',
    }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'bystander.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 3 },
    { capture: 'bystander.pcap', filter: 'dhcp.type == 2', atMost: 0 },
  ],
  expect: both({
    captures: ['bystander.pcap'],
    quiet: true,
    mustNot: [...ACCUSATIONS, 'dhcp-no-offer', 'dhcp-offer-ignored', 'dhcp-pool-exhausted'],
  }),
  notAsserted: 'That the verdict is undecided rather than nothing-found.',
};

const offerIgnored: Scenario = {
  name: 'offer-ignored',
  title: 'A client ignores every OFFER, because it wants an option that none carries',
  about: 'dhclient is told to require nis-domain, which the rack does not give: it drops each OFFER and keeps asking.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client', {
      outcome: 'none',
      seconds: 16,
      conf: 'timeout 30;\ninitial-interval 3;\nbackoff-cutoff 4;\nrequire nis-domain;\n',
    }),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2', atLeast: 3 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3', atMost: 0 },
  ],
  expect: POINTS.flatMap((point) =>
    both({
      captures: [`${point.vantage}.pcap`],
      must: ['dhcp-offer-ignored'],
      mustNot: [...ACCUSATIONS, 'dhcp-no-offer'],
    }),
  ),
  notAsserted: 'What the client misses.',
};

const noServer: Scenario = {
  name: 'no-server',
  title: 'No DHCP server at all',
  about: 'A client asks with the broadcast flag, on a segment where nobody serves.',
  twin: 'dora-clean',
  switches: { sw: 'bridge' },
  nodes: { client: client(1), bystander: BYSTANDER },
  captures: [at('client', 'client')],
  steps: [udhcpc('client', { outcome: 'none', tries: 4, every: 3, args: ['-B'] })],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 4 }],
  expect: both({ captures: ['client.pcap'], verdict: 'fault', must: ['dhcp-no-offer'], mustNot: ACCUSATIONS }),
  notAsserted: 'Why nobody answers.',
};

const silentPort: Scenario = {
  name: 'silent-port',
  title: "An access port that lets nothing pass: the rack's capture is empty",
  about:
    "The switch drops every frame of the client's port, as a port in the wrong VLAN or before 802.1X does. The client asks and hears nothing; the rack looked for the same time and saw nothing at all.",
  twin: 'dora-clean',
  emulated: ['the blocked port is an nftables rule'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  before: [filter('sw', ['iifname "p-client" drop', 'oifname "p-client" drop'])],
  captures: POINTS,
  steps: [dhcpd('rack', RACK_DHCP), udhcpc('client', { outcome: 'none', tries: 4, every: 3, args: ['-B'] })],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 4 },
    { capture: 'rack.pcap', filter: 'frame', atMost: 0 },
  ],
  expect: [
    ...both({ captures: ['client.pcap'], verdict: 'fault', must: ['dhcp-no-offer'], mustNot: ACCUSATIONS }),
    ...both({
      captures: ['rack.pcap'],
      quiet: true,
      mustNot: [...ACCUSATIONS, 'dhcp-no-offer', 'dhcp-request-unanswered'],
    }),
  ],
  notAsserted: 'How the empty capture is worded in coverage.',
};

const malformed: Scenario = {
  name: 'malformed',
  title: 'Broken DHCP messages beside a healthy exchange',
  about:
    'A script sends eight messages that break RFC 2131 and RFC 2132: options longer than the datagram, no END, a cut fixed part, a wrong cookie. A real client gets its lease meanwhile.',
  emulated: ['the broken messages come from a script'],
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, breaker: { on: 'sw', mac: '52:54:00:bb:00:66' }, client: client(1) },
  captures: POINTS,
  steps: [
    dhcpd('rack', RACK_DHCP),
    dhclient('client'),
    actor('breaker', 'dhcp_client.py', ['malformed', '--mac', '52:54:00:bb:00:66']),
  ],
  profile: PROFILE,
  shows: [{ capture: 'rack.pcap', filter: 'udp.dstport == 67 and eth.src == 52:54:00:bb:00:66', atLeast: 8 }],
  expect: POINTS.flatMap((point) =>
    both({
      captures: [`${point.vantage}.pcap`],
      must: ['dhcp-malformed'],
      mustNot: [...ACCUSATIONS, 'dhcp-starvation', 'dhcp-no-offer', 'dhcp-request-unanswered'],
    }),
  ),
  notAsserted: 'How many of the eight are called malformed.',
};

export const DHCP_FAULTS: readonly Scenario[] = [
  ackDiffers,
  nakStorm,
  requestUnanswered,
  noOffer,
  noOfferUnseen,
  offerIgnored,
  noServer,
  silentPort,
  malformed,
];
