import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';

const CHUNK = 1 << 20;

/** A regular file that must stay as it is while it is read. */
export interface FileBytes {
  size: number;
  /** Its bytes in order; each chunk is a buffer of its own. @throws Problem when the file grows, shrinks or fails */
  chunks(): Generator<Uint8Array>;
  close(): void;
}

/**
 * Opened without following a link at the end of its path, and without waiting for the other end of a FIFO.
 *
 * @throws Problem
 */
export function openFile(path: string): FileBytes {
  const shown = safeText(basename(path));
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw cannotRead(shown, error);
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new Problem('refused', `${shown} is no regular file: only regular files are packed`);
  }
  const changed = (how: string): Problem =>
    new Problem('usage', `${shown} ${how} while it was packed: pack a file that nothing writes to any more`);
  return {
    size: stat.size,
    *chunks() {
      let at = 0;
      while (at < stat.size) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK, stat.size - at));
        const count = read(file, chunk, at, shown);
        if (count === 0) throw changed('became shorter');
        at += count;
        yield count === chunk.length ? chunk : chunk.subarray(0, count);
      }
      if (read(file, Buffer.alloc(1), at, shown) !== 0) throw changed('became longer');
      if (fstatSync(file).mtimeMs !== stat.mtimeMs) throw changed('was written to');
    },
    close: () => {
      closeSync(file);
    },
  };
}

function read(file: number, into: Uint8Array, at: number, shown: string): number {
  try {
    return readSync(file, into, 0, into.length, at);
  } catch (error) {
    throw cannotRead(shown, error);
  }
}

/** What kept a file from being read, as a person can mend it. */
export function cannotRead(shown: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error instanceof Error ? error : new Error('cannot read');
  if (code === 'ELOOP') return new Problem('refused', `${shown} is a symbolic link: name the file itself`);
  return new Problem('usage', `${shown} cannot be read: ${WHY[code] ?? code}`);
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission',
  EISDIR: 'it is a folder',
  ENXIO: 'it is a device or socket',
  EIO: 'the device failed',
};
