/**
 * Frames built layer by layer, inside out: `eth({...}, ipv4({...}, udp({...}, payload)))`. Lengths and checksums are
 * right unless an option says otherwise. Addresses are text, or numbers/bytes that are taken as they are.
 */

import { checksum, concat, ip4, ip6, mac, u16, u32 } from './bytes.ts';
import type { Bytes, Ip4Text, Ip6Text, MacText } from './bytes.ts';

export * from './bytes.ts';
export * from './pcap.ts';

// ---------------------------------------------------------------------------------------------- link

export interface VlanTag {
  id: number;
  /** 0x8100 (802.1Q, assumed) or 0x88a8 (802.1ad). */
  type?: number;
  priority?: number;
}

export interface EthFields {
  src: MacText;
  dst: MacText;
  /** EtherType of the payload. */
  type: number;
  /** Outermost first; a number is a VLAN id under 0x8100. */
  vlans?: readonly (number | VlanTag)[];
  /** Pads the payload with zeros to 46 bytes, as senders do. */
  pad?: boolean;
}

export const ETHER_IPV4 = 0x0800;
export const ETHER_ARP = 0x0806;
export const ETHER_IPV6 = 0x86dd;
export const BROADCAST = 'ff:ff:ff:ff:ff:ff';

export function eth(fields: EthFields, payload: Bytes): Bytes {
  const tags = (fields.vlans ?? []).map((vlan) => {
    const tag: VlanTag = typeof vlan === 'number' ? { id: vlan } : vlan;
    return concat(u16(tag.type ?? 0x8100), u16(((tag.priority ?? 0) << 13) | tag.id));
  });
  const padding = fields.pad === true ? Math.max(0, 46 - payload.length) : 0;
  return concat(mac(fields.dst), mac(fields.src), ...tags, u16(fields.type), payload, new Uint8Array(padding));
}

/** IEEE 802.3 frame with LLC/SNAP: length instead of a type, then AA AA 03, OUI 0, the EtherType. */
export function snap(fields: EthFields, payload: Bytes): Bytes {
  const inner = concat([0xaa, 0xaa, 0x03, 0, 0, 0], u16(fields.type), payload);
  return eth({ ...fields, type: inner.length }, inner);
}

/** IEEE 802.3 frame with an LLC header. */
export function llc(
  fields: { src: MacText; dst: MacText; dsap: number; ssap: number; control?: number },
  payload: Bytes,
): Bytes {
  const inner = concat([fields.dsap, fields.ssap, fields.control ?? 3], payload);
  return eth({ src: fields.src, dst: fields.dst, type: inner.length, pad: true }, inner);
}

/** Linux cooked capture (link type 113). `packetType`: 0 to us, 1 broadcast, 2 multicast, 3 others, 4 outgoing. */
export function sll(
  fields: { packetType?: number; hardwareType?: number; src: MacText; type: number },
  payload: Bytes,
): Bytes {
  const address = mac(fields.src);
  return concat(
    u16(fields.packetType ?? 0),
    u16(fields.hardwareType ?? 1),
    u16(address.length),
    address,
    new Uint8Array(8 - address.length),
    u16(fields.type),
    payload,
  );
}

/** Linux cooked capture v2 (link type 276). */
export function sll2(
  fields: {
    packetType?: number;
    hardwareType?: number;
    ifIndex?: number;
    src: MacText;
    type: number;
  },
  payload: Bytes,
): Bytes {
  const address = mac(fields.src);
  return concat(
    u16(fields.type),
    u16(0),
    u32(fields.ifIndex ?? 1),
    u16(fields.hardwareType ?? 1),
    [fields.packetType ?? 0, address.length],
    address,
    new Uint8Array(8 - address.length),
    payload,
  );
}

export interface ArpFields {
  /** 1 request, 2 reply. */
  operation: number;
  senderMac: MacText;
  senderIp: Ip4Text;
  targetMac?: MacText;
  targetIp: Ip4Text;
}

/** An ARP payload for IPv4 over Ethernet (28 bytes). */
export function arp(fields: ArpFields): Bytes {
  return concat(
    u16(1),
    u16(ETHER_IPV4),
    [6, 4],
    u16(fields.operation),
    mac(fields.senderMac),
    ip4(fields.senderIp),
    mac(fields.targetMac ?? 0),
    ip4(fields.targetIp),
  );
}

