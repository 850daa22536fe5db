import type { Envelope } from '../wire/envelope.ts';
import type { Layers } from '../wire/layers.ts';
import { BoundedMap, type LimitReached } from './bounded.ts';

/** Datagrams in pieces at one time; a flood of first fragments pushes out the oldest. */
const MAX_DATAGRAMS = 1024;
/** RFC 791 3.2 gives a reassembly at least 15 s, RFC 8200 4.5 60 s. */
const TIMEOUT_US = 60e6;
/** An IPv4 datagram cannot be longer; an IPv6 fragment's offset cannot say more. */
const MAX_DATAGRAM = 65_535 + 8;
/** Pieces of one datagram: 64 KiB in 512-byte pieces is 128; smaller ones come from an attacker. */
const MAX_PIECES = 256;
/** Bytes held for all datagrams together. */
const MAX_HELD = 16 * 1024 * 1024;

interface Pieces {
  time: number;
  bytes: Uint8Array;
  /** Ranges filled: [from, to) pairs, in order of arrival. */
  ranges: number[];
  filled: number;
  /** Total length once the last fragment was seen, else -1. */
  total: number;
  /** IP protocol of the first header after the fragment header: the first fragment's word counts. */
  protocol: number;
  /** Overlapping or contradicting pieces: never put together (RFC 5722). */
  spoilt: boolean;
}

/** A datagram that was put together: its bytes (the IP payload) and first protocol. */
export interface Datagram {
  bytes: Uint8Array;
  protocol: number;
}

/** Puts IPv4 and IPv6 fragments together, bounded in datagrams, pieces, bytes and time. */
export class Fragments {
  private held = 0;
  private readonly pending = new BoundedMap<string, Pieces>('fragments', MAX_DATAGRAMS, (_key, pieces) => {
    this.held -= pieces.bytes.length;
  });
  /** Fragments seen, datagrams put together, datagrams refused for overlap. */
  seen = 0;
  whole = 0;
  overlapping = 0;
  private refused = 0;

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
    let pieces = this.pending.get(key);
    if (pieces !== undefined && e.time - pieces.time > TIMEOUT_US) {
      this.drop(key, pieces);
      pieces = undefined;
    }
    if (pieces === undefined) {
      pieces = {
        time: e.time,
        bytes: new Uint8Array(0),
        ranges: [],
        filled: 0,
        total: -1,
        protocol: -1,
        spoilt: false,
      };
      this.pending.set(key, pieces);
    }
    this.put(pieces, from, length, layers, bytes);
    if (pieces.spoilt || pieces.total < 0 || pieces.filled < pieces.total) return undefined;
    this.drop(key, pieces);
    this.whole += 1;
    return { bytes: pieces.bytes.slice(0, pieces.total), protocol: pieces.protocol };
  }

  limits(): LimitReached[] {
    const limit = this.pending.limit();
    const out = limit === undefined ? [] : [limit];
    if (this.refused > 0) out.push({ name: 'fragment-bytes', cap: MAX_HELD, lost: this.refused });
    return out;
  }

  private put(pieces: Pieces, from: number, length: number, layers: Layers, bytes: Uint8Array): void {
    const to = from + length;
    const { ranges } = pieces;
    for (let i = 0; i < ranges.length; i += 2) {
      const a = ranges[i]!;
      const b = ranges[i + 1]!;
      // The same piece again is a retransmission or a copy; anything else that overlaps is refused whole.
      if (a === from && b === to) return;
      if (from < b && a < to) {
        if (!pieces.spoilt) this.overlapping += 1;
        pieces.spoilt = true;
        return;
      }
    }
    if (ranges.length / 2 >= MAX_PIECES) {
      pieces.spoilt = true;
      return;
    }
    if (!layers.fragmentMore) {
      if (pieces.total >= 0 && pieces.total !== to) pieces.spoilt = true;
      pieces.total = to;
    }
    if (pieces.total >= 0 && to > pieces.total) pieces.spoilt = true;
    if (to > pieces.bytes.length && !this.widen(pieces, to)) return;
    pieces.bytes.set(bytes.subarray(layers.payload, layers.payloadEnd), from);
    ranges.push(from, to);
    pieces.filled += length;
    if (from === 0) pieces.protocol = layers.ipProtocol;
  }

  private widen(pieces: Pieces, to: number): boolean {
    const size = Math.min(MAX_DATAGRAM, Math.max(2048, to * 2));
    if (this.held + size - pieces.bytes.length > MAX_HELD) {
      this.refused += 1;
      pieces.spoilt = true;
      return false;
    }
    const wider = new Uint8Array(size);
    wider.set(pieces.bytes);
    this.held += size - pieces.bytes.length;
    pieces.bytes = wider;
    return true;
  }

  private drop(key: string, pieces: Pieces): void {
    this.held -= pieces.bytes.length;
    this.pending.delete(key);
  }
}
