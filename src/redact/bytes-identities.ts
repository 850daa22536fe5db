import type { Identities } from './identities.ts';
import type { Kind } from './kinds.ts';
import { macsIn } from './spellings/octets.ts';
import type { AddressIdentities, TextIdentities } from './text-identities.ts';

/** 2000-01-01, from which a DUID counts (RFC 8415 11.2). */
const DUID_EPOCH = 946_684_800;
/** Identifiers inside identifiers: a relay's framing, a client identifier, a DUID. */
const MAX_DEPTH = 4;

/** Kinds whose values are words. */
const WORDS: ReadonlySet<Kind> = new Set(['vendor-class', 'url', 'filename', 'vlan-name', 'text']);
/** Fewer printable bytes in a row are chance. */
const MIN_WORDS = 4;

type Owner = AddressIdentities & Pick<Identities, 'text' | 'time'>;

/**
 * Values of bytes, at equal length: addresses where the kind says so, text where all can be read, DUIDs and client
 * identifiers by their parts, everything else as a whole.
 */
export class BytesIdentities {
  private readonly of: Owner;
  private readonly texts: TextIdentities;

  constructor(of: Owner, texts: TextIdentities) {
    this.of = of;
    this.texts = texts;
  }

  bytes(kind: Kind, value: Uint8Array): Uint8Array | undefined {
    if (value.length === 0) return value;
    const characters = latin1(value);
    switch (this.texts.action(kind, characters)) {
      case 'keep':
        return WORDS.has(kind) && !isPrintable(value) ? this.words(kind, value) : value;
      case 'zero':
        this.of.ledger.recordShared(kind, characters, '\0'.repeat(value.length));
        return new Uint8Array(value.length);
      case 'generalise':
        if (isPrintable(value)) break;
        this.of.ledger.recordShared(kind, characters, '\0'.repeat(value.length));
        return new Uint8Array(value.length);
      case 'drop':
      case 'shift':
        this.of.ledger.record(kind, characters, null);
        return undefined;
      default:
    }
    if (kind === 'mac' && value.length === 6) return ofNumber(this.of.mac(number(value)), 6);
    if (kind === 'ipv4' && value.length === 4) return ofNumber(this.of.ipv4(number(value)), 4);
    if (kind === 'ipv6' && value.length === 16) return ofText(this.of.ipv6(characters));
    if (kind === 'uuid' && value.length === 16) return ofText(this.texts.uuid(characters));
    if (isPrintable(value)) return this.readable(kind, value);
    const before = this.of.ledger.find(kind, characters);
    if (before !== undefined) return ofText((before as string | null) ?? undefined);
    const image = this.identifier(kind, value, 0);
    this.of.ledger.record(kind, characters, latin1(image));
    return image;
  }

  issued(kind: Kind, value: Uint8Array): boolean {
    if (value.every((byte) => byte === 0)) return true;
    const characters = latin1(value);
    return this.texts.action(kind, characters) === 'keep' || this.of.ledger.issued(kind, characters);
  }

  private readable(kind: Kind, value: Uint8Array): Uint8Array | undefined {
    const text = this.of.text(kind, latin1(value));
    return text?.length === value.length ? new Uint8Array(Buffer.from(text, 'latin1')) : undefined;
  }

  /** Of bytes around words that are kept, the words: what stands between them no rule can judge. */
  private words(kind: Kind, value: Uint8Array): Uint8Array {
    const image = new Uint8Array(value.length);
    for (let at = 0; at < value.length;) {
      let end = at;
      while (end < value.length && isPrintable(value.subarray(end, end + 1))) end += 1;
      if (end - at >= MIN_WORDS) image.set(this.readable(kind, value.subarray(at, end)) ?? [], at);
      at = end + 1;
    }
    return image;
  }

