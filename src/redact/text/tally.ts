import type { Kind } from '../kinds.ts';

/** What was done with one file, for the report: counts, never values. */
export interface TextTally {
  format: string;
  lines: number;
  bytesIn: number;
  bytesOut: number;
  /** Values by kind: those that were mapped or kept, and those that went. */
  kinds: Partial<Record<Kind, { mapped: number; dropped: number }>>;
  /** Values by rule or finder. */
  rules: Record<string, number>;
  /** Values whose pseudonym is not as long as they were. */
  resized: number;
  /** What was left out beside values, by reason: how often, how many bytes. */
  dropped: Record<string, { count: number; bytes: number }>;
  /** What was not as its format says, by reason and first line. */
  faults: Record<string, { count: number; line: number }>;
}

export function emptyTally(format: string): TextTally {
  return { format, lines: 0, bytesIn: 0, bytesOut: 0, kinds: {}, rules: {}, resized: 0, dropped: {}, faults: {} };
}

export function countValue(tally: TextTally, kind: Kind, rule: string, dropped: boolean): void {
  const counts = (tally.kinds[kind] ??= { mapped: 0, dropped: 0 });
  if (dropped) counts.dropped += 1;
  else counts.mapped += 1;
  tally.rules[rule] = (tally.rules[rule] ?? 0) + 1;
}

export function countDropped(tally: TextTally, what: string, bytes: number): void {
  const one = (tally.dropped[what] ??= { count: 0, bytes: 0 });
  one.count += 1;
  one.bytes += bytes;
}

export function countFault(tally: TextTally, what: string, line: number): void {
  const one = (tally.faults[what] ??= { count: 0, line });
  one.count += 1;
}
