import { Worker } from 'node:worker_threads';
import { workerFile } from '../installed.ts';
import type { Early, HandTo } from './ahead.ts';
import { CaptureError, type CaptureErrorCode } from './error.ts';
import type { Packed } from './pack.ts';
import type { CaptureSummary } from './read.ts';
import type { SieveTotals } from './sieve.ts';
import type { Descriptor } from './source.ts';
import type { CaptureInterface } from './types.ts';

/** What the reading thread is given: plain data. */
export interface StreamTask {
  /** A path that the thread opens, or a file that is open already. */
  file: string | Descriptor;
  everything: boolean;
  /** Bytes read at a time. */
  chunk?: number;
  /** Bytes of picks that may wait to be taken. */
  held: number;
}

/** The task, and the word of shared memory that says how many bytes of picks were taken, modulo 2^32. */
export interface ThreadData extends StreamTask {
  taken: Int32Array;
}

/** What the reading thread says, in order: batches, then the end. */
export type StreamWord =
  | {
      type: 'picks';
      /** Interfaces that the capture has named since the last batch. */
      interfaces: readonly CaptureInterface[];
      packed: Packed;
      /** Bytes and frames of the capture so far. */
      offset: number;
      frames: number;
    }
  | { type: 'end'; summary: CaptureSummary; totals: SieveTotals }
  | { type: 'refused'; code: CaptureErrorCode; lines: readonly string[] };

/** What reading one file came to. */
export interface Reading {
  summary: CaptureSummary;
  totals: SieveTotals;
}

/** MB of the thread's heap for what is new: it makes hardly any objects. */
const YOUNG = 4;

/**
 * A thread that reads (and inflates), walks and sieves one file as one stream: this side gets the picks alone, in file
 * order, while the thread goes on. It waits while too much of what it sent has not been taken.
 */
export class ReadingThread implements Early<Reading> {
  private readonly worker: Worker;
  private readonly taken = new Int32Array(new SharedArrayBuffer(4));
  private readonly words: StreamWord[] = [];
  private readonly size: number;
  private readonly signal: AbortSignal | undefined;
  private failure: Error | undefined;
  private wake: () => void = () => {};
  private readonly stop = (): void => this.fail(this.signal?.reason as Error);

  /** @param size of the file as stored, for progress */
  constructor(task: StreamTask, size: number, signal: AbortSignal | undefined) {
    this.size = size;
    this.signal = signal;
    const data: ThreadData = { ...task, taken: this.taken };
    this.worker = new Worker(workerFile('stream'), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    this.worker.on('message', (word: StreamWord) => {
      this.words.push(word);
      this.wake();
    });
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`the reading thread ended early (${code})`)));
    signal?.addEventListener('abort', this.stop, { once: true });
  }

  /** @throws CaptureError as `openSource` and `readCapture` */
  readonly handTo = async (...[taker, begin, progress]: Parameters<HandTo<Reading>>): Promise<Reading> => {
    const interfaces: CaptureInterface[] = [];
    let begun = false;
    try {
      for (;;) {
        this.signal?.throwIfAborted();
        const word = this.words.shift();
        if (word === undefined) {
          // What was sent before the thread ended is taken first.
          if (this.failure !== undefined) throw this.failure;
          await new Promise<void>((resolve) => {
            this.wake = resolve;
          });
          continue;
        }
        if (word.type === 'refused') throw new CaptureError(word.code, word.lines);
        if (word.type === 'end') return { summary: word.summary, totals: word.totals };
        interfaces.push(...word.interfaces);
        if (!begun) begin(interfaces);
        begun = true;
        const { bytes, picks } = word.packed;
        await taker.take(bytes, picks);
        progress(this.size, word.offset, word.frames);
        Atomics.add(this.taken, 0, bytes.length);
        Atomics.notify(this.taken, 0);
      }
    } finally {
      this.close();
    }
  };

  /** Nobody wants it any more. */
  close(): void {
    this.signal?.removeEventListener('abort', this.stop);
    void this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
