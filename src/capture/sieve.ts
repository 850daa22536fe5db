import { hasTime } from './clock.ts';
import { FOUND, type Layers } from '../wire/layers.ts';
import type { CaptureInterface, FrameSink } from './types.ts';

/** Numbers kept of each picked frame. */
export const PICK = { frame: 0, at: 1, captured: 2, length: 3, iface: 4, high: 5, low: 6, size: 7 } as const;

/** Picks of one buffer, as the sieve (or a worker) hands them over: `count` rows of `PICK.size` numbers. */
export interface Picks {
  picks: Int32Array;
  count: number;
}

/** Sums over the frames that a sieve was given: the one thing that is folded from range to range. */
export interface SieveTotals {
  /** Frames of which less was captured than was on the wire. */
  snapped: number;
  /** Ticks and interface of the first and last frame that had a time; interface -1 when none had. */
  firstHigh: number;
  firstLow: number;
  firstInterface: number;
  lastHigh: number;
  lastLow: number;
  lastInterface: number;
  /** Frames that bear an earlier time than the one before them on their interface. */
  backwards: number;
  /** Frames by link type that is not opened. */
  unopened: Map<number, number>;
  /** Frames that are no packets, by kind. */
  others: Map<string, number>;
  /** Frames with more headers than are followed. */
  excess: number;
}

/** Adds the totals of the range that follows. */
export function foldTotals(into: SieveTotals, next: SieveTotals): void {
  into.snapped += next.snapped;
  into.excess += next.excess;
  into.backwards += next.backwards;
  const joined = next.firstInterface >= 0 && next.firstInterface === into.lastInterface;
  if (joined && earlier(next.firstHigh, next.firstLow, into.lastHigh, into.lastLow)) into.backwards += 1;
  if (into.firstInterface < 0) {
    into.firstHigh = next.firstHigh;
    into.firstLow = next.firstLow;
    into.firstInterface = next.firstInterface;
  }
  if (next.lastInterface >= 0) {
    into.lastHigh = next.lastHigh;
    into.lastLow = next.lastLow;
    into.lastInterface = next.lastInterface;
  }
  for (const [linkType, n] of next.unopened) into.unopened.set(linkType, (into.unopened.get(linkType) ?? 0) + n);
  for (const [kind, n] of next.others) into.others.set(kind, (into.others.get(kind) ?? 0) + n);
}

/** Which file picks come from. */
export interface FilePlace {
  /** Index of the vantage. */
  capture: number;
  /** Index of the file within it, in order of reading. */
  file: number;
  /** It is no continuation: no file was read before it, or one that runs at the same time. */
  apart: boolean;
}

/** Takes the picks of one buffer after another, in file order. */
export interface PickTaker {
  beginFile(place: FilePlace, interfaces: readonly CaptureInterface[]): void;
  /** `bytes` may be used again once this has returned (and its promise, if any, has been kept): that is the back-pressure. */
  take(bytes: Uint8Array, picks: Picks): void | Promise<void>;
}

/** Picks a table starts with; it doubles up to what one buffer of frames can hold. */
const FIRST_CAPACITY = 4096;
/** Interfaces whose link type is cached; a file with more is asked for each frame. */
const CACHED_INTERFACES = 1024;

/**
 * Counts every frame and picks those that may matter, in place: the one stage that may run in parallel, so it judges
 * each frame alone and keeps nothing but sums. It may pick too much, never too little.
 */
export class Sieve implements FrameSink {
  bytes: Uint8Array = new Uint8Array(0);
  /** Picks of the present buffer: `count` rows of PICK.size numbers. */
  picks = new Int32Array(FIRST_CAPACITY * PICK.size);
  count = 0;
  /** Number of the last frame. */
  frames = 0;
  /** Of the frames since `begin`. */
  totals: SieveTotals = noTotals();

  private readonly layers: Layers;
  private readonly everything: boolean;
  private interfaces: readonly CaptureInterface[] = [];
  private readonly linkTypes = new Int32Array(CACHED_INTERFACES).fill(-1);

  /** @param everything pick every frame: what the result must not depend on */
  constructor(layers: Layers, everything = false) {
    this.layers = layers;
    this.everything = everything;
  }

  /** Begins a file: its interfaces (a list that the reader goes on filling) and the number before its first frame. */
  begin(interfaces: readonly CaptureInterface[], framesBefore = 0): void {
    this.interfaces = interfaces;
    this.linkTypes.fill(-1);
    this.frames = framesBefore;
    this.count = 0;
    this.totals = noTotals();
  }

  /** Numbers of `picks` that are in use. */
  get used(): number {
    return this.count * PICK.size;
  }

  /** Forgets the picks of the buffer that has been dealt with. */
  clear(): void {
    this.count = 0;
  }

  frame(at: number, captured: number, length: number, iface: number, high: number, low: number): void {
    this.frames += 1;
    const { totals } = this;
    if (captured < length) totals.snapped += 1;
    if (hasTime(high, low)) {
      if (totals.firstInterface < 0) {
        totals.firstHigh = high;
        totals.firstLow = low;
        totals.firstInterface = iface;
      } else if (iface === totals.lastInterface && earlier(high, low, totals.lastHigh, totals.lastLow)) {
        totals.backwards += 1;
      }
      totals.lastHigh = high;
      totals.lastLow = low;
      totals.lastInterface = iface;
    }
    const { layers } = this;
    const linkType = this.linkTypeOf(iface);
    const found = layers.walk(this.bytes, at, at + captured, linkType);
    if (layers.excess) totals.excess += 1;
    if (found === FOUND.unknownLink) totals.unopened.set(linkType, (totals.unopened.get(linkType) ?? 0) + 1);
    if (found !== FOUND.nothing || this.everything) this.pick(at, captured, length, iface, high, low);
  }

  other(kind: string, _at: number, _length: number, _high: number, _low: number): void {
    this.frames += 1;
    const { others } = this.totals;
    others.set(kind, (others.get(kind) ?? 0) + 1);
  }

  private linkTypeOf(iface: number): number {
    if (iface < CACHED_INTERFACES) {
      const cached = this.linkTypes[iface]!;
      if (cached >= 0) return cached;
    }
    const linkType = this.interfaces[iface]?.linkType ?? -1;
    if (iface < CACHED_INTERFACES) this.linkTypes[iface] = linkType;
    return linkType;
  }

  private pick(at: number, captured: number, length: number, iface: number, high: number, low: number): void {
    const row = this.count * PICK.size;
    if (row === this.picks.length) {
      // At most one row for every 16 bytes of the buffer, the size of the smallest record.
      const wider = new Int32Array(this.picks.length * 2);
      wider.set(this.picks);
      this.picks = wider;
    }
    const { picks } = this;
    picks[row] = this.frames;
    picks[row + 1] = at;
    picks[row + 2] = captured;
    picks[row + 3] = length;
    picks[row + 4] = iface;
    picks[row + 5] = high;
    picks[row + 6] = low;
    this.count += 1;
  }
}

/** The sums of nothing. */
export function noTotals(): SieveTotals {
  return {
    snapped: 0,
    firstHigh: 0,
    firstLow: 0,
    firstInterface: -1,
    lastHigh: 0,
    lastLow: 0,
    lastInterface: -1,
    backwards: 0,
    unopened: new Map(),
    others: new Map(),
    excess: 0,
  };
}

/** Compares raw ticks of one interface; the words cross the hot loop signed, and count unsigned. */
function earlier(high: number, low: number, thanHigh: number, thanLow: number): boolean {
  return high >>> 0 < thanHigh >>> 0 || (high === thanHigh && low >>> 0 < thanLow >>> 0);
}
