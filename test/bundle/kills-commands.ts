import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';
import { MAIN } from '../cli/run.ts';
import { type CaseInputs, CLOCK, PLANTED } from './made.ts';
import { numbers } from './flips.ts';

/** Commands that write redacted files, by what they leave. */
export type Killed = 'bundle' | 'redact';

/** What runs came to. */
export interface CommandKills {
  killed: number;
  complete: number;
  left: { run: number; command: Killed; after: number; what: string }[];
}

/** Arguments of a command that writes to `out`. */
export function argumentsOf(
  command: Killed,
  { caseKey, signKey, sources, approval }: CaseInputs,
  out: string,
): string[] {
  const policy = ['--policy', 'auditor', '--key-file', caseKey, '--out', out];
  if (command === 'redact') return ['redact', ...sources.filter((one) => one.startsWith('/')), ...policy];
  return ['bundle', '--case', 'case-17', ...sources, ...approval, ...policy, '--sign-key', signKey, '--clock', CLOCK];
}

/** Runs a command in a folder of its own and sends it a signal after so many milliseconds; -1: never. */
export async function interrupted(
  command: Killed,
  inputs: CaseInputs,
  where: string,
  signal: NodeJS.Signals,
  after: number,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [MAIN, ...argumentsOf(command, inputs, join(where, nameOf(command)))], {
    cwd: '/',
    stdio: 'ignore',
  });
  const timer = after < 0 ? undefined : setTimeout(() => child.kill(signal), after);
  await ended(child);
  clearTimeout(timer);
  return { code: child.exitCode, signal: child.signalCode };
}

export function nameOf(command: Killed): string {
  return command === 'bundle' ? 'out.tar.gz' : 'out';
}

/**
 * Kills a whole command at random moments, again and again: at the final name there is nothing or all of it, and no file
 * that is left holds an original.
 */
export async function killCommand(
  command: Killed,
  inputs: CaseInputs,
  runs: number,
  seed: number,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<CommandKills> {
  const result: CommandKills = { killed: 0, complete: 0, left: [] };
  const base = mkdtempSync(join(inputs.where, 'kills-'));
  const next = numbers(seed);
  const whole = join(base, 'whole');
  mkdirSync(whole);
  const begun = performance.now();
  const { code } = await interrupted(command, inputs, whole, signal, -1);
  if (code !== 0) throw new Error(`${command} ends with ${code}: build dist first`);
  const usual = performance.now() - begun;
  const complete = names(join(whole, nameOf(command)));
  for (let run = 0; run < runs; run += 1) {
    const where = mkdtempSync(join(base, 'run-'));
    const after = Math.round(next() * usual * 1.1);
    const end = await interrupted(command, inputs, where, signal, after);
    if (end.code !== 0) result.killed += 1;
    const faults = await leftovers(command, where, complete, signal);
    const expected = signal === 'SIGTERM' ? 143 : 130;
    if (signal !== 'SIGKILL' && end.signal === null && end.code !== 0 && end.code !== expected) {
      faults.push(`exit code ${end.code}`);
    }
    for (const what of faults) result.left.push({ run, command, after, what });
    if (readdirSync(where).includes(nameOf(command))) result.complete += 1;
    rmSync(where, { recursive: true, force: true });
  }
  rmSync(base, { recursive: true, force: true });
  return result;
}

async function leftovers(command: Killed, where: string, complete: string, signal: string): Promise<string[]> {
  const found: string[] = [];
  const target = nameOf(command);
  for (const name of readdirSync(where)) {
    const ours = name === target || /^out(?:\.tar\.gz)?(?:\.[0-9a-f]{8}\.(?:staging|partial))+$/.test(name);
    if (!ours) found.push(`a file ${name}`);
    if (name !== target && signal !== 'SIGKILL') found.push(`${name} after a signal that can be caught`);
  }
  for (const path of readdirSync(where, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const bytes = readFileSync(join(path.parentPath, path.name));
    const words = originalsIn(bytes);
    if (words.length > 0) found.push(`${path.name} holds originals`);
  }
  if (!readdirSync(where).includes(target)) return found;
  if (command === 'redact') {
    if (names(join(where, target)) !== complete) found.push('a folder that is not whole');
    return found;
  }
  const { verdict } = await verifyBundle(join(where, target), { allowUnpinned: true });
  if (verdict === 'failed') found.push('a bundle that does not verify');
  return found;
}

/** Planted words in some bytes, and in what they unpack to as far as they are there. */
function originalsIn(bytes: Buffer): string[] {
  let text = bytes.toString('latin1').toLowerCase();
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      text += gunzipSync(bytes, { finishFlush: 2 }).toString('latin1').toLowerCase();
    } catch {
      // A member that was being written: what stands before it was compared as it is.
    }
  }
  return PLANTED.filter((word) => text.includes(word));
}

function names(folder: string): string {
  try {
    return readdirSync(folder).sort().join(' ');
  } catch {
    // A bundle is a file.
    return '';
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}
