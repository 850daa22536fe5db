import type { Envelope } from '../wire/envelope.ts';
import { BoundedMap, type LimitReached } from './bounded.ts';

/** Stations of which we remember that unicast to them was seen: a large site's provisioning VLANs. */
const STATIONS = 65_536;
/** Stations noted last, to be passed over without a look into the table. */
const RECENT = 1024;
/** Linux SLL packet type "sent by us". */
const OUTGOING = 4;

/**
 * What this vantage can see. Absence is evidence only where presence would have been seen: a unicast frame towards a
 * station on a segment shows that answers to it pass here; so does a frame that this very host sent.
 */
export class Visibility {
  private readonly unicastTo = new BoundedMap<string, number>('stations', STATIONS);
  private readonly recentMac = new Float64Array(RECENT).fill(-1);
  private readonly recentSegment = new Int32Array(RECENT).fill(-1);
  /** Captures that are declared to see every answer; as many as were named to us. */
  private readonly all = new Set<number>();

  note(e: Envelope): void {
    // Group addresses reach every port; -1 is a link without destination addresses.
    if (e.ethDst >= 0 && !groupAddress(e.ethDst)) this.add(e.segment, e.ethDst, e.time);
    if (e.direction === OUTGOING && e.ethSrc >= 0) this.add(e.segment, e.ethSrc, e.time);
  }

  /** The operator says of a capture that it was made where every answer passes: the client's own port, or a full mirror. */
  declareSeesAll(capture: number): void {
    this.all.add(capture);
  }

  seesAll(capture: number): boolean {
    return this.all.has(capture);
  }

  /** True when a unicast frame to this MAC (48-bit number) was seen on this segment, or it is the capturing host's own. */
  sawUnicastTo(segment: number, mac: number): boolean {
    if (mac < 0) return false;
    const place = (mac ^ segment) & (RECENT - 1);
    if (this.recentMac[place] === mac && this.recentSegment[place] === segment) return true;
    return this.unicastTo.has(keyOf(segment, mac));
  }

  limits(): LimitReached[] {
    const limit = this.unicastTo.limit();
    return limit === undefined ? [] : [limit];
  }

  private add(segment: number, mac: number, time: number): void {
    const place = (mac ^ segment) & (RECENT - 1);
    if (this.recentMac[place] === mac && this.recentSegment[place] === segment) return;
    this.recentMac[place] = mac;
    this.recentSegment[place] = segment;
    const key = keyOf(segment, mac);
    if (this.unicastTo.get(key) === undefined) this.unicastTo.set(key, time);
  }
}

/** Segment and MAC in five characters: ten times cheaper than their digits. */
function keyOf(segment: number, mac: number): string {
  return String.fromCharCode(segment >>> 16, segment & 0xffff, mac / 4294967296, (mac >>> 16) & 0xffff, mac & 0xffff);
}

/** The I/G bit of a 48-bit MAC number. */
export function groupAddress(mac: number): boolean {
  return Math.floor(mac / 1099511627776) % 2 === 1;
}
