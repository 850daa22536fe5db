import type { Confidence, ConfidenceLevel } from './finding.ts';

/** One scale for all detectors; a level is chosen by the evidence's kind (`judgement.md`), the score only orders. */
const SCORE: Record<ConfidenceLevel, number> = { certain: 0.98, likely: 0.8, possible: 0.5 };

/**
 * Confidence from stated evidence. Every reason beyond the first adds a little, what is still open takes a little away;
 * the level's bounds are never crossed.
 */
export function confidence(level: ConfidenceLevel, reasons: string[], wouldDecide: string[] = []): Confidence {
  const nudge = Math.min(2, Math.max(0, reasons.length - 1)) * 0.02 - Math.min(3, wouldDecide.length) * 0.02;
  const score =
    Math.round(Math.min(1, Math.max(0, SCORE[level] + (level === 'certain' ? Math.min(0, nudge) : nudge))) * 100) / 100;
  return { level, score, reasons, wouldDecide };
}
