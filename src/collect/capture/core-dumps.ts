import { ask, findProgram } from './program.ts';

/**
 * Forbids core dumps of this process and of those that it starts: they would put captured bytes on the disk. The limit
 * is one byte, not none: the kernel hands a dump to a program (core(5), `|` in core_pattern) whatever the limit, except
 * at exactly 1.
 *
 * @returns false where `prlimit` (util-linux) is missing or refuses
 */
export async function forbidCoreDumps(): Promise<boolean> {
  const prlimit = findProgram('prlimit');
  if (prlimit === '') return false;
  const said = await ask(prlimit, ['--core=1:1', '--pid', String(process.pid)]);
  if (said?.exit === 0) return true;
  // A hard limit of 0 cannot be raised to 1; it forbids files all the same.
  const now = await ask(prlimit, ['--core', '--output', 'HARD', '--noheadings', '--raw', '--pid', String(process.pid)]);
  return now?.out.trim() === '0';
}
