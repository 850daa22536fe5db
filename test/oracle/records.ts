import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SAMPLES, sampleCaptures } from '../support/samples.ts';
import type { TsharkMessage } from './compare.ts';
import { ORACLE } from './fields/index.ts';
import { viewOf, type TsharkView } from './live.ts';
import { writeMade } from './made.ts';
import { frameLine } from './ours.ts';
import type { TsharkField } from './pdml.ts';

export const RECORDS = fileURLToPath(new URL('records', import.meta.url));

/** A capture that tshark's answer is recorded of. */
export interface RecordedCapture {
  /** Path under samples/, or that of the one that is made. */
  name: string;
  path: string;
}

/** Every sample, and the frames of what no sample holds. */
export function recordedCaptures(): RecordedCapture[] {
  const made = join(mkdtempSync(join(tmpdir(), 'rackwitness-made-')), 'made.pcap');
  writeMade(made);
  return [
    ...sampleCaptures().map((path) => ({ name: relative(SAMPLES, path), path })),
    { name: 'made.pcap', path: made },
  ];
}

/** tshark's answer about one sample, as far as anything is compared with it. */
export interface OracleRecord {
  /** `name` of the capture. */
  capture: string;
  sha256: string;
  /** Version. */
  tshark: string;
  frames: string[];
  /** By protocol of the oracle (the same index as ORACLE). */
  messages: TsharkMessage[][];
  /** Names that were compared with nothing, by the first of the protocol's layers. */
  others: Record<string, string[]>;
}

/** Where a capture's record stands under `folder`. */
export function recordPath(folder: string, { name }: RecordedCapture): string {
  return join(folder, `${name}.json`);
}

export function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Asks tshark and writes the record. */
export async function writeRecord(folder: string, capture: RecordedCapture, version: string): Promise<void> {
  const view = await viewOf(capture.path);
  const path = recordPath(folder, capture);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, recordText(capture.name, digestOf(capture.path), version, view));
}

/** Takes away records of samples that are no more. */
export function removeStale(folder: string, captures: readonly RecordedCapture[]): void {
  const live = new Set(captures.map((capture) => recordPath(folder, capture)));
  for (const path of recordFiles(folder)) if (!live.has(path)) rmSync(path);
}

export function recordFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * A message as stored: frame, number of its shape, then what tshark shows, field by field. A shape says what most
 * messages of a capture share: protocol, whether tshark gave up, and for each field its name (an index of `names`), its
 * offset and, of a container, its size.
 */
type StoredMessage = [frame: number, shape: number, ...shows: string[]];

interface Stored {
  capture: string;
  sha256: string;
  tshark: string;
  others: Record<string, string[]>;
  names: string[];
  frames: string[];
  shapes: string[];
  messages: StoredMessage[];
}

function recordText(capture: string, sha256: string, version: string, view: TsharkView): string {
  const names: string[] = [];
  const shapes: string[] = [];
  const others: Record<string, string[]> = {};
  const stored: { protocol: number; message: StoredMessage }[] = [];
  ORACLE.forEach((oracle, protocol) => {
    const seen = new Set<string>();
    for (const { frame, gaveUp, fields } of view.messages[protocol] ?? []) {
      for (const { name } of fields) seen.add(name);
      const kept = fields.filter(({ name }) => name in oracle.fields);
      const places = kept.map(({ name, at, size }) => {
        const place = `${indexOf(names, name)}@${at}`;
        return oracle.fields[name]?.where === 'extent' ? `${place}+${size}` : place;
      });
      const shape = indexOf(shapes, [oracle.layers[0], gaveUp ? 'gave-up' : 'whole', ...places].join(' '));
      stored.push({ protocol, message: [frame, shape, ...kept.map(({ show }) => show)] });
    }
    const [layer = ''] = oracle.layers;
    if (seen.size > 0) others[layer] = [...seen].filter((name) => !(name in oracle.fields)).sort();
  });
  const frames = view.frames.map((one) => frameLine(one.number, one.time, one.captured, one.length, one.iface));
  const messages = stored.map(({ message }) => message);
  const all: Stored = { capture, sha256, tshark: version, others, names, frames, shapes, messages };
  // One message a line: a change of a sample shows as what it is.
  const entries = Object.entries(all).map(([key, value]) => {
    const text = Array.isArray(value)
      ? `[\n${value.map((one) => JSON.stringify(one)).join(',\n')}\n]`
      : JSON.stringify(value);
    return `${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

function indexOf(list: string[], item: string): number {
  const known = list.indexOf(item);
  return known >= 0 ? known : list.push(item) - 1;
}

/** @returns undefined when there is no record */
export function readRecord(path: string): OracleRecord | undefined {
  if (!existsSync(path)) return undefined;
  const { names, shapes, messages, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Stored;
  const byProtocol: TsharkMessage[][] = ORACLE.map(() => []);
  const read = shapes.map((shape) => shape.split(' '));
  for (const [frame, number, ...shows] of messages) {
    const [layer = '', state, ...places] = read[number] ?? [];
    const fields = places.map((place, i): TsharkField => {
      const [, name, at, size] = /^(\d+)@(\d+)(?:\+(\d+))?$/.exec(place) ?? [];
      return { name: names[Number(name)] ?? '', at: Number(at), size: Number(size ?? 0), show: shows[i] ?? '' };
    });
    const protocol = ORACLE.findIndex(({ layers }) => layers[0] === layer);
    byProtocol[protocol]?.push({ frame, gaveUp: state === 'gave-up', fields });
  }
  return { ...rest, messages: byProtocol };
}
