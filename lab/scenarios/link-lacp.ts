/** Aggregations that wait for a partner. */
import type { Scenario } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { udhcpc } from '../verbs/clients.ts';
import { ovsSet, pause } from '../verbs/network.ts';
import { dhcpd } from '../verbs/services.ts';
import { client, DORA, PROFILE, RACK, RACK_DHCP } from './segment.ts';

const MACHINE = { mac: '52:54:00:bb:00:01' };

function bond(fallback: boolean): ReturnType<typeof ovsSet> {
  return ovsSet(
    'sw',
    `add-bond br0 bond0 p-one p-two bond_mode=balance-tcp lacp=active other_config:lacp-time=fast other_config:lacp-fallback-ab=${fallback} other_config:bond-primary=p-one`,
  );
}

const NETWORK = {
  switches: { sw: 'ovs' },
  nodes: { rack: RACK, client: {} },
  links: [
    { a: ['client', 'eth0'], b: ['sw', 'p-one'], mac: MACHINE.mac },
    { a: ['client', 'eth1'], b: ['sw', 'p-two'], mac: client(2).mac ?? '' },
  ],
  captures: [at('client', 'client'), at('rack', 'rack')],
  profile: PROFILE,
} as const;

const suspended: Scenario = {
  ...NETWORK,
  name: 'link-lacp-suspended',
  title: 'The switch waits for LACP on the port of a machine that boots with one plain interface',
  about:
    'Open vSwitch with an aggregation of two ports, active LACP and no fallback: it hears no partner and drops the DISCOVERs.',
  twin: 'link-lacp-fallback',
  steps: [
    dhcpd('rack', RACK_DHCP),
    bond(false),
    pause(1, 'LACP begins'),
    udhcpc('client', { outcome: 'none', tries: 12, every: 3 }),
    pause(2, 'without a partner a LACPDU goes out every 30 s'),
  ],
  shows: [
    { capture: 'client.pcap', filter: 'lacp.actor.state.synchronization == 0', atLeast: 2 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 1', atLeast: 8 },
    { capture: 'rack.pcap', filter: 'dhcp', atMost: 0 },
  ],
  expect: [
    ...[false, true].map((profile) => ({
      captures: ['client.pcap'],
      profile,
      verdict: 'fault' as const,
      must: ['lacp-suspended'],
      mustNot: ['stp-port-delay', 'dot1x-blocks-boot'],
    })),
    { captures: ['rack.pcap'], quiet: true },
  ],
  notAsserted: 'That dhcp-no-offer is said beside it: it is the symptom.',
};

const fallback: Scenario = {
  ...NETWORK,
  name: 'link-lacp-fallback',
  title: 'An aggregation with a fallback lets a machine without LACP boot',
  about: 'The same aggregation falls back to a plain port when no partner is heard: LACPDUs and a clean exchange.',
  steps: [
    dhcpd('rack', RACK_DHCP),
    bond(true),
    pause(6, 'LACP gives up after three seconds'),
    udhcpc('client', { tries: 6, every: 3 }),
    pause(27, 'without a partner a LACPDU goes out every 30 s'),
  ],
  shows: [{ capture: 'client.pcap', filter: 'lacp', atLeast: 2 }, ...DORA('client.pcap')],
  expect: ['client.pcap', 'rack.pcap'].flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: ['lacp-suspended'],
    })),
  ),
  notAsserted: 'Nothing beyond silence.',
};

export const LINK_LACP: readonly Scenario[] = [suspended, fallback];
