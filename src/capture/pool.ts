import { Piscina } from 'piscina';
import { workerFile } from '../installed.ts';
import { cutRanges, type CaptureRange } from './ranges.ts';
import type { CaptureReader } from './format.ts';
import type { CaptureSummary } from './read.ts';
import { foldTotals, noTotals, type Picks, type SieveTotals } from './sieve.ts';
import type { SieveResult, SieveTask } from './sieve-range.ts';
import type { ByteSource } from './types.ts';

/** MB of a thread's heap for what is new. */
const YOUNG = 4;
/** Ranges in flight beyond the workers: one being cut, one being taken. */
const AHEAD = 2;

export interface PoolReadOptions {
  workers: number;
  everything: boolean;
  /** Bytes of a range. */
  range?: number;
  signal?: AbortSignal;
  onReader(reader: CaptureReader): void;
  /** The picks of one range, in file order; the memory is used again once this has returned and its promise been kept. */
  onRange(bytes: Uint8Array, picks: Picks, bytesBefore: number, frames: number): void | Promise<void>;
}

interface Flying {
  range: CaptureRange;
  result: Promise<SieveResult>;
}

/**
 * Reads a capture with its sieve in threads: ranges are cut exactly here, sieved there, and taken in file order. One
 * task is one range; at most `workers + 2` ranges exist, which is the back-pressure.
 *
 * @throws CaptureError as `readCapture`
 */
export async function readInPool(
  source: ByteSource,
  options: PoolReadOptions,
): Promise<{ summary: CaptureSummary; totals: SieveTotals }> {
  const { workers, everything, signal } = options;
  const pool = new Piscina<SieveTask, SieveResult>({
    filename: workerFile('sieve'),
    minThreads: workers,
    maxThreads: workers,
    // A thread that waits for its next range must not fall asleep between two.
    idleTimeout: 60_000,
    // The sieve leaves nothing to collect: a young generation of the usual size would only be memory.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  const totals = noTotals();
  const flying: Flying[] = [];
  const take = async ({ range, result }: Flying): Promise<void> => {
    const picks = await result;
    foldTotals(totals, picks.totals);
    await options.onRange(range.bytes, picks, range.state.offset, range.state.frames + range.frames);
    range.release();
  };
  try {
    const ranges = cutRanges(source, {
      slabs: workers + AHEAD,
      onReader: options.onReader,
      ...(options.range === undefined ? {} : { target: options.range }),
      ...(signal === undefined ? {} : { signal }),
    });
    for (;;) {
      const next = await ranges.next();
      if (next.done === true) {
        for (const one of flying) await take(one);
        return { summary: next.value, totals };
      }
      const range = next.value;
      const { bytes, end, state } = range;
      const result = pool.run({ bytes, end, state, everything });
      // It is awaited in file order; until then a failure must not count as unhandled.
      result.catch(() => {});
      flying.push({ range, result });
      const first = flying.length > workers ? flying.shift() : undefined;
      if (first !== undefined) await take(first);
    }
  } finally {
    await pool.destroy();
  }
}
