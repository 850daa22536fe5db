import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import { cannotWrite, stalePartials, syncFolder } from './atomic.ts';
import type { Digests } from './digests.ts';
import { DoubleHash } from './digests.ts';
import { readContainer } from './container/read.ts';
import type { TarTaker } from './container/tar-walk.ts';
import { openVerified, type VerifiedBundle, type Verification, type VerifyOptions } from './verify/verify.ts';

/** Unpacked without being asked: a bundle of more must be meant. */
const DEFAULT_BYTES = 64 * 1024 ** 3;

export interface UnpackOptions extends VerifyOptions {
  /** A folder that is not there yet. */
  out: string;
  /** Refuse to write more bytes than this; absent: 64 GiB. */
  maxBytes?: number | undefined;
}

export interface Unpacked {
  verification: Verification;
  /** Files written; 0 when the bundle was refused. */
  files: number;
  /** Partial folders that killed runs left beside it: a person may remove them. */
  stale: readonly string[];
}

/**
 * Verifies a bundle, and only then writes its files: from the same open file, with every digest checked once more, into
 * a new folder (0700, files 0600) that gets its name when all is written.
 *
 * @throws Problem when the folder exists, the bundle is too large or changes meanwhile, or nothing can be written
 */
export async function unpackBundle(path: string, options: UnpackOptions): Promise<Unpacked> {
  const { out, maxBytes = DEFAULT_BYTES } = options;
  if (lstatSync(out, { throwIfNoEntry: false }) !== undefined) {
    throw new Problem('usage', `${safeText(out)} exists: name a new folder`);
  }
  const bundle = await openVerified(path, options);
  try {
    const { verification, contents } = bundle;
    if (!verification.accepted) return { verification, files: 0, stale: [] };
    const all = [...contents.payload, ...contents.tags.values()];
    const octets = all.reduce((sum, { size }) => sum + size, 0);
    if (octets > maxBytes) {
      throw new Problem('refused', `the bundle holds ${octets} bytes: --max-bytes allows ${maxBytes}`);
    }
    const partial = `${out}.${randomBytes(4).toString('hex')}.partial`;
    try {
      mkdirSync(partial, { mode: 0o700 });
      await extract(bundle, partial, options.signal);
      // Nothing of that name came into being: a rename would replace an empty folder.
      if (lstatSync(out, { throwIfNoEntry: false }) !== undefined)
        throw new Problem('usage', `${safeText(out)} exists by now`);
      renameSync(partial, out);
      syncFolder(dirname(out));
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw cannotWrite(out, error);
    }
    return { verification, files: all.length, stale: stalePartials(out) };
  } finally {
    closeSync(bundle.file);
  }
}

/**
 * Writes the files of a verified bundle into a folder that is there.
 *
 * @throws Problem when what is read is no longer what was verified, or a file cannot be written
 */
export async function extract(bundle: VerifiedBundle, folder: string, signal?: AbortSignal): Promise<void> {
  const { contents } = bundle;
  const expected = new Map<string, Digests>();
  for (const file of [...contents.payload, ...contents.tags.values()])
    expected.set(`${contents.top}/${file.path}`, file);
  const writer = new FolderWriter(folder, expected);
  try {
    const { fault } = await readContainer(bundle.file, writer, signal);
    if (fault !== undefined || writer.left > 0) throw changed();
  } finally {
    writer.close();
  }
  for (const made of writer.folders) syncFolder(made);
}

class FolderWriter implements TarTaker {
  readonly folders = new Set<string>();
  private readonly folder: string;
  private readonly expected: Map<string, Digests>;
  private file = -1;
  private path = '';
  private hash = new DoubleHash();

  constructor(folder: string, expected: Map<string, Digests>) {
    this.folder = folder;
    this.expected = expected;
  }

  /** Files that were verified and not yet written. */
  get left(): number {
    return this.expected.size;
  }

  begin(claimed: string): undefined {
    // Only paths that passed the checks are in the list: whatever else the bytes say now is not written.
    if (!this.expected.has(claimed)) throw changed();
    const target = join(this.folder, claimed);
    const above = dirname(target);
    if (!this.folders.has(above)) mkdirSync(above, { recursive: true, mode: 0o700 });
    this.folders.add(above);
    this.path = claimed;
    this.hash = new DoubleHash();
    this.file = openSync(
      target,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
  }

  data(bytes: Uint8Array): void {
    this.hash.update(bytes);
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
  }

  end(): void {
    const { sha256, sha512 } = this.hash.digests();
    const digests = this.expected.get(this.path);
    if (digests?.sha256 !== sha256 || digests.sha512 !== sha512) throw changed();
    this.expected.delete(this.path);
    fsyncSync(this.file);
    this.close();
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }
}

function changed(): Problem {
  return new Problem('refused', 'the bundle changed after it was verified: nothing was unpacked');
}
