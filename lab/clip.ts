/**
 * Clips the bulk of a capture, frame by frame: TFTP blocks and HTTP bodies keep their headers. No frame is
 * left out. Samples of real boots would otherwise carry the boot programs, which have licences of their own.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Kept of a clipped frame: Ethernet, IPv4, UDP, TFTP opcode and block, and a few bytes more. */
const KEEP_UDP = 64;
/** Kept of a clipped frame: Ethernet, IPv4, TCP with its options. */
const KEEP_TCP = 80;
/** A payload larger than this is bulk, unless its port or its first bytes say otherwise. */
const BULK = 200;
const WHOLE_PORTS = new Set([53, 67, 68, 69, 546, 547, 4011]);

export const CLIPPED = `TFTP blocks to ${KEEP_UDP} bytes, HTTP bodies to ${KEEP_TCP}`;

/** Rewrites one pcap file of this host's byte order; IPv4 over Ethernet is clipped, all else stays. */
export function clipBulk(path: string): void {
  const file = readFileSync(path);
  const parts: Buffer[] = [file.subarray(0, 24)];
  for (let at = 24; at + 16 <= file.length;) {
    const captured = file.readUInt32LE(at + 8);
    const frame = file.subarray(at + 16, at + 16 + captured);
    const keep = Math.min(captured, kept(frame));
    const header = Buffer.from(file.subarray(at, at + 16));
    header.writeUInt32LE(keep, 8);
    parts.push(header, frame.subarray(0, keep));
    at += 16 + captured;
  }
  writeFileSync(path, Buffer.concat(parts));
}

function kept(frame: Buffer): number {
  if (frame.length < 54 || frame.readUInt16BE(12) !== 0x0800) return frame.length;
  const transport = 14 + (frame.readUInt8(14) & 15) * 4;
  const datagram = frame.readUInt16BE(16) - (transport - 14);
  const protocol = frame.readUInt8(23);
  const ports = [frame.readUInt16BE(transport), frame.readUInt16BE(transport + 2)];
  if (protocol === 17)
    return datagram - 8 > BULK && !ports.some((port) => WHOLE_PORTS.has(port)) ? KEEP_UDP : frame.length;
  if (protocol !== 6) return frame.length;
  const data = transport + (frame.readUInt8(transport + 12) >>> 4) * 4;
  const isHead = /^(HTTP\/|GET |HEAD )/.test(frame.subarray(data, data + 5).toString('latin1'));
  return datagram - (data - transport) > BULK && !isHead ? KEEP_TCP : frame.length;
}
