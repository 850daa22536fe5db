import type { Envelope } from '../wire/envelope.ts';

/** Bytes of recent payloads kept to compare with: about 7,000 DHCP messages. */
const RING = 2 * 1024 * 1024;
/** Recent frames known, by a direct-mapped table: a collision only forgets one. */
const SLOTS = 8192;
/** A longer payload is not compared: no protocol read here has one. */
const MAX_COMPARED = 65_536;
/** Numbers that name a datagram besides its payload. */
const HEADER = 5;
/** ARP for IPv4 over Ethernet (RFC 826). */
const ARP_LENGTH = 28;
/** Up to here a loop copies faster than the runtime does: DHCP messages. */
const SHORT = 640;
/**
 * How far apart two sights of one frame are (microseconds): both sides of a switch or router, or two mirror sessions.
 * A sender's own retransmissions are at least 100 ms apart (busybox tftp); most are seconds.
 */
const WINDOW_US = 20_000;
/**
 * ARP and ND carry neither an identification nor a transaction of their own, so that only what is nearly simultaneous is
 * one frame.
 */
const BARE_WINDOW_US = 2_000;

/**
 * Recognises copies of one frame (mirror sessions that send both directions, `-i any`, a bridge and its port, both
 * sides of a router) by content and IP identification within a short window. What a forwarding device changes is not
 * compared: Ethernet addresses, tags, TTL, IP checksum.
 */
export class Copies {
  /** Copies found, by capture. */
  readonly found = new Map<number, number>();
  private readonly ring = new Uint8Array(RING);
  private readonly ringView = new DataView(this.ring.buffer);
  /** Over the buffer that the present frames lie in. */
  private view: DataView = new DataView(new ArrayBuffer(0));
  private position = 0;
  /** Bytes ever written: an entry is valid while its bytes have not been overwritten. */
  private written = 0;
  private readonly hashes = new Float64Array(SLOTS);
  private readonly times = new Float64Array(SLOTS).fill(-1);
  private readonly places = new Float64Array(SLOTS);
  private readonly lengths = new Int32Array(SLOTS);
  /** Capture and protocol, identification, ports, IPv4 source and destination: `HEADER` numbers a slot. */
  private readonly headers = new Float64Array(SLOTS * HEADER);
  /** IPv6 addresses, '' for none. */
  private readonly sources: string[] = Array.from({ length: SLOTS }, () => '');
  private readonly destinations: string[] = Array.from({ length: SLOTS }, () => '');

  /** True when this frame is another sight of one seen just before; remembers it otherwise. */
  isCopy(e: Envelope): boolean {
    let length = e.payloadEnd - e.payload;
    // ARP says no length of its own: a card's padding to 60 bytes is not part of the message.
    if (e.etherType === 0x0806 && length > ARP_LENGTH) length = ARP_LENGTH;
    if (length <= 0 || length > MAX_COMPARED) return false;
    const hash = headerHash(e, length);
    // Mixed so that addresses that differ in their last byte do not meet in one slot.
    const slot = Math.imul((hash ^ Math.imul(length, 0x9e3779b1)) | 0, 0x85ebca6b) >>> 19;
    const time = this.times[slot]!;
    const window = (e.ipVersion === 4 && e.ipId !== 0) || e.srcPort >= 0 ? WINDOW_US : BARE_WINDOW_US;
    if (
      time >= 0 &&
      this.hashes[slot] === hash &&
      this.lengths[slot] === length &&
      Math.abs(e.time - time) <= window &&
      this.sameHeader(slot, e) &&
      this.same(this.places[slot]!, e, length)
    ) {
      this.found.set(e.capture, (this.found.get(e.capture) ?? 0) + 1);
      return true;
    }
    this.hashes[slot] = hash;
    this.times[slot] = e.time;
    this.lengths[slot] = length;
    this.places[slot] = this.keep(e, length);
    this.keepHeader(slot, e);
    return false;
  }

  /** The hash alone is no proof: who forges a frame that collides would have it left out. */
  private sameHeader(slot: number, e: Envelope): boolean {
    const { headers } = this;
    const at = slot * HEADER;
    return (
      headers[at] === e.capture * 256 + e.ipProtocol &&
      headers[at + 1] === e.ipId &&
      headers[at + 2] === e.srcPort * 65536 + e.dstPort &&
      (typeof e.ipSrc === 'number' ? headers[at + 3] === e.ipSrc : this.sources[slot] === e.ipSrc) &&
      (typeof e.ipDst === 'number' ? headers[at + 4] === e.ipDst : this.destinations[slot] === e.ipDst)
    );
  }

  private keepHeader(slot: number, e: Envelope): void {
    const { headers, sources, destinations } = this;
    const at = slot * HEADER;
    headers[at] = e.capture * 256 + e.ipProtocol;
    headers[at + 1] = e.ipId;
    headers[at + 2] = e.srcPort * 65536 + e.dstPort;
    headers[at + 3] = typeof e.ipSrc === 'number' ? e.ipSrc : -1;
    headers[at + 4] = typeof e.ipDst === 'number' ? e.ipDst : -1;
    sources[slot] = typeof e.ipSrc === 'string' ? e.ipSrc : '';
    destinations[slot] = typeof e.ipDst === 'string' ? e.ipDst : '';
  }

  /** Where in the endless stream of kept bytes the payload begins. */
  private keep(e: Envelope, length: number): number {
    if (this.position + length > RING) {
      this.written += RING - this.position;
      this.position = 0;
    }
    const place = this.written;
    if (length > SHORT) Buffer.prototype.copy.call(e.bytes, this.ring, this.position, e.payload, e.payload + length);
    else this.copyShort(e, length);
    this.position += length;
    this.written += length;
    return place;
  }

  /** Word by word: for a message a tenth of what a call into the runtime costs, and it leaves nothing behind. */
  private copyShort({ bytes, payload }: Envelope, length: number): void {
    if (this.view.buffer !== bytes.buffer) this.view = new DataView(bytes.buffer);
    const { view, ringView, ring, position } = this;
    const from = bytes.byteOffset + payload;
    let i = 0;
    for (; i + 4 <= length; i += 4) ringView.setInt32(position + i, view.getInt32(from + i, true), true);
    for (; i < length; i += 1) ring[position + i] = bytes[payload + i]!;
  }

  private same(place: number, e: Envelope, length: number): boolean {
    if (this.written - place > RING) return false;
    const at = place % RING;
    return Buffer.prototype.compare.call(e.bytes, this.ring, at, at + length, e.payload, e.payload + length) === 0;
  }
}

/** What names a datagram besides its payload. Equal for copies; for others mostly not. */
function headerHash(e: Envelope, length: number): number {
  let h = Math.imul(e.capture + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (e.ipId + 1), 0x165667b1);
  h = Math.imul(h ^ e.ipProtocol, 0x9e3779b1);
  h = Math.imul(h ^ (e.srcPort * 65536 + e.dstPort), 0x85ebca6b);
  if (typeof e.ipSrc === 'number') h = Math.imul(h ^ e.ipSrc, 0xc2b2ae35);
  if (typeof e.ipDst === 'number') h = Math.imul(h ^ e.ipDst, 0x27d4eb2f);
  // The last bytes differ where counters and identifiers stand late in the payload (ND targets, TFTP blocks).
  const { bytes, payload } = e;
  const payloadEnd = payload + length;
  for (let i = Math.max(payload, payloadEnd - 8); i < payloadEnd; i += 1) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  for (let i = payload; i < Math.min(payloadEnd, payload + 16); i += 1) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h;
}
