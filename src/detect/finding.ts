import type { Sight } from '../flow/sight.ts';

/** critical: a boot was taken over; high: an attack or a broken provisioning now; medium: a likely fault. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export type ConfidenceLevel = 'certain' | 'likely' | 'possible';

export interface Confidence {
  level: ConfidenceLevel;
  /** 0 to 1, from the level and the reasons: `confidence.ts`. */
  score: number;
  reasons: string[];
  /** Which capture, profile entry or log would settle it. */
  wouldDecide: string[];
}

/** One piece of evidence as a detector gives it. */
export type EvidenceNote =
  | { kind: 'frame'; sight: Sight; note: string }
  /** A line of a switch's text: index of the text, line from 1, beginning of its time (microseconds, absent unknown). */
  | { kind: 'line'; log: number; line: number; time?: number; note: string }
  | {
      kind: 'absence';
      capture: number;
      /** microseconds */ from: number;
      to: number;
      expected: string;
    };

export interface Remedy {
  /** Id of the runbook entry, or ''. */
  runbook: string;
  steps: string[];
  verify: string[];
}

/** A value of a subject; addresses already as text. Order of keys is the order of writing; `key` sorts them. */
export type Subject = Record<string, string | number | readonly string[]>;

/** What a detector says. `emit` upserts by id + subject: evidence is added, the rest is replaced by the later word. */
export interface Emission {
  subject: Subject;
  severity?: Severity;
  confidence: Confidence;
  /** One sentence with the facts: who did what to whom. */
  message: string;
  /** Segment id, or -1. */
  segment: number;
  /** Capture time in microseconds. */
  time: number;
  evidence: EvidenceNote[];
  /** How many more times this was seen by this call; default 1. */
  count?: number;
  causes?: string[];
  /** Replaces the detector's own. */
  remedy?: Remedy;
}
