import { LAYER, type Layers } from '../../wire/layers.ts';
import type { IdentityCache } from './identity-cache.ts';

/** TCP options whose content says nothing of anyone (RFC 9293 3.2, RFC 7323, RFC 2018): MSS, window scale, SACK. */
const TCP_KEPT = new Set([2, 3, 4, 5]);
/** IPv4 options with a route of addresses after a pointer (RFC 791 3.1): record route, loose and strict source route. */
const IP_ROUTES = new Set([7, 131, 137]);
/** Router alert (RFC 2113, RFC 2711) and jumbo payload (RFC 2675): numbers. */
const IP_ALERT = 148;
const IP6_KEPT = new Set([5, 0xc2]);
/** Home address (RFC 6275 6.3). */
const IP6_HOME_ADDRESS = 0xc9;

/** Where a frame's bytes come from and go to; the offset `p` of the one is `p + shift` of the other. */
export interface Copy {
  from: DataView;
  to: DataView;
  shift: number;
  /** End of what was captured, in `from`. */
  end: number;
}

/**
 * Writes the headers that a walk found, identities mapped, into zeros: what is not named here stays zero. Checksums are
 * left zero; `seal.ts` writes them when all else is there.
 */
export class HeaderWriter {
  private readonly identities: IdentityCache;
  /** Offset after the last byte that was written. */
  done = 0;
  /** Where the innermost IP header says that its payload ends, or the end of the frame. */
  limit = 0;

  constructor(identities: IdentityCache) {
    this.identities = identities;
  }

  write(layers: Layers, copy: Copy, start: number): void {
    this.done = start;
    this.limit = copy.end;
    let next = -1;
    for (let i = 0; i < layers.count; i += 1) {
      const kind = layers.kinds[i] ?? 0;
      const at = layers.offsets[i] ?? 0;
      const done = this.header(kind, at, copy, next, layers.claim !== 0 && i === layers.count - 1);
      if (done < 0) return;
      this.done = done;
      next = this.nextHeader(kind, at, copy, next);
    }
  }

  /** The IP protocol number that says what the header after this one is; -1 where none does. */
  private nextHeader(kind: number, at: number, { from }: Copy, before: number): number {
    if (kind === LAYER.ipv6) return from.getUint8(at + 6);
    if (kind === LAYER.ipv4) return from.getUint8(at + 9);
    if (kind === LAYER.extension || kind === LAYER.fragment) return from.getUint8(at);
    return before;
  }

  /** @returns the offset after the header; -1 when it is none, and nothing was written */
  private header(kind: number, at: number, copy: Copy, protocol: number, claimed: boolean): number {
    const { from, to, shift, end } = copy;
    switch (kind) {
      case LAYER.ethernet:
        this.identities.mac(from, at, to, at + shift);
        this.identities.mac(from, at + 6, to, at + 6 + shift);
        to.setUint16(at + 12 + shift, from.getUint16(at + 12));
        return at + 14;
      case LAYER.sll:
        copyBytes(copy, at, at + 6);
        this.linkLayer(copy, at + 6, from.getUint16(at + 4));
        copyBytes(copy, at + 14, at + 16);
        return at + 16;
      case LAYER.sll2:
        copyBytes(copy, at, at + 2);
        copyBytes(copy, at + 4, at + 12);
        this.linkLayer(copy, at + 12, from.getUint8(at + 11));
        return at + 20;
      case LAYER.null:
      case LAYER.vlan:
        to.setInt32(at + shift, from.getInt32(at));
        return at + 4;
      case LAYER.llc:
        copyBytes(copy, at, at + 3);
        return at + 3;
      case LAYER.snap:
        copyBytes(copy, at, at + 5);
        return at + 5;
      case LAYER.ipv4:
        return this.ipv4(copy, at);
      case LAYER.ipv6:
        return this.ipv6(copy, at);
      case LAYER.extension:
        return this.extension(copy, at, protocol);
      case LAYER.fragment:
        to.setInt32(at + shift, from.getInt32(at) & ~0x00ff0006);
        to.setInt32(at + 4 + shift, from.getInt32(at + 4));
        return at + 8;
      case LAYER.udp:
        to.setInt32(at + shift, from.getInt32(at));
        to.setUint16(at + 4 + shift, from.getUint16(at + 4));
        return at + 8;
      case LAYER.tcp:
        return tcp(copy, at, this.limit);
      case LAYER.icmp:
      case LAYER.icmp6:
        // A message that is claimed writes itself.
        return claimed ? at : icmp(copy, at, Math.min(end, this.limit), kind);
      case LAYER.gre:
        return gre(copy, at);
      case LAYER.erspan:
        return erspan(copy, at);
      case LAYER.vxlan:
        to.setUint8(at + shift, from.getUint8(at));
        to.setInt32(at + 4 + shift, from.getInt32(at + 4) & ~0xff);
        return at + 8;
      case LAYER.geneve:
        return geneve(copy, at);
      default:
        return -1;
    }
  }

