import type { Analysis } from './analysis.ts';

/** How a time is written in a report. */
export type Clock = (time: string) => string;

/** Where all captures lie on one day, the time of day says enough beside a date. */
export function clockOf(analysis: Analysis): Clock {
  const days = new Set<string>();
  for (const { firstTime, lastTime } of analysis.captures) {
    for (const time of [firstTime, lastTime]) if (time !== '') days.add(time.slice(0, time.indexOf('T')));
  }
  if (days.size === 1) return (time) => (time === '' ? 'no time' : time.slice(time.indexOf('T') + 1, -1));
  return (time) => (time === '' ? 'no time' : dated(time));
}

/** `2026-11-22 12:44:42.208123`. */
export function dated(time: string): string {
  return time.replace('T', ' ').replace('Z', '');
}

/** `2026-11-22 12:44:42.208123 to 12:44:43.000001 UTC`: the date once where both are of one day; '' without a time. */
export function datedSpan(firstTime: string, lastTime: string): string {
  if (firstTime === '') return '';
  const [first, last] = [dated(firstTime), dated(lastTime)];
  if (first === last || last === '') return `${first} UTC`;
  const day = first.indexOf(' ') + 1;
  return `${first} to ${last.slice(0, day) === first.slice(0, day) ? last.slice(day) : last} UTC`;
}
