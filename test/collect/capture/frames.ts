/** One frame of each kind that a preset may let pass or hold back, in every tagging. */

import { eapolPacket, bpdu, bpduFrame, cdpPayload, lacpdu, lldpFrame } from '../../support/link.ts';
import * as p from '../../support/packets.ts';
import type { Bytes, EthFields } from '../../support/packets.ts';

export const A = '02:16:3e:00:00:01';
export const B = '52:54:00:bb:00:01';
const IP_A = '198.51.100.2';
const IP_B = '198.51.100.100';
const IP6_A = 'fe80::16:3eff:fe00:1';
const IP6_B = 'fe80::5054:ff:febb:1';
const SYN = 2;
const RST = 4;
const ACK = 16;
const PSH_ACK = 24;
const TEXT = p.utf8('the middle of some content or other');

type Tags = EthFields['vlans'];
type Build = (tags: Tags) => Bytes;

/** Without padding, as a sender's own capture has it: short frames are where filters fail. */
const ether =
  (type: number, payload: Bytes, dst: string = B): Build =>
  (tags = []) =>
    p.eth({ src: A, dst, type, vlans: tags }, payload);

/** 802.3: the length stands where the type does. */
const llc =
  (dst: string, inner: Bytes): Build =>
  (tags = []) =>
    p.eth({ src: A, dst, type: inner.length, vlans: tags, pad: true }, inner);

const udp4 = (sport: number, dport: number, payload: Bytes = TEXT): Build =>
  ether(p.ETHER_IPV4, p.ipv4({ src: IP_A, dst: IP_B, proto: 17 }, p.udp({ sport, dport }, payload)));

const udp6 = (
  sport: number,
  dport: number,
  payload: Bytes = TEXT,
  extensions: p.Ipv6Fields['extensions'] = [],
): Build =>
  ether(p.ETHER_IPV6, p.ipv6({ src: IP6_A, dst: IP6_B, proto: 17, extensions }, p.udp({ sport, dport }, payload)));

const tcp4 = (port: number, flags: number, payload: Bytes = new Uint8Array(0), options?: Bytes): Build =>
  ether(
    p.ETHER_IPV4,
    p.ipv4(
      { src: IP_A, dst: IP_B, proto: 6 },
      p.tcp({ sport: 40_000, dport: port, flags, ...(options === undefined ? {} : { options }) }, payload),
    ),
  );

const tcp6 = (port: number, flags: number, payload: Bytes = new Uint8Array(0), options?: Bytes): Build =>
  ether(
    p.ETHER_IPV6,
    p.ipv6(
      { src: IP6_A, dst: IP6_B, proto: 6 },
      p.tcp({ sport: 40_000, dport: port, flags, ...(options === undefined ? {} : { options }) }, payload),
    ),
  );

const later = (proto: number): Build =>
  ether(p.ETHER_IPV4, p.ipv4({ src: IP_A, dst: IP_B, proto, id: 7, fragmentOffset: 1480 }, TEXT));

const ip4 = (proto: number, payload: Bytes): Build =>
  ether(p.ETHER_IPV4, p.ipv4({ src: IP_A, dst: IP_B, proto }, payload));

const ip6 = (proto: number, payload: Bytes, extensions: p.Ipv6Fields['extensions'] = []): Build =>
  ether(p.ETHER_IPV6, p.ipv6({ src: IP6_A, dst: IP6_B, proto, extensions }, payload));

const icmp6 = (type: number): Build => ip6(58, p.icmp6(type, 0, new Uint8Array(20)));

