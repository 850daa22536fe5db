import { type Arm, ARMS, expressionOf, type LinkKind } from './arms.ts';

/** What to capture for one symptom: no more than answers the question. */
export interface Preset {
  /** kebab-case; the name on the command line. */
  name: string;
  title: string;
  /** What is looked for in it. */
  about: string;
  arms: readonly Arm[];
  /** What it leaves out on purpose, and what that costs. */
  without: string;
}

/** The same in every preset: without them the frames of a fragmented or extended datagram vanish one by one. */
const WHOLE_UDP = [ARMS.udpFragments, ARMS.extensions] as const;
const PLACE = [ARMS.lldp, ARMS.cisco] as const;
const CONFIGURATION = [ARMS.dhcpv4, ARMS.dhcpv6] as const;
const NEIGHBOURS = [ARMS.arp, ARMS.nd] as const;

const pxe: Preset = {
  name: 'pxe',
  title: 'Network boot, from link to loader',
  about:
    'A machine does not boot, or boots the wrong thing: link protocols that hold a port back, addresses, boot server, loader by TFTP or HTTP',
  arms: [
    ...CONFIGURATION,
    ARMS.tftp,
    ...WHOLE_UDP,
    ...NEIGHBOURS,
    ARMS.mld,
    ARMS.icmpErrors,
    ARMS.dnsUdp,
    ARMS.httpFirst,
    ARMS.httpOpenings,
    ARMS.redundancy,
    ARMS.eapol,
    ARMS.macsec,
    ARMS.stp,
    ARMS.lacp,
    ...PLACE,
  ],
  without: 'the content of HTTP transfers; frames inside tunnels (VXLAN, GRE)',
};

const tlsInterception: Preset = {
  name: 'tls-interception',
  title: 'TLS interception',
  about: 'Certificates that are not the server’s own: who answers, with which chain, and who breaks off',
  arms: [ARMS.tls, ARMS.tcpFragments, ARMS.extensions, ARMS.icmpErrors, ARMS.dns, ARMS.udpFragments],
  without: 'TLS on other ports; with TLS 1.3 the chain itself is encrypted, and only the handshake’s shape is seen',
};

const dhcpGuards: Preset = {
  name: 'dhcp-guards',
  title: 'DHCP snooping, Option 82, IP source guard',
  about: 'Messages that a switch or relay drops or changes, and addresses that stay silent after a lease',
  arms: [...CONFIGURATION, ...WHOLE_UDP, ...NEIGHBOURS, ARMS.icmpErrors, ARMS.redundancy, ...PLACE],
  without: 'file transfers and everything over TCP',
};

const arpNd: Preset = {
  name: 'arp-nd',
  title: 'ARP inspection, ND inspection, MAC limits',
  about: 'Questions without an answer, two owners of one address, too many addresses at a port',
  arms: [
    ...NEIGHBOURS,
    ARMS.mld,
    ...CONFIGURATION,
    ...WHOLE_UDP,
    ARMS.redundancy,
    ARMS.icmpErrors,
    ARMS.stp,
    ARMS.lacp,
    ...PLACE,
  ],
  without: 'the traffic itself: a flood of source addresses shows only in the protocols that are captured',
};

const dot1xMacsec: Preset = {
  name: 'dot1x-macsec',
  title: '802.1X and MACsec',
  about: 'Ports that stay shut before a login, MACsec without a key, packets that no longer fit',
  arms: [
    ARMS.eapol,
    ARMS.macsec,
    ARMS.radius,
    ...CONFIGURATION,
    ...WHOLE_UDP,
    ...NEIGHBOURS,
    ARMS.icmpErrors,
    ARMS.stp,
    ARMS.lacp,
    ...PLACE,
  ],
  without: 'what MACsec encrypts: its frames are captured as they are, and may be many',
};

const proxiesFilters: Preset = {
  name: 'proxies-filters',
  title: 'Proxies, mirrors, content filters',
  about: 'Refusals of a proxy (407, 403), resets, and names that lead to a filter',
  arms: [
    ARMS.http,
    ARMS.tlsOpenings,
    ARMS.httpFirst,
    ARMS.tcpFragments,
    ARMS.dns,
    ARMS.udpFragments,
    ARMS.extensions,
    ARMS.icmpErrors,
  ],
  without: 'the content of TLS connections to 443, 5443 and 8443: opening, closing and reset only',
};

const dns: Preset = {
  name: 'dns',
  title: 'DNS policies and split horizon',
  about: 'Who answers which question with what, and what stays unanswered',
  arms: [ARMS.dns, ARMS.udpFragments, ARMS.tcpFragments, ARMS.extensions, ARMS.icmpErrors],
  without: 'the content of DNS over TLS; DNS over HTTPS',
};

const hostHardening: Preset = {
  name: 'host-hardening',
  title: 'Reach of the rack and region hosts',
  about: 'Who tries to reach which service, and what is refused: attempts and their answers, no content',
  arms: [ARMS.tcpOpenings, ARMS.icmpErrors, ARMS.extensions, ARMS.ntp, ARMS.maas, ARMS.udpFragments],
  without: 'the content of connections, and services over other UDP ports',
};

const captureHygiene: Preset = {
  name: 'capture-hygiene',
  title: 'The least that still shows a boot',
  about: 'Where approval covers little: addresses, neighbours, and which boot files are asked for',
  arms: [...CONFIGURATION, ARMS.tftpRequests, ...WHOLE_UDP, ...NEIGHBOURS, ARMS.eapol, ...PLACE],
  without: 'file contents, HTTP, DNS, spanning tree: how far a transfer came is not seen',
};

/** Every preset, the default first, then by symptom. */
export const PRESETS: readonly Preset[] = [
  pxe,
  tlsInterception,
  dhcpGuards,
  arpNd,
  dot1xMacsec,
  proxiesFilters,
  dns,
  hostHardening,
  captureHygiene,
];

export const DEFAULT_PRESET = pxe.name;

export function presetNamed(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

/** The capture filter of a preset, in pcap-filter(7) text. */
export function presetFilter(preset: Preset, link: LinkKind): string {
  return expressionOf(preset.arms, link);
}
