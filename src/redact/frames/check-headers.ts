import { latin1, read32, read48 } from '../../wire/cursor.ts';
import { LAYER, type Layers } from '../../wire/layers.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';

/** Something that may not be there; never with its value. */
export type OnHit = (at: number, kind: Kind, rule: string) => void;

/** What a byte of a header may hold: anything, an address that was issued, or nothing but zero. */
const ANY = 0;
const ZERO = 1;
const MAC = 2;
const IP4 = 3;
const IP6 = 4;

type Part = readonly [length: number, what: number];

/** Fixed parts of the headers, by LAYER number. */
const LAYOUTS: ReadonlyMap<number, readonly Part[]> = new Map([
  [
    LAYER.ethernet,
    [
      [6, MAC],
      [6, MAC],
      [2, ANY],
    ],
  ],
  [
    LAYER.sll,
    [
      [6, ANY],
      [6, MAC],
      [2, ZERO],
      [2, ANY],
    ],
  ],
  [
    LAYER.sll2,
    [
      [2, ANY],
      [2, ZERO],
      [8, ANY],
      [6, MAC],
      [2, ZERO],
    ],
  ],
  [LAYER.null, [[4, ANY]]],
  [LAYER.vlan, [[4, ANY]]],
  [LAYER.llc, [[3, ANY]]],
  [LAYER.snap, [[5, ANY]]],
  [
    LAYER.ipv4,
    [
      [12, ANY],
      [4, IP4],
      [4, IP4],
    ],
  ],
  [
    LAYER.ipv6,
    [
      [8, ANY],
      [16, IP6],
      [16, IP6],
    ],
  ],
  [LAYER.extension, [[2, ANY]]],
  [
    LAYER.fragment,
    [
      [1, ANY],
      [1, ZERO],
      [6, ANY],
    ],
  ],
  [LAYER.udp, [[8, ANY]]],
  [LAYER.tcp, [[20, ANY]]],
  [LAYER.gre, [[4, ANY]]],
  [LAYER.erspan, [[8, ANY]]],
  [
    LAYER.vxlan,
    [
      [1, ANY],
      [3, ZERO],
      [3, ANY],
      [1, ZERO],
    ],
  ],
  [
    LAYER.geneve,
    [
      [7, ANY],
      [1, ZERO],
    ],
  ],
  [LAYER.icmp, [[4, ANY]]],
  [LAYER.icmp6, [[4, ANY]]],
] as [number, readonly Part[]][]);

const SLOTS = 4096;

/** Asks of addresses whether they were issued, and remembers those that were: the ledger is asked once for each. */
export class IssuedCache {
  /** Addresses that were asked for. */
  values = 0;
  private readonly identities: Identities;
  private readonly macs = new Float64Array(SLOTS).fill(-1);
  private readonly ipv4s = new Float64Array(SLOTS).fill(-1);
  private readonly ipv6s: string[] = Array.from({ length: SLOTS }, () => '');

  constructor(identities: Identities) {
    this.identities = identities;
  }

  mac(bytes: Uint8Array, at: number): boolean {
    this.values += 1;
    const value = read48(bytes, at);
    const slot = ((value | 0) ^ Math.floor(value / 4096)) & (SLOTS - 1);
    if (this.macs[slot] === value) return true;
    if (value !== 0 && !this.identities.issued('mac', value)) return false;
    this.macs[slot] = value;
    return true;
  }

  ipv4(bytes: Uint8Array, at: number): boolean {
    this.values += 1;
    const value = read32(bytes, at);
    const slot = (value ^ (value >>> 12)) & (SLOTS - 1);
    if (this.ipv4s[slot] === value) return true;
    if (value !== 0 && !this.identities.issued('ipv4', value)) return false;
    this.ipv4s[slot] = value;
    return true;
  }

  ipv6(bytes: Uint8Array, at: number): boolean {
    this.values += 1;
    const value = latin1(bytes, at, at + 16);
    const slot = (read32(bytes, at + 12) ^ read32(bytes, at + 8) ^ read32(bytes, at + 4)) & (SLOTS - 1);
    if (this.ipv6s[slot] === value) return true;
    if (!isZero(bytes, at, at + 16) && !this.identities.issued('ipv6', value)) return false;
    this.ipv6s[slot] = value;
    return true;
  }
}

