import type { ByteSource } from './types.ts';

/** Bytes of compressed input read at a time. */
export const INPUT_CHUNK = 1 << 18;

/** Compressed input with a place to look ahead from: what a decompressor that finds its own frames needs. */
export class RawInput {
  bytes: Uint8Array = new Uint8Array(INPUT_CHUNK);
  at = 0;
  end = 0;
  /** Offset in the compressed file of `bytes[at]`. */
  offset = 0;
  private readonly source: ByteSource;
  private drained = false;

  constructor(source: ByteSource) {
    this.source = source;
  }

  get left(): number {
    return this.end - this.at;
  }

  skip(count: number): void {
    this.at += count;
    this.offset += count;
  }

  /** Makes `count` bytes (at most INPUT_CHUNK) be there; false when the input ends before. */
  async have(count: number): Promise<boolean> {
    while (this.left < count) {
      if (this.drained) return false;
      if (this.at > 0) {
        this.bytes.copyWithin(0, this.at, this.end);
        this.end -= this.at;
        this.at = 0;
      }
      const answer = this.source.read(this.bytes, this.end);
      const read = typeof answer === 'number' ? answer : await answer;
      this.drained = read === 0;
      this.end += read;
    }
    return true;
  }
}
