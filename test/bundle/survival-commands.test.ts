import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rackwitness } from '../cli/run.ts';
import { argumentsOf, killCommand } from './kills-commands.ts';
import { bundled, caseInputs, type CaseInputs } from './made.ts';
import { folder } from './sample.ts';

const where = folder();
let inputs: CaseInputs;

beforeAll(() => {
  inputs = caseInputs(where);
});

describe('bundle and redact, as whole commands', () => {
  it.each([
    ['bundle', 8, 'SIGKILL'],
    ['redact', 4, 'SIGKILL'],
    ['bundle', 3, 'SIGTERM'],
    ['bundle', 2, 'SIGINT'],
    ['redact', 2, 'SIGTERM'],
  ] as const)(
    '%s, %i times ended by %s at a random moment: all or nothing, and no original',
    async (command, runs, signal) => {
      const { left, killed } = await killCommand(command, inputs, runs, runs * 7 + signal.length, signal);
      expect(left).toEqual([]);
      expect(killed).toBeGreaterThan(0);
    },
    60_000,
  );

  it('say what a killed run left, and do not touch it', () => {
    const place = join(where, 'stale');
    mkdirSync(place);
    const out = join(place, 'x.tar.gz');
    const left = ['x.tar.gz.0123abcd.staging', 'x.tar.gz.0123abcd.staging.4567cdef.partial'];
    for (const name of left) mkdirSync(join(place, name));
    const made = bundled({ ...inputs, sources: inputs.sources.slice(0, 2) }, out);
    expect(made.code).toBe(0);
    for (const name of left) expect(made.err).toContain(name);
    expect(readdirSync(place).sort()).toEqual(['x.tar.gz', ...left]);
  });
});

/** A disk of so many KiB, where one may be mounted. */
const disks: string[] = [];
function disk(kilobytes: number): string | undefined {
  const path = join(where, `disk-${kilobytes}`);
  mkdirSync(path);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path], {
    stdio: 'ignore',
  });
  if (status !== 0) return undefined;
  disks.push(path);
  return path;
}
afterAll(() => {
  for (const path of disks) spawnSync('umount', [path], { stdio: 'ignore' });
});

describe('a target that takes nothing', () => {
  it('a full disk ends the command with a word of what to do, and nothing is left', () => {
    for (const kilobytes of [8, 16, 64]) {
      const small = disk(kilobytes);
      if (small === undefined) {
        process.stderr.write('skipped: a full disk needs the right to mount\n');
        return;
      }
      // What `redact` writes of these inputs has room in the largest.
      for (const command of kilobytes > 16 ? (['bundle'] as const) : (['bundle', 'redact'] as const)) {
        const made = rackwitness(argumentsOf(command, inputs, join(small, command === 'bundle' ? 'x.tar.gz' : 'x')));
        expect(made.err).toMatch(/disk is full|ENOSPC/);
        expect(made.code).toBe(2);
        expect(readdirSync(small)).toEqual([]);
      }
    }
  }, 30_000);

  it('a read-only one as well', () => {
    const place = disk(1024);
    if (place === undefined) return;
    expect(spawnSync('mount', ['-o', 'remount,ro', place]).status).toBe(0);
    const made = bundled(inputs, join(place, 'x.tar.gz'));
    expect(made.code).toBe(2);
    expect(made.err).toMatch(/EROFS|read-only/);
  });
});