export function isZero(bytes: Uint8Array, at: number, end: number): boolean {
  for (let next = at; next < end; next += 1) if (bytes[next] !== 0) return false;
  return true;
}

/** Reads the headers of written frames by a table of what each of their bytes may be. */
export class HeaderChecker {
  private readonly issued: IssuedCache;

  constructor(issued: IssuedCache) {
    this.issued = issued;
  }

  /**
   * Checks the headers that the walk found in `bytes[.., end)`.
   *
   * @returns the offset after the last of them
   */
  check(layers: Layers, bytes: Uint8Array, start: number, end: number, hit: OnHit): number {
    let done = start;
    let next = -1;
    for (let i = 0; i < layers.count; i += 1) {
      const kind = layers.kinds[i] ?? 0;
      const at = layers.offsets[i] ?? 0;
      // Between two headers there are options and nothing else.
      if (at > done && !isZero(bytes, done, at)) hit(done, 'opaque', 'between-headers');
      if (!isHeader(kind, bytes, at)) return done;
      done = this.fixed(kind, bytes, at, end, hit);
      if (kind === LAYER.ipv4) done = this.ipv4Options(bytes, at, Math.min(end, at + ((bytes[at] ?? 0) & 15) * 4), hit);
      else if (kind === LAYER.tcp)
        done = tcpOptions(bytes, at, Math.min(end, at + ((bytes[at + 12] ?? 0) >> 4) * 4), hit);
      else if (kind === LAYER.extension) done = this.extension(bytes, at, next, end, hit);
      else if (kind === LAYER.gre) done = greWords(bytes, at, end);
      else if (kind === LAYER.geneve) done = geneveOptions(bytes, at, end, hit);
      else if (kind === LAYER.erspan && (bytes[at] ?? 0) >> 4 === 2)
        done = Math.min(end, this.erspan3(bytes, at, end, hit));
      else if (kind === LAYER.icmp || kind === LAYER.icmp6)
        done = isEcho(kind, bytes[at] ?? 0) ? Math.min(end, at + 8) : done;
      if (kind === LAYER.ipv6) next = bytes[at + 6] ?? 0;
      else if (kind === LAYER.extension || kind === LAYER.fragment) next = bytes[at] ?? 0;
    }
    return done;
  }

  private fixed(kind: number, bytes: Uint8Array, at: number, end: number, hit: OnHit): number {
    let place = at;
    for (const [length, what] of LAYOUTS.get(kind) ?? []) {
      if (place + length > end) return Math.min(place, end);
      if (what === MAC && !this.issued.mac(bytes, place)) hit(place, 'mac', 'header');
      else if (what === IP4 && !this.issued.ipv4(bytes, place)) hit(place, 'ipv4', 'header');
      else if (what === IP6 && !this.issued.ipv6(bytes, place)) hit(place, 'ipv6', 'header');
      else if (what === ZERO && !isZero(bytes, place, place + length)) hit(place, 'opaque', 'header');
      place += length;
    }
    return place;
  }

  private ipv4Options(bytes: Uint8Array, at: number, end: number, hit: OnHit): number {
    for (let next = at + 20; next < end;) {
      const kind = bytes[next] ?? 0;
      if (kind <= 1) {
        next += 1;
        continue;
      }
      const length = bytes[next + 1] ?? 0;
      if (length < 2 || next + length > end) {
        if (!isZero(bytes, next + 1, end)) hit(next, 'opaque', 'ip-option');
        break;
      }
      if (kind === 7 || kind === 131 || kind === 137) {
        for (let p = next + 3; p + 4 <= next + length; p += 4) {
          if (!this.issued.ipv4(bytes, p)) hit(p, 'ipv4', 'ip-option');
        }
      } else if (kind !== 148 && !isZero(bytes, next + 2, next + length)) {
        hit(next, 'opaque', 'ip-option');
      }
      next += length;
    }
    return Math.max(at + 20, end);
  }

