import type { Cursor } from './cursor.ts';
import type { Address } from './envelope.ts';

/**
 * The packet that an ICMP error quotes (RFC 792, RFC 4443 3): as much of its headers as is there. It tells what failed;
 * it is never a record of its own, since anybody can write anything into it.
 */
export interface QuotedPacket {
  ipVersion: 4 | 6;
  src: Address;
  dst: Address;
  /** After extension headers; -1 when the quotation ends before. */
  ipProtocol: number;
  /** UDP, TCP, SCTP; -1 for others, later fragments, or when the quotation ends before. */
  srcPort: number;
  dstPort: number;
  /** Length of the whole packet as its header said. */
  length: number;
  ttl: number;
  /** IPv4 identification; -1 for IPv6. */
  ipId: number;
}

const TCP = 6;
const UDP = 17;
const SCTP = 132;
/** Extension headers that have a next header, and a length in units of 8 bytes beyond the first 8 (RFC 8200 4). */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION = 60;
const MOBILITY = 135;
/** More extension headers than this are an attack on the reader. */
const MAX_EXTENSIONS = 8;

/** Reads the quotation to the end of the window; undefined when its IP header is not whole or is none. */
export function readQuoted(c: Cursor): QuotedPacket | undefined {
  if (!c.need(1, 'quoted')) return undefined;
  const version = c.peek() >> 4;
  if (version === 4) return inWindow(c, readIpv4);
  if (version === 6) return inWindow(c, readIpv6);
  c.fault('value', 'quoted.version', version, 4);
  c.rest('quoted');
  return undefined;
}

function inWindow(c: Cursor, read: (c: Cursor) => QuotedPacket | undefined): QuotedPacket | undefined {
  if (!c.enter(c.left, 'quoted', -1, c.limit)) return undefined;
  const packet = read(c);
  if (c.left > 0) c.rest('data');
  c.leave();
  return packet;
}

function readIpv4(c: Cursor): QuotedPacket | undefined {
  if (!c.need(20, 'header')) return undefined;
  const headerLength = (c.u8('versionAndIhl') & 15) * 4;
  c.u8('tos');
  const packet: QuotedPacket = {
    ipVersion: 4,
    length: c.u16('totalLength'),
    ipId: c.u16('identification'),
    src: -1,
    dst: -1,
    ipProtocol: -1,
    srcPort: -1,
    dstPort: -1,
    ttl: -1,
  };
  const fragment = c.flags16('flagsAndFragmentOffset');
  packet.ttl = c.u8('ttl');
  packet.ipProtocol = c.u8('protocol');
  c.flags16('headerChecksum');
  packet.src = c.ipv4('src');
  packet.dst = c.ipv4('dst');
  if (headerLength < 20) {
    c.fault('length', 'ihl', 20, headerLength);
    return packet;
  }
  if (headerLength > 20) {
    if (!c.need(headerLength - 20, 'options')) return packet;
    c.skip(headerLength - 20, 'options');
  }
  if ((fragment & 0x1fff) === 0) readPorts(c, packet);
  return packet;
}

function readIpv6(c: Cursor): QuotedPacket | undefined {
  if (!c.need(40, 'header')) return undefined;
  c.flags32('versionClassFlow');
  const length = 40 + c.u16('payloadLength');
  let next = c.u8('nextHeader');
  const ttl = c.u8('hopLimit');
  const packet: QuotedPacket = {
    ipVersion: 6,
    src: c.ipv6('src'),
    dst: c.ipv6('dst'),
    ipProtocol: -1,
    srcPort: -1,
    dstPort: -1,
    length,
    ttl,
    ipId: -1,
  };
  for (let i = 0; i < MAX_EXTENSIONS; i += 1) {
    if (next === FRAGMENT) {
      if (!c.need(8, 'fragmentHeader')) return packet;
      next = c.u8('nextHeader');
      c.u8('reserved');
      const offset = c.flags16('fragmentOffset') >> 3;
      c.u32('identification');
      if (offset > 0) {
        packet.ipProtocol = next;
        return packet;
      }
    } else if (next === HOP_BY_HOP || next === ROUTING || next === DESTINATION || next === MOBILITY) {
      if (!c.need(8, 'extensionHeader')) return packet;
      next = c.u8('nextHeader');
      const more = 6 + c.u8('hdrExtLen') * 8;
      if (!c.need(more, 'extensionHeader')) return packet;
      c.skip(more, 'extensionData');
    } else {
      packet.ipProtocol = next;
      readPorts(c, packet);
      return packet;
    }
  }
  c.fault('excess', 'extensionHeader', MAX_EXTENSIONS + 1, MAX_EXTENSIONS);
  return packet;
}

/** RFC 792 quotes 64 bits of the payload: the ports. */
function readPorts(c: Cursor, packet: QuotedPacket): void {
  const { ipProtocol } = packet;
  if (ipProtocol !== TCP && ipProtocol !== UDP && ipProtocol !== SCTP) return;
  if (!c.need(4, 'ports')) return;
  packet.srcPort = c.u16('srcPort');
  packet.dstPort = c.u16('dstPort');
}
