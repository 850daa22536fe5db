/** Relays between two points that are recorded at once: one way only, unknown, too many hops, answered past. */
import type { Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { dhclient, udhcpc } from '../verbs/clients.ts';
import { actor, actorStays } from '../verbs/faults.ts';
import { forwarding, ip } from '../verbs/network.ts';
import { dhcpd, dhcrelay } from '../verbs/services.ts';
import {
  alone,
  AROUND_RELAY,
  BEHIND_RELAY,
  butNot,
  CLIENT,
  filesOf,
  RACK,
  RELAY_ARGS,
  relayLinks,
  silence,
} from './multi-places.ts';
import { ACCUSATIONS, PROFILE } from './segment.ts';

const ROUTE = ip('rack', 'route add default via 198.51.100.1');
const RELAY1 = { name: 'relay1', addresses: ['203.0.113.1', '198.51.100.1'], insertsOption82: true } as const;
const ALL = filesOf(AROUND_RELAY);

const NETWORK = {
  switches: { access: 'bridge', core: 'bridge' },
  nodes: { relay: {}, client: CLIENT, rack: RACK },
  links: relayLinks('relay', 1),
  before: [forwarding('relay'), ROUTE],
  captures: AROUND_RELAY,
  profile: { ...PROFILE, relays: [RELAY1] },
} as const;

const clean: Scenario = {
  ...NETWORK,
  name: 'multi-relay-clean',
  title: 'A relayed lease, seen by the client, behind the relay and at the rack',
  about: 'ISC dhcrelay and dhcpd as they should be. The twin of every scenario with a relay.',
  steps: [dhcpd('rack', BEHIND_RELAY), dhcrelay('relay', RELAY_ARGS), dhclient('client')],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5' },
    { capture: 'rack.pcap', filter: 'dhcp.option.type == 82', atLeast: 4 },
  ],
  expect: [
    ...silence(AROUND_RELAY, ALL),
    { captures: ALL, profile: true, verdict: 'nothing-found', quiet: true, mustNot: butNot() },
  ],
  notAsserted: 'Nothing beyond silence.',
};

const oneWay: Scenario = {
  ...NETWORK,
  name: 'multi-relay-one-way',
  title: 'The server has no way back to the relay: OFFERs are sent and never arrive',
  about:
    "The rack's route to the relay's address leads to another router, which knows no way there. DISCOVERs come in, OFFERs go out to the wrong router.",
  twin: 'multi-relay-clean',
  nodes: {
    relay: {},
    client: CLIENT,
    rack: RACK,
    gateway: { on: 'core', mac: '02:00:5e:00:09:01', addresses: ['198.51.100.254/24'] },
  },
  before: [forwarding('relay'), forwarding('gateway'), ip('rack', 'route add default via 198.51.100.254')],
  steps: [
    dhcpd('rack', BEHIND_RELAY),
    dhcrelay('relay', RELAY_ARGS),
    udhcpc('client', { outcome: 'none', tries: 4, every: 3, args: ['-B'] }),
  ],
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 2 and ip.dst == 203.0.113.1', atLeast: 4 },
    { capture: 'relay-server-side.pcap', filter: 'dhcp.option.dhcp == 2', atMost: 0 },
  ],
  expect: [
    { captures: ALL, verdict: 'fault', must: ['relay-one-way'], mustNot: butNot('relay-one-way') },
    {
      captures: ['relay-server-side.pcap', 'rack.pcap'],
      verdict: 'fault',
      must: ['relay-one-way'],
      mustNot: butNot('relay-one-way'),
    },
    { captures: ['rack.pcap'], must: ['relay-one-way'], mustNot: butNot('relay-one-way') },
    { captures: ['relay-server-side.pcap'], mustNot: butNot() },
    { captures: ['client.pcap'], mustNot: butNot() },
  ],
  notAsserted: 'Which router has no route.',
};