  private extension(bytes: Uint8Array, at: number, type: number, end: number, hit: OnHit): number {
    const units = bytes[at + 1] ?? 0;
    const stop = Math.min(end, at + (type === 51 ? (units + 2) * 4 : (units + 1) * 8));
    if (type === 0 || type === 60) {
      this.ipv6Options(bytes, at + 2, stop, hit);
    } else if (type === 43) {
      const routing = bytes[at + 2] ?? 0;
      const known = routing === 0 || routing === 2 || routing === 4;
      const last = routing === 4 ? at + 8 + ((bytes[at + 4] ?? 0) + 1) * 16 : stop;
      let next = at + 8;
      for (; known && next + 16 <= Math.min(last, stop); next += 16) {
        if (!this.issued.ipv6(bytes, next)) hit(next, 'ipv6', 'routing-header');
      }
      if (!isZero(bytes, next, stop)) hit(next, 'opaque', 'routing-header');
    } else if (!isZero(bytes, Math.min(stop, at + (type === 51 ? 12 : 2)), stop)) {
      hit(at, 'opaque', 'extension-header');
    }
    return stop;
  }

  private ipv6Options(bytes: Uint8Array, at: number, end: number, hit: OnHit): void {
    for (let next = at; next < end;) {
      const type = bytes[next] ?? 0;
      const stop = type === 0 ? next + 1 : next + 2 + (bytes[next + 1] ?? 0);
      if (stop > end) return;
      if (type === 0xc9 && stop - next === 18) {
        if (!this.issued.ipv6(bytes, next + 2)) hit(next, 'ipv6', 'ip-option');
      } else if (type !== 5 && type !== 0xc2 && type !== 0 && !isZero(bytes, next + 2, stop)) {
        hit(next, 'opaque', 'ip-option');
      }
      next = stop;
    }
  }

  /** Of type III the time stamp and the platform's words are zero, but for the two bytes of flags. */
  private erspan3(bytes: Uint8Array, at: number, end: number, hit: OnHit): number {
    if (!isZero(bytes, Math.min(end, at + 4), Math.min(end, at + 8))) hit(at + 4, 'time', 'header');
    if (at + 12 > end) return at + 8;
    if (((bytes[at + 11] ?? 0) & 1) === 0) return at + 12;
    if (!isZero(bytes, at + 12, Math.min(end, at + 20))) hit(at + 12, 'opaque', 'header');
    return at + 20;
  }
}

/** What the walk notes before it looks whether it is one. */
function isHeader(kind: number, bytes: Uint8Array, at: number): boolean {
  if (kind === LAYER.ipv4) return (bytes[at] ?? 0) >> 4 === 4 && ((bytes[at] ?? 0) & 15) >= 5;
  return true;
}

function isEcho(kind: number, type: number): boolean {
  return kind === LAYER.icmp ? type === 0 || type === 8 : type === 128 || type === 129;
}

/** Segment size, window scale and selective acknowledgment are numbers; of others, time stamps too, only the length stays. */
function tcpOptions(bytes: Uint8Array, at: number, end: number, hit: OnHit): number {
  for (let next = at + 20; next < end;) {
    const kind = bytes[next] ?? 0;
    if (kind === 0) {
      if (!isZero(bytes, next, end)) hit(next, 'opaque', 'tcp-option');
      break;
    }
    if (kind === 1) {
      next += 1;
      continue;
    }
    const length = bytes[next + 1] ?? 0;
    if (length < 2 || next + length > end) {
      hit(next, 'opaque', 'tcp-option');
      break;
    }
    if ((kind < 2 || kind > 5) && !isZero(bytes, next + 2, next + length)) hit(next, 'opaque', 'tcp-option');
    next += length;
  }
  return Math.max(at + 20, end);
}

function greWords(bytes: Uint8Array, at: number, end: number): number {
  const flags = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  if ((flags & 7) !== 0) return at + 4;
  let words = 1;
  if ((flags & 0xc000) !== 0) words += 1;
  if ((flags & 0x2000) !== 0) words += 1;
  if ((flags & 0x1000) !== 0) words += 1;
  return Math.min(end, at + 4 * words);
}

function geneveOptions(bytes: Uint8Array, at: number, end: number, hit: OnHit): number {
  const stop = Math.min(end, at + 8 + ((bytes[at] ?? 0) & 0x3f) * 4);
  for (let next = at + 8; next + 4 <= stop;) {
    const after = next + 4 + ((bytes[next + 3] ?? 0) & 0x1f) * 4;
    if (!isZero(bytes, next + 4, Math.min(after, stop))) hit(next, 'opaque', 'geneve-option');
    next = after;
  }
  return stop;
}
