import { statSync } from 'node:fs';
import { type Time, hasTime, readTime } from './clock.ts';
import { CaptureError } from './error.ts';
import { FORMAT_MAGIC, readerFor } from './format.ts';
import { openSource } from './source.ts';
import type { FrameSink } from './types.ts';

/** Bytes (after decompression) in which the first frame is looked for: interface tables and secrets come before it. */
const LOOK = 1 << 20;

/** One file of a set, in the order in which it is to be read. */
export interface OrderedFile {
  path: string;
  /** Its place on the command line, from 0. */
  argument: number;
  /** Time of its first frame that has one; undefined when it has none near its beginning, or cannot be looked at (a pipe). */
  first: Time | undefined;
}

/**
 * Orders the files of one vantage by running time: time of the first frame, then argument. A file without one keeps its
 * place behind the file that it follows as argument. What cannot be opened or read is left for the reading to report.
 *
 * @throws CaptureError `bad-input` when stdin is given twice
 */
export async function orderFiles(paths: readonly string[]): Promise<OrderedFile[]> {
  if (paths.indexOf('-') !== paths.lastIndexOf('-')) {
    throw new CaptureError('bad-input', 'stdin (-) is given twice: it can be read once');
  }
  const files: OrderedFile[] = [];
  for (const [argument, path] of paths.entries()) {
    files.push({ path, argument, first: paths.length > 1 ? await firstTime(path) : undefined });
  }
  // Each timed file leads the untimed ones that follow it as arguments.
  const groups: OrderedFile[][] = [];
  for (const file of files) {
    const group = groups.at(-1);
    if (group === undefined || file.first !== undefined) groups.push([file]);
    else group.push(file);
  }
  groups.sort((a, b) => compareGroups(a[0], b[0]));
  return groups.flat();
}

function compareGroups(a: OrderedFile | undefined, b: OrderedFile | undefined): number {
  if (a === undefined || b === undefined) return 0;
  // Only the first group can be without a time: it leads.
  if (a.first === undefined || b.first === undefined) return a.argument - b.argument;
  return compareTimes(a.first, b.first) || a.argument - b.argument;
}

/** Before (negative), at (0) or after (positive). */
export function compareTimes(a: Time, b: Time): number {
  const carryA = Math.floor(a.nsec / 1e9);
  const carryB = Math.floor(b.nsec / 1e9);
  return a.sec + carryA - (b.sec + carryB) || a.nsec - carryA * 1e9 - (b.nsec - carryB * 1e9);
}

/** Time of a file's first frame that has one; undefined when there is none near its beginning, or it cannot be looked at. */
export async function firstTime(path: string): Promise<Time | undefined> {
  if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  try {
    const source = await openSource(path);
    try {
      return await lookForTime(source);
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
}

async function lookForTime(source: {
  read(into: Uint8Array, at: number): number | Promise<number>;
}): Promise<Time | undefined> {
  const bytes = new Uint8Array(LOOK);
  let have = 0;
  let size = FIRST_LOOK;
  for (;;) {
    const answer = source.read(bytes.subarray(0, size), have);
    const count = typeof answer === 'number' ? answer : await answer;
    have += count;
    if (have < size && count > 0) continue;
    const found = timeIn(bytes, have);
    if (found !== undefined || count === 0 || size === LOOK) return found;
    size = LOOK;
  }
}

/** Nearly always enough: a header, an interface table and a frame. */
const FIRST_LOOK = 1 << 16;

function timeIn(bytes: Uint8Array, have: number): Time | undefined {
  const reader = have < FORMAT_MAGIC ? undefined : readerFor(bytes, 0);
  if (reader === undefined) return undefined;
  let time: Time | undefined;
  const sink: FrameSink = {
    bytes,
    frame(_at, _captured, _length, iface, high, low) {
      const clock = reader.interfaces[iface]?.clock;
      if (time !== undefined || clock === undefined || !hasTime(high, low)) return;
      time = { sec: 0, nsec: 0 };
      readTime(clock, high, low, time);
    },
    other() {},
  };
  reader.walk(bytes, 0, have, sink, false);
  return time;
}

/** From when to when one file's frames run. */
export interface FileSpan {
  path: string;
  first: Time;
  last: Time;
}

/** Two files of one vantage that run at the same time: frames of both may be copies, and order between them is unknown. */
export interface Overlap {
  earlier: string;
  later: string;
  /** Where the later file begins, and where the overlap ends. */
  from: Time;
  to: Time;
}

/** Says which files overlap with what was read before them; each is compared with the one that reached furthest. */
export function overlapsOf(spans: readonly FileSpan[]): Overlap[] {
  const overlaps: Overlap[] = [];
  let furthest: FileSpan | undefined;
  for (const span of spans) {
    if (furthest !== undefined && compareTimes(span.first, furthest.last) < 0) {
      const to = compareTimes(span.last, furthest.last) < 0 ? span.last : furthest.last;
      overlaps.push({ earlier: furthest.path, later: span.path, from: span.first, to });
    }
    if (furthest === undefined || compareTimes(span.last, furthest.last) > 0) furthest = span;
  }
  return overlaps;
}
