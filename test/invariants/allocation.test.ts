import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/installed.ts';

/** Frames that go through the sieve under watch; the number. */
const FRAMES = 200_000;

/**
 * The hot loop allocates nothing: no garbage collection while 200,000 frames are sieved. A process of its own with a
 * small young generation, where 16 bytes a frame would already force one.
 */
const PROGRAM = `
import { PerformanceObserver } from 'node:perf_hooks';
import { Sieve } from ROOT + '/src/capture/sieve.ts';
import { readerFor } from ROOT + '/src/capture/format.ts';
import { CLAIMS } from ROOT + '/src/wire/dissect.ts';
import { Layers } from ROOT + '/src/wire/layers.ts';
import { generate } from ROOT + '/bench/generate.ts';
import { readFileSync } from 'node:fs';
generate(process.argv[2], 'mixed', 30e6, 3);
const bytes = readFileSync(process.argv[2]);
const sieve = new Sieve(new Layers(CLAIMS));
let walked = 0;
const pass = () => {
  const reader = readerFor(bytes, 0);
  sieve.begin(reader.interfaces);
  reader.walk(bytes, 0, bytes.length, sieve, false);
  walked += sieve.frames;
};
for (let i = 0; i < 4; i += 1) pass();
let collections = 0;
const observer = new PerformanceObserver((list) => { collections += list.getEntries().length; });
observer.observe({ entryTypes: ['gc'] });
globalThis.gc();
await new Promise((resolve) => setTimeout(resolve, 50));
collections = 0;
walked = 0;
while (walked < ${FRAMES}) pass();
await new Promise((resolve) => setTimeout(resolve, 50));
const during = collections;
globalThis.gc();
await new Promise((resolve) => setTimeout(resolve, 50));
process.stdout.write(JSON.stringify({ walked, during, watched: collections > during }));
`;

it(`no garbage collection over ${FRAMES} sieved frames`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  try {
    const entry = join(folder, 'entry.ts');
    const program = join(folder, 'program.mjs');
    writeFileSync(
      entry,
      PROGRAM.replace(/ROOT \+ '([^']+)'/g, (_all, path: string) => JSON.stringify(packageRoot() + path)),
    );
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      nodePaths: [join(packageRoot(), 'node_modules')],
      logLevel: 'silent',
    });
    const out = execFileSync(
      process.execPath,
      ['--expose-gc', '--max-semi-space-size=1', program, join(folder, 'mix.pcap')],
      { encoding: 'utf8' },
    );
    const { walked, during, watched } = JSON.parse(out) as { walked: number; during: number; watched: boolean };
    expect(walked).toBeGreaterThanOrEqual(FRAMES);
    expect(watched, 'a forced collection must be noticed, or this test proves nothing').toBe(true);
    expect(during).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
