import { type Stats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { basename } from 'node:path';
import { CaptureError } from './error.ts';
import { GzipSource, isGzip } from './gzip.ts';
import type { ByteSource, CaptureFault } from './types.ts';
import { ZstdSource, isZstd } from './zstd.ts';

/** A source of bytes as they are stored, before decompression. */
export interface RawSource extends ByteSource {
  /** The same file from its beginning, or undefined where there is no going back (a pipe). */
  again(): RawSource | undefined;
}

/** A regular file that another thread may go on reading: plain data. It is closed by whoever opened it. */
export interface Descriptor {
  name: string;
  size: number;
  fd: number;
  /** Bytes that were read from it to look at them. */
  first: Uint8Array;
}

/** Bytes that a format or a compression is recognised by. */
const MAGIC = 4;

/**
 * Opens a capture (`-` is stdin) and looks at its first bytes for a compression: the name says nothing.
 *
 * @throws CaptureError when there is nothing to read from
 */
export async function openSource(path: string, signal?: AbortSignal): Promise<ByteSource> {
  const raw = await openRaw(path, signal);
  const first = new Uint8Array(MAGIC);
  let have = 0;
  while (have < MAGIC) {
    const answer = raw.read(first, have);
    const count = typeof answer === 'number' ? answer : await answer;
    if (count === 0) break;
    have += count;
  }
  const magic = first.subarray(0, have);
  const whole = new WholeSource(raw, magic);
  if (isGzip(magic)) return new GzipSource(whole);
  return isZstd(magic) ? new ZstdSource(whole) : whole;
}

/** Size of a regular file as stored, if it is compressed; -1 where it is not, or cannot be looked at. */
export function compressedSize(path: string): number {
  if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return -1;
  try {
    const fd = openSync(path, 'r');
    try {
      const first = new Uint8Array(MAGIC);
      readSync(fd, first);
      return isGzip(first) || isZstd(first) ? fstatSync(fd).size : -1;
    } finally {
      closeSync(fd);
    }
  } catch {
    // Reading will say why.
    return -1;
  }
}

/** The source that `descriptorOf` was asked about, for the thread that reads on. */
export function fromDescriptor({ name, size, fd, first }: Descriptor): ByteSource {
  return new WholeSource(new FileSource(fd, name, size, undefined, false), first);
}

/** What a thread needs to read an uncompressed file in this one's stead; undefined where only this thread can read. */
export function descriptorOf(source: ByteSource): Descriptor | undefined {
  return source instanceof WholeSource ? source.descriptor() : undefined;
}

/** A raw source with the bytes that were looked at put back in front. */
class WholeSource implements RawSource {
  readonly name: string;
  readonly compression = 'none';
  readonly size: number;
  readonly faults: readonly CaptureFault[];
  private readonly raw: RawSource;
  private first: Uint8Array;

  constructor(raw: RawSource, first: Uint8Array) {
    this.raw = raw;
    this.first = first;
    this.name = raw.name;
    this.size = raw.size;
    this.faults = raw.faults;
  }

  read(into: Uint8Array, at: number): number | Promise<number> {
    if (this.first.length === 0) return this.raw.read(into, at);
    const part = this.first.subarray(0, into.length - at);
    into.set(part, at);
    this.first = this.first.subarray(part.length);
    return part.length;
  }

  again(): RawSource | undefined {
    return this.raw.again();
  }

  descriptor(): Descriptor | undefined {
    const { raw, first } = this;
    return raw instanceof FileSource ? { name: raw.name, size: raw.size, fd: raw.fd, first } : undefined;
  }

  close(): void {
    this.raw.close();
  }
}

/**
 * Opens a capture file, a named pipe or `-` (stdin), without looking inside.
 *
 * @throws CaptureError when there is nothing to read from
 */
export async function openRaw(path: string, signal?: AbortSignal): Promise<RawSource> {
  if (path === '-') return openStdin();
  let stats: Stats;
  try {
    stats = statSync(path);
    refuseDirectory(stats, path);
    if (stats.isFIFO()) return await openPipe(path, signal);
    return new FileSource(openSync(path, 'r'), basename(path), stats.size, path);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw asCaptureError(error, path);
  }
}

function openStdin(): RawSource {
  let stats: Stats;
  try {
    stats = fstatSync(0);
  } catch (error) {
    throw asCaptureError(error, 'stdin');
  }
  refuseDirectory(stats, 'stdin');
  if (stats.isFIFO() || stats.isSocket()) return new PipeSource(0, '-', new Uint8Array(0));
  if (stats.isCharacterDevice() && process.stdin.isTTY) {
    throw new CaptureError('is-terminal', 'stdin is a terminal: give a capture file, or pipe one in');
  }
  return new FileSource(0, '-', stats.isFile() ? stats.size : -1, undefined);
}

/** How often a named pipe is looked at for its writer. */
const PIPE_POLL = 50;

/**
 * Opens a named pipe without blocking: a thread that waits inside open(2) for a writer cannot be stopped, and would keep
 * the process from ending. Until a writer is there, reading gives 0 bytes; then it gives bytes or EAGAIN.
 */
async function openPipe(path: string, signal: AbortSignal | undefined): Promise<RawSource> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const first = new Uint8Array(4096);
  for (;;) {
    let count = 0;
    try {
      signal?.throwIfAborted();
      count = readSync(fd, first);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return new PipeSource(fd, basename(path), new Uint8Array(0));
      closeSync(fd);
      throw error;
    }
    if (count > 0) return new PipeSource(fd, basename(path), first.subarray(0, count));
    await new Promise((resolve) => {
      setTimeout(resolve, PIPE_POLL);
    });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function refuseDirectory(stats: Stats, path: string): void {
  if (!stats.isDirectory()) return;
  throw new CaptureError('is-directory', `${path} is a directory: give the capture files in it`);
}

function asCaptureError(error: unknown, path: string): Error {
  if (error instanceof CaptureError || !(error instanceof Error)) return error as Error;
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CaptureError('not-found', `${path} does not exist: check the path`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new CaptureError('no-permission', `${path} may not be read: check its permissions, or run as its owner`);
  }
  return new CaptureError('open-failed', `${path} cannot be opened (${code || error.message})`);
}

/** A regular file (or a device): read synchronously, which is several times faster than a stream. */
class FileSource implements RawSource {
  readonly name: string;
  readonly compression = 'none';
  readonly size: number;
  readonly faults: CaptureFault[] = [];
  private readonly path: string | undefined;
  readonly fd: number;
  private readonly owned: boolean;
  private offset = 0;
  private open = true;

  /** @param owned closing this source closes the file */
  constructor(fd: number, name: string, size: number, path: string | undefined, owned = fd !== 0) {
    this.fd = fd;
    this.owned = owned;
    this.name = name;
    this.size = size;
    this.path = path;
  }

  read(into: Uint8Array, at: number): number {
    if (!this.open || at >= into.length) return 0;
    try {
      const count = readSync(this.fd, into, at, into.length - at, null);
      this.offset += count;
      return count;
    } catch (error) {
      this.faults.push(readFault(error, this.offset));
      this.close();
      return 0;
    }
  }

  again(): RawSource | undefined {
    if (this.path === undefined) return undefined;
    try {
      return new FileSource(openSync(this.path, 'r'), this.name, this.size, this.path);
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    if (this.owned) closeSync(this.fd);
  }
}

/** A pipe or socket: read as bytes come, and not faster than they are taken. */
class PipeSource implements RawSource {
  readonly name: string;
  readonly compression = 'none';
  readonly size = -1;
  readonly faults: CaptureFault[] = [];
  private readonly socket: Socket;
  private chunk: Uint8Array;
  private taken = 0;
  private offset = 0;
  private ended = false;
  private wake: (() => void) | undefined;

  /** @param first bytes that were read before */
  constructor(fd: number, name: string, first: Uint8Array) {
    this.name = name;
    this.chunk = first;
    this.socket = new Socket({ fd, readable: true, writable: false });
    const wake = (): void => this.wake?.();
    this.socket.on('readable', wake);
    this.socket.on('end', () => {
      this.ended = true;
      wake();
    });
    this.socket.on('close', () => {
      this.ended = true;
      wake();
    });
    this.socket.on('error', (error) => {
      this.faults.push(readFault(error, this.offset));
      this.ended = true;
      wake();
    });
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    while (this.taken === this.chunk.length) {
      const chunk: Uint8Array | null = this.ended ? null : (this.socket.read() as Buffer | null);
      if (chunk !== null) {
        this.chunk = chunk;
        this.taken = 0;
      } else if (this.ended) {
        return 0;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.wake = undefined;
      }
    }
    const part = this.chunk.subarray(this.taken, this.taken + into.length - at);
    into.set(part, at);
    this.taken += part.length;
    this.offset += part.length;
    return part.length;
  }

  again(): undefined {
    return undefined;
  }

  close(): void {
    this.ended = true;
    this.socket.destroy();
    this.wake?.();
  }
}

function readFault(error: unknown, offset: number): CaptureFault {
  const code = codeOf(error) || 'unknown';
  return {
    offset,
    afterFrame: -1,
    code: 'read-failed',
    message: `reading failed (${code}): the disk or the sender gave up`,
  };
}
