/**
 * Pieces of capture filters (pcap-filter(7)), each the filter of one kind of frame, and how they become one expression.
 *
 * Four things make filters of common guides miss frames. `vlan` moves the offsets of everything that follows it, so that
 * what is asked after it is asked of the tagged frame only: untagged arms must come first. `udp port` and `ip6 proto` look
 * only at the header right behind the IPv6 header: behind extension headers nothing matches. Only the first fragment has
 * ports. And a filter that looks behind a frame's end rejects the frame at once, whatever stands after the `or`: what
 * looks at payload asks for its length first, and comes last.
 */
export interface Arm {
  /** kebab-case; the same arm has the same name in every preset. */
  name: string;
  /** What it lets pass, for a person. */
  about: string;
  /** pcap-filter(7) text, whole in itself. */
  bpf: string;
  /** Protocols of the registry of which it lets every message pass; later fragments and extension headers apart. */
  passes?: readonly string[];
  /** Looks at payload, which a frame may not have. */
  deep?: boolean;
  /** Asks for Ethernet addresses only: they stand before any tag, so that it need not be asked again behind one. */
  addresses?: boolean;
}

/** What the interface gives: `cooked` is `any`, whose frames have no Ethernet header and whose filters know no `vlan`. */
export type LinkKind = 'ethernet' | 'cooked';

const TCP = 6;
const UDP = 17;

function anyOf(...parts: readonly string[]): string {
  return parts.join(' or ');
}

function later(protocol: number): string {
  return `(ip[9] = ${protocol} and ip[6:2] & 0x1fff != 0)`;
}

function icmp6(first: number, last: number): string {
  return `(ip6[6] = 58 and ip6[40] >= ${first} and ip6[40] <= ${last})`;
}

/** Offsets of the UDP length and of the first payload bytes: `udp[…]` is IPv4 only. */
function tftpShape(ipVersion: 4 | 6): string {
  const [test, length, opcode, code] =
    ipVersion === 4
      ? ['ip[9] = 17', 'udp[4:2]', 'udp[8:2]', 'udp[10:2]']
      : ['ip6[6] = 17', 'ip6[44:2]', 'ip6[48:2]', 'ip6[50:2]'];
  const kinds = anyOf(
    `${opcode} = 3`,
    `(${opcode} = 4 and ${length} = 12)`,
    `(${opcode} = 5 and ${code} <= 8 and ${length} >= 13)`,
    `(${opcode} = 6 and ${length} >= 14)`,
  );
  // The opcode is looked at only where the length says that there is one.
  return `(${test} and ${length} >= 12 and (${kinds}))`;
}

const FIN_SYN_RST = 7;
const SYN_RST = 6;

function tcpFlags(mask: number): string {
  return `((ip[9] = 6 and tcp[13] & ${mask} != 0) or (ip6[6] = 6 and ip6[53] & ${mask} != 0))`;
}

function tcpPorts(ports: readonly (number | string)[]): string {
  const tests = ports.map((port) => (typeof port === 'number' ? `tcp port ${port}` : `tcp portrange ${port}`));
  return `(${anyOf(...tests)})`;
}

/** GET, HEAD, POST, PUT, HTTP: the shapes by which HTTP is known on any port. */
const HTTP_WORDS = ['GET ', 'HEAD', 'POST', 'PUT ', 'HTTP'].map((word) => `0x${Buffer.from(word).toString('hex')}`);

function httpFirstBytes(): string {
  // The payload begins behind the TCP options.
  const v4 = 'tcp[((tcp[12] & 0xf0) >> 2):4]';
  const v6 = 'ip6[(40 + ((ip6[52] & 0xf0) >> 2)):4]';
  const spells = (at: string): string => `(${anyOf(...HTTP_WORDS.map((word) => `${at} = ${word}`))})`;
  const holds4 = 'ip[2:2] >= ((ip[0] & 0xf) << 2) + ((tcp[12] & 0xf0) >> 2) + 4';
  const holds6 = 'ip6[4:2] >= ((ip6[52] & 0xf0) >> 2) + 4';
  return anyOf(`(ip[9] = 6 and ${holds4} and ${spells(v4)})`, `(ip6[6] = 6 and ${holds6} and ${spells(v6)})`);
}

