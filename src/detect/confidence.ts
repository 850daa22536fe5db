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

/** How much of the score a doubt takes, and at most how many are counted. */
const DOUBT = 0.05;
const LEAST = 0.05;

/**
 * The same, where what it rests on is itself in doubt (a recorder that lost frames, a clock that was set): nothing is
 * certain then. The doubt is said among the reasons.
 */
export function lessSure({ level, score, reasons, wouldDecide }: Confidence, doubt: string): Confidence {
  return {
    level: level === 'certain' ? 'likely' : level,
    score: Math.round(Math.max(LEAST, Math.min(score, SCORE.certain) - DOUBT) * 100) / 100,
    reasons: [...reasons, `less sure: ${doubt}`],
    wouldDecide,
  };
}
