/** Spanning tree: ports that do not forward yet. */
import type { Expectation, Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { udhcpc } from '../verbs/clients.ts';
import { ip, ovsSet, pause } from '../verbs/network.ts';
import { dhcpd } from '../verbs/services.ts';
import { client, DORA, PROFILE, RACK, RACK_DHCP } from './segment.ts';

const ON = ip('sw', 'link set dev br0 type bridge stp_state 1 forward_delay 1500 hello_time 200');

function silent(file: string): Expectation[] {
  return [false, true].map((profile) => ({
    captures: [file],
    profile,
    verdict: 'nothing-found' as const,
    quiet: true,
    mustNot: ['stp-port-delay'],
  }));
}

const delay: Scenario = {
  name: 'link-stp-delay',
  title: 'The switch port listens and learns for half a minute while the machine asks',
  about:
    'A Linux bridge with spanning tree and a forward delay of 15 s: the port of the machine comes up, sends BPDUs, and drops DISCOVERs for 30 s.',
  twin: 'link-stp-forwarding',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1, { down: true }) },
  before: [ON, pause(32, 'the port of the rack opens first')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    ip('client', 'link set dev eth0 up'),
    udhcpc('client', { tries: 12, every: 4 }),
    pause(2, 'one more BPDU'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'stp', atLeast: 10 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 5 },
    { capture: 'rack.pcap', filter: 'dhcp.option.dhcp == 1', atMost: 3 },
    ...DORA('client.pcap'),
  ],
  expect: [
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['stp-port-delay'],
      mustNot: ['lacp-suspended', 'dot1x-blocks-boot'],
    })),
    ...silent('rack.pcap'),
  ],
  notAsserted: 'Which DISCOVER was the first to get through.',
};

const forwarding: Scenario = {
  name: 'link-stp-forwarding',
  title: 'A bridge with spanning tree whose ports forward already',
  about:
    'The same bridge, and the port of the machine has been up for half a minute when it asks: BPDUs and a clean exchange.',
  switches: { sw: 'bridge' },
  nodes: { rack: RACK, client: client(1) },
  before: [ON, pause(32, 'both ports open')],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [dhcpd('rack', RACK_DHCP), pause(5, 'some BPDUs'), udhcpc('client'), pause(3, 'some more')],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'stp', atLeast: 3 }, ...DORA('client.pcap')],
  expect: [...silent('client.pcap'), ...silent('rack.pcap')],
  notAsserted: 'Nothing beyond silence.',
};

const rapid: Scenario = {
  name: 'link-rstp-delay',
  title: 'A port that RSTP does not take for an edge says that it discards while the machine asks',
  about:
    'Open vSwitch with rapid spanning tree and the port of the machine no edge port: its BPDUs say discarding, then learning, then forwarding; DISCOVERs of the first half minute are lost.',
  twin: 'link-rstp-edge',
  switches: { sw: 'ovs' },
  nodes: { rack: RACK, client: client(1, { down: true }) },
  before: [
    ovsSet('sw', 'set bridge br0 rstp_enable=true'),
    ovsSet('sw', 'set port p-rack other_config:rstp-port-admin-edge=true other_config:rstp-port-auto-edge=true'),
    ovsSet('sw', 'set port p-client other_config:rstp-port-admin-edge=false other_config:rstp-port-auto-edge=false'),
    pause(8, 'the port of the rack opens'),
  ],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    ip('client', 'link set dev eth0 up'),
    udhcpc('client', { tries: 14, every: 4 }),
    pause(3, 'one more BPDU'),
  ],
  profile: PROFILE,
  shows: [
    { capture: 'client.pcap', filter: 'stp.flags.port_role == 3 and stp.flags.forwarding == 0', atLeast: 5 },
    { capture: 'client.pcap', filter: 'stp.flags.forwarding == 1' },
    ...DORA('client.pcap'),
  ],
  expect: [
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['stp-port-delay'],
    })),
    ...silent('rack.pcap'),
  ],
  notAsserted: 'The confidence: the port says its state itself.',
};

const edge: Scenario = {
  name: 'link-rstp-edge',
  title: 'A port that RSTP takes for an edge forwards at once',
  about: 'The same switch with the port of the machine as an edge port.',
  switches: { sw: 'ovs' },
  nodes: { rack: RACK, client: client(1, { down: true }) },
  before: [
    ovsSet('sw', 'set bridge br0 rstp_enable=true'),
    ovsSet('sw', 'set port p-rack other_config:rstp-port-admin-edge=true other_config:rstp-port-auto-edge=true'),
    ovsSet('sw', 'set port p-client other_config:rstp-port-admin-edge=true other_config:rstp-port-auto-edge=true'),
    pause(8, 'the port of the rack opens'),
  ],
  captures: [at('client', 'sw', 'p-client'), at('rack', 'rack')],
  steps: [
    dhcpd('rack', RACK_DHCP),
    ip('client', 'link set dev eth0 up'),
    pause(1, 'the link comes up'),
    udhcpc('client', { tries: 6, every: 3 }),
    pause(3, 'some BPDUs'),
  ],
  profile: PROFILE,
  shows: [{ capture: 'client.pcap', filter: 'stp.flags.forwarding == 1' }, ...DORA('client.pcap')],
  expect: [...silent('client.pcap'), ...silent('rack.pcap')],
  notAsserted: 'Nothing beyond silence.',
};

export const LINK_STP: readonly Scenario[] = [delay, forwarding, rapid, edge];
