import type { CaptureInterface, Clock } from '../../capture/types.ts';
import { CLOCK_UNSET } from '../facts.ts';
import type { Identities } from '../identities.ts';

/** Where the time of day is asked what becomes of it: 2020-01-01 00:00:00 UTC. */
const SAMPLE = 1_577_836_800;

/**
 * Seconds that every time of the case moves by. A policy that drops times keeps their order and distance all the same: the
 * case then begins with 1970. Clocks that were never set (before 1990) tell no date and stay.
 *
 * @param firstTime earliest whole second of the case, -1 when unknown
 */
export function timeShift(identities: Identities, firstTime: number): number {
  const { action } = identities.rule('time');
  const moved = action === 'zero' ? undefined : identities.time(SAMPLE);
  if (moved !== undefined) return moved - SAMPLE;
  return firstTime < 0 ? 0 : -firstTime;
}

/** Whole seconds of a time, moved. */
export function movedSeconds(seconds: number, shift: number): number {
  return seconds >>> 0 < CLOCK_UNSET ? seconds : seconds + shift;
}

/** A shift in the ticks of each interface's clock, as 64 bits in two words. */
export class TickShift {
  high = 0;
  low = 0;
  private readonly seconds: number;
  private readonly known = new Map<number, Ticks>();

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  /** Adds the shift to a time of the interface; the sum is in `high` and `low`, signed. Both -1 is no time, and stays. */
  move(high: number, low: number, iface: CaptureInterface | undefined, id: number): void {
    this.high = high;
    this.low = low;
    if (this.seconds === 0 || iface === undefined || (high & low) === -1) return;
    let ticks = this.known.get(id);
    if (ticks === undefined) {
      ticks = ticksOf(this.seconds, iface.clock);
      this.known.set(id, ticks);
    }
    this.add(high, low, ticks);
  }

  /** As `move`, for a clock that is no interface's. */
  moveBy(high: number, low: number, clock: Clock): void {
    this.add(high, low, ticksOf(this.seconds, clock));
  }

  private add(high: number, low: number, { shift, unset }: Ticks): void {
    const early = high >>> 0 < unset[0] || (high >>> 0 === unset[0] && low >>> 0 < unset[1]);
    const sum = early ? low >>> 0 : (low >>> 0) + shift[1];
    this.low = sum | 0;
    this.high = early ? high : (high + shift[0] + (sum > 0xffffffff ? 1 : 0)) | 0;
  }
}

/** Pairs of unsigned words, the high one first. */
interface Ticks {
  shift: readonly [number, number];
  /** Times before this are of clocks that were never set. */
  unset: readonly [number, number];
}

function ticksOf(seconds: number, { base, exponent, offset }: Clock): Ticks {
  const unit = BigInt(base) ** BigInt(exponent);
  const unset = BigInt(Math.max(0, CLOCK_UNSET - offset)) * unit;
  const most = (1n << 64n) - 1n;
  return {
    shift: wordsOf(BigInt.asUintN(64, BigInt(seconds) * unit)),
    unset: wordsOf(unset > most ? most : unset),
  };
}

function wordsOf(ticks: bigint): readonly [number, number] {
  return [Number(ticks >> 32n), Number(ticks & 0xffffffffn)];
}
