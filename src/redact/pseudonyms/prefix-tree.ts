/** A known network or one that holds known networks. */
interface Node {
  known: boolean;
  /** Length at which the networks inside are told apart: the shortest of theirs; 0 when there is none inside. */
  next: number;
}

/**
 * The networks of a case as a tree whose levels are the same for every address below a node. So the bits of one level are
 * one permutation, keyed with what stands above, and nested networks keep their relation while siblings tell nothing.
 */
export class PrefixTree {
  private readonly nodes = new Map<string, Node>();
  private readonly width: number;

  /** @param roots networks that keep their place; @param known networks inside them */
  constructor(
    width: number,
    roots: readonly (readonly [bigint, number])[],
    known: readonly (readonly [bigint, number])[],
  ) {
    this.width = width;
    for (const root of roots) {
      const [network, length] = root;
      const inside = known.filter(
        ([at, bits]) => bits > length && this.prefix(at, length) === this.prefix(network, length),
      );
      this.build(network, length, inside);
    }
  }

  /** @param address any in the network */
  node(address: bigint, length: number): Node | undefined {
    return this.nodes.get(this.key(address, length));
  }

  private build(network: bigint, length: number, inside: readonly (readonly [bigint, number])[]): void {
    const key = this.key(network, length);
    const node = this.nodes.get(key) ?? { known: false, next: 0 };
    this.nodes.set(key, node);
    if (inside.length === 0) return;
    // At least one bit further at each level: it ends.
    let next = this.width;
    for (const [, bits] of inside) next = Math.min(next, bits);
    node.next = next;
    const children = new Map<bigint, (readonly [bigint, number])[]>();
    for (const one of inside) {
      const prefix = this.prefix(one[0], next);
      const group = children.get(prefix);
      if (group === undefined) children.set(prefix, [one]);
      else group.push(one);
    }
    for (const group of children.values()) {
      const [first] = group;
      if (first === undefined) continue;
      this.build(
        first[0],
        next,
        group.filter(([, bits]) => bits > next),
      );
      const child = this.node(first[0], next);
      if (child !== undefined) child.known ||= group.some(([, bits]) => bits === next);
    }
  }

  private prefix(address: bigint, length: number): bigint {
    return address >> BigInt(this.width - length);
  }

  private key(address: bigint, length: number): string {
    return `${length}.${this.prefix(address, length).toString(36)}`;
  }
}
