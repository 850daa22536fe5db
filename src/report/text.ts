import { styleText } from 'node:util';
import { safeText } from '../wire/values.ts';
import type {
  Analysis,
  BootReport,
  CaptureReport,
  CoverageReport,
  EvidenceReport,
  FindingReport,
  Moment,
  ServerReport,
  Value,
  VerdictState,
} from './analysis.ts';
import { Page, type Style } from './page.ts';
import { vantagePoints, whatIf } from './text-vantages.ts';
import { atLeast } from './verdict.ts';

/** Findings shown in full; the rest is one line each, and `--format json` has all. */
const FULL_FINDINGS = 24;
const LINE_FINDINGS = 100;
/** Frames shown of a finding's evidence: how it began, and how it ended. */
const PROOF_FIRST = 6;
const PROOF_LAST = 1;
const SERVERS = 40;
const BOOTS = 40;
const COVERAGE = 40;
const CAPTURES = 40;
const FAULTS = 8;

const VERDICT_STYLE: Record<VerdictState, Style> = {
  compromised: ['bold', 'red'],
  fault: ['bold', 'yellow'],
  undecided: ['bold', 'cyan'],
  'nothing-found': ['bold', 'green'],
};

const SEVERITY_STYLE: Record<FindingReport['severity'], Style> = {
  critical: ['bold', 'red'],
  high: ['red'],
  medium: ['yellow'],
  low: ['cyan'],
  info: ['dim'],
};

const SERVER_TITLE: Record<ServerReport['kind'], string> = {
  dhcpv4: 'DHCP',
  proxydhcp: 'ProxyDHCP',
  dhcpv6: 'DHCPv6',
  tftp: 'TFTP',
  router: 'router',
};

/**
 * What an incident responder reads, the most urgent first: the verdict, each finding with its proof and what to do,
 * the servers, what this vantage could not see, the captures and their damage. 100 columns; every outside text escaped.
 */
export function textReport(analysis: Analysis, options: { color?: boolean } = {}): string {
  const paint = options.color === true ? painted : (_style: Style, text: string): string => text;
  const page = new Page(paint);
  const clock = clockOf(analysis);
  verdict(page, analysis);
  findings(page, analysis, clock);
  servers(page, analysis.servers, clock);
  boots(page, analysis.boots, clock);
  vantagePoints(page, analysis, clock);
  whatIf(page, analysis, clock);
  coverage(page, analysis.coverage);
  captures(page, analysis);
  return page.text();
}

function painted(style: Style, text: string): string {
  return styleText([...style], text);
}

function verdict(page: Page, { verdict: { state, headline } }: Analysis): void {
  page.lead(state.toUpperCase(), VERDICT_STYLE[state], headline);
}

function findings(page: Page, { findings: list, verdict: { headline } }: Analysis, clock: Clock): void {
  const full = list.filter(({ severity }) => atLeast(severity, 'low')).slice(0, FULL_FINDINGS);
  const told: Told = { headline, steps: new Map() };
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
}

function oneFinding(page: Page, finding: FindingReport, clock: Clock, told: Told): void {
  const { severity, confidence, remedy } = finding;
  page.gap();
  page.split(`${severity.toUpperCase()}  ${finding.title}`, finding.id, SEVERITY_STYLE[severity]);
  if (!told.headline.startsWith(finding.message)) page.item(finding.message);
  const who = Object.entries(finding.subject).map(([name, value]) => `${words(name)} ${shown(value)}`);
  if (finding.segment !== '') who.push(`on ${finding.segment}`);
  page.field('who', who.join(', '));
  page.field('when', span(finding, clock));
  page.field('why', `${confidence.level} (${confidence.score.toFixed(2)}): ${confidence.reasons.join('; ')}`);
  page.field('proof', proof(finding, clock));
  page.field('cause', finding.causes);
  page.field('do', untold(remedy.steps, finding.id, told));
  page.field('verify', untold(remedy.verify, finding.id, told));
  page.field('to decide', confidence.wouldDecide);
  page.field('see', [...(remedy.runbook === '' ? [] : [remedy.runbook]), ...finding.references].join('; '));
}

