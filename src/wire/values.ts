import { latin1 } from './cursor.ts';
import type { Address } from './envelope.ts';
import type { Span } from './fault.ts';

/** Wire text that cannot be shown as it is: the bytes, and what of them can be read (with visible escapes). */
export interface UncleanText {
  hex: string;
  text: string;
}

/** Text as `decode` writes it: plain when it is clean UTF-8 of visible characters, else both forms. */
export type WireText = string | UncleanText;

/** Dotted decimal of an unsigned 32-bit number; '' for a negative one (absent). */
export function ipv4Text(address: number): string {
  if (address < 0) return '';
  return `${Math.floor(address / 16777216)}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** RFC 5952 text of 16 characters that stand for a byte each; '' for anything else. IPv4-mapped as `::ffff:192.0.2.1`. */
export function ipv6Text(address: string): string {
  if (address.length !== 16) return '';
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push(address.charCodeAt(i) * 256 + address.charCodeAt(i + 1));
  }
  if (address.startsWith(MAPPED)) {
    return `::ffff:${ipv4Text((groups[6] ?? 0) * 65536 + (groups[7] ?? 0))}`;
  }
  // RFC 5952 4.2: the longest run of two or more zero groups, the first of equals.
  let from = -1;
  let length = 1;
  for (let i = 0; i < 8; i += 1) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run += 1;
    if (run > length) [from, length] = [i, run];
    if (run > 0) i += run;
  }
  const text = groups.map((group) => group.toString(16));
  if (from < 0) return text.join(':');
  return `${text.slice(0, from).join(':')}::${text.slice(from + length).join(':')}`;
}

const MAPPED = `${'\0'.repeat(10)}\xff\xff`;

/** Text of an address of either version; '' for -1. */
export function addressText(address: Address): string {
  return typeof address === 'number' ? ipv4Text(address) : ipv6Text(address);
}

/** `aa:bb:cc:dd:ee:ff` of a 48-bit number; '' for a negative one. */
export function macText(mac: number): string {
  if (mac < 0) return '';
  return (mac.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
}

/** Lower-case hex without separators. Bytes beyond the buffer are not invented. */
export function hexText(bytes: Uint8Array, span: Span): string {
  return Buffer.prototype.hexSlice.call(bytes, span.at, span.at + span.length);
}

/** An unsigned number of up to 8 bytes: a number while it is exact, else a decimal string. */
export function uintValue(bytes: Uint8Array, span: Span): number | string {
  let value = 0n;
  for (let i = span.at; i < span.at + span.length; i += 1) value = value * 256n + BigInt(bytes[i] ?? 0);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}

/**
 * `01234567-89ab-cdef-0123-456789abcdef` of 16 bytes; '' for another length. `little` is the SMBIOS 7.2.1 order that
 * PXE firmware sends (RFC 4578 2.3): the first three fields are little-endian.
 */
export function uuidText(bytes: Uint8Array, span: Span, little = false): string {
  if (span.length !== 16) return '';
  const hex = hexText(bytes, span);
  const order = little ? LITTLE_UUID : BIG_UUID;
  return order.map((pairs) => pairs.map((i) => hex.slice(2 * i, 2 * i + 2)).join('')).join('-');
}

const BIG_UUID = [
  [0, 1, 2, 3],
  [4, 5],
  [6, 7],
  [8, 9],
  [10, 11, 12, 13, 14, 15],
];
const LITTLE_UUID = [[3, 2, 1, 0], [5, 4], [7, 6], ...BIG_UUID.slice(3)];

/** The text of clean UTF-8 (valid, and nothing that a reader could not see); else undefined. */
export function cleanText(bytes: Uint8Array, span: Span): string | undefined {
  const text = utf8(bytes, span);
  return text === undefined || UNSEEN.test(text) ? undefined : text;
}

/** Clean UTF-8 as text; anything else as hex beside its readable form. */
export function wireText(bytes: Uint8Array, span: Span): WireText {
  return cleanText(bytes, span) ?? { hex: hexText(bytes, span), text: safeBytes(bytes, span) };
}

/** Bytes as text that is safe to show anywhere: bytes that are not UTF-8 become `\xNN`, the rest goes through `safeText`. */
export function safeBytes(bytes: Uint8Array, span: Span): string {
  const whole = utf8(bytes, span);
  if (whole !== undefined) return safeText(whole);
  let text = '';
  const end = Math.min(span.at + span.length, bytes.length);
  for (let at = span.at; at < end;) {
    // Runs of plain characters at once: one by one they cost a hundred times as much, in messages that anybody can send.
    let run = at;
    while (run < end && isPlain(bytes[run] ?? 0)) run += 1;
    if (run > at) {
      text += latin1(bytes, at, run);
      at = run;
      continue;
    }
    const length = utf8Length(bytes[at] ?? 0);
    const one = length > 0 && at + length <= end ? utf8(bytes, { at, length }) : undefined;
    if (one === undefined) {
      text += escapeCode(bytes[at] ?? 0);
      at += 1;
    } else {
      text += safeText(one);
      at += length;
    }
  }
  return text;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/**
 * The one way of outside text to a terminal, HTML or CSV: control characters, bidirectional marks, zero-width and
 * invisible characters, line separators and lone surrogates become `\xNN` or `\u{NNNN}`. A backslash stays as it is
 * (boot files of Windows hold many): where the difference matters, the hex is given beside the text.
 */
export function safeText(text: string): string {
  return UNSEEN.test(text) ? text.replace(UNSEEN_ALL, (c) => escapeCode(c.codePointAt(0) ?? 0)) : text;
}

function escapeCode(code: number): string {
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16).padStart(4, '0')}}`;
}

