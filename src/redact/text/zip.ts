import { inflateRawSync } from 'node:zlib';

/** One file of a zip archive, still packed. */
export interface ZipEntry {
  name: string;
  encrypted: boolean;
  /** 0 stored, 8 deflated; others are left out. */
  method: number;
  packed: Uint8Array;
  /** Bytes once unpacked, as the directory says. */
  size: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** The end record is followed by a comment of at most 65,535 bytes (APPNOTE 4.3.16). */
const MAX_COMMENT = 65_535;

/** The files of a zip archive by its central directory (APPNOTE 6.3.10, 4.3); undefined when it has none. */
export function zipEntries(bytes: Uint8Array, most: number): ZipEntry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOfDirectory(view);
  if (end < 0) return undefined;
  const count = Math.min(view.getUint16(end + 10, true), most);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) return undefined;
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const packedSize = view.getUint32(at + 20, true);
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL_HEADER) return undefined;
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (from + packedSize > bytes.length) return undefined;
    entries.push({
      name: Buffer.prototype.utf8Slice.call(bytes, at + 46, Math.min(bytes.length, at + 46 + nameLength)),
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      method: view.getUint16(at + 10, true),
      packed: bytes.subarray(from, from + packedSize),
      size: view.getUint32(at + 24, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** The file's bytes; undefined when they are damaged, longer than `most`, or packed in a way that is not known here. */
export function unzipped({ method, packed, size }: ZipEntry, most: number): Uint8Array | undefined {
  if (size > most) return undefined;
  if (method === 0) return packed;
  if (method !== 8) return undefined;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, most) });
  } catch {
    return undefined;
  }
}

function endOfDirectory(view: DataView): number {
  const least = Math.max(0, view.byteLength - 22 - MAX_COMMENT);
  for (let at = view.byteLength - 22; at >= least; at -= 1) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  return -1;
}
