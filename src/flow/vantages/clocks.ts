import { groupAddress } from '../visibility.ts';
import type { Entry } from './sightings.ts';
import type { ClockOffset, Passage, VantagePair } from './types.ts';

/** Shared messages that one pair's clocks are compared by: more make the bounds no tighter. */
const MOST_SHARED = 4096;
/** Bounds that cross by less than this (microseconds) are none: two mirrors, or a switch that sends to one port first. */
const CROSSING = 5e3;
/** Beyond this from the middle a sight is no sight of the same message but of a replay (microseconds). */
const FAR = 120e6;
/** Drift is asked for only over such a span (microseconds) and so many messages: below it is lost in the width. */
const DRIFT_SPAN = 60e6;
const DRIFT_MESSAGES = 8;
/** The part of the span at each end from which drift is taken: an eighth. */
const PIECES = 8;

/** One message seen at both ends. */
interface Shared {
  time: number;
  diff: number;
  way: 'request' | 'reply' | 'other';
}

/** An offset (microseconds): between `low` and `high`, likeliest `best`, which is the known bound where one end is open. */
export interface Interval {
  low: number;
  high: number;
  best: number;
}

/** A comparison of two clocks as it stands over time. */
export interface Clock {
  pair: VantagePair;
  /** The offset at `origin` (clock of a), as an interval with its likeliest value, and how much it grows with each microsecond. */
  line: { origin: number; low: number; high: number; best: number; slope: number };
  /** Segments of both captures that lie on one link: a message came by there with one Ethernet source. */
  links: Set<number>;
  /** `source/destination` of unicast messages seen at both. */
  ways: Set<string>;
}

/** Segments and stations remembered of one pair. */
const LINKS = 4096;

/**
 * Compares the clocks of two captures by all they share.
 *
 * @param rank where the names of the vantages put them: negative when a lies nearer to the clients, 0 when they do not say
 */
export function compareClocks(a: number, b: number, entries: Iterable<Entry>, rank: number): Clock {
  const pair: VantagePair = {
    a,
    b,
    offset: { low: undefined, high: undefined, best: 0, basis: 'none', drift: undefined, steady: true },
    requests: 0,
    replies: 0,
    others: 0,
    nearer: -1,
    sameLink: false,
    relay: false,
  };
  const shared: Shared[] = [];
  /** Votes for a lying nearer to the clients, and for b. */
  const votes = [0, 0] as [number, number];
  const links = new Set<number>();
  const ways = new Set<string>();
  for (const entry of entries) collect(entry, pair, shared, votes, links, ways);
  if (shared.length === 0) return { pair, line: { origin: 0, low: 0, high: 0, best: 0, slope: 0 }, links, ways };
  const middle = median(shared.map(({ diff }) => diff));
  const near = shared.filter(({ diff }) => Math.abs(diff - middle) <= FAR).sort((x, y) => x.time - y.time);
  pair.nearer = nearerOf(pair, votes, near, rank);
  return { pair, line: lineOver(near, pair), links, ways };
}

/** The offset at a time of a's clock, as an interval; `undefined` where nothing is shared. */
export function offsetAt({ pair, line }: Clock, time: number): Interval | undefined {
  if (pair.offset.basis === 'none') return undefined;
  const grown = line.slope * (time - line.origin);
  return { low: line.low + grown, high: line.high + grown, best: line.best + grown };
}

