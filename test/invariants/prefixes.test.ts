import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, UNDECLARED, type Analysis } from '../../src/index.ts';
import { decodeMessages, listFrames, type OurMessage } from '../oracle/ours.ts';
import { SAMPLES, sampleCaptures } from '../support/samples.ts';
import { recordEnds } from './record-ends.ts';

/**
 * Design, "Prefixes": the whole pipeline on every sample cut at a record's end and one byte before and after it. No
 * crash, no earlier frame lost, and it says where it was cut.
 *
 * All record ends of all samples would take minutes: of each scenario the first capture, at CUTS record ends that lie
 * evenly over it (the first and the last among them), and of the scenario of formats every capture. Frames and records
 * are compared at all three lengths around each end, the findings' side of the pipeline at one of the three in turn.
 */
const CUTS = 4;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-prefixes-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const captures = sampleCaptures()
  // A compressed prefix is what test/capture/compressed.test.ts cuts.
  .filter((path) => /\.pcap(?:ng)?$/.test(path))
  .filter((path, i, all) => path.includes('/formats/') || scenarioOf(path) !== scenarioOf(all[i - 1] ?? ''));

function scenarioOf(path: string): string {
  return relative(SAMPLES, path).split('/')[0] ?? '';
}

function spread(count: number): number[] {
  const steps = Math.min(count, CUTS);
  return Array.from({ length: steps }, (_, i) => (steps === 1 ? 0 : Math.round((i * (count - 1)) / (steps - 1))));
}

/** What was decoded, without the bytes that it was decoded from. */
function textOf({ frame, protocol, kind, rows }: OurMessage): string {
  return JSON.stringify([frame, protocol, kind, rows]);
}

async function analysisOf(path: string): Promise<Analysis> {
  return analyze([{ vantage: '', files: [path] }], { site: UNDECLARED, boots: 'all', workers: 0, chunk: 65_536 });
}

describe('a sample cut short', () => {
  it.each(captures.map((path) => [relative(SAMPLES, path), path]))('%s', async (_name, path) => {
    const bytes = readFileSync(path);
    const ends = recordEnds(bytes);
    const [whole, frames] = [(await decodeMessages(path)).map(textOf), (await listFrames(path)).lines];
    expect(ends.length).toBe(frames.length);
    const cut = join(folder, basename(path));
    for (const [turn, i] of spread(ends.length).entries()) {
      const end = ends[i] ?? 0;
      for (const [around, length] of [end - 1, end, end + 1].entries()) {
        if (length > bytes.length) continue;
        writeFileSync(cut, bytes.subarray(0, length));
        const seen = i + (length < end ? 0 : 1);
        const where = `${length} bytes, ${seen} frames`;
        const { lines, faults } = await listFrames(cut);
        expect(lines, where).toEqual(frames.slice(0, seen));
        expect(
          faults.map(({ afterFrame }) => afterFrame),
          where,
        ).toEqual(length === end ? [] : [seen]);

        const messages = (await decodeMessages(cut)).map(textOf);
        const earlier = whole.filter((text) => Number(/\d+/.exec(text)?.[0]) <= seen);
        expect(messages, where).toEqual(earlier);

        if (around !== turn % 3) continue;
        const {
          captures: [capture],
          complete,
          records,
        } = await analysisOf(cut);
        expect(capture?.frames, where).toBe(seen);
        expect(capture?.truncated, where).toBe(length !== end);
        expect(complete, where).toBe(length === end);
        expect(
          Object.values(records).reduce((sum, { total }) => sum + total, 0),
          where,
        ).toBe(messages.length);
      }
    }
  });
});
