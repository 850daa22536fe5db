import { macsIn } from './octets.ts';
import type { AddressSpan, KnownAddresses } from './span.ts';
import type { Tokens } from './tokens.ts';

/** Interface names made of a MAC address (systemd.net-naming-scheme), and words that are glued to one. */
const GLUED = /^(?:en|wl|ww)?x(?=[0-9a-f]{12}$)|^mac(?=[0-9a-f]{12}$)|^0x(?=[0-9a-f]+$)/i;
const BOOT_FOLDER = 'pxelinux.cfg/';
/** A DUID in digits. */
const MAX_DIGITS = 260;

/** Addresses without separators in token i. */
export function bare(tokens: Tokens, i: number, known: KnownAddresses): AddressSpan[] {
  const size = tokens.size(i);
  if (size > MAX_DIGITS) return [];
  const start = tokens.start(i);
  const isHex = tokens.isHex(i);
  if (size <= 8 && isHex) {
    const boot = tokens.text.slice(Math.max(0, start - BOOT_FOLDER.length), start).toLowerCase() === BOOT_FOLDER;
    if (boot || size === 8) return hexIpv4(tokens, i, boot, known);
  }
  if (size < 12) return [];
  const word = tokens.word(i);
  const glued = isHex ? 0 : (GLUED.exec(word)?.[0].length ?? -1);
  if (glued < 0) return knownTail(word, start, known);
  const digits = word.slice(glued);
  const from = start + glued;
  // A number is an address only where the case knows it; so is a word.
  const mixed = /[a-f]/i.test(digits) && /\d/.test(digits);
  if (digits.length === 12) {
    const value = Number.parseInt(digits, 16);
    return (mixed && glued === 0) || (glued > 0 && !/^0x/i.test(word)) || mixed || known.mac(value)
      ? [{ start: from, end: from + 12, kind: 'mac', value, form: 'digits' }]
      : [];
  }
  if (digits.length % 2 !== 0) return [];
  if (digits.length === 32) {
    const value = Buffer.from(digits, 'hex').toString('latin1');
    // Machine, boot and invocation ids of systemd; addresses in /proc/net/if_inet6 only where they are known.
    const kind = known.ipv6(value) ? 'ipv6' : 'uuid';
    return mixed || kind === 'ipv6' ? [{ start: from, end: from + 32, kind, value, form: 'digits' }] : [];
  }
  const octets = [...Buffer.from(digits, 'hex')];
  return macsIn(octets, known).flatMap(({ at, size: taken, value, form }): AddressSpan[] => {
    if (!mixed && !known.mac(value)) return [];
    return [{ start: from + 2 * at, end: from + 2 * (at + taken), kind: 'mac', value, form }];
  });
}

function hexIpv4(tokens: Tokens, i: number, boot: boolean, known: KnownAddresses): AddressSpan[] {
  const word = tokens.word(i);
  const start = tokens.start(i);
  const end = tokens.end(i);
  if (word.length === 8) {
    const value = Number.parseInt(word, 16);
    // pxelinux writes upper case; `default` and other names are no digits.
    if ((boot && word === word.toUpperCase()) || known.ipv4(value))
      return [{ start, end, kind: 'ipv4', value, form: 'hex' }];
    const swapped = Buffer.from(word, 'hex').readUInt32LE(0);
    return known.ipv4(swapped) ? [{ start, end, kind: 'ipv4', value: swapped, form: 'hex-little' }] : [];
  }
  if (!boot || word !== word.toUpperCase()) return [];
  const bits = word.length * 4;
  const prefix = Number.parseInt(word, 16) * 2 ** (32 - bits);
  return [{ start, end, kind: 'ipv4', value: known.ipv4Under(prefix, bits) ?? prefix, form: 'hex' }];
}

/** A known address that ends a word (`node525400123456`). */
function knownTail(word: string, start: number, known: KnownAddresses): AddressSpan[] {
  const tail = word.slice(-12);
  if (!/^[0-9a-f]{12}$/i.test(tail)) return [];
  const value = Number.parseInt(tail, 16);
  if (!known.mac(value)) return [];
  return [{ start: start + word.length - 12, end: start + word.length, kind: 'mac', value, form: 'digits' }];
}
