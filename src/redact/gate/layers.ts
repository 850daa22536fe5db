import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { extract } from 'tar-stream';

/** Archives inside archives that are opened: what was written here is never deeper, so more is refused. */
const MAX_DEPTH = 8;
/** zlib gives 16 KiB at a time unless told; larger pieces are three times as fast. */
const CHUNK = 1 << 18;
/** Bytes that decide what a stream is: a tar's `ustar` stands at 257. */
const HEAD = 512;

/** Told of one stream of bytes: a file as it stands, or what is inside it once it is opened. */
export interface LayerTaker {
  /** @param inside '' for the file itself, then how it was reached: `gzip`, `gzip/tar[3]/gzip` */
  begin(inside: string): { push(chunk: Uint8Array): void; end(): void };
}

/** Why a layer could not be opened: what was not looked into is not clean. */
export class LayerProblem extends Error {
  override readonly name = 'LayerProblem';
  readonly inside: string;

  constructor(inside: string, why: string) {
    super(why);
    this.inside = inside;
  }
}

/**
 * Gives every byte of a file, and of whatever is compressed or packed in it, at every depth.
 *
 * @throws LayerProblem where a layer cannot be opened to its end
 */
export async function walkLayers(path: string, taker: LayerTaker): Promise<void> {
  await layer(createReadStream(path, { highWaterMark: 1 << 20 }), '', 0, taker, true);
}

/** @param fresh the bytes were not given yet: false inside a tar, whose bytes its own layer held */
async function layer(
  source: AsyncIterable<Uint8Array>,
  inside: string,
  depth: number,
  taker: LayerTaker,
  fresh: boolean,
): Promise<void> {
  if (depth > MAX_DEPTH) throw new LayerProblem(inside, `archives more than ${MAX_DEPTH} deep`);
  const one = fresh ? taker.begin(inside) : undefined;
  const chunks = source[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let have = 0;
  while (have < HEAD) {
    const next = await chunks.next();
    if (next.done === true) break;
    one?.push(next.value);
    // The source may use its buffer again.
    head.push(Uint8Array.from(next.value));
    have += next.value.length;
  }
  const first = Buffer.concat(head);
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield first;
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) return;
      one?.push(next.value);
      yield next.value;
    }
  }
  const open = openerOf(first);
  if (open === undefined) {
    for await (const _ of whole());
  } else {
    try {
      await open(whole(), inside, depth, taker);
    } catch (error) {
      if (error instanceof LayerProblem) throw error;
      throw new LayerProblem(inside, 'what is compressed in it cannot be read to its end');
    }
  }
  one?.end();
}

type Opener = (source: AsyncIterable<Uint8Array>, inside: string, depth: number, taker: LayerTaker) => Promise<void>;

function openerOf(head: Uint8Array): Opener | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return gunzip;
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return unzstd;
  if (head.length >= HEAD && Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar') return untar;
  return undefined;
}

async function gunzip(
  source: AsyncIterable<Uint8Array>,
  inside: string,
  depth: number,
  taker: LayerTaker,
): Promise<void> {
  const inflated = createGunzip({ chunkSize: CHUNK });
  const fed = feed(source, inflated);
  await layer(inflated as AsyncIterable<Uint8Array>, joined(inside, 'gzip'), depth + 1, taker, true);
  await fed;
}

async function feed(source: AsyncIterable<Uint8Array>, into: NodeJS.WritableStream & { destroy(error: Error): void }) {
  try {
    for await (const chunk of source) {
      if (into.write(Uint8Array.from(chunk))) continue;
      await new Promise<void>((resolve, reject) => {
        into.once('drain', resolve);
        into.once('error', reject);
        into.once('close', resolve);
      });
    }
    into.end();
  } catch (error) {
    into.destroy(error instanceof Error ? error : new Error('source failed'));
  }
}

async function unzstd(
  source: AsyncIterable<Uint8Array>,
  inside: string,
  depth: number,
  taker: LayerTaker,
): Promise<void> {
  async function* plain(): AsyncGenerator<Uint8Array> {
    let pieces: Uint8Array[] = [];
    const decoder = new Decompress((chunk) => pieces.push(Uint8Array.from(chunk)));
    for await (const chunk of source) {
      decoder.push(Uint8Array.from(chunk));
      yield* pieces;
      pieces = [];
    }
    decoder.push(new Uint8Array(0), true);
    yield* pieces;
  }
  await layer(plain(), joined(inside, 'zstd'), depth + 1, taker, true);
}

/** A tar's bytes were seen as they stand; its members are opened for what may be compressed in them. */
async function untar(
  source: AsyncIterable<Uint8Array>,
  inside: string,
  depth: number,
  taker: LayerTaker,
): Promise<void> {
  const members = extract();
  const fed = feed(source, members);
  let index = 0;
  for await (const entry of members) {
    await layer(entry as AsyncIterable<Uint8Array>, joined(inside, `tar[${index}]`), depth + 1, taker, false);
    index += 1;
  }
  await fed;
}

function joined(inside: string, step: string): string {
  return inside === '' ? step : `${inside}/${step}`;
}
