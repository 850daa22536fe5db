import { SEVERITIES, type Severity } from '../detect/finding.ts';
import type { CaptureReport, CoverageReport, FindingReport, RecordCounts, Verdict } from './analysis.ts';

/** True when `severity` is `floor` or worse. */
export function atLeast(severity: Severity, floor: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);
}

/**
 * The verdict on findings in their order. What is only possible does not make a fault; and a capture that shows nothing
 * is not a clean one: it is undecided.
 */
export function verdictOf(facts: {
  findings: readonly FindingReport[];
  captures: readonly CaptureReport[];
  records: Readonly<Record<string, RecordCounts>>;
  coverage: readonly CoverageReport[];
  complete: boolean;
}): Verdict {
  const { findings, coverage, complete } = facts;
  const grave = findings.filter((finding) => atLeast(finding.severity, 'medium'));
  const firm = grave.filter((finding) => finding.confidence.level !== 'possible');
  const worst = firm[0] ?? grave[0];
  const frames = facts.captures.reduce((sum, capture) => sum + capture.frames, 0);
  const messages = Object.values(facts.records).reduce((sum, counts) => sum + counts.total, 0);
  const cut = complete ? '' : ` Not all could be read${damaged(facts.captures)}.`;
  if (worst !== undefined) {
    const others = grave.length - 1;
    const more = others > 0 ? ` (and ${others} more)` : '';
    const state = firm.length === 0 ? 'undecided' : stateOf(worst.severity);
    return { state, headline: `${worst.message}${more}${cut}` };
  }
  if (messages === 0) {
    return {
      state: 'undecided',
      headline: `Nothing to judge: no provisioning traffic in ${frames} frame${plural(frames)}; this says nothing about the network.${cut}`,
    };
  }
  const open = coverage.filter((note) => note.undecided.length > 0);
  const [first] = open;
  if (first !== undefined) {
    const more = open.length > 1 ? ` (and ${open.length - 1} more)` : '';
    return {
      state: 'undecided',
      headline: `Nothing found, but this vantage leaves questions open: ${first.message}${more}${cut}`,
    };
  }
  return {
    state: 'nothing-found',
    headline: `Nothing found in ${messages} message${plural(messages)} of ${frames} frame${plural(frames)}.${cut}`,
  };
}

/** Names told in the headline; the list of captures has all. */
const NAMED = 3;

function damaged(captures: readonly CaptureReport[]): string {
  const names = captures.filter(({ faults, truncated }) => faults.length > 0 || truncated).map(({ name }) => name);
  if (names.length === 0 || captures.length === 1) return '';
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return ` (${names.slice(0, NAMED).join(', ')}${more})`;
}

function stateOf(severity: Severity): 'compromised' | 'fault' {
  return severity === 'critical' ? 'compromised' : 'fault';
}

function plural(n: number): string {
  return n === 1 ? '' : 's';
}
