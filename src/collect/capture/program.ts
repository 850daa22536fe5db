import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { TOOL_FOLDERS } from '../host.ts';

/** Programs must speak one language, and know nothing of their caller. */
export const ENVIRONMENT = { LC_ALL: 'C', LANGUAGE: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TZ: 'UTC' } as const;

/** A program that says more than this of itself is not asked further. */
const MOST = 64 * 1024;
/** Seconds that a program has to say its version or the clock's state. */
const PATIENCE = 5;

/** Full path of a program in the folders where systems put theirs; '' when it is in none. */
export function findProgram(name: string): string {
  for (const folder of ['/usr/local/sbin', '/usr/local/bin', ...TOOL_FOLDERS]) {
    const path = `${folder}/${name}`;
    if (executable(path)) return path;
  }
  return '';
}

export function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a short program says on standard output and standard error; undefined when it cannot be started or does not end well. */
export async function ask(
  program: string,
  args: readonly string[],
): Promise<{ out: string; err: string; exit: number } | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: ENVIRONMENT });
    const said = { out: '', err: '' };
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE * 1000);
    const hear = (which: 'out' | 'err') => (bytes: Buffer) => {
      if (said[which].length < MOST) said[which] += bytes.toString('latin1').slice(0, MOST);
    };
    child.stdout.on('data', hear('out'));
    child.stderr.on('data', hear('err'));
    child.on('error', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    child.on('close', (exit) => {
      clearTimeout(timer);
      resolve(exit === null ? undefined : { ...said, exit });
    });
  });
}