/** An ARP frame; the Ethernet source is the sender's MAC address, the destination broadcast, unless said. */
export function arpFrame(
  fields: ArpFields & { ethSrc?: MacText; ethDst?: MacText; vlans?: EthFields['vlans'] },
): Bytes {
  return eth(
    {
      src: fields.ethSrc ?? fields.senderMac,
      dst: fields.ethDst ?? BROADCAST,
      type: ETHER_ARP,
      pad: true,
      ...(fields.vlans === undefined ? {} : { vlans: fields.vlans }),
    },
    arp(fields),
  );
}

// ---------------------------------------------------------------------------------------------- network

export interface Ipv4Fields {
  src: Ip4Text;
  dst: Ip4Text;
  proto: number;
  id?: number;
  ttl?: number;
  tos?: number;
  /** In bytes, a multiple of 8. */
  fragmentOffset?: number;
  moreFragments?: boolean;
  dontFragment?: boolean;
  /** Options, a multiple of 4 bytes. */
  options?: Bytes;
  /** Overrides the total length that is written. */
  totalLength?: number;
  /** False leaves the transport checksum as it is (a fragment's payload is always left). */
  transportChecksum?: boolean;
}

/** IPv4; also writes the UDP or TCP checksum of the payload where that field is zero. */
export function ipv4(fields: Ipv4Fields, payload: Bytes): Bytes {
  const options = fields.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  const offset = fields.fragmentOffset ?? 0;
  const flags =
    (fields.dontFragment === true ? 0x4000 : 0) | (fields.moreFragments === true ? 0x2000 : 0) | (offset >> 3);
  const header = concat(
    [0x40 | (headerLength >> 2), fields.tos ?? 0],
    u16(fields.totalLength ?? headerLength + payload.length),
    u16(fields.id ?? 1),
    u16(flags),
    [fields.ttl ?? 64, fields.proto],
    u16(0),
    ip4(fields.src),
    ip4(fields.dst),
    options,
  );
  header.set(u16(checksum(header)), 10);
  const whole = offset === 0 && fields.moreFragments !== true;
  const pseudo = concat(ip4(fields.src), ip4(fields.dst), [0, fields.proto], u16(payload.length));
  const transport = whole && fields.transportChecksum !== false ? withChecksum(payload, fields.proto, pseudo) : payload;
  return concat(header, transport);
}

/** The datagram as IPv4 fragments of at most `size` payload bytes each (rounded down to 8), in order. */
export function ipv4Fragments(fields: Ipv4Fields, payload: Bytes, size: number): Bytes[] {
  const whole = ipv4(fields, payload).subarray(20 + (fields.options?.length ?? 0));
  return pieces(whole, size).map(({ at, bytes, more }) =>
    ipv4({ ...fields, fragmentOffset: at, moreFragments: more }, bytes),
  );
}

export interface Ipv6Fields {
  src: Ip6Text;
  dst: Ip6Text;
  /** Next header of the payload, after `extensions`. */
  proto: number;
  hopLimit?: number;
  flowLabel?: number;
  /** Extension headers in order: the number of each and its bytes, whose first byte (next header) is filled in. */
  extensions?: readonly { proto: number; bytes: Bytes }[];
  /** Overrides the payload length that is written. */
  payloadLength?: number;
  transportChecksum?: boolean;
}

/** IPv6; also writes the UDP, TCP or ICMPv6 checksum of the payload where that field is zero. */
export function ipv6(fields: Ipv6Fields, payload: Bytes): Bytes {
  const pseudo = concat(ip6(fields.src), ip6(fields.dst), u32(payload.length), [0, 0, 0, fields.proto]);
  const fragmented = fields.extensions?.some((extension) => extension.proto === 44) ?? false;
  const transport =
    fields.transportChecksum === false || fragmented ? payload : withChecksum(payload, fields.proto, pseudo);
  const chain = fields.extensions ?? [];
  const headers = chain.map((extension, i) => {
    const bytes = Uint8Array.from(extension.bytes);
    bytes[0] = chain[i + 1]?.proto ?? fields.proto;
    return bytes;
  });
  const body = concat(...headers, transport);
  return concat(
    u32(0x60000000 + (fields.flowLabel ?? 0)),
    u16(fields.payloadLength ?? body.length),
    [chain[0]?.proto ?? fields.proto, fields.hopLimit ?? 64],
    ip6(fields.src),
    ip6(fields.dst),
    body,
  );
}

