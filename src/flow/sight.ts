import type { Envelope } from '../wire/envelope.ts';

/** One frame as evidence: what is left of an envelope when it is remembered. */
export interface Sight {
  capture: number;
  file: number;
  /** As tshark counts, from 1. */
  frame: number;
  sec: number;
  nsec: number;
}

export function sightOf(e: Envelope): Sight {
  return { capture: e.capture, file: e.file, frame: e.frame, sec: e.sec, nsec: e.nsec };
}

/** Microseconds since 1970 UTC, for comparing and subtracting. */
export function timeOf(s: Sight): number {
  return s.sec * 1e6 + s.nsec / 1e3;
}
