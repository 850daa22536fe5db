import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
  /** Standard output as it came. */
  bytes: Buffer;
}

/** Runs the built program, from another folder than the package's. */
export function rackwitness(args: readonly string[], input?: Uint8Array, node: readonly string[] = []): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, MAIN, ...args], {
    cwd: '/',
    maxBuffer: 1 << 28,
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
  });
  return { code: status, out: stdout.toString('utf8'), err: stderr.toString('utf8'), bytes: stdout };
}

/** Starts it and leaves standard input open, so that it waits. */
export function waiting(args: readonly string[]): ReturnType<typeof spawn> {
  return spawn(process.execPath, [MAIN, ...args], { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
}
