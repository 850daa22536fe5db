import type { Analysis, ClockReport } from './analysis.ts';
import type { Page } from './page.ts';
import type { Clock } from './text-clock.ts';

const VANTAGES = 32;
const CLOCKS = 8;
const MESSAGES = 24;

/** Where captures were made, from when to when they looked, and how their clocks compare; only where there are several. */
export function vantagePoints(page: Page, { vantages }: Analysis, clock: Clock): void {
  if (vantages.length < 2) return;
  page.heading('Vantage points');
  for (const one of vantages.slice(0, VANTAGES)) {
    const { from, to, said } = one.covered;
    const when =
      said === 'nobody' ? 'nothing says when it looked' : `looked from ${clock(from)} to ${clock(to)} (${SAID[said]})`;
    const nothing = one.empty && said !== 'nobody' ? ' and saw nothing' : '';
    const dropped = one.dropped > 0 ? `; its recorder dropped ${one.dropped} frames` : '';
    page.item(`${one.name}: ${when}${nothing}${dropped}`);
    for (const compared of one.clocks.slice(0, CLOCKS)) page.under(clockText(compared));
    page.more(one.clocks.length - CLOCKS, 'clocks', '--format json has them');
  }
  page.more(vantages.length - VANTAGES, 'vantage points', '--format json has them');
}

const SAID = { frames: 'first to last frame', manifest: 'its manifest', flag: 'as you said', nobody: '' } as const;

function clockText({ with: other, low, high, width, basis, drift, steady, shared }: ClockReport): string {
  const count = shared.requests + shared.replies + shared.others;
  if (basis === 'none') return `shares no message with ${other}: both clocks are taken to be right within a second`;
  const messages = `${count} shared message${count === 1 ? '' : 's'}`;
  const offset =
    low !== null && high !== null
      ? `differs by ${signed((low + high) / 2)} s, within ±${((width ?? 0) / 2).toFixed(6)} s`
      : `differs by ${low === null ? `at most ${signed(high ?? 0)}` : `at least ${signed(low)}`} s`;
  const drifts = drift === null ? '' : `, drifts by ${drift.low.toFixed(1)} to ${drift.high.toFixed(1)} ppm`;
  const jumped = steady ? '' : ', and was set meanwhile';
  return `the clock of ${other} ${offset} (${messages}, ${BASIS[basis]})${drifts}${jumped}`;
}

const BASIS = {
  'both-directions': 'of both directions',
  'one-direction': 'of one direction',
  unordered: 'in no known order',
} as const;

function signed(value: number): string {
  return value < 0 ? value.toFixed(6) : `+${value.toFixed(6)}`;
}

/** Where messages were last seen and where they never arrived. */
export function lostMessages(page: Page, { lost }: Analysis, clock: Clock): void {
  if (lost.length === 0) return;
  page.heading('Lost between vantage points');
  for (const { message, lastSeen, missingAt, mayBeCaptureLoss } of lost.slice(0, MESSAGES)) {
    const where = missingAt.map(
      ({ vantage, clock: how }) => `${vantage}${how === 'assumed' ? ' (clocks not compared)' : ''}`,
    );
    const recorder = mayBeCaptureLoss === '' ? '' : `; ${mayBeCaptureLoss}`;
    page.item(
      `${message}: last seen at ${lastSeen.vantage} (${lastSeen.capture} frame ${lastSeen.frame}, ${clock(lastSeen.time)}), never at ${where.join(' and ')}${recorder}`,
    );
  }
  page.more(lost.length - MESSAGES, 'lost messages', '--format json has them');
}

/** What another rule would have let pass. */
export function whatIf(page: Page, { whatIf: told }: Analysis, clock: Clock): void {
  if (told === undefined) return;
  page.heading(`What if: ${told.rule}`);
  if (told.wouldPass.length + told.stillLost.length === 0)
    page.item('no DHCP message was lost between the vantage points');
  for (const [title, list] of [
    ['would have passed', told.wouldPass],
    ['would still have been lost', told.stillLost],
  ] as const) {
    for (const { message, at, why } of list.slice(0, MESSAGES)) {
      page.item(`${title}: ${message} (${at.capture} frame ${at.frame}, ${clock(at.time)}): ${why}`);
    }
    page.more(list.length - MESSAGES, 'messages', '--format json has them');
  }
  if (told.wouldPass.length > 0) page.item('what would have been answered to them is not recorded');
}
