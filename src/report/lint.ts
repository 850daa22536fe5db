import type { LintNote } from '../flow/lint/types.ts';
import { CAPS, capped, type LimitReport, type LintReport } from './analysis.ts';
import { momentOf, vantageName, type Names } from './names.ts';

/** Signs that captures were changed after they were recorded, by capture, the graver first. */
export function lintReports(notes: readonly LintNote[], names: Names): { lint: LintReport[]; limits: LimitReport[] } {
  const { kept, lost } = capped(notes, CAPS.lint);
  return {
    lint: kept.map(({ id, severity, sure, capture, message, otherwise, evidence, count }) => ({
      id,
      severity,
      sure,
      capture: vantageName(names, capture),
      message,
      otherwise: [...otherwise],
      evidence: evidence.slice(0, CAPS.signs).map(({ sight, note }) => ({ ...momentOf(sight, names), note })),
      count,
    })),
    limits: lost > 0 ? [{ name: 'report.lint', cap: CAPS.lint, lost }] : [],
  };
}
