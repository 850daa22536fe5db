import { utcText } from '../report/time.ts';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';

/** From when to when things are taken: seconds since 1970 UTC. */
export interface Window {
  since: number;
  until: number;
}

/** Without `--since`: a boot that failed yesterday is still in it, and the journal of a busy rack stays small. */
export const DEFAULT_SECONDS = 24 * 3600;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * @param now seconds since 1970 UTC
 * @param since `2026-01-02T03:04:05Z` (or with an offset), `2026-01-02` (UTC), `@1700000000`, or a span back from now: `90m`, `2h`, `3d`
 * @throws Problem for a time that cannot be read, or an empty window
 */
export function windowOf(now: number, since: string, until: string): Window {
  const to = until === '' ? Math.ceil(now) : timeOf(until, now, '--until');
  const from = since === '' ? to - DEFAULT_SECONDS : timeOf(since, now, '--since');
  if (from >= to) {
    throw new Problem(
      'usage',
      `the window is empty: it would begin ${timeText(from)} and end ${timeText(to)}; give an earlier --since`,
    );
  }
  return { since: from, until: to };
}

function timeOf(text: string, now: number, option: string): number {
  const span = /^(\d{1,6})([smhd])$/.exec(text);
  if (span !== null) return Math.floor(now) - Number(span[1]) * (UNITS[span[2] ?? 's'] ?? 1);
  const epoch = /^@(\d{1,11})$/.exec(text);
  if (epoch !== null) return Number(epoch[1]);
  const milli = ISO.test(text) || DAY.test(text) ? Date.parse(text) : NaN;
  if (!Number.isFinite(milli)) {
    throw new Problem(
      'usage',
      `${option} ${safeText(text).slice(0, 60)}: give a time with its zone (2026-01-02T03:04:05Z), a day, or a span back from now (90m, 2h, 3d)`,
    );
  }
  return Math.floor(milli / 1000);
}

/** `2026-01-02T03:04:05Z` */
export function timeText(seconds: number): string {
  return utcText(Math.floor(seconds), 0, 0);
}

/** A day's seconds: names of dated files give the day alone, in a zone that nobody wrote down. */
const ZONE_SLACK = 86_400;

/**
 * Whether a rotated, compressed or dated file may hold lines of the window; a live log always may.
 *
 * @param path with forward slashes @param mtime seconds since 1970 UTC: a rotated file was last written at its end
 */
export function mayHold(path: string, mtime: number, window: Window): boolean {
  const day = /(?:^|[/._-])(\d{4})-?(\d\d)-?(\d\d)(?=[/._-]|$)/.exec(path);
  if (day !== null) {
    const start = Date.parse(`${day[1]}-${day[2]}-${day[3]}`) / 1000;
    if (Number.isFinite(start)) {
      // logrotate's dateext names the day of the rotation: the lines may be a rotation older, so only the mtime cuts there.
      const folder = path.lastIndexOf('/') > day.index + day[0].length - 1;
      if (folder) return start - ZONE_SLACK < window.until && start + 2 * ZONE_SLACK > window.since;
    }
  }
  return !isRotated(path) || mtime >= window.since;
}

/** `x.log.1`, `x.log.2.gz`, `x.log-20260102.zst`, `x-2026-01-02.log` */
function isRotated(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /(?:\.\d{1,4}|[.-]\d{4}-?\d\d-?\d\d(?:\.log)?)$/.test(name) || compressionOf(name) !== '';
}

/** How a file is compressed, by its name. */
export function compressionOf(name: string): '' | 'gz' | 'zst' | 'xz' | 'bz2' {
  const ending = /\.(gz|zst|xz|bz2)$/.exec(name)?.[1];
  return ending === 'gz' || ending === 'zst' || ending === 'xz' || ending === 'bz2' ? ending : '';
}
