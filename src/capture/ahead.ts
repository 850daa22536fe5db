import { statSync } from 'node:fs';
import { pack, type Packed } from './pack.ts';
import type { Picks, PickTaker } from './sieve.ts';
import { openSource } from './source.ts';
import type { ByteSource, CaptureInterface } from './types.ts';

/**
 * Bytes of picked frames that wait for a file's turn: what the sieve picks of a gigabyte with some control traffic. A
 * file with more waits.
 */
const HELD = 24 << 20;

/** The picks of one buffer, and where reading stood. */
interface Waiting extends Packed {
  offset: number;
  frames: number;
}

/** Told where reading stands: bytes and frames so far. */
export type OnProgress = (bytes: number, frames: number) => void;

/** Reads a source to its end, giving picks to a taker: what `ReadAhead` does before the file's turn comes. */
export type ReadWhole<R> = (source: ByteSource, taker: PickTaker, progress: OnProgress) => Promise<R>;

/**
 * Gives all picks of a file, as if it were read now.
 *
 * @returns undefined when it is none that is read early: then nothing of it was read
 * @throws what opening or reading threw
 */
export type HandTo<R> = (
  taker: PickTaker,
  begin: (interfaces: readonly CaptureInterface[]) => void,
  progress: (size: number, bytes: number, frames: number) => void,
) => Promise<R | undefined>;

/** A file whose reading begins before its turn. */
export interface Early<R> {
  readonly handTo: HandTo<R>;
  /** Nobody wants it any more. */
  close(): void;
}

/**
 * A compressed file that is read before its turn. Decompression takes nearly all of its time and runs on threads of its
 * own, one for each file, so that the next file is mostly through when the one before it ends. What waits is bounded, and
 * is taken in the order of the files: no result depends on it.
 */
export class ReadAhead<R> implements Early<R> {
  private readonly queue: Waiting[] = [];
  private held = 0;
  private source: ByteSource | undefined;
  private interfaces: readonly CaptureInterface[] | undefined;
  private closed = false;
  private ended = false;
  private offset = 0;
  private frames = 0;
  private wakeReader: (() => void) | undefined;
  private wakeTaker: (() => void) | undefined;
  private readonly reading: Promise<R | undefined>;

  constructor(path: string, read: ReadWhole<R>, signal: AbortSignal | undefined) {
    this.reading = this.run(path, read, signal).finally(() => {
      this.ended = true;
      this.wakeTaker?.();
    });
    // It is awaited when the file's turn comes; until then a failure must not count as unhandled.
    this.reading.catch(() => {});
  }

  readonly handTo: HandTo<R> = async (taker, begin, progress) => {
    let begun = false;
    for (;;) {
      const packed = this.queue.shift();
      if (!begun && this.interfaces !== undefined) {
        begun = true;
        begin(this.interfaces);
      }
      if (packed === undefined) {
        if (this.ended) return this.reading;
        await new Promise<void>((resolve) => {
          this.wakeTaker = resolve;
        });
        continue;
      }
      this.held -= packed.bytes.length;
      this.wakeReader?.();
      await taker.take(packed.bytes, packed.picks);
      progress(this.source?.size ?? -1, packed.offset, packed.frames);
      // Decompressors, signals and progress want their turn.
      await new Promise(setImmediate);
    }
  };

  /** Nobody wants it any more. */
  close(): void {
    this.closed = true;
    this.source?.close();
    this.wakeReader?.();
  }

  private async run(path: string, read: ReadWhole<R>, signal: AbortSignal | undefined): Promise<R | undefined> {
    // Opening a pipe waits for its writer, and it can be read once.
    if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    const source = await openSource(path, signal);
    this.source = source;
    try {
      if (source.compression === 'none' || this.closed) return undefined;
      const taker: PickTaker = {
        beginFile: (_place, interfaces) => {
          this.interfaces = interfaces;
        },
        take: (bytes, picks) => this.put(bytes, picks),
      };
      return await read(source, taker, (bytes, frames) => {
        this.offset = bytes;
        this.frames = frames;
      });
    } finally {
      source.close();
    }
  }

  private put(bytes: Uint8Array, picks: Picks): void | Promise<void> {
    const packed = pack(bytes, picks);
    this.queue.push({ ...packed, offset: this.offset, frames: this.frames });
    this.held += packed.bytes.length;
    this.wakeTaker?.();
    return this.held > HELD ? this.room() : undefined;
  }

  private async room(): Promise<void> {
    while (this.held > HELD && !this.closed) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
  }
}
