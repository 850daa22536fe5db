import type { Kind } from '../kinds.ts';
import type { Needle } from './needles.ts';

/** Bytes of the window that the filter hashes: no needle is shorter. */
const WINDOW = 6;
/** Bits of a window's hash that each byte is moved by; after WINDOW bytes it has left the 32 bits. */
const STEP = 6;
/** Slots of the first filter: with a quarter of a million needles one window in 64 passes it. */
const FILTER_BITS = 24;
/** Needles longer than this are looked for by their first bytes: what a chunk carries over stays small. */
export const MAX_NEEDLE = 512;

/** What a hit tells: nothing that says what was found. */
export interface Found {
  kind: Kind;
  spelling: string;
  /** Bytes of the needle. */
  length: number;
  /** A name that is a plain word. */
  word: boolean;
}

/** Where a needle was found. */
export interface Hit extends Found {
  /** Offset of its first byte in the stream. */
  offset: number;
}

const BOUNDARIES: readonly Needle['boundary'][] = ['none', 'digit', 'hex', 'word'];
/** Bits of a needle's flags: its boundary in the lowest two. */
const FOLDED = 4;
const WORD = 8;
/** Numbers of one needle in `facts`: where its bytes begin, how many, flags, label. */
const FACTS = 4;

/**
 * Looks for very many needles in one pass. A rolling hash of the last six bytes (letters folded) asks a bit table; what
 * passes is looked up, then compared byte by byte. All needles stand packed in one buffer: a quarter of a million objects
 * would cost more than the search. Built once; a scanner for each stream.
 */