const twoRelays: Scenario = {
  ...NETWORK,
  name: 'multi-two-relays',
  title: 'Two relays forward one client: seen together, nothing is lost and nothing is double',
  about:
    'Each message of the client comes to the rack twice, with two relay addresses, and each answer comes back twice.',
  nodes: { relay: {}, relay2: {}, client: CLIENT, rack: RACK },
  links: [...relayLinks('relay', 1), ...relayLinks('relay2', 3)],
  before: [forwarding('relay'), forwarding('relay2'), ROUTE],
  steps: [
    dhcpd('rack', BEHIND_RELAY),
    dhcrelay('relay', RELAY_ARGS),
    dhcrelay('relay2', RELAY_ARGS),
    dhclient('client'),
  ],
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.ip.relay == 203.0.113.1' },
    { capture: 'rack.pcap', filter: 'dhcp.ip.relay == 203.0.113.3' },
  ],
  expect: [
    ...silence(AROUND_RELAY, ALL),
    { captures: ['rack.pcap'], profile: true, must: ['relay-unknown'], mustNot: butNot('relay-unknown') },
    { captures: ALL, profile: true, must: ['relay-unknown'], mustNot: butNot('relay-unknown') },
  ],
  notAsserted: 'Nothing beyond: the profile knows only one of the two relays.',
};

const hops: Scenario = {
  ...NETWORK,
  name: 'multi-relay-hops',
  title: 'A request that has come through too many relays is dropped by the next',
  about:
    'A script sends DISCOVERs whose hops field says sixteen; dhcrelay drops them (RFC 1542 4.1.1), and the rack sees none.',
  twin: 'multi-relay-clean',
  emulated: ['the long chain of relays is a script that writes the hops field'],
  steps: [
    dhcpd('rack', BEHIND_RELAY),
    dhcrelay('relay', RELAY_ARGS),
    actor('client', 'dhcp_odd.py', ['hops', '--hops', '16']),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'dhcp.hops == 16', atLeast: 4 },
    { capture: 'rack.pcap', filter: 'dhcp', atMost: 0 },
  ],
  expect: [
    { captures: ALL, verdict: 'fault', must: ['relay-hops-exceeded'], mustNot: butNot('relay-hops-exceeded') },
    ...alone(AROUND_RELAY, ACCUSATIONS),
  ],
  notAsserted: 'Where the hops came from.',
};

const misdirected: Scenario = {
  ...NETWORK,
  name: 'multi-relay-misdirected',
  title: 'A server answers relayed clients by broadcast on its own segment',
  about: 'A script plays a server that does not send to the relay address; its OFFERs stay on the server segment.',
  twin: 'multi-relay-clean',
  emulated: ['the server is a script'],
  captures: [at('client', 'client'), at('relay-server-side', 'relay', 'eth1'), at('rack', 'rack')],
  steps: [
    actorStays('rack', 'dhcp_odd.py', ['misdirect', '--mac', '02:16:3e:00:00:01', '--address', '203.0.113.100']),
    dhcrelay('relay', RELAY_ARGS),
    udhcpc('client', { outcome: 'none', tries: 3, every: 3, args: ['-B'] }),
  ],
  shows: [
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 2 and ip.dst == 255.255.255.255', atLeast: 3 },
    { capture: 'client.pcap', filter: 'dhcp.type == 2', atMost: 0 },
  ],
  expect: [
    { captures: ['rack.pcap'], must: ['relay-reply-misdirected'], mustNot: butNot('relay-reply-misdirected') },
    {
      captures: ALL,
      verdict: 'fault',
      must: ['relay-reply-misdirected'],
      mustNot: butNot('relay-reply-misdirected', 'relay-one-way', 'option82-not-echoed'),
    },
    {
      captures: ['relay-server-side.pcap'],
      must: ['relay-reply-misdirected'],
      mustNot: butNot('relay-reply-misdirected'),
    },
    { captures: ['client.pcap'], mustNot: butNot() },
  ],
  notAsserted: 'Nothing.',
};

export const MULTI_RELAY: readonly Scenario[] = [clean, oneWay, twoRelays, hops, misdirected];
