import type { ClaimTables } from './claims.ts';
import { read32 } from './cursor.ts';

/** Header kinds in `Layers.kinds`, in no order of meaning. */
export const LAYER = {
  ethernet: 1,
  sll: 2,
  sll2: 3,
  null: 4,
  vlan: 5,
  llc: 6,
  snap: 7,
  ipv4: 8,
  ipv6: 9,
  extension: 10,
  fragment: 11,
  udp: 12,
  tcp: 13,
  gre: 14,
  erspan: 15,
  vxlan: 16,
  geneve: 17,
  icmp: 18,
  icmp6: 19,
} as const;

/** What a walk found. Numbers, as they cross the hot loop. */
export const FOUND = {
  /** Nothing that any protocol here reads. */
  nothing: 0,
  /** A payload that a protocol claims: `claim`. */
  claim: 1,
  /** A fragment of a datagram that may hold one. */
  fragment: 2,
  /** A link type that is not opened. */
  unknownLink: 3,
} as const;

/** Headers noted of one frame: tags, tunnels and extension headers together; more is hostile and is not followed. */
const MAX_LAYERS = 48;
/**
 * Extension headers noted of one packet. More are stepped over all the same: hosts do so too, and who hides behind them
 * from what guards a switch port (RFC 7113) must not hide from us.
 */
const MAX_EXTENSIONS = 16;
/** Tunnels inside tunnels that are opened. */
const MAX_TUNNELS = 4;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;

/** Steps of `encapsulation`: pairs of kind and number. */
export const PATH = { vlan: 1, vni: 2, erspan: 3, ifindex: 4, tunnel: 5 } as const;

/**
 * Walks the headers of one frame, in place and without allocation, to the payload that a protocol claims. The only file
 * that indexes bytes: the sieve (which judges) and the dissector (which reads on) are the same walk, so they cannot
 * drift. The fields hold the innermost headers of the last walk.
 */
export class Layers {
  claim = 0;
  /** Headers in order: kind, offset. */
  readonly kinds = new Uint8Array(MAX_LAYERS);
  readonly offsets = new Int32Array(MAX_LAYERS);
  count = 0;
  /** Pairs (PATH kind, number): the encapsulation path of the segment. */
  readonly encapsulation = new Int32Array(2 * MAX_LAYERS);
  encapsulationLength = 0;
  /** Offset of the innermost Ethernet header, or -1. */
  ethernet = -1;
  /** SLL source address offset (6 bytes), or -1. */
  sllSource = -1;
  /** SLL packet type, or -1. */
  direction = -1;
  etherType = -1;
  /** Offset of the innermost IP header, or -1, and its version. */
  ip = -1;
  ipVersion = 0;
  ipProtocol = -1;
  /** Where the IP header says that its payload ends, and the last byte captured of it. */
  extensionHeaders = false;
  tunnels = 0;
  /** Offset of the transport header, or -1. */
  transport = -1;
  srcPort = -1;
  dstPort = -1;
  payload = 0;
  payloadEnd = 0;
  payloadLength = 0;
  /** Of a fragment: bytes [payload, payloadEnd) belong at this place of the datagram; `more` follow. */
  fragmentOffset = 0;
  fragmentMore = false;
  fragmentId = 0;
  /** More headers than are followed. */
  excess = false;
  /** The headers say that there is more than was captured (snap length). */
  cut = false;

  private readonly tables: ClaimTables;

  constructor(tables: ClaimTables) {
    this.tables = tables;
  }