/** IPv6 next headers that something else may stand behind (RFC 7045 section 4; 50 hides what follows). */
export const EXTENSION_HEADERS = [0, 43, 44, 51, 60, 135, 139, 140] as const;
/** Where MAAS and common proxies offer HTTP: web, API, rack, images, squid, its own proxy. */
const HTTP_PORTS = [80, 3128, '5240-5248', 8000, 8080] as const;
const TLS_PORTS = [443, 3128, '5240-5248', 5443, 8000, 8080, 8443] as const;

export const ARMS = {
  dhcpv4: {
    name: 'dhcpv4',
    about: 'DHCPv4 and BOOTP (UDP 67, 68), and the boot server’s port (UDP 4011)',
    bpf: 'udp port 67 or udp port 68 or udp port 4011',
    passes: ['dhcpv4'],
  },
  dhcpv6: { name: 'dhcpv6', about: 'DHCPv6 (UDP 546, 547)', bpf: 'udp port 546 or udp port 547', passes: ['dhcpv6'] },
  tftpRequests: { name: 'tftp-requests', about: 'TFTP on port 69: requests and their refusals', bpf: 'udp port 69' },
  tftp: {
    name: 'tftp',
    about: 'TFTP on port 69, and beyond it by shape: DATA, ACK of 4 bytes, ERROR of code 0–8, OACK on any ports',
    bpf: anyOf('udp port 69', tftpShape(4), tftpShape(6)),
    passes: ['tftp'],
    deep: true,
  },
  udpFragments: {
    name: 'udp-fragments',
    about: 'Later fragments of IPv4 UDP, which have no ports',
    bpf: later(UDP),
  },
  tcpFragments: { name: 'tcp-fragments', about: 'Later fragments of IPv4 TCP', bpf: later(TCP) },
  extensions: {
    name: 'ipv6-extensions',
    about: 'IPv6 with extension headers, whatever stands behind them: fragments, evasion, MLD',
    bpf: `(${anyOf(...EXTENSION_HEADERS.map((number) => `ip6[6] = ${number}`))})`,
  },
  arp: { name: 'arp', about: 'ARP and RARP', bpf: 'arp or rarp', passes: ['arp'] },
  nd: { name: 'nd', about: 'IPv6 neighbour discovery: RS, RA, NS, NA, redirect', bpf: icmp6(133, 137), passes: ['nd'] },
  mld: { name: 'mld', about: 'Multicast listener discovery', bpf: anyOf(icmp6(130, 132), icmp6(143, 143)) },
  icmpErrors: {
    name: 'icmp-errors',
    about: 'ICMP and ICMPv6 errors and redirects: unreachable, too big, time exceeded',
    bpf: anyOf('icmp[0] = 3', 'icmp[0] = 4', 'icmp[0] = 5', 'icmp[0] = 11', 'icmp[0] = 12', icmp6(1, 4)),
    passes: ['icmp', 'icmp6-error'],
  },
  dns: {
    name: 'dns',
    about: 'DNS (UDP and TCP 53), mDNS, LLMNR, and openings of DNS over TLS (853)',
    bpf: anyOf('port 53', 'udp port 5353', 'udp port 5355', `(tcp port 853 and ${tcpFlags(FIN_SYN_RST)})`),
    passes: ['dns'],
  },
  dnsUdp: { name: 'dns-udp', about: 'DNS over UDP (53)', bpf: 'udp port 53', passes: ['dns'] },
  eapol: { name: 'eapol', about: '802.1X and MKA (EAPOL)', bpf: 'ether proto 0x888e', passes: ['eapol'] },
  macsec: {
    name: 'macsec',
    about: 'MACsec (802.1AE), encrypted as it is',
    bpf: 'ether proto 0x88e5',
    passes: ['macsec'],
  },
  lldp: { name: 'lldp', about: 'LLDP', bpf: 'ether proto 0x88cc', passes: ['lldp'] },
  cisco: {
    name: 'cisco-groups',
    about: 'CDP, VTP, DTP, UDLD and per-VLAN spanning tree, by their group addresses',
    bpf: 'ether dst 01:00:0c:cc:cc:cc or ether dst 01:00:0c:cc:cc:cd',
    addresses: true,
    passes: ['cdp'],
  },
  lacp: { name: 'lacp', about: 'Link aggregation (slow protocols)', bpf: 'ether proto 0x8809', passes: ['lacp'] },
  stp: { name: 'stp', about: 'Spanning tree', bpf: 'stp' },
  redundancy: {
    name: 'gateway-redundancy',
    about: 'VRRP, CARP, HSRP and GLBP, which move a gateway’s addresses',
    bpf: 'ip[9] = 112 or ip6[6] = 112 or udp port 1985 or udp port 2029 or udp port 3222',
    passes: ['vrrp', 'hsrp', 'glbp'],
  },
  radius: {
    name: 'radius',
    about: 'RADIUS authentication, accounting and change of authorisation',
    bpf: 'udp port 1812 or udp port 1813 or udp port 1645 or udp port 1646 or udp port 3799',
  },
  httpFirst: {
    name: 'http-first-lines',
    about: 'The TCP segment that begins with an HTTP method or answer, on any port',
    bpf: httpFirstBytes(),
    passes: ['http'],
    deep: true,
  },
  httpOpenings: {
    name: 'http-openings',
    about: 'Opening, closing and reset of connections to TCP 80, 443, 3128, 5240–5248, 8000, 8080',
    bpf: `(${tcpPorts([...HTTP_PORTS, 443])} and ${tcpFlags(FIN_SYN_RST)})`,
  },
  http: {
    name: 'http',
    about: 'All of TCP 80, 3128, 5240–5248, 8000, 8080: requests, refusals of proxies and filters, and content',
    bpf: tcpPorts(HTTP_PORTS),
  },
  tlsOpenings: {
    name: 'tls-openings',
    about: 'Opening, closing and reset of connections to TCP 443, 5443, 8443',
    bpf: `(${tcpPorts([443, 5443, 8443])} and ${tcpFlags(FIN_SYN_RST)})`,
  },
  tls: {
    name: 'tls',
    about:
      'All of TCP 443, 3128, 5240–5248, 5443, 8000, 8080, 8443: a certificate chain spans segments that no filter knows',
    bpf: tcpPorts(TLS_PORTS),
  },
  tcpOpenings: {
    name: 'tcp-openings',
    about: 'Attempts at a TCP connection and their answers on any port: SYN, SYN-ACK, RST',
    bpf: tcpFlags(SYN_RST),
  },
  ntp: { name: 'ntp', about: 'NTP (UDP 123)', bpf: 'udp port 123' },
  maas: {
    name: 'maas-beacons',
    about: 'MAAS beacons (UDP 5240) and syslog of machines (UDP 5247)',
    bpf: 'udp port 5240 or udp port 5247',
  },
} as const satisfies Record<string, Arm>;

/** Protocols of which a filter of these arms lets every message pass, sorted. */
export function passedBy(arms: readonly Arm[], link: LinkKind): string[] {
  const used = arms.filter(({ addresses }) => link === 'ethernet' || addresses !== true);
  return [...new Set(used.flatMap(({ passes }) => passes ?? []))].sort();
}

/**
 * One expression of all arms: what asks for addresses, the untagged frame, one tag, two tags (QinQ). VLAN 0 is a tag like
 * any other here, because no number is asked for.
 *
 * @param link `cooked`: no tags and no addresses
 */
export function expressionOf(arms: readonly Arm[], link: LinkKind): string {
  const behindTags = arms.filter(({ addresses }) => addresses !== true);
  const shifted = [
    ...behindTags.filter(({ deep }) => deep !== true),
    ...behindTags.filter(({ deep }) => deep === true),
  ].map(({ bpf }) => bpf);
  if (link === 'cooked') return anyOf(...shifted);
  const addresses = arms.filter((arm) => arm.addresses === true).map(({ bpf }) => bpf);
  const body = anyOf(...shifted);
  return anyOf(...addresses, `(${body})`, `(vlan and ((${body}) or (vlan and (${body}))))`);
}
