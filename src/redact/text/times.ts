import type { Kind } from '../kinds.ts';
import type { SpanFinder } from './spans.ts';

/**
 * What becomes of a time: seconds since 1970 UTC in and out, `undefined` where times are dropped. A time without a zone is
 * taken as UTC: a shift by a constant moves it by as much in any zone.
 */
export interface TimeMap {
  time(seconds: number): number | undefined;
  /** Parts of a second stay; else they become zeros. */
  fractions: boolean;
  /** The year of a time that is written without one. */
  year: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTH = `(?<mon>${MONTHS.join('|')})`;
const DAY = `(?<dow>${DAYS.join('|')})`;
const CLOCK = '(?<h>[01]\\d|2[0-3]):(?<m>[0-5]\\d):(?<s>[0-5]\\d|60)';
const FRACTION = '(?:[.,](?<f>\\d{1,9})(?!\\d))?';
const ZONE = '(?: ?(?<z>Z\\b|[+-]\\d\\d:?\\d\\d(?!\\d)|UTC\\b|GMT\\b))?';
const DATE = '(?<y>(?:19|20)\\d\\d)-(?<mo>0[1-9]|1[0-2])-(?<d>0[1-9]|[12]\\d|3[01])';

/** One way of writing a time; the first that fits a place has it. */
export interface TimeFormat {
  id: string;
  pattern: RegExp;
  /** What every time so written holds: looked for first, because it costs less. */
  needs: RegExp;
  /** A time so written. */
  sample: string;
}

function format(id: string, needs: RegExp, pattern: string, sample: string): TimeFormat {
  return { id, pattern: new RegExp(pattern, 'dg'), needs, sample };
}

const ISO_DATE = /\d-\d\d-\d/;
const HAS_MONTH = new RegExp(`(?:${MONTHS.join('|')})[ /-]`);

/** Every way of writing an absolute time that the finder knows. */
export const TIME_FORMATS: readonly TimeFormat[] = [
  format(
    'iso-8601',
    ISO_DATE,
    `(?:\\b${DAY} )?(?<![\\w.-])${DATE}[T ]${CLOCK}${FRACTION}${ZONE}`,
    '2026-11-22T15:47:25.123456+01:00',
  ),
  format(
    'iso-8601-minutes',
    ISO_DATE,
    `(?<![\\w.-])${DATE}[T ](?<h>[01]\\d|2[0-3]):(?<m>[0-5]\\d)(?![\\d:])${ZONE}`,
    '2026-11-22 15:47',
  ),
  format(
    'iso-8601-basic',
    /\dT\d/,
    '(?<![\\w.-])(?<y>(?:19|20)\\d\\d)(?<mo>0[1-9]|1[0-2])(?<d>0[1-9]|[12]\\d|3[01])T(?<h>[01]\\d|2[0-3])(?<m>[0-5]\\d)(?<s>[0-5]\\d)(?<z>Z)?(?!\\w)',
    '20261122T154725Z',
  ),
  // ISC dhcpd: day of the week as a number, then the date (dhcpd.leases(5)).
  format(
    'dhcpd-leases',
    /\d\/\d\d\/\d/,
    `\\b(?<w>[0-6]) (?<y>(?:19|20)\\d\\d)/(?<mo>0[1-9]|1[0-2])/(?<d>0[1-9]|[12]\\d|3[01]) ${CLOCK}`,
    '0 2026/11/22 15:47:25',
  ),
  format(
    'slashes',
    /\d\/\d\d\/\d/,
    `(?<![\\w./-])(?<y>(?:19|20)\\d\\d)/(?<mo>0[1-9]|1[0-2])/(?<d>0[1-9]|[12]\\d|3[01]) ${CLOCK}${FRACTION}`,
    '2026/11/22 15:47:25',
  ),
  // RFC 9110 5.6.7, RFC 5322 3.3.
  format(
    'http',
    HAS_MONTH,
    `\\b(?:${DAY}, )?(?<d>\\d{1,2})[ -]${MONTH}[ -](?<y>(?:19|20)\\d\\d) ${CLOCK}${ZONE}`,
    'Sun, 22 Nov 2026 15:47:25 GMT',
  ),
  format(
    'common-log',
    HAS_MONTH,
    `\\b(?<d>\\d\\d)/${MONTH}/(?<y>(?:19|20)\\d\\d):${CLOCK}${ZONE}`,
    '22/Nov/2026:15:47:25 +0100',
  ),
  format(
    'ios-clock',
    HAS_MONTH,
    `\\b${CLOCK}(?:\\.(?<f>\\d{1,9}))? (?:[A-Z]{1,5}) ${DAY} ${MONTH} {1,2}(?<d>\\d{1,2}) (?<y>(?:19|20)\\d\\d)\\b`,
    '01:53:21 UTC Fri Jan 23 2015',
  ),
  // RFC 3164 4.1.2, ctime(3), and what switches make of it: the year before the month, before or after the time.
  format(
    'bsd',
    HAS_MONTH,
    `(?:\\b${DAY} )?(?:\\b(?<y>(?:19|20)\\d\\d) )?\\b${MONTH} {1,2}(?<d>[12]\\d|3[01]|0?[1-9])(?: (?<y2>(?:19|20)\\d\\d))? ${CLOCK}${FRACTION}(?: (?:[A-Z]{3,5} )?(?<y3>(?:19|20)\\d\\d)(?!\\d|[-:.]))?`,
    'Nov 22 15:47:25',
  ),
  // ArubaOS-Switch.
  format(
    'american',
    /\d\/\d\d\/\d/,
    '\\b(?<mo>0[1-9]|1[0-2])/(?<d>0[1-9]|[12]\\d|3[01])/(?<yy>\\d\\d) (?<h>[01]\\d|2[0-3]):(?<m>[0-5]\\d):(?<s>[0-5]\\d)(?!\\d)',
    '11/22/26 15:47:25',
  ),
  format('date', ISO_DATE, `(?<![\\w.-])${DATE}(?![\\w:-])`, '2026-11-22'),
  // Seconds since 1970 of the years 2014 to 2033, also as milliseconds, microseconds and nanoseconds.
  format(
    'epoch',
    /\d{10}/,
    '(?<![\\w.:/+-])(?<e>(?:1[4-9]\\d|200)\\d{7})(?:(?<n>\\d{9}|\\d{6}|\\d{3})|\\.(?<f>\\d{1,9}))?(?![\\w:-]|\\.\\d)',
    '1795362445.123456',
  ),
  // The time of a cursor of the journal (sd_journal_get_cursor(3)): microseconds in hexadecimal.
  format('cursor', /[0-9a-f]{13}/, '(?:(?<=;t=)|^)(?<x>[56][0-9a-f]{12})(?=;x=|$)', '64422d8a1b3c4'),
];

/** Finds times in text. */
export const TIMES: SpanFinder = {
  name: 'time',
  find(text) {
    if (!DIGITS.test(text)) return [];
    const found: { at: number; end: number; kind: Kind }[] = [];
    for (const { pattern, needs } of TIME_FORMATS) {
      if (!needs.test(text)) continue;
      pattern.lastIndex = 0;
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        found.push({ at: match.index, end: match.index + match[0].length, kind: 'time' });
      }
    }
    return found;
  },
};

