import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { CLAIMS } from '../wire/dissect.ts';
import { Layers } from '../wire/layers.ts';
import { type OnProgress, ReadAhead } from './ahead.ts';
import { readTime, type Time } from './clock.ts';
import { CaptureError } from './error.ts';
import type { CaptureReader } from './format.ts';
import { readCapture, type CaptureSummary } from './read.ts';
import { compareTimes, orderFiles } from './set.ts';
import { noTotals, Sieve, type FilePlace, type PickTaker, type SieveTotals } from './sieve.ts';
import { openSource } from './source.ts';
import type { ByteSource, CaptureInterface } from './types.ts';

/** What reading one file came to, with the sieve's sums. */
export interface FileFacts extends CaptureSummary {
  /** As given. */
  path: string;
  /** First and last frame with a time, in file order; undefined when there is none. */
  first: FrameTime | undefined;
  last: FrameTime | undefined;
  totals: SieveTotals;
  /** SHA-256 of the file as stored, in hex, when asked for; '' for a pipe. */
  sha256: string | undefined;
  /** Why nothing of it could be read; its message stands among the faults too. */
  unread?: CaptureError;
}

export interface FrameTime extends Time {
  iface: number;
}

/** One vantage point: its files in order of reading. */
export interface VantageFacts {
  vantage: string;
  files: FileFacts[];
}

export interface VantageOptions {
  /** Give the SHA-256 of every file. */
  digest?: boolean;
  /** Pick every frame: what no result may depend on. */
  everything?: boolean;
  /** Threads for the sieve; 0 is none, absent as many as pay. */
  workers?: number;
  /** Bytes read at a time without threads, bytes of a range with them. */
  chunk?: number;
  range?: number;
  signal?: AbortSignal;
  /** Told now and then how far reading has come. */
  onProgress?(progress: Progress): void;
}

export interface Progress {
  path: string;
  /** Bytes read (after decompression), and the stored size, -1 where unknown. */
  bytes: number;
  size: number;
  frames: number;
}

/**
 * Reads the files of one vantage, in order of running time, and hands what the sieve picks to `taker`. A file that
 * cannot be opened or is no capture is told (`unread`), and the others are read: one that was rotated away must not cost
 * the verdict on those that are there.
 *
 * @throws CaptureError `bad-input`
 */
export async function readVantage(
  capture: number,
  vantage: string,
  paths: readonly string[],
  taker: PickTaker,
  options: VantageOptions,
): Promise<VantageFacts> {
  const files: FileFacts[] = [];
  const ordered = await orderFiles(paths);
  const ahead = new Map<number, ReadAhead<Reading>>();
  try {
    for (const [index, file] of ordered.entries()) {
      startAhead(ahead, ordered, index, options);
      await readNext(files, { capture, index, ...file }, ahead.get(index), taker, options);
      ahead.delete(index);
    }
  } finally {
    for (const one of ahead.values()) one.close();
  }
  return { vantage, files };
}

/** Begins with the files that come after this one, where they are compressed: one for each core that is left. */
function startAhead(
  ahead: Map<number, ReadAhead<Reading>>,
  ordered: readonly { path: string }[],
  index: number,
  options: VantageOptions,
): void {
  if (options.workers !== undefined) return;
  const most = Math.min(MOST_AHEAD, availableParallelism() - 1);
  for (let next = index + 1; next <= index + most; next += 1) {
    const path = ordered[next]?.path;
    if (path === undefined || ahead.has(next)) continue;
    ahead.set(
      next,
      new ReadAhead(
        path,
        (source, taker, progress) => {
          // Where it stands in the set is said when its turn comes.
          const begin = (reader: CaptureReader): void =>
            taker.beginFile({ capture: 0, file: 0, apart: false }, reader.interfaces);
          return readInline(source, taker, options, begin, progress);
        },
        options.signal,
      ),
    );
  }
}

async function readNext(
  files: FileFacts[],
  { capture, index, path, first }: { capture: number; index: number; path: string; first: Time | undefined },
  ahead: ReadAhead<Reading> | undefined,
  taker: PickTaker,
  options: VantageOptions,
): Promise<void> {
  // Files that run at the same time are not one running capture: what is told apart by segment must stay apart.
  const furthest = files.reduce<FrameTime | undefined>((most, { last }) => later(most, last), undefined);
  const overlaps = first !== undefined && furthest !== undefined && compareTimes(first, furthest) < 0;
  const apart = overlaps || files.every(({ unread }) => unread !== undefined);
  try {
    files.push(await readFile({ capture, file: index, path, apart }, ahead, taker, options));
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    files.push(unreadFile(path, error));
  }
}

/** @throws CaptureError when of no file anything could be read, with a line for each */
export function requireOneRead(vantages: readonly VantageFacts[]): void {
  const files = vantages.flatMap((one) => one.files);
  const unread = files.flatMap((file) => file.unread ?? []);
  const [first] = unread;
  if (first === undefined || unread.length < files.length) return;
  throw new CaptureError(
    first.code,
    unread.flatMap(({ lines }) => lines),
  );
}

