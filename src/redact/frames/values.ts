import { latin1, read32, read48 } from '../../wire/cursor.ts';
import type { FieldKind } from '../../wire/protocol.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import type { Field } from './field-cursor.ts';
import { FILLER, writeNames } from './names.ts';
import type { Tally } from './tally.ts';

/** 2000-01-01 00:00:00 UTC in seconds since 1970: where a DUID's time and RFC 5460's times begin. */
const EPOCH_2000 = 946_684_800;
/** Kinds whose values are characters; bytes that are none are no value of them. */
const TEXTUAL = new Set<string>(['hostname', 'domain', 'username', 'url', 'filename', 'vlan-name', 'text']);
const PRINTABLE = /^[\x20-\x7e]+$/;

/** What becomes of a field: bytes of any length to stand in its place. */
export class ValueMapper {
  private readonly identities: Identities;
  private readonly tally: Tally;

  constructor(identities: Identities, tally: Tally) {
    this.identities = identities;
    this.tally = tally;
  }

  /**
   * @param value the field's bytes; not changed
   * @returns `value` itself where it is kept; another array of any length; undefined where it is dropped
   */
  map(field: Field, value: Uint8Array): Uint8Array | undefined {
    const { kind } = field.node;
    switch (field.type) {
      case 'ipv4':
        return value.length === 4 ? this.ipv4(kind, value) : undefined;
      case 'ipv6':
        return value.length === 16 ? this.ipv6(kind, value, field.bits) : undefined;
      case 'mac':
        return this.mac(value);
      case 'uuid':
        return this.bytes('uuid', value);
      case 'guid':
        return this.guid(value);
      case 'domain':
        return this.domain(kind, value);
      case 'text':
        return this.characters(kind, value);
      case 'bytes':
        return this.raw(kind, value, field.bits);
      case 'group':
        return undefined;
      default:
        return this.number(field, kind, value);
    }
  }

  /** Numbers, flags and booleans tell how a protocol runs, unless they are declared to tell more. */
  private number(field: Field, kind: FieldKind | undefined, value: Uint8Array): Uint8Array | undefined {
    if (kind === undefined || kind instanceof RegExp) return value;
    if (kind === 'time') return value.length === 4 ? this.time(field, value) : undefined;
    if (kind === 'mask' || kind === 'network4' || kind === 'network6' || kind === 'packet') return value;
    if (kind === 'secret' || kind === 'payload') return undefined;
    return this.bytes(kind, value);
  }

  private time(field: Field, value: Uint8Array): Uint8Array | undefined {
    const seconds = read32(value, 0);
    const epoch = field.node.name === 'value' ? 0 : EPOCH_2000;
    const moved = this.identities.time(seconds + epoch);
    if (moved === undefined) return undefined;
    return bytes32((((moved - epoch) % 4294967296) + 4294967296) % 4294967296);
  }

  private ipv4(kind: FieldKind | undefined, value: Uint8Array): Uint8Array | undefined {
    const address = read32(value, 0);
    if (kind === 'mask' && isMask(address)) return value;
    const mapped = this.identities.ipv4(address);
    return mapped === undefined ? undefined : bytes32(mapped);
  }

  private ipv6(kind: FieldKind | undefined, value: Uint8Array, bits: number): Uint8Array | undefined {
    const address = latin1(value, 0, 16);
    if (kind === 'network6' && bits >= 0 && bits <= 128 && isNetwork(value, bits)) {
      return characters(this.identities.network6(address, bits));
    }
    return characters(this.identities.ipv6(address));
  }

  private mac(value: Uint8Array): Uint8Array | undefined {
    if (value.length !== 6) return this.bytes('mac', value);
    const mapped = this.identities.mac(read48(value, 0));
    if (mapped === undefined) return undefined;
    const written = new Uint8Array(6);
    const view = new DataView(written.buffer);
    view.setUint16(0, Math.floor(mapped / 4294967296));
    view.setUint32(2, mapped % 4294967296);
    return written;
  }

  private bytes(kind: Kind, value: Uint8Array): Uint8Array | undefined {
    if (value.length === 0) return value;
    return this.identities.bytes(kind, value);
  }

