import type { Envelope } from '../../wire/envelope.ts';
import { LACP_STATE, type Lacpdu } from '../../wire/protocols/lacp.ts';
import { sightOf } from '../sight.ts';
import { newStation, see, type SegmentState } from './segment.ts';
import type { LacpSpeaker } from './types.ts';

/** Ends of one link: two. */
const SPEAKERS = 8;
/**
 * A port that carries frames is in sync, collects and distributes. Some switches set the last two whatever they do, and
 * all three for the seconds in which the partner is taken on trust (expired).
 */
const CARRIES = LACP_STATE.synchronization | LACP_STATE.collecting | LACP_STATE.distributing;

/** LACP on one segment: each end, and whether it carries frames. */
export class AggregationSegment {
  readonly link: SegmentState;
  readonly speakers: LacpSpeaker[] = [];

  constructor(link: SegmentState) {
    this.link = link;
  }

  on({ actor, partner }: Lacpdu, e: Envelope): void {
    if (e.ethSrc < 0) return;
    let one = this.speakers.find((known) => known.system === actor.system && known.port === actor.port);
    if (one === undefined) {
      if (this.speakers.length >= SPEAKERS) return;
      one = {
        ...newStation(e, e.ethSrc),
        system: actor.system,
        port: actor.port,
        key: actor.key,
        state: 0,
        partnerSystem: 0,
        partnerKey: 0,
        pdus: 0,
        carried: false,
        stalledSince: 0,
        stalled: undefined,
      };
      this.speakers.push(one);
    }
    see(one, e);
    one.pdus += 1;
    one.key = actor.key;
    one.state = actor.state;
    one.partnerSystem = partner.system;
    one.partnerKey = partner.key;
    if ((actor.state & (CARRIES | LACP_STATE.expired)) === CARRIES) {
      one.carried = true;
      one.stalledSince = 0;
      one.stalled = undefined;
    } else if (one.stalledSince === 0) {
      one.stalledSince = e.time;
      one.stalled = sightOf(e);
    }
  }
}
