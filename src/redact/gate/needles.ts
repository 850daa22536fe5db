import { latin1 } from '../../wire/cursor.ts';
import { ipv4Text, ipv6Text, macText } from '../../wire/values.ts';
import type { Kind } from '../kinds.ts';

/** An original of the case, as the ledger holds it: addresses as numbers or 16 latin-1 characters, the rest as text or bytes. */
export interface Original {
  kind: Kind;
  value: number | string | Uint8Array;
}

/**
 * What must not stand next to a hit for it to count: `10.1.2.3` is not in `10.1.2.30`, a name is not part of a longer
 * word. `none`: wherever the bytes stand.
 */
export type Boundary = 'none' | 'digit' | 'hex' | 'word';

/** One spelling of one original: what the raw scan looks for. */
export interface Needle {
  bytes: Uint8Array;
  /** Letters match in either case. */
  folded: boolean;
  boundary: Boundary;
  kind: Kind;
  /** How it is spelled; stands in the gate's messages, where the value may not. */
  spelling: string;
}

/**
 * Shorter needles hit by chance: 4 random bytes are found in every few gigabytes of anything, 6 never (one in 2.8e14
 * places). Text is poorer in entropy, so it needs 8 characters.
 */
export const MIN_RAW = 6;
export const MIN_TEXT = 8;
/** Fewer different bytes than these are padding and rulers, not names. */
const MIN_DISTINCT = 3;

/** Every spelling of an original that is long enough to be looked for; none for a value that is too short for all. */
export function needlesOf({ kind, value }: Original): Needle[] {
  const list = new Spelled(kind);
  if (value instanceof Uint8Array) list.raw('raw', value);
  else if (kind === 'mac' && typeof value === 'number') macNeedles(list, value);
  else if (kind === 'ipv4' && typeof value === 'number') ipv4Needles(list, value);
  else if (kind === 'ipv6' && typeof value === 'string' && value.length === 16) ipv6Needles(list, value);
  else if (kind === 'uuid' && typeof value === 'string') uuidNeedles(list, value);
  else if (typeof value === 'string') textNeedles(list, value);
  return list.needles;
}

class Spelled {
  readonly needles: Needle[] = [];
  private readonly kind: Kind;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Bytes as they stand; zeros and the like would hit any padding. */
  raw(spelling: string, bytes: Uint8Array): void {
    if (bytes.length < MIN_RAW || new Set(bytes).size < MIN_DISTINCT) return;
    this.needles.push({ bytes, folded: false, boundary: 'none', kind: this.kind, spelling });
  }

  /** Characters, in either case, in UTF-8 and in both orders of UTF-16. */
  text(spelling: string, text: string, boundary: Boundary): void {
    if (text.length < MIN_TEXT || new Set(text).size < MIN_DISTINCT) return;
    const { kind } = this;
    const little = Buffer.from(text, 'utf16le');
    const big = Buffer.from(little).swap16();
    this.needles.push(
      { bytes: Buffer.from(text, 'utf8'), folded: true, boundary, kind, spelling },
      { bytes: little, folded: true, boundary: 'none', kind, spelling: `${spelling}, UTF-16LE` },
      { bytes: big, folded: true, boundary: 'none', kind, spelling: `${spelling}, UTF-16BE` },
    );
  }

