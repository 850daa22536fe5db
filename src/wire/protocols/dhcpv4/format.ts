import type { Cursor, FieldType } from '../../cursor.ts';
import type { Dhcp4Record } from './record.ts';

/** How the value of an option or sub-option is built. */
export interface Format {
  /** Lengths that the value may have: `min`, `min + step` and so on up to `max`; `step` 0 is `min` alone. */
  min: number;
  max: number;
  step: number;
  /** Only reading its parts shows whether it is well-formed; else its length says it all. */
  parts: boolean;
  /** Reads a value of an allowed length, in a window of its own. */
  read(c: Cursor, record: Dhcp4Record): void;
}

/** RFC 3396 lets an option be any number of pieces of 255 bytes; the datagram's length is the limit. */
export const ANY = 65535;

/** True when the format allows a value of `length` bytes. */
export function fits(format: Format, length: number): boolean {
  if (length < format.min || length > format.max) return false;
  return format.step === 0 ? length === format.min : (length - format.min) % format.step === 0;
}

/** A value of one length that stands alone: repeating it is not splitting it. */
export function isFixed(format: Format): boolean {
  return format.step === 0;
}

const fixed = (length: number, read: Format['read']): Format => ({
  min: length,
  max: length,
  step: 0,
  parts: false,
  read,
});

const many = (min: number, step: number, read: Format['read']): Format => ({
  min,
  max: ANY,
  step,
  parts: false,
  read,
});

/** A format whose parts are to be looked at. */
export const structure = (min: number, read: Format['read'], step = 1, max = ANY): Format => ({
  min,
  max,
  step,
  parts: true,
  read,
});

/** A format whose length says it all, or of which every form is readable: there is nothing in it to find fault with. */
export const plain = (format: Format): Format => ({ ...format, parts: false });

/** A list of values of `size` bytes; its entries are `name[0]`, `name[1]` … */
const list = (size: number, least: number, name: string, read: (c: Cursor, name: string) => void) =>
  many(size * least, size, (c) => {
    // Names are built here: lists are read for people only, or for the length that bounds this loop.
    for (let i = 0; c.left >= size; i += 1) read(c, `${name}[${i}]`);
  });

export const EMPTY = fixed(0, () => {});
export const BYTES = many(1, 1, (c) => c.rest('data'));
export const MAYBE_BYTES = many(0, 1, (c) => c.rest('data'));
export const FLAG = fixed(1, (c) => c.span(1, 'value', 'bool'));
export const U8 = fixed(1, (c) => c.u8('value'));
export const FLAGS8 = fixed(1, (c) => c.flags8('flags'));
export const U16 = fixed(2, (c) => c.u16('value'));
export const U32 = fixed(4, (c) => c.u32('value'));
export const I32 = fixed(4, (c) => c.span(4, 'value', 'int'));
export const SECONDS = fixed(4, (c) => c.u32('seconds'));
export const IPV4 = fixed(4, (c) => c.ipv4('address'));
export const IPV6 = fixed(16, (c) => c.ipv6('address'));
export const MAC = fixed(6, (c) => c.mac('address'));
export const IPV4S = list(4, 1, 'addresses', (c, name) => c.ipv4(name));
/** RFC 2132 8.13: "minimum length is 0", the one list that may be empty. */
export const MAYBE_IPV4S = list(4, 0, 'addresses', (c, name) => c.ipv4(name));
export const U16S = list(2, 1, 'values', (c, name) => c.u16(name));
export const TEXT = many(1, 1, (c) => readText(c, 'text'));
export const MAYBE_TEXT = many(0, 1, (c) => readText(c, 'text'));

/** A number of `length` bytes whose values have names. */
export function named(length: 1 | 2 | 4, names: readonly (string | undefined)[]): Format {
  return fixed(length, (c) => {
    const value = length === 1 ? c.u8('value') : length === 2 ? c.u16('value') : c.u32('value');
    c.means(names[value] ?? 'unknown');
  });
}

/** Pairs of addresses; at least one. */
export function ipv4Pairs(name: string, first: string, second: string): Format {
  return many(8, 8, (c) => {
    for (let i = 0; c.left >= 8 && c.enter(8, name, i, name); i += 1) {
      c.ipv4(first);
      c.ipv4(second);
      c.leave();
    }
  });
}

/** The rest of the window as text; RFC 2132 2: trailing NULs are to be deleted. */
export function readText(c: Cursor, name: string): void {
  let length = c.left;
  while (length > 0 && c.peekAt(length - 1) === 0) length -= 1;
  c.span(length, name, 'text');
  if (c.left > 0) c.rest('terminator');
}

/** The next `length` bytes as `name`; with a `length` fault at `lengthName` when fewer are there. */
export function readCounted(
  c: Cursor,
  length: number,
  name: string,
  lengthName: string,
  as: FieldType = 'bytes',
): boolean {
  if (length < 0) return false;
  if (length <= c.left) {
    c.span(length, name, as);
    return true;
  }
  c.fault('length', lengthName, length, c.left);
  c.rest(name, as);
  return false;
}

/** A header field of `length` bytes: text up to its first NUL, or `bytes` when it holds options. */
export function readFixedText(c: Cursor, length: number, name: string, text: boolean): void {
  if (!text) {
    c.skip(length, name);
    return;
  }
  let end = 0;
  while (end < length && c.peekAt(end) > 0) end += 1;
  c.span(end, name, 'text');
  if (end < length) c.skip(length - end, `${name}Padding`);
}
