import { createCipheriv, type Cipher } from 'node:crypto';

const BLOCK = 16;

/**
 * A prefix-preserving permutation of addresses as what is XORed to each bit: bit p of the mask depends on the key and on
 * the bits before p of the original, so that addresses that share n bits have images that share n bits, and no more.
 */
export interface PrefixBits {
  /** The 32 bits for an IPv4 address. */
  mask4(address: number): number;
  /** The first `count` bits for an IPv6 address of four 32-bit words; the others are 0. */
  mask6(words: Uint32Array, count: number): Uint32Array;
}

/**
 * ipcrypt-pfx (draft-denis-ipcrypt, ipcrypt-std): the sum of two AES-128 permutations over a 1 and the bits before.
 * An IPv4 address is the end of an IPv4-mapped one.
 */
export class IpcryptPfx implements PrefixBits {
  private readonly first: Cipher;
  private readonly second: Cipher;
  private readonly memory = new Uint8Array(128 * BLOCK);

  /** @param key 32 bytes; the halves must differ */
  constructor(key: Uint8Array) {
    if (Buffer.from(key.subarray(0, 16)).equals(key.subarray(16, 32))) throw new Error('ipcrypt-pfx: equal half keys');
    this.first = ecb(key.subarray(0, 16));
    this.second = ecb(key.subarray(16, 32));
  }

  mask4(address: number): number {
    return this.run([1, 0, 0, 0xffff], Uint32Array.of(address), 32)[0] ?? 0;
  }

  mask6(words: Uint32Array, count: number): Uint32Array {
    return this.run([0, 0, 0, 1], words, count);
  }

  private room(count: number): { blocks: Uint8Array; view: DataView } {
    return { blocks: this.memory.subarray(0, count * BLOCK), view: new DataView(this.memory.buffer) };
  }

  /** All blocks depend on the original alone: they are encrypted at once. */
  private run(start: readonly [number, number, number, number], words: Uint32Array, count: number): Uint32Array {
    let [a, b, c, d] = start;
    const { blocks, view } = this.room(count);
    for (let p = 0; p < count; p += 1) {
      const at = p * BLOCK;
      view.setUint32(at, a);
      view.setUint32(at + 4, b);
      view.setUint32(at + 8, c);
      view.setUint32(at + 12, d);
      a = (a << 1) | (b >>> 31);
      b = (b << 1) | (c >>> 31);
      c = (c << 1) | (d >>> 31);
      d = (d << 1) | bitAt(words, p);
    }
    const one = this.first.update(blocks);
    const two = this.second.update(blocks);
    const mask = new Uint32Array(words.length);
    for (let p = 0; p < count; p += 1) {
      const bit = ((one[p * BLOCK + 15] ?? 0) ^ (two[p * BLOCK + 15] ?? 0)) & 1;
      if (bit === 1) mask[p >>> 5] = (mask[p >>> 5] ?? 0) | (0x80000000 >>> (p & 31));
    }
    return mask;
  }
}

/**
 * Crypto-PAn (Xu, Fan, Ammar and Moon 2002): for exchange with others who use it. One AES-128 permutation; the key's
 * second half, encrypted, pads the bits that are not yet known.
 */
export class CryptoPan implements PrefixBits {
  private readonly cipher: Cipher;
  private readonly pad: Buffer;

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.cipher = ecb(key.subarray(0, 16));
    this.pad = this.cipher.update(key.subarray(16, 32));
  }

  mask4(address: number): number {
    return this.run(Uint32Array.of(address), 32)[0] ?? 0;
  }

  mask6(words: Uint32Array, count: number): Uint32Array {
    return this.run(words, count);
  }

  private run(words: Uint32Array, count: number): Uint32Array {
    const blocks = Buffer.alloc(count * BLOCK);
    for (let p = 0; p < count; p += 1) {
      const at = p * BLOCK;
      this.pad.copy(blocks, at);
      for (let w = 0; w * 32 < p; w += 1) {
        const known = Math.min(32, p - w * 32);
        const low = known === 32 ? 0 : 0xffffffff >>> known;
        const pad = this.pad.readUInt32BE(w * 4);
        blocks.writeUInt32BE((((words[w] ?? 0) & ~low) | (pad & low)) >>> 0, at + w * 4);
      }
    }
    const out = this.cipher.update(blocks);
    const mask = new Uint32Array(words.length);
    for (let p = 0; p < count; p += 1) {
      if ((out[p * BLOCK] ?? 0) >= 0x80) mask[p >>> 5] = (mask[p >>> 5] ?? 0) | (0x80000000 >>> (p & 31));
    }
    return mask;
  }
}

function bitAt(words: Uint32Array, p: number): number {
  return ((words[p >>> 5] ?? 0) >>> (31 - (p & 31))) & 1;
}

function ecb(key: Uint8Array): Cipher {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
}