/**
 * Code points that are not shown or that change how others are shown. Written as ranges, not as Unicode properties:
 * those follow the runtime's Unicode version, and equal input must give equal bytes.
 */
const UNSEEN_CLASS = [
  '\\u{0}-\\u{1f}\\u{7f}-\\u{9f}', // C0, DEL, C1
  '\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}',
  '\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}\\u{2060}-\\u{206f}', // zero-width, separators, bidi, isolates
  '\\u{3164}\\u{d800}-\\u{dfff}\\u{fe00}-\\u{fe0f}\\u{feff}\\u{ffa0}\\u{fff0}-\\u{fffb}\\u{fffe}\\u{ffff}',
  '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}',
].join('');
const UNSEEN = new RegExp(`[${UNSEEN_CLASS}]`, 'u');
const UNSEEN_ALL = new RegExp(UNSEEN.source, 'gu');

/** As `UNSEEN`, without the controls that JSON itself escapes, and uses between values. */
const UNSEEN_IN_JSON = new RegExp(`[${UNSEEN_CLASS.replace('\\u{0}-\\u{1f}', '')}]`, 'gu');
const ASCII = /^[\n -~]*$/;

/** JSON in which what must not be shown as it is stands as `\uXXXX`: the same values. */
export function escapedJson(json: string): string {
  return ASCII.test(json) ? json : json.replace(UNSEEN_IN_JSON, utf16Escapes);
}

function utf16Escapes(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i += 1) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What almost all wire text is; testing for it costs less than decoding. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

function utf8(bytes: Uint8Array, span: Span): string | undefined {
  const plain = latin1(bytes, span.at, span.at + span.length);
  if (PLAIN_ASCII.test(plain)) return plain;
  try {
    return strictUtf8.decode(bytes.subarray(span.at, span.at + span.length));
  } catch {
    return undefined;
  }
}