const opcode = (n: number, rest: Bytes | readonly number[]): Bytes => p.concat(p.u16(n), rest);
const TIMESTAMPS = p.concat([1, 1, 8, 10], p.u32(1), p.u32(2));
const GET = p.utf8('GET /images/boot-initrd HTTP/1.1\r\nHost: rack\r\n\r\n');
const ANSWER = p.utf8('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
const ARP = p.arp({ operation: 1, senderMac: A, senderIp: IP_A, targetIp: IP_B });
const CISCO = '01:00:0c:cc:cc:cc';
const PVST = '01:00:0c:cc:cc:cd';

const HTTP_OPENING = tcp4(80, SYN);

export const FRAMES = {
  'dhcpv4 client': udp4(68, 67),
  'dhcpv4 relay': udp4(67, 67),
  'boot server 4011': udp4(40_000, 4011),
  'udp later fragment': later(17),
  'dhcpv6 client': udp6(546, 547),
  'dhcpv6 relay': udp6(547, 547),
  'dhcpv6 behind hop-by-hop': udp6(546, 547, TEXT, [p.paddingHeader(0)]),
  'dhcpv6 behind destination options': udp6(546, 547, TEXT, [p.paddingHeader(60)]),
  'dhcpv6 first fragment': udp6(546, 547, TEXT, [p.fragmentHeader(9, 0, true)]),
  'ipv6 later fragment': ip6(17, TEXT, [p.fragmentHeader(9, 1448, false)]),
  'tftp request': udp4(40_000, 69, opcode(1, p.utf8('bootx64.efi\0octet\0'))),
  'tftp data': udp4(40_001, 40_000, opcode(3, p.concat([0, 1], new Uint8Array(512)))),
  'tftp empty last data': udp4(40_001, 40_000, opcode(3, [0, 9])),
  'tftp ack': udp4(40_000, 40_001, opcode(4, [0, 1])),
  'tftp error': udp4(40_001, 40_000, opcode(5, p.concat([0, 1], p.utf8('gone\0')))),
  'tftp oack': udp4(40_001, 40_000, opcode(6, p.utf8('blksize\x001408\0'))),
  'tftp data, ipv6': udp6(40_001, 40_000, opcode(3, p.concat([0, 1], new Uint8Array(512)))),
  'tftp ack, ipv6': udp6(40_000, 40_001, opcode(4, [0, 1])),
  'tftp error, ipv6': udp6(40_001, 40_000, opcode(5, p.concat([0, 1], p.utf8('gone\0')))),
  'tftp oack, ipv6': udp6(40_001, 40_000, opcode(6, p.utf8('blksize\x001408\0'))),
  'no tftp: long ack': udp4(40_000, 40_001, opcode(4, new Uint8Array(40))),
  'no tftp: error code 9': udp4(40_000, 40_001, opcode(5, p.concat([0, 9], TEXT))),
  'no tftp: opcode 7': udp4(40_000, 40_001, opcode(7, TEXT)),
  'no tftp: short data': udp4(40_000, 40_001, opcode(3, [1])),
  'no tftp: long ack, ipv6': udp6(40_000, 40_001, opcode(4, new Uint8Array(40))),
  'other udp': udp4(40_000, 50_000),
  quic: udp4(40_000, 443),
  arp: ether(p.ETHER_ARP, ARP, p.BROADCAST),
  rarp: ether(0x8035, p.concat(ARP.subarray(0, 6), p.u16(3), ARP.subarray(8)), p.BROADCAST),
  'neighbour solicitation': icmp6(135),
  'router advertisement': icmp6(134),
  'nd redirect': icmp6(137),
  'mld query without hop-by-hop': icmp6(130),
  'mld report': ip6(58, p.icmp6(143, 0, new Uint8Array(24)), [p.paddingHeader(0)]),
  'icmp unreachable': ip4(1, p.icmp4(3, 4, new Uint8Array(32))),
  'icmp redirect': ip4(1, p.icmp4(5, 1, new Uint8Array(32))),
  'icmp echo': ip4(1, p.icmp4(8, 0, new Uint8Array(32))),
  'icmpv6 too big': icmp6(2),
  'icmpv6 echo': icmp6(128),
  'dns udp': udp4(40_000, 53),
  'dns udp, ipv6': udp6(40_000, 53),
  'dns tcp': tcp4(53, PSH_ACK, TEXT),
  mdns: udp4(5353, 5353),
  llmnr: udp4(40_000, 5355),
  'dns over tls, opening': tcp4(853, SYN),
  'dns over tls, content': tcp4(853, PSH_ACK, TEXT),
  eapol: ether(0x888e, eapolPacket(1), '01:80:c2:00:00:03'),
  macsec: ether(0x88e5, p.concat([0x2c, 0], p.u32(1), TEXT)),
  lldp: (tags) => retag(lldpFrame(A, { port: 'ge-0/0/1' }), tags),
  lacp: ether(0x8809, lacpdu({ system: A }), '01:80:c2:00:00:02'),
  stp: (tags) => retag(bpduFrame(A), tags),
  'per-vlan stp': llc(PVST, p.concat(p.hex('aaaa03 00000c 010b'), bpdu({ vlan: 10 }))),
  cdp: llc(CISCO, p.concat(p.hex('aaaa03 00000c 2000'), cdpPayload({ device: 'sw', port: 'Gi1/0/1' }))),
  vrrp: ip4(112, TEXT),
  'vrrp, ipv6': ip6(112, TEXT),
  hsrp: udp4(1985, 1985),
  'hsrp, ipv6': udp6(2029, 2029),
  glbp: udp4(3222, 3222),
  'glbp without payload': udp4(3222, 3222, new Uint8Array(0)),
  'hsrp without payload, ipv6': udp6(2029, 2029, p.u8(3)),
  radius: udp4(40_000, 1812),
  'radius change of authorisation': udp4(40_000, 3799),
  'http request on an odd port': tcp4(8123, PSH_ACK, GET),
  'http request behind tcp options': tcp4(8123, PSH_ACK, GET, TIMESTAMPS),
  'http answer on an odd port, ipv6': tcp6(8123, PSH_ACK, ANSWER, TIMESTAMPS),
  'http opening': HTTP_OPENING,
  'http opening, ipv6': tcp6(80, SYN),
  'http content': tcp4(80, ACK, TEXT),
  'proxy content': tcp4(3128, ACK, TEXT),
  'http opening with data length that lies': (tags) => lying(HTTP_OPENING(tags), tags),
  'tls opening': tcp4(443, SYN),
  'tls reset, ipv6': tcp6(443, RST),
  'tls content': tcp4(443, ACK, TEXT),
  'maas tls opening': tcp4(5443, SYN),
  'maas tls content': tcp4(5443, ACK, TEXT),
  'ssh opening': tcp4(22, SYN),
  'ssh refusal': tcp4(22, RST | ACK),
  'ssh opening, ipv6': tcp6(22, SYN),
  'ssh content': tcp4(22, PSH_ACK, TEXT),
  'tcp later fragment': later(6),
  'icmp later fragment': later(1),
  ntp: udp4(123, 123),
  'maas beacon': udp4(5240, 5240),
  'machine syslog': udp4(40_000, 5247),
  igmp: ip4(2, new Uint8Array(8)),
  'other ethertype': ether(0x0842, TEXT),
} as const satisfies Record<string, Build>;

export type FrameName = keyof typeof FRAMES;

/** Every way in which a frame may be tagged; VLAN 0 carries a priority alone. */
export const TAGGINGS: Readonly<Record<string, Tags>> = {
  untagged: [],
  'VLAN 10': [10],
  'VLAN 0': [{ id: 0, priority: 6 }],
  QinQ: [{ id: 100, type: 0x88a8 }, 10],
  'QinQ of two 802.1Q tags': [100, 10],
  'QinQ, VLAN 0 inside': [
    { id: 100, type: 0x88a8 },
    { id: 0, priority: 6 },
  ],
};

/** An untagged frame with tags put in behind its addresses. */
function retag(frame: Bytes, tags: Tags = []): Bytes {
  const parts = tags.map((tag) => {
    const { id, type = 0x8100, priority = 0 }: p.VlanTag = typeof tag === 'number' ? { id: tag } : tag;
    return p.concat(p.u16(type), p.u16((priority << 13) | id));
  });
  return p.concat(frame.subarray(0, 12), ...parts, frame.subarray(12));
}

/** The same frame, whose IPv4 header claims more bytes than there are. */
function lying(frame: Bytes, tags: Tags = []): Bytes {
  const out = Uint8Array.from(frame);
  out.set(p.u16(1500), 14 + 4 * tags.length + 2);
  return out;
}