/** A Fragment header (RFC 8200 4.5) for `Ipv6Fields.extensions`. */
export function fragmentHeader(id: number, offset: number, more: boolean): { proto: number; bytes: Bytes } {
  return { proto: 44, bytes: concat([0, 0], u16((offset & 0xfff8) | (more ? 1 : 0)), u32(id)) };
}

/** A Hop-by-Hop (0), Routing-less Destination (60) or such header of PadN, `units` of 8 bytes beyond the first 8. */
export function paddingHeader(proto: number, units = 0): { proto: number; bytes: Bytes } {
  const bytes = new Uint8Array(8 + 8 * units);
  bytes[1] = units;
  bytes[2] = 1;
  bytes[3] = Math.min(bytes.length - 4, 255);
  return { proto, bytes };
}

/** The datagram as IPv6 fragments of at most `size` payload bytes each (rounded down to 8), in order. */
export function ipv6Fragments(fields: Ipv6Fields & { id?: number }, payload: Bytes, size: number): Bytes[] {
  const whole = ipv6({ ...fields, extensions: [] }, payload).subarray(40);
  return pieces(whole, size).map(({ at, bytes, more }) =>
    ipv6(
      {
        ...fields,
        extensions: [...(fields.extensions ?? []), fragmentHeader(fields.id ?? 1, at, more)],
      },
      bytes,
    ),
  );
}

// ---------------------------------------------------------------------------------------------- transport

export interface UdpFields {
  sport: number;
  dport: number;
  /** Overrides the length that is written. */
  length?: number;
}

/** UDP with checksum 0, which `ipv4` and `ipv6` fill in. */
export function udp(fields: UdpFields, payload: Bytes): Bytes {
  return concat(u16(fields.sport), u16(fields.dport), u16(fields.length ?? 8 + payload.length), u16(0), payload);
}

export interface TcpFields {
  sport: number;
  dport: number;
  seq?: number;
  ack?: number;
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16; PSH+ACK assumed. */
  flags?: number;
  window?: number;
  /** Options, a multiple of 4 bytes. */
  options?: Bytes;
}

/** TCP with checksum 0, which `ipv4` and `ipv6` fill in. */
export function tcp(fields: TcpFields, payload: Bytes = new Uint8Array(0)): Bytes {
  const options = fields.options ?? new Uint8Array(0);
  return concat(
    u16(fields.sport),
    u16(fields.dport),
    u32(fields.seq ?? 0),
    u32(fields.ack ?? 0),
    [((20 + options.length) >> 2) << 4, fields.flags ?? 0x18],
    u16(fields.window ?? 65535),
    u32(0),
    options,
    payload,
  );
}

/** ICMPv4 with its checksum; `body` begins after the checksum. */
export function icmp4(type: number, code: number, body: Bytes): Bytes {
  const message = concat([type, code, 0, 0], body);
  message.set(u16(checksum(message)), 2);
  return message;
}

/** ICMPv6 with checksum 0, which `ipv6` fills in; `body` begins after the checksum. */
export function icmp6(type: number, code: number, body: Bytes): Bytes {
  return concat([type, code, 0, 0], body);
}

/** A neighbour discovery option: `data` is padded with zeros to a whole number of 8 bytes. */
export function ndOption(type: number, data: Bytes): Bytes {
  const units = Math.ceil((data.length + 2) / 8);
  return concat([type, units], data, new Uint8Array(8 * units - 2 - data.length));
}

// ---------------------------------------------------------------------------------------------- tunnels

/** VXLAN header (RFC 7348) around an Ethernet frame; goes into UDP 4789. */
export function vxlan(vni: number, frame: Bytes): Bytes {
  return concat([0x08, 0, 0, 0], u32(vni * 256), frame);
}

/** Geneve header (RFC 8926); goes into UDP 6081. Options a multiple of 4 bytes. */
export function geneve(vni: number, payload: Bytes, type = 0x6558, options: Bytes = new Uint8Array(0)): Bytes {
  return concat([options.length >> 2, 0], u16(type), u32(vni * 256), options, payload);
}

