import type { Sight } from '../sight.ts';

/** How sure it is that a capture is not as it was recorded. Never a verdict: each sign has another explanation too. */
export interface LintNote {
  /** kebab-case: `frames-removed`, `headers-rewritten` … */
  id: string;
  severity: 'low' | 'info';
  sure: 'certain' | 'likely' | 'possible';
  capture: number;
  /** What is there to see, in a sentence. */
  message: string;
  /** What else would look like this. */
  otherwise: readonly string[];
  evidence: readonly { sight: Sight; note: string }[];
  count: number;
}

/** Evidence kept of one sign. */
export const EVIDENCE = 4;

/** What the frames of a capture show of where it was made. */
export interface CaptureView {
  /** Stations that were heard, and those of them to whom unicast was seen; first 1024. */
  stations: number;
  reached: number;
  /** Conversations of which one direction alone was seen, and those of both. */
  oneWay: number;
  bothWays: number;
  /** Frames that were looked at. */
  frames: number;
}
