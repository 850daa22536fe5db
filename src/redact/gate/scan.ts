import type { Needle } from './needles.ts';

/** Bytes of the window that the filter hashes: no needle is shorter. */
const WINDOW = 6;
/** Bits of a window's hash that each byte is moved by; after WINDOW bytes it has left the 32 bits. */
const STEP = 6;
/** Slots of the first filter: with a quarter of a million needles one window in 64 passes it. */
const FILTER_BITS = 24;
/** Needles longer than this are looked for by their first bytes: what a chunk carries over stays small. */
export const MAX_NEEDLE = 512;

/** Where a needle was found: nothing that says what it was. */
export interface Hit {
  needle: Needle;
  /** Offset of its first byte in the stream. */
  offset: number;
}

/**
 * Looks for very many needles in one pass. A rolling hash of the last six bytes (letters folded) asks a bit table; what
 * passes is looked up, then compared byte by byte. Needles are built once; a scanner for each stream.
 */
export class Haystack {
  readonly longest: number;
  readonly filter = new Uint8Array(2 ** (FILTER_BITS - 3));
  private readonly needles: readonly Needle[];
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly hashes: Int32Array;
  private readonly next: Int32Array;

  constructor(needles: readonly Needle[]) {
    this.needles = needles.map((needle) =>
      needle.bytes.length <= MAX_NEEDLE ? needle : { ...needle, bytes: needle.bytes.subarray(0, MAX_NEEDLE) },
    );
    const size = 2 ** Math.max(4, Math.ceil(Math.log2(needles.length * 2 + 1)));
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    this.hashes = new Int32Array(needles.length);
    this.next = new Int32Array(needles.length).fill(-1);
    let longest = WINDOW;
    for (const [index, { bytes }] of this.needles.entries()) {
      if (bytes.length < WINDOW) throw new RangeError(`a needle of ${bytes.length} bytes is too short`);
      longest = Math.max(longest, bytes.length);
      // The last bytes: addresses and names of one site begin alike.
      const hash = hashOf(bytes, bytes.length);
      const bit = hash >>> (32 - FILTER_BITS);
      this.filter[bit >>> 3] = (this.filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
      this.hashes[index] = hash;
      const slot = this.slotOf(hash);
      this.next[index] = this.slots[slot] ?? -1;
      this.slots[slot] = index;
    }
    this.longest = longest;
  }

  /** Needles whose last window has this hash and that end at `end`; `from` is the first byte that is there. */
  found(hash: number, bytes: Uint8Array, from: number, end: number, stop: number): Needle | undefined {
    for (let index = this.slots[this.slotOf(hash)] ?? -1; index >= 0; index = this.next[index] ?? -1) {
      if (this.hashes[index] !== hash) continue;
      const needle = this.needles[index];
      if (needle !== undefined && standsAt(needle, bytes, from, end, stop)) return needle;
    }
    return undefined;
  }

  /** The slot that this hash has, or shall have: linear probing, never full. */
  private slotOf(hash: number): number {
    let slot = (Math.imul(hash, 0x9e3779b1) >>> 0) & this.mask;
    for (;;) {
      const index = this.slots[slot] ?? -1;
      if (index < 0 || this.hashes[index] === hash) return slot;
      slot = (slot + 1) & this.mask;
    }
  }
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

function standsAt(
  { bytes: needle, folded, boundary }: Needle,
  bytes: Uint8Array,
  from: number,
  end: number,
  stop: number,
): boolean {
  const start = end - needle.length;
  if (start < from) return false;
  for (let i = 0; i < needle.length; i += 1) {
    const one = needle[i] ?? 0;
    const other = bytes[start + i] ?? 0;
    if (one !== other && !(folded && FOLD[one] === FOLD[other])) return false;
  }
  if (boundary === 'none') return true;
  return (
    !joins(boundary, start > from ? bytes[start - 1] : undefined) &&
    !joins(boundary, end < stop ? bytes[end] : undefined)
  );
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
  /** What was carried over, then the present chunk. */
  private buffer = new Uint8Array(0);
  private held = 0;
  /** Bytes of `buffer` that ends of needles were looked for in. */
  private done = 0;
  private hash = 0;

  constructor(haystack: Haystack, onHit: (hit: Hit) => void) {
    this.haystack = haystack;
    this.onHit = onHit;
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
    const { buffer, haystack } = this;
    const { filter } = haystack;
    let { hash } = this;
    const base = this.length - this.held;
    for (let i = this.done; i < until; i += 1) {
      hash = ((hash << STEP) + GEAR[buffer[i]!]!) | 0;
      const bit = hash >>> (32 - FILTER_BITS);
      if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) continue;
      const needle = haystack.found(hash, buffer, 0, i + 1, stop);
      if (needle !== undefined) this.onHit({ needle, offset: base + i + 1 - needle.bytes.length });
    }
    this.hash = hash;
    if (until > this.done) this.done = until;
  }
}
