import { createHash } from 'node:crypto';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';

/**
 * gzip (RFC 1952) in independent members, so that compressing and decompressing run on as many cores as there are. Every
 * member but the last holds exactly 1 MiB; any gzip reads the file as one stream. A member's header is
 *
 * ```
 * 1f 8b 08 | FLG 04 | MTIME 0 | XFL 0 | OS ff | XLEN 40 | 'R' 'W' 36 0 | deflate length(4) | SHA-256 of deflate(32)
 * ```
 *
 * Its extra field (2.3.1.1) has the length of the compressed bytes, so that members are found without decoding them, and
 * their digest: deflate has spare bits and codes that a decoder never looks at, and no bit of a bundle may change unseen.
 */
export const MEMBER = 1 << 20;

const EXTRA = 40;
export const MEMBER_HEADER = 12 + EXTRA;
/** CRC-32 and length (2.3.1). */
export const MEMBER_TRAILER = 8;
/** Stored blocks cost 5 bytes each 16 KiB or less (RFC 1951, 3.2.4): no honest member is longer. */
export const MAX_DEFLATE = MEMBER + (MEMBER >> 8);

const LEVEL = 6;

/** A whole member of 1 to 1 MiB of data. Compresses on zlib's threads. */
export function packMember(data: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflateRaw(data, { level: LEVEL, chunkSize: MEMBER }, (error, deflate) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const member = Buffer.allocUnsafe(MEMBER_HEADER + deflate.length + MEMBER_TRAILER);
      memberHeader(deflate).copy(member);
      deflate.copy(member, MEMBER_HEADER);
      memberTrailer(data).copy(member, MEMBER_HEADER + deflate.length);
      resolve(member);
    });
  });
}

/** How many compressed bytes follow a header, or -1 when it is not ours. The digest is not looked at. */
export function deflateLength(header: Uint8Array): number {
  const fixed = Buffer.from(header.buffer, header.byteOffset, PREFIX.length);
  if (!fixed.equals(PREFIX)) return -1;
  const length = Buffer.from(header.buffer, header.byteOffset, MEMBER_HEADER).readUInt32LE(PREFIX.length);
  return length <= MAX_DEFLATE ? length : -1;
}

/**
 * The data of a member, decompressed on zlib's threads.
 *
 * @returns what is wrong with it when it is not whole, in words
 */
export async function openMember(member: Buffer): Promise<Buffer | string> {
  const deflate = member.subarray(MEMBER_HEADER, member.length - MEMBER_TRAILER);
  if (!memberHeader(deflate).equals(member.subarray(0, MEMBER_HEADER))) {
    return 'the compressed bytes differ from the digest in their header';
  }
  const data = await inflated(deflate);
  if (typeof data === 'string') return data;
  if (!memberTrailer(data).equals(member.subarray(member.length - MEMBER_TRAILER))) {
    return 'the data differ from their checksum or length (RFC 1952, 2.3.1)';
  }
  return data;
}

function inflated(deflate: Buffer): Promise<Buffer | string> {
  return new Promise((resolve) => {
    const options = { info: true, chunkSize: MEMBER, maxOutputLength: MEMBER };
    inflateRaw(deflate, options, (error, result) => {
      if (error !== null) {
        const why = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'more than 1 MiB' : 'damaged';
        resolve(`the compressed data are ${why}`);
        return;
      }
      // With `info`, Node gives the engine beside the bytes: the types know only the bytes.
      const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve(
        engine.bytesWritten === deflate.length ? buffer : 'bytes stand between the compressed data and their checksum',
      );
    });
  });
}

const PREFIX = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, EXTRA, 0, 0x52, 0x57, EXTRA - 4, 0]);

function memberHeader(deflate: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(MEMBER_HEADER);
  PREFIX.copy(header);
  header.writeUInt32LE(deflate.length, PREFIX.length);
  createHash('sha256')
    .update(deflate)
    .digest()
    .copy(header, PREFIX.length + 4);
  return header;
}

function memberTrailer(data: Uint8Array): Buffer {
  const trailer = Buffer.allocUnsafe(MEMBER_TRAILER);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length, 4);
  return trailer;
}
