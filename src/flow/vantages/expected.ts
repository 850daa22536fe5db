import type { Cover } from '../../capture/covers.ts';
import { groupAddress, linkLocalGroup } from '../visibility.ts';
import type { Clock } from './clocks.ts';
import type { CommonClock, Joined } from './match.ts';
import { placeOf } from './places.ts';
import type { Sightings } from './sightings.ts';
import type { Missing, Passage, VantagePair } from './types.ts';

/** What a capture could lose at its edges while it starts and stops (microseconds). */
const EDGE = 2e4;
/** A silence of the recorder: so many messages that others saw there and then, of two protocols at least. */
const BLACKOUT = 4;

/** More than there are vantages: a pair is one number. */
const PAIRS = 1024;

/** What the judgement of one absence rests on. */
export interface Grounds {
  names: readonly string[];
  covers: readonly Cover[];
  clocks: readonly Clock[];
  sightings: Sightings;
  clock: CommonClock;
}

/** An exchange's messages by content, for what answers what. */
export interface Around {
  messages: readonly Joined[];
  /** When this client asked last, under any transaction id (common clock). */
  lastAsked: number;
}

/** Says of each vantage that did not see a message whether it was to be seen there (judgement.md: absence needs sight). */
export class Expectations {
  private readonly grounds: Grounds;

  private readonly clocks = new Map<number, Clock>();

  constructor(grounds: Grounds) {
    this.grounds = grounds;
    for (const clock of grounds.clocks) this.clocks.set(clock.pair.a * PAIRS + clock.pair.b, clock);
  }

  /** Every vantage where this message was to be seen and was not. */
  missing(message: Joined, around: Around | undefined): Missing[] {
    const seen = new Set(message.passages.map(({ capture }) => capture));
    const list: Missing[] = [];
    if (around !== undefined && this.needless(message, around)) return list;
    for (let capture = 0; capture < this.grounds.names.length; capture += 1) {
      if (seen.has(capture)) continue;
      const way = this.wayTo(capture, message, around);
      if (way === undefined) continue;
      const one = this.covered(capture, message);
      if (one === undefined) continue;
      list.push({ ...one, way, mayBeCaptureLoss: this.recorderLoss(capture), arpPassed: 0, ipPassed: 0 });
    }
    return list;
  }

  /** A request that was answered arrived, and so did an offer that was chosen, wherever they were not seen. */
  private needless(m: Joined, { messages }: Around): boolean {
    if (!m.reply) {
      if (m.kind === 'RELEASE' || m.kind === 'DECLINE') return false;
      const later = messages.some((other) => !other.reply && other.time > m.time && other.kind === m.kind);
      return messages.some(
        (reply) =>
          reply.reply &&
          reply.time >= m.time - EDGE &&
          answers(reply.kind, m.kind) &&
          (!later || reply.time - m.time < 4e6),
      );
    }
    return (
      m.kind === 'OFFER' &&
      messages.some(
        (other) => other.kind === 'REQUEST' && other.time > m.time && other.serverId === m.serverId && m.serverId > 0,
      )
    );
  }

  private wayTo(capture: number, m: Joined, around: Around | undefined): Missing['way'] | undefined {
    const { sightings } = this.grounds;
    if (sightings.sawCut(capture, m.chaddr, m.xid, m.reply)) return undefined;
    if (m.protocol !== 'dhcpv4') return this.wayOfOther(capture, m);
    return m.reply ? this.wayOfReply(capture, m, around) : this.wayOfRequest(capture, m);
  }

  private wayOfRequest(capture: number, m: Joined): Missing['way'] | undefined {
    const { names, sightings } = this.grounds;
    const place = placeOf(names[capture] ?? '');
    // Where clients are, another client's questions need not come by (snooping sends them to trusted ports alone).
    if (place === 'client') return undefined;
    const last = m.passages.at(-1);
    if (last === undefined) return undefined;
    if (m.passages.some((p) => this.nearer(capture, p.capture) === capture)) return undefined;
    if (place !== 'server' && m.passages.some((p) => placeOf(names[p.capture] ?? '') === 'server')) return undefined;
    if (!this.hasRecords(capture)) return 'silent';
    const unicast = last.ethDst >= 0 && !groupAddress(last.ethDst);
    if (
      unicast &&
      last.giaddr === 0 &&
      !(typeof last.ipDst === 'number' && sightings.sawAddress(last.ipDst, capture))
    ) {
      return undefined;
    }
    if (m.passages.some((p) => this.nearer(p.capture, capture) === p.capture)) return 'ordered';
    if (place === 'server') return 'ordered';
    return m.passages.some((p) => this.linked(p.capture, capture)) ? 'unordered' : undefined;
  }

  private wayOfReply(capture: number, m: Joined, around: Around | undefined): Missing['way'] | undefined {
    const { names, sightings } = this.grounds;
    const place = placeOf(names[capture] ?? '');
    if (place === 'server' || m.passages.some((p) => this.nearer(p.capture, capture) === p.capture)) return undefined;
    const asked = (around?.messages ?? []).flatMap((other) =>
      other.reply ? [] : other.passages.filter((p) => p.capture === capture),
    );
    if (asked.length === 0) return undefined;
    const relayed = asked.some((p) => p.giaddr !== 0);
    const sight =
      // A relay's own unicast passes here, and what comes back to it does.
      relayed ||
      (m.broadcast && m.ciaddr === 0) ||
      sightings.sawUnicastTo(m.chaddr, capture) ||
      (place === 'client' && sightings.isSoleClient(m.chaddr, capture)) ||
      place === 'between';
    if (!sight) return undefined;
    const beyond = m.passages.some((p) => this.nearer(capture, p.capture) === capture);
    if (beyond || place === 'client' || relayed) return 'ordered';
    // A client that does not ask again was answered, whichever way that went.
    return (around?.lastAsked ?? 0) > m.time ? 'unordered' : undefined;
  }

