import type { Collector, FileKind, ReadStep, Request, Step } from './collector.ts';
import { type Host, TOOL_FOLDERS } from './host.ts';
import { type BytePath, bytePath, shownPath, statOf } from './paths.ts';
import { refusal } from './source-file.ts';
import type { Status } from './result.ts';
import { compressionOf, mayHold } from './window.ts';

/** Files of one collector: the newest are taken, the rest is counted. A rack of a thousand machines has as many logs a day. */
export const MAX_FILES = 5_000;

interface ItemBase {
  collector: Collector;
  /** Name of the output, still without number. */
  as: string;
  kind: FileKind;
}

/** One thing to be done, after the host was asked what is there. */
export type Item =
  | (ItemBase & {
      how: 'run';
      tool: string;
      argv: readonly [string, ...string[]];
      fine: readonly number[];
      blank: boolean;
      home: boolean;
    })
  | (ItemBase & {
      how: 'read';
      path: BytePath;
      /** Bytes, as far as it is known before it is read. */
      size: number;
      /** Several files may come of this name. */
      numbered: boolean;
      step: ReadStep;
    })
  | (ItemBase & { how: 'get'; path: string; paged: boolean; blank: boolean })
  | (ItemBase & { how: 'pages'; tool: string; argv: readonly [string, ...string[]] })
  | (ItemBase & { how: 'modes'; modes: readonly { path: string; expected?: string }[] })
  | (ItemBase & { how: 'certificates'; patterns: readonly string[] })
  | {
      how: 'nothing';
      collector: Collector;
      /** What it is about, as a plan or a path. */
      what: { run: readonly string[] } | { read: string; hex?: string } | { plan: string };
      status: Status;
      reason: string;
    };

/** What one collector would do on this host: nothing is opened or run for it. */
export function expand(collector: Collector, host: Host, request: Request): Item[] {
  const items = collector.plan(host, request).flatMap((step) => ofStep(step, collector, host, request));
  const reads = items.flatMap((item) => (item.how === 'read' ? [item] : []));
  if (reads.length <= MAX_FILES) return items;
  const newest = new Set(
    reads
      .map((item) => ({ item, time: statOf(item.path)?.mtimeMs ?? 0 }))
      .sort((a, b) => b.time - a.time || (a.item.path < b.item.path ? -1 : 1))
      .slice(0, MAX_FILES)
      .map(({ item }) => item),
  );
  const left: Item = {
    how: 'nothing',
    collector,
    what: { plan: `${reads.length - MAX_FILES} older files` },
    status: 'truncated',
    reason: `more than ${MAX_FILES} files: the newest were taken`,
  };
  return [...items.filter((item) => item.how !== 'read' || newest.has(item)), left];
}

function ofStep(step: Step, collector: Collector, host: Host, request: Request): Item[] {
  if ('skip' in step) {
    return [{ how: 'nothing', collector, what: { plan: collector.id }, status: 'skipped', reason: step.skip }];
  }
  const base = { collector, as: step.as, kind: step.kind };
  if ('run' in step) {
    const missing = unable(step.run, step.offline === true, collector, host);
    if (missing !== undefined) return [missing];
    const { run: argv, fine = [], blank = false, home = false } = step;
    return [{ ...base, how: 'run', tool: host.tool(argv[0]), argv, fine, blank, home }];
  }
  if ('pages' in step) {
    const missing = unable(step.pages, false, collector, host);
    return missing === undefined
      ? [{ ...base, how: 'pages', tool: host.tool(step.pages[0]), argv: step.pages }]
      : [missing];
  }
  if ('get' in step) {
    return [{ ...base, how: 'get', path: step.get, paged: step.paged === 'events', blank: step.blank === true }];
  }
  if ('modes' in step) return [{ ...base, how: 'modes', modes: step.modes }];
  if ('certificates' in step) return [{ ...base, how: 'certificates', patterns: step.certificates }];
  return step.asked === true ? [asked(step, base)] : matched(step, base, host, request);
}

