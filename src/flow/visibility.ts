import type { Envelope } from '../wire/envelope.ts';
import { BoundedPairs, type LimitReached } from './bounded.ts';

/** Stations of which we remember that unicast to them was seen: a large site's provisioning VLANs. */
const STATIONS = 65_536;
/** Linux SLL packet type "sent by us". */
const OUTGOING = 4;

/**
 * What this vantage can see. Absence is evidence only where presence would have been seen: a unicast frame towards a
 * station on a segment shows that answers to it pass here; so does a frame that this very host sent.
 */
export class Visibility {
  /** MAC and segment. */
  private readonly unicastTo = new BoundedPairs('stations', STATIONS);
  /** Captures that are declared to see every answer; as many as were named to us. */
  private readonly all = new Set<number>();

  note(e: Envelope): void {
    // Group addresses reach every port; -1 is a link without destination addresses.
    if (e.ethDst >= 0 && !groupAddress(e.ethDst)) this.unicastTo.add(e.ethDst, e.segment);
    if (e.direction === OUTGOING && e.ethSrc >= 0) this.unicastTo.add(e.ethSrc, e.segment);
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
    return mac >= 0 && this.unicastTo.has(mac, segment);
  }

  limits(): LimitReached[] {
    const limit = this.unicastTo.limit();
    return limit === undefined ? [] : [limit];
  }
}

/** 01:80:c2:00:00:0x (IEEE 802.1Q 8.6.3) and Cisco's 01:00:0c:cc:cc:cc and :cd: no bridge forwards what is sent there. */
export function linkLocalGroup(mac: number): boolean {
  return (mac >= 0x0180c2000000 && mac <= 0x0180c200000f) || mac === 0x01000ccccccc || mac === 0x01000ccccccd;
}

/** The I/G bit of a 48-bit MAC number. */
export function groupAddress(mac: number): boolean {
  return Math.floor(mac / 1099511627776) % 2 === 1;
}
