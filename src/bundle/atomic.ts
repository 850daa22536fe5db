import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';

/** Names that a kill may leave behind: `<target>.<8 hex digits>.partial`. */
const PARTIAL = /\.[0-9a-f]{8}\.partial$/;

/** Removed when the program ends by a signal: what is half written is of no use to anyone. */
const open = new Set<AtomicFile>();
let watching = false;

/**
 * A file that is there whole or not at all: written under another name in the same folder (0600, exclusive, no links
 * followed), synced, then given its name. It never replaces a file.
 */
export class AtomicFile {
  readonly target: string;
  private readonly partial: string;
  private file: number;

  /** @throws Problem when the target exists, or the folder cannot be written */
  constructor(target: string) {
    this.target = target;
    if (exists(target)) throw new Problem('usage', `${safeText(target)} exists: choose another name, or remove it`);
    this.partial = `${target}.${randomBytes(4).toString('hex')}.partial`;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    try {
      this.file = openSync(this.partial, flags, 0o600);
    } catch (error) {
      throw cannotWrite(target, error);
    }
    if (!watching) {
      watching = true;
      process.on('exit', () => {
        for (const one of open) one.abandon();
      });
    }
    open.add(this);
  }

  /** Writes all of the bytes. @throws Problem for a full disk and its like */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await written(this.file, bytes, at).catch((error: unknown) => {
        throw cannotWrite(this.target, error);
      });
    }
  }

  /** Syncs, closes and names the file. @throws Problem, and then nothing is left behind */
  commit(): void {
    try {
      fsyncSync(this.file);
      closeSync(this.file);
      this.file = -1;
      name(this.partial, this.target);
      syncFolder(dirname(this.target));
    } catch (error) {
      this.abandon();
      throw cannotWrite(this.target, error);
    }
    open.delete(this);
  }

  /** Whether this is the base name that it is written under. */
  has(base: string): boolean {
    return basename(this.partial) === base;
  }

  /** Takes what was written away; nothing happens after `commit`. */
  abandon(): void {
    if (!open.delete(this)) return;
    try {
      if (this.file >= 0) closeSync(this.file);
    } catch {
      // A descriptor that does not close is not worth more than the removal.
    }
    try {
      unlinkSync(this.partial);
    } catch {
      // It is gone, or the folder is; there is nothing to take away.
    }
  }
}

/** A small file, whole or not at all. @throws Problem */
export function writeWhole(target: string, bytes: Uint8Array | string, mode = 0o600): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const partial = `${target}.${randomBytes(4).toString('hex')}.partial`;
  if (exists(target)) throw new Problem('usage', `${safeText(target)} exists: choose another name, or remove it`);
  try {
    const file = openSync(partial, flags, mode);
    try {
      const all = Buffer.from(bytes);
      for (let at = 0; at < all.length;) at += writeSync(file, all, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    name(partial, target);
    syncFolder(dirname(target));
  } catch (error) {
    try {
      unlinkSync(partial);
    } catch {
      // Never made, or named already.
    }
    throw cannotWrite(target, error);
  }
}

/** Partial files that a killed run left beside a target, by base name: for the person to look at and remove. */
export function stalePartials(target: string): string[] {
  const begin = basename(target);
  try {
    return readdirSync(dirname(target))
      .filter((one) => one.startsWith(`${begin}.`) && PARTIAL.test(one) && one.length === begin.length + 17)
      .filter((one) => ![...open].some((file) => file.has(one)))
      .sort()
      .map((one) => join(dirname(target), one));
  } catch {
    return [];
  }
}

/** What went wrong with writing, as a person can mend it. */
export function cannotWrite(target: string, error: unknown): Error {
  if (error instanceof Problem) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error instanceof Error ? error : new Error('cannot write');
  return new Problem('usage', `${safeText(target)} cannot be written: ${WHY[code] ?? code}`);
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space, or write elsewhere',
  EDQUOT: 'the quota is used up; free some space, or write elsewhere',
  EROFS: 'the file system is read-only; write elsewhere',
  EACCES: 'no permission; write elsewhere',
  EPERM: 'not permitted; write elsewhere',
  ENOENT: 'its folder is not there',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'it exists; choose another name, or remove it',
  ENAMETOOLONG: 'the name is too long',
  EFBIG: 'the file system takes no file of that size',
  EIO: 'the device failed',
};

/** A second name and then one less: unlike a rename it never replaces what came into being meanwhile. */
function name(partial: string, target: string): void {
  try {
    linkSync(partial, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // File systems without hard links (FAT, some network shares).
    if (code === 'EEXIST' || exists(target)) throw error;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    renameSync(partial, target);
    return;
  }
  unlinkSync(partial);
}

/** So that the name is there after a loss of power. */
export function syncFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, constants.O_RDONLY);
  } catch {
    return;
  }
  try {
    fsyncSync(file);
  } catch {
    // Some file systems sync no folders; then the name is as safe as it can be.
  } finally {
    closeSync(file);
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function written(file: number, bytes: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, at, bytes.length - at, null, (error, count) => {
      if (error !== null) reject(error);
      else resolve(count);
    });
  });
}
