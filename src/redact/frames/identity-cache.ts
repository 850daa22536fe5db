import { latin1 } from '../../wire/cursor.ts';
import type { Identities } from '../identities.ts';

/** Slots of each table: a site's addresses fit, and the tables stay in the processor's cache. */
const SLOTS = 4096;
/** 32-bit words of a slot's key and value at most (IPv6), and the word that says whether the slot is in use. */
const WIDE = 9;

/**
 * Pseudonyms of addresses where they stand in frames: what was asked once is answered from flat tables, without
 * allocating. A slot is overwritten by the next address that falls into it, so memory does not depend on the input.
 */
export class IdentityCache {
  private readonly identities: Identities;
  private readonly macs = new Int32Array(SLOTS * 5);
  private readonly ipv4s = new Int32Array(SLOTS * 3);
  private readonly ipv6s = new Int32Array(SLOTS * WIDE);

  constructor(identities: Identities) {
    this.identities = identities;
  }

  /** Writes the pseudonym of the MAC address at `from[at]` to `to[out]`; zeros where the policy drops it. */
  mac(from: DataView, at: number, to: DataView, out: number): void {
    const high = from.getUint16(at);
    const low = from.getInt32(at + 2);
    const slot = slotOf(high ^ Math.imul(low, 0x9e3779b1)) * 5;
    const { macs } = this;
    if (macs[slot + 4] !== 1 || macs[slot] !== high || macs[slot + 1] !== low) {
      const mapped = this.identities.mac(high * 4294967296 + (low >>> 0)) ?? 0;
      macs[slot] = high;
      macs[slot + 1] = low;
      macs[slot + 2] = Math.floor(mapped / 4294967296);
      macs[slot + 3] = mapped | 0;
      macs[slot + 4] = 1;
    }
    to.setUint16(out, macs[slot + 2] ?? 0);
    to.setInt32(out + 2, macs[slot + 3] ?? 0);
  }

  ipv4(from: DataView, at: number, to: DataView, out: number): void {
    const key = from.getInt32(at);
    const slot = slotOf(Math.imul(key, 0x9e3779b1)) * 3;
    const { ipv4s } = this;
    if (ipv4s[slot + 2] !== 1 || ipv4s[slot] !== key) {
      ipv4s[slot] = key;
      ipv4s[slot + 1] = (this.identities.ipv4(key >>> 0) ?? 0) | 0;
      ipv4s[slot + 2] = 1;
    }
    to.setInt32(out, ipv4s[slot + 1] ?? 0);
  }

  ipv6(from: DataView, at: number, to: DataView, out: number): void {
    const a = from.getInt32(at);
    const b = from.getInt32(at + 4);
    const c = from.getInt32(at + 8);
    const d = from.getInt32(at + 12);
    const hash = Math.imul(a ^ Math.imul(b, 31), 0x9e3779b1) ^ Math.imul(c ^ Math.imul(d, 31), 0x85ebca6b);
    const slot = slotOf(hash) * WIDE;
    const { ipv6s } = this;
    const known =
      ipv6s[slot + 8] === 1 &&
      ipv6s[slot] === a &&
      ipv6s[slot + 1] === b &&
      ipv6s[slot + 2] === c &&
      ipv6s[slot + 3] === d;
    if (!known) {
      ipv6s[slot] = a;
      ipv6s[slot + 1] = b;
      ipv6s[slot + 2] = c;
      ipv6s[slot + 3] = d;
      const bytes = new Uint8Array(from.buffer, from.byteOffset + at, 16);
      const mapped = this.identities.ipv6(latin1(bytes, 0, 16)) ?? '\0'.repeat(16);
      for (let i = 0; i < 4; i += 1) ipv6s[slot + 4 + i] = wordOf(mapped, i * 4);
      ipv6s[slot + 8] = 1;
    }
    for (let i = 0; i < 4; i += 1) to.setInt32(out + i * 4, ipv6s[slot + 4 + i] ?? 0);
  }
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function wordOf(address: string, at: number): number {
  return (
    (address.charCodeAt(at) << 24) |
    (address.charCodeAt(at + 1) << 16) |
    (address.charCodeAt(at + 2) << 8) |
    address.charCodeAt(at + 3)
  );
}
