import { lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type FileFacts, wholly } from './vantage.ts';

/** A sidecar with more than this is none: ours have a few hundred bytes, a sample's a few thousand. */
const MOST_BYTES = 1 << 20;
/** Schemas of the two kinds of sidecar. */
const ONE = 'rackwitness.capture/1';
const SAMPLE = 'rackwitness.sample/1';

/** What whoever made a capture says of it: the sidecar `FILE.manifest.json`, or its entry in the folder's manifest. */
export interface SaidOfCapture {
  /** Microseconds since 1970 UTC. */
  start: number;
  stop: number;
  /** Capture filter, '' none. */
  filter: string;
  interface: string;
  /** Protocols of which whoever captured says that the filter let every message pass. */
  passes?: readonly string[];
  /** Frames that the kernel dropped, and that the file holds; -1 unknown. */
  drops: number;
  frames: number;
  /** Seconds by which the recorder's clock was set while it ran; 0 none, or not said. */
  clockStep: number;
}

/** From when to when a vantage looked, and what it could have missed while it did. */
export interface Cover {
  /** Microseconds since 1970 UTC, by this vantage's own clock; 0 and 0: it is not known that it ever looked. */
  from: number;
  to: number;
  /** Who says so: `frames` is first to last frame, which an empty capture does not have. */
  said: 'frames' | 'manifest' | 'flag' | 'nobody';
  filter: string;
  interface: string;
  /** Protocols that the filter of every file let pass, as is said beside them; more may have passed. */
  passes?: readonly string[];
  /** Frames that the recorder lost; -1 where nobody counted. */
  dropped: number;
  /** Frames in the files. */
  frames: number;
}

/** What is said beside a capture file; undefined where nothing is, or nothing that can be read. */
export function saidBeside(path: string): SaidOfCapture | undefined {
  if (path === '-') return undefined;
  const one = readJson(`${path}.manifest.json`);
  if (one !== undefined) return one['schema'] === ONE || one['schema'] === undefined ? said(one) : undefined;
  const folder = readJson(join(dirname(path), 'manifest.json'));
  if (folder?.['schema'] !== SAMPLE || !Array.isArray(folder['captures'])) return undefined;
  const name = basename(path);
  const entries = (folder['captures'] as readonly unknown[]).filter(isObject);
  const own = entries.find((entry) => entry['file'] === name);
  if (own === undefined) return undefined;
  // Pieces and copies made of one recording carry the times of the whole: of a piece they say nothing.
  const pieces = entries.filter(
    ({ vantage, start, stop }) => vantage === own['vantage'] && start === own['start'] && stop === own['stop'],
  );
  return pieces.length > 1 ? undefined : said(own);
}

/** As `saidBeside`, as far as the file could be read: what came behind damage is not known to be missing. */
export function saidOfRead(file: FileFacts): SaidOfCapture | undefined {
  const beside = saidBeside(file.path);
  if (beside === undefined || wholly(file)) return beside;
  if (file.last === undefined) return undefined;
  const last = file.last.sec * 1e6 + file.last.nsec / 1e3;
  return { ...beside, stop: Math.max(beside.start, Math.min(beside.stop, last)) };
}

/** `START..STOP`, each ISO 8601 UTC or seconds since 1970; undefined when it is not that. */
export function parseSpan(text: string): { start: number; stop: number } | undefined {
  const [left = '', right = '', ...more] = text.split('..');
  const start = microsOf(left);
  const stop = microsOf(right);
  if (more.length > 0 || start === undefined || stop === undefined || stop < start) return undefined;
  return { start, stop };
}

/**
 * The cover of one vantage: what a flag says, else what is said beside its files, else from its first frame to its last.
 * What is said never narrows what frames prove.
 */
export function coverOf(
  files: readonly FileFacts[],
  beside: readonly SaidOfCapture[],
  flag: { start: number; stop: number } | undefined,
): Cover {
  const times = files.flatMap(({ first, last }) =>
    [first, last].flatMap((t) => (t === undefined ? [] : [t.sec * 1e6 + t.nsec / 1e3])),
  );
  const spans = [
    ...(flag === undefined ? [] : [flag.start, flag.stop]),
    ...(flag === undefined ? beside.flatMap((b) => [b.start, b.stop]) : []),
  ];
  const all = [...times, ...spans];
  const counted = files.flatMap(({ interfaces }) =>
    interfaces.flatMap(({ dropped }) => (dropped >= 0 ? [dropped] : [])),
  );
  const passes = (beside[0]?.passes ?? []).filter((name) => beside.every((one) => one.passes?.includes(name) === true));
  const drops = [...counted, ...beside.flatMap((b) => (b.drops >= 0 ? [b.drops] : []))];
  return {
    from: all.length === 0 ? 0 : all.reduce((a, b) => Math.min(a, b)),
    to: all.length === 0 ? 0 : all.reduce((a, b) => Math.max(a, b)),
    said: flag !== undefined ? 'flag' : beside.length > 0 ? 'manifest' : times.length > 0 ? 'frames' : 'nobody',
    filter: beside.find((b) => b.filter !== '')?.filter ?? '',
    interface: beside.find((b) => b.interface !== '')?.interface ?? '',
    ...(passes.length === 0 ? {} : { passes }),
    dropped: drops.length === 0 ? -1 : drops.reduce((a, b) => Math.max(a, b)),
    frames: files.reduce((sum, { frames }) => sum + frames, 0),
  };
}

function said(entry: Record<string, unknown>): SaidOfCapture | undefined {
  const start = microsOf(entry['start']);
  const stop = microsOf(entry['stop']);
  if (start === undefined || stop === undefined || stop < start) return undefined;
  const passes = namesOf(entry['passes']);
  return {
    start,
    stop,
    filter: textOf(entry['filter']),
    interface: textOf(entry['interface']),
    ...(passes.length === 0 ? {} : { passes }),
    drops: countOf(entry['drops']),
    frames: countOf(entry['frames']),
    clockStep: isObject(entry['clock']) ? stepOf(entry['clock']['step']) : 0,
  };
}

function stepOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

function microsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * 1e6 : undefined;
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(value)) return Number(value) * 1e6;
  if (!ISO.test(value)) return undefined;
  const millis = Date.parse(value.replace(/\.\d+Z$/, 'Z'));
  const fraction = /\.(\d+)Z$/.exec(value)?.[1] ?? '';
  return Number.isFinite(millis) ? millis * 1e3 + Math.floor(Number(`0.${fraction || '0'}`) * 1e6) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 1024) : '';
}

/** More than there are protocols. */
const MOST_NAMES = 64;

function namesOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MOST_NAMES) return [];
  return (value as readonly unknown[]).filter((name): name is string => typeof name === 'string' && name.length <= 64);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    // A link or a pipe beside a capture may be anything.
    const stats = lstatSync(path);
    if (!stats.isFile() || stats.size > MOST_BYTES) return undefined;
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
