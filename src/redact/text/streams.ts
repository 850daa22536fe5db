import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip, type Gzip } from 'node:zlib';
import { GzipSource } from '../../capture/gzip.ts';
import type { ByteSource, CaptureFault } from '../../capture/types.ts';
import { ZstdSource } from '../../capture/zstd.ts';

/** Where bytes go; the next come when its promise is kept. */
export type Sink = (chunk: Uint8Array) => void | Promise<void>;

const CHUNK = 1 << 16;
/** Of what was written: kept in memory up to this, then in a file. */
const MAX_HELD = 1 << 20;

/** A compressed stream's content, as far as it can be read, and what was wrong with it. */
export function decompressed(
  source: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'zstd',
  faults: (fault: string) => void,
): AsyncIterable<Uint8Array> {
  const raw = new IterableSource(source);
  const inside: ByteSource = compression === 'gzip' ? new GzipSource(raw) : new ZstdSource(raw);
  return chunksOf(inside, faults);
}

async function* chunksOf(source: ByteSource, faults: (fault: string) => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const answer = source.read(chunk, 0);
      const count = typeof answer === 'number' ? answer : await answer;
      if (count === 0) break;
      yield chunk.subarray(0, count);
    }
    for (const { code } of source.faults) faults(code);
  } finally {
    source.close();
  }
}

/** Chunks as a source that is read into a buffer. */
class IterableSource implements ByteSource {
  readonly name = '';
  readonly compression = 'none';
  readonly size = -1;
  readonly faults: readonly CaptureFault[] = [];
  private readonly chunks: AsyncIterator<Uint8Array>;
  private left = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    while (this.left.length === 0) {
      const next = await this.chunks.next();
      if (next.done === true) return 0;
      this.left = new Uint8Array(next.value);
    }
    const part = this.left.subarray(0, into.length - at);
    into.set(part, at);
    this.left = this.left.subarray(part.length);
    return part.length;
  }

  again(): undefined {
    return undefined;
  }

  close(): void {
    void this.chunks.return?.();
  }
}

/** Compresses what is written; the header holds neither a name nor a time. */
export class GzipSink {
  private readonly gzip: Gzip = createGzip({ chunkSize: CHUNK });
  private readonly out: Sink;
  private pending: Uint8Array[] = [];
  private readonly ended: Promise<void>;

  constructor(out: Sink) {
    this.out = out;
    this.gzip.on('data', (chunk: Uint8Array) => this.pending.push(chunk));
    this.ended = new Promise((resolve, reject) => {
      this.gzip.on('end', resolve);
      this.gzip.on('error', reject);
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    // A copy: it is read on another thread while the caller goes on.
    await new Promise<void>((resolve, reject) => {
      this.gzip.write(Uint8Array.from(chunk), (error) =>
        error === null || error === undefined ? resolve() : reject(error),
      );
    });
    await this.flush();
  }

  async end(): Promise<void> {
    this.gzip.end();
    await this.ended;
    await this.flush();
  }

  private async flush(): Promise<void> {
    const { pending } = this;
    this.pending = [];
    for (const chunk of pending) await this.out(chunk);
  }
}

/**
 * Holds bytes until their number is known, as a tar's header asks. What is long goes to a file without a name that only
 * this process can read; only redacted bytes come here.
 */
export class Spool {
  length = 0;
  private held: Uint8Array[] = [];
  private file = -1;

  write(chunk: Uint8Array): void {
    this.length += chunk.length;
    if (this.file < 0 && this.length <= MAX_HELD) {
      this.held.push(Uint8Array.from(chunk));
      return;
    }
    if (this.file < 0) {
      this.file = unnamedFile();
      for (const one of this.held) writeAll(this.file, one);
      this.held = [];
    }
    writeAll(this.file, chunk);
  }

  *read(): Generator<Uint8Array> {
    yield* this.held;
    if (this.file < 0) return;
    const { size } = fstatSync(this.file);
    for (let at = 0; at < size;) {
      const chunk = new Uint8Array(CHUNK);
      const count = readSync(this.file, chunk, 0, CHUNK, at);
      if (count === 0) return;
      yield chunk.subarray(0, count);
      at += count;
    }
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
    this.held = [];
  }
}

function unnamedFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  try {
    return openSync(join(folder, 'spool'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