  /** @returns one of FOUND */
  walk(bytes: Uint8Array, at: number, end: number, linkType: number): number {
    this.claim = 0;
    this.count = 0;
    this.encapsulationLength = 0;
    this.ethernet = -1;
    this.sllSource = -1;
    this.direction = -1;
    this.etherType = -1;
    this.ip = -1;
    this.ipVersion = 0;
    this.ipProtocol = -1;
    this.extensionHeaders = false;
    this.tunnels = 0;
    this.transport = -1;
    this.srcPort = -1;
    this.dstPort = -1;
    this.excess = false;
    this.cut = false;
    switch (linkType) {
      case 1: // EN10MB
        return this.ethernetFrame(bytes, at, end);
      case 113: {
        // LINUX_SLL: packet type 2, ARPHRD 2, address length 2, address 8, protocol 2
        if (end - at < 16) return FOUND.nothing;
        this.note(LAYER.sll, at);
        this.direction = bytes[at]! * 256 + bytes[at + 1]!;
        if (bytes[at + 4]! * 256 + bytes[at + 5]! === 6) this.sllSource = at + 6;
        return this.sllPayload(bytes, at + 16, end, bytes[at + 14]! * 256 + bytes[at + 15]!);
      }
      case 276: {
        // LINUX_SLL2: protocol 2, reserved 2, ifindex 4, ARPHRD 2, packet type 1, address length 1, address 8
        if (end - at < 20) return FOUND.nothing;
        this.note(LAYER.sll2, at);
        this.step(PATH.ifindex, read32(bytes, at + 4));
        this.direction = bytes[at + 10]!;
        if (bytes[at + 11]! === 6) this.sllSource = at + 12;
        return this.sllPayload(bytes, at + 20, end, bytes[at]! * 256 + bytes[at + 1]!);
      }
      case 0: // NULL: address family in the capturing host's byte order
      case 108: {
        // LOOP: in network byte order
        if (end - at < 4) return FOUND.nothing;
        this.note(LAYER.null, at);
        // Families are small: whichever end holds the number, the other bytes are zero.
        const family = bytes[at]! | bytes[at + 3]!;
        if (family === 2) return this.ipv4(bytes, at + 4, end);
        // AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin, 10 on Linux.
        if (family === 24 || family === 28 || family === 30 || family === 10) return this.ipv6(bytes, at + 4, end);
        return FOUND.nothing;
      }
      case 101: // RAW
      case 12: // RAW as some BSDs number it
      case 14:
        if (end - at < 1) return FOUND.nothing;
        return bytes[at]! >> 4 === 6 ? this.ipv6(bytes, at, end) : this.ipv4(bytes, at, end);
      case 228: // IPV4
        return this.ipv4(bytes, at, end);
      case 229: // IPV6
        return this.ipv6(bytes, at, end);
      default:
        return FOUND.unknownLink;
    }
  }

  /**
   * The walk from a reassembled datagram on: `bytes[at, end)` is the whole IP payload, `protocol` its first header after
   * the fragment header. Link and IP fields stay those of the fragment that completed it.
   */
  walkDatagram(bytes: Uint8Array, at: number, end: number, protocol: number): number {
    this.claim = 0;
    this.cut = false;
    return this.ipVersion === 6
      ? this.ipv6Payload(bytes, at, end, protocol, end - at)
      : this.ipPayload(bytes, at, end, protocol, end - at);
  }

  private note(kind: number, at: number): boolean {
    const { count } = this;
    if (count >= MAX_LAYERS) {
      this.excess = true;
      return false;
    }
    this.kinds[count] = kind;
    this.offsets[count] = at;
    this.count = count + 1;
    return true;
  }

  private step(kind: number, value: number): void {
    const { encapsulationLength: n } = this;
    if (n + 2 > this.encapsulation.length) return;
    this.encapsulation[n] = kind;
    this.encapsulation[n + 1] = value;
    this.encapsulationLength = n + 2;
  }

