import { basename } from 'node:path';
import { NAME, version } from '../../installed.ts';
import { microText } from '../../report/time.ts';
import type { ClockState } from './clock-state.ts';
import type { Counters } from './engine.ts';
import type { LinkChange } from './interface-watch.ts';
import type { CaptureLimits } from './limits.ts';
import { PartialFile } from './partial-file.ts';
import { ReservedFile } from './reserved-file.ts';
import type { FrameSink, LinkHeader, SinkFile, SinkRedaction } from './sink.ts';

/** The sidecar that `analyze` reads (`capture/covers.ts`). */
export const MANIFEST_SCHEMA = 'rackwitness.capture/1';
/** More than any manifest has beside its filter: room that a full disk cannot take. */
const RESERVED = 16 * 1024;
const MICRO = 1e6;
const WITHHELD = '(withheld)';
/** In place of the filter in the command line: it stands under its own key. */
const IN_FILTER = '(filter)';
const IN_INTERFACE = '(interface)';

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
  /** undefined where originals are kept. */
  redaction: SinkRedaction | undefined;
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
  const { link, ended, counters, engine, clock, limits, redaction } = facts;
  const withheld = facts.original === 'not retained';
  // A filter that somebody wrote may name hosts; that of a preset names none.
  const filter = withheld && facts.preset === '' && facts.filter !== '' ? WITHHELD : facts.filter;
  const argv = engine.argv.map((one) => {
    if (one === facts.filter && one !== '') return IN_FILTER;
    if (!withheld) return one;
    return one === facts.interface ? IN_INTERFACE : basename(one);
  });
  const timeText = (seconds: number): string => stampText(redaction?.moved(seconds) ?? seconds);
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
      // Names of interfaces may hold a MAC address (`enx…`), or say whose network it is.
      interface: withheld ? WITHHELD : facts.interface,
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
      ...(redaction === undefined
        ? {}
        : {
            redaction: {
              policy: { name: redaction.policy, digest: redaction.digest, tier: redaction.tier },
              gate: { mode: redaction.gate },
              report: redaction.report,
            },
          }),
    },
    null,
    2,
  )}\n`;
}

export function manifestPath(path: string): string {
  return `${path}.manifest.json`;
}

/** @param filter stands in it, escaped @throws the system's error */
export function reserveManifest(path: string, filter: string): ReservedFile {
  return new ReservedFile(manifestPath(path), RESERVED + 2 * Buffer.byteLength(filter));
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

function stampText(seconds: number): string {
  return microText(Math.round(seconds * MICRO));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1e3) / 1e3;
}
