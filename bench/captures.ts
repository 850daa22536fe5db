import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURES, type CaptureName, type CaptureSpec } from './cases.ts';
import { generate } from './generate.ts';

/** Room to leave on the disk besides the captures. */
const SPARE = 1e9;

/**
 * Makes the captures that are not there yet and brings all of them into the page cache.
 *
 * @throws Error when the disk has no room for them
 */
export function makeCaptures(folder: string, names: readonly CaptureName[], quick: boolean): Map<CaptureName, string> {
  const paths = new Map<CaptureName, string>();
  let missing = 0;
  for (const name of names) {
    const spec: CaptureSpec = CAPTURES[name];
    const path = join(folder, quick ? `quick-${spec.name}` : spec.name);
    paths.set(name, path);
    // A compressed one is made of a plain one, which is there for a while.
    if (!existsSync(path)) missing += (quick ? spec.quick : spec.bytes) * (spec.gzip === true ? 2 : 1);
  }
  const { bavail, bsize } = statfsSync(folder);
  if (missing + SPARE > bavail * bsize) {
    const need = Math.ceil((missing + SPARE) / 1e9);
    throw new Error(
      `${folder} has ${Math.floor((bavail * bsize) / 1e9)} GB free, ${need} GB are needed: give another folder`,
    );
  }
  for (const [name, path] of paths) {
    if (!existsSync(path)) make(CAPTURES[name], path, quick);
    warm(path);
  }
  return paths;
}

/** Beside its place first: what was interrupted is made again. */
function make(spec: CaptureSpec, path: string, quick: boolean): void {
  const beside = `${path}.part`;
  process.stderr.write(`making ${path}\n`);
  generate(beside, spec.mode, quick ? spec.quick : spec.bytes, spec.seed ?? 1, spec.from ?? 0);
  if (spec.gzip === true) {
    const { status } = spawnSync('gzip', ['-1', '-n', '-f', beside], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`gzip of ${beside} failed: is gzip installed?`);
    renameSync(`${beside}.gz`, path);
    rmSync(beside, { force: true });
  } else {
    renameSync(beside, path);
  }
}

function warm(path: string): void {
  const buffer = Buffer.alloc(1 << 22);
  const fd = openSync(path, 'r');
  while (readSync(fd, buffer) > 0) continue;
  closeSync(fd);
}

export function sizeOf(path: string): number {
  return statSync(path).size;
}
