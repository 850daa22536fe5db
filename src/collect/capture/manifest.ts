import { basename } from 'node:path';
import { NAME, version } from '../../installed.ts';
import { microText } from '../../report/time.ts';
import type { ClockState } from './clock-state.ts';
import type { Counters } from './engine.ts';
import type { LinkChange } from './interface-watch.ts';
import type { CaptureLimits } from './limits.ts';
import { PartialFile } from './partial-file.ts';
import type { FrameSink, LinkHeader, SinkFile } from './sink.ts';

/** The sidecar that `analyze` reads (`capture/covers.ts`). */
export const MANIFEST_SCHEMA = 'rackwitness.capture/1';
/** More than any manifest has beside its filter: room that a full disk cannot take. */
const RESERVED = 16 * 1024;
const MICRO = 1e6;
const WITHHELD = '(withheld)';
/** In place of the filter in the command line: it stands under its own key. */
const IN_FILTER = '(filter)';

/**
 * - `duration`, `packets`, `bytes`: a limit; all that was to be captured is there
 * - `signal`: stopped by a person or the system
 * - `engine`: the engine ended or was killed
 * - `interface`: the interface went away
 * - `disk`: the file could not be written on
 * - `refused`: a gate found what must not be written
 * - `stream`: the engine sent what is no capture
 */
export type EndedBy =
  | 'duration'
  | 'packets'
  | 'bytes'
  | 'signal'
  | 'engine'
  | 'interface'
  | 'disk'
  | 'refused'
  | 'stream';

/** All that is known of a capture when it ends. Times are seconds since 1970 UTC by the machine's clock. */
export interface CaptureFacts {
  interface: string;
  /** '' when a filter was given. */
  preset: string;
  filter: string;
  /** Protocols of which the filter lets every message pass. */
  passes: readonly string[];
  link: LinkHeader;
  /** The engine was ready. */
  start: number;
  /** Until then everything that came was taken. */
  stop: number;
  /** Seconds by which the machine's clock was set while it ran: more forward, less back. */
  clockStep: number;
  clock: ClockState;
  limits: CaptureLimits;
  ended: { by: EndedBy; signal: string; message: string };
  counters: Counters;
  engine: { name: string; version: string; argv: readonly string[]; exit: number; signal: string };
  linkChanges: readonly LinkChange[];
  /** Whether core dumps were forbidden; undefined where raw frames are on the disk anyway. */
  coreDumps: boolean | undefined;
  original: FrameSink['original'];
}

/** From when to when one file of a capture looked. */
export interface FileSpan {
  start: number;
  stop: number;
}

/** Files of one capture follow each other without a gap: each looks from where the one before it ended. */
export function spansOf(files: readonly SinkFile[], { start, stop }: FileSpan): FileSpan[] {
  const begin = Math.min(start, stop);
  const end = Math.max(start, stop);
  let from = begin;
  return files.map((file, i) => {
    const to = i === files.length - 1 ? end : Math.min(Math.max(file.last ?? from, from), end);
    const span = { start: from, stop: to };
    from = to;
    return span;
  });
}

/** The manifest of one file, as JSON text. Keys may be added, never changed. */
export function manifestText(facts: CaptureFacts, file: SinkFile, { start, stop }: FileSpan): string {
  const { link, ended, counters, engine, clock, limits } = facts;
  // A filter that somebody wrote may name hosts; that of a preset names none.
  const filter =
    facts.original === 'not retained' && facts.preset === '' && facts.filter !== '' ? WITHHELD : facts.filter;
  const argv = engine.argv.map((one) => (one === facts.filter && one !== '' ? IN_FILTER : one));
  return `${JSON.stringify(
    {
      schema: MANIFEST_SCHEMA,
      tool: { name: NAME, version: version() },
      file: basename(file.path),
      sha256: file.sha256,
      bytes: file.bytes,
      frames: file.frames,
      start: timeText(start),
      stop: timeText(stop),
      interface: facts.interface,
      filter,
      preset: facts.preset === '' ? null : facts.preset,
      passes: facts.passes,
      snapLength: link.snapLength,
      linkType: link.linkType,
      resolution: link.digits === 9 ? 'nanoseconds' : 'microseconds',
      drops: counters.droppedByKernel,
      counters,
      limits,
      ended: { by: ended.by, signal: ended.signal === '' ? null : ended.signal, message: ended.message },
      engine: { ...engine, argv },
      clock: { ...clock, step: rounded(facts.clockStep) },
      linkChanges: facts.linkChanges.map(({ time, state }) => ({ time: timeText(time), state })),
      ...(facts.coreDumps === undefined ? {} : { coreDumps: facts.coreDumps ? 'forbidden' : 'not forbidden' }),
      original: facts.original,
    },
    null,
    2,
  )}\n`;
}

export function manifestPath(path: string): string {
  return `${path}.manifest.json`;
}

/** A manifest whose room is taken before the first frame comes: a full disk must not cost what says how it ended. */
export class ReservedManifest {
  private readonly file: PartialFile;

  /** @param filter stands in it, escaped @throws the system's error */
  constructor(path: string, filter: string) {
    this.file = new PartialFile(manifestPath(path));
    try {
      this.file.write(Buffer.alloc(RESERVED + 2 * Buffer.byteLength(filter), ' '), 0);
    } catch (error) {
      this.file.discard();
      throw error;
    }
  }

  /** @throws the system's error */
  finish(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.file.write(bytes, 0);
    this.file.truncate(bytes.length);
    this.file.finish();
  }

  discard(): void {
    this.file.discard();
  }
}

/** Writes a manifest in place of one that is there. @throws the system's error */
export function replaceManifest(path: string, text: string): void {
  const file = new PartialFile(manifestPath(path));
  try {
    file.write(Buffer.from(text, 'utf8'), 0);
    file.finish(true);
  } catch (error) {
    file.discard();
    throw error;
  }
}

function timeText(seconds: number): string {
  return microText(Math.round(seconds * MICRO));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1e3) / 1e3;
}
