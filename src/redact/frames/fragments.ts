import { CLAIMS, fillNetwork, fillTransport, newEnvelope } from '../../wire/dissect.ts';
import { FOUND, Layers } from '../../wire/layers.ts';
import { AgeQueue, type Aged } from '../../flow/bounded.ts';
import type { Identities } from '../identities.ts';
import { type Copy, HeaderWriter } from './headers.ts';
import { IdentityCache } from './identity-cache.ts';
import { MAX_GROWTH, MessageWriter } from './message.ts';
import { Sealer, sealTransport } from './seal.ts';
import { Tally } from './tally.ts';

/** As in `flow/fragments.ts`: datagrams of 64 KiB, in pieces that an honest host makes. */
const MAX_DATAGRAM = 65_535 + 8;
const MAX_PIECES = 256;
/** Bytes of datagrams that wait for a piece, with what each costs beside. */
const MAX_WAITING = 16 << 20;
/** Bytes of whole datagrams that are held until the capture is rewritten: beyond it fragments lose their payload. */
const MAX_HELD = 24 << 20;
const DATAGRAM_COST = 1024;
const PIECE_COST = 256;
/** RFC 791 3.2 and RFC 8200 4.5, in seconds. */
const TIMEOUT = 60;

interface Piece {
  frame: number;
  from: number;
  bytes: Uint8Array;
}

interface Pending extends Aged<Pending> {
  key: string;
  time: number;
  pieces: Piece[];
  filled: number;
  total: number;
  protocol: number;
  spoilt: boolean;
}

/** A datagram that came in fragments and can be rebuilt as a whole: the frame that completed it stands for its headers. */
interface Held {
  frame: Uint8Array;
  linkType: number;
  protocol: number;
  bytes: Uint8Array;
  pieces: { frame: number; from: number; length: number }[];
}

/** Datagrams of one capture, in memory only: they are originals. */
export class HeldDatagrams {
  readonly held: Held[] = [];
  private readonly pending = new Map<string, Pending>();
  private readonly queue = new AgeQueue<Pending>('fragment-bytes', MAX_WAITING);
  private bytes = 0;
  private readonly layers = new Layers(CLAIMS);

