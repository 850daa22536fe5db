import { availableParallelism } from 'node:os';
import type { Pack } from 'tar-stream';
import { DoubleHash, type Digests } from '../digests.ts';
import { MODE, MTIME } from './ustar.ts';
import { MEMBER, packMember } from './members.ts';
import { openFile } from './file-bytes.ts';

/** Where the bytes of a bundle go, in order. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** What a file in a tarball is made of: a path of a regular file, or its bytes. */
export type Source = string | Uint8Array;

/** Members that are compressed at the same time: one a core (libuv's pool has four threads) and one that waits. */
const IN_FLIGHT = Math.min(availableParallelism(), 4) + 1;

/**
 * A canonical `.tar.gz`, file after file. Memory is bounded by the members in flight, whatever the sizes.
 */
export class TarGzWriter {
  /** Compressed bytes given to the sink. */
  written = 0;
  private readonly pack: Pack;
  private readonly sink: ByteSink;
  private readonly drained: Promise<void>;
  private failure: unknown;
  private readonly waiting: Promise<Buffer>[] = [];
  private member = Buffer.allocUnsafe(MEMBER);
  private filled = 0;

  private constructor(pack: Pack, sink: ByteSink) {
    this.pack = pack;
    this.sink = sink;
    this.drained = this.drain().catch((error: unknown) => {
      this.failure = error;
      this.pack.destroy();
    });
  }

  static async create(sink: ByteSink): Promise<TarGzWriter> {
    const { pack } = await import('./tar-pack.ts');
    return new TarGzWriter(pack(), sink);
  }

  /**
   * @throws Problem when a file is not there, is no regular file, or changes while it is read
   */
  async add(path: string, source: Source): Promise<Digests & { size: number }> {
    const bytes = typeof source === 'string' ? openFile(source) : undefined;
    try {
      const size = bytes === undefined ? source.length : bytes.size;
      const hash = new DoubleHash();
      await this.entry(path, size, bytes === undefined ? once(source as Uint8Array) : bytes.chunks(), hash);
      return { ...hash.digests(), size };
    } finally {
      bytes?.close();
    }
  }

  /** Writes the end of the archive and waits until the sink has it all. */
  async finish(): Promise<void> {
    this.pack.finalize();
    await this.drained;
    if (this.failure !== undefined) throw this.failure;
  }

  /** Ends the work of a bundle that will not be. */
  async abandon(): Promise<void> {
    this.pack.destroy();
    await this.drained;
    await Promise.allSettled(this.waiting);
  }

  private async entry(
    path: string,
    size: number,
    parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    hash: DoubleHash,
  ): Promise<void> {
    const header = { name: path, size, mode: MODE, uid: 0, gid: 0, mtime: new Date(MTIME * 1000) };
    let settle: (error: unknown) => void = () => {};
    const closed = new Promise<unknown>((resolve) => {
      settle = resolve;
    });
    const entry = this.pack.entry({ ...header, type: 'file' }, (error) => settle(error ?? undefined));
    entry.on('error', (error: unknown) => settle(error));
    for await (const part of parts) {
      if (this.failure !== undefined) throw this.failure;
      hash.update(part);
      if (!entry.write(part)) await Promise.race([drain(entry), closed]);
    }
    entry.end(null);
    const error = await closed;
    if (this.failure !== undefined) throw this.failure;
    if (error !== undefined) throw error;
  }

  private async drain(): Promise<void> {
    for await (const chunk of this.pack) await this.take(chunk as Uint8Array);
    if (this.filled > 0) this.compress();
    while (this.waiting.length > 0) await this.release();
  }

  private async take(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const part = Math.min(MEMBER - this.filled, chunk.length - at);
      this.member.set(chunk.subarray(at, at + part), this.filled);
      this.filled += part;
      at += part;
      if (this.filled < MEMBER) continue;
      this.compress();
      if (this.waiting.length >= IN_FLIGHT) await this.release();
    }
  }

  private compress(): void {
    const packed = packMember(this.member.subarray(0, this.filled));
    // Awaited in order; until its turn a failure must not count as unhandled.
    packed.catch(() => {});
    this.waiting.push(packed);
    this.member = Buffer.allocUnsafe(MEMBER);
    this.filled = 0;
  }

  private async release(): Promise<void> {
    const next = this.waiting.shift();
    if (next === undefined) return;
    const member = await next;
    await this.sink.write(member);
    this.written += member.length;
  }
}

function once(bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 0 ? [] : [bytes];
}

function drain(entry: ReturnType<Pack['entry']>): Promise<void> {
  return new Promise((resolve) => {
    entry.once('drain', resolve);
  });
}
