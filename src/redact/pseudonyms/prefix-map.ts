import { BoundedMap } from '../../flow/bounded.ts';
import { Anchors } from './anchors.ts';
import type { Permuter } from './permuter.ts';
import { PrefixTree } from './prefix-tree.ts';

/** Networks whose images are remembered; one that is forgotten is computed again. */
const MAX_LEVELS = 65_536;

/** A part of the address space that keeps its place. */
export interface Block {
  network: bigint;
  length: number;
  /**
   * - `kept`: protocol addresses, the same everywhere
   * - `flat`: where no network is known, nothing but sameness is told
   * - `prefixes`: where no network is known, addresses that share bits go on sharing them: in a private block networks
   *   lie that no capture tells of
   */
  kind: 'kept' | 'flat' | 'prefixes';
}

export interface PrefixMapOptions {
  /** Bits of an address, up to 64. */
  width: number;
  /** With one of length 0: what no other holds. Blocks inside blocks are anchors there. */
  blocks: readonly Block[];
  /** Networks of the case. */
  known: readonly (readonly [bigint, number])[];
  /** Networks and addresses that stay as they are. */
  kept: readonly (readonly [bigint, number])[];
  permuter: Permuter;
  /** What a prefix-preserving permutation changes in an address. */
  mask(address: bigint): bigint;
  /** Prefix-preserving everywhere. */
  bitwise: boolean;
  /** Of the block of length 0, how many first bits are permuted among those values that hold no other block. */
  coarse: number;
}

interface Root extends Block {
  anchors: Anchors;
}

/**
 * One permutation of all addresses that keeps blocks, the networks of the case and their nesting. Below a network in
 * which none is known, it is one permutation of all hosts (or bit by bit, see `Block`).
 */
export class PrefixMap {
  private readonly o: PrefixMapOptions;
  private readonly roots: readonly Root[];
  private readonly tree: PrefixTree;
  private readonly kept: Anchors;
  private readonly coarse: readonly number[];
  /** Images of levels above hosts: neighbours share them. */
  private readonly levels = new BoundedMap<string, bigint>('prefix levels', MAX_LEVELS);
  /** By the first byte of an address, longest first: what block it can stand in. */
  private readonly byFirst: readonly (readonly Root[])[];

  constructor(options: PrefixMapOptions) {
    this.o = options;
    const { width, blocks, known, kept } = options;
    this.kept = new Anchors(width, kept);
    this.roots = [...blocks]
      .sort((a, b) => b.length - a.length)
      .map((block) => {
        const inside = blocks.filter(({ network, length }) => length > block.length && this.within(network, block));
        return {
          ...block,
          anchors: new Anchors(width, [...inside.map((b) => [b.network, b.length] as const), ...kept]),
        };
      });
    this.byFirst = Array.from({ length: 256 }, (_, first) => {
      const at = BigInt(first) << BigInt(width - 8);
      return this.roots.filter((root) => this.within(at, { ...root, length: Math.min(root.length, 8) }));
    });
    this.tree = new PrefixTree(
      width,
      blocks.map(({ network, length }) => [network, length]),
      known.filter(([network, length]) => length > this.root(network).length),
    );
    this.coarse = options.coarse > 0 && options.bitwise ? this.coarseTable() : [];
  }

  /** The block that an address stands in. */
  block(address: bigint): Block {
    return this.root(address);
  }

  map(address: bigint): bigint {
    const root = this.root(address);
    if (root.kind === 'kept' || this.kept.has(address)) return address;
    return this.o.bitwise ? this.bitwise(address, root) : this.segments(address, root);
  }

  /** The first `length` bits as those of the addresses in the network; the rest zero. */
  network(address: bigint, length: number): bigint {
    const size = 1n << BigInt(this.o.width - length);
    return (this.map((address / size) * size) / size) * size;
  }

  private segments(address: bigint, root: Root): bigint {
    const { width, permuter } = this.o;
    const free = root.anchors.freeFrom(address);
    let at = root.length;
    let out = top(address, at, width);
    let zeros = false;
    let ones = false;
    for (;;) {
      const node = this.tree.node(address, at);
      zeros ||= node?.known === true;
      ones ||= node?.known === true;
      const next = node?.next ?? 0;
      // Each level is longer than the one before.
      if (next <= at) return this.rest(address, out, at, root, free, node?.known === true);
      const bits = next - at;
      const rest = BigInt(width - next);
      const last = (1n << BigInt(bits)) - 1n;
      const segment = (address >> rest) & last;
      // Where a network begins or ends at the corner of one around it, their first and last addresses are one.
      const corner = (value: bigint): boolean =>
        (zeros && value === 0n && this.tree.node(top(address, at, width), next) !== undefined) ||
        (ones && value === last && this.tree.node(top(address, at, width) | (last << rest), next) !== undefined);
      let image = segment;
      if (next >= free && !corner(segment)) {
        const name = `${next}.${(address >> rest).toString(36)}`;
        const before = this.levels.get(name);
        const above = tweak(address, at, width);
        // Around the cycle, back to `segment` at the latest, which is neither anchored nor a corner.
        if (before !== undefined) image = before;
        else {
          do image = permuter.permuteWide(image, bits, above[0], above[1], at);
          while (corner(image) || this.anchored(out | (image << rest), next, root));
          this.levels.set(name, image);
        }
      }
      out |= image << rest;
      zeros &&= segment === 0n;
      ones &&= segment === last;
      at = next;
    }
  }

