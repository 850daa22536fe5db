import { safeText } from '../wire/values.ts';
import type { Analysis, EvidenceReport, FindingReport, Value } from './analysis.ts';
import { type Page, type Style } from './page.ts';
import { type Clock, datedSpan } from './text-clock.ts';
import { atLeast } from './verdict.ts';

/** Findings shown in full; the rest is one line each, and `--format json` has all. */
const FULL_FINDINGS = 24;
const LINE_FINDINGS = 100;
/** Findings in the overview under the verdict. */
const OVERVIEW = 12;
/** Pieces of evidence shown: how it began, and how it ended. */
const PROOF_FIRST = 6;
const PROOF_LAST = 1;
/** Fewer pieces that stand above are shorter said again than pointed at. */
const WORTH_POINTING = 2;
/** A note longer than this is not repeated word by word within one finding. */
const LONG_NOTE = 32;

const SEVERITY_STYLE: Record<FindingReport['severity'], Style> = {
  critical: ['bold', 'red'],
  high: ['red'],
  medium: ['yellow'],
  low: ['cyan'],
  info: ['dim'],
};

/** All findings on a line each, so that the first screen says how many things there are to do, and about whom. */
export function overview(page: Page, { findings }: Analysis): void {
  const list = findings.filter(({ severity }) => atLeast(severity, 'low'));
  if (list.length < 2) return;
  const width = Math.max(...list.slice(0, OVERVIEW).map(({ severity }) => severity.length));
  page.gap();
  let before = '';
  for (const finding of list.slice(0, OVERVIEW)) {
    const who = subjectText(finding) || (finding.segment === '' ? '' : `on ${finding.segment}`);
    const about = who !== '' && who === before ? 'the same' : who;
    before = who;
    page.line(`${finding.severity.toUpperCase().padEnd(width)}  ${finding.title}${about === '' ? '' : `: ${about}`}`);
  }
  page.more(list.length - OVERVIEW, 'findings', 'below');
}

/** Each finding with its proof and what to do; what stands under an earlier one is pointed at. */
export function findings(page: Page, { findings: list, verdict: { headline } }: Analysis, clock: Clock): void {
  const full = list.filter(({ severity }) => atLeast(severity, 'low')).slice(0, FULL_FINDINGS);
  const told: Told = { headline, steps: new Map(), proof: new Set() };
  for (const finding of full) oneFinding(page, finding, clock, told);
  const inFull = new Set(full);
  const rest = list.filter((finding) => !inFull.has(finding));
  if (rest.length === 0) return;
  page.heading('Also found');
  for (const { severity, message, id } of rest.slice(0, LINE_FINDINGS)) {
    page.item(`${severity}: ${message} [${id}]`);
  }
  page.more(rest.length - LINE_FINDINGS, 'findings', '--format json has them');
}

/** What stands above already, and need not be read twice. */
interface Told {
  headline: string;
  /** Lines of remedies, and the finding under which each stands. */
  steps: Map<string, string>;
  /** Pieces of evidence. */
  proof: Set<string>;
}

function oneFinding(page: Page, finding: FindingReport, clock: Clock, told: Told): void {
  const { severity, confidence, remedy, segment } = finding;
  page.gap();
  page.split(`${severity.toUpperCase()}  ${finding.title}`, finding.id, SEVERITY_STYLE[severity]);
  if (!told.headline.startsWith(finding.message)) page.item(finding.message);
  page.field('when', whenText(finding));
  page.field(
    'who',
    [subjectText(finding), segment === '' ? '' : `on ${segment}`].filter((one) => one !== '').join(', '),
  );
  page.field('why', `${confidence.level} (${confidence.score.toFixed(2)}): ${confidence.reasons.join('; ')}`);
  page.field('proof', proof(finding, clock, told));
  page.field('cause', finding.causes);
  page.field('do', untold(remedy.steps, finding.id, told));
  page.field('verify', untold(remedy.verify, finding.id, told));
  page.field('weakened', finding.weakenedBy.length === 0 ? '' : `by ${finding.weakenedBy.join(', ')} (below)`);
  page.field('to decide', confidence.wouldDecide);
  page.field('see', [...(remedy.runbook === '' ? [] : [remedy.runbook]), ...finding.references].join('; '));
}

function whenText({ firstTime, lastTime, count }: FindingReport): string {
  return [datedSpan(firstTime, lastTime), count > 1 ? `${count} times` : ''].filter((part) => part !== '').join(', ');
}