  /** Broadcasts of one link, and unicast to stations that are known there. */
  private wayOfOther(capture: number, m: Joined): Missing['way'] | undefined {
    const { names, sightings } = this.grounds;
    const last = m.passages.at(-1);
    // What a bridge keeps to one link was to be seen nowhere else.
    if (last === undefined || last.ethDst < 0 || linkLocalGroup(last.ethDst)) return undefined;
    if (groupAddress(last.ethDst)) {
      if (!this.hasRecords(capture)) return 'silent';
      return m.passages.some((p) => this.of(p.capture, capture)?.links.has(p.segment) === true)
        ? 'unordered'
        : undefined;
    }
    // What was seen at two points has come to its station, or to a branch that says nothing.
    if (m.passages.some((p) => p.capture !== last.capture)) return undefined;
    if (this.of(last.capture, capture)?.ways.has(`${last.ethSrc}/${last.ethDst}`) === true) return 'unordered';
    // From the client at whose port this was recorded to a server that is known to be there.
    const toServer =
      placeOf(names[capture] ?? '') === 'server' &&
      typeof last.ipDst === 'number' &&
      sightings.sawAddress(last.ipDst, capture) &&
      sightings.isSoleClient(last.ethSrc, last.capture);
    return toServer ? 'ordered' : undefined;
  }

  private hasRecords(capture: number): boolean {
    return (this.grounds.sightings.records[capture] ?? 0) > 0;
  }

  /** Whether the capture ran, and looked for such a message, when it would have passed. */
  private covered(capture: number, m: Joined): Pick<Missing, 'capture' | 'from' | 'to' | 'clock'> | undefined {
    const cover = this.grounds.covers[capture];
    const last = m.passages.at(-1);
    if (cover === undefined || last === undefined || !shows(cover, m.protocol)) return undefined;
    const { from, to, clock } = this.grounds.clock.at(last.capture, capture, last.time);
    if (from < cover.from + EDGE || to > cover.to - EDGE) return undefined;
    return { capture, from, to, clock };
  }

  private recorderLoss(capture: number): string {
    const { dropped = -1 } = this.grounds.covers[capture] ?? {};
    return dropped > 0 ? `the recorder there dropped ${dropped} frame${dropped === 1 ? '' : 's'}` : '';
  }

  private of(a: number, b: number): Clock | undefined {
    return this.clocks.get(Math.min(a, b) * PAIRS + Math.max(a, b));
  }

  private pair(a: number, b: number): VantagePair | undefined {
    return this.of(a, b)?.pair;
  }

  /** Which of the two lies nearer to the clients, -1 unknown. */
  private nearer(a: number, b: number): number {
    return this.pair(a, b)?.nearer ?? -1;
  }

  private linked(a: number, b: number): boolean {
    const pair = this.pair(a, b);
    return pair !== undefined && pair.requests + pair.replies + pair.others > 0;
  }
}

function answers(reply: string, request: string): boolean {
  if (request === 'DISCOVER') return reply === 'OFFER' || reply === 'ACK';
  if (request === 'BOOTREQUEST') return reply === 'BOOTREPLY';
  return reply === 'ACK' || reply === 'NAK' || reply.startsWith('LEASE');
}

function shows({ filter, passes = [] }: Cover, protocol: string): boolean {
  return passes.includes(protocol) || filterShows(filter, protocol);
}

/** Whether a capture filter lets such messages through, for all that its text says plainly. */
export function filterShows(filter: string, protocol: string): boolean {
  if (filter === '') return true;
  if (/\b(?:not|host|net|src|dst|ether|and|!)\b|[!&\][]/.test(filter)) return false;
  if (protocol === 'dhcpv4') return /\b(?:udp|ip|bootp[sc]|port (?:67|68))\b/.test(filter);
  if (protocol === 'arp') return /\barp\b/.test(filter);
  return protocol === 'tftp' && /\b(?:udp|ip)\b/.test(filter);
}

/**
 * Marks losses that lie in a silence of the recorder: all that others saw pass there for a while is missing, of several
 * protocols, and then it goes on. That is a gap in the capture as well as one in the network.
 */
export function markBlackouts(messages: readonly Joined[], captures: number): void {
  for (let capture = 0; capture < captures; capture += 1) {
    let run: Missing[] = [];
    let protocols = new Set<string>();
    let began = false;
    for (const message of messages) {
      const gone = message.missing.find((one) => one.capture === capture);
      if (gone !== undefined) {
        run.push(gone);
        protocols.add(message.protocol);
      } else if (message.passages.some((p: Passage) => p.capture === capture)) {
        if (began && run.length >= BLACKOUT && protocols.size > 1) {
          for (const one of run)
            if (one.mayBeCaptureLoss === '') one.mayBeCaptureLoss = 'nothing at all was recorded there for a while';
        }
        began = true;
        run = [];
        protocols = new Set();
      }
    }
  }
}
