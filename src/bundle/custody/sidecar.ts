import { closeSync, constants, fstatSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { canonicalJson, type Canonical } from '../canonical.ts';
import { instantText } from '../clock.ts';
import { LIMITS } from '../limits.ts';
import { cannotWrite, syncFolder } from '../atomic.ts';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { type CustodyEvent, CustodyChain, type ReadChain, readChain } from './chain.ts';

/** What happens to a bundle after it was sealed stands beside it. */
export function sidecarName(bundle: string): string {
  return `${bundle}.custody.jsonl`;
}

/** The largest chain, all lines full. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The chain beside a bundle; undefined where there is none. @throws Problem when it cannot be read */
export function readSidecar(bundle: string): ReadChain | undefined {
  const path = sidecarName(bundle);
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Problem('usage', `${safeText(basename(path))} cannot be read (${code ?? 'unknown error'})`);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MAX_BYTES)
      throw new Problem('refused', `${safeText(basename(path))} is no custody log`);
    return readChain(readFileSync(file, 'utf8'));
  } finally {
    closeSync(file);
  }
}

/** What is wrong with a chain beside a bundle of this digest, or undefined. */
export function sidecarFault(chain: ReadChain, sha256: string): string | undefined {
  if (chain.fault !== undefined) return chain.fault;
  const [first] = chain.entries;
  if (first === undefined) return 'it is empty';
  if (first.action !== 'sealed' || first.object?.sha256 !== sha256) return 'its first entry is about another bundle';
  return undefined;
}

/**
 * Adds an event after the last; the first entry of a new log is the bundle's digest. One writer at a time: a lock file
 * stands beside the log while it is written.
 *
 * @throws Problem when the log is damaged, is about another bundle, is being written, or cannot be
 */
export function recordEvent(bundle: string, sha256: string, event: CustodyEvent): void {
  const path = sidecarName(bundle);
  const lock = `${path}.lock`;
  try {
    closeSync(openSync(lock, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new Problem(
        'usage',
        `${safeText(basename(lock))} exists: another run writes the log, or one was killed; then remove it`,
      );
    }
    throw cannotWrite(path, error);
  }
  try {
    const chain = readSidecar(bundle);
    const lines: string[] = [];
    if (chain === undefined) {
      const fresh = new CustodyChain();
      const object = { name: basename(bundle).replace(/[^A-Za-z0-9._-]/g, '_'), sha256 };
      lines.push(fresh.append({ time: event.time, actor: event.actor, action: 'sealed', object, tool: event.tool }));
      lines.push(fresh.append(event));
    } else {
      const fault = sidecarFault(chain, sha256);
      if (fault !== undefined) throw new Problem('refused', `${safeText(basename(path))}: ${fault}: nothing was added`);
      if (chain.count >= LIMITS.custody) throw new Problem('usage', `${safeText(basename(path))} is full`);
      const entry = { ...event, time: instantText(event.time), seq: chain.count + 1, prev: chain.head };
      lines.push(canonicalJson(entry as unknown as Canonical));
    }
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
    const file = openSync(path, flags, 0o600);
    try {
      writeSync(file, lines.map((line) => `${line}\n`).join(''));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolder(dirname(path));
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    rmSync(lock, { force: true });
  }
}
