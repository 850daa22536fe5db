import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { EngineCommand } from './engine.ts';
import { ask, ENVIRONMENT, findProgram } from './program.ts';

/** Kept of standard error: why it could not begin stands first, what it counted last. */
const FIRST_SAID = 2_048;
const LAST_SAID = 6_144;
/** Seconds from SIGINT to SIGKILL: an engine that waits for a disk of its own, or was stopped. */
const GRACE = 3;
/** Clock ticks a second in /proc (USER_HZ), the same on every Linux that there is. */
const TICKS = 100;

/** How a process ended. */
export interface Ending {
  /** -1: a signal ended it, or it never ran. */
  exit: number;
  /** '' none. */
  signal: string;
}

/**
 * The whole command line: where the system can, the engine is told to end when we do, so that nobody captures on for a
 * process that was killed.
 */
export async function commandLine({ program, args }: EngineCommand): Promise<string[]> {
  const setpriv = findProgram('setpriv');
  if (setpriv === '') return [program, ...args];
  const help = await ask(setpriv, ['--help']);
  return help?.out.includes('--pdeathsig') === true
    ? [setpriv, '--pdeathsig', 'INT', program, ...args]
    : [program, ...args];
}

/** An engine that runs: its frames come out of `pieces`. It has a process group of its own, so that Ctrl-C is ours. */
export class EngineProcess {
  readonly ended: Promise<Ending>;
  /** Whether it had to be killed because it did not end when asked. */
  killed = false;
  private readonly child: ChildProcess;
  private readonly stdout: NodeJS.ReadableStream;
  private head = '';
  private tail = '';
  private kill9: NodeJS.Timeout | undefined;

  /** @param line `commandLine` of the command */
  constructor([program = '', ...args]: readonly string[], { message }: EngineCommand) {
    const child = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: ENVIRONMENT,
      windowsHide: true,
      stdio: message === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('a child without pipes');
    this.child = child;
    this.stdout = stdout;
    this.ended = new Promise((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        this.hear(`${error.code ?? error.message}\n`);
        resolve({ exit: -1, signal: '' });
      });
      child.once('close', (exit, signal) => {
        clearTimeout(this.kill9);
        resolve({ exit: exit ?? -1, signal: signal ?? '' });
      });
    });
    stderr.on('data', (bytes: Buffer) => this.hear(bytes.toString('latin1')));
    if (message !== undefined) child.send(message, () => {});
  }

  /** Its standard output, piece by piece; it is held back while a piece is worked on. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.stdout) yield piece as Buffer;
    } catch {
      // The pipe broke with the process: how it ended says why.
    }
  }

  /** What it said on standard error: its first and its last words. */
  get said(): string {
    return this.head + this.tail;
  }

  /** Asks it to end well; it is killed when it does not. */
  interrupt(): void {
    if (this.kill9 !== undefined) return;
    this.child.kill('SIGINT');
    this.kill9 = setTimeout(() => this.kill(), GRACE * 1000);
  }

  kill(): void {
    this.killed = true;
    this.child.kill('SIGKILL');
  }

  signal(name: 'SIGUSR1'): void {
    this.child.kill(name);
  }

  /** Seconds of processor that it has used; -1 where the system does not say. */
  cpu(): number {
    try {
      const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1');
      // The name, in parentheses, may hold anything: fields are counted from behind it (proc(5): utime 14, stime 15).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return -1;
    }
  }

  private hear(text: string): void {
    const room = FIRST_SAID - this.head.length;
    this.head += text.slice(0, Math.max(0, room));
    this.tail = (this.tail + text.slice(Math.max(0, room))).slice(-LAST_SAID);
  }
}