  /** The 8 bytes of a cooked header's address, of which `length` count. */
  private linkLayer({ from, to, shift }: Copy, at: number, length: number): void {
    if (length === 6) this.identities.mac(from, at, to, at + shift);
  }

  private ipv4(copy: Copy, at: number): number {
    const { from, to, shift, end } = copy;
    const first = from.getUint8(at);
    const header = (first & 15) * 4;
    if (first >> 4 !== 4 || header < 20) return -1;
    to.setInt32(at + shift, from.getInt32(at));
    to.setInt32(at + 4 + shift, from.getInt32(at + 4));
    to.setUint16(at + 8 + shift, from.getUint16(at + 8));
    this.identities.ipv4(from, at + 12, to, at + 12 + shift);
    this.identities.ipv4(from, at + 16, to, at + 16 + shift);
    const total = from.getUint16(at + 2);
    if (total !== 0) this.limit = Math.min(end, at + total);
    const stop = Math.min(at + header, end);
    if (header > 20) this.ipv4Options(copy, at + 20, stop);
    return stop;
  }

  private ipv4Options(copy: Copy, at: number, end: number): void {
    const { from, to, shift } = copy;
    for (let next = at; next < end;) {
      const kind = from.getUint8(next);
      if (kind === 0) return;
      to.setUint8(next + shift, kind);
      if (kind === 1) {
        next += 1;
        continue;
      }
      const length = next + 1 < end ? from.getUint8(next + 1) : 0;
      if (length < 2 || next + length > end) return;
      to.setUint8(next + 1 + shift, length);
      if (IP_ROUTES.has(kind) && length >= 3) {
        to.setUint8(next + 2 + shift, from.getUint8(next + 2));
        for (let p = next + 3; p + 4 <= next + length; p += 4) this.identities.ipv4(from, p, to, p + shift);
      } else if (kind === IP_ALERT) {
        copyBytes(copy, next + 2, next + length);
      }
      next += length;
    }
  }

  private ipv6(copy: Copy, at: number): number {
    const { from, to, shift, end } = copy;
    to.setInt32(at + shift, from.getInt32(at));
    to.setInt32(at + 4 + shift, from.getInt32(at + 4));
    this.identities.ipv6(from, at + 8, to, at + 8 + shift);
    this.identities.ipv6(from, at + 24, to, at + 24 + shift);
    const length = from.getUint16(at + 4);
    if (length !== 0) this.limit = Math.min(end, at + 40 + length);
    return at + 40;
  }

  /** @param type the next-header number that announced it */
  private extension(copy: Copy, at: number, type: number): number {
    const { from, to, shift } = copy;
    to.setUint16(at + shift, from.getUint16(at));
    const units = from.getUint8(at + 1);
    const stop = Math.min(this.limit, at + (type === 51 ? (units + 2) * 4 : (units + 1) * 8));
    if (type === 0 || type === 60) this.ipv6Options(copy, at + 2, stop);
    else if (type === 43) this.routing(copy, at, stop);
    // Security parameters index and sequence number (RFC 4302 2); the integrity check value stays zero.
    else if (type === 51) copyBytes(copy, at + 4, Math.min(at + 12, stop));
    return stop;
  }

  private ipv6Options(copy: Copy, at: number, end: number): void {
    const { from, to, shift } = copy;
    for (let next = at; next < end;) {
      const type = from.getUint8(next);
      to.setUint8(next + shift, type);
      if (type === 0) {
        next += 1;
        continue;
      }
      if (next + 2 > end) return;
      const length = from.getUint8(next + 1);
      to.setUint8(next + 1 + shift, length);
      const stop = next + 2 + length;
      if (stop > end) return;
      if (IP6_KEPT.has(type)) copyBytes(copy, next + 2, stop);
      else if (type === IP6_HOME_ADDRESS && length === 16) this.identities.ipv6(from, next + 2, to, next + 2 + shift);
      next = stop;
    }
  }