const DIGITS = /\d\d/;

/** The text of a time after `map`, as wide as before where the format allows; undefined when it is dropped, or none. */
export function mapTimeText(text: string, map: TimeMap): string | undefined {
  const read = readTime(text, map.year);
  if (read === undefined) return undefined;
  const after = map.time(read.seconds);
  return after === undefined ? undefined : written(text, read, after, map.fractions);
}

/** Seconds since 1970 of a time's text; undefined where no year is written, or it is no time. */
export function secondsOf(text: string): number | undefined {
  return readTime(text, Number.NaN)?.seconds;
}

interface ReadTime {
  groups: Partial<Record<string, string>>;
  indices: Partial<Record<string, [number, number]>>;
  seconds: number;
  /** Seconds east of UTC. */
  offset: number;
}

function readTime(text: string, year: number): ReadTime | undefined {
  for (const { pattern } of TIME_FORMATS) {
    pattern.lastIndex = 0;
    const match = pattern.exec(text);
    if (match?.index !== 0 || match[0].length !== text.length) continue;
    const groups: Partial<Record<string, string>> = match.groups ?? {};
    const indices: Partial<Record<string, [number, number]>> = match.indices?.groups ?? {};
    const number = (name: string, other: number): number => Number(groups[name] ?? other);
    if (groups['x'] !== undefined) {
      return { groups, indices, seconds: Math.floor(Number.parseInt(groups['x'], 16) / 1e6), offset: 0 };
    }
    if (groups['e'] !== undefined) return { groups, indices, seconds: Number(groups['e']), offset: 0 };
    const short = groups['yy'];
    const written =
      groups['y'] ?? groups['y2'] ?? groups['y3'] ?? (short === undefined ? String(year) : century(short));
    const month = groups['mon'] === undefined ? number('mo', 1) - 1 : MONTHS.indexOf(groups['mon']);
    const offset = offsetOf(groups['z']);
    const milli = Date.UTC(Number(written), month, number('d', 1), number('h', 0), number('m', 0), number('s', 0));
    return Number.isNaN(milli) ? undefined : { groups, indices, seconds: milli / 1000 - offset, offset };
  }
  return undefined;
}

