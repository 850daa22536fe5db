import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The system's word for an error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

/**
 * A file that gets its name when it is whole: written beside it as `<path>.partial` (0600, made anew, no link followed),
 * synced, then renamed. Every method throws the system's error.
 */
export class PartialFile {
  readonly path: string;
  readonly partial: string;
  private file: number;

  constructor(path: string) {
    this.path = path;
    this.partial = `${path}.partial`;
    this.file = openSync(this.partial, CREATE, 0o600);
    // The umask may have taken bits away, and a default ACL may have added some.
    fchmodSync(this.file, 0o600);
  }

  /** Writes all of it at an offset. @throws WriteError with the bytes that got there */
  write(bytes: Uint8Array, offset: number): void {
    let at = 0;
    while (at < bytes.length) {
      let wrote: number;
      try {
        wrote = writeSync(this.file, bytes, at, bytes.length - at, offset + at);
      } catch (error) {
        throw new WriteError(errorCode(error), at);
      }
      if (wrote <= 0) throw new WriteError('ENOSPC', at);
      at += wrote;
    }
  }

  truncate(length: number): void {
    ftruncateSync(this.file, length);
  }

  /** Syncs and closes it: it can be read, and nothing more can be written. */
  seal(): void {
    if (this.file < 0) return;
    const file = this.file;
    this.file = -1;
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /**
   * Syncs it and gives it its name.
   *
   * @param replace whether a file of that name may be there: otherwise it is an error (`EEXIST`)
   */
  finish(replace = false): void {
    this.seal();
    if (replace) renameSync(this.partial, this.path);
    else renameNew(this.partial, this.path);
    syncFolder(dirname(this.path));
  }

  /** Takes it away; never throws. */
  discard(): void {
    try {
      if (this.file >= 0) closeSync(this.file);
    } catch {
      // What it could not write is taken away anyway.
    }
    this.file = -1;
    try {
      unlinkSync(this.partial);
    } catch {
      // It is gone already.
    }
  }
}

/** Writing ended early: `written` bytes of the piece are in the file. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly code: string;
  readonly written: number;

  constructor(code: string, written: number) {
    super(code);
    this.code = code;
    this.written = written;
  }
}

/** A link refuses what is there already, where a rename would replace it; some file systems have no links. */
function renameNew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' || lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw error;
    renameSync(from, to);
    return;
  }
  unlinkSync(from);
}

function syncFolder(folder: string): void {
  const file = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(file);
  } catch {
    // Some file systems cannot: the file itself is synced.
  } finally {
    closeSync(file);
  }
}
