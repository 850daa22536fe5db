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
/** Pieces of the span that are looked at one by one for drift. */
const PIECES = 8;

/** One message seen at both ends. */
interface Shared {
  time: number;
  diff: number;
  way: 'request' | 'reply' | 'other';
}

/** A comparison of two clocks as it stands over time. */
export interface Clock {
  pair: VantagePair;
  /** Bounds of the offset for messages until this time (clock of a); the last reaches to the end. */
  pieces: { until: number; low: number; high: number }[];
}

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
  for (const entry of entries) collect(entry, pair, shared, votes);
  if (shared.length === 0) return { pair, pieces: [] };
  const middle = median(shared.map(({ diff }) => diff));
  const near = shared.filter(({ diff }) => Math.abs(diff - middle) <= FAR).sort((x, y) => x.time - y.time);
  pair.nearer = nearerOf(pair, votes, near, rank);
  const pieces = boundsOver(near, pair);
  return { pair, pieces };
}

/** The offset at a time of a's clock, as an interval; `undefined` where nothing is shared. */
export function offsetAt({ pair, pieces }: Clock, time: number): { low: number; high: number } | undefined {
  if (pair.offset.basis === 'none') return undefined;
  const piece = pieces.find(({ until }) => time <= until) ?? pieces.at(-1);
  return piece === undefined ? undefined : { low: piece.low, high: piece.high };
}

function collect(entry: Entry, pair: VantagePair, shared: Shared[], votes: [number, number]): void {
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
    const way = entry.protocol !== 'dhcpv4' ? 'other' : entry.reply ? 'reply' : 'request';
    pair[way === 'request' ? 'requests' : way === 'reply' ? 'replies' : 'others'] += 1;
    noteWay(entry, one, two, pair, votes);
    if (paired && shared.length < MOST_SHARED) {
      shared.push({ time: first.time, diff: second.time - first.time, way });
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
  if (one.some((x) => x.ethSrc >= 0 && two.some((y) => y.ethSrc === x.ethSrc))) pair.sameLink = true;
  if (entry.protocol !== 'dhcpv4') return;
  const [x] = one;
  const [y] = two;
  if (x === undefined || y === undefined || one.length > 1 || two.length > 1) return;
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

function boundsOver(shared: readonly Shared[], pair: VantagePair): Clock['pieces'] {
  const whole = boundsOf(shared, pair);
  pair.offset = { ...whole, drift: undefined, steady: true };
  const first = shared[0]?.time ?? 0;
  const last = shared.at(-1)?.time ?? 0;
  if (!whole.crossed) return [piece(Infinity, whole)];
  // No one offset explains all: either the clocks run at different speeds, or one was set.
  if (last - first < DRIFT_SPAN || shared.length < DRIFT_MESSAGES) return unsteady(shared, pair);
  const width = (last - first) / PIECES;
  const pieces: Clock['pieces'] = [];
  const bounds: { time: number; low: number; high: number }[] = [];
  for (let i = 0; i < PIECES; i += 1) {
    const from = first + i * width;
    const until = i === PIECES - 1 ? Infinity : from + width;
    const part = shared.filter(({ time }) => time >= from && time < until);
    if (part.length === 0) continue;
    const one = boundsOf(part, pair);
    if (one.crossed) return unsteady(shared, pair);
    const made = piece(until, one);
    pieces.push(made);
    bounds.push({ time: from + width / 2, low: made.low, high: made.high });
  }
  const begin = bounds[0];
  const end = bounds.at(-1);
  if (begin === undefined || end === undefined || begin === end) return unsteady(shared, pair);
  const seconds = (end.time - begin.time) / 1e6;
  const drift = { low: (end.low - begin.high) / seconds, high: (end.high - begin.low) / seconds };
  // A clock that was set jumps between two pieces; one that drifts lies on a line in all of them.
  const onLine = bounds.every(({ time, low, high }) => {
    const at = (time - begin.time) / 1e6;
    return high >= begin.low + drift.low * at && low <= begin.high + drift.high * at;
  });
  const low = least(pieces.map((one) => one.low));
  const high = most(pieces.map((one) => one.high));
  pair.offset = { low, high, best: (low + high) / 2, basis: whole.basis, drift: onLine ? drift : undefined, steady: onLine };
  return pieces;
}

function unsteady(shared: readonly Shared[], pair: VantagePair): Clock['pieces'] {
  const diffs = shared.map(({ diff }) => diff);
  const [low, high] = [least(diffs), most(diffs)];
  pair.offset = { ...pair.offset, low, high, best: (low + high) / 2, steady: false };
  return [{ until: Infinity, low, high }];
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

function piece(until: number, { low, high, best }: Bounds): { until: number; low: number; high: number } {
  return { until, low: low ?? best - JOURNEY, high: high ?? best + JOURNEY };
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