/** Numbered lines; those that stand under an earlier finding are only pointed at. */
function untold(lines: readonly string[], id: string, told: Told): string[] {
  const fresh = lines.filter((line) => !told.steps.has(line));
  const known = new Set(lines.flatMap((line) => told.steps.get(line) ?? []));
  for (const line of fresh) told.steps.set(line, id);
  const shownLines = fresh.length > 1 ? fresh.map((line, i) => `${i + 1}. ${line}`) : fresh;
  return known.size === 0 ? shownLines : [...shownLines, `as for ${[...known].join(', ')}`];
}

function proof({ evidence, omitted }: FindingReport, clock: Clock): string[] {
  const lines = evidence.map((one) => evidenceLine(one, clock));
  if (lines.length <= PROOF_FIRST + PROOF_LAST && omitted === 0) return lines;
  const first = lines.slice(0, PROOF_FIRST);
  const last = lines.slice(Math.max(PROOF_FIRST, lines.length - PROOF_LAST));
  const between = lines.length - first.length - last.length + omitted;
  return between > 0 ? [...first, `… ${between} more …`, ...last] : [...first, ...last];
}

function evidenceLine(evidence: EvidenceReport, clock: Clock): string {
  switch (evidence.kind) {
    case 'frame':
      return `${evidence.capture} frame ${evidence.frame}  ${clock(evidence.time)}  ${evidence.note}`;
    case 'line':
      return `${evidence.log} line ${evidence.line}  ${clock(evidence.time)}  ${evidence.note}`;
    case 'absence':
      return `${evidence.capture} from ${clock(evidence.from)} to ${clock(evidence.to)}: no ${evidence.expected}`;
  }
}

function span({ firstTime, lastTime, count }: FindingReport, clock: Clock): string {
  const times = firstTime === lastTime ? clock(firstTime) : `${clock(firstTime)} to ${clock(lastTime)}`;
  return count > 1 ? `${times}, ${count} times` : times;
}

function servers(page: Page, list: readonly ServerReport[], clock: Clock): void {
  if (list.length === 0) return;
  page.heading('Servers');
  for (const server of list.slice(0, SERVERS)) {
    const known = server.addresses.filter((address) => address !== server.id);
    const names = [server.id, ...known, ...server.macs].filter((name) => name !== '').join(' ');
    const standing = server.authorised === 'unknown' ? 'not declared' : server.authorised;
    const sight =
      server.sight === 'named'
        ? 'named by others, not seen'
        : `${server.messages} message${server.messages === 1 ? '' : 's'}, ${moments(server.first, server.last, clock)}`;
    const where = server.segments.length > 0 ? `, ${server.segments.join(', ')}` : '';
    page.item(`${SERVER_TITLE[server.kind]} ${names}: ${standing}; ${sight}${where}`);
    for (const promised of server.promised) {
      const said = Object.entries(promised).map(([name, value]) => `${words(name)} ${shown(value)}`);
      if (said.length > 0) page.under(`promises ${said.join(', ')}`);
    }
  }
  page.more(list.length - SERVERS, 'servers', '--format json has them');
}

function moments(first: Moment, last: Moment, clock: Clock): string {
  if (first.frame === last.frame && first.capture === last.capture) {
    return `${first.capture} frame ${first.frame} ${clock(first.time)}`;
  }
  const end = first.capture === last.capture ? '' : `${last.capture} `;
  return `${first.capture} frames ${first.frame} to ${end}${last.frame}`;
}

function boots(page: Page, list: readonly BootReport[], clock: Clock): void {
  if (list.length === 0) return;
  page.heading('Boots');
  for (const boot of list.slice(0, BOOTS)) {
    const { macs, uuid, clientId } = boot.machine;
    const machine = macs.join(' ') || uuid || clientId;
    const stop = boot.state === 'stopped' ? `stopped at ${boot.stoppedAt}` : boot.state;
    page.item(`${machine}: ${stop}${boot.why === '' ? '' : `: ${boot.why}`}`);
    for (const step of boot.steps) {
      const tries = step.tries > 1 ? `, ${step.tries} tries` : '';
      const bytes = step.bytes > 0 ? `, ${step.bytes} bytes` : '';
      page.under(
        `${step.name} ${step.state}${tries}${bytes}, ${moments(step.first, step.last, clock)}${step.note === '' ? '' : `: ${step.note}`}`,
      );
    }
  }
  page.more(list.length - BOOTS, 'boots', '--format json has them');
}

