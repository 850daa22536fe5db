import { parseTracking } from './capture/clock-state.ts';

/** How far the host's clock can be trusted, as its own time service says it. */
export interface ClockState {
  /** Who said it; `unknown` where nobody could be asked. */
  source: 'chrony' | 'systemd-timesyncd' | 'timedatectl' | 'unknown';
  synchronized: boolean | null;
  /** Seconds by which this clock is ahead of its reference; null where it is not known. */
  offsetSeconds: number | null;
  /** Who it follows, '' unknown. */
  reference: string;
  /** UTC: when it was asked. */
  asked: string;
}

/** Outputs of the collector `clock`, by the name of the output. */
export type ClockTexts = Readonly<Record<string, string>>;

export function clockOf(texts: ClockTexts, asked: string): ClockState {
  return (
    fromChrony(texts['chrony-tracking.csv'] ?? '', asked) ??
    fromTimesync(texts['timesync-status.txt'] ?? '', texts['timedatectl.txt'] ?? '', asked) ??
    fromTimedatectl(texts['timedatectl.txt'] ?? '', asked) ?? {
      source: 'unknown',
      synchronized: null,
      offsetSeconds: null,
      reference: '',
      asked,
    }
  );
}

function fromChrony(text: string, asked: string): ClockState | undefined {
  const said = parseTracking(text);
  if (said === undefined) return undefined;
  const reference = clean(text.split('\n')[0]?.split(',')[1] ?? '');
  return { source: 'chrony', synchronized: said.synchronised, offsetSeconds: said.offset, reference, asked };
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };

/**
 * `timedatectl timesync-status`: a line `Offset: +1.234ms`; longer spans stand as `1min 2.3s`. It is the server's time
 * less ours (RFC 5905 8, theta), so that a positive one says that this clock is behind.
 */
function fromTimesync(text: string, state: string, asked: string): ClockState | undefined {
  const match = /^ *Offset: ([+-]?)((?:\d+(?:\.\d+)?(?:us|ms|s|min|h) ?){1,4})$/m.exec(text);
  if (match === null) return undefined;
  let seconds = 0;
  for (const [, value, unit] of (match[2] ?? '').matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min|h)/g)) {
    seconds += Number(value) * (UNITS[unit ?? ''] ?? 0);
  }
  return {
    source: 'systemd-timesyncd',
    synchronized: synchronizedOf(state),
    offsetSeconds: match[1] === '-' || seconds === 0 ? seconds : -seconds,
    reference: clean(/^ *Server: (\S+)/m.exec(text)?.[1] ?? ''),
    asked,
  };
}

function fromTimedatectl(text: string, asked: string): ClockState | undefined {
  const synchronized = synchronizedOf(text);
  if (synchronized === null) return undefined;
  return { source: 'timedatectl', synchronized, offsetSeconds: null, reference: '', asked };
}

/** `timedatectl show`: `NTPSynchronized=yes`. */
function synchronizedOf(text: string): boolean | null {
  const value = /^NTPSynchronized=(yes|no)$/m.exec(text)?.[1];
  return value === undefined ? null : value === 'yes';
}

function clean(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, 253);
}
