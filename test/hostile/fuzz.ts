import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { siteOf } from '../../src/index.ts';
import { sampleCaptures } from '../support/samples.ts';
import { judged } from './child.ts';
import { FLOODS, SITE, writeFlood } from './floods.ts';
import { Judge, mutated, Random } from './mutate.ts';

/**
 * `npm run fuzz -- [--seconds N] [--seed N] [--corpus DIR] [--floods]`: mutated samples (and captures of a folder)
 * through the whole pipeline for as long as it is told, and the floods at full size. A case that fails is written to a
 * file beside its seed; the same seed makes the same cases.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 4294967296) },
    corpus: { type: 'string' },
    floods: { type: 'boolean', default: false },
  },
});

/** Captures larger than this would leave time for few cases. */
const LARGEST = 300_000;
/** A case that takes longer has hung (seconds). */
const HUNG = 60;
const FLOOD = 300_000;

const failed = values.floods ? floods() : await mutations(Number(values.seconds), Number(values.seed));
process.exitCode = failed > 0 ? 1 : 0;

async function mutations(seconds: number, seed: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-fuzz-'));
  const cases = [...sampleCaptures(), ...captures(values.corpus)].map((path) => ({
    name: `${basename(dirname(path))}/${basename(path)}`,
    bytes: unpacked(new Uint8Array(readFileSync(path))),
  }));
  const judge = new Judge(siteOf(undefined, ['198.51.100.2']));
  const random = new Random(seed);
  const end = performance.now() + seconds * 1000;
  const beat = watchdog(folder);
  const how = new Map<string, number>();
  let runs = 0;
  let failures = 0;
  let refused = 0;
  process.stdout.write(`seed ${seed}, ${seconds} s, ${cases.length} captures\n`);
  while (performance.now() < end) {
    const one = random.pick(cases);
    const other = random.pick(cases);
    const own = random.next(4294967295);
    const made = mutated(one.bytes, own, other.bytes);
    const file = join(folder, 'case');
    writeFileSync(file, made.bytes);
    beat();
    try {
      if ((await judge.judge(made.bytes)) === undefined) refused += 1;
    } catch (error) {
      failures += 1;
      const kept = join(folder, `failed-${failures}`);
      writeFileSync(kept, made.bytes);
      process.stdout.write(
        `FAILED ${one.name} ${made.how} seed ${own}: ${String(error)}\n${error instanceof Error ? error.stack : ''}\n  kept as ${kept}\n`,
      );
    }
    runs += 1;
    how.set(made.how, (how.get(made.how) ?? 0) + 1);
  }
  judge.close();
  if (failures === 0) rmSync(folder, { recursive: true });
  const kinds = [...how]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 6)
    .map(([name, n]) => `${name} ${n}`);
  process.stdout.write(`${runs} cases (${kinds.join(', ')} …), ${refused} refused as no capture, ${failures} failed\n`);
  return failures;
}

/** Every flood at 300,000 frames and at half as many: memory, and time that grows as the frames do. */
function floods(): number {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-fuzz-'));
  const profile = join(folder, 'site.json');
  const file = join(folder, 'flood.pcap');
  writeFileSync(profile, JSON.stringify(SITE));
  let failures = 0;
  process.stdout.write(
    '| flood | frames | MB | cpu s (half, whole) | peak MB (half, whole) | found |\n|---|---|---|---|---|---|\n',
  );
  for (const [name, flood] of Object.entries(FLOODS)) {
    const runs = [FLOOD / 2, FLOOD].map((frames) => {
      writeFlood(file, flood, frames);
      return judged(['--profile', profile, file]);
    });
    const [half, whole] = runs;
    if (half === undefined || whole === undefined) throw new Error('no run');
    const wanted = flood.finds ?? 'dhcp-boot-hijack';
    const found = whole.analysis.findings.some(({ id }) => id === wanted);
    // Start-up is in both, and other work on the machine is in either.
    const linear = whole.cpu < 3 * half.cpu + 0.5;
    const bounded = whole.rss < 300;
    if (!found || !linear || !bounded) failures += 1;
    const verdict = [found ? wanted : `NOT ${wanted}`, linear ? '' : 'NOT LINEAR', bounded ? '' : 'TOO LARGE']
      .filter(Boolean)
      .join(', ');
    const size = Math.round(statSync(file).size / 1e6);
    process.stdout.write(
      `| ${name} | ${FLOOD} | ${size} | ${half.cpu.toFixed(1)}, ${whole.cpu.toFixed(1)} | ${half.rss.toFixed(0)}, ${whole.rss.toFixed(0)} | ${verdict} |\n`,
    );
  }
  rmSync(folder, { recursive: true });
  return failures;
}

function captures(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng|cap)(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= LARGEST);
}

/** What is packed would be damaged in its packing only. */
function unpacked(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? new Uint8Array(gunzipSync(bytes)) : bytes;
}

/** A thread that sees the program hang: what runs in the main thread cannot. @returns what tells it that a case began */
function watchdog(folder: string): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const source = `
    const { workerData } = require('node:worker_threads');
    const { writeSync } = require('node:fs');
    let last = -1;
    setInterval(() => {
      const now = Atomics.load(workerData.beats, 0);
      if (now === last) {
        writeSync(1, 'HUNG: the case is kept in ' + workerData.folder + '\\n');
        process.kill(process.pid, 'SIGKILL');
      }
      last = now;
    }, ${HUNG * 1000});`;
  new Worker(source, { eval: true, workerData: { beats, folder } }).unref();
  return () => void Atomics.add(beats, 0, 1);
}
