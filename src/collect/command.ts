import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { safeText } from '../wire/values.ts';
import { ask, ENVIRONMENT } from './capture/program.ts';
import type { OutputFile } from './output.ts';
import { type Acquired, reasonOf } from './result.ts';

/** After SIGTERM, before SIGKILL. */
const GRACE = 2_000;
/** After SIGKILL: a process that waits for a disk may not end at all, and the others must not wait with it. */
const LAST = 2_000;
/** Kept of standard error. */
const SAID = 2_048;
/** How much lower than its caller a program runs. */
export const NICE = 10;

export interface CommandOptions {
  /** Full path of `nice`, '' where it is not installed. */
  nice: string;
  /** Full path of a `setpriv` that knows `--pdeathsig`, '' without: a program then outlives us when we are killed. */
  setpriv: string;
  /** Seconds. */
  timeout: number;
  /** Bytes of standard output. */
  cap: number;
  /** Exit codes that are no failure. */
  fine: readonly number[];
  /** Home folder that it may know; '' for none. */
  home: string;
  signal: AbortSignal;
  /** Takes the bytes in place of a file. */
  take: (bytes: Buffer) => void;
}

/** How a program ended. */
interface Ending {
  exit: number;
  said: string;
  /** Bytes of standard output that were taken. */
  size: number;
  stopped: '' | 'timeout' | 'cap' | 'interrupted' | 'write';
  /** The error that writing met. */
  error?: unknown;
}

/** Standard output of a program, as it comes. */
export async function acquireCommand(
  tool: string,
  args: readonly string[],
  output: () => OutputFile,
  options: Omit<CommandOptions, 'take'>,
): Promise<Acquired> {
  let out: OutputFile | undefined;
  const ending = await runCommand(tool, args, {
    ...options,
    take: (bytes) => {
      out ??= output();
      out.write(bytes);
    },
  });
  return judged(ending, options);
}

/** @returns what a program's ending says of its output */
export function judged(ending: Ending | Error, { timeout, cap, fine }: Omit<CommandOptions, 'take'>): Acquired {
  if (ending instanceof Error) return reasonOf(ending);
  const { exit, said, size, stopped } = ending;
  const facts: Acquired = { status: 'collected', exit };
  if (said !== '') facts.said = said;
  if (stopped === 'write') return { ...facts, ...reasonOf(ending.error) };
  if (stopped === 'cap') return { ...facts, status: 'truncated', reason: `the first ${cap} bytes, the size cap` };
  if (stopped === 'timeout') {
    return { ...facts, status: 'failed', reason: `it did not end within ${timeout} s and was stopped` };
  }
  if (stopped === 'interrupted') return { ...facts, status: 'truncated', reason: 'interrupted' };
  if (DENIED.test(said)) return { ...facts, status: 'denied', reason: 'the account may not see all of it' };
  if (exit !== 0 && !fine.includes(exit)) {
    if (NOT_HERE.test(said)) return { ...facts, status: 'missing', reason: 'what it asks is not running or not there' };
    return { ...facts, status: 'failed', reason: `it ended with ${exit}` };
  }
  if (DAMAGED.test(said)) {
    return { ...facts, status: 'truncated', reason: 'what it reads is damaged: a part was left out' };
  }
  return size === 0 ? { ...facts, status: 'empty', reason: 'it printed nothing' } : facts;
}

/** journalctl says the second to whoever is in neither group; others say the first. */
const DENIED =
  /permission denied|operation not permitted|must be root|not permitted|access denied|not seeing messages from other users|insufficient permissions|are you root/i;

/** journalctl leaves a damaged file out, says so, and ends with 0. */
const DAMAGED = /corrupted, ignoring|truncated, ignoring|bad message|unsupported feature, ignoring/i;

