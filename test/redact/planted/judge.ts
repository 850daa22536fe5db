import { createHash } from 'node:crypto';
import type { Policy } from '../../../src/redact/policy/policy.ts';
import { concat, type Bytes } from '../../support/bytes.ts';
import { type Plant, type Planter, stands } from './planter.ts';
import { START } from './site.ts';
import { opened } from './tar.ts';

/** What a tool made of one planted file; nothing where it left the file out. */
export type Outputs = ReadonlyMap<string, Bytes>;

export interface Judged {
  /** Plants that were asked for. */
  planted: number;
  survivors: Plant[];
  /** Plants that the policy keeps by what it says. */
  kept: number;
}

/** Whether a policy says that this value stays where it stands. */
export function keptBy(policy: Policy, { kind, carrier }: Plant): boolean {
  if (carrier === 'never' || policy.rules[kind].action !== 'keep') return false;
  return carrier === 'field' || policy.rules.text.action !== 'drop';
}

/**
 * Looks for each plant where it stood: in its frame, in its line, or anywhere in its file and what is packed in it.
 *
 * @param kept plants that are not asked for
 */
export function judge(planter: Planter, outputs: Outputs, kept: (plant: Plant) => boolean = () => false): Judged {
  const files = new Map<string, OutputFile>();
  for (const { name, bytes } of planter.files) {
    const output = outputs.get(name);
    if (output !== undefined) files.set(name, new OutputFile(name, bytes, output));
  }
  const result: Judged = { planted: 0, survivors: [], kept: 0 };
  for (const plant of planter.plants) {
    if (kept(plant)) {
      result.kept += 1;
      continue;
    }
    result.planted += 1;
    if (files.get(plant.file)?.holds(plant) === true) result.survivors.push(plant);
  }
  return result;
}

class OutputFile {
  private readonly parts: readonly Bytes[];
  private readonly units: ReadonlyMap<number, Bytes> | undefined;

  constructor(name: string, original: Bytes, output: Bytes) {
    this.parts = opened(output);
    const capture = name.endsWith('.pcap');
    if (capture) this.units = framesOf(output, framesOf(original).size);
    else {
      const [before, after] = [linesOf(original), linesOf(output)];
      // A file whose lines are others by number is searched as a whole.
      if (before.length === after.length) this.units = new Map(after.map((line, i) => [i + 1, line]));
    }
  }

  holds(plant: Plant): boolean {
    const unit = plant.unit === 0 ? undefined : this.units?.get(plant.unit);
    if (unit !== undefined) return stands(plant, unit);
    if (plant.unit !== 0 && this.units !== undefined) return false;
    return this.parts.some((part) => stands(plant, part));
  }
}

function linesOf(bytes: Bytes): Bytes[] {
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'));
}

/** Frames of a little-endian pcap by number; by their times where a tool lost some. */
function framesOf(file: Bytes, expected = -1): Map<number, Bytes> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const frames: { second: number; bytes: Bytes }[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const length = view.getUint32(at + 8, true);
    frames.push({ second: view.getUint32(at, true), bytes: file.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  const byTime = expected >= 0 && frames.length !== expected;
  return new Map(frames.map(({ second, bytes }, i) => [byTime ? second - START + 1 : i + 1, bytes]));
}

/** Names and digests of the planted files, which would tell whoever has seen one that it is this one. */
export function traces(planter: Planter, written: ReadonlyMap<string, Bytes>): string[] {
  const found: string[] = [];
  const copies = [...written.values()].map((bytes) => Buffer.from(bytes));
  // What a policy keeps as a whole is its own copy, whose digest the report holds.
  const changed = planter.files.filter((file) => !copies.some((copy) => copy.equals(file.bytes)));
  for (const [name, bytes] of written) {
    const all = Buffer.from(concat(...opened(bytes))).toString('latin1');
    for (const file of changed) {
      const digest = createHash('sha256').update(file.bytes).digest('hex');
      if (all.includes(digest)) found.push(`${name}: the digest of ${file.name}`);
      if (/quartz|fern/.test(file.name) && all.includes(file.name)) found.push(`${name}: the name of ${file.name}`);
    }
  }
  return found;
}

/** Every needle that is long enough not to stand anywhere by chance, looked for in every byte that was written. */
export function strays(
  planter: Planter,
  written: ReadonlyMap<string, Bytes>,
  kept: (plant: Plant) => boolean,
): string[] {
  const seen = new Map<string, Plant>();
  const keptNeedles = new Set<string>();
  const keyOf = (plant: Plant): string => Buffer.from(plant.needle).toString('latin1').toLowerCase();
  for (const plant of planter.plants) if (kept(plant)) keptNeedles.add(keyOf(plant));
  for (const plant of planter.plants) {
    if (plant.at >= 0 || plant.needle.length < (plant.text ? 8 : 6) || keptNeedles.has(keyOf(plant))) continue;
    seen.set(keyOf(plant), plant);
  }
  for (const key of seen.keys()) if ([...keptNeedles].some((one) => one.includes(key))) seen.delete(key);
  const found: string[] = [];
  for (const [name, bytes] of written) {
    const all = concat(...opened(bytes));
    for (const plant of seen.values())
      if (stands(plant, all)) found.push(`${name}: ${plant.kind} ${plant.spelling} (as of ${plant.id})`);
  }
  return found;
}
