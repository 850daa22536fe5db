import { sha256Hex } from '../bundle/digests.ts';
import { NAME, version } from '../installed.ts';
import type { Approval } from './approval.ts';
import { actorOf } from './actor.ts';
import { clockOf, type ClockState } from './clock.ts';
import type { Collector, FileKind, Request } from './collector.ts';
import { custodyOf } from './custody.ts';
import { deathSignaller } from './command.ts';
import { type Allowance, execute } from './execute.ts';
import { expand, type Item, numberedName, readOf } from './expand.ts';
import type { Host } from './host.ts';
import type { MaasApi } from './maas-api.ts';
import {
  type CollectionManifest,
  COLLECTION_SCHEMA,
  countsOf,
  type How,
  type ManifestEntry,
  RAW_NOTICE,
} from './manifest.ts';
import { Output, type OutputFile } from './output.ts';
import { shownPath } from './paths.ts';
import { type Acquired, LACKING, reasonOf } from './result.ts';
import { timeText } from './window.ts';

/** What a run may cost in all, whatever its collectors are allowed. */
export interface Budget {
  seconds: number;
  bytes: number;
}

export const DEFAULT_BUDGET: Budget = { seconds: 900, bytes: 2 * 1024 ** 3 };

/** Entries of a manifest; a host that makes more is counted beyond it. */
const MAX_ENTRIES = 60_000;

export interface CollectOptions {
  /** Folder to make. */
  out: string;
  collectors: readonly Collector[];
  /** What chose them, for the manifest. */
  profile: string;
  symptoms: readonly string[];
  host: Host;
  request: Request;
  /** A person named the window. */
  windowGiven: boolean;
  api?: MaasApi | undefined;
  approval?: Approval | undefined;
  budget: Budget;
  /** Seconds since 1970 UTC. */
  now: () => number;
  signal: AbortSignal;
  /** Called before each collector. */
  onCollector?: (collector: Collector, number: number, of: number) => void;
}

/**
 * Collects into a new folder. What the host does never ends it early: each failure is an entry. A signal ends it soon,
 * and what was collected by then is listed.
 *
 * @throws Problem when the folder cannot be made or written
 */
export async function collect(options: CollectOptions): Promise<CollectionManifest> {
  const run = new CollectionRun(options);
  for (const [i, collector] of options.collectors.entries()) {
    options.onCollector?.(collector, i + 1, options.collectors.length);
    await run.collector(collector);
  }
  return run.finish();
}

