import { offsetAt, type Clock, type Interval } from './clocks.ts';
import type { Entry, Instance } from './sightings.ts';
import type { JoinedMessage, Missing, Passage } from './types.ts';

/** One message crosses the network within this, beyond what the clocks leave open (microseconds). */
const JOURNEY = 2e6;
/** What two clocks of one site differ by at most where nothing compares them (microseconds): both are set by NTP. */
const ASSUMED = 1e6;

const NONE: Interval = { low: 0, high: 0, best: 0 };

/** All clocks on one: that of the first capture of each group of captures that share messages. */
export class CommonClock {
  private readonly clocks: readonly Clock[];
  /** For each capture the one before it on the way to the root, -1 for a root. */
  private readonly parents: number[];
  private readonly roots: number[];

  constructor(captures: number, clocks: readonly Clock[]) {
    this.clocks = clocks;
    this.parents = Array.from({ length: captures }, () => -1);
    this.roots = Array.from({ length: captures }, (_, i) => i);
    // Those that share most lead: their comparison is the tightest.
    const known = clocks.filter(({ pair }) => pair.offset.basis !== 'none');
    const ranked = [...known].sort((x, y) => weight(y) - weight(x) || x.pair.a - y.pair.a || x.pair.b - y.pair.b);
    const reached = new Set<number>();
    for (let root = 0; root < captures; root += 1) {
      if (reached.has(root)) continue;
      reached.add(root);
      for (let grown = true; grown;) {
        const next = ranked.find(({ pair }) => reached.has(pair.a) !== reached.has(pair.b));
        grown = next !== undefined;
        if (next === undefined) break;
        const { a, b } = next.pair;
        const [from, to] = reached.has(a) ? [a, b] : [b, a];
        this.parents[to] = from;
        this.roots[to] = this.roots[from] ?? from;
        reached.add(to);
      }
    }
  }

  /** A capture's time on the common clock. */
  common(capture: number, time: number): number {
    let at = time;
    let here = capture;
    for (let steps = 0; steps < this.parents.length; steps += 1) {
      const parent = this.parents[here] ?? -1;
      if (parent < 0) return at;
      at -= this.between(parent, here, at).best;
      here = parent;
    }
    return at;
  }

  /** True when both captures' clocks were compared, directly or by others between. */
  compared(a: number, b: number): boolean {
    return this.roots[a] === this.roots[b];
  }

  /** When what `a` saw at `time` was at `b`, by b's clock, as an interval that holds what the comparison leaves open. */
  at(a: number, b: number, time: number): { from: number; to: number; clock: Missing['clock'] } {
    if (!this.compared(a, b)) return { from: time - ASSUMED, to: time + ASSUMED, clock: 'assumed' };
    const direct = this.clocks.find(({ pair }) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
    if (direct !== undefined && direct.pair.offset.basis !== 'none') {
      const { low, high } = this.between(a, b, time);
      return { from: time + low, to: time + high, clock: 'measured' };
    }
    const common = this.common(a, time);
    const shift = common - this.common(b, common);
    const width = this.width(a) + this.width(b);
    return { from: common + shift - width, to: common + shift + width, clock: 'measured' };
  }

  private between(a: number, b: number, time: number): Interval {
    const forward = this.clocks.find(({ pair }) => pair.a === a && pair.b === b);
    if (forward !== undefined) return offsetAt(forward, time) ?? NONE;
    const backward = this.clocks.find(({ pair }) => pair.a === b && pair.b === a);
    const found = backward === undefined ? undefined : offsetAt(backward, time);
    return found === undefined ? NONE : { low: -found.high, high: -found.low, best: -found.best };
  }

  private width(capture: number): number {
    let sum = 0;
    let here = capture;
    for (let steps = 0; steps < this.parents.length; steps += 1) {
      const parent = this.parents[here] ?? -1;
      if (parent < 0) break;
      const { low, high } = this.between(parent, here, 0);
      sum += (high - low) / 2;
      here = parent;
    }
    return sum;
  }
}

function weight({ pair }: Clock): number {
  const both = pair.offset.basis === 'both-directions' ? 1e6 : 0;
  return both + pair.requests + pair.replies + pair.others;
}

/** One message and who saw it; `missing` is not judged yet. */
export type Joined = Omit<JoinedMessage, 'missing'> & { missing: Missing[] };

/** Pairs the repetitions of one message over all captures, in order and in time. */
export function joinEntry(entry: Entry, clock: CommonClock): Joined[] {
  const queues: { capture: number; list: { time: number; one: Instance }[]; next: number }[] = [];
  entry.seen.forEach((instances, capture) => {
    const list = instances.map((one) => ({ time: clock.common(capture, one.passages[0]?.time ?? 0), one }));
    queues.push({ capture, list: list.sort((x, y) => x.time - y.time), next: 0 });
  });
  const joined: Joined[] = [];
  for (;;) {
    let earliest: number | undefined;
    let leader = queues[0];
    for (const queue of queues) {
      const head = queue.list[queue.next];
      if (head === undefined || (earliest !== undefined && head.time >= earliest)) continue;
      earliest = head.time;
      leader = queue;
    }
    if (earliest === undefined || leader === undefined) return joined;
    const after = leader.list[leader.next + 1]?.time ?? Infinity;
    const passages: { time: number; passage: Passage }[] = [];
    for (const queue of queues) {
      const head = queue.list[queue.next];
      if (head === undefined || head.time - earliest > JOURNEY) continue;
      // Where one of two repetitions was lost, it is the nearer one that is here.
      const fewer = queue.list.length < leader.list.length;
      if (fewer && Math.abs(after - head.time) < head.time - earliest) continue;
      queue.next += 1;
      for (const passage of head.one.passages) {
        passages.push({ time: clock.common(queue.capture, passage.time), passage });
      }
    }
    passages.sort((x, y) => x.time - y.time);
    const { seen: _seen, overfull: _overfull, ...facts } = entry;
    joined.push({ ...facts, time: earliest, passages: passages.map(({ passage }) => passage), missing: [] });
  }
}