function coverage(page: Page, list: readonly CoverageReport[]): void {
  if (list.length === 0) return;
  page.heading('What this vantage could not see');
  for (const note of list.slice(0, COVERAGE)) {
    const where = [note.capture, note.segment].filter((part) => part !== '').join(', ');
    const times = note.count > 1 ? ` (${note.count} times)` : '';
    page.item(`${note.message}${times}${where === '' ? '' : ` [${where}]`}`);
    if (note.undecided.length > 0) page.under(`undecided: ${note.undecided.join(', ')}`);
  }
  page.more(list.length - COVERAGE, 'notes', '--format json has them');
}

function captures(page: Page, analysis: Analysis): void {
  page.heading('Captures');
  for (const capture of analysis.captures.slice(0, CAPTURES)) {
    page.item(captureLine(capture));
    for (const fault of capture.faults.slice(0, FAULTS)) {
      page.under(`damage at byte ${fault.offset}, after frame ${fault.afterFrame}: ${fault.message}`);
    }
    page.more(capture.faults.length - FAULTS, 'faults', '--format json has them');
    for (const one of capture.interfaces) {
      if (one.dropped > 0) page.under(`interface ${one.id} dropped ${one.dropped} frames`);
    }
    if (capture.sha256 !== undefined) page.under(`sha256 ${capture.sha256}`);
  }
  page.more(analysis.captures.length - CAPTURES, 'captures', '--format json has them');
  const counts = Object.entries(analysis.records).map(([protocol, { total, ...kinds }]) => {
    const each = Object.entries(kinds).map(([kind, n]) => `${kind} ${n}`);
    return `${protocol} ${total}${each.length > 0 ? ` (${each.join(', ')})` : ''}`;
  });
  page.item(counts.length > 0 ? `messages: ${counts.join('; ')}` : 'messages: none');
  for (const { name, cap, lost } of analysis.limits) {
    page.item(`limit reached: ${name} holds ${cap}, ${lost} left out`);
  }
  if (!analysis.complete) page.item('not all could be read: what is said here holds for what was read');
}

function captureLine(capture: CaptureReport): string {
  const vantage = capture.vantage === '' ? '' : ` at ${capture.vantage}`;
  const links = capture.linkTypes.map(({ name, number }) => name || `link type ${number}`);
  const [first, last] = [dated(capture.firstTime), dated(capture.lastTime)];
  const end = last.slice(0, 11) === first.slice(0, 11) ? last.slice(11) : last;
  const times = first === '' ? '' : `, ${first} to ${end} UTC`;
  const format = [capture.format, capture.variant].filter((part) => part !== '').join(' ');
  return `${capture.name}${vantage}: ${capture.frames} frames, ${capture.bytes} bytes, ${[format, ...links].join(', ')}${times}`;
}

function dated(time: string): string {
  return time.replace('T', ' ').replace('Z', '');
}

type Clock = (time: string) => string;

/** Where all captures lie on one day, the time of day says enough. */
function clockOf(analysis: Analysis): Clock {
  const days = new Set<string>();
  for (const { firstTime, lastTime } of analysis.captures) {
    for (const time of [firstTime, lastTime]) if (time !== '') days.add(time.slice(0, time.indexOf('T')));
  }
  if (days.size === 1) return (time) => (time === '' ? 'no time' : time.slice(time.indexOf('T') + 1, -1));
  return (time) => (time === '' ? 'no time' : dated(time));
}

/** `nextServer` → `next server`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shown(value: Value): string {
  return typeof value === 'object' ? value.join(' ') : safeText(String(value));
}
