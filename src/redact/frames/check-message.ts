import { latin1, read32 } from '../../wire/cursor.ts';
import { CLAIMS } from '../../wire/dissect.ts';
import type { Envelope } from '../../wire/envelope.ts';
import { Layers } from '../../wire/layers.ts';
import type { Identities } from '../identities.ts';
import { type Kind, KIND_NAMES } from '../kinds.ts';
import { type HeaderChecker, type IssuedCache, type OnHit, isZero } from './check-headers.ts';
import { FreeText } from './check-text.ts';
import { type Field, FieldCursor, valueOf } from './field-cursor.ts';

const RAW = 101;
const ONLY_FILLER = /^x*$/;
const PRINTABLE = /^[\x20-\x7e]+$/;
const FREE = new Set<Kind>(['text', 'payload', 'metadata']);

const NO_FIELDS = {};

/** Reads the messages of written frames again: every value is asked for, and every byte that no field takes must be zero. */
export class MessageChecker {
  private readonly identities: Identities;
  private readonly issued: IssuedCache;
  private readonly headers: HeaderChecker;
  private readonly cursor = new FieldCursor();
  private readonly quoted = new Layers(CLAIMS);
  private readonly free: FreeText;
  private covered = new Uint8Array(2048);
  /** Fields that were asked for. */
  values = 0;

  /** @param names lower-case labels of the case that may not stand in free text */
  constructor(identities: Identities, issued: IssuedCache, headers: HeaderChecker, names: ReadonlySet<string>) {
    this.identities = identities;
    this.issued = issued;
    this.headers = headers;
    this.free = new FreeText(identities, names);
  }

  check(claim: number, e: Envelope, hit: OnHit): void {
    const protocol = CLAIMS.protocols[claim - 1];
    if (protocol === undefined) return;
    const { cursor } = this;
    const limit = e.payloadEnd - e.payload < e.payloadLength ? 'captured' : 'length field';
    cursor.begin(protocol.fields ?? NO_FIELDS, e.bytes, e.payload, e.payloadEnd, limit);
    protocol.decode(cursor, e);
    const length = e.payloadEnd - e.payload;
    if (this.covered.length < length) this.covered = new Uint8Array(2 * length);
    const { covered } = this;
    covered.fill(0, 0, length);
    const dns = protocol.name === 'dns';
    for (let i = 0; i < cursor.count; i += 1) {
      const field = cursor.fields[i];
      if (field === undefined || isLent(field)) continue;
      if (field.joined === undefined) cover(covered, field.at - e.payload, field.length, 1);
      else
        for (let p = 0; p < field.length; p += 1) cover(covered, field.joined.map(field.at + p).at - e.payload, 1, 2);
    }
    for (let i = 0; i < cursor.count && !dns; i += 1) {
      const field = cursor.fields[i];
      if (field !== undefined && !field.superseded && !isLent(field)) this.field(field, e, hit);
    }
    if (dns) this.dns(e, hit);
    for (let p = 0; p < length; p += 1) {
      if (covered[p] === 0 && e.bytes[e.payload + p] !== 0) return hit(e.payload + p, 'opaque', 'outside-fields');
    }
  }

  private field(field: Field, e: Envelope, hit: OnHit): void {
    const { node, type, length } = field;
    if (length === 0) return;
    this.values += 1;
    const value = valueOf(field, e.bytes);
    const kind = kindOf(field);
    const packet = node.kind === 'packet' ? field : node.parent?.kind === 'packet' ? field.group : undefined;
    if (field.type === 'bytes' && node.kind === undefined && this.isPieces(field, e)) return;
    if (packet !== undefined) {
      this.packet(e.bytes, packet.at, packet.at + packet.length, hit);
    } else if (!this.allowed(field, kind, type, value)) {
      hit(field.joined?.map(field.at).at ?? field.at, kind, node.path);
    }
  }

  /** The bytes of one piece, which are read and asked for as parts of the whole value. */
  private isPieces(field: Field, e: Envelope): boolean {
    if (field.joined !== undefined) return false;
    for (let p = field.at; p < field.at + field.length; p += 1) {
      if (this.covered[p - e.payload] !== 2 && e.bytes[p] !== 0) return false;
    }
    return true;
  }

  private allowed(field: Field, kind: Kind, type: Field['type'], value: Uint8Array): boolean {
    const declared = field.node.kind;
    if (isZero(value, 0, value.length)) return true;
    const text = latin1(value, 0, value.length);
    if (declared instanceof RegExp) return declared.test(text) || (type === 'text' && ONLY_FILLER.test(text));
    switch (type) {
      case 'ipv4':
        return (declared === 'mask' && isOnesThenZeros(read32(value, 0))) || this.issued.ipv4(value, 0);
      case 'ipv6':
        return this.issued.ipv6(value, 0);
      case 'mac':
        return value.length === 6 ? this.issued.mac(value, 0) : this.identities.issued('mac', value);
      case 'uuid':
        return this.identities.issued('uuid', value);
      case 'guid':
        return this.identities.issued('uuid', bigEndian(value));
      case 'domain':
        return this.names(value);
      case 'text':
        return ONLY_FILLER.test(text) || (declared !== undefined && this.text(kind, text));
      case 'bytes':
        return declared !== undefined && this.bytes(kind, declared, value, text, field.bits);
      default:
        return this.number(declared, value);
    }
  }