  /** Adds the fragment that `layers` found in `bytes[at, end)`. @param iface the same datagram comes on one interface */
  add(
    layers: Layers,
    bytes: Uint8Array,
    at: number,
    end: number,
    linkType: number,
    iface: number,
    frame: number,
    seconds: number,
  ): void {
    const from = layers.fragmentOffset;
    const length = layers.payloadEnd - layers.payload;
    if (length < layers.payloadLength || from + length > MAX_DATAGRAM || length <= 0) return;
    const addresses = layers.ipVersion === 4 ? [layers.ip + 12, layers.ip + 20] : [layers.ip + 8, layers.ip + 40];
    const pair = Buffer.from(bytes.subarray(addresses[0], addresses[1])).toString('latin1');
    const path = layers.encapsulation.subarray(0, layers.encapsulationLength).join('.');
    const protocol = layers.ipVersion === 4 ? layers.ipProtocol : 6;
    const key = `${iface}/${path}/${protocol}/${layers.fragmentId}/${pair}`;
    let one = this.pending.get(key);
    if (one !== undefined && Math.abs(seconds - one.time) > TIMEOUT) {
      this.drop(one);
      one = undefined;
    }
    one ??= this.open(key, seconds);
    if (!one.spoilt) this.put(one, layers, bytes, from, length, frame);
    if (!one.spoilt && one.total >= 0 && one.filled >= one.total) {
      this.drop(one);
      this.hold(one, Uint8Array.prototype.slice.call(bytes, at, end), linkType);
      return;
    }
    for (let oldest = this.queue.excess; oldest !== undefined; oldest = this.queue.excess) this.drop(oldest);
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

  private put(one: Pending, layers: Layers, bytes: Uint8Array, from: number, length: number, frame: number): void {
    const to = from + length;
    const again = one.pieces.find((piece) => piece.from === from && piece.bytes.length === length);
    const overlap = one.pieces.some((piece) => from < piece.from + piece.bytes.length && piece.from < to);
    const last = !layers.fragmentMore;
    const past = last && one.pieces.some((piece) => piece.from + piece.bytes.length > to);
    const other = last && one.total >= 0 && one.total !== to;
    if ((overlap && again === undefined) || past || other || (one.total >= 0 && to > one.total)) return this.spoil(one);
    if (one.pieces.length >= MAX_PIECES) return this.spoil(one);
    if (last) one.total = to;
    if (from === 0 && again === undefined) one.protocol = layers.ipProtocol;
    // A retransmitted piece is rebuilt like the first, where it holds the same.
    if (again !== undefined && !equal(again.bytes, bytes, layers.payload)) return;
    one.pieces.push({ frame, from, bytes: Uint8Array.prototype.slice.call(bytes, layers.payload, layers.payloadEnd) });
    if (again === undefined) one.filled += length;
    this.weigh(one, one.weight + PIECE_COST + length);
  }

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

  /** Keeps a whole datagram, where a protocol claims what it carries. */
  private hold(one: Pending, frame: Uint8Array, linkType: number): void {
    const cost = one.total + frame.length + PIECE_COST * one.pieces.length;
    if (this.bytes + cost > MAX_HELD) return;
    const bytes = new Uint8Array(one.total);
    for (const piece of one.pieces) bytes.set(piece.bytes, piece.from);
    const { layers } = this;
    layers.walk(frame, 0, frame.length, linkType);
    if (layers.walkDatagram(bytes, 0, bytes.length, one.protocol) !== FOUND.claim) return;
    this.bytes += cost;
    const pieces = one.pieces.map((piece) => ({ frame: piece.frame, from: piece.from, length: piece.bytes.length }));
    this.held.push({ frame, linkType, protocol: one.protocol, bytes, pieces });
  }
}

function equal(piece: Uint8Array, bytes: Uint8Array, at: number): boolean {
  return piece.every((byte, i) => byte === bytes[at + i]);
}

/** Rebuilt payloads of fragments, by frame. */
export interface Patches {
  /** Those of the `count` frames after frame number `before`. */
  of(before: number, count: number): [frame: number, payload: Uint8Array][];
}

/** Rebuilds every datagram and cuts it again at the same offsets. */
export function patchesOf(
  datagrams: HeldDatagrams | undefined,
  identities: Identities,
  undecoded: 'cut' | 'zero',
): Patches {
  const patches: [number, Uint8Array][] = [];
  const rebuild = new DatagramRewriter(identities, undecoded);
  for (const one of datagrams?.held ?? []) {
    const bytes = rebuild.rewrite(one);
    for (const { frame, from, length } of one.pieces) patches.push([frame, bytes.slice(from, from + length)]);
  }
  patches.sort((a, b) => a[0] - b[0]);
  return {
    of: (before, count) => {
      const first = place(patches, before + 1);
      return patches.slice(first, place(patches, before + count + 1));
    },
  };
}

/** Index of the first patch of `frame` or a later one. */
function place(patches: readonly (readonly [number, Uint8Array])[], frame: number): number {
  let low = 0;
  let high = patches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((patches[middle]?.[0] ?? 0) < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

class DatagramRewriter {
  private readonly layers = new Layers(CLAIMS);
  private readonly envelope = newEnvelope();
  private readonly message: MessageWriter;
  private readonly headers: HeaderWriter;
  private readonly sealer = new Sealer();

  constructor(identities: Identities, undecoded: 'cut' | 'zero') {
    const cache = new IdentityCache(identities);
    this.message = new MessageWriter(identities, cache, new Tally(), undecoded === 'cut');
    this.headers = new HeaderWriter(cache);
  }

  /**
   * The datagram stands behind its last fragment's headers in one buffer, so that checksums with a pseudo-header can be
   * computed; that header's length is set to the whole datagram's for as long.
   */
  rewrite({ frame, linkType, protocol, bytes }: Held): Uint8Array {
    const { layers } = this;
    layers.walk(frame, 0, frame.length, linkType);
    const head = layers.payload;
    const from = new Uint8Array(head + bytes.length);
    from.set(frame.subarray(0, head));
    from.set(bytes, head);
    const view = new DataView(from.buffer);
    // Its length is that of one piece; the pseudo-header counts the whole.
    const ip = layers.ip;
    const total = layers.ipVersion === 4 ? from.length - ip : from.length - ip - 40;
    view.setUint16(ip + (layers.ipVersion === 4 ? 2 : 4), total & 0xffff);
    const to = new Uint8Array(from.length + MAX_GROWTH);
    const copy: Copy = { from: view, to: new DataView(to.buffer), shift: 0, end: from.length };
    fillNetwork(this.envelope, layers, from);
    if (layers.walkDatagram(from, head, from.length, protocol) !== FOUND.claim) return new Uint8Array(bytes.length);
    fillTransport(this.envelope, layers, from);
    this.headers.write(layers, copy, 0);
    this.message.write(layers.claim, this.envelope, copy, to, false);
    this.sealer.seal(layers, copy, from.length, 0);
    if (layers.ipProtocol === 112) {
      sealTransport(layers, layers.count, copy, layers.transport, 112, 6, from.length, 0);
    }
    return to.slice(head, from.length);
  }
}
