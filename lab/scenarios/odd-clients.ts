/** Healthy clients that send other messages than most. */
import type { CapturePoint, Expectation, Scenario, Step } from '../scenario.ts';
import { at } from '../verbs/capture.ts';
import { actor } from '../verbs/faults.ts';
import { dhcpd, dnsmasq } from '../verbs/services.ts';
import { ABSENCES, ACCUSATIONS, client, PROFILE, RACK, RACK_DHCP } from './segment.ts';

const POINTS: readonly CapturePoint[] = [at('client', 'client'), at('rack', 'rack')];

const NOTHING = 'Nothing beyond silence.';

/** Silent from every named vantage, without and with the profile. */
function silent(files: readonly string[], more: Partial<Expectation> = {}): Expectation[] {
  return files.flatMap((file) =>
    [false, true].map((profile) => ({
      captures: [file],
      profile,
      verdict: 'nothing-found' as const,
      quiet: true,
      mustNot: [...ACCUSATIONS, ...ABSENCES, 'dhcp-malformed', 'dhcp-starvation'],
      ...more,
    })),
  );
}

/** One emulated client against a real server. */
function oddClient(
  name: string,
  title: string,
  about: string,
  server: Step,
  mode: readonly string[],
  shows: Scenario['shows'],
  node: Partial<Parameters<typeof client>[1]> = {},
): Scenario {
  return {
    name,
    title,
    about,
    emulated: ['the client is a script: none that is packaged sends this'],
    switches: { sw: 'bridge' },
    nodes: { rack: RACK, client: client(1, node) },
    captures: POINTS,
    steps: [server, actor('client', 'dhcp_client.py', mode)],
    profile: PROFILE,
    shows,
    expect: silent(['client.pcap', 'rack.pcap']),
    notAsserted: NOTHING,
  };
}

const RACK_DNSMASQ = [
  '--bind-interfaces',
  '--no-ping',
  '--dhcp-range=198.51.100.100,198.51.100.120,10m',
  '--dhcp-option=3,198.51.100.1',
  '--dhcp-option=6,198.51.100.2',
  '--dhcp-boot=lpxelinux.0,rack1,198.51.100.2',
] as const;

const inform = oddClient(
  'inform',
  'A host with an address of its own asks for the other parameters',
  'INFORM is answered by an ACK without an address and without a lease time: nothing is missing.',
  dhcpd('rack', RACK_DHCP),
  ['inform', '--address', '198.51.100.80'],
  [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 8' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5 and dhcp.ip.your == 0.0.0.0' },
  ],
  { addresses: ['198.51.100.80/24'] },
);

const bootp = oddClient(
  'bootp',
  'A BOOTP client, from before DHCP',
  'A request without a message type, answered by ISC dhcpd with a dynamic BOOTP address.',
  dhcpd('rack', { ...RACK_DHCP, range: undefined, inSubnet: 'range dynamic-bootp 198.51.100.100 198.51.100.120;' }),
  ['bootp'],
  [
    { capture: 'client.pcap', filter: 'dhcp.type == 1 and not dhcp.option.dhcp' },
    { capture: 'client.pcap', filter: 'dhcp.type == 2 and not dhcp.option.dhcp' },
  ],
);

const rapidCommit = oddClient(
  'rapid-commit',
  'Rapid Commit: the DISCOVER is answered by an ACK',
  'RFC 4039: two messages instead of four. There is no OFFER and no REQUEST, and nothing is missing.',
  dnsmasq('rack', [...RACK_DNSMASQ, '--dhcp-rapid-commit']),
  ['rapid-commit'],
  [
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 5' },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 2', atMost: 0 },
  ],
);

const ipv6Only = oddClient(
  'option-108',
  'An IPv6-only client is told that it needs no IPv4 and stops',
  'RFC 8925: the client asks for option 108, the OFFER carries it, and the client sends no REQUEST. Twice. No OFFER was ignored by mistake.',
  dnsmasq('rack', [...RACK_DNSMASQ, '--dhcp-option=108,0:0:7:8']),
  ['ipv6-only'],
  [
    { capture: 'client.pcap', filter: 'dhcp.option.type == 108 and dhcp.option.dhcp == 2', atLeast: 2 },
    { capture: 'client.pcap', filter: 'dhcp.option.dhcp == 3', atMost: 0 },
  ],
);

export const ODD_CLIENTS: readonly Scenario[] = [inform, bootp, rapidCommit, ipv6Only];
