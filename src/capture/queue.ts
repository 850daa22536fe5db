/** Decompressed bytes that may wait for the reader: enough to keep a decompressor busy while a chunk is analysed. */
const AHEAD = 2 << 20;

/** Bytes between a decompressor, which runs ahead within bounds, and the one who reads them. */
export class ByteQueue {
  private readonly chunks: Uint8Array[] = [];
  private head = 0;
  private headTaken = 0;
  private bytes = 0;
  private ended = false;
  private shut = false;
  private wakeReader: (() => void) | undefined;
  private readonly writers: (() => void)[] = [];

  /** True when the writer should wait (`room`). */
  get full(): boolean {
    return this.bytes >= AHEAD && !this.ended;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.ended) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.wakeReader?.();
  }

  /** No more bytes come; those that wait can still be read. */
  end(): void {
    this.ended = true;
    this.wakeReader?.();
    this.wakeWriters();
  }

  /** True when nobody reads any more: the writer should stop. */
  get closed(): boolean {
    return this.shut;
  }

  /** Nobody reads any more; what waits is dropped. */
  close(): void {
    this.shut = true;
    this.chunks.length = 0;
    this.bytes = 0;
    this.end();
  }

  /** Waits until the queue is no longer full (or has ended). */
  async room(): Promise<void> {
    while (this.full) {
      await new Promise<void>((resolve) => {
        this.writers.push(resolve);
      });
    }
  }

  /** As `ByteSource.read`: synchronous when bytes wait or nothing comes any more. */
  read(into: Uint8Array, at: number): number | Promise<number> {
    if (this.bytes > 0) return this.take(into, at);
    return this.ended ? 0 : this.wait(into, at);
  }

  private wakeWriters(): void {
    for (const wake of this.writers.splice(0)) wake();
  }

  private async wait(into: Uint8Array, at: number): Promise<number> {
    while (this.bytes === 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
    return this.take(into, at);
  }

  private take(into: Uint8Array, at: number): number {
    let next = at;
    while (next < into.length && this.head < this.chunks.length) {
      const chunk = this.chunks[this.head];
      if (chunk === undefined) break;
      const count = Math.min(into.length - next, chunk.length - this.headTaken);
      into.set(chunk.subarray(this.headTaken, this.headTaken + count), next);
      next += count;
      this.headTaken += count;
      if (this.headTaken === chunk.length) {
        this.head += 1;
        this.headTaken = 0;
      }
    }
    if (this.head === this.chunks.length) {
      this.chunks.length = 0;
      this.head = 0;
    } else if (this.head > MANY) {
      this.chunks.splice(0, this.head);
      this.head = 0;
    }
    this.bytes -= next - at;
    if (this.bytes < AHEAD) this.wakeWriters();
    return next - at;
  }
}

/** Chunks behind the head after which the list is shortened. */
const MANY = 64;
