import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { siteOf } from '../../src/index.ts';
import { sampleCaptures } from '../support/samples.ts';
import { pcapFile } from '../support/packets.ts';
import { Judge, mutated } from './mutate.ts';

/** `npm run fuzz` goes on where this ends: it runs for as long as it is told. */
const RUNS = 150;

const judge = new Judge(siteOf(undefined, ['198.51.100.2']));
afterAll(() => judge.close());

const samples = sampleCaptures().map((path) => ({
  name: `${basename(dirname(path))}/${basename(path)}`,
  bytes: new Uint8Array(readFileSync(path)),
}));
const anySample = fc.constantFrom(...samples).map(({ name, bytes }) => Object.assign(bytes, { toString: () => name }));
const anySeed = fc.integer({ min: 0, max: 0xffffffff });

describe('whatever the bytes, the pipeline ends in order', { timeout: 180_000 }, () => {
  it('random bytes as a file, and behind the beginnings of captures', async () => {
    const beginnings = [
      '',
      'd4c3b2a1020004000000000000000000ffff000001000000',
      '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000',
      '1f8b0800000000000003',
      '28b52ffd',
      'a1b23c4d',
    ];
    const start = fc.constantFrom(...beginnings).map((hex) => Buffer.from(hex, 'hex'));
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 2000 }), async (head, bytes) => {
        await judge.judge(Buffer.concat([head, bytes]));
      }),
      { numRuns: RUNS },
    );
  });

  it('random bytes as frames of every link type', async () => {
    const linkType = fc.constantFrom(0, 1, 12, 101, 108, 113, 228, 229, 276, 105, 65535);
    const frames = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(linkType, frames, async (link, list) => {
        const analysis = await judge.judge(
          pcapFile(
            list.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes })),
            { linkType: link },
          ),
        );
        expect(analysis?.captures[0]?.frames).toBe(list.length);
      }),
      { numRuns: RUNS },
    );
  });

  it('samples with bits turned, edges set, parts cut, doubled and spliced', async () => {
    await fc.assert(
      fc.asyncProperty(anySample, anySample, anySeed, async (sample, other, seed) => {
        await judge.judge(mutated(sample, seed, other).bytes);
      }),
      { numRuns: RUNS },
    );
  });

  it('frames never become fewer as more of a file is there', async () => {
    await fc.assert(
      fc.asyncProperty(anySample, fc.array(fc.nat(1_000_000), { minLength: 6, maxLength: 6 }), async (sample, cuts) => {
        let frames = 0;
        for (const length of cuts.map((cut) => Math.floor((cut / 1_000_000) * sample.length)).sort((a, b) => a - b)) {
          const found = (await judge.judge(sample.subarray(0, length), false))?.captures[0]?.frames ?? 0;
          expect(found).toBeGreaterThanOrEqual(frames);
          frames = found;
        }
      }),
      { numRuns: 40 },
    );
  });
});
