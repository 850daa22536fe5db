import { ClaimTables } from './claims.ts';
import { Cursor, latin1, read32, read48 } from './cursor.ts';
import type { Envelope } from './envelope.ts';
import type { Layers } from './layers.ts';
import type { Protocol } from './protocol.ts';
import { PROTOCOLS, type WireRecord } from './registry.ts';

/** The tables of all registered protocols, filled once. */
export const CLAIMS = new ClaimTables(PROTOCOLS as readonly Protocol[]);

/** An envelope that nothing was put in yet. */
export function newEnvelope(): Envelope {
  return {
    capture: 0,
    file: 0,
    frame: 0,
    sec: 0,
    nsec: 0,
    time: 0,
    segment: -1,
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    ethSrc: -1,
    ethDst: -1,
    etherType: -1,
    direction: -1,
    vlan: 0,
    ipVersion: 0,
    ipSrc: -1,
    ipDst: -1,
    ttl: -1,
    ipId: -1,
    ipProtocol: -1,
    srcPort: -1,
    dstPort: -1,
    tcpFlags: -1,
    tcpSeq: -1,
    payload: 0,
    payloadEnd: 0,
    payloadLength: 0,
    extensionHeaders: false,
    reassembled: false,
    tunnels: 0,
  };
}

/** Copies the link and network headers that a walk over `bytes` found into the envelope. */
export function fillNetwork(e: Envelope, layers: Layers, bytes: Uint8Array): void {
  const { ethernet, sllSource, ip, encapsulation } = layers;
  e.ethDst = ethernet < 0 ? -1 : read48(bytes, ethernet);
  e.ethSrc = ethernet >= 0 ? read48(bytes, ethernet + 6) : sllSource >= 0 ? read48(bytes, sllSource) : -1;
  e.etherType = layers.etherType;
  e.direction = layers.direction;
  e.vlan = 0;
  // The innermost VLAN tag stands last; a tunnel's identifier after it means that the tag was outside.
  const last = layers.encapsulationLength - 2;
  if (last >= 0 && encapsulation[last] === 1) e.vlan = encapsulation[last + 1]!;
  e.ipVersion = layers.ipVersion;
  if (layers.ipVersion === 4) {
    e.ipSrc = read32(bytes, ip + 12);
    e.ipDst = read32(bytes, ip + 16);
    e.ttl = bytes[ip + 8]!;
    e.ipId = bytes[ip + 4]! * 256 + bytes[ip + 5]!;
  } else if (layers.ipVersion === 6) {
    e.ipSrc = latin1(bytes, ip + 8, ip + 24);
    e.ipDst = latin1(bytes, ip + 24, ip + 40);
    e.ttl = bytes[ip + 7]!;
    e.ipId = -1;
  } else {
    e.ipSrc = -1;
    e.ipDst = -1;
    e.ttl = -1;
    e.ipId = -1;
  }
  e.extensionHeaders = layers.extensionHeaders;
  e.tunnels = layers.tunnels;
}

/** Copies the transport header and the payload's place; `bytes` is a reassembled datagram's where it was put together. */
export function fillTransport(e: Envelope, layers: Layers, bytes: Uint8Array): void {
  e.bytes = bytes;
  e.ipProtocol = layers.ipProtocol;
  e.srcPort = layers.srcPort;
  e.dstPort = layers.dstPort;
  if (layers.ipProtocol === 6 && layers.transport >= 0) {
    e.tcpFlags = bytes[layers.transport + 13]!;
    e.tcpSeq = read32(bytes, layers.transport + 4);
  } else {
    e.tcpFlags = -1;
    e.tcpSeq = -1;
  }
  e.payload = layers.payload;
  e.payloadEnd = layers.payloadEnd;
  e.payloadLength = layers.payloadLength;
}

/** Decodes a claimed payload. The same cursor serves every record; a `TracingCursor` may take its place. */
export class Decoder {
  private readonly cursor: Cursor;

  constructor(cursor: Cursor = new Cursor()) {
    this.cursor = cursor;
  }

  decode(claim: number, e: Envelope): WireRecord {
    const protocol = CLAIMS.protocols[claim - 1]!;
    // The field that set the end is the snap length where less was captured than the headers say.
    const limit = e.payloadEnd - e.payload < e.payloadLength ? 'captured' : 'length field';
    return protocol.decode(this.cursor.open(e.bytes, e.payload, e.payloadEnd, limit), e) as WireRecord;
  }
}

/** The name of a record's kind, as counted in `records`. */
export function kindOf(claim: number, record: WireRecord): string {
  return CLAIMS.protocols[claim - 1]!.kindOf(record);
}