function unable(argv: readonly string[], offline: boolean, collector: Collector, host: Host): Item | undefined {
  const what = { run: argv };
  if (!host.live && !offline) {
    const reason = 'programs show the host that they run on; these are the files of another';
    return { how: 'nothing', collector, what, status: 'skipped', reason };
  }
  if (host.tool(argv[0] ?? '') !== '') return undefined;
  const reason = `${argv[0]} is not installed (looked in ${TOOL_FOLDERS.join(', ')})`;
  return { how: 'nothing', collector, what, status: 'missing', reason };
}

/** A file that a person named: its path is taken as it is, and its absence is a failure. */
function asked(step: ReadStep, base: ItemBase): Item {
  const path = bytePath(step.read);
  const stat = statOf(path);
  if (stat !== undefined) {
    const as = /\.(pcapng|pcap|log|txt|json|gz|zst|cap|conf|yaml)$/.exec(step.read)?.[1];
    return {
      ...base,
      as: as === undefined ? base.as : `added.${as}`,
      how: 'read',
      path,
      size: stat.size,
      numbered: true,
      step,
    };
  }
  return { how: 'nothing', collector: base.collector, what: readOf(path), status: 'failed', reason: 'no such file' };
}

function matched(step: ReadStep, base: ItemBase, host: Host, request: Request): Item[] {
  const { collector } = base;
  const { found, notes } = host.match(step.read);
  const items: Item[] = notes.map(({ path, why }) => {
    const what = readOf(path);
    if (why === 'denied')
      return { how: 'nothing', collector, what, status: 'denied', reason: 'the folder may not be listed' };
    if (why === 'link') {
      return {
        how: 'nothing',
        collector,
        what,
        status: 'skipped',
        reason: 'a symbolic link to a folder: not followed',
      };
    }
    return { how: 'nothing', collector, what, status: 'truncated', reason: 'more entries than are looked at' };
  });
  let outside = 0;
  for (const path of found) {
    const stat = statOf(path);
    if (step.window === true && stat?.isFile() === true && !mayHold(path, stat.mtimeMs / 1000, request.window)) {
      outside += 1;
      continue;
    }
    const refused = refusal(host.root, path, stat);
    if (refused !== undefined) {
      const { status, reason = '' } = refused;
      items.push({ how: 'nothing', collector, what: readOf(path), status, reason });
      continue;
    }
    items.push({ ...base, how: 'read', path, size: stat?.size ?? 0, numbered: /[*?]/.test(step.read), step });
  }
  if (outside > 0) {
    const reason = `${outside} rotated or dated ${outside === 1 ? 'file' : 'files'} outside the window`;
    items.push({ how: 'nothing', collector, what: { plan: step.read }, status: 'skipped', reason });
  }
  if (items.length > 0) return items;
  const reason = hidden(step.read, host) ? 'its folder may not be entered' : 'nothing of this name is here';
  const status = reason.startsWith('its') ? 'denied' : 'missing';
  return [{ how: 'nothing', collector, what: { plan: step.read }, status, reason }];
}

/** Whether a pattern found nothing because a folder on its way is closed to this account. */
function hidden(pattern: string, host: Host): boolean {
  const parts = pattern.split('/').filter((part) => part !== '');
  for (let i = 1; i < parts.length; i += 1) {
    const part = parts.slice(0, i);
    if (part.some((one) => /[*?]/.test(one))) return false;
    const { found } = host.match(`/${part.join('/')}`);
    const [folder] = found;
    if (folder === undefined) return false;
    if (!host.enterable(folder)) return true;
  }
  return false;
}

/** A path for a manifest: escaped, and its bytes where that hides some. */
export function readOf(path: BytePath): { read: string; hex?: string } {
  const read = shownPath(path);
  const clean = bytePath(read) === path;
  return clean ? { read } : { read, hex: Buffer.from(path, 'latin1').toString('hex') };
}

/** Ending of an output: what the name promises, and how the source is compressed. */
export function numberedName(as: string, number: number, path: BytePath): string {
  const compression = compressionOf(path);
  const dot = as.lastIndexOf('.');
  const [stem, ending] = dot < 0 ? [as, ''] : [as.slice(0, dot), as.slice(dot)];
  const whole = `${stem}-${String(number).padStart(4, '0')}${ending}`;
  return compression === '' || whole.endsWith(`.${compression}`) ? whole : `${whole}.${compression}`;
}