  private number(declared: Field['node']['kind'], value: Uint8Array): boolean {
    if (declared === undefined || declared === 'mask' || declared === 'network4' || declared === 'network6')
      return true;
    if (declared === 'time') {
      // A moved time cannot be told from another; one that the policy drops must be gone.
      return !['drop', 'zero'].includes(this.identities.rule('time').action);
    }
    return typeof declared === 'string' && declared !== 'packet' && this.identities.issued(declared, value);
  }

  private text(kind: Kind, text: string): boolean {
    if (this.identities.issued(kind, text)) return true;
    const { action } = this.identities.rule(kind);
    if (action === 'drop' || action === 'zero') return false;
    // Free text keeps its words: what in it could be an address or a name of the case is asked for by itself.
    return (action === 'keep' || FREE.has(kind)) && this.free.holds(text);
  }

  private bytes(kind: Kind, declared: unknown, value: Uint8Array, text: string, bits: number): boolean {
    if (declared === 'network4' || declared === 'network6') return this.network(declared, value, bits);
    if (kind === 'mac' && value.length === 6) return this.issued.mac(value, 0);
    // Characters that are none would pass as text that holds no word.
    return this.identities.issued(kind, value) || (PRINTABLE.test(text) && this.identities.issued(kind, text));
  }

  private network(declared: 'network4' | 'network6', value: Uint8Array, bits: number): boolean {
    const whole = new Uint8Array(declared === 'network4' ? 4 : 16);
    if (bits < 0 || value.length > whole.length) return false;
    whole.set(value);
    return declared === 'network4' ? this.issued.ipv4(whole, 0) : this.issued.ipv6(whole, 0);
  }

  /** Names without compression, or with pointers from their own beginning (RFC 3397 2). */
  private names(value: Uint8Array): boolean {
    for (let at = 0; at < value.length;) {
      const name = readName(value, at, value.length, 0);
      if (!this.name(name.labels)) return false;
      if (!name.whole) return isBroken(value, name.next, value.length, 0);
      if (name.next <= at) return false;
      at = name.next;
    }
    return true;
  }

  private name(labels: readonly string[]): boolean {
    const name = labels.join('.');
    const known = (kind: 'hostname' | 'domain', text: string): boolean =>
      this.identities.issued(kind, text) || this.identities.rule(kind).action === 'keep';
    return (
      known('hostname', name) ||
      known('domain', name) ||
      labels.every((label) => ONLY_FILLER.test(label) || known('hostname', label) || known('domain', label))
    );
  }

  private packet(bytes: Uint8Array, at: number, end: number, hit: OnHit): void {
    const { quoted: layers } = this;
    layers.walk(bytes, at, end, RAW);
    layers.claim = 0;
    const done = this.headers.check(layers, bytes, at, end, hit);
    // Ports and a sequence number may stand where there is no room for a TCP header.
    const last = layers.kinds[layers.count - 1] ?? 0;
    const ports = last >= 8 && last <= 11 ? Math.min(end, done + 8) : done;
    if (!isZero(bytes, ports, end)) hit(ports, 'payload', 'quoted-packet');
  }