export class Haystack {
  longest = WINDOW;
  count = 0;
  readonly filter = new Uint8Array(2 ** (FILTER_BITS - 3));
  private pool = new Uint8Array(1 << 16);
  private used = 0;
  private facts = new Int32Array(1 << 12);
  private hashes = new Int32Array(1 << 10);
  private next = new Int32Array(1 << 10);
  private slots = new Int32Array(1 << 12).fill(-1);
  /** Kind and spelling by label number: a few dozen. */
  private readonly labels: { kind: Kind; spelling: string }[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(needles: Iterable<Needle> = []) {
    for (const needle of needles) this.add(needle);
  }

  /** @param word a name that is a plain word: not looked for in prose */
  add({ bytes: whole, folded, boundary, kind, spelling }: Needle, word = false): void {
    if (whole.length < WINDOW) throw new RangeError(`a needle of ${whole.length} bytes is too short`);
    const bytes = whole.length <= MAX_NEEDLE ? whole : whole.subarray(0, MAX_NEEDLE);
    const { length } = bytes;
    this.grow(length);
    const { count, used } = this;
    this.pool.set(bytes, used);
    this.used = used + length;
    this.longest = Math.max(this.longest, length);
    const flags = BOUNDARIES.indexOf(boundary) | (folded ? FOLDED : 0) | (word ? WORD : 0);
    this.facts.set([used, length, flags, this.label(kind, spelling)], count * FACTS);
    // The last bytes: addresses and names of one site begin alike.
    const hash = hashOf(bytes, length);
    const bit = hash >>> (32 - FILTER_BITS);
    this.filter[bit >>> 3] = (this.filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
    this.hashes[count] = hash;
    const slot = this.slotOf(hash);
    this.next[count] = this.slots[slot] ?? -1;
    this.slots[slot] = count;
    this.count = count + 1;
  }

  /** A needle whose last window has this hash and that ends at `end`; `stop` is the end of what is there. */
  found(hash: number, bytes: Uint8Array, end: number, stop: number, prose: boolean): Found | undefined {
    const { facts } = this;
    for (let index = this.slots[this.slotOf(hash)] ?? -1; index >= 0; index = this.next[index] ?? -1) {
      if (this.hashes[index] !== hash) continue;
      const at = index * FACTS;
      const flags = facts[at + 2] ?? 0;
      if (prose && (flags & WORD) !== 0) continue;
      const length = facts[at + 1] ?? 0;
      if (!this.standsAt(facts[at] ?? 0, length, flags, bytes, end, stop)) continue;
      const { kind, spelling } = this.labels[facts[at + 3] ?? 0] ?? { kind: 'opaque', spelling: '' };
      return { kind, spelling, length, word: (flags & WORD) !== 0 };
    }
    return undefined;
  }

  private standsAt(from: number, length: number, flags: number, bytes: Uint8Array, end: number, stop: number): boolean {
    const { pool } = this;
    const start = end - length;
    if (start < 0) return false;
    const folded = (flags & FOLDED) !== 0;
    for (let i = 0; i < length; i += 1) {
      const one = pool[from + i] ?? 0;
      const other = bytes[start + i] ?? 0;
      if (one !== other && !(folded && FOLD[one] === FOLD[other])) return false;
    }
    const boundary = BOUNDARIES[flags & 3] ?? 'none';
    if (boundary === 'none') return true;
    return (
      !joins(boundary, start > 0 ? bytes[start - 1] : undefined) &&
      !joins(boundary, end < stop ? bytes[end] : undefined)
    );
  }

  private label(kind: Kind, spelling: string): number {
    const key = `${kind} ${spelling}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.labels.push({ kind, spelling }) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }

  /** Makes room for one needle more. */
  private grow(length: number): void {
    if (this.used + length > this.pool.length) {
      const pool = new Uint8Array(Math.max(2 * this.pool.length, this.used + length));
      pool.set(this.pool);
      this.pool = pool;
    }
    if (this.count < this.hashes.length) return;
    const size = 2 * this.count;
    this.facts = grown(this.facts, size * FACTS);
    this.hashes = grown(this.hashes, size);
    this.next = grown(this.next, size).fill(-1);
    // At most a quarter full.
    this.slots = new Int32Array(4 * size).fill(-1);
    for (let index = 0; index < this.count; index += 1) {
      const slot = this.slotOf(this.hashes[index] ?? 0);
      this.next[index] = this.slots[slot] ?? -1;
      this.slots[slot] = index;
    }
  }

  /** The slot that this hash has, or shall have: linear probing, never full. */
  private slotOf(hash: number): number {
    const mask = this.slots.length - 1;
    let slot = (Math.imul(hash, 0x9e3779b1) >>> 0) & mask;
    for (;;) {
      const index = this.slots[slot] ?? -1;
      if (index < 0 || this.hashes[index] === hash) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

function grown(old: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const made = new Int32Array(size);
  made.set(old);
  return made;
}

/** Capital letters as small ones. */
const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
/** What each byte adds to the hash: fixed odd-looking numbers, letters folded. */
const GEAR = Int32Array.from({ length: 256 }, (_, byte) => {
  let x = Math.imul((FOLD[byte] ?? 0) + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
});

function hashOf(bytes: Uint8Array, end: number): number {
  let hash = 0;
  for (let i = end - WINDOW; i < end; i += 1) hash = ((hash << STEP) + (GEAR[bytes[i] ?? 0] ?? 0)) | 0;
  return hash;
}

/** Whether this neighbour makes the found bytes a part of something longer. */
function joins(boundary: Needle['boundary'], neighbour: number | undefined): boolean {
  if (neighbour === undefined) return false;
  const byte = FOLD[neighbour] ?? 0;
  const digit = byte >= 0x30 && byte <= 0x39;
  if (boundary === 'digit') return digit;
  if (boundary === 'hex') return digit || (byte >= 0x61 && byte <= 0x66);
  return digit || (byte >= 0x61 && byte <= 0x7a);
}

/** One stream through the haystack, in chunks of any size: where it is cut makes no difference. */
export class Scanner {
  /** Bytes taken so far. */
  length = 0;
  private readonly haystack: Haystack;
  private readonly onHit: (hit: Hit) => void;
  private readonly prose: boolean;
  /** What was carried over, then the present chunk. */
  private buffer = new Uint8Array(0);
  private held = 0;
  /** Bytes of `buffer` that ends of needles were looked for in. */
  private done = 0;
  private hash = 0;

  /** @param prose names that are plain words are not looked for */
  constructor(haystack: Haystack, onHit: (hit: Hit) => void, prose = false) {
    this.haystack = haystack;
    this.onHit = onHit;
    this.prose = prose;
  }

  push(chunk: Uint8Array): void {
    const keep = Math.min(this.held, this.haystack.longest + 1);
    const size = keep + chunk.length;
    if (this.buffer.length < size) {
      const grown = new Uint8Array(size);
      grown.set(this.buffer.subarray(this.held - keep, this.held));
      this.buffer = grown;
    } else {
      this.buffer.copyWithin(0, this.held - keep, this.held);
    }
    this.done -= this.held - keep;
    this.buffer.set(chunk, keep);
    this.held = size;
    this.length += chunk.length;
    // The neighbour after a hit must be there before it is judged.
    this.look(size - 1, size);
  }

  end(): void {
    this.look(this.held, this.held);
  }

  private look(until: number, stop: number): void {
    const { buffer, haystack, prose } = this;
    const { filter } = haystack;
    let { hash } = this;
    const base = this.length - this.held;
    for (let i = this.done; i < until; i += 1) {
      hash = ((hash << STEP) + GEAR[buffer[i]!]!) | 0;
      const bit = hash >>> (32 - FILTER_BITS);
      if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) continue;
      const found = haystack.found(hash, buffer, i + 1, stop, prose);
      if (found !== undefined) this.onHit({ ...found, offset: base + i + 1 - found.length });
    }
    this.hash = hash;
    if (until > this.done) this.done = until;
  }
}