  private ethernetFrame(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 14 || !this.note(LAYER.ethernet, at)) return FOUND.nothing;
    this.ethernet = at;
    return this.typed(bytes, at + 14, end, bytes[at + 12]! * 256 + bytes[at + 13]!);
  }

  private sllPayload(bytes: Uint8Array, at: number, end: number, protocol: number): number {
    // Linux ETH_P_802_2: LLC follows, as after a length in Ethernet; ETH_P_802_3 is Novell's raw IPX.
    if (protocol === 4) return this.llc(bytes, at, end, end - at);
    return protocol < 0x0600 ? FOUND.nothing : this.typed(bytes, at, end, protocol);
  }

  /** What an EtherType (or, below 0x600, an 802.3 length) says of the bytes from `at`. */
  private typed(bytes: Uint8Array, start: number, end: number, first: number): number {
    let at = start;
    let type = first;
    // Each turn steps over a tag of 4 bytes.
    for (;;) {
      if (type === ETHERTYPE_IPV4) {
        this.etherType = type;
        return this.ipv4(bytes, at, end);
      }
      if (type === ETHERTYPE_IPV6) {
        this.etherType = type;
        return this.ipv6(bytes, at, end);
      }
      // 802.1Q, 802.1ad, and the tags that QinQ switches used before it was standardised.
      if (type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200) {
        if (end - at < 4 || !this.note(LAYER.vlan, at)) return FOUND.nothing;
        const vlan = (bytes[at]! * 256 + bytes[at + 1]!) & 0x0fff;
        // VLAN 0 is a priority tag: the frame is untagged (IEEE 802.1Q 9.6).
        if (vlan !== 0) this.step(PATH.vlan, vlan);
        type = bytes[at + 2]! * 256 + bytes[at + 3]!;
        at += 4;
        continue;
      }
      if (type < 0x0600) return this.llc(bytes, at, Math.min(end, at + type), type);
      this.etherType = type;
      return this.found(this.tables.ether[type]!, at, end, end - at);
    }
  }

  /** @param wireLength bytes from `at` on by the 802.3 length */
  private llc(bytes: Uint8Array, at: number, end: number, wireLength: number): number {
    if (end - at < 3 || !this.note(LAYER.llc, at)) return FOUND.nothing;
    // Unnumbered information from and to one service access point (IEEE 802.2): all that is read here speaks so.
    const sap = bytes[at]!;
    if (bytes[at + 1] !== sap || bytes[at + 2] !== 3) return FOUND.nothing;
    const { tables } = this;
    if (sap !== 0xaa) return this.found(tables.llc[sap]!, at + 3, end, wireLength - 3);
    if (end - at < 8 || !this.note(LAYER.snap, at + 3)) return FOUND.nothing;
    const oui = bytes[at + 3]! * 65536 + bytes[at + 4]! * 256 + bytes[at + 5]!;
    const type = bytes[at + 6]! * 256 + bytes[at + 7]!;
    // OUI 0 is RFC 1042, 0x0000f8 the 802.1H bridge tunnel: both carry an EtherType.
    if ((oui === 0 || oui === 0xf8) && type >= 0x0600) return this.typed(bytes, at + 8, end, type);
    for (const snap of tables.snap) {
      if (snap.oui === oui && snap.pid === type) return this.found(snap.claim, at + 8, end, wireLength - 8);
    }
    return FOUND.nothing;
  }

  private ipv4(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 20 || !this.note(LAYER.ipv4, at)) return FOUND.nothing;
    const first = bytes[at]!;
    const header = (first & 15) * 4;
    if (first >> 4 !== 4 || header < 20 || header > end - at) return FOUND.nothing;
    let total = bytes[at + 2]! * 256 + bytes[at + 3]!;
    // Zero: the sender's card was to cut the datagram (TSO); all that was captured is its.
    if (total === 0) total = end - at;
    if (total < header) return FOUND.nothing;
    const stop = Math.min(end, at + total);
    this.cut = at + total > end;
    const protocol = bytes[at + 9]!;
    this.ip = at;
    this.ipVersion = 4;
    this.ipProtocol = protocol;
    const fragment = (bytes[at + 6]! * 256 + bytes[at + 7]!) & 0x3fff;
    if (fragment !== 0) {
      this.fragmentOffset = (fragment & 0x1fff) * 8;
      this.fragmentMore = (fragment & 0x2000) !== 0;
      this.fragmentId = bytes[at + 4]! * 256 + bytes[at + 5]!;
      return this.fragment(at + header, stop, total - header, protocol);
    }
    return this.ipPayload(bytes, at + header, stop, protocol, total - header);
  }

  private ipv6(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 40 || bytes[at]! >> 4 !== 6 || !this.note(LAYER.ipv6, at)) return FOUND.nothing;
    let length = bytes[at + 4]! * 256 + bytes[at + 5]!;
    // Zero: a jumbogram (RFC 2675) or a card that was to cut it.
    if (length === 0) length = end - at - 40;
    const stop = Math.min(end, at + 40 + length);
    this.cut = at + 40 + length > end;
    this.ip = at;
    this.ipVersion = 6;
    return this.ipv6Payload(bytes, at + 40, stop, bytes[at + 6]!, length);
  }

  /** Steps over every extension header (RFC 8200 4). Each is at least 8 bytes, so the chain ends with the bytes. */
  private ipv6Payload(bytes: Uint8Array, start: number, end: number, first: number, wireLength: number): number {
    let at = start;
    let next = first;
    let length = wireLength;
    for (let noted = 0; ; noted += 1) {
      let size: number;
      switch (next) {
        case 0: // hop-by-hop
        case 43: // routing
        case 60: // destination options
        case 135: // mobility
        case 139: // HIP
        case 140: // shim6
          if (end - at < 8) return FOUND.nothing;
          size = (bytes[at + 1]! + 1) * 8;
          break;
        case 51: // authentication header counts in 4 bytes
          if (end - at < 8) return FOUND.nothing;
          size = (bytes[at + 1]! + 2) * 4;
          break;
        case 44: {
          if (end - at < 8 || (noted < MAX_EXTENSIONS && !this.note(LAYER.fragment, at))) return FOUND.nothing;
          const word = bytes[at + 2]! * 256 + bytes[at + 3]!;
          // An atomic fragment (RFC 6946) is a whole datagram.
          if ((word & 0xfff9) !== 0) {
            this.fragmentOffset = word & 0xfff8;
            this.fragmentMore = (word & 1) !== 0;
            this.fragmentId = read32(bytes, at + 4);
            this.ipProtocol = bytes[at]!;
            return this.fragment(at + 8, end, length - 8, bytes[at]!);
          }
          next = bytes[at]!;
          at += 8;
          length -= 8;
          continue;
        }
        default:
          this.ipProtocol = next;
          return this.ipPayload(bytes, at, end, next, length);
      }
      if (noted < MAX_EXTENSIONS && !this.note(LAYER.extension, at)) return FOUND.nothing;
      this.extensionHeaders = true;
      if (size > end - at) return FOUND.nothing;
      next = bytes[at]!;
      at += size;
      length -= size;
    }
  }

  private fragment(at: number, end: number, wireLength: number, protocol: number): number {
    // A fragment of TCP is of no use: nothing here reads a whole TCP segment. UDP, ICMP and what IPv6 chains on may be.
    if (protocol === 6 || protocol === 50) return FOUND.nothing;
    this.transport = -1;
    this.payload = at;
    this.payloadEnd = end;
    this.payloadLength = wireLength;
    return FOUND.fragment;
  }

  private ipPayload(bytes: Uint8Array, at: number, end: number, protocol: number, wireLength: number): number {
    switch (protocol) {
      case 17:
        return this.udp(bytes, at, end, wireLength);
      case 6:
        return this.tcp(bytes, at, end, wireLength);
      case 1:
        if (end - at < 1 || !this.note(LAYER.icmp, at)) return FOUND.nothing;
        this.transport = at;
        return this.found(this.tables.icmp4[bytes[at]!]!, at, end, wireLength);
      case 58:
        if (end - at < 1 || !this.note(LAYER.icmp6, at)) return FOUND.nothing;
        this.transport = at;
        return this.found(this.tables.icmp6[bytes[at]!]!, at, end, wireLength);
      case 47:
        return this.gre(bytes, at, end);
      case 4:
        return this.enterTunnel(4) ? this.ipv4(bytes, at, end) : FOUND.nothing;
      case 41:
        return this.enterTunnel(41) ? this.ipv6(bytes, at, end) : FOUND.nothing;
      default:
        this.transport = at;
        return this.found(this.tables.ip[protocol]!, at, end, wireLength);
    }
  }

  private udp(bytes: Uint8Array, at: number, end: number, wireLength: number): number {
    if (end - at < 8 || !this.note(LAYER.udp, at)) return FOUND.nothing;
    const src = bytes[at]! * 256 + bytes[at + 1]!;
    const dst = bytes[at + 2]! * 256 + bytes[at + 3]!;
    let length = bytes[at + 4]! * 256 + bytes[at + 5]!;
    // Less than a header, or more than IP holds: what IP says is what there is.
    if (length < 8 || length > wireLength) length = wireLength;
    const payload = at + 8;
    const stop = Math.min(end, at + length);
    const { tables } = this;
    let claim = tables.udp[dst]! || tables.udp[src]!;
    if (claim === 0) {
      // 4789 is VXLAN's port (RFC 7348), 8472 the one that Linux used before; 6081 is Geneve's (RFC 8926).
      if (dst === 4789 || dst === 8472) return this.vxlan(bytes, payload, stop);
      if (dst === 6081) return this.geneve(bytes, payload, stop);
      if (stop - payload < 2) return FOUND.nothing;
      claim = tables.udpShape[bytes[payload]! * 256 + bytes[payload + 1]!]!;
      if (claim === 0) return FOUND.nothing;
    }
    this.transport = at;
    this.srcPort = src;
    this.dstPort = dst;
    return this.found(claim, payload, stop, length - 8);
  }

  private tcp(bytes: Uint8Array, at: number, end: number, wireLength: number): number {
    if (end - at < 20 || !this.note(LAYER.tcp, at)) return FOUND.nothing;
    const header = (bytes[at + 12]! >> 4) * 4;
    const payload = at + header;
    if (header < 20 || end - payload < 4) return FOUND.nothing;
    const { tables } = this;
    const src = bytes[at]! * 256 + bytes[at + 1]!;
    const dst = bytes[at + 2]! * 256 + bytes[at + 3]!;
    let claim = tables.tcp[dst]! || tables.tcp[src]!;
    if (claim === 0) {
      const first = read32(bytes, payload);
      for (const shape of tables.tcpShape) {
        if (shape.first === first) {
          claim = shape.claim;
          break;
        }
      }
      if (claim === 0) return FOUND.nothing;
    }
    this.transport = at;
    this.srcPort = src;
    this.dstPort = dst;
    return this.found(claim, payload, end, wireLength - header);
  }

  private gre(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 4 || !this.note(LAYER.gre, at)) return FOUND.nothing;
    const flags = bytes[at]! * 256 + bytes[at + 1]!;
    const type = bytes[at + 2]! * 256 + bytes[at + 3]!;
    // Version 1 is PPTP's. Checksum and (historic) routing share one word; key and sequence have one each (RFC 2784, 2890).
    if ((flags & 7) !== 0) return FOUND.nothing;
    const sequence = (flags & 0x1000) !== 0;
    let body = at + 4;
    if ((flags & 0xc000) !== 0) body += 4;
    if ((flags & 0x2000) !== 0) body += 4;
    if (sequence) body += 4;
    if (body > end || !this.enterTunnel(47)) return FOUND.nothing;
    if (type === 0x6558) return this.ethernetFrame(bytes, body, end);
    if (type === 0x88be) {
      // ERSPAN I has no header of its own and no sequence number; II has both (draft-foschiano-erspan-03).
      if (!sequence) return this.ethernetFrame(bytes, body, end);
      if (end - body < 8 || !this.note(LAYER.erspan, body)) return FOUND.nothing;
      this.step(PATH.erspan, (bytes[body + 2]! * 256 + bytes[body + 3]!) & 0x03ff);
      return this.ethernetFrame(bytes, body + 8, end);
    }
    if (type === 0x22eb) {
      if (end - body < 12 || !this.note(LAYER.erspan, body)) return FOUND.nothing;
      this.step(PATH.erspan, (bytes[body + 2]! * 256 + bytes[body + 3]!) & 0x03ff);
      // The O bit says that a platform sub-header of 8 bytes follows.
      return this.ethernetFrame(bytes, body + ((bytes[body + 11]! & 1) === 1 ? 20 : 12), end);
    }
    return this.typed(bytes, body, end, type < 0x0600 ? 0xffff : type);
  }

  private vxlan(bytes: Uint8Array, at: number, end: number): number {
    // The I flag says that a network identifier is there; without it this is something else on the port.
    if (end - at < 8 || (bytes[at]! & 0x08) === 0 || !this.note(LAYER.vxlan, at) || !this.enterTunnel(17))
      return FOUND.nothing;
    this.step(PATH.vni, bytes[at + 4]! * 65536 + bytes[at + 5]! * 256 + bytes[at + 6]!);
    return this.ethernetFrame(bytes, at + 8, end);
  }

  private geneve(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 8 || bytes[at]! >> 6 !== 0 || !this.note(LAYER.geneve, at) || !this.enterTunnel(17))
      return FOUND.nothing;
    const body = at + 8 + (bytes[at]! & 0x3f) * 4;
    const type = bytes[at + 2]! * 256 + bytes[at + 3]!;
    this.step(PATH.vni, bytes[at + 4]! * 65536 + bytes[at + 5]! * 256 + bytes[at + 6]!);
    if (body > end) return FOUND.nothing;
    return type === 0x6558
      ? this.ethernetFrame(bytes, body, end)
      : this.typed(bytes, body, end, type < 0x0600 ? 0xffff : type);
  }

  /** @param protocol the IP protocol that carries the tunnel; UDP tunnels name themselves by their network identifier */
  private enterTunnel(protocol: number): boolean {
    if (this.tunnels >= MAX_TUNNELS) {
      this.excess = true;
      return false;
    }
    this.tunnels += 1;
    if (protocol !== 17) this.step(PATH.tunnel, protocol);
    this.ethernet = -1;
    this.sllSource = -1;
    this.direction = -1;
    this.etherType = -1;
    return true;
  }

  private found(claim: number, at: number, end: number, wireLength: number): number {
    if (claim === 0) return FOUND.nothing;
    this.claim = claim;
    this.payload = at;
    this.payloadEnd = end;
    this.payloadLength = wireLength;
    return FOUND.claim;
  }
}
