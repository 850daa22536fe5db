import { Generation } from './generation.ts';

/** A table that reached its cap: what the report says in `limits`. */
export interface LimitReached {
  name: string;
  cap: number;
  /** Entries forgotten (or refused) since. */
  lost: number;
}

/**
 * The one class for tables keyed by what a file says. It holds at most `cap` entries in two generations: an entry that
 * is touched moves to the young one; when that has reached half the cap, what is left in the old one is forgotten,
 * oldest first, in one step. (Deleting the first key of a Map one by one is quadratic in V8.)
 */
export class BoundedMap<K, V> {
  readonly name: string;
  readonly cap: number;
  lost = 0;
  private young = new Generation<K, V>();
  private old = new Generation<K, V>();
  private readonly half: number;
  private readonly forget: ((key: K, value: V) => void) | undefined;

  /** @param name what the report calls this table @param cap entries at most @param forget told of each entry dropped by the cap */
  constructor(name: string, cap: number, forget?: (key: K, value: V) => void) {
    this.name = name;
    this.cap = cap;
    this.half = Math.max(1, Math.floor(cap / 2));
    this.forget = forget;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** The entry, refreshed. */
  get(key: K): V | undefined {
    const { young, old } = this;
    const slot = young.find(key);
    if (slot >= 0) return young.values[slot];
    if (old.size === 0) return undefined;
    const before = old.find(key);
    if (before < 0) return undefined;
    const value = old.values[before];
    old.remove(key, before);
    if (value !== undefined) this.put(key, value);
    return value;
  }

  /** The entry, without refreshing it. */
  peek(key: K): V | undefined {
    const { young, old } = this;
    const slot = young.find(key);
    if (slot >= 0) return young.values[slot];
    if (old.size === 0) return undefined;
    const before = old.find(key);
    return before < 0 ? undefined : old.values[before];
  }

  has(key: K): boolean {
    return this.young.find(key) >= 0 || (this.old.size > 0 && this.old.find(key) >= 0);
  }

  set(key: K, value: V): void {
    const { young, old } = this;
    const slot = young.find(key);
    if (slot >= 0) {
      young.values[slot] = value;
      return;
    }
    if (old.size > 0) {
      const before = old.find(key);
      if (before >= 0) old.remove(key, before);
    }
    this.put(key, value);
  }

  delete(key: K): boolean {
    return this.young.delete(key) || (this.old.size > 0 && this.old.delete(key));
  }

  /** Oldest generation first; within one, in order of insertion. */
  *entries(): Generator<[K, V]> {
    yield* this.old.entries();
    yield* this.young.entries();
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** What the report must say of this table, or undefined when nothing was lost. */
  limit(): LimitReached | undefined {
    return this.lost === 0 ? undefined : { name: this.name, cap: this.cap, lost: this.lost };
  }

  /** Adds an entry that is in neither generation. */
  private put(key: K, value: V): void {
    if (this.young.size >= this.half) {
      const { old: dropped, forget } = this;
      this.lost += dropped.size;
      this.old = this.young;
      if (forget === undefined) {
        dropped.clear();
        this.young = dropped;
      } else {
        // What is told may come back to this table.
        this.young = new Generation();
        for (const [k, v] of dropped.entries()) forget(k, v);
      }
    }
    this.young.add(key, value);
  }
}

/** What an `AgeQueue` links: its neighbours in the queue, which only the queue writes, and how much it holds. */
export interface Aged<T> {
  older: T | undefined;
  younger: T | undefined;
  /** What the entry counts against the cap; a change in the queue is told by `reweighed`. */
  weight: number;
}

/**
 * Entries in the order of their last touch, for state that ages out: the oldest is found, and any one is moved or taken
 * out, in constant time. The owner keeps the lookup table beside it and, whenever weight was added, closes `excess`
 * until there is none: so the table is bounded by this queue's cap.
 */
export class AgeQueue<T extends Aged<T>> {
  readonly name: string;
  readonly cap: number;
  lost = 0;
  size = 0;
  private held = 0;
  private first: T | undefined;
  private last: T | undefined;

  /** @param name what the report calls it @param cap sum of weights at most */
  constructor(name: string, cap: number) {
    this.name = name;
    this.cap = cap;
  }

  get oldest(): T | undefined {
    return this.first;
  }

  add(entry: T): void {
    this.link(entry);
    this.size += 1;
    this.held += entry.weight;
  }

  /** @param weight what the entry weighed here, if it has changed since */
  remove(entry: T, weight = entry.weight): void {
    this.unlink(entry);
    this.size -= 1;
    this.held -= weight;
  }

  /** Makes the entry the youngest. */
  touch(entry: T): void {
    if (this.last === entry) return;
    this.unlink(entry);
    this.link(entry);
  }

  /** An entry of this queue changed its weight. */
  reweighed(before: number, after: number): void {
    this.held += after - before;
  }

  /** The oldest entry while the cap is exceeded: to be removed by the owner, who counts it in `lost`. */
  get excess(): T | undefined {
    return this.held > this.cap ? this.first : undefined;
  }

  limit(): LimitReached | undefined {
    return this.lost === 0 ? undefined : { name: this.name, cap: this.cap, lost: this.lost };
  }

  private link(entry: T): void {
    entry.older = this.last;
    entry.younger = undefined;
    if (this.last === undefined) this.first = entry;
    else this.last.younger = entry;
    this.last = entry;
  }

  private unlink(entry: T): void {
    if (entry.older === undefined) this.first = entry.younger;
    else entry.older.younger = entry.younger;
    if (entry.younger === undefined) this.last = entry.older;
    else entry.younger.older = entry.older;
    entry.older = undefined;
    entry.younger = undefined;
  }
}

/** Slots looked at for one key: chains of a table that is half full stay far below, and hostile keys gain nothing. */
const PROBES = 128;

/**
 * A set of pairs (a 48-bit number, a small number) for what every frame asks: no string is made and nothing is left to
 * collect. Two generations as in `BoundedMap`, in flat arrays.
 */
export class BoundedPairs {
  readonly name: string;
  readonly cap: number;
  lost = 0;
  private young: PairTable;
  private old: PairTable;

  /** @param cap pairs at most, a power of two */
  constructor(name: string, cap: number) {
    this.name = name;
    this.cap = cap;
    this.young = new PairTable(cap);
    this.old = new PairTable(cap);
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  has(large: number, small: number): boolean {
    return this.young.find(large, small) >= 0 || this.old.find(large, small) >= 0;
  }

  /** Adds the pair, or refreshes it. */
  add(large: number, small: number): void {
    if (this.young.find(large, small) >= 0) return;
    // A pair may stand in both generations for a while; it is then lost from neither.
    if (2 * this.young.size >= this.cap) {
      const { old } = this;
      this.lost += old.size;
      old.clear();
      this.old = this.young;
      this.young = old;
    }
    if (!this.young.put(large, small)) this.lost += 1;
  }

  limit(): LimitReached | undefined {
    return this.lost === 0 ? undefined : { name: this.name, cap: this.cap, lost: this.lost };
  }
}

class PairTable {
  size = 0;
  private readonly large: Float64Array;
  /** One more than the small number; 0 is an empty slot. */
  private readonly small: Int32Array;
  private readonly mask: number;
  private readonly shift: number;

  constructor(slots: number) {
    this.large = new Float64Array(slots);
    this.small = new Int32Array(slots);
    this.mask = slots - 1;
    this.shift = Math.clz32(this.mask);
  }

  /** Place of the pair, or -1. */
  find(large: number, small: number): number {
    const from = this.slot(large, small);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = (from + probe) & this.mask;
      if (this.small[at] === 0) return -1;
      if (this.large[at] === large && this.small[at] === small + 1) return at;
    }
    return -1;
  }

  /** False when there is no free place among those that `find` looks at. */
  put(large: number, small: number): boolean {
    const from = this.slot(large, small);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = (from + probe) & this.mask;
      if (this.small[at] !== 0) continue;
      this.large[at] = large;
      this.small[at] = small + 1;
      this.size += 1;
      return true;
    }
    return false;
  }

  clear(): void {
    this.small.fill(0);
    this.size = 0;
  }

  /** Fibonacci hashing of both numbers: the high bits of the product depend on all. */
  private slot(large: number, small: number): number {
    const both = (large ^ Math.imul(large / 4294967296, 0x85ebca6b)) + Math.imul(small, 0xc2b2ae35);
    return Math.imul(both ^ (both >>> 16), 0x9e3779b1) >>> this.shift;
  }
}
