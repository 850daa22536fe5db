import { CLAIMS } from '../../wire/dissect.ts';
import type { Envelope } from '../../wire/envelope.ts';
import { Layers } from '../../wire/layers.ts';
import type { Identities } from '../identities.ts';
import { writeDns } from './dns.ts';
import { type Field, FieldCursor, valueOf } from './field-cursor.ts';
import { type Copy, HeaderWriter, copyBytes } from './headers.ts';
import type { IdentityCache } from './identity-cache.ts';
import { MAX_GROWTH, type Splice, mayResize, spliced } from './resize.ts';
import { Sealer } from './seal.ts';
import type { Tally } from './tally.ts';
import { ValueMapper, fillerOf } from './values.ts';

/** DLT_RAW: what is quoted begins with an IP header of either version. */
const RAW = 101;
const TCP = 6;
const UDP = 17;
const SCTP = 132;
const NO_FIELDS = {};

/**
 * Writes the message of a claimed payload into zeros, field by field as its decoder names them: what no decoder reads
 * has no way to get there.
 */
export class MessageWriter {
  /** Offset (in what was read) after which nothing of the payload was written and nothing is to be kept. */
  end = 0;
  /** Bytes by which the message grew. */
  grown = 0;
  private readonly identities: Identities;
  private readonly cache: IdentityCache;
  private readonly mapper: ValueMapper;
  private readonly tally: Tally;
  /** The fields of the last message. */
  readonly cursor = new FieldCursor();
  private readonly quotedLayers = new Layers(CLAIMS);
  private readonly quotedHeaders: HeaderWriter;
  private readonly sealer = new Sealer();
  private readonly cutting: boolean;

  constructor(identities: Identities, cache: IdentityCache, tally: Tally, cutting: boolean) {
    this.identities = identities;
    this.cache = cache;
    this.tally = tally;
    this.cutting = cutting;
    this.mapper = new ValueMapper(identities, tally);
    this.quotedHeaders = new HeaderWriter(cache);
  }

  /**
   * @param to zeros from `e.payload + shift` to the end of the payload, and room for MAX_GROWTH behind
   * @param resizing values may change their length
   */
  write(claim: number, e: Envelope, copy: Copy, to: Uint8Array, resizing: boolean): void {
    const protocol = CLAIMS.protocols[claim - 1];
    this.grown = 0;
    this.end = e.payloadEnd;
    if (protocol === undefined) return;
    if (protocol.name === 'dns') {
      const { from: view, to: out, shift } = copy;
      const message = { from: e.bytes, view, at: e.payload, end: e.payloadEnd, to, out, shift };
      writeDns(this.identities, this.cache, message);
      return;
    }
    const { cursor } = this;
    const limit = e.payloadEnd - e.payload < e.payloadLength ? 'captured' : 'length field';
    cursor.begin(protocol.fields ?? NO_FIELDS, e.bytes, e.payload, e.payloadEnd, limit);
    protocol.decode(cursor, e);
    const splices: Splice[] = [];
    let kept = e.payload;
    let cut = false;
    let quoted = -1;
    for (let i = 0; i < cursor.count; i += 1) {
      const field = cursor.fields[i];
      if (field === undefined || field.superseded) continue;
      const packet = quotedIn(field);
      if (packet !== undefined) {
        if (packet.at !== quoted) this.quoted(packet.at, packet.at + packet.length, copy);
        quoted = packet.at;
        kept = Math.max(kept, packet.at + packet.length);
      } else if (this.field(protocol.name, field, i, e, copy, to, resizing ? splices : undefined)) {
        if (field.joined === undefined) kept = Math.max(kept, field.at + field.length);
      } else {
        cut = true;
      }
    }
    if (protocol.name === 'dhcpv4') writeDerivedXid(copy, e.payload, to);
    // What follows the last field of a message over TCP is the content that it announces.
    if (cut || e.ipProtocol === TCP) this.end = kept;
    if (splices.length > 0) this.splice(protocol.name, splices, e, copy, to);
  }

  /** @returns false where the field is content that is cut off when nothing else follows it */
  private field(
    protocol: string,
    field: Field,
    index: number,
    e: Envelope,
    copy: Copy,
    to: Uint8Array,
    splices: Splice[] | undefined,
  ): boolean {
    if (field.length === 0) return true;
    const value = valueOf(field, e.bytes);
    const mapped = this.mapper.map(field, value);
    if (mapped === undefined) {
      if (!isZero(value)) this.tally.dropped(kindName(field));
      // A line of text among others is filled, so that those after it stay lines.
      if (field.node.kind === 'payload' && field.type !== 'text' && this.cutting) return false;
      this.fill(field, copy, to);
    } else if (mapped.length === field.length) {
      this.put(field, mapped, copy, to);
    } else if (isFixedText(protocol, field, mapped)) {
      to.set(mapped, field.at + copy.shift);
    } else if (splices !== undefined && mayResize(protocol, field)) {
      this.fill(field, copy, to);
      const { at, length, group } = field;
      splices.push({ at, length, value: mapped, group, counted: this.countedBy(field, index) });
    } else {
      this.mapper.unfit(field.node.kind);
      this.fill(field, copy, to);
    }
    return true;
  }