function utf8Length(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

/** Names of a list in DNS wire form (RFC 1035 3.1, 4.1.4), and where it went wrong. */
export interface DomainNames {
  /** Without the final dot; the root is `.`. Dots and backslashes inside a label are `\.` and `\\`, unseen bytes `\DDD`. */
  names: string[];
  /** Offset of the first thing that is not a name (a loop, a label past the end), or -1. */
  bad: number;
  /** The last name has no root label: a partial name (RFC 4704 4.2), or a cut one. */
  partial: boolean;
}

/** RFC 1035 3.1. */
const MAX_NAME = 255;
/** No resolver searches more than 32 names; a list may still say more, but compression must not multiply it. */
const MAX_NAMES = 256;

/**
 * All the names in `span`. Compression pointers count from the span's start (RFC 3397 2: the whole search option,
 * concatenated) and only lead backwards, so that every step makes progress.
 */
export function domainNames(bytes: Uint8Array, span: Span): DomainNames {
  const result: DomainNames = { names: [], bad: -1, partial: false };
  const end = span.at + span.length;
  let at = span.at;
  while (at < end) {
    if (result.names.length >= MAX_NAMES) return { ...result, bad: at };
    const one = domainName(bytes, at, span.at, end);
    if (one.labels > 0 || one.bad < 0) result.names.push(one.text === '' ? '.' : one.text);
    result.partial = one.partial;
    if (one.bad >= 0) return { ...result, bad: one.bad };
    at = one.next;
  }
  return result;
}

interface DomainName {
  text: string;
  labels: number;
  next: number;
  bad: number;
  partial: boolean;
}

function domainName(bytes: Uint8Array, start: number, base: number, end: number): DomainName {
  const name: DomainName = { text: '', labels: 0, next: -1, bad: -1, partial: false };
  let at = start;
  // A pointer must lead before the place where the run that holds it began.
  let before = start;
  let wireLength = 0;
  while (at < end) {
    const length = bytes[at] ?? 0;
    if (length === 0) {
      if (name.next < 0) name.next = at + 1;
      return name;
    }
    if (length >= 0xc0) {
      const to = base + (length & 0x3f) * 256 + (bytes[at + 1] ?? 0);
      if (at + 2 > end || to >= before) return { ...name, bad: at };
      if (name.next < 0) name.next = at + 2;
      at = to;
      before = to;
      continue;
    }
    wireLength += length + 1;
    if (length > 63 || at + 1 + length > end || wireLength >= MAX_NAME) return { ...name, bad: at };
    name.text += (name.labels > 0 ? '.' : '') + labelText(bytes, at + 1, at + 1 + length);
    name.labels += 1;
    at += 1 + length;
  }
  name.partial = true;
  if (name.next < 0) name.next = end;
  return name;
}

function labelText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i += 1) {
    const code = bytes[i] ?? 0;
    if (code === 0x2e || code === 0x5c) text += `\\${String.fromCharCode(code)}`;
    else if (code > 0x20 && code < 0x7f) text += String.fromCharCode(code);
    else text += `\\${String(code).padStart(3, '0')}`;
  }
  return text;
}

/**
 * A 48-bit number of a MAC address in the spellings of the field, or -1: `aa:bb:cc:dd:ee:ff`, with `-`, single digits
 * (`0:1c:c0:a:b:c`, BSD), `aabb.ccdd.eeff` (also with `-` or `:`), `aabbcc-ddeeff` and `aabbccddeeff`.
 */
export function parseMac(text: string): number {
  const octets = /^([0-9a-f]{1,2})([:-])(?:[0-9a-f]{1,2}\2){4}[0-9a-f]{1,2}$/i.exec(text);
  if (octets !== null) {
    const pairs = text.split(octets[2] ?? ':').map((octet) => octet.padStart(2, '0'));
    return Number.parseInt(pairs.join(''), 16);
  }
  const grouped = /^(?:[0-9a-f]{4}([.:-])[0-9a-f]{4}\1[0-9a-f]{4}|[0-9a-f]{6}[-.:]?[0-9a-f]{6})$/i.test(text);
  return grouped ? Number.parseInt(text.replace(/[.:-]/g, ''), 16) : -1;
}

/** An unsigned 32-bit number, or -1. Strict: four decimal numbers up to 255, without leading zeros. */
export function parseIpv4(text: string): number {
  const parts = text.split('.');
  if (parts.length !== 4) return -1;
  let address = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return -1;
    address = address * 256 + Number(part);
  }
  return address;
}

/** 16 characters, one a byte, or ''. RFC 4291 2.2 in all three forms; no zone and no prefix length. */
export function parseIpv6(text: string): string {
  if (text.length > 45) return '';
  const halves = text.split('::');
  if (halves.length > 2) return '';
  const [head, tail] = halves.map((half, i) => ipv6Groups(half, i === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return '';
  const length = head.length + (tail?.length ?? 0);
  if (halves.length === 1 ? length !== 16 : length > 14) return '';
  return String.fromCharCode(...head, ...Array<number>(16 - length).fill(0), ...(tail ?? []));
}

function ipv6Groups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >>> 8, value & 255);
      continue;
    }
    const ipv4 = last && i === groups.length - 1 ? parseIpv4(group) : -1;
    if (ipv4 < 0) return undefined;
    octets.push(ipv4 >>> 24, (ipv4 >>> 16) & 255, (ipv4 >>> 8) & 255, ipv4 & 255);
  }
  return octets.length > 16 ? undefined : octets;
}

/** An address of either version as state keeps it, or -1. */
export function parseAddress(text: string): Address {
  const ipv4 = parseIpv4(text);
  if (ipv4 >= 0) return ipv4;
  const ipv6 = parseIpv6(text);
  return ipv6 === '' ? -1 : ipv6;
}
