import { SEVERITIES, type EvidenceNote } from '../detect/finding.ts';
import type { FindingState } from '../detect/run.ts';
import { CAPS, capped, type EvidenceReport, type FindingReport, type LimitReport } from './analysis.ts';
import { absenceEvidence, frameEvidence, lineEvidence, type Names } from './names.ts';
import { microText } from './time.ts';

/** Findings as the report gives them, in its order, and what did not fit. */
export function findingReports(
  states: readonly FindingState[],
  names: Names,
): { findings: FindingReport[]; limits: LimitReport[] } {
  const { kept, lost } = capped([...states].sort(byRank), CAPS.findings);
  return {
    findings: kept.map((state) => reportOf(state, names)),
    limits: lost > 0 ? [{ name: 'report.findings', cap: CAPS.findings, lost }] : [],
  };
}

function reportOf(state: FindingState, names: Names): FindingReport {
  const { detector, last } = state;
  const evidence = [...state.firstEvidence, ...state.lastEvidence].map((note) => evidenceOf(note, names));
  const remedy = last.remedy ?? detector.remedy;
  return {
    id: detector.id,
    key: state.key,
    severity: state.severity,
    confidence: {
      level: last.confidence.level,
      score: last.confidence.score,
      reasons: last.confidence.reasons.slice(0, CAPS.lines),
      wouldDecide: last.confidence.wouldDecide.slice(0, CAPS.lines),
    },
    title: detector.title,
    message: last.message,
    segment: last.segment < 0 ? '' : names.segment(last.segment),
    subject: { ...state.subject },
    evidence,
    count: state.count,
    firstTime: microText(state.firstTime),
    lastTime: microText(state.lastTime),
    causes: (last.causes ?? []).slice(0, CAPS.lines),
    remedy: { runbook: remedy.runbook, steps: [...remedy.steps], verify: [...remedy.verify] },
    references: [...detector.references],
    weakenedBy: [...(state.weakenedBy ?? [])].sort(byCodeUnit),
    omitted: state.evidenceCount - evidence.length,
  };
}

function evidenceOf(note: EvidenceNote, names: Names): EvidenceReport {
  switch (note.kind) {
    case 'frame':
      return frameEvidence(note.sight, note.note, names);
    case 'line':
      return lineEvidence(note.log, note.line, note.time, note.note, names);
    case 'absence':
      return absenceEvidence(note.capture, note.from, note.to, note.expected, names);
  }
}

/** Severity, first time, id, key. */
function byRank(a: FindingState, b: FindingState): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    a.firstTime - b.firstTime ||
    byCodeUnit(a.detector.id, b.detector.id) ||
    byCodeUnit(a.key, b.key)
  );
}

/** The same everywhere, whatever the locale. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