  /** All four sections; what cannot be read must be zero. */
  private dns({ bytes, payload: start, payloadEnd: end }: Envelope, hit: OnHit): void {
    if (end - start < 12) return;
    const u16 = (at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    const questions = u16(start + 4);
    const total = questions + u16(start + 6) + u16(start + 8) + u16(start + 10);
    let at = start + 12;
    for (let i = 0; i < total && at < end; i += 1) {
      const name = readName(bytes, at, end, start);
      if (!this.name(name.labels)) hit(at, 'hostname', 'dns-name');
      if (!name.whole) {
        if (!isBroken(bytes, name.next, end, start)) hit(name.next, 'opaque', 'dns-rest');
        return;
      }
      const after = name.next;
      const data = after + (i < questions ? 4 : 10);
      if (after <= at || data > end) break;
      at = data;
      if (i < questions) continue;
      const stop = data + u16(after + 8);
      if (stop > end) break;
      this.record(bytes, u16(after), data, stop, start, hit);
      at = stop;
    }
    if (!isZero(bytes, at, end)) hit(at, 'opaque', 'dns-rest');
  }

  private record(bytes: Uint8Array, type: number, at: number, end: number, start: number, hit: OnHit): void {
    const length = end - at;
    if (isZero(bytes, at, end)) return;
    if (type === 1 && length === 4) {
      if (!this.issued.ipv4(bytes, at)) hit(at, 'ipv4', 'dns-data');
    } else if (type === 28 && length === 16) {
      if (!this.issued.ipv6(bytes, at)) hit(at, 'ipv6', 'dns-data');
    } else if ([2, 5, 12, 15, 33, 39, 6].includes(type)) {
      let next = at + (type === 15 ? 2 : type === 33 ? 6 : 0);
      for (let names = type === 6 ? 2 : 1; names > 0 && next < end; names -= 1) {
        const name = readName(bytes, next, end, start);
        if (!this.name(name.labels)) hit(next, 'hostname', 'dns-data');
        if (!name.whole) {
          if (!isBroken(bytes, name.next, end, start)) hit(name.next, 'opaque', 'dns-data');
          return;
        }
        next = name.next;
      }
      if (type === 6 && !isZero(bytes, next, Math.min(end, next + 4))) hit(next, 'time', 'dns-data');
    } else if (type === 16) {
      for (let next = at; next < end; next += 1 + (bytes[next] ?? 0)) {
        const stop = Math.min(end, next + 1 + (bytes[next] ?? 0));
        if (!ONLY_FILLER.test(latin1(bytes, next + 1, stop))) hit(next, 'text', 'dns-data');
      }
    } else if (type === 41) {
      for (let next = at; next + 4 <= end;) {
        const stop = next + 4 + (bytes[next + 2] ?? 0) * 256 + (bytes[next + 3] ?? 0);
        if (!isZero(bytes, next + 4, Math.min(end, stop))) hit(next, 'opaque', 'dns-data');
        next = stop;
      }
    } else {
      hit(at, 'opaque', 'dns-data');
    }
  }
}

/** sname and file of DHCPv4 where option 52 lends them to options, which are read one by one. */
function isLent({ node, type, group }: Field): boolean {
  return type === 'bytes' && group === undefined && (node.name === 'sname' || node.name === 'file');
}

/** Marks bytes as read; those of a value in pieces stay marked as such. */
function cover(covered: Uint8Array, at: number, length: number, mark: number): void {
  for (let p = at; p < at + length; p += 1) if ((covered[p] ?? 0) < mark) covered[p] = mark;
}

const KINDS = new Set<string>(KIND_NAMES);

function kindOf({ node, type }: Field): Kind {
  const { kind } = node;
  if (typeof kind === 'string' && KINDS.has(kind)) return kind as Kind;
  if (type === 'mac' || type === 'ipv4' || type === 'ipv6' || type === 'uuid' || type === 'text') return type;
  return type === 'guid' ? 'uuid' : type === 'domain' ? 'domain' : 'opaque';
}

function isOnesThenZeros(mask: number): boolean {
  const inverted = ~mask >>> 0;
  return ((inverted + 1) & inverted) >>> 0 === 0;
}

/** A UUID in the order of its text. */
function bigEndian(guid: Uint8Array): Uint8Array {
  const uuid = Buffer.from(guid);
  uuid.subarray(0, 4).swap32();
  uuid.subarray(4, 8).swap16();
  return uuid;
}

interface Name {
  labels: string[];
  /** Where what follows the name begins; of one that is broken, where it breaks. */
  next: number;
  whole: boolean;
}

/** The labels of a name, through pointers that lead backwards. */
function readName(bytes: Uint8Array, at: number, end: number, base: number): Name {
  const labels: string[] = [];
  let next = -1;
  let here = at;
  let lowest = at;
  while (here < end && labels.length < 128) {
    const length = bytes[here] ?? 0;
    const after = next < 0 ? here : next;
    if (length === 0) return { labels, next: next < 0 ? here + 1 : next, whole: true };
    if (length >= 0xc0) {
      const to = base + (length % 64) * 256 + (bytes[here + 1] ?? 0);
      if (here + 2 > end || to >= lowest) return { labels, next: after, whole: next >= 0 };
      if (next < 0) next = here + 2;
      here = to;
      lowest = to;
      continue;
    }
    if (length > 63 || here + 1 + length > end || (next < 0 && here + 1 + length - at > 255)) {
      return { labels, next: after, whole: next >= 0 };
    }
    labels.push(latin1(bytes, here + 1, here + 1 + length));
    here += 1 + length;
  }
  return { labels, next: next < 0 ? here : next, whole: true };
}

/** What stands where a name breaks: a length that none has, one past the end, or a pointer to itself. */
function isBroken(bytes: Uint8Array, at: number, end: number, base: number): boolean {
  const length = bytes[at] ?? 0;
  if (length < 0xc0) return (length === 0x40 || length === end - at) && isZero(bytes, at + 1, end);
  const to = (length % 64) * 256 + (bytes[at + 1] ?? 0);
  return (to === Math.min(at - base, 0x3fff) || at + 1 === end) && isZero(bytes, Math.min(end, at + 2), end);
}
