import type { Window } from './window.ts';

/** Events of a page: the most that MAAS gives at once. */
export const PAGE = 1000;
/** Pages: a million events, more than a site makes in a month. */
export const MAX_PAGES = 1000;
/** The level at which PXE, TFTP and HTTP requests of machines are recorded; at WARNING none of them is seen. */
export const LEVEL = 'DEBUG';

/** What one page says, as far as the next question depends on it. */
interface Page {
  /** Each event as it came. */
  events: unknown[];
  /** The smallest id; the next page is of those before it. */
  lowest: number;
  /** Seconds since 1970 UTC of the oldest event that says it; undefined where none can be read. */
  oldest: number | undefined;
}

/** How the walk over the pages ended. */
export interface Walk {
  pages: number;
  events: number;
  /** '' when it came to the window's begin or the last event. */
  stopped: '' | 'pages' | 'form' | 'repeated';
}

/**
 * Walks from the newest event back to the window's begin. Each event is given once, one line of JSON each.
 *
 * @param ask gives the text of the page of events before an id (0: the newest) @param take takes lines
 * @throws what `ask` and `take` throw
 */
export async function walkEvents(
  window: Window,
  ask: (before: number) => Promise<string>,
  take: (lines: string) => void,
): Promise<Walk> {
  const walk: Walk = { pages: 0, events: 0, stopped: '' };
  let before = 0;
  for (;;) {
    if (walk.pages >= MAX_PAGES) return { ...walk, stopped: 'pages' };
    const page = pageOf(await ask(before));
    if (page === undefined) return { ...walk, stopped: 'form' };
    walk.pages += 1;
    if (page.events.length === 0) return walk;
    // The ids must fall, or a server that ignores `before` would be asked for ever.
    if (before !== 0 && page.lowest >= before) return { ...walk, stopped: 'repeated' };
    const wanted = page.events.filter((event) => (before === 0 || idOf(event) < before) && within(event, window));
    walk.events += wanted.length;
    if (wanted.length > 0) take(wanted.map((event) => `${JSON.stringify(event)}\n`).join(''));
    if (page.lowest <= 0 || (page.oldest !== undefined && page.oldest < window.since)) return walk;
    before = page.lowest;
  }
}

function pageOf(text: string): Page | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const events = isObject(value) ? value['events'] : undefined;
  if (!Array.isArray(events)) return undefined;
  let lowest = Infinity;
  let oldest: number | undefined;
  for (const event of events as readonly unknown[]) {
    const id = idOf(event);
    if (!Number.isSafeInteger(id)) return undefined;
    lowest = Math.min(lowest, id);
    const at = createdOf(event);
    if (at !== undefined) oldest = Math.min(oldest ?? at, at);
  }
  return { events, lowest, oldest };
}

function idOf(event: unknown): number {
  const id = isObject(event) ? event['id'] : undefined;
  return typeof id === 'number' ? id : NaN;
}

/** An event whose time cannot be read is kept. */
function within(event: unknown, { since, until }: Window): boolean {
  const at = createdOf(event);
  return at === undefined || (at >= since && at <= until);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const CREATED = /^[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2})\.? (\d{4}) (\d\d):(\d\d):(\d\d)$/;

/** `Thu, 21 Nov. 2024 10:21:34`, as MAAS writes it (in UTC), or ISO 8601 with its zone. */
function createdOf(event: unknown): number | undefined {
  const created = isObject(event) ? event['created'] : undefined;
  if (typeof created !== 'string' || created.length > 64) return undefined;
  const match = CREATED.exec(created);
  const month = match === null ? -1 : MONTHS.indexOf(match[2] ?? '');
  if (match !== null && month >= 0) {
    const [day, year, hour, minute, second] = [match[1], match[3], match[4], match[5], match[6]].map(Number);
    return Date.UTC(year ?? 0, month, day, hour, minute, second) / 1000;
  }
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/.test(created)) return undefined;
  const milli = Date.parse(created);
  return Number.isFinite(milli) ? Math.floor(milli / 1000) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
