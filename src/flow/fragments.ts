import type { Envelope } from '../wire/envelope.ts';
import type { Layers } from '../wire/layers.ts';
import { AgeQueue, type Aged, type LimitReached } from './bounded.ts';

/** RFC 791 3.2 gives a reassembly at least 15 s, RFC 8200 4.5 60 s. */
const TIMEOUT_US = 60e6;
/** An IPv4 datagram cannot be longer; an IPv6 fragment's offset cannot say more. */
const MAX_DATAGRAM = 65_535 + 8;
/** Pieces of one datagram: 64 KiB in 512-byte pieces is 128; smaller ones come from an attacker. */
const MAX_PIECES = 256;
/**
 * Bytes held for all datagrams together, with what the runtime needs for each and for each piece: two hundred whole
 * datagrams of the largest size. Only what was captured counts, so that a piece far behind costs no more than another.
 */
const MAX_HELD = 16 * 1024 * 1024;
const DATAGRAM_COST = 1024;
const PIECE_COST = 256;

interface Piece {
  from: number;
  bytes: Uint8Array;
}

/** A datagram in pieces. */
interface Pending extends Aged<Pending> {
  key: string;
  time: number;
  /** In order of arrival. */
  pieces: Piece[];
  filled: number;
  /** Total length once the last fragment was seen, else -1. */
  total: number;
  /** IP protocol of the first header after the fragment header: the first fragment's word counts. */
  protocol: number;
  /** Overlapping or contradicting pieces: never put together (RFC 5722), and nothing of it is kept. */
  spoilt: boolean;
}

/** A datagram that was put together: its bytes (the IP payload) and first protocol. */
export interface Datagram {
  bytes: Uint8Array;
  protocol: number;
}

/** Puts IPv4 and IPv6 fragments together, bounded in pieces, bytes and time: the oldest datagrams make room. */
export class Fragments {
  private readonly pending = new Map<string, Pending>();
  private readonly queue = new AgeQueue<Pending>('fragment-bytes', MAX_HELD);
  /** Fragments seen, datagrams put together, datagrams refused for overlap. */
  seen = 0;
  whole = 0;
  overlapping = 0;

  /** Datagrams in pieces at present. */
  get size(): number {
    return this.queue.size;
  }

  /**
   * Adds the fragment that a walk found. @returns the datagram when this completes it; its bytes are its own.
   */
  add(e: Envelope, layers: Layers, bytes: Uint8Array): Datagram | undefined {
    this.seen += 1;
    const from = layers.fragmentOffset;
    const length = layers.payloadEnd - layers.payload;
    // Less was captured than the fragment holds: the datagram can never be whole.
    if (length < layers.payloadLength || from + length > MAX_DATAGRAM || length <= 0) return undefined;
    const key = `${e.segment}/${e.ipVersion === 4 ? layers.ipProtocol : 6}/${layers.fragmentId}/${e.ipSrc}/${e.ipDst}`;
    let one = this.pending.get(key);
    // A clock that was set back by as much makes it as old.
    if (one !== undefined && Math.abs(e.time - one.time) > TIMEOUT_US) {
      this.drop(one);
      one = undefined;
    }
    one ??= this.open(key, e.time);
    if (!one.spoilt) this.put(one, from, length, layers, bytes);
    if (!one.spoilt && one.total >= 0 && one.filled >= one.total) {
      this.drop(one);
      this.whole += 1;
      return join(one);
    }
    for (let oldest = this.queue.excess; oldest !== undefined; oldest = this.queue.excess) {
      this.queue.lost += 1;
      this.drop(oldest);
    }
    return undefined;
  }

  limits(): LimitReached[] {
    const limit = this.queue.limit();
    return limit === undefined ? [] : [limit];
  }

  private open(key: string, time: number): Pending {
    const one: Pending = {
      key,
      time,
      pieces: [],
      filled: 0,
      total: -1,
      protocol: -1,
      spoilt: false,
      older: undefined,
      younger: undefined,
      weight: DATAGRAM_COST,
    };
    this.pending.set(key, one);
    this.queue.add(one);
    return one;
  }

  private put(one: Pending, from: number, length: number, layers: Layers, bytes: Uint8Array): void {
    const to = from + length;
    for (const piece of one.pieces) {
      const end = piece.from + piece.bytes.length;
      // The same piece again is a retransmission or a copy; anything else that overlaps is refused whole.
      if (piece.from === from && end === to) return;
      if (from < end && piece.from < to) {
        this.overlapping += 1;
        this.spoil(one);
        return;
      }
    }
    if (!layers.fragmentMore) {
      const past = one.pieces.some((piece) => piece.from + piece.bytes.length > to);
      if (past || (one.total >= 0 && one.total !== to)) {
        this.spoil(one);
        return;
      }
      one.total = to;
    }
    if ((one.total >= 0 && to > one.total) || one.pieces.length >= MAX_PIECES) {
      this.spoil(one);
      return;
    }
    // A Buffer's own `slice` would be a view of what is overwritten next.
    const piece = Uint8Array.prototype.slice.call(bytes, layers.payload, layers.payloadEnd);
    one.pieces.push({ from, bytes: piece });
    one.filled += length;
    if (from === 0) one.protocol = layers.ipProtocol;
    this.weigh(one, one.weight + PIECE_COST + length);
  }

  /** The entry stays, so that what follows of it is refused too. */
  private spoil(one: Pending): void {
    one.spoilt = true;
    one.pieces = [];
    this.weigh(one, DATAGRAM_COST);
  }

  private weigh(one: Pending, weight: number): void {
    const before = one.weight;
    one.weight = weight;
    this.queue.reweighed(before, weight);
  }

  private drop(one: Pending): void {
    this.queue.remove(one);
    this.pending.delete(one.key);
  }
}

function join(one: Pending): Datagram {
  const bytes = new Uint8Array(one.total);
  for (const piece of one.pieces) bytes.set(piece.bytes, piece.from);
  return { bytes, protocol: one.protocol };
}
