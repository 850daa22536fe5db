import { ipv6Text } from '../../wire/values.ts';
import { octalLength, octalText } from './octal.ts';
import { flipLocal } from './octets.ts';
import type { SpellingForm } from './span.ts';

/**
 * Another address in the spelling of an original: its separators, its letter case, its padding.
 *
 * @param value of the kind that the original was
 */
export function writeIn(form: SpellingForm, value: number | string, original: string): string {
  switch (form) {
    case 'digits':
      return filled(typeof value === 'string' ? hexOf(value) : value.toString(16).padStart(12, '0'), original);
    case 'eui64':
      return filled(eui64Hex(value), original);
    case 'tail':
      return filled(hexDigits(Number(value), 12).slice(-original.replace(/[^0-9A-Fa-f]/g, '').length), original);
    case 'octets':
      return cased(
        (hexDigits(Number(value), 12).match(/../g) ?? []).map((octet) => octet.replace(/^0/, '')).join(':'),
        original,
      );
    case 'octal':
      return octalText(Buffer.from(hexDigits(Number(value), 12), 'hex'));
    case 'octal-eui64':
      return octalText(Buffer.from(eui64Hex(value), 'hex'));
    case 'octal-tail':
      return octalText(Buffer.from(hexDigits(Number(value), 12), 'hex').subarray(-octalLength(original)));
    case 'decimal':
      return decimal(octetsOf(Number(value)), original);
    case 'reversed': {
      const parts = original.split('.').length;
      return octetsOf(Number(value)).slice(0, parts).reverse().join('.');
    }
    case 'hex':
      return upper(hexDigits(Number(value), 8).slice(0, original.length), original);
    case 'hex-little':
      return upper(hexDigits(Number(value), 8).match(/../g)?.reverse().join('') ?? '', original);
    case 'groups':
      return cased(groups(String(value), original), original);
    case 'nibbles': {
      const count = Math.ceil(original.length / 2);
      return cased([...hexOf(String(value)).slice(0, count)].reverse().join('.'), original);
    }
  }
}

function eui64Hex(value: number | string): string {
  const hex = hexDigits(flipLocal(Number(value)), 12);
  return `${hex.slice(0, 6)}fffe${hex.slice(6)}`;
}

/** Digits one for one where the original has digits. */
function filled(hex: string, original: string): string {
  let next = 0;
  return cased(
    original.replace(/[0-9A-Fa-f]/g, () => hex[next++] ?? '0'),
    original,
  );
}

function decimal(octets: readonly number[], original: string): string {
  const separator = /[^0-9]/.exec(original)?.[0] ?? '.';
  const padded = original.split(separator).some((part) => part.length > 1 && part.startsWith('0'));
  return octets.map((octet) => (padded ? String(octet).padStart(3, '0') : String(octet))).join(separator);
}

function groups(value: string, original: string): string {
  const hex = hexOf(value);
  const all = hex.match(/..../g) ?? [];
  const dotted = original.includes('.');
  // All groups with all digits: of fixed width.
  if (/^(?:[0-9a-f]{4}:){7}[0-9a-f]{4}$/i.test(original)) return all.join(':');
  if (dotted) {
    const octets = octetsOf(Number.parseInt(hex.slice(24), 16)).join('.');
    const above = ipv6Text(value.slice(0, 12) + '\0\x01\0\x01');
    // The last two groups stand for the four octets; where they were one run of zeros with others, these stay short.
    const head = above.startsWith('::ffff:') && above.includes('.') ? '::ffff:' : above.replace(/1:1$/, '');
    return head + octets;
  }
  const text = ipv6Text(value);
  if (!text.includes('.')) return text;
  return `::ffff:${(all[6] ?? '0').replace(/^0{1,3}/, '')}:${(all[7] ?? '0').replace(/^0{1,3}/, '')}`;
}

function octetsOf(value: number): number[] {
  return [Math.floor(value / 16777216), (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function hexOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

function hexDigits(value: number, count: number): string {
  return value.toString(16).padStart(count, '0');
}

/** Upper case where the original has upper-case digits only. */
function cased(text: string, original: string): string {
  return /[A-F]/.test(original) && !/[a-f]/.test(original) ? text.toUpperCase() : text;
}

/** Upper case unless the original shows that it is not: boot files are written so, with letters or without. */
function upper(text: string, original: string): string {
  return /[a-f]/.test(original) ? text : text.toUpperCase();
}
