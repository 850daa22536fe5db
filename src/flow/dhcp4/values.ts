import { crc32 } from 'node:zlib';
import type { OptionValue } from '../../wire/protocols/dhcpv4/read.ts';
import { hexText, safeBytes } from '../../wire/values.ts';

/** What one option can hold in one piece (RFC 2132 2); longer values are joined ones, and none of real use is. */
const LONGEST = 255;
/** Of a longer one, what is kept to be read. */
const BEGINNING = 64;
/** Servers of one kind in one promise: more is no configuration. */
export const MOST_ADDRESSES = 64;

/** Lower-case hex; of an overlong value the beginning with its length and checksum, so that it still compares. */
export function hexFact(value: OptionValue | undefined): string {
  if (value === undefined) return '';
  if (value.length <= LONGEST) return hexText(value.bytes, value);
  return hexText(value.bytes, { at: value.at, length: BEGINNING }) + mark(value);
}

/** Text safe to show, without trailing NULs; an overlong value as in `hexFact`. */
export function textFact(value: OptionValue | undefined): string {
  if (value === undefined) return '';
  if (value.length > LONGEST) {
    return safeBytes(value.bytes, { at: value.at, length: BEGINNING }) + mark(value);
  }
  const text = safeBytes(value.bytes, value);
  return text.endsWith('\\x00') ? text.replace(/(?:\\x00)+$/, '') : text;
}

/** A text made of a value (a list of names), bounded likewise. */
export function boundedText(text: string): string {
  if (text.length <= 4 * LONGEST) return text;
  const bytes = Buffer.from(text, 'utf8');
  return textFact({ bytes, at: 0, length: bytes.length });
}

function mark(value: OptionValue): string {
  const sum = crc32(value.bytes.subarray(value.at, value.at + value.length));
  return `~${value.length}~${sum.toString(16)}`;
}
