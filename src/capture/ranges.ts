import { type CaptureReader, FORMAT_MAGIC, type ReaderState, readerFor } from './format.ts';
import { MAX_RECORD } from './frame-size.ts';
import { type CaptureSummary, summarize, unknownFormat } from './read.ts';
import type { ByteSource, FrameSink } from './types.ts';

/** Bytes of one range. Measured: 1 to 4 MiB are read and cut equally fast, 8 MiB (times the slabs) fall out of the cache. */
export const DEFAULT_RANGE = 4 << 20;

/** Whole records that follow one another, for one thread to walk. */
export interface CaptureRange {
  /** From 0, in file order. */
  index: number;
  /** Shared memory, so nothing is copied on the way to a thread. Walk `bytes[0, end)`. */
  bytes: Uint8Array;
  end: number;
  /** Plain data: `readerFrom(state)` walks the range. `state.frames` = frames before it, `state.offset` = bytes before it. */
  state: ReaderState;
  /** Frames in it. */
  frames: number;
  /** Must be called when `bytes` is no longer needed: the memory is used again. */
  release(): void;
}

export interface RangeOptions {
  /** Bytes of one range; a single larger record makes one larger range. */
  target?: number;
  /** Ranges that may be out at the same time: that many pieces of memory are ever made. Workers + 2. */
  slabs: number;
  signal?: AbortSignal;
  /** Told of the reader once the format is known. Its `interfaces` is the table that all times and link types refer to. */
  onReader?(reader: CaptureReader): void;
}

/** Counting is the reader's; the coordinator wants nothing of the frames themselves. */
const NOBODY: FrameSink = { bytes: new Uint8Array(0), frame() {}, other() {} };

/**
 * Cuts a capture into ranges of whole records, exactly: every record header before a cut was walked, so a capture inside
 * a capture cannot mislead it, and walking all ranges gives what walking the whole file gives. Faults and the interface
 * table come from here; a range's own reader repeats them.
 *
 * @returns (as the generator's return value) what `readCapture` would have returned
 * @throws CaptureError when the first bytes are those of no capture
 */
export async function* cutRanges(
  source: ByteSource,
  options: RangeOptions,
): AsyncGenerator<CaptureRange, CaptureSummary, void> {
  const { signal } = options;
  // A read may be waiting for a silent pipe: closing ends the wait.
  const stop = (): void => source.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return yield* cutOn(source, options);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function* cutOn(source: ByteSource, options: RangeOptions): AsyncGenerator<CaptureRange, CaptureSummary, void> {
  const { signal, target = DEFAULT_RANGE } = options;
  const pool = new SlabPool(options.slabs, Math.max(FORMAT_MAGIC, target));
  let reader: CaptureReader | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  for (let index = 0; ;) {
    signal?.throwIfAborted();
    const slab = await pool.take(Math.max(rest.length + 1, reader?.wanted ?? 0));
    slab.set(rest);
    let have = rest.length;
    let ended = false;
    while (have < slab.length && !ended) {
      const answer = source.read(slab, have);
      const count = typeof answer === 'number' ? answer : await answer;
      have += count;
      ended = count === 0;
      signal?.throwIfAborted();
    }
    if (reader === undefined && have >= FORMAT_MAGIC) {
      reader = readerFor(slab, 0);
      if (reader === undefined) throw unknownFormat(source.name, slab);
      options.onReader?.(reader);
    }
    if (reader === undefined) return summarize(source, reader, have);
    const state = reader.snapshot();
    const end = reader.walk(slab, 0, have, NOBODY, ended);
    const over = ended || reader.stopped;
    rest = over ? new Uint8Array(0) : slab.slice(end, have);
    if (end > 0) {
      const release = pool.lend(slab);
      const frames = reader.frames - state.frames;
      yield { index, bytes: slab, end, state, frames, release };
      index += 1;
    } else {
      pool.lend(slab)();
    }
    if (over) return summarize(source, reader, have);
  }
}

/** Pieces of shared memory that go round. */
class SlabPool {
  private readonly free: Uint8Array[] = [];
  private made = 0;
  private readonly cap: number;
  private readonly size: number;
  private wake: (() => void) | undefined;

  constructor(cap: number, size: number) {
    this.cap = Math.max(1, cap);
    this.size = size;
  }

  /** A slab of at least `least` bytes, once one is free. */
  async take(least: number): Promise<Uint8Array> {
    while (this.free.length === 0 && this.made >= this.cap) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const slab = this.free.pop();
    if (slab === undefined) this.made += 1;
    if (slab !== undefined && slab.length >= least) return slab;
    const size = Math.min(MAX_RECORD, Math.max(this.size, least));
    return new Uint8Array(new SharedArrayBuffer(size));
  }

  /** What gives the slab back; a second call does nothing. */
  lend(slab: Uint8Array): () => void {
    let out = true;
    return () => {
      if (!out) return;
      out = false;
      this.free.push(slab);
      this.wake?.();
    };
  }
}
