/** A time as a log writes it; nothing is filled in. */
export interface Stamp {
  /** -1 where no year is written. */
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Microseconds of the second. */
  micro: number;
  /** Digits of the fraction: how fine the clock is written. */
  digits: number;
  /** Minutes east of UTC; undefined where no zone is written, or one whose name says nothing certain. */
  offset: number | undefined;
  /** The zone's name where it was written as one, or ''. */
  zone: string;
  /** IOS writes `*` before a time that is not authoritative, `.` before one that lost its NTP server. */
  doubt: '' | '*' | '.';
}

/** Where a stamp was found, and where what follows it begins. */
export interface FoundStamp {
  /** undefined: a time since the switch started, which says nothing without the start. */
  stamp: Stamp | undefined;
  next: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = MONTHS.join('|');

/**
 * Zone names that stand for one offset wherever they are used in computers' logs, in minutes. CST, IST, BST and others
 * stand for several: they are no zone here.
 */
const ZONES = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['Z', 0],
  ['WET', 0],
  ['WEST', 60],
  ['CET', 60],
  ['MEZ', 60],
  ['CEST', 120],
  ['MESZ', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['JST', 540],
  ['KST', 540],
  ['EST', -300],
  ['EDT', -240],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
]);

/** RFC 3339, also with a space between (ISO 8601) and without an offset. */
export const ISO = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?= |:|,|$)/y;

/**
 * RFC 3164 4.1.2 `Mmm dd hh:mm:ss`, and what switches make of it: the year before the month (NX-OS), before or after the
 * time (IOS `service timestamps log datetime year`, Junos), a fraction, a zone, the marks of IOS.
 */
export const BSD = new RegExp(
  `([*.])?(?:(\\d{4}) )?(${MONTH}) {1,2}(\\d{1,2})(?: (\\d{4}))? (\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?(?: (\\d{4})(?=[ :]|$))?(?: ([A-Z]{1,5}|[+-]\\d\\d:?\\d\\d)(?=:|$))?:?`,
  'y',
);

/** ArubaOS-Switch: severity letter, month/day/year of two digits. */
export const HP = /[A-Z] (\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)(?= )/y;

/** `journalctl -o short-unix`. */
export const UNIX = /(\d{9,10})\.(\d{6})(?= )/y;

/** IOS `service timestamps log uptime`: `00:00:46:`, `1w2d:`, `3d04h:`. */
export const UPTIME = /\*?(?:\d{1,4}[ywd]\d{1,2}[wdh]|\d{2,5}:\d\d:\d\d):(?= |$)/y;

/** The stamp that begins at `at`, if there is one. */
export function stampAt(text: string, at: number): FoundStamp | undefined {
  const iso = run(ISO, text, at);
  if (iso !== undefined) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    const stamp = made({ year, month: Number(month), day, hour, minute, second, fraction, zone });
    return stamp === undefined ? undefined : { stamp, next: ISO.lastIndex };
  }
  const bsd = run(BSD, text, at);
  if (bsd !== undefined) {
    const [, doubt, before, month, day, between, hour, minute, second, fraction, after, zone] = bsd;
    const year = before ?? between ?? after;
    const stamp = made({ year, month: monthOf(month), day, hour, minute, second, fraction, zone, doubt });
    return stamp === undefined ? undefined : { stamp, next: BSD.lastIndex };
  }
  const hp = run(HP, text, at);
  if (hp !== undefined) {
    const [, month, day, year, hour, minute, second] = hp;
    const stamp = made({ year: century(year), month: Number(month), day, hour, minute, second });
    return stamp === undefined ? undefined : { stamp, next: HP.lastIndex };
  }
  const unix = run(UNIX, text, at);
  if (unix !== undefined) return { stamp: ofUnix(Number(unix[1]), unix[2] ?? ''), next: UNIX.lastIndex };
  return run(UPTIME, text, at) === undefined ? undefined : { stamp: undefined, next: UPTIME.lastIndex };
}

/** A time in the middle of a message, as IOS writes it: `01:53:21 UTC Fri Jan 23 2015`. */
export function clockStamp(text: string): Stamp | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second, zone, month, day, year] = match;
  return made({ year, month: monthOf(month), day, hour, minute, second, zone });
}

export const CLOCK = new RegExp(
  `^(\\d\\d):(\\d\\d):(\\d\\d) ([A-Za-z]{1,5}) [A-Z][a-z]{2} (${MONTH}) {1,2}(\\d{1,2}) (\\d{4})$`,
);

function run(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf(name ?? '') + 1;
}

/** ArubaOS-Switch starts its clock at 01/01/90. */
function century(year: string | undefined): string {
  return `${Number(year) >= 90 ? '19' : '20'}${year ?? ''}`;
}

interface Parts {
  year: string | undefined;
  month: number;
  day: string | undefined;
  hour: string | undefined;
  minute: string | undefined;
  second: string | undefined;
  fraction?: string | undefined;
  zone?: string | undefined;
  doubt?: string | undefined;
}

function made(parts: Parts): Stamp | undefined {
  const fraction = parts.fraction ?? '';
  const stamp: Stamp = {
    year: parts.year === undefined ? -1 : Number(parts.year),
    month: parts.month,
    day: Number(parts.day),
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    second: Number(parts.second),
    micro: Number(fraction.slice(0, 6).padEnd(6, '0')),
    digits: Math.min(6, fraction.length),
    offset: offsetOf(parts.zone),
    zone: /^[A-Z]/i.test(parts.zone ?? '') ? (parts.zone ?? '') : '',
    doubt: parts.doubt === '*' || parts.doubt === '.' ? parts.doubt : '',
  };
  const real =
    stamp.month >= 1 &&
    stamp.month <= 12 &&
    stamp.day >= 1 &&
    stamp.day <= 31 &&
    stamp.hour <= 23 &&
    stamp.minute <= 59 &&
    stamp.second <= 60;
  return real ? stamp : undefined;
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === '') return undefined;
  const digits = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (digits === null) return ZONES.get(zone.toUpperCase());
  const minutes = Number(digits[2]) * 60 + Number(digits[3]);
  return digits[1] === '-' ? -minutes : minutes;
}

function ofUnix(seconds: number, fraction: string): Stamp {
  const date = new Date(seconds * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    micro: Number(fraction),
    digits: 6,
    offset: 0,
    zone: '',
    doubt: '',
  };
}
