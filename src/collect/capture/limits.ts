import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';

/** Where a capture ends, whichever comes first. There is none without all three. */
export interface CaptureLimits {
  seconds: number;
  packets: number;
  /** Of the capture file. */
  bytes: number;
}

/** A boot takes about a minute; a preset of a busy rack stays far below the rest. */
export const DEFAULT_LIMITS: CaptureLimits = { seconds: 60, packets: 1_000_000, bytes: 200_000_000 };
/** Above these nobody would call it short: a ring of files is the work of another tool. */
export const MOST_LIMITS: CaptureLimits = { seconds: 86_400, packets: 1_000_000_000, bytes: 64_000_000_000 };
/** tcpdump's own: the longest frame that there is. */
export const DEFAULT_SNAP = 262_144;
/** Below it the headers themselves would be cut. */
export const LEAST_SNAP = 96;
/** A file header and one small frame. */
const LEAST_BYTES = 1_000;

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, '': 1, m: 60, h: 3600 };
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

export interface LimitTexts {
  /** `60s`, `500ms`, `2m`, `1h`; '' the default. */
  duration: string;
  packets: string;
  /** `200MB`, `64MiB`. */
  bytes: string;
}

/** @throws Problem with a line for each that cannot be */
export function limitsOf({ duration, packets, bytes }: LimitTexts): CaptureLimits {
  const wrong: string[] = [];
  const one = (option: string, text: string, fallback: number, value: number, least: number, most: number): number => {
    if (text === '') return fallback;
    if (value >= least && value <= most) return value;
    wrong.push(`${option} ${safeText(text).slice(0, 40)}: give ${least} to ${most}, as ${EXAMPLES[option] ?? ''}`);
    return fallback;
  };
  const limits = {
    seconds: one('--duration', duration, DEFAULT_LIMITS.seconds, secondsOf(duration), 0.1, MOST_LIMITS.seconds),
    packets: one('--packets', packets, DEFAULT_LIMITS.packets, wholeOf(packets), 1, MOST_LIMITS.packets),
    bytes: one('--bytes', bytes, DEFAULT_LIMITS.bytes, bytesOf(bytes), LEAST_BYTES, MOST_LIMITS.bytes),
  };
  if (wrong.length > 0) throw new Problem('usage', wrong);
  return limits;
}

/** @throws Problem */
export function snapLengthOf(text: string): number {
  if (text === '') return DEFAULT_SNAP;
  const value = wholeOf(text);
  if (value >= LEAST_SNAP && value <= DEFAULT_SNAP) return value;
  throw new Problem('usage', `--snaplen ${safeText(text).slice(0, 40)}: give ${LEAST_SNAP} to ${DEFAULT_SNAP} bytes`);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  '--duration': 'seconds: 60s, 500ms, 2m, 1h',
  '--packets': 'a whole number',
  '--bytes': 'bytes: 200MB, 64MiB',
};

function secondsOf(text: string): number {
  const match = /^(\d{1,8}(?:\.\d{1,3})?)(ms|s|m|h|)$/.exec(text);
  return match === null ? NaN : Number(match[1]) * (SECONDS[match[2] ?? ''] ?? NaN);
}

function bytesOf(text: string): number {
  const match = /^(\d{1,12})((?:[kmg]i?b)?)$/i.exec(text);
  return match === null ? NaN : Number(match[1]) * (BYTES[(match[2] ?? '').toLowerCase()] ?? NaN);
}

function wholeOf(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) : NaN;
}
