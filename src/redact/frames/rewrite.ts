import { closeSync, openSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { hasTime, readTime, type Time } from '../../capture/clock.ts';
import { type CaptureReader, readerFrom } from '../../capture/format.ts';
import { type CaptureRange, cutRanges } from '../../capture/ranges.ts';
import type { CaptureSummary } from '../../capture/read.ts';
import { openSource } from '../../capture/source.ts';
import type { ByteSource, FrameSink } from '../../capture/types.ts';
import { CaseIdentities } from '../case-identities.ts';
import type { Identities } from '../identities.ts';
import type { IdentityPlan } from '../identity-plan.ts';
import type { Ledger } from '../ledger.ts';
import { type HeldDatagrams, patchesOf } from './fragments.ts';
import type { RedactJournal } from './pcapng-writer.ts';
import { RangeRewriter, type RangeResult, type RewriteTask } from './range.ts';
import { type TallyRows, addTally, newTally } from './tally.ts';
import { TypedIdentities } from './stream.ts';
import { timeShift } from './time-shift.ts';

/** A source, or the path of one (`-` is stdin). */
export interface CaptureInput {
  path: string;
  source?: ByteSource;
  /** What the learn pass kept of it: the datagrams that came in fragments. */
  datagrams?: HeldDatagrams;
}

/** Takes what was written, in order. */
export type CaptureOutput = string | ((bytes: Uint8Array) => void | Promise<void>);

export interface RewriteOptions {
  /** The case's identities on this thread; what other threads issue is merged into their ledger. Made of the plan when absent. */
  identities?: CaseIdentities;
  /** Threads; 0 is none, absent as many as pay. */
  workers?: number;
  /** Bytes of a range. */
  range?: number;
  /** There was no learn pass (a pipe): free text is dropped, and typed fields alone are written. On this thread. */
  streaming?: boolean;
  /** Rewrites systemd journal entries as logs; absent, only their times stay. Entries are then dealt with on this thread. */
  journal?: RedactJournal;
  signal?: AbortSignal;
  onProgress?(bytes: number, frames: number): void;
}

export interface RewrittenCapture {
  /** Of the input, with what was wrong with it. */
  summary: CaptureSummary;
  tally: TallyRows;
  bytesWritten: number;
}

/** Below this a capture is through before threads have warmed up. */
const WORTH_THREADS = 32e6;
/** Ranges in flight beyond the workers: one being cut, one being written. */
export const AHEAD = 2;

/** What carries ranges to where they are rewritten. */
export interface Rewriters {
  run(task: RewriteTask): Promise<RangeResult> | RangeResult;
  /** Ends the threads. */
  close(): Promise<void>;
}

/**
 * Rebuilds a capture, range by range: the bytes that come out depend on the input, the plan and nothing else. Memory does
 * not depend on the file. Where the input is damaged, what can be read is rewritten and the summary tells of the rest.
 *
 * @throws CaptureError when the input cannot be opened or is no capture; Problem when the case holds too many identities
 */
export async function rewriteCapture(
  input: CaptureInput,
  output: CaptureOutput,
  plan: IdentityPlan,
  options: RewriteOptions = {},
): Promise<RewrittenCapture> {
  const identities = options.identities ?? new CaseIdentities(plan);
  const source = input.source ?? (await openSource(input.path, options.signal));
  let shift = timeShift(identities, plan.facts.firstTime);
  const { undecoded } = plan.policy;
  const patches = patchesOf(input.datagrams, identities, undecoded);
  const streaming = options.streaming === true;
  const workers = options.journal === undefined && !streaming ? (options.workers ?? workersFor(source)) : 0;
  const used = streaming ? new TypedIdentities(identities) : identities;
  const rewriters = await rewritersOf(workers, plan, identities.ledger, used, options.journal);
  const out = typeof output === 'string' ? fileOutput(output) : { put: output, close: () => {} };
  const tally = newTally();
  let bytesWritten = 0;
  const flying: { range: CaptureRange; result: Promise<RangeResult> | RangeResult }[] = [];
  const take = async ({ range, result }: (typeof flying)[number]): Promise<void> => {
    const { bytes, tally: rows } = await result;
    range.release();
    addTally(tally, rows);
    bytesWritten += bytes.length;
    await out.put(bytes);
    options.onProgress?.(range.state.offset + range.end, range.state.frames + range.frames);
  };
  try {
    const ranges = cutRanges(source, {
      slabs: workers + AHEAD,
      onReader: (_reader: CaptureReader) => {},
      ...(options.range === undefined ? {} : { target: options.range }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    for (;;) {
      const next = await ranges.next();
      if (next.done === true) {
        for (const one of flying) await take(one);
        return { summary: next.value, tally, bytesWritten };
      }
      const range = next.value;
      const { bytes, end, state } = range;
      // Nobody learned when the case begins: with its first frame.
      if (range.index === 0 && plan.facts.firstTime < 0) shift = timeShift(identities, firstTimeOf(range));
      const result = rewriters.run({
        bytes,
        end,
        state,
        undecoded,
        shift,
        patches: patches.of(state.frames, range.frames),
      });
      // It is awaited in file order; until then a failure must not count as unhandled.
      if (result instanceof Promise) result.catch(() => {});
      flying.push({ range, result });
      const first = flying.length > workers ? flying.shift() : undefined;
      if (first !== undefined) await take(first);
    }
  } finally {
    await rewriters.close();
    out.close();
    source.close();
  }
}

/** Whole second of the first frame that has a time; -1 none. */
function firstTimeOf({ bytes, end, state }: CaptureRange): number {
  const reader = readerFrom(state);
  const time: Time = { sec: -1, nsec: 0 };
  const sink: FrameSink = {
    bytes,
    frame(_at, _captured, _length, iface, high, low) {
      const source = reader.interfaces[iface];
      if (time.sec < 0 && source !== undefined && hasTime(high, low)) readTime(source.clock, high, low, time);
    },
    other() {},
  };
  reader.walk(bytes, 0, end, sink, false);
  return time.sec;
}

function workersFor(source: ByteSource): number {
  if (source.compression === 'none' && source.size >= 0 && source.size < WORTH_THREADS) return 0;
  return Math.max(0, Math.min(8, availableParallelism()));
}

async function rewritersOf(
  workers: number,
  plan: IdentityPlan,
  ledger: Ledger,
  identities: Identities,
  journal: RedactJournal | undefined,
): Promise<Rewriters> {
  if (workers === 0) {
    const rewriter = new RangeRewriter(identities);
    return { run: (task) => rewriter.rewrite(task, journal), close: async () => {} };
  }
  // Loaded only where threads are used: the pool's start costs more than a small capture takes.
  const { pooledRewriters } = await import('./pool.ts');
  return pooledRewriters(workers, plan, ledger);
}

/** A file that only its owner may read. */
function fileOutput(path: string): { put(bytes: Uint8Array): void; close(): void } {
  const fd = openSync(path, 'w', 0o600);
  return {
    put(bytes) {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    },
    close() {
      closeSync(fd);
    },
  };
}
