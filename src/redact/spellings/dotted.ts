import { prefixLength } from './colons.ts';
import type { AddressSpan, KnownAddresses } from './span.ts';
import type { Tokens } from './tokens.ts';

/** Parts of a run of numbers with dots: an OID of SNMP has up to 128 (RFC 2578 3.5). */
const MAX_PARTS = 128;
const REVERSED4 = '.in-addr.arpa';
const REVERSED6 = '.ip6.arpa';

export interface Found {
  spans: AddressSpan[];
  next: number;
}

/** Addresses whose parts are separated by dots, from token i on. */
export function withDots(tokens: Tokens, i: number, known: KnownAddresses): Found | undefined {
  if (tokens.text[tokens.end(i)] !== '.') return undefined;
  return ciscoMac(tokens, i) ?? reversed6(tokens, i) ?? reversed4(tokens, i) ?? dottedQuad(tokens, i, known);
}

/** `aabb.ccdd.eeff` */
function ciscoMac(tokens: Tokens, i: number): Found | undefined {
  const fits = (at: number): boolean => tokens.isHex(at) && tokens.size(at) === 4;
  if (tokens.chain(i, '.', 4, fits) !== 3) return undefined;
  const value = Number.parseInt(tokens.word(i) + tokens.word(i + 1) + tokens.word(i + 2), 16);
  return one({ start: tokens.start(i), end: tokens.end(i + 2), kind: 'mac', value, form: 'digits' }, i + 3);
}

/** RFC 3596 2.5: nibbles in reverse; fewer than 32 are a network's. */
function reversed6(tokens: Tokens, i: number): Found | undefined {
  if (!tokens.isHex(i) || tokens.size(i) !== 1) return undefined;
  const count = tokens.chain(i, '.', 32, (at) => tokens.isHex(at) && tokens.size(at) === 1);
  const end = tokens.end(i + count - 1);
  if (tokens.text.slice(end, end + REVERSED6.length).toLowerCase() !== REVERSED6) return undefined;
  let digits = '';
  for (let k = count - 1; k >= 0; k -= 1) digits += tokens.word(i + k);
  const value = Buffer.from(digits.padEnd(32, '0'), 'hex').toString('latin1');
  const span: AddressSpan = { start: tokens.start(i), end, kind: 'ipv6', value, form: 'nibbles' };
  return one(count < 32 ? { ...span, length: count * 4 } : span, i + count);
}

/** RFC 1035 3.5: octets in reverse; fewer than four are a network's. */
function reversed4(tokens: Tokens, i: number): Found | undefined {
  const count = tokens.chain(i, '.', 5, (at) => isOctet(tokens, at));
  if (count === 0) return undefined;
  const end = tokens.end(i + count - 1);
  if (tokens.text.slice(end, end + REVERSED4.length).toLowerCase() !== REVERSED4) return undefined;
  // With five, a name stands before the address.
  const first = count === 5 ? i + 1 : i;
  const octets = i + count - first;
  let value = 0;
  for (let k = octets - 1; k >= 0; k -= 1) value = value * 256 + Number(tokens.word(first + k));
  value *= 256 ** (4 - octets);
  const span: AddressSpan = { start: tokens.start(first), end, kind: 'ipv4', value, form: 'reversed' };
  return one(octets < 4 ? { ...span, length: octets * 8 } : span, i + count);
}

/**
 * Four decimal numbers, also with leading zeros, and also where letters are glued to their ends. A fifth is a port, as
 * tcpdump writes it; in longer runs (object identifiers) only known addresses and private ones at the end are believed.
 */
function dottedQuad(tokens: Tokens, i: number, known: KnownAddresses): Found | undefined {
  const { text } = tokens;
  const start = firstOctet(tokens, i);
  if (start < 0) return undefined;
  const middle = tokens.joined(i, '.') ? tokens.chain(i + 1, '.', MAX_PARTS, (at) => tokens.isDecimal(at)) : 0;
  const bounds: [number, number][] = [[start, tokens.end(i)]];
  for (let k = 1; k <= middle; k += 1) bounds.push([tokens.start(i + k), tokens.end(i + k)]);
  const after = i + middle + 1;
  if (bounds.length === 3 && tokens.joined(after - 1, '.')) {
    // `10.20.30.40eth0`
    const glued = /^\d{1,3}/.exec(tokens.word(after))?.[0];
    if (glued !== undefined) bounds.push([tokens.start(after), tokens.start(after) + glued.length]);
  }
  const quads = bounds.flatMap((_, k) => {
    const value = quadAt(text, bounds, k);
    return value < 0 ? [] : [{ k, value }];
  });
  const chosen = chooseQuad(quads, bounds.length, known);
  if (chosen === undefined) return bounds.length > 4 ? { spans: [], next: after } : undefined;
  const from = bounds[chosen.k]?.[0] ?? start;
  const end = bounds[chosen.k + 3]?.[1] ?? start;
  const span: AddressSpan = { start: from, end, kind: 'ipv4', value: chosen.value, form: 'decimal' };
  const length = prefixLength(text, end, 32);
  const network = length !== undefined && chosen.value % 2 ** (32 - length) === 0;
  return one(network ? { ...span, length } : span, Math.max(after, i + 4));
}

function chooseQuad(
  quads: readonly { k: number; value: number }[],
  parts: number,
  known: KnownAddresses,
): { k: number; value: number } | undefined {
  const first = quads.find(({ k }) => k === 0);
  if (parts === 4) return first;
  const believed = quads.find(({ value }) => known.ipv4(value));
  if (parts === 5) return believed ?? first;
  return believed ?? quads.find(({ k, value }) => k === parts - 4 && isPrivate(value));
}

function isPrivate(value: number): boolean {
  return value >>> 24 === 10 || value >>> 20 === 0xac1 || value >>> 16 === 0xc0a8;
}

function quadAt(text: string, bounds: readonly [number, number][], k: number): number {
  let value = 0;
  for (let j = k; j < k + 4; j += 1) {
    const [from, to] = bounds[j] ?? [0, 0];
    const octet = to - from > 3 || to === from ? 256 : Number(text.slice(from, to));
    if (octet > 255) return -1;
    value = value * 256 + octet;
  }
  return value;
}

/** Where the first octet begins: at the token's own start, or after letters that are glued to it; -1 for neither. */
function firstOctet(tokens: Tokens, i: number): number {
  if (tokens.isDecimal(i)) return tokens.size(i) <= 3 ? tokens.start(i) : -1;
  const tail = /[A-Za-z](\d{1,3})$/.exec(tokens.word(i).slice(-4))?.[1];
  return tail === undefined ? -1 : tokens.end(i) - tail.length;
}

function isOctet(tokens: Tokens, i: number): boolean {
  return tokens.isDecimal(i) && tokens.size(i) <= 3 && Number(tokens.word(i)) <= 255;
}

function one(span: AddressSpan, next: number): Found {
  return { spans: [span], next };
}
