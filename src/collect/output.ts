import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Kept free for the manifest: a full disk must not cost the list of what was saved before it was full. */
const RESERVE = 1024 * 1024;

/** The folder of a collection: 0700, made anew, and nothing in it is ever overwritten. */
export class Output {
  readonly folder: string;
  private readonly made = new Set<string>();
  private readonly reserve: string;

  /** @throws Problem when the folder is already there, or cannot be made */
  constructor(folder: string) {
    this.folder = folder;
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      const why =
        code === 'EEXIST'
          ? 'it is already there: name a folder that is not'
          : `${code}: name a folder that can be made`;
      throw new Problem('usage', `--out ${safeText(folder)}: ${why}`);
    }
    this.reserve = join(folder, '.reserve');
    try {
      const file = openSync(this.reserve, CREATE, 0o600);
      writeSync(file, Buffer.alloc(RESERVE));
      closeSync(file);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new Problem('usage', `--out ${safeText(folder)}: ${code}: free some space, or name another folder`);
    }
  }

  /** @param name `folder/name` of neutral characters @throws the system's error */
  create(name: string): OutputFile {
    const [folder = ''] = name.split('/');
    if (!this.made.has(folder)) {
      mkdirSync(join(this.folder, folder), { mode: 0o700, recursive: true });
      this.made.add(folder);
    }
    return new OutputFile(this.folder, name);
  }

  /** A small file that was written, as bytes of one character each. */
  text(name: string): string {
    return readFileSync(join(this.folder, name), 'latin1');
  }

  /**
   * Writes the custody log, and the manifest last, by rename: where there is no manifest, the run did not end.
   *
   * @throws Problem when the disk takes no more
   */
  seal(manifest: string, custody: string): void {
    try {
      unlinkSync(this.reserve);
      writeWhole(join(this.folder, 'custody.jsonl'), custody);
      const beside = join(this.folder, '.manifest.json.partial');
      writeWhole(beside, manifest);
      renameSync(beside, join(this.folder, 'manifest.json'));
      const folder = openSync(this.folder, constants.O_RDONLY);
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new Problem(
        'usage',
        `--out ${safeText(this.folder)}: ${code} while the manifest was written: what lies there is no collection; free some space and collect again`,
      );
    }
  }
}

/** A file that is being written, hashed on the way. */
export class OutputFile {
  /** Path below the collection's folder. */
  readonly name: string;
  size = 0;
  private readonly hash: Hash = createHash('sha256');
  private readonly path: string;
  private file: number;

  constructor(folder: string, name: string) {
    this.name = name;
    this.path = join(folder, name);
    this.file = openSync(this.path, CREATE, 0o600);
  }

  /** @throws the system's error (ENOSPC); what was written before stays, and size and digest are of that */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const wrote = writeSync(this.file, bytes, at);
      if (wrote <= 0) throw new Error('nothing could be written');
      this.hash.update(bytes.subarray(at, at + wrote));
      at += wrote;
      this.size += wrote;
    }
  }

  /** @returns the digest of all that was written */
  close(): string {
    if (this.file >= 0) {
      try {
        fsyncSync(this.file);
      } finally {
        closeSync(this.file);
        this.file = -1;
      }
    }
    return this.hash.digest('hex');
  }

  /** Takes an empty file away again. */
  discard(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
    unlinkSync(this.path);
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, CREATE, 0o600);
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length;) {
      const wrote = writeSync(file, bytes, at);
      if (wrote <= 0) throw new Error('nothing could be written');
      at += wrote;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
