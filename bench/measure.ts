import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A command as it is run: program and arguments; its standard output goes nowhere. */
export type Command = readonly string[];

/** One run of one command. */
export interface Run {
  /** Wall time in milliseconds, the child's start included. */
  wall: number;
  /** User and system time of the child and of all that it waited for, in seconds. */
  cpu: number;
  /** Peak resident memory of the largest of these processes, in MB (10^6 bytes). */
  memory: number;
}

/** What several runs of one command came to. */
export interface Series {
  wall: number;
  cpu: number;
  /** The largest of all runs. */
  memory: number;
  runs: readonly Run[];
}

/** GNU time: Node does not say what a child has used. */
const TIME = '/usr/bin/time';

/** Whether a program can be started at all. */
export function present(program: string, flag = '--version'): boolean {
  return spawnSync(program, [flag], { stdio: 'ignore' }).error === undefined;
}

/** True where GNU time is installed (Debian package `time`). */
export function canMeasure(): boolean {
  return present(TIME);
}

/**
 * Runs the commands in turn, again and again (A B A B …), so that what else the machine does meets all of them alike.
 *
 * @param notes file for the measured numbers
 * @param codes exit codes that are no failure
 * @throws Error when a command fails
 */
export function alternate(
  commands: readonly Command[],
  times: number,
  notes: string,
  codes: readonly number[],
): Series[] {
  const all = commands.map((): Run[] => []);
  for (let i = 0; i < times; i += 1) {
    for (const [which, command] of commands.entries()) all[which]?.push(once(command, notes, codes));
  }
  return all.map(seriesOf);
}

function once(command: Command, notes: string, codes: readonly number[]): Run {
  const begun = process.hrtime.bigint();
  const child = spawnSync(TIME, ['-q', '-f', '%U %S %M', '-o', notes, ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
  });
  const wall = Number(process.hrtime.bigint() - begun) / 1e6;
  if (child.error !== undefined || !codes.includes(child.status ?? -1)) {
    const said = child.stderr.toString().trim().split('\n').at(-1) ?? '';
    throw new Error(`${command.join(' ')} ended with ${child.status ?? child.signal}: ${said}`);
  }
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = readFileSync(notes, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return { wall, cpu: user + system, memory: (kilobytes * 1024) / 1e6 };
}

function seriesOf(runs: readonly Run[]): Series {
  return {
    wall: median(runs.map(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    memory: Math.max(...runs.map(({ memory }) => memory)),
    runs,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
