import { parseIpv6, parseMac } from '../../wire/values.ts';
import { octetRun } from './octets.ts';
import type { AddressSpan, KnownAddresses } from './span.ts';
import type { Tokens } from './tokens.ts';

/** Groups of one address, and a run of colons that is none: more are taken as the next. */
const MAX_GROUPS = 9;

/** Addresses whose parts are separated by colons, from token i on. */
export function withColons(
  tokens: Tokens,
  i: number,
  known: KnownAddresses,
): { spans: AddressSpan[]; next: number } | undefined {
  const { text } = tokens;
  const begin = tokens.start(i);
  // `::1`; after a word it is no address but a scope of some language.
  const led = text[begin - 1] === ':' && text[begin - 2] === ':' && !/[0-9A-Za-z_]/.test(text[begin - 3] ?? '');
  if (text[tokens.end(i)] !== ':' && !led) return undefined;
  if (!tokens.isHex(i)) return undefined;
  const compressed = led || region(tokens, i).compressed;
  if (!compressed) {
    const run = octetRun(tokens, i, ':', known);
    if (run !== undefined && !isFullIpv6(tokens, i, run.next - i)) return run;
    const grouped = groupedMac(tokens, i, known);
    if (grouped !== undefined) return grouped;
  }
  return ipv6(tokens, i, led);
}

/** Eight groups, none of which is written as an octet is (with a leading zero): IPv6 with small groups. */
function isFullIpv6(tokens: Tokens, i: number, count: number): boolean {
  if (count !== 8) return false;
  for (let k = 0; k < 8; k += 1) {
    const word = tokens.word(i + k);
    if (word.length === 2 && word.startsWith('0')) return false;
  }
  return !(tokens.word(i + 3).toLowerCase() === 'ff' && tokens.word(i + 4).toLowerCase() === 'fe');
}

/** `aabb:ccdd:eeff` and `aabbcc:ddeeff`. */
function groupedMac(
  tokens: Tokens,
  i: number,
  known: KnownAddresses,
): { spans: AddressSpan[]; next: number } | undefined {
  for (const [count, size] of [
    [3, 4],
    [2, 6],
  ] as const) {
    const fits = (at: number): boolean => tokens.isHex(at) && tokens.size(at) === size;
    if (tokens.chain(i, ':', count + 1, fits) !== count || tokens.joined(i + count - 1, ':')) continue;
    const start = tokens.start(i);
    const end = tokens.end(i + count - 1);
    const word = tokens.text.slice(start, end);
    const value = parseMac(word);
    if (value < 0 || (!/[a-f]/i.test(word) && !known.mac(value))) continue;
    return { spans: [{ start, end, kind: 'mac', value, form: 'digits' }], next: i + count };
  }
  return undefined;
}

/** How far groups go, and whether `::` is among their separators. */
function region(tokens: Tokens, i: number): { last: number; compressed: boolean } {
  let last = i;
  let compressed = tokens.text.startsWith('::', tokens.end(i));
  while (last - i < MAX_GROUPS && last + 1 < tokens.count) {
    const gap = tokens.text.slice(tokens.end(last), Math.min(tokens.start(last + 1), tokens.end(last) + 3));
    if ((gap !== ':' && gap !== '::') || !tokens.isHex(last + 1)) break;
    compressed ||= gap === '::';
    last += 1;
  }
  // `fd00:1::` ends with it; `52:54:00:ab:cd:ef::` is an address before two colons.
  compressed ||= tokens.text.startsWith('::', tokens.end(last)) && longer(tokens, i, last);
  return { last, compressed };
}

/** Whether a group has more digits than an octet. */
function longer(tokens: Tokens, first: number, last: number): boolean {
  for (let k = first; k <= last; k += 1) if (tokens.size(k) > 2) return true;
  return false;
}

/** The longest text from token i on that is an address. */
function ipv6(tokens: Tokens, i: number, led: boolean): { spans: AddressSpan[]; next: number } | undefined {
  const { text } = tokens;
  const start = led ? tokens.start(i) - 2 : tokens.start(i);
  const { last, compressed } = region(tokens, i);
  // Without `::`, eight groups, or six before an IPv4 address: times and lists are shorter.
  if (!led && !compressed && last - i < 6) return undefined;
  for (let at = last; at >= i; at -= 1) {
    const ends: number[] = [];
    const quad = tokens.chain(at, '.', 4, (k) => tokens.isDecimal(k) && tokens.size(k) <= 3);
    if (quad === 4) ends.push(tokens.end(at + 3));
    if (text.startsWith('::', tokens.end(at))) ends.push(tokens.end(at) + 2);
    ends.push(tokens.end(at));
    for (const end of ends) {
      const value = parseIpv6(text.slice(start, end));
      if (value === '') continue;
      let next = at + 1;
      while (next < tokens.count && tokens.start(next) < end) next += 1;
      const length = prefixLength(text, end, 128);
      const network = length !== undefined && hostBitsZero(value, length);
      const span: AddressSpan = { start, end, kind: 'ipv6', value, form: 'groups' };
      return { spans: [network ? { ...span, length } : span], next };
    }
  }
  return undefined;
}

/** `/24` after an address: a network's length, where it is one of its version. */
export function prefixLength(text: string, end: number, width: number): number | undefined {
  if (text[end] !== '/') return undefined;
  const digits = /^\d{1,3}(?![0-9A-Za-z.])/.exec(text.slice(end + 1, end + 5))?.[0];
  const length = digits === undefined ? -1 : Number(digits);
  return length > 0 && length < width ? length : undefined;
}

function hostBitsZero(address: string, length: number): boolean {
  for (let bit = length; bit < 128; bit += 1) {
    if ((address.charCodeAt(bit >>> 3) & (0x80 >>> (bit & 7))) !== 0) return false;
  }
  return true;
}
