import { constants, type Stats } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { blankBytes, MAX_BLANKED } from './blank.ts';
import { excluded } from './exclude.ts';
import type { OutputFile } from './output.ts';
import { type BytePath, rawPath, statOf } from './paths.ts';
import { type Acquired, reasonOf } from './result.ts';

/** Read at a time. */
const CHUNK = 256 * 1024;

const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

export interface ReadOptions {
  /** Of the host's files; paths are judged by what follows it. */
  root: BytePath;
  /** Bytes at most. */
  cap: number;
  /** Of a longer file the end is taken. */
  tail: boolean;
  blank: boolean;
  /** A file of the kernel, whose size says nothing. */
  virtual: boolean;
  /** Its time is up. */
  late: () => boolean;
  signal: AbortSignal;
}

/**
 * Why a file is not opened, decided from its name and its inode alone: opening a pipe waits, opening a device may act
 * (a tape rewinds, a watchdog starts).
 */
export function refusal(root: BytePath, path: BytePath, stat: Stats | undefined): Acquired | undefined {
  const rule = excluded(path.slice(root.length));
  if (rule !== undefined) return { status: 'excluded', reason: `${rule.id}: ${rule.why}` };
  if (stat === undefined) return { status: 'failed', reason: 'it vanished between listing and reading' };
  if (stat.isSymbolicLink()) return { status: 'skipped', reason: 'a symbolic link: not followed' };
  if (stat.isDirectory()) return { status: 'skipped', reason: 'a folder' };
  if (stat.isFIFO()) return { status: 'skipped', reason: 'a pipe: not opened' };
  if (stat.isSocket()) return { status: 'skipped', reason: 'a socket: not opened' };
  if (!stat.isFile()) return { status: 'skipped', reason: 'a device: not opened' };
  // Whoever may write into a log folder could give a secret a second name there.
  if (stat.nlink > 1) return { status: 'skipped', reason: `a file of ${stat.nlink} names (hard links): not opened` };
  return undefined;
}

/** Copies a regular file as it is at this moment. What is appended meanwhile is not taken: the size at opening counts. */
export async function acquireFile(path: BytePath, output: () => OutputFile, options: ReadOptions): Promise<Acquired> {
  const before = statOf(path);
  const refused = refusal(options.root, path, before);
  if (refused !== undefined || before === undefined) {
    return refused ?? { status: 'failed', reason: 'it vanished between listing and reading' };
  }
  let file: FileHandle;
  try {
    file = await open(rawPath(path), OPEN);
  } catch (error) {
    return reasonOf(error);
  }
  try {
    const stat = await file.stat();
    if (stat.dev !== before.dev || stat.ino !== before.ino || !stat.isFile()) {
      return { status: 'failed', reason: 'another file took its place while it was opened: not read' };
    }
    const swapped = await elsewhere(file, path, options.root);
    if (swapped !== undefined) return swapped;
    return await copy(file, stat, output, options);
  } catch (error) {
    return reasonOf(error);
  } finally {
    await file.close();
  }
}

/** A folder on the way may have become a link after it was looked at: what was opened is judged, not what was named. */
async function elsewhere(file: FileHandle, path: BytePath, root: BytePath): Promise<Acquired | undefined> {
  let real: string;
  try {
    real = await readlink(`/proc/self/fd/${file.fd}`, { encoding: 'latin1' });
  } catch {
    return undefined; // No /proc: not Linux, and nothing to compare with.
  }
  const rule = excluded(real.startsWith(root) ? real.slice(root.length) : real);
  if (rule !== undefined) return { status: 'excluded', reason: `${rule.id}: ${rule.why}` };
  const named = real.endsWith(' (deleted)') ? real.slice(0, -' (deleted)'.length) : real;
  if (named !== path) {
    return { status: 'failed', reason: 'a folder on its way became a link while it was opened: not read' };
  }
  return undefined;
}

async function copy(
  file: FileHandle,
  stat: Stats,
  output: () => OutputFile,
  { cap, tail, blank, virtual, late, signal }: ReadOptions,
): Promise<Acquired> {
  const limit = blank ? Math.min(cap, MAX_BLANKED) : cap;
  const size = virtual ? limit + 1 : stat.size;
  const facts: Acquired = { status: 'collected', modified: Math.floor(stat.mtimeMs / 1000) };
  if (!virtual) facts.sourceSize = size;
  if (size === 0) return { ...facts, status: 'empty', reason: 'the file has no bytes' };
  if (limit <= 0) return { ...facts, status: 'truncated', reason: 'the size cap was reached before it' };
  const offset = tail && !virtual && size > limit ? size - limit : 0;
  const end = Math.min(size, offset + limit);
  const out = output();
  const held: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(CHUNK);
  let at = offset;
  let stopped = '';
  while (at < end) {
    stopped = signal.aborted ? 'interrupted' : late() ? 'its time was up' : '';
    if (stopped !== '') break;
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, end - at), virtual ? null : at);
    if (bytesRead === 0) break;
    if (blank) held.push(Buffer.from(buffer.subarray(0, bytesRead)));
    else out.write(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  if (blank) {
    const { bytes, blanked } = blankBytes(Buffer.concat(held), at < size && !virtual);
    out.write(bytes);
    if (Object.keys(blanked).length > 0) facts.blanked = blanked;
  }
  if (offset > 0) facts.offset = offset;
  if (stopped !== '') return { ...facts, status: 'truncated', reason: stopped };
  if (virtual) return at > limit - 1 ? cut(facts, limit) : facts;
  if ((await file.stat()).size > size) facts.grew = true;
  if (at < end) {
    return { ...facts, status: 'truncated', reason: 'it became shorter while it was read' };
  }
  return end - offset < size ? cut(facts, limit, offset > 0) : facts;
}

function cut(facts: Acquired, limit: number, atEnd = false): Acquired {
  return { ...facts, status: 'truncated', reason: `the ${atEnd ? 'last' : 'first'} ${limit} bytes, the size cap` };
}