  /** The characters of base64 that these bytes alone decide, at each of the three places that they can begin at. */
  base64(spelling: string, bytes: Uint8Array): void {
    for (let before = 0; before < 3; before += 1) {
      const text = Buffer.concat([Buffer.alloc(before), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      const first = before === 0 ? 0 : before + 1;
      const last = Math.floor(((before + bytes.length) * 8) / 6);
      const sure = text.slice(first, last);
      if (sure.length < MIN_TEXT || new Set(sure).size < MIN_DISTINCT) continue;
      const { kind } = this;
      this.needles.push({ bytes: Buffer.from(sure), folded: false, boundary: 'none', kind, spelling });
    }
  }
}

function macNeedles(list: Spelled, value: number): void {
  const colons = macText(value);
  const bare = colons.replaceAll(':', '');
  const bytes = Buffer.from(bare, 'hex');
  list.raw('raw', bytes);
  list.text('aa:bb:cc:dd:ee:ff', colons, 'none');
  list.text('aa-bb-cc-dd-ee-ff', colons.replaceAll(':', '-'), 'none');
  list.text('aabb.ccdd.eeff', bare.replace(/(.{4})(?=.)/g, '$1.'), 'none');
  list.text('bare hexadecimal', bare, 'none');
  list.text('aabb-ccdd-eeff', bare.replace(/(.{4})(?=.)/g, '$1-'), 'none');
  list.text('aa bb cc dd ee ff', colons.replaceAll(':', ' '), 'hex');
  list.text('aabb ccdd eeff', bare.replace(/(.{4})(?=.)/g, '$1 '), 'hex');
  list.text('octal escapes', [...bytes].map((byte) => octal(byte)).join(''), 'none');
  list.text('lease uid', [...bytes].map((byte) => leaseByte(byte)).join(''), 'none');
  list.text('short octets', [...bytes].map((byte) => byte.toString(16)).join(':'), 'hex');
  const eui = Buffer.from([
    (bytes[0] ?? 0) ^ 2,
    bytes[1] ?? 0,
    bytes[2] ?? 0,
    0xff,
    0xfe,
    bytes[3] ?? 0,
    bytes[4] ?? 0,
    bytes[5] ?? 0,
  ]);
  list.raw('EUI-64', eui);
  const groups = (eui.toString('hex').match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
  list.text('EUI-64 in an address', groups.join(':'), 'hex');
  list.base64('base64', bytes);
}

function ipv4Needles(list: Spelled, value: number): void {
  const dotted = ipv4Text(value);
  const octets = dotted.split('.');
  list.text('dotted', dotted, 'digit');
  list.text('dashed', octets.join('-'), 'digit');
  list.text('hexadecimal', value.toString(16).padStart(8, '0'), 'hex');
  list.text('reversed', octets.toReversed().join('.'), 'digit');
  list.text('mapped', `ffff:${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`, 'hex');
}

function ipv6Needles(list: Spelled, value: string): void {
  const bytes = Buffer.from(value, 'latin1');
  const hex = bytes.toString('hex');
  list.raw('raw', bytes);
  list.text('shortest', ipv6Text(latin1(bytes, 0, 16)), 'hex');
  const groups = hex.match(/.{4}/g) ?? [];
  list.text('full', groups.join(':'), 'hex');
  list.text('without leading zeros', groups.map((group) => group.replace(/^0{1,3}/, '')).join(':'), 'hex');
  list.text('bare hexadecimal', hex, 'none');
  list.text('ip6.arpa', [...hex].toReversed().join('.'), 'none');
  list.base64('base64', bytes);
}

function uuidNeedles(list: Spelled, value: string): void {
  const bare = value.replaceAll('-', '').toLowerCase();
  const bytes = Buffer.from(bare, 'hex');
  if (bytes.length !== 16) return textNeedles(list, value);
  list.raw('raw', bytes);
  // SMBIOS 7.2.1: the first three fields little-endian.
  const guid = Buffer.concat([
    bytes.subarray(0, 4).toReversed(),
    bytes.subarray(4, 6).toReversed(),
    bytes.subarray(6, 8).toReversed(),
    bytes.subarray(8),
  ]);
  list.raw('GUID', guid);
  list.text('dashed', bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), 'none');
  list.text('bare hexadecimal', bare, 'none');
  list.base64('base64', bytes);
}

function textNeedles(list: Spelled, value: string): void {
  list.text('text', value, 'word');
  const bytes = Buffer.from(value, 'utf8');
  if (value.length < MIN_TEXT) return;
  list.base64('base64', bytes);
  list.text('hexadecimal', bytes.toString('hex'), 'none');
  if (value.includes('.')) list.text('reversed labels', value.split('.').toReversed().join('.'), 'word');
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

/** As ISC dhcpd writes a uid in its leases: printable characters as they are, the rest as octal escapes. */
function leaseByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[ -~]/.test(char) && char !== '"' && char !== '\\' ? char : octal(byte);
}
