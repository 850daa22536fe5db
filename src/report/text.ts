import { styleText } from 'node:util';
import type { Analysis, CaptureReport, LintReport, Moment, ServerReport, VerdictState } from './analysis.ts';
import { faultText } from './captures.ts';
import { Page, type Style } from './page.ts';
import { type Clock, clockOf, datedSpan } from './text-clock.ts';
import { boots } from './text-boots.ts';
import { findings, overview, shown, words } from './text-findings.ts';
import { lostMessages, vantagePoints, whatIf } from './text-vantages.ts';
import { switchTexts } from './text-logs.ts';

/** Entries of each part; `--format json` has all. */
const SERVERS = 16;
const PROMISES = 2;
const COVERAGE = 12;
/** Weakened findings named in a line, beside those that were found. */
const WEAKENED = 4;
const SIGNS = 12;
const SIGN_PROOF = 2;
const CAPTURES = 24;
const FAULTS = 8;

const VERDICT_STYLE: Record<VerdictState, Style> = {
  compromised: ['bold', 'red'],
  fault: ['bold', 'yellow'],
  undecided: ['bold', 'cyan'],
  'nothing-found': ['bold', 'green'],
};

const SERVER_TITLE: Record<ServerReport['kind'], string> = {
  dhcpv4: 'DHCP',
  proxydhcp: 'ProxyDHCP',
  dhcpv6: 'DHCPv6',
  tftp: 'TFTP',
  router: 'router',
};

const STANDING_ORDER: Record<ServerReport['authorised'], number> = { unauthorised: 0, unknown: 1, authorised: 2 };

/**
 * What an incident responder reads, the most urgent first: the verdict, all findings on a
 * line each, each finding with its proof and what to do,
 * the servers, what this vantage could not see, the captures and their damage. 100 columns; every outside text escaped.
 */
export function textReport(analysis: Analysis, options: { color?: boolean } = {}): string {
  const paint = options.color === true ? painted : (_style: Style, text: string): string => text;
  const page = new Page(paint);
  const clock = clockOf(analysis);
  verdict(page, analysis);
  overview(page, analysis);
  findings(page, analysis, clock);
  servers(page, analysis.servers, clock);
  boots(page, analysis.boots, clock);
  vantagePoints(page, analysis, clock);
  lostMessages(page, analysis, clock);
  whatIf(page, analysis, clock);
  coverage(page, analysis);
  lint(page, analysis.lint, clock);
  switchTexts(page, analysis.logs);
  captures(page, analysis);
  return page.text();
}

function painted(style: Style, text: string): string {
  return styleText([...style], text);
}

function verdict(page: Page, { verdict: { state, headline } }: Analysis): void {
  page.lead(state.toUpperCase(), VERDICT_STYLE[state], headline);
}

function servers(page: Page, list: readonly ServerReport[], clock: Clock): void {
  if (list.length === 0) return;
  page.heading('Servers');
  // Who does not belong here is read first.
  const sorted = [...list].sort((a, b) => STANDING_ORDER[a.authorised] - STANDING_ORDER[b.authorised]);
  for (const server of sorted.slice(0, SERVERS)) {
    const known = server.addresses.filter((address) => address !== server.id);
    const names = [server.id, ...known, ...server.macs].filter((name) => name !== '').join(' ');
    const standing = server.authorised === 'unknown' ? 'not declared' : server.authorised;
    const sight =
      server.sight === 'named'
        ? 'named by others, not seen'
        : `${server.messages} message${server.messages === 1 ? '' : 's'}, ${moments(server.first, server.last, clock)}`;
    const where = server.segments.length > 0 ? `, ${server.segments.join(', ')}` : '';
    page.item(`${SERVER_TITLE[server.kind]} ${names}: ${standing}; ${sight}${where}`);
    for (const promised of server.promised.slice(0, PROMISES)) {
      const said = Object.entries(promised).map(([name, value]) => `${words(name)} ${shown(value)}`);
      if (said.length > 0) page.under(`promises ${said.join(', ')}`);
    }
    const others = server.promised.length - PROMISES;
    if (others > 0) page.under(`and ${others} other promise${others === 1 ? '' : 's'}`);
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

/** Those that were found first; of the others a few. */
function shortened(ids: readonly string[], found: ReadonlySet<string>): string {
  const sorted = [...ids].sort((a, b) => Number(found.has(b)) - Number(found.has(a)));
  const kept = Math.max(WEAKENED, sorted.filter((id) => found.has(id)).length);
  const more = sorted.length - kept;
  return `${sorted.slice(0, kept).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function coverage(page: Page, { coverage: list, findings: all }: Analysis): void {
  const found = new Set(all.map(({ id }) => id));
  if (list.length === 0) return;
  page.heading('What this vantage could not see');
  for (const note of list.slice(0, COVERAGE)) {
    const where = [note.capture, note.segment].filter((part) => part !== '').join(', ');
    const times = note.count > 1 ? ` (${note.count} times)` : '';
    page.item(`${note.message}${times}${where === '' ? '' : ` [${where}]`}`);
    if (note.undecided.length > 0) page.under(`undecided: ${note.undecided.join(', ')}`);
    const weaker = note.weakens.filter((id) => !note.undecided.includes(id));
    if (weaker.length > 0) page.under(`weakens: ${shortened(weaker, found)}`);
  }
  page.more(list.length - COVERAGE, 'notes', '--format json has them');
}

/** Signs that a capture was changed, with what else they may be. */
function lint(page: Page, list: readonly LintReport[], clock: Clock): void {
  if (list.length === 0) return;
  page.heading('Signs that a capture is not as it was recorded');
  for (const sign of list.slice(0, SIGNS)) {
    page.item(`${sign.message} [${sign.capture}; ${sign.id}, ${sign.severity}, ${sign.sure}]`);
    for (const { capture, frame, time, note } of sign.evidence.slice(0, SIGN_PROOF)) {
      page.under(`${capture} frame ${frame}  ${clock(time)}  ${note}`);
    }
    if (sign.otherwise.length > 0) page.under(`or: ${sign.otherwise.join('; or ')}`);
  }
  page.more(list.length - SIGNS, 'signs', '--format json has them');
}

function captures(page: Page, analysis: Analysis): void {
  page.heading('Captures');
  for (const capture of analysis.captures.slice(0, CAPTURES)) {
    page.item(captureLine(capture));
    for (const fault of capture.faults.slice(0, FAULTS)) {
      page.under(faultText(fault));
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
  const span = datedSpan(capture.firstTime, capture.lastTime);
  const times = span === '' ? '' : `, ${span}`;
  const format = [capture.format, capture.variant].filter((part) => part !== '').join(' ');
  return `${capture.name}${vantage}: ${capture.frames} frames, ${capture.bytes} bytes, ${[format, ...links].join(', ')}${times}`;
}