/** ArubaOS-Switch starts its clock at 01/01/90. */
function century(year: string): string {
  return `${Number(year) >= 90 ? 19 : 20}${year}`;
}

function offsetOf(zone: string | undefined): number {
  const digits = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '');
  if (digits === null) return 0;
  const seconds = Number(digits[2]) * 3600 + Number(digits[3]) * 60;
  return digits[1] === '-' ? -seconds : seconds;
}

function written(text: string, { groups, indices, offset }: ReadTime, seconds: number, fractions: boolean): string {
  const date = new Date((seconds + offset) * 1000);
  const year = date.getUTCFullYear();
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const day = DAYS[date.getUTCDay()] ?? '';
  const values: Partial<Record<string, string>> = {
    y: String(year),
    y2: String(year),
    y3: String(year),
    yy: String(year % 100),
    mon: month,
    mo: String(date.getUTCMonth() + 1),
    d: String(date.getUTCDate()),
    dow: day,
    w: String(date.getUTCDay()),
    h: String(date.getUTCHours()),
    m: String(date.getUTCMinutes()),
    s: String(date.getUTCSeconds()),
    e: String(seconds),
  };
  const parts = Object.entries(indices)
    .flatMap(([name, place]) => (place === undefined ? [] : [{ name, at: place[0], end: place[1] }]))
    .sort((a, b) => a.at - b.at);
  let out = '';
  let from = 0;
  for (const { name, at, end } of parts) {
    const old = groups[name] ?? '';
    let value = values[name];
    if (name === 'x') value = (seconds * 1e6 + (Number.parseInt(old, 16) % 1e6)).toString(16);
    if (name === 'f' || name === 'n') value = fractions ? old : '0'.repeat(old.length);
    if (value === undefined) continue;
    let head = text.slice(from, at);
    const month = indices['mon']?.[0] ?? at;
    if (name === 'd' && month < at && !old.startsWith('0')) {
      // `Nov  2` is as wide as `Nov 22`.
      if (head.endsWith('  ') && value.length > old.length) head = head.slice(0, -1);
      value = value.padStart(old.length, ' ');
    } else {
      value = value.padStart(old.length, '0');
    }
    out += head + value;
    from = end;
  }
  return out + text.slice(from);
}
