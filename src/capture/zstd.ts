import { Decompress } from 'fzstd';
import { addFault } from './faults.ts';
import { ByteQueue } from './queue.ts';
import { INPUT_CHUNK, RawInput } from './raw-input.ts';
import type { ByteSource, CaptureFault } from './types.ts';

const FRAME = 0xfd2fb528;
/** Sixteen magic numbers, 0x184D2A50 to 0x184D2A5F (RFC 8878, 3.1.2). */
const SKIPPABLE = 0x184d2a5;
/** The largest window that is held, as in the zstd tool without `--memory`: a frame header could ask for terabytes. */
const MAX_WINDOW = 128 << 20;
/** Windows up to this are common (RFC 8878, 3.1.1.1.2); for a larger one it pays to look further ahead. */
const USUAL_WINDOW = 8 << 20;
/**
 * Bytes that the decoder may move: it shifts the whole window at each block, however small, so that a file of 64 kB
 * could keep it busy for minutes. This much takes some ten seconds; blocks of the usual size move 64 times what they
 * hold, and that much is given to all.
 */
const MAX_MOVED = 64 * 2 ** 30;
const MOVED_FOR_OUTPUT = 64;
/** What a new window costs beside that, in windows: its memory is given and taken. */
const NEW_WINDOW = 4;
/** Block_Maximum_Size (RFC 8878, 3.1.1.2.4). */
const MAX_BLOCK = 128 << 10;
const BLOCK_TYPE = { raw: 0, rle: 1, compressed: 2, reserved: 3 } as const;

export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return magic === FRAME || magic >>> 4 === SKIPPABLE;
}

/** A frame header (RFC 8878, 3.1.1.1). */
interface FrameHeader {
  /** Bytes of magic number and header. */
  size: number;
  window: number;
  dictionary: boolean;
  checksum: boolean;
  /** Bytes that the frame decompresses to, or -1. */
  content: number;
}

/**
 * Zstandard (RFC 8878), frame by frame and block by block, with fzstd for the blocks: Node's own decompressor is not in
 * Node 20, and in some later versions it ends after the first frame without a word. The content checksum (XXH64) is not
 * verified; lengths and structure are.
 */
export class ZstdSource implements ByteSource {
  readonly name: string;
  readonly compression = 'zstd';
  readonly size: number;
  readonly faults: CaptureFault[] = [];
  private readonly raw: ByteSource;
  private readonly queue = new ByteQueue();
  private produced = 0;
  private moved = 0;
  private started = false;

  constructor(raw: ByteSource) {
    this.raw = raw;
    this.name = raw.name;
    this.size = raw.size;
  }

  read(into: Uint8Array, at: number): number | Promise<number> {
    if (!this.started) {
      this.started = true;
      void this.run();
    }
    return this.queue.read(into, at);
  }

  close(): void {
    this.queue.close();
    this.raw.close();
  }

  private async run(): Promise<void> {
    const input = new RawInput(this.raw);
    for (let frame = 1; !this.queue.closed; frame += 1) {
      const more = await this.frame(input, frame);
      if (!more) break;
    }
    for (const fault of this.raw.faults) addFault(this.faults, { ...fault, offset: this.produced });
    this.queue.end();
  }

  /** One frame. @returns false when nothing after it can be read */
  private async frame(input: RawInput, frame: number): Promise<boolean> {
    if (!(await input.have(1))) return false;
    const whole = await input.have(8);
    const view = new DataView(input.bytes.buffer, input.bytes.byteOffset + input.at, input.left);
    const magic = input.left < 4 ? 0 : view.getUint32(0, true);
    if (magic >>> 4 === SKIPPABLE) {
      if (!whole) return this.cut(frame);
      return this.skip(input, 8 + view.getUint32(4, true), frame);
    }
    if (magic !== FRAME) {
      const place = `at byte ${input.offset} of the compressed file`;
      this.say('trailing-garbage', `after zstd frame ${frame - 1}, ${place}, come bytes that are not zstd: not read`);
      return false;
    }
    await input.have(MAX_HEADER);
    const header = readHeader(input);
    if (header === undefined) return this.cut(frame);
    if (header.dictionary) {
      this.say('compressed-unsupported', `zstd frame ${frame} needs a dictionary: unpack it with zstd -D first`);
      return false;
    }
    if (header.window > MAX_WINDOW) {
      this.say(
        'compressed-unsupported',
        `zstd frame ${frame} asks for a window of ${header.window} bytes, more than ${MAX_WINDOW}: unpack it first`,
      );
      return false;
    }
    return this.blocks(input, header, frame);
  }