  /** A UUID in SMBIOS order maps as the same UUID in the order of its text (SMBIOS 7.2.1). */
  private guid(value: Uint8Array): Uint8Array | undefined {
    if (value.length !== 16) return this.bytes('uuid', value);
    const mapped = this.bytes('uuid', swapped(value));
    return mapped === undefined ? undefined : swapped(mapped);
  }

  private domain(kind: FieldKind | undefined, value: Uint8Array): Uint8Array {
    const written = new Uint8Array(value.length);
    const names = kind === 'hostname' ? 'hostname' : 'domain';
    writeNames(this.identities, names, value, 0, value.length, 0, written, 0, value.length);
    return written;
  }

  private characters(kind: FieldKind | undefined, value: Uint8Array): Uint8Array | undefined {
    if (value.length === 0) return value;
    const text = latin1(value, 0, value.length);
    if (kind instanceof RegExp) return kind.test(text) ? value : undefined;
    if (kind === undefined || !isKind(kind)) return undefined;
    return characters(this.identities.text(kind, text));
  }

  private raw(kind: FieldKind | undefined, value: Uint8Array, bits: number): Uint8Array | undefined {
    if (value.length === 0) return value;
    const text = latin1(value, 0, value.length);
    if (kind instanceof RegExp) return kind.test(text) ? value : undefined;
    if (kind === 'network4' || kind === 'network6') return this.network(kind, value, bits);
    if (kind === 'mac') return this.mac(value);
    if (kind === undefined || !isKind(kind) || kind === 'payload') return undefined;
    if (PRINTABLE.test(text)) return characters(this.identities.text(kind, text));
    return TEXTUAL.has(kind) ? undefined : this.bytes(kind, value);
  }

  /** The first bytes of a network's address, as many as count. */
  private network(kind: 'network4' | 'network6', value: Uint8Array, bits: number): Uint8Array | undefined {
    const size = kind === 'network4' ? 4 : 16;
    if (bits < 0 || bits > size * 8 || value.length > size) return undefined;
    const whole = new Uint8Array(size);
    whole.set(value);
    const mapped =
      kind === 'network4'
        ? optional(this.identities.network4(read32(whole, 0), bits), bytes32)
        : characters(this.identities.network6(latin1(whole, 0, 16), bits));
    return mapped?.subarray(0, value.length);
  }

  /** Counts a value that has no place: a text of another length where lengths are fixed. */
  unfit(kind: FieldKind | undefined): void {
    this.tally.unfit(typeof kind === 'string' ? kind : 'opaque');
  }
}

function isKind(kind: FieldKind): kind is Exclude<FieldKind, 'mask' | 'network4' | 'network6' | 'packet' | RegExp> {
  return typeof kind === 'string' && kind !== 'mask' && kind !== 'network4' && kind !== 'network6' && kind !== 'packet';
}

/** Ones, then zeros. */
export function isMask(address: number): boolean {
  const hosts = 4294967296 - address;
  return address === 0 || Number.isInteger(Math.log2(hosts));
}

/** No bit is set after the first `bits`. */
export function isNetwork(address: Uint8Array, bits: number): boolean {
  for (let i = Math.floor(bits / 8); i < address.length; i += 1) {
    const kept = i * 8 < bits ? 0xff >> (bits - i * 8) : 0xff;
    if (((address[i] ?? 0) & kept) !== 0) return false;
  }
  return true;
}

/** Time-low, time-mid and time-hi byte by byte in the other order. */
export function swapped(uuid: Uint8Array): Uint8Array {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Uint8Array.from(order, (i) => uuid[i] ?? 0);
}

function optional<T, R>(value: T | undefined, then: (value: T) => R): R | undefined {
  return value === undefined ? undefined : then(value);
}

function bytes32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Characters as bytes; undefined when one is none. */
function characters(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const written = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 255) return undefined;
    written[i] = code;
  }
  return written;
}

/** What stands where a value was dropped: characters that keep its length, or zeros. */
export function fillerOf(field: Field): number {
  return field.type === 'text' ? FILLER : 0;
}