/** Whom or what it is about; a segment's number means nothing outside, its name stands beside. */
function subjectText({ subject }: FindingReport): string {
  return Object.entries(subject)
    .filter(([name, value]) => name !== 'segment' || typeof value !== 'number')
    .map(([name, value]) => `${words(name)} ${shown(value)}`)
    .join(', ');
}

/** Numbered lines; those that stand under an earlier finding are only pointed at. */
function untold(lines: readonly string[], id: string, told: Told): string[] {
  const fresh = lines.filter((line) => !told.steps.has(line));
  const known = new Set(lines.flatMap((line) => told.steps.get(line) ?? []));
  for (const line of fresh) told.steps.set(line, id);
  const shownLines = fresh.length > 1 ? fresh.map((line, i) => `${i + 1}. ${line}`) : fresh;
  if (known.size === 0) return shownLines;
  const where = known.has(id) ? 'as above' : `as for ${[...known].join(', ')}`;
  return [...shownLines, fresh.length === 0 ? where : `and ${where}`];
}

/** In order of time: what stands above as numbers of frames, then what is new. */
function proof({ evidence, omitted }: FindingReport, clock: Clock, told: Told): string[] {
  const sorted = [...evidence].sort((a, b) => byText(timeOf(a), timeOf(b)));
  const known = sorted.filter((one) => told.proof.has(keyOf(one)));
  const above = known.length < WORTH_POINTING ? [] : known.filter((one) => one.kind === 'frame');
  const fresh = sorted.filter((one) => !(above as EvidenceReport[]).includes(one));
  const all = fresh.length <= PROOF_FIRST + PROOF_LAST && omitted === 0;
  const first = all ? fresh : fresh.slice(0, PROOF_FIRST);
  const last = all ? [] : fresh.slice(Math.max(PROOF_FIRST, fresh.length - PROOF_LAST));
  const between = fresh.length - first.length - last.length + omitted;
  const notes = new Map<string, number>();
  const line = (one: EvidenceReport): string => {
    told.proof.add(keyOf(one));
    return evidenceLine(shortened(one, notes), clock);
  };
  return [
    ...(above.length === 0 ? [] : [`as above: ${frameList(above)}`]),
    ...first.map(line),
    ...(between > 0 ? [`… ${between} more …`] : []),
    ...last.map(line),
  ];
}

type FrameEvidence = Extract<EvidenceReport, { kind: 'frame' }>;

/** `client.pcap frames 1, 6, 10`. */
function frameList(list: readonly FrameEvidence[]): string {
  const byCapture = new Map<string, number[]>();
  for (const { capture, frame } of list) byCapture.set(capture, [...(byCapture.get(capture) ?? []), frame]);
  return [...byCapture].map(([capture, numbers]) => `${capture} frames ${numbers.join(', ')}`).join('; ');
}

/** A long note that was given before in this finding is pointed at. */
function shortened(evidence: EvidenceReport, notes: Map<string, number>): EvidenceReport {
  if (evidence.kind !== 'frame' || evidence.note.length <= LONG_NOTE) return evidence;
  const key = `${evidence.capture}\n${evidence.note}`;
  const before = notes.get(key);
  if (before !== undefined) return { ...evidence, note: `the same as frame ${before}` };
  notes.set(key, evidence.frame);
  return evidence;
}

function evidenceLine(evidence: EvidenceReport, clock: Clock): string {
  switch (evidence.kind) {
    case 'frame':
      return `${evidence.capture} frame ${evidence.frame}  ${clock(evidence.time)}  ${evidence.note}`;
    case 'line':
      return `${evidence.log} line ${evidence.line}  ${clock(evidence.time)}  ${evidence.note}`;
    case 'absence': {
      const expected = evidence.expected.replace(/^an? /, '');
      return `${evidence.capture} from ${clock(evidence.from)} to ${clock(evidence.to)}: no ${expected}`;
    }
  }
}

/** An absence is known when its time has passed. */
function timeOf(evidence: EvidenceReport): string {
  return evidence.kind === 'absence' ? evidence.to : evidence.time;
}

function keyOf(evidence: EvidenceReport): string {
  return evidence.kind === 'frame' ? `${evidence.capture}\n${evidence.frame}\n${evidence.note}` : '';
}

/** Without a time: where it was. */
function byText(a: string, b: string): number {
  if (a === b || a === '' || b === '') return 0;
  return a < b ? -1 : 1;
}

/** `nextServer` → `next server`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function shown(value: Value): string {
  return typeof value === 'object' ? value.join(' ') : safeText(String(value));
}