function collect(
  entry: Entry,
  pair: VantagePair,
  shared: Shared[],
  votes: [number, number],
  links: Set<number>,
  ways: Set<string>,
): void {
  const atA = entry.seen[pair.a];
  const atB = entry.seen[pair.b];
  if (atA === undefined || atB === undefined || entry.overfull) return;
  const count = Math.min(atA.length, atB.length);
  // Of unequal counts it is not known which one was lost.
  const paired = atA.length === atB.length;
  for (let i = 0; i < count; i += 1) {
    const one = atA[i]?.passages;
    const two = atB[i]?.passages;
    const first = one?.[0];
    const second = two?.[0];
    if (one === undefined || two === undefined || first === undefined || second === undefined) continue;
    const dhcp4 = entry.protocol === 'dhcpv4';
    const way = !dhcp4 && entry.protocol !== 'dhcpv6' ? 'other' : entry.reply ? 'reply' : 'request';
    // What of DHCPv6 comes through says nothing of a guard of DHCPv4.
    pair[!dhcp4 ? 'others' : way === 'request' ? 'requests' : 'replies'] += 1;
    noteLinks(one, two, links, ways);
    noteWay(entry, one, two, pair, votes);
    pair.sameLink = links.size > 0;
    if (paired && shared.length < MOST_SHARED) {
      shared.push({ time: first.time, diff: second.time - first.time, way });
    }
  }
}

function noteLinks(one: readonly Passage[], two: readonly Passage[], links: Set<number>, ways: Set<string>): void {
  for (const x of one) {
    for (const y of two) {
      if (x.ethSrc < 0 || x.ethSrc !== y.ethSrc || x.ethDst !== y.ethDst) continue;
      if (links.size < LINKS) links.add(x.segment).add(y.segment);
      if (!groupAddress(x.ethDst) && ways.size < LINKS) ways.add(`${x.ethSrc}/${x.ethDst}`);
    }
  }
}

/** What changed between the two sights says which of them lies nearer to the client. */
function noteWay(
  entry: Entry,
  one: readonly Passage[],
  two: readonly Passage[],
  pair: VantagePair,
  votes: [number, number],
): void {
  if (entry.protocol !== 'dhcpv4' && entry.protocol !== 'dhcpv6') return;
  const [x] = one;
  const [y] = two;
  if (x === undefined || y === undefined || one.length > 1 || two.length > 1) return;
  if (entry.protocol === 'dhcpv6') {
    if (x.hops === y.hops) return;
    // Envelopes are around it between relay and server, in both directions.
    pair.relay = true;
    vote(votes, y.hops - x.hops);
    return;
  }
  if (!entry.reply && x.giaddr !== y.giaddr) pair.relay = true;
  const further = entry.reply ? -1 : 1;
  // A relay or switch adds on the way to the server, and takes away on the way back.
  if (!entry.reply && x.hops !== y.hops) vote(votes, y.hops - x.hops);
  if (!entry.reply && x.giaddr !== y.giaddr && (x.giaddr === 0 || y.giaddr === 0)) vote(votes, x.giaddr === 0 ? 1 : -1);
  if (x.relayAgent.length !== y.relayAgent.length) vote(votes, y.relayAgent.length - x.relayAgent.length);
  if (x.ttl !== y.ttl && x.giaddr === y.giaddr && x.ethSrc !== y.ethSrc) vote(votes, (x.ttl - y.ttl) * further);
}

function vote(votes: [number, number], sign: number): void {
  if (sign > 0) votes[0] += 1;
  else votes[1] += 1;
}

function nearerOf(pair: VantagePair, votes: [number, number], shared: readonly Shared[], rank: number): number {
  if (votes[0] !== votes[1]) return votes[0] > votes[1] ? pair.a : pair.b;
  if (rank !== 0) return rank < 0 ? pair.a : pair.b;
  const requests = shared.filter(({ way }) => way === 'request').map(({ diff }) => diff);
  const replies = shared.filter(({ way }) => way === 'reply').map(({ diff }) => diff);
  if (requests.length === 0 || replies.length === 0) return -1;
  // What goes up comes later at the far end by the journey, and what comes down earlier: the journeys tell the ends apart.
  const up = least(requests) - most(replies);
  const down = least(replies) - most(requests);
  if (up > 0 && down < 0) return pair.a;
  if (down > 0 && up < 0) return pair.b;
  return -1;
}

