import type { LineTime } from './line.ts';
import type { Stamp } from './stamp.ts';

/** When the captures begin: the first and the last of their first frames (microseconds since 1970 UTC). */
export interface Around {
  from: number;
  to: number;
}

/** Civil time runs from UTC-12 to UTC+14. */
const WEST_US = 12 * 3_600e6;
const EAST_US = 14 * 3_600e6;

/**
 * The interval in which a stamp lies, and how sure that is; undefined where it says nothing that could be compared with a
 * capture: no year and no capture to choose one by, or a clock that was never set.
 *
 * @param around undefined when no capture could be looked at
 */
export function resolve(stamp: Stamp, around: Around | undefined): LineTime | undefined {
  // IOS starts an unset clock at 1 March 1993 (shown without its year, with the mark of a time that means nothing).
  if (stamp.doubt === '*' && stamp.month === 3 && (stamp.year === -1 || stamp.year === 1993)) return undefined;
  const reasons: string[] = [];
  let sure: LineTime['sure'] = 'certain';
  const weaken = (to: 'likely' | 'possible', reason: string): void => {
    sure = sure === 'possible' ? sure : to;
    reasons.push(reason);
  };
  const year = stamp.year === -1 ? nearestYear(stamp, around) : stamp.year;
  if (year === undefined) return undefined;
  const local = microOf(stamp, year);
  if (local === undefined) return undefined;
  if (stamp.year === -1) weaken('likely', `no year is written: in ${year} it lies nearest to the captures`);
  const width = 10 ** (6 - stamp.digits) - 1;
  let from = local;
  let to = local + width;
  if (stamp.offset === undefined) {
    from -= EAST_US;
    to += WEST_US;
    const name = stamp.zone === '' ? 'no zone is written' : `the zone ${stamp.zone} is not known`;
    weaken('possible', `${name}: the interval spans UTC-12 to UTC+14`);
  } else {
    from -= stamp.offset * 60e6;
    to -= stamp.offset * 60e6;
    if (stamp.zone !== '' && stamp.offset !== 0)
      weaken('likely', `${stamp.zone} is taken as ${offsetText(stamp.offset)}`);
  }
  if (stamp.doubt === '*') weaken('possible', 'the switch says that its clock is not authoritative');
  if (stamp.doubt === '.') weaken('likely', 'the switch says that its clock lost its time server');
  const zoned = stamp.offset !== undefined;
  return { from, to, sure, reason: reasons.join('; '), local: zoned ? undefined : local };
}

/** The time of a line whose zone was found out. @param minutes east of UTC @param lines that match frames with it */
export function zoned(time: LineTime, minutes: number, lines: number): LineTime {
  const { local } = time;
  if (local === undefined) return time;
  const from = local - minutes * 60e6;
  const width = time.to - time.from - EAST_US - WEST_US;
  const others = time.reason.split('; ').filter((reason) => !/ zone /.test(reason));
  const reason = [...others, `no zone is written: ${lines} lines match frames at ${offsetText(minutes)}`].join('; ');
  return { from, to: from + width, sure: 'likely', reason, local: undefined };
}

/** How much a stamp says: what has year and zone is worth more than what has neither; a doubted clock least. */
export function worth(stamp: Stamp): number {
  if (stamp.doubt === '*') return 0;
  return 1 + Number(stamp.year !== -1) + Number(stamp.offset !== undefined);
}

/** `UTC+2`, `UTC-3:30`. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const rest = size % 60;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** The year in which the stamp lies nearest to the captures: a log of December may go with a capture of January. */
function nearestYear(stamp: Stamp, around: Around | undefined): number | undefined {
  if (around === undefined) return undefined;
  const middle = new Date(Math.floor(around.from / 1000)).getUTCFullYear();
  // A leap day occurs every four years, every eight around most turns of centuries.
  const reach = stamp.month === 2 && stamp.day === 29 ? 8 : 1;
  let best: { year: number; distance: number } | undefined;
  for (let year = middle - reach; year <= middle + reach; year += 1) {
    const time = microOf(stamp, year);
    if (time === undefined) continue;
    const distance = time < around.from ? around.from - time : Math.max(0, time - around.to);
    if (best === undefined || distance < best.distance) best = { year, distance };
  }
  return best?.year;
}

/** Microseconds since 1970, the stamp read as UTC; undefined for a day that this year does not have. */
function microOf(stamp: Stamp, year: number): number | undefined {
  const milli = Date.UTC(year, stamp.month - 1, stamp.day, stamp.hour, stamp.minute, stamp.second);
  const back = new Date(milli);
  // A leap second reads as the first of the next minute.
  if (stamp.second < 60 && (back.getUTCDate() !== stamp.day || back.getUTCMonth() !== stamp.month - 1))
    return undefined;
  return Number.isNaN(milli) ? undefined : milli * 1000 + stamp.micro;
}
