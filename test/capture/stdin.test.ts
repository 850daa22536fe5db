import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { concat, payload, pcapHeader, pcapRecord } from './vectors.ts';

/** stdin belongs to a process: each case needs one of its own. */

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-stdin-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'count.mjs');
const file = join(folder, 'in.pcap');
const bytes = concat(
  pcapHeader(),
  ...Array.from({ length: 5000 }, (_, index) => pcapRecord({ fraction: index, data: payload(100, index) })),
);

beforeAll(async () => {
  writeFileSync(file, bytes);
  await build({
    stdin: {
      contents: `
        import { openSource } from './source.ts';
        import { readCapture } from './read.ts';
        try {
          const source = await openSource('-');
          const sink = { bytes: new Uint8Array(0), frame() {}, other() {} };
          const { frames, faults } = await readCapture(source, sink);
          source.close();
          console.log(JSON.stringify({ name: source.name, size: source.size, frames, faults: faults.length }));
        } catch (error) {
          console.log(error.code, error.message);
        }`,
      resolveDir: new URL('../../src/capture', import.meta.url).pathname,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
});

function run(options: { input?: Uint8Array; fd?: number; shell?: string }): string {
  const { stdout, stderr } =
    options.shell === undefined
      ? spawnSync(process.execPath, [program], {
          ...(options.input === undefined ? {} : { input: options.input }),
          ...(options.fd === undefined ? {} : { stdio: [options.fd, 'pipe', 'pipe'] as const }),
        })
      : spawnSync('sh', ['-c', options.shell]);
  expect(stderr.toString()).toBe('');
  return stdout.toString().trim();
}

test('a socket, a shell pipe, a slow pipe', () => {
  const counted = JSON.stringify({ name: '-', size: -1, frames: 5000, faults: 0 });
  expect(run({ input: bytes })).toBe(counted);
  expect(run({ shell: `cat ${file} | ${process.execPath} ${program}` })).toBe(counted);
  const slow = `(head -c 2 ${file}; sleep 0.1; tail -c +3 ${file} | head -c 100; sleep 0.1; tail -c +103 ${file})`;
  expect(run({ shell: `${slow} | ${process.execPath} ${program}` })).toBe(counted);
});

test('compressed', () => {
  expect(JSON.parse(run({ shell: `gzip -c ${file} | ${process.execPath} ${program}` }))).toMatchObject({
    frames: 5000,
    faults: 0,
  });
});

test('a file as stdin is read as a file', () => {
  const counted = { name: '-', size: bytes.length, frames: 5000, faults: 0 };
  expect(JSON.parse(run({ fd: openSync(file, 'r') }))).toEqual(counted);
});

test('nothing, a directory, no stdin at all', () => {
  expect(JSON.parse(run({ shell: `${process.execPath} ${program} < /dev/null` }))).toMatchObject({
    frames: 0,
    faults: 1,
  });
  expect(run({ shell: `${process.execPath} ${program} < ${folder}` })).toMatch(/^is-directory /);
});