/** GRE header (RFC 2784, 2890); IP protocol 47. */
export function gre(fields: { type: number; key?: number; sequence?: number }, payload: Bytes): Bytes {
  const flags = (fields.key === undefined ? 0 : 0x2000) | (fields.sequence === undefined ? 0 : 0x1000);
  return concat(
    u16(flags),
    u16(fields.type),
    fields.key === undefined ? [] : u32(fields.key),
    fields.sequence === undefined ? [] : u32(fields.sequence),
    payload,
  );
}

/** ERSPAN type II header in GRE (draft-foschiano-erspan): type 0x88be, with a sequence number. */
export function erspan2(session: number, frame: Bytes): Bytes {
  return gre({ type: 0x88be, sequence: 1 }, concat(u16(0x1000), u16(session & 0x3ff), u32(0), frame));
}

// ---------------------------------------------------------------------------------------------- whole frames

export interface Udp4Fields {
  srcMac: MacText;
  dstMac: MacText;
  src: Ip4Text;
  dst: Ip4Text;
  sport: number;
  dport: number;
  id?: number;
  ttl?: number;
  vlans?: EthFields['vlans'];
}

/** Ethernet, IPv4 and UDP around a payload. */
export function udp4Frame(f: Udp4Fields, payload: Bytes): Bytes {
  const packet = ipv4(
    { src: f.src, dst: f.dst, proto: 17, id: f.id ?? 1, ttl: f.ttl ?? 64 },
    udp({ sport: f.sport, dport: f.dport }, payload),
  );
  return eth({ src: f.srcMac, dst: f.dstMac, type: ETHER_IPV4, vlans: f.vlans ?? [] }, packet);
}

export interface Udp6Fields {
  srcMac: MacText;
  dstMac: MacText;
  src: Ip6Text;
  dst: Ip6Text;
  sport: number;
  dport: number;
  hopLimit?: number;
  vlans?: EthFields['vlans'];
}

/** Ethernet, IPv6 and UDP around a payload. */
export function udp6Frame(f: Udp6Fields, payload: Bytes): Bytes {
  const packet = ipv6(
    { src: f.src, dst: f.dst, proto: 17, hopLimit: f.hopLimit ?? 64 },
    udp({ sport: f.sport, dport: f.dport }, payload),
  );
  return eth({ src: f.srcMac, dst: f.dstMac, type: ETHER_IPV6, vlans: f.vlans ?? [] }, packet);
}

export interface Icmp6Fields {
  srcMac: MacText;
  dstMac: MacText;
  src: Ip6Text;
  dst: Ip6Text;
  type: number;
  code?: number;
  hopLimit?: number;
  vlans?: EthFields['vlans'];
}

/** Ethernet, IPv6 and ICMPv6 around what follows the checksum; hop limit 255 unless said (RFC 4861). */
export function icmp6Frame(f: Icmp6Fields, body: Bytes): Bytes {
  const packet = ipv6(
    { src: f.src, dst: f.dst, proto: 58, hopLimit: f.hopLimit ?? 255 },
    icmp6(f.type, f.code ?? 0, body),
  );
  return eth({ src: f.srcMac, dst: f.dstMac, type: ETHER_IPV6, vlans: f.vlans ?? [] }, packet);
}

function pieces(whole: Bytes, size: number): { at: number; bytes: Bytes; more: boolean }[] {
  const step = size & ~7;
  if (step < 8) throw new Error(`a fragment carries at least 8 bytes, not ${size}`);
  const out = [];
  for (let at = 0; at < whole.length; at += step) {
    out.push({ at, bytes: whole.subarray(at, at + step), more: at + step < whole.length });
  }
  return out;
}

/** Where the checksum stands in a UDP, TCP or ICMPv6 header. */
const CHECKSUM_AT = new Map([
  [17, 6],
  [6, 16],
  [58, 2],
]);

function withChecksum(payload: Bytes, proto: number, pseudo: Bytes): Bytes {
  const at = CHECKSUM_AT.get(proto);
  if (at === undefined || payload.length < at + 2 || payload[at] !== 0 || payload[at + 1] !== 0) return payload;
  const out = Uint8Array.from(payload);
  // RFC 768: a computed zero is sent as all ones, because zero says "no checksum".
  out.set(u16(checksum(pseudo, payload) || 0xffff), at);
  return out;
}
