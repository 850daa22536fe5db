import type { Clock } from './types.ts';

/**
 * Seconds since 1970 UTC and nanoseconds. In a pcap file with a fraction of a second or more `nsec` passes 999999999
 * (see `readTime`).
 */
export interface Time {
  sec: number;
  nsec: number;
}

/** The clock of blocks that are no packets (`FrameSink.other`): microseconds since 1970. */
export const EVENT_CLOCK: Clock = { kind: 'ticks', base: 10, exponent: 6, offset: 0 };

/** The most digits of a second that we keep. */
const MAX_DIGITS = 9;
const TWO_32 = 4294967296;
/** 10^0 … 10^9: exact divisors. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/** The largest count of ticks that one double holds exactly, as a high word. */
const EXACT_HIGH = 0x1fffff;
/** 10^9 = 2^9 · 5^9: multiplying a 32-bit fraction by 5^9 stays below 2^53. */
const FIVE_9 = 1953125;

/** False when both words are all ones: the record had no time (`FrameSink.frame`). The words may be signed or not. */
export function hasTime(high: number, low: number): boolean {
  return (high & low) !== -1;
}

/**
 * Raw ticks as seconds and nanoseconds, written into `into`. What is finer than a nanosecond is cut off, as in tshark.
 *
 * A pcap fraction of a whole second or more (a damaged file, an odd writer) stays in `nsec`, as in tshark: carrying it
 * over would claim a second that the file does not name. `sec · 10^9 + nsec` is right all the same.
 *
 * @param high @param low the 32-bit words of `FrameSink.frame`, signed or not
 */
export function readTime(clock: Clock, high: number, low: number, into: Time): void {
  const h = high >>> 0;
  const l = low >>> 0;
  if (clock.kind === 'split') {
    into.sec = h + clock.offset;
    into.nsec = l * (POWERS[MAX_DIGITS - clock.exponent] ?? 1);
  } else if (clock.base === 2) {
    readBinary(clock.exponent, h, l, into);
    into.sec += clock.offset;
  } else {
    readDecimal(clock.exponent, h, l, into);
    into.sec += clock.offset;
  }
}

/** Ticks of 10^-exponent s. */
function readDecimal(exponent: number, high: number, low: number, into: Time): void {
  if (exponent <= MAX_DIGITS) {
    const divisor = POWERS[exponent] ?? 1;
    if (high <= EXACT_HIGH) {
      const ticks = high * TWO_32 + low;
      let sec = Math.floor(ticks / divisor);
      let rest = ticks - sec * divisor;
      // The quotient of two exact integers may round up to the next whole number.
      if (rest < 0) {
        sec -= 1;
        rest += divisor;
      }
      into.sec = sec;
      into.nsec = rest * (POWERS[MAX_DIGITS - exponent] ?? 1);
      return;
    }
    divide(high, low, divisor);
    into.sec = quotientHigh * TWO_32 + quotientLow;
    into.nsec = remainder * (POWERS[MAX_DIGITS - exponent] ?? 1);
    return;
  }
  // First to whole nanoseconds; cutting off in steps equals cutting off once.
  let [h, l] = [high, low];
  for (let left = exponent - MAX_DIGITS; left > 0 && (h > 0 || l > 0); left -= MAX_DIGITS) {
    divide(h, l, POWERS[Math.min(left, MAX_DIGITS)] ?? 1);
    h = quotientHigh;
    l = quotientLow;
  }
  divide(h, l, 1e9);
  into.sec = quotientHigh * TWO_32 + quotientLow;
  into.nsec = remainder;
}

/** Ticks of 2^-exponent s: the fraction times 10^9, cut off, in whole numbers below 2^53. */
function readBinary(exponent: number, high: number, low: number, into: Time): void {
  if (exponent <= 32) {
    const unit = 2 ** exponent;
    const fraction = low % unit;
    into.sec = high * (TWO_32 / unit) + (low - fraction) / unit;
    into.nsec = Math.floor((fraction * FIVE_9) / 2 ** (exponent - 9));
    return;
  }
  const unit = exponent >= 64 ? TWO_32 : 2 ** (exponent - 32);
  const fraction = high % unit;
  into.sec = (high - fraction) / unit;
  const lowProduct = low * FIVE_9;
  const lowRest = lowProduct % TWO_32;
  const upper = fraction * FIVE_9 + (lowProduct - lowRest) / TWO_32;
  const shift = exponent - 9;
  into.nsec =
    shift >= 32 ? Math.floor(upper / 2 ** (shift - 32)) : upper * 2 ** (32 - shift) + Math.floor(lowRest / 2 ** shift);
}

let quotientHigh = 0;
let quotientLow = 0;
let remainder = 0;

/** (high · 2^32 + low) / divisor, for a divisor up to 10^9, in three steps that each stay below 2^53. */
function divide(high: number, low: number, divisor: number): void {
  quotientHigh = Math.floor(high / divisor);
  let rest = (high - quotientHigh * divisor) * 65536 + (low >>> 16);
  const middle = Math.floor(rest / divisor);
  rest = (rest - middle * divisor) * 65536 + (low & 0xffff);
  const last = Math.floor(rest / divisor);
  quotientLow = middle * 65536 + last;
  remainder = rest - last * divisor;
}

/** Digits behind the second that this clock's times have, 0 to 9. */
export function clockDigits(clock: Clock): number {
  const digits = clock.base === 10 ? clock.exponent : Math.ceil(clock.exponent * Math.log10(2));
  return Math.min(MAX_DIGITS, digits);
}