  /** Writes a value of the field's own length, to all the places where its bytes stand. */
  private put(field: Field, value: Uint8Array, { shift }: Copy, to: Uint8Array): void {
    if (field.joined === undefined) {
      to.set(value, field.at + shift);
      return;
    }
    const { map } = field.joined;
    for (let i = 0; i < value.length; i += 1) {
      const place = map(field.at + i);
      if (place.length > 0) to[place.at + shift] = value[i] ?? 0;
    }
  }

  private fill(field: Field, copy: Copy, to: Uint8Array): void {
    const filler = fillerOf(field);
    if (filler !== 0) this.put(field, new Uint8Array(field.length).fill(filler), copy, to);
  }

  /** Place of the 16-bit length that was read right before the field, and is its own; -1 none. */
  private countedBy(field: Field, index: number): number {
    const before = this.cursor.fields[index - 1];
    if (before === undefined || index === 0 || before.length !== 2) return -1;
    const counts = before.node.name === 'length' && field.node.name === 'data' && before.at + 2 === field.at;
    return counts ? before.at : -1;
  }

  private splice(protocol: string, splices: Splice[], e: Envelope, { shift }: Copy, to: Uint8Array): void {
    const start = e.payload + shift;
    const message = to.slice(start, e.payloadEnd + shift);
    const { bytes, left } = spliced(protocol, message, e.payload, splices);
    to.set(bytes, start);
    this.grown = bytes.length - message.length;
    for (const splice of left) this.tally.unfit(splice.group?.name ?? 'text');
    for (const splice of splices) if (!left.includes(splice)) this.tally.resized(protocol);
  }

  /** The headers of a packet that a message quotes; what they carry stays zero. */
  private quoted(at: number, end: number, copy: Copy): void {
    const { quotedLayers: layers, quotedHeaders: headers } = this;
    const { from, to, shift } = copy;
    const inner: Copy = { from, to, shift, end };
    layers.walk(bytesOf(from), at, end, RAW);
    // A message inside is not opened: errors quote too little of it.
    layers.claim = 0;
    headers.write(layers, inner, at);
    const transport = headers.done;
    const fresh = layers.count > 0 && transport > at && layers.transport < 0 && layers.ip >= 0;
    const { ipProtocol } = layers;
    // RFC 792 quotes 8 bytes: too few for a TCP header, and yet ports and sequence number.
    if (fresh && (ipProtocol === TCP || ipProtocol === UDP || ipProtocol === SCTP) && isFirst(layers, from)) {
      if (layers.srcPort < 0 && !hasTransport(layers)) copyBytes(inner, transport, Math.min(end, transport + 8));
    }
    this.sealer.seal(layers, inner, end + shift, 0);
  }
}

/** The window or field of a quoted packet that this field belongs to. */
function quotedIn(field: Field): { at: number; length: number } | undefined {
  if (field.node.kind === 'packet') return field;
  for (let node = field.node.parent, group = field.group; node !== undefined && group !== undefined;) {
    if (node.kind === 'packet') return group;
    node = node.parent;
    group = group.parent;
  }
  return undefined;
}

/** sname and file of DHCPv4 are texts in fields of 64 and 128 bytes: zeros follow. */
function isFixedText(protocol: string, { node, type, group }: Field, value: Uint8Array): boolean {
  if (protocol !== 'dhcpv4' || type !== 'text' || group !== undefined) return false;
  return (node.name === 'sname' && value.length <= 64) || (node.name === 'file' && value.length <= 128);
}

/** No fragment, or the first one. */
function isFirst(layers: Layers, from: DataView): boolean {
  return layers.ipVersion !== 4 || (from.getUint16(layers.ip + 6) & 0x1fff) === 0;
}

/** LAYER.udp and LAYER.tcp. */
function hasTransport(layers: Layers): boolean {
  const last = layers.kinds[layers.count - 1];
  return last === 12 || last === 13;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function isZero(value: Uint8Array): boolean {
  return value.every((byte) => byte === 0);
}

function kindName({ node }: Field): string {
  const { kind } = node;
  return typeof kind === 'string' ? kind : 'opaque';
}

export { MAX_GROWTH };

/** From the beginning of a DHCPv4 message (RFC 2131 2). */
const XID = 4;
const HLEN = 2;
const CHADDR = 28;

/**
 * Boot firmware makes its transaction id of the last bytes of its MAC address, in either order: where it did, the id is
 * made of the pseudonym's in the same way. The message that answers bears both, so they still match.
 */
function writeDerivedXid({ from, shift, end }: Copy, at: number, to: Uint8Array): void {
  if (at + CHADDR + 6 > end || from.getUint8(at + HLEN) !== 6) return;
  const last = at + CHADDR + 5;
  const same = (place: (i: number) => number, i: number): boolean =>
    from.getUint8(at + XID + place(i)) === from.getUint8(last - i);
  for (const place of [(i: number): number => 3 - i, (i: number): number => i]) {
    if (![0, 1, 2].every((i) => same(place, i))) continue;
    const bytes = same(place, 3) ? 4 : 3;
    for (let i = 0; i < bytes; i += 1) to[at + shift + XID + place(i)] = to[last + shift - i] ?? 0;
    return;
  }
}
