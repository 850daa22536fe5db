import type { SwitchLine } from '../../switch/line.ts';
import { zoned } from '../../switch/when.ts';

/** Zones differ by quarters of an hour. */
const QUARTER_US = 900e6;
const WEST_QUARTERS = -48;
const EAST_QUARTERS = 56;
/** A switch stamps a message after it came, cut to its own second; a clock that is kept is not further off. */
const EARLY_US = -1.5e6;
const LATE_US = 3e6;
/** Two lines agree by chance once in some forty thousand times. */
const MIN_LINES = 2;

/**
 * Finds the zone of a text whose stamps have none: lines that speak of a message that was captured lie a whole number of
 * quarter hours beside it.
 */
export class ZoneVotes {
  /** Minutes east of UTC, once found. */
  private readonly votes = new Map<number, Set<number>>();
  private found = false;
  private readonly lines: SwitchLine[] = [];

  /** A line without a zone. */
  add(line: SwitchLine): void {
    this.lines.push(line);
  }

  /** A frame that this line may speak of, by its content. @param time microseconds */
  vote(line: SwitchLine, time: number): void {
    const local = line.time?.local;
    if (this.found || local === undefined) return;
    const quarters = Math.round((local - time) / QUARTER_US);
    const rest = local - time - quarters * QUARTER_US;
    if (quarters < WEST_QUARTERS || quarters > EAST_QUARTERS || rest < EARLY_US || rest > LATE_US) return;
    const voters = this.votes.get(quarters) ?? new Set();
    voters.add(line.line);
    this.votes.set(quarters, voters);
    const others = Math.max(0, ...[...this.votes].filter(([q]) => q !== quarters).map(([, set]) => set.size));
    if (voters.size < MIN_LINES || voters.size <= 2 * others) return;
    this.found = true;
    for (const one of this.lines) {
      if (one.time !== undefined) one.time = zoned(one.time, quarters * 15, voters.size);
    }
  }
}
