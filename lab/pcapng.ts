/** dumpcap writes the processor and kernel of its host into a section header; a sample must not carry them. */
import { readFileSync, writeFileSync } from 'node:fs';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
/** shb_hardware, shb_os, shb_userappl; and if_os of an interface. */
const SECTION_HOST = new Set([2, 3]);
const INTERFACE_HOST = new Set([12]);

/** Removes those options in place; everything else stays byte for byte. Files of this host's byte order only. */
export function hideHost(path: string): void {
  const file = readFileSync(path);
  const parts: Buffer[] = [];
  for (let at = 0; at + 12 <= file.length;) {
    const type = file.readUInt32LE(at);
    const total = file.readUInt32LE(at + 4);
    if (total < 12 || at + total > file.length) throw new Error(`${path}: block at ${at} has a wrong length`);
    const block = file.subarray(at, at + total);
    if (type === SECTION) parts.push(without(block, 24, SECTION_HOST));
    else if (type === INTERFACE) parts.push(without(block, 16, INTERFACE_HOST));
    else parts.push(block);
    at += total;
  }
  writeFileSync(path, Buffer.concat(parts));
}

function without(block: Buffer, fixed: number, codes: ReadonlySet<number>): Buffer {
  const kept: Buffer[] = [block.subarray(0, fixed)];
  for (let at = fixed; at + 4 <= block.length - 4;) {
    const code = block.readUInt16LE(at);
    const size = 4 + Math.ceil(block.readUInt16LE(at + 2) / 4) * 4;
    if (!codes.has(code)) kept.push(block.subarray(at, at + size));
    at += size;
  }
  const body = Buffer.concat([...kept, Buffer.alloc(4)]);
  body.writeUInt32LE(body.length, 4);
  body.writeUInt32LE(body.length, body.length - 4);
  return body;
}
