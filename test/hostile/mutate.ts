import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  analyze,
  CaptureError,
  decode,
  explain,
  Problem,
  textReport,
  UNDECLARED,
  type Analysis,
  type Site,
} from '../../src/index.ts';
import { analysisProblems } from './schema.ts';

/** Numbers from a seed: what failed can be made again. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to `below` - 1. */
  next(below: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % Math.max(1, below);
  }

  pick<T>(list: readonly T[]): T {
    const one = list[this.next(list.length)];
    if (one === undefined) throw new Error('an empty list');
    return one;
  }
}

/** Values that lengths, counts and types break at. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 0x0f, 0x10, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

/** How the bytes of a good capture are spoilt; `other` is a second good one to splice from. */
export const MUTATIONS: Readonly<Record<string, (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array>> =
  {
    bits(bytes, random) {
      const out = Uint8Array.from(bytes);
      for (let n = 1 + random.next(40); n > 0; n -= 1) {
        const at = random.next(out.length);
        out[at] = (out[at] ?? 0) ^ (1 << random.next(8));
      }
      return out;
    },
    edges(bytes, random) {
      const out = Uint8Array.from(bytes);
      for (let n = 1 + random.next(30); n > 0; n -= 1) {
        const at = random.next(out.length);
        for (let width = 1 + random.next(4); width > 0; width -= 1) out[at + width - 1] = random.pick(EDGES);
      }
      return out;
    },
    truncate: (bytes, random) => bytes.slice(0, random.next(bytes.length)),
    remove(bytes, random) {
      const from = random.next(bytes.length);
      return join2(bytes.subarray(0, from), bytes.subarray(Math.min(bytes.length, from + 1 + random.next(64))));
    },
    repeat(bytes, random) {
      const from = random.next(bytes.length);
      const part = bytes.subarray(from, from + 1 + random.next(400));
      let middle: Uint8Array = part;
      for (let n = random.next(6); n > 0; n -= 1) middle = join2(middle, part);
      return join2(join2(bytes.subarray(0, from), middle), bytes.subarray(from));
    },
    splice(bytes, random, other) {
      const from = random.next(other.length);
      const part = other.subarray(from, from + 1 + random.next(2000));
      const at = random.next(bytes.length);
      return join2(join2(bytes.subarray(0, at), part), bytes.subarray(at + (random.next(2) === 0 ? 0 : part.length)));
    },
  };

function join2(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/** One of the mutations, or two. */
export function mutated(bytes: Uint8Array, seed: number, other: Uint8Array): { bytes: Uint8Array; how: string } {
  const random = new Random(seed);
  const names = Object.keys(MUTATIONS);
  let out = bytes;
  const how: string[] = [];
  for (let n = 1 + random.next(2); n > 0 && out.length > 0; n -= 1) {
    const name = random.pick(names);
    out = MUTATIONS[name]?.(out, random, other) ?? out;
    how.push(name);
  }
  return { bytes: out, how: how.join('+') };
}

/** A capture of the samples' size takes some tens of milliseconds; this is a hang (milliseconds). */
const HUNG = 20_000;

/** Reads captures through the whole pipeline, and says what a reader of the project may not do. */
export class Judge {
  private readonly folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  private readonly site: Site;

  constructor(site: Site = UNDECLARED) {
    this.site = site;
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** @returns the analysis; undefined when the bytes are no capture at all @throws whatever may not happen */
  async judge(bytes: Uint8Array, everything = true): Promise<Analysis | undefined> {
    const file = join(this.folder, 'capture');
    writeFileSync(file, bytes);
    const input = [{ vantage: '', files: [file] }];
    const began = performance.now();
    let analysis: Analysis;
    try {
      analysis = await analyze(input, { site: this.site, workers: 0, boots: 'all' });
    } catch (error) {
      // Its first bytes are those of no capture: what a person is told in a line.
      if (error instanceof CaptureError || error instanceof Problem) return undefined;
      throw error;
    }
    const problems = analysisProblems(analysis);
    if (problems.length > 0) throw new Error(`breaks the schema: ${problems.slice(0, 3).join('; ')}`);
    const text = textReport(analysis);
    // eslint-disable-next-line no-control-regex
    const acts = /[^\n\u0020-\u007e\u00a1-\uffff]/.exec(text);
    if (acts !== null) throw new Error(`prints U+${acts[0].charCodeAt(0).toString(16)}`);
    if (everything) await this.others(file, analysis);
    const took = performance.now() - began;
    if (took > HUNG) throw new Error(`took ${Math.round(took)} ms`);
    return analysis;
  }

  /** The other readers must not fall, and agree. */
  private async others(file: string, analysis: Analysis): Promise<void> {
    const input = [{ vantage: '', files: [file] }];
    let records = 0;
    await decode(input, {
      what: 'records',
      workers: 0,
      take(objects) {
        records += objects.length;
        JSON.stringify(objects);
      },
    });
    const counted = Object.values(analysis.records).reduce((sum, { total }) => sum + total, 0);
    if (records !== counted) throw new Error(`decode gives ${records} records, analyze counts ${counted}`);
    for (const what of ['exchanges', 'boots'] as const) {
      await decode(input, { what, workers: 0, take: (objects) => void JSON.stringify(objects) });
    }
    const frames = analysis.captures[0]?.frames ?? 0;
    for (const frame of [1, Math.ceil(frames / 2), frames]) {
      if (frame < 1) continue;
      try {
        await explain(file, frame);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    }
  }
}