function lineOver(shared: readonly Shared[], pair: VantagePair): Clock['line'] {
  const { crossed, ...whole } = boundsOf(shared, pair);
  pair.offset = { ...whole, drift: undefined, steady: true };
  const first = shared[0]?.time ?? 0;
  const span = (shared.at(-1)?.time ?? 0) - first;
  if (!crossed) return { origin: first, slope: 0, ...closed(whole) };
  // No one offset explains all: either the clocks run at different speeds, or one was set.
  const drifting =
    span < DRIFT_SPAN || shared.length < DRIFT_MESSAGES ? undefined : driftOver(shared, pair, first, span);
  if (drifting !== undefined) return drifting;
  const diffs = shared.map(({ diff }) => diff);
  const [low, high] = [least(diffs), most(diffs)];
  pair.offset = { ...pair.offset, low, high, best: (low + high) / 2, steady: false };
  return { origin: first, low, high, best: (low + high) / 2, slope: 0 };
}

/** One speed that explains all messages, from how they lie at the beginning and at the end; undefined when there is none. */
function driftOver(
  shared: readonly Shared[],
  pair: VantagePair,
  first: number,
  span: number,
): Clock['line'] | undefined {
  const begin = shared.filter(({ time }) => time <= first + span / PIECES);
  const end = shared.filter(({ time }) => time >= first + span - span / PIECES);
  const [from, to] = [median(begin.map(({ time }) => time)), median(end.map(({ time }) => time))];
  if (to <= from) return undefined;
  const slope = (median(end.map(({ diff }) => diff)) - median(begin.map(({ diff }) => diff))) / (to - from);
  const level = (list: readonly Shared[]): Bounds =>
    boundsOf(
      list.map((one) => ({ ...one, diff: one.diff - slope * (one.time - first) })),
      pair,
    );
  const all = level(shared);
  if (all.crossed) return undefined;
  const { low, high, best } = closed(all);
  // How far the line can be turned within the bounds of its two ends.
  const [a, b] = [closed(level(begin)), closed(level(end))];
  const seconds = (to - from) / 1e6;
  const drift = {
    low: slope * 1e6 + (b.low - a.high) / seconds,
    high: slope * 1e6 + (b.high - a.low) / seconds,
  };
  const grown = slope * span;
  const offset = { low: low + Math.min(0, grown), high: high + Math.max(0, grown) };
  pair.offset = { ...offset, best: (offset.low + offset.high) / 2, basis: all.basis, drift, steady: true };
  return { origin: first, low, high, best, slope };
}

type Bounds = Pick<ClockOffset, 'low' | 'high' | 'best' | 'basis'> & { crossed: boolean };

function boundsOf(shared: readonly Shared[], { a, nearer }: VantagePair): Bounds {
  const diffs = shared.map(({ diff }) => diff);
  const directed = shared.filter(({ way }) => way !== 'other');
  if (nearer < 0 || directed.length === 0) {
    const [low, high] = [least(diffs), most(diffs)];
    return { low, high, best: (low + high) / 2, basis: 'unordered', crossed: high - low > 2e6 };
  }
  const upward = nearer === a ? 'request' : 'reply';
  const late = directed.filter(({ way }) => way === upward).map(({ diff }) => diff);
  const early = directed.filter(({ way }) => way !== upward).map(({ diff }) => diff);
  let high = late.length === 0 ? undefined : least(late);
  let low = early.length === 0 ? undefined : most(early);
  const basis = low === undefined || high === undefined ? 'one-direction' : 'both-directions';
  let crossed = false;
  if (low !== undefined && high !== undefined && low > high) {
    crossed = low - high > CROSSING;
    [low, high] = [high, low];
  }
  const best = low === undefined ? (high ?? 0) : high === undefined ? low : (low + high) / 2;
  return { low, high, best, basis, crossed };
}

/** An open end is closed by what a journey takes at most: a relay's, not a clock's. */
const JOURNEY = 2e6;

function closed({ low, high, best }: Omit<Bounds, 'crossed'>): Interval {
  return { low: low ?? best - JOURNEY, high: high ?? best + JOURNEY, best };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function least(values: readonly number[]): number {
  return values.reduce((x, y) => Math.min(x, y), Infinity);
}

function most(values: readonly number[]): number {
  return values.reduce((x, y) => Math.max(x, y), -Infinity);
}