/** All bytes of it were read, without damage. */
export function wholly({ faults, truncated }: FileFacts): boolean {
  return faults.length === 0 && !truncated;
}

function unreadFile(path: string, error: CaptureError): FileFacts {
  return {
    format: 'unknown',
    variant: '',
    compression: 'none',
    interfaces: [],
    faults: [{ offset: 0, afterFrame: 0, code: error.code, message: error.message }],
    frames: 0,
    bytes: 0,
    truncated: false,
    path,
    first: undefined,
    last: undefined,
    totals: noTotals(),
    sha256: undefined,
    unread: error,
  };
}

function later(a: FrameTime | undefined, b: FrameTime | undefined): FrameTime | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareTimes(a, b) < 0 ? b : a;
}

async function readFile(
  { path, ...place }: FilePlace & { path: string },
  ahead: ReadAhead<Reading> | undefined,
  taker: PickTaker,
  options: VantageOptions,
): Promise<FileFacts> {
  const begin = (interfaces: readonly CaptureInterface[]): void => taker.beginFile(place, interfaces);
  const progress = (size: number, bytes: number, frames: number): void =>
    options.onProgress?.({ path, bytes, size, frames });
  const { summary, totals } =
    (await ahead?.handTo(taker, begin, progress)) ?? (await readNow(path, taker, options, begin, progress));
  const { interfaces } = summary;
  return {
    ...summary,
    path,
    first: timeAt(interfaces, totals.firstInterface, totals.firstHigh, totals.firstLow),
    last: timeAt(interfaces, totals.lastInterface, totals.lastHigh, totals.lastLow),
    totals,
    sha256: options.digest === true ? await digestOf(path) : undefined,
  };
}

async function readNow(
  path: string,
  taker: PickTaker,
  options: VantageOptions,
  begin: (interfaces: readonly CaptureInterface[]) => void,
  progress: (size: number, bytes: number, frames: number) => void,
): Promise<Reading> {
  const source = await openSource(path, options.signal);
  try {
    const onReader = (reader: CaptureReader): void => begin(reader.interfaces);
    const onProgress: OnProgress = (bytes, frames) => progress(source.size, bytes, frames);
    const workers = options.workers ?? (worthThreads(source) ? THREADS : 0);
    return workers > 0
      ? await readThreaded(source, workers, taker, options, onReader, onProgress)
      : await readInline(source, taker, options, onReader, onProgress);
  } finally {
    source.close();
  }
}

interface Reading {
  summary: CaptureSummary;
  totals: SieveTotals;
}

async function readInline(
  source: ByteSource,
  taker: PickTaker,
  options: VantageOptions,
  begin: (reader: CaptureReader) => void,
  progress: (bytes: number, frames: number) => void,
): Promise<Reading> {
  const sieve = new Sieve(new Layers(CLAIMS), options.everything === true);
  const summary = await readCapture(source, sieve, {
    ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onReader(reader) {
      sieve.begin(reader.interfaces);
      begin(reader);
    },
    afterChunk(bytes, reader) {
      const waiting = taker.take(bytes, sieve);
      sieve.clear();
      progress(reader.offset, sieve.frames);
      return waiting;
    },
  });
  return { summary, totals: sieve.totals };
}

async function readThreaded(
  source: ByteSource,
  workers: number,
  taker: PickTaker,
  options: VantageOptions,
  begin: (reader: CaptureReader) => void,
  progress: (bytes: number, frames: number) => void,
): Promise<Reading> {
  // Loaded only where threads are used: the pool's start costs more than a small capture takes.
  const { readInPool } = await import('./pool.ts');
  return readInPool(source, {
    workers,
    everything: options.everything === true,
    ...(options.range === undefined ? {} : { range: options.range }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onReader: begin,
    onRange(bytes, picks, offset, frames) {
      progress(offset, frames);
      return taker.take(bytes, picks);
    },
  });
}

/** Compressed files that are read before their turn, at most: each holds what it has picked. */
const MOST_AHEAD = 2;
/** Threads where they pay: one sieves while this one reads and judges; measured in `docs/performance.md`. */
const THREADS = 1;
/** Below this a capture is through before a pool has warmed up. */
const WORTH_THREADS = 4e9;

function worthThreads(source: ByteSource): boolean {
  return source.compression === 'none' && source.size >= WORTH_THREADS && availableParallelism() > 1;
}

function timeAt(
  interfaces: readonly CaptureInterface[],
  iface: number,
  high: number,
  low: number,
): FrameTime | undefined {
  const source = interfaces[iface];
  if (source === undefined) return undefined;
  const time = { sec: 0, nsec: 0, iface };
  readTime(source.clock, high >>> 0, low >>> 0, time);
  return time;
}

async function digestOf(path: string): Promise<string> {
  if (path === '-') return '';
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
