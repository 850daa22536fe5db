import { createCipheriv, type Cipher } from 'node:crypto';
import { BoundedMap } from '../../flow/bounded.ts';

/**
 * Rounds of the alternating Feistel network, five on each side. FF1 (NIST SP 800-38G) has ten as well; attacks on fewer
 * in small domains are known (Durak and Vaudenay 2017).
 */
const ROUNDS = 10;
/**
 * Up to this size a domain is permuted by a table of all its values in the order of their AES blocks (Black and Rogaway
 * 2002, the prefix cipher): in a domain so small no number of Feistel rounds is as good.
 */
const TABLE = 256;
/** Tables kept: a megabyte. One that is forgotten is made again. */
const MAX_TABLES = 4096;
const BLOCK = 16;

/**
 * Keyed permutations of small integers, one for each domain size and tweak. The key's holder can undo them; without it,
 * what is seen of one tells nothing of another tweak's.
 */
export class Permuter {
  private readonly cipher: Cipher;
  private readonly block = new Uint8Array(BLOCK);
  private readonly view = new DataView(this.block.buffer);
  private readonly tables = new BoundedMap<string, Uint8Array>('permutation tables', MAX_TABLES);

  /** @param key 32 bytes, used for nothing else */
  constructor(key: Uint8Array) {
    this.cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** 32 bits that depend on key, number (up to 2^53) and tweak. */
  mix(value: number, tweak = 0): number {
    const { block, view } = this;
    block[0] = 0xfe;
    block[1] = tweak;
    view.setUint32(2, Math.floor(value / 4294967296));
    view.setUint32(6, 0);
    view.setUint32(10, value % 4294967296);
    view.setUint16(14, 0);
    return this.cipher.update(block).readUInt32BE(0);
  }

  /**
   * @param value below `size`
   * @param size up to 2^53
   * @param high, low, length the tweak: 64 bits and how many of them count
   */
  permute(value: number, size: number, high = 0, low = 0, length = 0): number {
    if (size <= 1) return value;
    if (size <= TABLE) return this.table(size, high, low, length)[value] ?? value;
    const right = Math.ceil(Math.sqrt(size));
    const left = Math.ceil(size / right);
    let at = value;
    // Cycle-walking ends: a permutation leads from a value of the domain back into the domain, at the latest to itself.
    do {
      let l = Math.floor(at / right);
      let r = at % right;
      for (let round = 0; round < ROUNDS; round += 2) {
        l = (l + this.round(round, r, high, low, length, size)) % left;
        r = (r + this.round(round + 1, l, high, low, length, size)) % right;
      }
      at = l * right + r;
    } while (at >= size);
    return at;
  }

  /** As `permute` for `width` bits, up to 64, in two halves; `out` holds the high bits above the low 32. */
  permuteWide(value: bigint, width: number, high: number, low: number, length: number): bigint {
    if (width <= 48) return BigInt(this.permute(Number(value), 2 ** width, high, low, length));
    const rightWidth = width >>> 1;
    const left = 2 ** (width - rightWidth);
    const right = 2 ** rightWidth;
    let l = Number(value >> BigInt(rightWidth));
    let r = Number(value & BigInt(right - 1));
    for (let round = 0; round < ROUNDS; round += 2) {
      l = (l + this.round(round, r, high, low, length, width)) % left;
      r = (r + this.round(round + 1, l, high, low, length, width)) % right;
    }
    return (BigInt(l) << BigInt(rightWidth)) | BigInt(r);
  }

  private round(round: number, half: number, high: number, low: number, length: number, size: number): number {
    const { block, view } = this;
    // Round, tweak's length, tweak, half, size of the domain: no two permutations of a case share their blocks.
    block[0] = round;
    block[1] = length;
    view.setUint32(2, high);
    view.setUint32(6, low);
    view.setUint32(10, half);
    view.setUint16(14, size % 65521);
    const out = this.cipher.update(block);
    // 48 bits: far more than the 32 of a half, so that the remainder is even.
    return out.readUIntBE(0, 6);
  }

  private table(size: number, high: number, low: number, length: number): Uint8Array {
    const name = `${high}.${low}.${length}.${size}`;
    const kept = this.tables.get(name);
    if (kept !== undefined) return kept;
    const blocks = Buffer.alloc(size * BLOCK);
    for (let i = 0; i < size; i += 1) {
      const at = i * BLOCK;
      blocks[at] = 0xff;
      blocks[at + 1] = length;
      blocks.writeUInt32BE(high, at + 2);
      blocks.writeUInt32BE(low, at + 6);
      blocks.writeUInt32BE(i, at + 10);
      blocks.writeUInt16BE(size, at + 14);
    }
    const out = this.cipher.update(blocks);
    const weights = Array.from({ length: size }, (_, i) => out.readUIntBE(i * BLOCK, 6));
    const order = weights.map((_, i) => i).sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || a - b);
    const table = Uint8Array.from(order);
    this.tables.set(name, table);
    return table;
  }
}
