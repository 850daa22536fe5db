import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCapture } from '../../../src/capture/read.ts';
import { openSource } from '../../../src/capture/source.ts';
import type { FrameSink } from '../../../src/capture/types.ts';
import { pcapFile } from '../../support/packets.ts';
import { framesIn, manifestOf, Workshop } from './engine.ts';
import { planted, survivors } from './planted.ts';

/** SIGKILLs at moments that nobody chose. `KILLS=300 npx vitest run test/collect/capture/redact-kill.test.ts` for more. */
const KILLS = Number(process.env['KILLS'] ?? '20');
/** At once: a process that waits for its turn is killed elsewhere than one that has it. */
const ABREAST = 4;
const RUNNER = fileURLToPath(new URL('redacting-capture.mjs', import.meta.url));

let shop: Workshop;
const traffic = planted(60);

beforeAll(() => {
  shop = new Workshop();
  writeFileSync(shop.path('source.pcap'), pcapFile(traffic.frames));
});
afterAll(() => shop.clear());

/** A linear congruential generator (Numerical Recipes): the same moments in every run, as far as a machine allows. */
function* moments(seed: number): Generator<number> {
  for (let x = seed >>> 0; ;) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    yield x / 4_294_967_296;
  }
}

it(
  `whenever it is killed (${KILLS} times), nothing raw is left, and what is listed is whole`,
  async () => {
    const random = moments(20_260_701);
    const seen = { partial: 0, listed: 0, unreleased: 0 };
    const one = async (run: number, moment: number): Promise<void> => {
      const out = shop.path(`out-${run}`);
      const temp = shop.path(`temp-${run}`);
      for (const folder of [out, temp]) mkdirSync(folder, { mode: 0o700 });
      await killed(out, temp, moment);
      expect(readdirSync(temp)).toEqual([]);
      expect(survivors(traffic, out), `run ${run}, at ${moment}`).toEqual([]);
      await judge(out, seen);
      for (const folder of [out, temp]) rmSync(folder, { recursive: true });
    };
    for (let run = 0; run < KILLS; run += ABREAST) {
      const batch = Array.from({ length: Math.min(ABREAST, KILLS - run) }, (_v, i) =>
        one(run + i, random.next().value as number),
      );
      await Promise.all(batch);
    }
    // Moments that hit nothing would prove nothing.
    expect(seen.partial).toBeGreaterThan(0);
    expect(seen.listed).toBeGreaterThan(0);
  },
  30_000 + KILLS * 3_000,
);

/** Captures into small segments, and is killed some time after its first byte is on the disk. */
async function killed(out: string, temp: string, moment: number): Promise<void> {
  const request = {
    policy: 'auditor',
    segmentBytes: 6_000,
    plan: {
      ...{ interface: 'lo', preset: '', duration: '30s', packets: '', bytes: '', snapLength: '' },
      filter: `fake ${JSON.stringify({ file: shop.path('source.pcap'), loops: 0, every: 1 })}`,
      ...{ engine: 'tcpdump', engineFile: shop.engine, out: `${out}/x.pcap` },
    },
  };
  const child = spawn(process.execPath, [RUNNER, JSON.stringify(request)], {
    cwd: '/',
    env: { ...process.env, TMPDIR: temp },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  for (let i = 0; i < 2_000 && readdirSync(out).length === 0; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, moment * 1_500));
  child.kill('SIGKILL');
  await ended;
}

/** What is listed is whole; what is not listed is unfinished by its name, or was gated and not listed yet. */
async function judge(out: string, seen: { partial: number; listed: number; unreleased: number }): Promise<void> {
  const names = readdirSync(out);
  for (const name of names) {
    if (name.endsWith('.partial')) {
      seen.partial += 1;
      continue;
    }
    if (name.endsWith('.redaction.json')) {
      const report = JSON.parse(readFileSync(`${out}/${name}`, 'utf8')) as { files: { name: string }[] };
      for (const file of report.files) expect(names).toContain(file.name);
      continue;
    }
    if (!name.endsWith('.pcap')) continue;
    const path = `${out}/${name}`;
    await readable(path);
    if (!names.includes(`${name}.manifest.json`)) {
      seen.unreleased += 1;
      continue;
    }
    seen.listed += 1;
    expect(manifestOf(path)).toMatchObject({ file: name, frames: framesIn(path), original: 'not retained' });
  }
  for (const name of names.filter((one) => one.endsWith('.manifest.json'))) {
    expect(names).toContain(name.replace(/\.manifest\.json$/, ''));
  }
}

async function readable(path: string): Promise<void> {
  const sink: FrameSink = { bytes: new Uint8Array(0), frame: () => {}, other: () => {} };
  const source = await openSource(path);
  const { faults } = await readCapture(source, sink, {});
  source.close();
  expect(faults).toEqual([]);
}
