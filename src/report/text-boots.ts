import type { BootReport, BootRung, Moment } from './analysis.ts';
import { RUNG_TITLES } from './boot-words.ts';
import type { Page } from './page.ts';
import type { Clock } from './text-clock.ts';

/** Ladders shown; `decode --what boots` has all. */
const BOOTS = 6;
/** Names of one machine beside its MAC. */
const NAMES = 4;

const TITLES: Readonly<Record<string, string>> = RUNG_TITLES;
const TITLE = Math.max(...Object.values(RUNG_TITLES).map((title) => title.length));

const STATES: Readonly<Record<string, string>> = {
  done: 'ok',
  failed: 'FAILED',
  missing: 'MISSING',
  undecided: 'open',
  skipped: 'not needed',
  'not-seen': 'not seen',
};
const STATE = Math.max(...Object.values(STATES).map((state) => state.length));

/** A ladder for each machine that did not finish, those that stopped first: a rung a line, up to where it stopped. */
export function boots(page: Page, list: readonly BootReport[], clock: Clock): void {
  if (list.length === 0) return;
  page.heading('Boots');
  const sorted = [...list].sort((a, b) => Number(b.state === 'stopped') - Number(a.state === 'stopped'));
  for (const boot of sorted.slice(0, BOOTS)) ladder(page, boot, clock);
  page.more(list.length - BOOTS, 'boots', bootsElsewhere(list));
}

function ladder(page: Page, boot: BootReport, clock: Clock): void {
  const { macs, uuid, clientId, spellings } = boot.machine;
  const machine = macs.join(' ') || uuid || clientId || 'a machine';
  const kind = boot.architecture === '' ? '' : ` (${boot.architecture})`;
  const again = boot.attempt > 1 ? `, boot ${boot.attempt}` : '';
  const at = TITLES[boot.stoppedAt] ?? boot.stoppedAt;
  const stop = boot.state === 'stopped' ? `stopped at ${at}` : boot.state;
  page.item(`${machine}${kind}${again}: ${stop}${boot.why === '' ? '' : `: ${boot.why}`}`);
  const known = new Set([...macs]);
  const names = spellings.filter(({ value }) => !known.has(value)).map(({ kind, value }) => `${kind} ${value}`);
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : '';
  if (names.length > 0) page.under(`known as ${names.slice(0, NAMES).join(', ')}${more}`);
  for (const { first, state, stoppedAt } of boot.earlier) {
    const where = stoppedAt === '' ? '' : ` at ${TITLES[stoppedAt] ?? stoppedAt}`;
    page.under(`before, from ${clock(first.time)}: ${state}${where}`);
  }
  for (const one of reached(boot)) rung(page, one, clock);
}

/** All rungs up to where it stopped or was last seen, and where it stands: what is above was not reached, or not seen. */
function reached({ rungs, stoppedAt }: BootReport): BootRung[] {
  const stop = rungs.findIndex(({ name }) => name === stoppedAt);
  const last = rungs.findLastIndex(({ state }) => state !== 'not-seen' && state !== 'skipped');
  return rungs.slice(0, Math.max(stop, last) + 1);
}

function rung(page: Page, { name, state, tries, bytes, first, last, note }: BootRung, clock: Clock): void {
  const facts = [
    ...(tries > 1 ? [`${tries} tries`] : []),
    ...(bytes > 0 ? [`${bytes} bytes`] : []),
    ...(first === undefined ? [] : [`${frames(first, last ?? first)}, ${times(first, last ?? first, clock)}`]),
  ].join(', ');
  const title = (TITLES[name] ?? name).padEnd(TITLE);
  page.row(
    `${title}  ${(STATES[state] ?? state).padEnd(STATE)}  `,
    [note, facts === '' ? '' : `(${facts})`].filter((part) => part !== '').join(' '),
  );
}

function times(first: Moment, last: Moment, clock: Clock): string {
  const [from, to] = [clock(first.time), clock(last.time)];
  return from === to ? from : `${from} to ${to}`;
}

function frames(first: Moment, last: Moment): string {
  if (first.frame === last.frame && first.capture === last.capture) return `${first.capture} frame ${first.frame}`;
  const end = first.capture === last.capture ? '' : `${last.capture} `;
  return `${first.capture} frames ${first.frame} to ${end}${last.frame}`;
}

/** What those that are not shown are, and where they stand. */
function bootsElsewhere(list: readonly BootReport[]): string {
  const count = (state: BootReport['state']): number => list.filter((boot) => boot.state === state).length;
  const counts = (['stopped', 'undecided', 'finished'] as const).map((state) => [state, count(state)] as const);
  const all = counts.flatMap(([state, n]) => (n > 0 ? [`${n} ${state}`] : [])).join(', ');
  return `${all} in all; decode --what boots has them`;
}