class CollectionRun {
  private readonly options: CollectOptions;
  private readonly output: Output;
  private readonly entries: ManifestEntry[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly clockTexts: Record<string, string> = {};
  private readonly started: number;
  private readonly begun = performance.now();
  private readonly nice: string;
  private setpriv: string | undefined;
  private written = 0;
  private dropped = 0;
  private clockAsked = '';
  private full = false;

  constructor(options: CollectOptions) {
    this.options = options;
    this.output = new Output(options.out);
    this.started = options.now();
    this.nice = options.host.tool('nice');
  }

  async collector(collector: Collector): Promise<void> {
    const { host, request, signal } = this.options;
    if (signal.aborted) {
      this.nothing(collector, { plan: collector.id }, { status: 'skipped', reason: 'interrupted before it began' });
      return;
    }
    let items: Item[];
    try {
      items = expand(collector, host, request);
    } catch (error) {
      this.nothing(collector, { plan: collector.id }, reasonOf(error));
      return;
    }
    let room = collector.cap;
    for (const item of items) {
      if (item.how === 'nothing') {
        this.nothing(collector, item.what, { status: item.status, reason: item.reason });
        continue;
      }
      room -= await this.item(item, room);
    }
  }

  /** @returns bytes written */
  private async item(item: Exclude<Item, { how: 'nothing' }>, room: number): Promise<number> {
    const { collector } = item;
    const { budget, host, api, request, now, signal } = this.options;
    const how = this.howOf(item);
    const left = budget.seconds - (performance.now() - this.begun) / 1000;
    const cap = Math.min(room, budget.bytes - this.written);
    const spent = signal.aborted
      ? { status: 'skipped' as const, reason: 'interrupted before it began' }
      : this.full
        ? { status: 'truncated' as const, reason: 'no space is left where the collection is written' }
        : left <= 0
          ? { status: 'truncated' as const, reason: `the ${budget.seconds} s of the whole run were used up` }
          : cap <= 0
            ? { status: 'truncated' as const, reason: 'the size cap was reached before it' }
            : undefined;
    if (spent !== undefined) {
      this.nothing(collector, how, spent);
      return 0;
    }
    const started = now();
    const begun = performance.now();
    let file: OutputFile | undefined;
    const create = (): OutputFile => {
      file ??= this.output.create(this.nameOf(item));
      return file;
    };
    const timeout = Math.min(collector.timeout, left);
    const { nice } = this;
    this.setpriv ??= await deathSignaller(host);
    const { setpriv } = this;
    const allowance: Allowance = { host, api, window: request.window, nice, setpriv, timeout, cap, now, signal };
    let acquired = await execute(item, create, allowance);
    if (acquired.reason?.startsWith('no space left') === true) this.full = true;
    let saved: Pick<ManifestEntry, 'path' | 'kind' | 'size' | 'sha256'> = {};
    if (file !== undefined) {
      try {
        saved = keep(file, item.kind);
      } catch (error) {
        acquired = { ...acquired, ...reasonOf(error) };
      }
    }
    const size = saved.size ?? 0;
    this.written += size;
    if (collector.id === 'clock') this.hear(item.as, file, size, started);
    this.entry({
      collector: collector.id,
      ...acquired,
      how,
      started: timeText(started),
      took: Math.round(performance.now() - begun),
      ...saved,
    });
    return size;
  }

  private nothing(collector: Collector, how: How, acquired: Acquired): void {
    this.entry({ collector: collector.id, ...acquired, how, started: timeText(this.options.now()), took: 0 });
  }

  private entry(entry: ManifestEntry): void {
    // What lies in the folder is listed whatever the number.
    if (this.entries.length < MAX_ENTRIES || entry.path !== undefined) this.entries.push(entry);
    else this.dropped += 1;
  }

  private howOf(item: Exclude<Item, { how: 'nothing' }>): How {
    switch (item.how) {
      case 'run':
      case 'pages':
        return { run: [item.tool, ...item.argv.slice(1)] };
      case 'read':
        return readOf(item.path);
      case 'get':
        return { get: this.options.api?.address(item.path) ?? item.path };
      case 'modes':
        return { modes: item.modes.map(({ path }) => path) };
      case 'certificates':
        return { certificates: item.patterns };
    }
  }

  /** Neutral, and never twice: names of the host stand in the manifest alone. */
  private nameOf(item: Exclude<Item, { how: 'nothing' }>): string {
    const { folder } = item.collector;
    const key = `${folder}/${item.as}`;
    const number = (this.numbers.get(key) ?? 0) + 1;
    this.numbers.set(key, number);
    if (item.how !== 'read') return number === 1 ? key : `${folder}/${numberedName(item.as, number, '')}`;
    if (!item.numbered && number === 1) return key;
    return `${folder}/${numberedName(item.as, number, item.path)}`;
  }

  /** The clock's own words are short; they are read back from what was written. */
  private hear(as: string, file: OutputFile | undefined, size: number, asked: number): void {
    this.clockAsked = timeText(asked);
    if (file !== undefined && size > 0 && size < 65_536) this.clockTexts[as] = this.output.text(file.name);
  }

  finish(): CollectionManifest {
    const { options, entries } = this;
    const { host, request, signal } = options;
    const ended = timeText(options.now());
    if (this.dropped > 0) {
      entries.push({
        collector: 'collect',
        status: 'truncated',
        reason: `${this.dropped} more entries without a file are not listed`,
        how: { plan: 'manifest' },
        started: ended,
        took: 0,
      });
    }
    const clock: ClockState = clockOf(this.clockTexts, this.clockAsked === '' ? ended : this.clockAsked);
    const manifest: CollectionManifest = {
      schema: COLLECTION_SCHEMA,
      raw: true,
      notice: RAW_NOTICE,
      tool: { name: NAME, version: version() },
      host: { name: host.name, root: host.root === '' ? '/' : shownPath(host.root), live: host.live },
      actor: actorOf(),
      ...(options.approval === undefined ? {} : { approval: options.approval }),
      profile: options.profile,
      symptoms: [...options.symptoms],
      window: {
        since: timeText(request.window.since),
        until: timeText(request.window.until),
        given: options.windowGiven,
      },
      budget: options.budget,
      started: timeText(this.started),
      ended,
      interrupted: signal.aborted,
      complete: !signal.aborted && !entries.some(({ status }) => LACKING.includes(status)),
      clock,
      collectors: options.collectors.map(({ id, holds }) => ({ id, holds: [...holds] })),
      counts: countsOf(entries),
      entries,
    };
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    this.output.seal(text, custodyOf(manifest, sha256Hex(text)));
    return manifest;
  }
}

/** An empty file says nothing that its entry does not. */
function keep(file: OutputFile, kind: FileKind): Pick<ManifestEntry, 'path' | 'kind' | 'size' | 'sha256'> {
  if (file.size === 0) {
    file.discard();
    return {};
  }
  const sha256 = file.close();
  return { path: file.name, kind, size: file.size, sha256 };
}
