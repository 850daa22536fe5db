import { constants, crc32, createInflateRaw } from 'node:zlib';
import type { ByteQueue } from './queue.ts';
import type { RawInput } from './raw-input.ts';

/** Output buffer of the inflater: with Node's default of 16 KiB it runs at a third of the speed. */
const OUTPUT_CHUNK = 1 << 18;

/** How one deflate stream (RFC 1951) ended. */
export interface Inflated {
  /** `cut`: the input ended first. `damaged`: what follows `from` cannot be decoded. `closed`: nobody reads any more. */
  end: 'whole' | 'cut' | 'damaged' | 'closed';
  /** CRC-32 and length modulo 2^32 of the output. */
  crc: number;
  size: number;
  /** Offset in the input of the piece in which it ended. */
  from: number;
}

/**
 * Inflates one deflate stream from `input`, which then stands behind it. `give` gets the output; it waits while `queue`
 * is full.
 *
 * @param piece how many bytes to feed at once, given the input's offset: output that zlib has decoded of a piece in which
 * it then meets damage is lost
 */
export async function inflate(
  input: RawInput,
  queue: ByteQueue,
  give: (chunk: Uint8Array) => void,
  piece: (offset: number) => number,
): Promise<Inflated> {
  const inflater = createInflateRaw({
    chunkSize: OUTPUT_CHUNK,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const result: Inflated = { end: 'cut', crc: 0, size: 0, from: input.offset };
  inflater.on('data', (chunk: Buffer) => {
    result.crc = crc32(chunk, result.crc);
    result.size = (result.size + chunk.length) >>> 0;
    give(chunk);
    if (queue.full) {
      inflater.pause();
      void queue.room().then(() => inflater.resume());
    }
  });
  const over = new Promise<'whole' | 'damaged'>((resolve) => {
    inflater.on('end', () => resolve('whole'));
    inflater.on('error', () => resolve('damaged'));
  });
  let consumed = 0;
  while (!queue.closed) {
    if (!(await input.have(1))) {
      inflater.end();
      await over;
      return result;
    }
    const count = Math.min(input.left, piece(input.offset));
    result.from = input.offset;
    const part = input.bytes.subarray(input.at, input.at + count);
    const state = await Promise.race([
      over,
      new Promise<'more'>((resolve) => {
        inflater.write(part, () => resolve('more'));
      }),
    ]);
    if (state === 'more') {
      input.skip(count);
      consumed += count;
      await queue.room();
    } else {
      if (state === 'whole') input.skip(inflater.bytesWritten - consumed);
      inflater.destroy();
      result.end = state;
      return result;
    }
  }
  inflater.destroy();
  result.end = 'closed';
  return result;
}