  private identifier(kind: Kind, value: Uint8Array, depth: number): Uint8Array {
    const { length } = value;
    if (length === 0 || depth > MAX_DEPTH) return this.texts.whole(kind, value);
    if (depth > 0 && isPrintable(value)) return this.readable(kind, value) ?? new Uint8Array(length);
    const inner = (at: number, innerKind: Kind = kind): Uint8Array =>
      joined(value.subarray(0, at), this.identifier(innerKind, value.subarray(at), depth + 1));
    const first = number(value.subarray(0, 2));
    // Hardware type and address (RFC 2132 9.14); IAID and DUID (RFC 4361 6.1).
    if (length === 7 && value[0] === 1) return this.withMac(value, 1);
    if (value[0] === 0xff && length >= 11) {
      const iaid = this.texts.whole('serial', value.subarray(1, 5));
      return joined(value.subarray(0, 1), iaid, this.identifier(kind, value.subarray(5), depth + 1));
    }
    // A client identifier that is no hardware address (type 0): MAAS's probe among them.
    if (value[0] === 0 && isPrintable(value.subarray(1))) return inner(1);
    if (kind === 'circuit-id' || kind === 'remote-id') {
      // Type and length of one vendor's framing, around what is an identifier of its own.
      if (length > 2 && value[1] === length - 2) return inner(2);
      if (kind === 'remote-id' && length === 6) return this.withMac(value, 0);
    }
    // RFC 8415 11: type, and for Ethernet the hardware type 1.
    if (first === 1 && length === 14 && number(value.subarray(2, 4)) === 1)
      return this.withTime(this.withMac(value, 8));
    if (first === 3 && length === 10 && number(value.subarray(2, 4)) === 1) return this.withMac(value, 4);
    if (first === 2 && length > 6) return inner(6);
    if (first === 4 && length === 18) {
      const uuid = this.texts.uuid(latin1(value.subarray(2)));
      return joined(value.subarray(0, 2), uuid === undefined ? new Uint8Array(16) : Buffer.from(uuid, 'latin1'));
    }
    return this.withKnown(kind, value);
  }

  /** Known MAC addresses in place, what stands between them as wholes. */
  private withKnown(kind: Kind, value: Uint8Array): Uint8Array {
    const found = macsIn([...value], this.texts.known).filter(
      (one) => one.form === 'digits' && this.texts.known.mac(one.value),
    );
    if (found.length === 0) return this.texts.whole(kind, value);
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const { at: start } of found) {
      parts.push(this.texts.whole(kind, value.subarray(at, start)), this.macBytes(value.subarray(start, start + 6)));
      at = start + 6;
    }
    return joined(...parts, this.texts.whole(kind, value.subarray(at)));
  }

  private withMac(value: Uint8Array, at: number): Uint8Array {
    return joined(value.subarray(0, at), this.macBytes(value.subarray(at, at + 6)), value.subarray(at + 6));
  }

  private macBytes(value: Uint8Array): Uint8Array {
    return ofNumber(this.of.mac(number(value)), 6) ?? new Uint8Array(6);
  }

  /** The time at which a DUID-LLT was made: zero where times are dropped or would not fit. */
  private withTime(value: Uint8Array): Uint8Array {
    const moved = this.of.time(number(value.subarray(4, 8)) + DUID_EPOCH);
    const seconds = moved === undefined ? 0 : moved - DUID_EPOCH;
    const time = ofNumber(((seconds % 4294967296) + 4294967296) % 4294967296, 4) ?? new Uint8Array(4);
    return joined(value.subarray(0, 4), time, value.subarray(8));
  }
}

function isPrintable(value: Uint8Array): boolean {
  return value.length > 0 && value.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Up to six bytes. */
function number(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

function ofNumber(value: number | undefined, length: number): Uint8Array | undefined {
  if (value === undefined) return undefined;
  const bytes = new Uint8Array(length);
  let left = value;
  for (let i = length - 1; i >= 0; i -= 1) {
    bytes[i] = left % 256;
    left = Math.floor(left / 256);
  }
  return bytes;
}

function ofText(value: string | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : new Uint8Array(Buffer.from(value, 'latin1'));
}
