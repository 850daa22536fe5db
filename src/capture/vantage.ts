import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { CLAIMS } from '../wire/dissect.ts';
import { Layers } from '../wire/layers.ts';
import { type Early, type OnProgress, ReadAhead } from './ahead.ts';
import { readTime, type Time } from './clock.ts';
import { CaptureError } from './error.ts';
import { readCapture, type CaptureSummary } from './read.ts';
import { compareTimes, orderFiles } from './set.ts';
import { noTotals, Sieve, type FilePlace, type PickTaker, type SieveTotals } from './sieve.ts';
import { compressedSize, descriptorOf, openSource } from './source.ts';
import type { Reading, StreamTask } from './stream.ts';
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
  const ahead = new Map<number, Early<Reading>>();
  try {
    for (const [index, file] of ordered.entries()) {
      await startAhead(ahead, ordered, index, options);
      await readNext(files, { capture, index, ...file }, ahead.get(index), taker, options);
      ahead.delete(index);
    }
  } finally {
    for (const one of ahead.values()) one.close();
  }
  return { vantage, files };
}

/**
 * Begins with the files that come after this one, where they are compressed: one for each core that is left. A large
 * compressed file, this one too, has a thread of its own: what inflating leaves to collect would otherwise have this
 * thread search its whole heap again and again (1 GB: 1.5 s).
 */
async function startAhead(
  ahead: Map<number, Early<Reading>>,
  ordered: readonly { path: string }[],
  index: number,
  options: VantageOptions,
): Promise<void> {
  const cores = availableParallelism();
  if (options.workers !== undefined || cores < 2) return;
  for (let next = index; next <= index + Math.min(MOST_AHEAD, cores - 1); next += 1) {
    const path = ordered[next]?.path;
    if (path === undefined || ahead.has(next)) continue;
    const size = compressedSize(path);
    if (size >= WORTH_THREAD_COMPRESSED) {
      const { ReadingThread } = await import('./stream.ts');
      ahead.set(next, new ReadingThread({ ...taskOf(options), file: path, held: HELD_AHEAD }, size, options.signal));
    } else if (next > index && size >= 0) {
      ahead.set(next, readAhead(path, options));
    }
  }
}

function readAhead(path: string, options: VantageOptions): Early<Reading> {
  return new ReadAhead(
    path,
    (source, taker, progress) => {
      // Where it stands in the set is said when its turn comes.
      const begin: Begin = (interfaces) => taker.beginFile({ capture: 0, file: 0, apart: false }, interfaces);
      return readInline(source, taker, options, begin, progress);
    },
    options.signal,
  );
}

function taskOf({ everything, chunk, range }: VantageOptions): Pick<StreamTask, 'everything' | 'chunk'> {
  const size = chunk ?? range;
  return { everything: everything === true, ...(size === undefined ? {} : { chunk: size }) };
}

async function readNext(
  files: FileFacts[],
  { capture, index, path, first }: { capture: number; index: number; path: string; first: Time | undefined },
  ahead: Early<Reading> | undefined,
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
    applications: [],
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
  ahead: Early<Reading> | undefined,
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
    const onProgress: OnProgress = (bytes, frames) => progress(source.size, bytes, frames);
    const workers = options.workers ?? (worthThread(source) ? 1 : 0);
    return workers > 0
      ? await readThreaded(source, workers, taker, options, begin, onProgress)
      : await readInline(source, taker, options, begin, onProgress);
  } finally {
    source.close();
  }
}

/** Told once the format is known. */
type Begin = (interfaces: readonly CaptureInterface[]) => void;

async function readInline(
  source: ByteSource,
  taker: PickTaker,
  options: VantageOptions,
  begin: Begin,
  progress: (bytes: number, frames: number) => void,
): Promise<Reading> {
  const sieve = new Sieve(new Layers(CLAIMS), options.everything === true);
  const summary = await readCapture(source, sieve, {
    ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onReader(reader) {
      sieve.begin(reader.interfaces);
      begin(reader.interfaces);
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

/** One thread reads and sieves as one stream; more of them sieve what this one reads. */
async function readThreaded(
  source: ByteSource,
  workers: number,
  taker: PickTaker,
  options: VantageOptions,
  begin: Begin,
  progress: (bytes: number, frames: number) => void,
): Promise<Reading> {
  const { signal } = options;
  const file = workers === 1 ? descriptorOf(source) : undefined;
  // Loaded only where threads are used: their start costs more than a small capture takes.
  if (file !== undefined) {
    const { ReadingThread } = await import('./stream.ts');
    const thread = new ReadingThread({ ...taskOf(options), file, held: HELD }, source.size, signal);
    return thread.handTo(taker, begin, (_size, bytes, frames) => progress(bytes, frames));
  }
  const { readInPool } = await import('./pool.ts');
  return readInPool(source, {
    workers,
    everything: options.everything === true,
    ...(options.range === undefined ? {} : { range: options.range }),
    ...(signal === undefined ? {} : { signal }),
    onReader: (reader) => begin(reader.interfaces),
    onRange(bytes, picks, offset, frames) {
      progress(offset, frames);
      return taker.take(bytes, picks);
    },
  });
}

/** Compressed files that are read before their turn, at most: each holds what it has picked. */
const MOST_AHEAD = 2;
/** Below this a capture is through before a thread has warmed up; measured in `docs/performance.md`. */
const WORTH_THREAD = 1.5e9;
/** The same of compressed files, as stored. */
const WORTH_THREAD_COMPRESSED = 16e6;
/** Bytes of picks that may wait: of the file whose turn it is, and of one that is read before (`ahead.ts`). */
const HELD = 4 << 20;
const HELD_AHEAD = 12 << 20;

function worthThread(source: ByteSource): boolean {
  return source.compression === 'none' && source.size >= WORTH_THREAD && availableParallelism() > 1;
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
