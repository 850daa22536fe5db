/**
 * The one form that a tar header has in a bundle: ustar (POSIX.1-1988), regular files only, owner and group 0 without
 * names, mode 0644, one fixed time. `pack` writes through tar-stream; this is what `verify` holds each header against,
 * byte for byte, so that nothing can hide in one.
 *
 * ```
 * name(100) mode(8) uid(8) gid(8) size(12) mtime(12) chksum(8) typeflag(1) linkname(100)
 * magic(6) version(2) uname(32) gname(32) devmajor(8) devminor(8) prefix(155) pad(12)
 * ```
 */
export const BLOCK = 512;

/** 1980-01-01: GNU tar warns of a time of 0. Times of what was captured stand in the captures, not here. */
export const MTIME = 315_532_800;

export const MODE = 0o644;

/** A path is cut at `/` so that the name has at most 100 bytes, and the prefix the rest. */
const NAME = 100;
const PREFIX = 155;
/** The longest size in octal digits; more is written in base 256, as GNU tar and bsdtar read it. */
const OCTAL_SIZE = 8 ** 11;

/** Two blocks of zeros end the archive; there is no further padding. */
export const END = 2 * BLOCK;

/** @returns undefined when the path does not fit a ustar header */
export function ustarHeader(path: string, size: number): Buffer | undefined {
  const [name, prefix] = split(path);
  if (name.length > NAME || prefix.length > PREFIX) return undefined;
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 'latin1');
  header.write(octal(MODE, 6), 100, 'latin1');
  header.write(octal(0, 6), 108, 'latin1');
  header.write(octal(0, 6), 116, 'latin1');
  if (size < OCTAL_SIZE) header.write(octal(size, 11), 124, 'latin1');
  else {
    header[124] = 0x80;
    header.writeUInt32BE(Math.floor(size / 2 ** 32), 128);
    header.writeUInt32BE(size % 2 ** 32, 132);
  }
  header.write(octal(MTIME, 11), 136, 'latin1');
  header.write(' '.repeat(8), 148, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(octal(0, 6), 329, 'latin1');
  header.write(octal(0, 6), 337, 'latin1');
  header.write(prefix, 345, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(octal(sum, 6), 148, 'latin1');
  header[155] = 0;
  return header;
}

/** What a header says, before anything in it is believed. */
export interface UstarClaim {
  path: string;
  size: number;
  /** `0` or NUL is a regular file. */
  type: string;
}

/** Never throws: a header that is not one gives a claim that `ustarHeader` does not reproduce. */
export function readUstar(block: Uint8Array): UstarClaim {
  const name = text(block, 0, NAME);
  const prefix = text(block, 345, PREFIX);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: sizeOf(block),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/** What a type that is no regular file is called, for a message. */
export function typeName(type: string): string {
  return TYPES[type] ?? `an entry of type 0x${(type.codePointAt(0) ?? 0).toString(16)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '5': 'a folder entry',
  '6': 'a FIFO',
  '7': 'a contiguous file',
  x: 'a pax header',
  g: 'a global pax header',
  L: 'a GNU long name',
  K: 'a GNU long link',
  S: 'a sparse file',
};

function split(path: string): [name: string, prefix: string] {
  let name = path;
  let prefix = '';
  while (name.length > NAME) {
    const slash = name.indexOf('/');
    if (slash < 0) break;
    prefix += (prefix === '' ? '' : '/') + name.slice(0, slash);
    name = name.slice(slash + 1);
  }
  return [name, prefix];
}

function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')} `;
}

function text(block: Uint8Array, at: number, length: number): string {
  const field = Buffer.from(block.buffer, block.byteOffset + at, length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end);
}

function sizeOf(block: Uint8Array): number {
  const field = Buffer.from(block.buffer, block.byteOffset + 124, 12);
  if (field[0] === 0x80) return field.readUInt32BE(4) * 2 ** 32 + field.readUInt32BE(8);
  const digits = /^[0-7]{1,11}/.exec(field.toString('latin1'))?.[0] ?? '';
  return digits === '' ? -1 : Number.parseInt(digits, 8);
}