  private async blocks(input: RawInput, header: FrameHeader, frame: number): Promise<boolean> {
    const begin = this.produced;
    const decoder = new Decompress((chunk) => {
      this.produced += chunk.length;
      this.queue.push(chunk);
    });
    const window = await this.windowOf(input, header);
    let feed = take(input, header.size);
    if (window < header.window) feed = plainHeader(window, header.checksum);
    this.moved += NEW_WINDOW * window;
    for (let last = false; !last;) {
      if (!(await input.have(3))) return this.cut(frame);
      const head = u24(input.bytes, input.at);
      const type = (head >>> 1) & 3;
      const size = head >>> 3;
      last = (head & 1) === 1;
      if (type === BLOCK_TYPE.reserved || size > MAX_BLOCK) return this.damaged(input, frame);
      const stored = 3 + (type === BLOCK_TYPE.rle ? 1 : size) + (last && header.checksum ? 4 : 0);
      if (!(await input.have(stored))) return this.cut(frame);
      this.moved += window;
      if (this.moved > MAX_MOVED + MOVED_FOR_OUTPUT * this.produced) {
        this.say(
          'compressed-unsupported',
          `zstd frame ${frame} takes too long to unpack here (its window has ${window} bytes): unpack it first with zstd -d --long=31`,
        );
        return false;
      }
      feed = joined(feed, take(input, stored));
      try {
        decoder.push(feed, last);
      } catch {
        return this.damaged(input, frame);
      }
      feed = NOTHING;
      await this.queue.room();
      if (this.queue.closed) return false;
    }
    const content = this.produced - begin;
    if (header.content >= 0 && content !== header.content) {
      this.say(
        'compressed-damaged',
        `zstd frame ${frame} gave ${content} bytes and should have ${header.content}: it was altered`,
      );
    }
    return true;
  }

  /** The window that this frame can make use of: no more than it holds, where its last block is in sight. */
  private async windowOf(input: RawInput, header: FrameHeader): Promise<number> {
    if (header.window <= MAX_BLOCK) return header.window;
    if (header.window > USUAL_WINDOW) await input.have(INPUT_CHUNK);
    let content = 0;
    for (let at = input.at + header.size; at + 3 <= input.end;) {
      const head = u24(input.bytes, at);
      const size = head >>> 3;
      const type = (head >>> 1) & 3;
      content += type === BLOCK_TYPE.compressed ? MAX_BLOCK : size;
      if ((head & 1) === 1) return Math.min(header.window, content);
      at += 3 + (type === BLOCK_TYPE.rle ? 1 : size);
    }
    return header.window;
  }

  private async skip(input: RawInput, count: number, frame: number): Promise<boolean> {
    for (let left = count; left > 0;) {
      if (!(await input.have(1))) return this.cut(frame);
      const step = Math.min(left, input.left);
      input.skip(step);
      left -= step;
    }
    return true;
  }

  private cut(frame: number): false {
    this.say('compressed-truncated', `the file ends inside zstd frame ${frame}`);
    return false;
  }

  private damaged(input: RawInput, frame: number): false {
    this.say(
      'compressed-damaged',
      `zstd frame ${frame} is damaged before byte ${input.offset} of the compressed file: nothing after it can be read`,
    );
    return false;
  }

  private say(code: string, message: string): void {
    addFault(this.faults, { offset: this.produced, afterFrame: -1, code, message });
  }
}

const NOTHING = new Uint8Array(0);
/** Magic number, descriptor, window, dictionary, content size at their longest. */
const MAX_HEADER = 4 + 1 + 1 + 4 + 8;
const DICTIONARY_SIZES = [0, 1, 2, 4] as const;
const CONTENT_SIZES = [0, 2, 4, 8] as const;

/**
 * Frame_Header_Descriptor: content size flag(2) single segment(1) unused(1) reserved(1) checksum(1) dictionary flag(2).
 * Undefined when the input ends inside the header.
 */
function readHeader(input: RawInput): FrameHeader | undefined {
  const { bytes, at, left } = input;
  if (left < 5) return undefined;
  const descriptor = bytes[at + 4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const dictionarySize = DICTIONARY_SIZES[descriptor & 3] ?? 0;
  const flag = descriptor >>> 6;
  const contentSize = flag === 0 && single ? 1 : (CONTENT_SIZES[flag] ?? 0);
  const dictionaryAt = at + (single ? 5 : 6);
  const contentAt = dictionaryAt + dictionarySize;
  const size = contentAt + contentSize - at;
  if (left < size) return undefined;
  let content = contentSize === 0 ? -1 : flag === 1 ? 256 : 0;
  for (let i = 0; i < contentSize; i += 1) content += (bytes[contentAt + i] ?? 0) * 256 ** i;
  let window = content;
  if (!single) {
    const exponent = (bytes[at + 5] ?? 0) >>> 3;
    const mantissa = (bytes[at + 5] ?? 0) & 7;
    window = 2 ** (10 + exponent) * (1 + mantissa / 8);
  }
  let dictionary = false;
  for (let i = 0; i < dictionarySize; i += 1) if (bytes[dictionaryAt + i] !== 0) dictionary = true;
  return { size, window, dictionary, checksum: (descriptor & 4) !== 0, content };
}

/** A frame header that says nothing but the window, a power of two, and whether a checksum follows. */
function plainHeader(window: number, checksum: boolean): Uint8Array {
  let exponent = 10;
  while (2 ** exponent < window) exponent += 1;
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, checksum ? 4 : 0, (exponent - 10) << 3);
}

/** A copy: the decoder may keep it, and the input's bytes move. */
function take(input: RawInput, count: number): Uint8Array {
  const part = input.bytes.slice(input.at, input.at + count);
  input.skip(count);
  return part;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function u24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}
