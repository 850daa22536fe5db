/** Slots of a table that holds something; it doubles from there. */
const FIRST_SLOTS = 8;
/** No slot: the end of a chain. */
const NONE = -1;
/**
 * Steps along one chain for a number. Keys that were chosen to meet in one chain go on in a Map, whose hash is another,
 * so that they gain nothing.
 */
const CHAIN = 64;

/**
 * A hash table that keeps the order of insertion: a generation of a `BoundedMap`, or what else is bounded by its owner.
 * Numbers as keys (addresses, a
 * segment and an address) stand in flat arrays: a Map makes an object of each number beyond 31 bits, and finds it four
 * times as slowly. Other keys are found by a Map that holds slots only, because V8 keeps what a Map held at each of its
 * reorganisations until the next full collection. No value is undefined.
 */
export class Generation<K, V> {
  size = 0;
  /** By slot, in order of insertion; undefined where the entry is gone. */
  readonly values: (V | undefined)[] = [];
  /** Slots given since the last reorganisation. */
  private used = 0;
  private numbers = new Float64Array(0);
  /** The slot that follows in the chain. */
  private next = new Int32Array(0);
  private heads = new Int32Array(0);
  private shift = 32;
  /** Slots of keys that are no numbers, or whose chain is long. */
  private readonly others = new Map<K, number>();
  private otherKeys: (K | undefined)[] = [];

  /** Slot of the key, or -1. */
  find(key: K): number {
    if (typeof key === 'number') {
      if (this.used === 0) return NONE;
      const { numbers, next } = this;
      for (let slot = this.heads[this.chain(key)]!; slot >= 0; slot = next[slot]!)
        if (numbers[slot] === key) return slot;
    }
    return this.others.size === 0 ? NONE : (this.others.get(key) ?? NONE);
  }

  /** Adds a key that is not there. */
  add(key: K, value: V): void {
    if (this.used === this.numbers.length) this.reorganise();
    const slot = this.used;
    this.used = slot + 1;
    this.place(key, slot);
    this.values[slot] = value;
    this.size += 1;
  }

  /** Takes the key out of its slot. */
  remove(key: K, slot: number): void {
    this.values[slot] = undefined;
    this.size -= 1;
    if (this.otherKeys[slot] !== undefined) {
      this.otherKeys[slot] = undefined;
      this.others.delete(key);
    } else if (typeof key === 'number') this.unlink(this.chain(key), slot);
  }

  get(key: K): V | undefined {
    const slot = this.find(key);
    return slot < 0 ? undefined : this.values[slot];
  }

  set(key: K, value: V): void {
    const slot = this.find(key);
    if (slot < 0) this.add(key, value);
    else this.values[slot] = value;
  }

  delete(key: K): boolean {
    const slot = this.find(key);
    if (slot >= 0) this.remove(key, slot);
    return slot >= 0;
  }

  /** In order of insertion. @param from slots to leave out: entries, where none was ever removed */
  *entries(from = 0): Generator<[K, V]> {
    for (let slot = from; slot < this.used; slot += 1) {
      const value = this.values[slot];
      if (value !== undefined) yield [this.keyAt(slot), value];
    }
  }

  /** Forgets all, and keeps the room. */
  clear(): void {
    this.size = 0;
    this.used = 0;
    this.values.fill(undefined);
    this.heads.fill(NONE);
    this.others.clear();
    this.otherKeys = [];
  }

  private keyAt(slot: number): K {
    // Numbers stand in `numbers` unless their chain was long; every slot in use has its key in one of the two.
    return (this.otherKeys[slot] ?? this.numbers[slot]) as K;
  }

  private place(key: K, slot: number): void {
    if (typeof key === 'number') {
      const chain = this.chain(key);
      let steps = 0;
      for (let at = this.heads[chain]!; at >= 0 && steps <= CHAIN; at = this.next[at]!) steps += 1;
      if (steps <= CHAIN) {
        this.numbers[slot] = key;
        this.next[slot] = this.heads[chain]!;
        this.heads[chain] = slot;
        return;
      }
    }
    this.otherKeys[slot] = key;
    this.others.set(key, slot);
  }

  private unlink(chain: number, slot: number): void {
    const { heads, next } = this;
    let at = heads[chain]!;
    if (at === slot) {
      heads[chain] = next[slot]!;
      return;
    }
    while (at >= 0) {
      const after = next[at]!;
      if (after === slot) {
        next[at] = next[slot]!;
        return;
      }
      at = after;
    }
  }

  /** Makes room: twice as many slots, or as many where half of them are empty by now. */
  private reorganise(): void {
    const { used, values, numbers, otherKeys } = this;
    const slots = Math.max(FIRST_SLOTS, 2 * this.size > used ? 2 * used : used);
    if (slots === numbers.length) this.heads.fill(NONE);
    else {
      this.numbers = new Float64Array(slots);
      this.next = new Int32Array(slots);
      this.heads = new Int32Array(slots).fill(NONE);
      this.shift = Math.clz32(slots - 1);
    }
    this.others.clear();
    this.otherKeys = [];
    let to = 0;
    for (let slot = 0; slot < used; slot += 1) {
      const value = values[slot];
      if (value === undefined) continue;
      // An entry moves down or stays, so that no key is overwritten before it is read.
      this.place((otherKeys[slot] ?? numbers[slot]) as K, to);
      values[to] = value;
      to += 1;
    }
    values.fill(undefined, to, used);
    this.used = to;
  }

  /** Fibonacci hashing of both halves: the high bits of the product depend on all. */
  private chain(key: number): number {
    const both = (key | 0) ^ Math.imul((key / 4294967296) | 0, 0x85ebca6b);
    return Math.imul(both ^ (both >>> 16), 0x9e3779b1) >>> this.shift;
  }
}