/** A service that does not run, or a part that the kernel was built without: nothing is lacking but the thing itself. */
const NOT_HERE =
  /failed to connect|unable to connect|connection failed|connection refused|not been booted with systemd|operation not supported|no such file or directory|is not running|cannot talk to daemon/i;

/**
 * Runs a program without a shell, niced, in a process group of its own, with nothing of the caller's environment.
 * Never throws: a program that cannot start is an error as a value.
 */
export async function runCommand(
  tool: string,
  args: readonly string[],
  { nice, setpriv, timeout, cap, home, signal, take }: CommandOptions,
): Promise<Ending | Error> {
  const [program, ...list] = [
    ...(setpriv === '' ? [] : [setpriv, '--pdeathsig', 'KILL']),
    ...(nice === '' ? [] : [nice, '-n', String(NICE)]),
    tool,
    ...args,
  ];
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(program ?? tool, list, {
      cwd: '/',
      detached: true,
      env: home === '' ? ENVIRONMENT : { ...ENVIRONMENT, HOME: home },
      stdio: 'pipe',
      windowsHide: true,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error('it could not be started');
  }
  // It may ask a question where nobody answers.
  child.stdin.on('error', () => {});
  child.stdin.end();
  if (nice === '' && child.pid !== undefined) lower(child.pid);

  const ending: Ending = { exit: -1, said: '', size: 0, stopped: '' };
  const said: Buffer[] = [];
  let saidBytes = 0;
  return new Promise<Ending | Error>((resolve) => {
    let kill: NodeJS.Timeout | undefined;
    let last: NodeJS.Timeout | undefined;
    const finish = (result: Ending | Error): void => {
      clearTimeout(timer);
      clearTimeout(kill);
      clearTimeout(last);
      signal.removeEventListener('abort', interrupted);
      child.stdout.destroy();
      child.stderr.destroy();
      ending.said = safeText(Buffer.concat(said).toString('utf8').trim()).slice(0, SAID);
      resolve(result);
    };
    const stop = (why: Ending['stopped']): void => {
      if (ending.stopped !== '') return;
      ending.stopped = why;
      signalGroup(child.pid, 'SIGTERM');
      kill = setTimeout(
        () => {
          signalGroup(child.pid, 'SIGKILL');
          last = setTimeout(() => finish(ending), LAST);
        },
        why === 'timeout' ? GRACE : GRACE / 4,
      );
    };
    const interrupted = (): void => stop('interrupted');
    const timer = setTimeout(() => stop('timeout'), timeout * 1000);
    signal.addEventListener('abort', interrupted, { once: true });
    if (signal.aborted) interrupted();

    child.stdout.on('data', (bytes: Buffer) => {
      if (ending.stopped === 'cap' || ending.stopped === 'write') return;
      const room = cap - ending.size;
      const part = bytes.length > room ? bytes.subarray(0, room) : bytes;
      try {
        if (part.length > 0) take(part);
        ending.size += part.length;
      } catch (error) {
        ending.error = error;
        stop('write');
        return;
      }
      if (bytes.length > room) stop('cap');
    });
    child.stderr.on('data', (bytes: Buffer) => {
      if (saidBytes >= SAID) return;
      said.push(bytes.subarray(0, SAID - saidBytes));
      saidBytes += bytes.length;
    });
    child.on('error', (error) => finish(error));
    child.on('close', (code) => {
      ending.exit = code ?? -1;
      finish(ending);
    });
  });
}

/** The group, so that what the program started ends with it. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // It has ended by itself, or may not be touched: it runs as it is.
  }
}

/**
 * `setpriv` (util-linux 2.33 and later) tells the kernel to end a program when the one that started it is killed.
 *
 * @returns its full path, '' where it is missing or too old
 */
export async function deathSignaller(host: { tool(name: string): string }): Promise<string> {
  const setpriv = host.tool('setpriv');
  return setpriv !== '' && (await ask(setpriv, ['--help']))?.out.includes('--pdeathsig') === true ? setpriv : '';
}
