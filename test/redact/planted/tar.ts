/** Archives, written and read by hand: what the product uses to do so is not asked. */
import { gunzipSync } from 'node:zlib';
import { concat, utf8, type Bytes } from '../../support/bytes.ts';

const BLOCK = 512;

export function tarOf(members: readonly { name: string; owner: string; bytes: Bytes }[]): Bytes {
  const parts: Bytes[] = [];
  for (const { name, owner, bytes } of members) {
    const header = new Uint8Array(BLOCK);
    const put = (text: string, at: number): void => header.set(utf8(text), at);
    put(name, 0);
    put('0000644\0', 100);
    put('0000000\0', 108);
    put('0000000\0', 116);
    put(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    put('15300000000\0', 136);
    put('        ', 148);
    put('0', 156);
    put('ustar\x0000', 257);
    put(owner, 265);
    put(owner, 297);
    const sum = header.reduce((all, byte) => all + byte, 0);
    put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    parts.push(header, bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
  }
  return concat(...parts, new Uint8Array(2 * BLOCK));
}

/** The bytes of a file, and of everything that is packed in it, at every depth. */
export function opened(bytes: Bytes): Bytes[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return opened(gunzipSync(bytes));
  const all = [bytes];
  if (Buffer.from(bytes.subarray(257, 262)).toString() !== 'ustar') return all;
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const size = Number.parseInt(Buffer.from(bytes.subarray(at + 124, at + 136)).toString(), 8) || 0;
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length > 0) all.push(...opened(content));
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return all;
}
