import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';

/** Removed when the program ends by a signal: what is not finished is nobody's. */
const transient = new Set<string>();
let watching = false;

/** A folder that goes when its work is done, or when the program ends before. */
export class TransientFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    transient.add(path);
    if (watching) return;
    watching = true;
    process.on('exit', () => {
      for (const one of transient) rmSync(one, { recursive: true, force: true });
    });
  }

  /** It stays. */
  release(): void {
    transient.delete(this.path);
  }

  remove(): void {
    this.release();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * A folder (0700) that gets its name only when all in it is written and gated; until then it stands beside it under
 * another one. A kill leaves that one, which holds redacted files alone.
 */
export class PartialFolder {
  readonly target: string;
  readonly path: string;
  private readonly folder: TransientFolder;

  /** @throws Problem when the target exists, or its folder cannot be written */
  constructor(target: string) {
    this.target = target.replace(/\/+$/, '');
    if (existsSync(this.target)) {
      throw new Problem('usage', `${safeText(target)} exists: choose another folder, or remove it`);
    }
    this.path = `${this.target}.${randomBytes(4).toString('hex')}.partial`;
    try {
      mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      throw new Problem('usage', `${safeText(target)} cannot be made (${code}): is its folder there, and yours?`);
    }
    this.folder = new TransientFolder(this.path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Syncs the folder and gives it its name. @throws Problem, and then nothing is left behind */
  commit(names: readonly string[]): void {
    try {
      for (const name of names) sync(this.file(name));
      sync(this.path);
      if (existsSync(this.target)) throw new Problem('usage', `${safeText(this.target)} was made meanwhile`);
      renameSync(this.path, this.target);
      sync(dirname(this.target));
    } catch (error) {
      this.abandon();
      if (error instanceof Problem) throw error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      throw new Problem('usage', `${safeText(this.target)} cannot be written (${code})`);
    }
    this.folder.release();
  }

  abandon(): void {
    this.folder.remove();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