  /** The bits below the last network that is known. */
  private rest(address: bigint, out: bigint, at: number, root: Root, free: number, known: boolean): bigint {
    const { width, permuter } = this.o;
    if (!known && root.kind === 'prefixes') return out | low(this.flipped(address, Math.max(at, free)), at, width);
    const bits = width - at;
    if (bits === 0) return out;
    const [high, low32] = tweak(address, at, width);
    let image = low(address, at, width);
    // As above: the address itself is no anchor.
    do image = permuter.permuteWide(image, bits, high, low32, at);
    while (root.anchors.has(out | image));
    return out | image;
  }

  private bitwise(address: bigint, root: Root): bigint {
    const { width, coarse } = this.o;
    const free = root.anchors.freeFrom(address);
    const fixed = this.cornerBits(address, root);
    if (root.length > 0 || coarse === 0 || free > coarse)
      return this.flipped(address, Math.max(root.length, free), fixed);
    const shift = BigInt(width - coarse);
    const first = this.coarse[Number(address >> shift)] ?? 0;
    return (BigInt(first) << shift) | low(this.flipped(address, coarse, fixed), coarse, width);
  }

  /**
   * Bits that may not change where a network begins or ends at the corner of one around it (see `segments`): those in
   * which an address agrees with that corner, and the first in which it does not.
   */
  private cornerBits(address: bigint, root: Root): bigint {
    const { width } = this.o;
    let fixed = 0n;
    let at = root.length;
    let zeros = false;
    let ones = false;
    for (;;) {
      const node = this.tree.node(address, at);
      zeros ||= node?.known === true;
      ones ||= node?.known === true;
      const next = node?.next ?? 0;
      if (next <= at) return fixed;
      const rest = BigInt(width - next);
      const last = (1n << BigInt(next - at)) - 1n;
      const segment = (address >> rest) & last;
      for (const corner of [zeros ? 0n : -1n, ones ? last : -1n]) {
        if (corner < 0n || this.tree.node(top(address, at, width) | (corner << rest), next) === undefined) continue;
        const differs = (segment ^ corner).toString(2);
        const agreed = segment === corner ? next - at : next - at - differs.length + 1;
        fixed |= (last & ~(last >> BigInt(agreed))) << rest;
      }
      zeros &&= segment === 0n;
      ones &&= segment === last;
      at = next;
    }
  }

  private flipped(address: bigint, from: number, fixed = 0n): bigint {
    const { width } = this.o;
    return from >= width ? address : address ^ (low(this.o.mask(address), from, width) & ~fixed);
  }

  /** Images of the first `coarse` bits: those that hold blocks stay, the others walk until they meet none. */
  private coarseTable(): number[] {
    const { width, coarse } = this.o;
    const shift = BigInt(width - coarse);
    const root = this.roots.at(-1) ?? this.root(0n);
    const holds = (first: number): boolean => this.anchored(BigInt(first) << shift, coarse, root);
    return Array.from({ length: 2 ** coarse }, (_, first) => {
      if (holds(first)) return first;
      let image = first;
      do image ^= Number(this.o.mask(BigInt(image) << shift) >> shift);
      while (holds(image));
      return image;
    });
  }

  private anchored(prefix: bigint, length: number, root: Root): boolean {
    return root.anchors.freeFrom(prefix) > length;
  }

  private root(address: bigint): Root {
    const candidates = this.byFirst[Number(address >> BigInt(this.o.width - 8))] ?? [];
    for (const root of candidates) if (root.length <= 8 || this.within(address, root)) return root;
    throw new Error('prefix map without a block of length 0');
  }

  private within(address: bigint, { network, length }: Block): boolean {
    const shift = BigInt(this.o.width - length);
    return address >> shift === network >> shift;
  }
}

function top(address: bigint, length: number, width: number): bigint {
  const shift = BigInt(width - length);
  return (address >> shift) << shift;
}

function low(address: bigint, from: number, width: number): bigint {
  return address & ((1n << BigInt(width - from)) - 1n);
}

/** The bits above as two numbers of 32 bits. */
function tweak(address: bigint, length: number, width: number): readonly [number, number] {
  const above = top(address, length, width) << BigInt(64 - width);
  return [Number(above >> 32n), Number(above & 0xffffffffn)];
}
