import type { TextFormat } from './formats/format.ts';
import { TEXT_FORMATS } from './formats/registry.ts';
import { plain } from './formats/plain.ts';

/** What a file is: text of a format, something that is opened, a capture, or what is left out. */
export type FileFormat =
  | { is: 'text'; format: TextFormat }
  | { is: 'archive'; format: ArchiveName }
  | { is: 'capture'; format: 'pcap' | 'pcapng' }
  | { is: 'binary'; format: string; hint: string };

export type ArchiveName = 'gzip' | 'zstd' | 'tar' | 'zip';

/** Bytes of a file's beginning that decide. */
export const HEAD = 4096;

const MAGIC: readonly { at?: number; bytes: readonly number[]; is: FileFormat }[] = [
  { bytes: [0x1f, 0x8b], is: { is: 'archive', format: 'gzip' } },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: { is: 'archive', format: 'zstd' } },
  { bytes: [0x50, 0x4b, 3, 4], is: { is: 'archive', format: 'zip' } },
  { bytes: [0x50, 0x4b, 5, 6], is: { is: 'archive', format: 'zip' } },
  { at: 257, bytes: [0x75, 0x73, 0x74, 0x61, 0x72], is: { is: 'archive', format: 'tar' } },
  { bytes: [0x0a, 0x0d, 0x0d, 0x0a], is: { is: 'capture', format: 'pcapng' } },
  ...[
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x4d, 0x3c, 0xb2, 0xa1],
  ].map((bytes) => ({ bytes, is: { is: 'capture', format: 'pcap' } as const })),
  { bytes: ascii('LPKSHHRH'), is: binary('journal', 'a binary journal: export it with journalctl --file … -o export') },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], is: binary('xz', 'unpack it with xz -d first') },
  { bytes: ascii('BZh'), is: binary('bzip2', 'unpack it with bzip2 -d first') },
  { bytes: [4, 0x22, 0x4d, 0x18], is: binary('lz4', 'unpack it with lz4 -d first') },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], is: binary('7z', 'unpack it first') },
  { bytes: ascii('Rar!'), is: binary('rar', 'unpack it first') },
  { bytes: ascii('age-encryption.org/'), is: binary('age', 'encrypted: decrypt it first') },
  { bytes: ascii('Salted__'), is: binary('openssl', 'encrypted: decrypt it first') },
  { bytes: ascii('-----BEGIN PGP MESSAGE'), is: binary('pgp', 'encrypted: decrypt it first') },
  { bytes: ascii('-----BEGIN AGE ENCRYPTED FILE'), is: binary('age', 'encrypted: decrypt it first') },
  { bytes: ascii('SQLite format 3'), is: binary('sqlite', 'a database: export the tables that matter as text') },
  { bytes: ascii('\x7fELF'), is: binary('elf', 'a program') },
  { bytes: [0xff, 0xfe], is: binary('utf-16', 'convert it to UTF-8 first') },
  { bytes: [0xfe, 0xff], is: binary('utf-16', 'convert it to UTF-8 first') },
];

function ascii(text: string): number[] {
  return Array.from(Buffer.from(text, 'latin1'));
}

function binary(format: string, hint: string): FileFormat {
  return { is: 'binary', format, hint };
}

/**
 * What a file is, by its content; its name only decides between formats of text that both fit.
 *
 * @param head the first `HEAD` bytes, or all
 */
export function detectFormat(head: Uint8Array, fileName = ''): FileFormat {
  for (const { at = 0, bytes, is } of MAGIC) {
    if (bytes.every((byte, i) => head[at + i] === byte)) return is;
  }
  const text = Buffer.prototype.latin1Slice.call(head, 0, Math.min(head.length, HEAD));
  const name = fileName.toLowerCase();
  let best = plain;
  let most = 0;
  for (const format of TEXT_FORMATS) {
    const fits = format.fits(text, name);
    if (fits > most) [best, most] = [format, fits];
  }
  // The journal's binary fields are a part of its format.
  if (best.name !== 'journal-export' && isBinary(text))
    return binary('unknown', 'binary data of no format that is known here');
  return { is: 'text', format: best };
}

/** Zero bytes, or more than a tenth of other control characters; escape sequences of terminals are text. */
function isBinary(text: string): boolean {
  if (text.includes('\0')) return true;
  let controls = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 && !TEXT_CONTROLS.has(code)) controls += 1;
  }
  return controls * 10 > text.length;
}

/** Tab, line feed, vertical tab, form feed, carriage return, escape. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([9, 10, 11, 12, 13, 27]);