  /** Routing headers of type 0 (RFC 2460), 2 (RFC 6275) and 4 (RFC 8754): addresses after 8 bytes. */
  private routing(copy: Copy, at: number, end: number): void {
    const { from, to, shift } = copy;
    const type = from.getUint8(at + 2);
    to.setUint16(at + 2 + shift, from.getUint16(at + 2));
    if (type !== 0 && type !== 2 && type !== 4) return;
    if (type === 4) to.setInt32(at + 4 + shift, from.getInt32(at + 4));
    const last = type === 4 ? at + 8 + (from.getUint8(at + 4) + 1) * 16 : end;
    for (let next = at + 8; next + 16 <= Math.min(end, last); next += 16) {
      this.identities.ipv6(from, next, to, next + shift);
    }
  }
}

export function copyBytes({ from, to, shift }: Copy, at: number, end: number): void {
  for (let next = at; next < end; next += 1) to.setUint8(next + shift, from.getUint8(next));
}

/** The header of which `end` may be before the end: what is there of its options. */
function tcp(copy: Copy, at: number, limit: number): number {
  const { from, to, shift, end } = copy;
  to.setInt32(at + shift, from.getInt32(at));
  to.setInt32(at + 4 + shift, from.getInt32(at + 4));
  to.setInt32(at + 8 + shift, from.getInt32(at + 8));
  to.setInt32(at + 12 + shift, from.getInt32(at + 12));
  to.setUint16(at + 18 + shift, from.getUint16(at + 18));
  const header = (from.getUint8(at + 12) >> 4) * 4;
  const stop = Math.min(at + Math.max(header, 20), end, Math.max(limit, at + 20));
  for (let next = at + 20; next < stop;) {
    const kind = from.getUint8(next);
    if (kind === 0) return stop;
    if (kind === 1) {
      to.setUint8(next + shift, 1);
      next += 1;
      continue;
    }
    const length = next + 1 < stop ? from.getUint8(next + 1) : 0;
    if (length < 2 || next + length > stop) return stop;
    to.setUint16(next + shift, from.getUint16(next));
    // Time stamps tell a machine by its clock; keys and what is not known stay zero.
    if (TCP_KEPT.has(kind)) copyBytes(copy, next + 2, next + length);
    next += length;
  }
  return stop;
}

/** Type, code, checksum; of an echo also its numbers. The checksum's place stays zero. */
function icmp({ from, to, shift }: Copy, at: number, end: number, kind: number): number {
  if (end - at < 4) return at;
  const type = from.getUint8(at);
  to.setUint16(at + shift, from.getUint16(at));
  const echo = kind === LAYER.icmp ? type === 0 || type === 8 : type === 128 || type === 129;
  if (!echo || end - at < 8) return at + 4;
  to.setInt32(at + 4 + shift, from.getInt32(at + 4));
  return at + 8;
}

/** RFC 2784, RFC 2890: the key and the sequence number are kept, the checksum is written later. */
function gre(copy: Copy, at: number): number {
  const { from, to, shift, end } = copy;
  to.setInt32(at + shift, from.getInt32(at));
  const flags = from.getUint16(at);
  if ((flags & 7) !== 0) return at + 4;
  let next = at + 4;
  if ((flags & 0xc000) !== 0) next += 4;
  for (const bit of [0x2000, 0x1000]) {
    if ((flags & bit) === 0) continue;
    if (next + 4 <= end) to.setInt32(next + shift, from.getInt32(next));
    next += 4;
  }
  return Math.min(next, end);
}

/** draft-foschiano-erspan-03 4: type II has 8 bytes; type III 12 and perhaps 8 of the platform, with times, left zero. */
function erspan(copy: Copy, at: number): number {
  const { from, to, shift, end } = copy;
  const third = from.getUint8(at) >> 4 === 2;
  to.setInt32(at + shift, from.getInt32(at));
  if (!third) {
    to.setInt32(at + 4 + shift, from.getInt32(at + 4));
    return at + 8;
  }
  if (at + 12 > end) return Math.min(at + 8, end);
  to.setInt32(at + 8 + shift, from.getInt32(at + 8));
  return Math.min(end, at + ((from.getUint8(at + 11) & 1) === 1 ? 20 : 12));
}

/** RFC 8926 3.4, 3.5: class, type and length of each option stay, its data does not. */
function geneve(copy: Copy, at: number): number {
  const { from, to, shift, end } = copy;
  to.setInt32(at + shift, from.getInt32(at));
  to.setInt32(at + 4 + shift, from.getInt32(at + 4) & ~0xff);
  const stop = Math.min(end, at + 8 + (from.getUint8(at) & 0x3f) * 4);
  for (let next = at + 8; next + 4 <= stop; next += 4 + (from.getUint8(next + 3) & 0x1f) * 4) {
    to.setInt32(next + shift, from.getInt32(next));
  }
  return stop;
}
