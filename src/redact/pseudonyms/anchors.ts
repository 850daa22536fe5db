/**
 * Ranges of addresses that stay where they are. A prefix above one cannot move without moving it, so that it stays too;
 * everything else may.
 *
 * Addresses are numbers or bigints of `width` bits, so that both IP versions share it.
 */
export class Anchors {
  /** First and last address of each, in order; none overlap. */
  private readonly first: bigint[] = [];
  private readonly last: bigint[] = [];
  private readonly width: number;

  /** @param networks address and prefix length */
  constructor(width: number, networks: readonly (readonly [bigint, number])[]) {
    this.width = width;
    const ranges = networks
      .map(([network, length]) => {
        const size = 1n << BigInt(width - length);
        const first = (network / size) * size;
        return [first, first + size - 1n] as const;
      })
      .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x > y ? -1 : 1));
    for (const [first, last] of ranges) {
      if (last <= (this.last.at(-1) ?? -1n)) continue;
      this.first.push(first);
      this.last.push(last);
    }
  }

  get size(): number {
    return this.first.length;
  }

  has(address: bigint): boolean {
    const i = this.before(address);
    return i >= 0 && address <= (this.last[i] ?? -1n);
  }

  /**
   * Length of the shortest prefix of the address that holds no anchor: from there on, bits may change. The width plus
   * one inside an anchor.
   */
  freeFrom(address: bigint): number {
    const i = this.before(address);
    const last = this.last[i];
    if (last !== undefined && address <= last) return this.width + 1;
    const next = this.first[i + 1];
    const below = last === undefined ? 0 : this.common(address, last) + 1;
    const above = next === undefined ? 0 : this.common(address, next) + 1;
    return Math.max(below, above);
  }

  /** Bits that two addresses share from the first on. */
  private common(a: bigint, b: bigint): number {
    const difference = a ^ b;
    return difference === 0n ? this.width : this.width - difference.toString(2).length;
  }

  /** Index of the last range that begins at or before the address, or -1. */
  private before(address: bigint): number {
    let low = 0;
    let high = this.first.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.first[middle] ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
