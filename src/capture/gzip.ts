import { addFault } from './faults.ts';
import { type Inflated, inflate } from './inflate.ts';
import { ByteQueue } from './queue.ts';
import { INPUT_CHUNK, RawInput } from './raw-input.ts';
import type { ByteSource, CaptureFault } from './types.ts';

/** The longest member header that we take: its file name and comment have no bound in RFC 1952. */
const MAX_HEADER = 1 << 16;
/** How the search for the place of damage narrows: bytes of input fed at a time. */
const PIECES = [INPUT_CHUNK, 1024, 16, 1] as const;
/** RFC 1952, 2.3.1. */
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;
const DEFLATE = 8;

/** A source that can perhaps be opened a second time: to come closer to a place of damage. */
export interface ReopenableSource extends ByteSource {
  again(): ByteSource | undefined;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * gzip (RFC 1952), member by member. Node's own `Gunzip` takes many members too, but what it had decoded of the chunk in
 * which it then meets damage, or anything else after the last member, is lost; here nothing before the damage is.
 * Inflating runs on zlib's threads, ahead of the reader by a bounded amount: memory does not depend on the ratio.
 */
export class GzipSource implements ByteSource {
  readonly name: string;
  readonly compression = 'gzip';
  readonly size: number;
  readonly faults: CaptureFault[] = [];
  private readonly raw: ReopenableSource;
  private readonly queue = new ByteQueue();
  /** Decompressed bytes that were given so far. */
  private produced = 0;
  private started = false;

  constructor(raw: ReopenableSource) {
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
    let damage = await this.pass(this.raw, 0, 0);
    for (let level = 1; damage >= 0 && level < PIECES.length && !this.queue.closed; level += 1) {
      const again = this.raw.again();
      if (again === undefined) break;
      const nearer = await this.pass(again, level, damage);
      again.close();
      if (nearer >= 0) damage = nearer;
    }
    if (damage >= 0) {
      const message = `the gzip data are damaged at byte ${damage} of the compressed file: nothing after it can be read`;
      this.say('compressed-damaged', message);
    }
    for (const fault of this.raw.faults) addFault(this.faults, { ...fault, offset: this.produced });
    this.queue.end();
  }

  /**
   * Decodes from the beginning, and gives the output that was not given before. Passes above level 0 only come closer to
   * damage that is known: from the input offset `fine` on, they feed smaller pieces.
   *
   * @returns offset in the input of the piece that cannot be decoded, or -1
   */
  private async pass(source: ByteSource, level: number, fine: number): Promise<number> {
    const input = new RawInput(source);
    const known = this.produced;
    let output = 0;
    const give = (chunk: Uint8Array): void => {
      const old = Math.min(chunk.length, Math.max(0, known - output));
      output += chunk.length;
      if (old === chunk.length) return;
      this.produced = output;
      this.queue.push(chunk.subarray(old));
    };
    const piece = (offset: number): number =>
      offset < fine ? Math.min(INPUT_CHUNK, fine - offset) : (PIECES[level] ?? 1);
    for (let member = 1; ; member += 1) {
      const begin = input.offset;
      if (member > 1 && !(await this.nextMember(input, member))) return -1;
      const header = await readHeader(input);
      if (header === 'damaged') return begin;
      if (header === 'cut') return this.cut(member);
      const inflated = await inflate(input, this.queue, give, piece);
      if (inflated.end === 'damaged') return inflated.from;
      if (inflated.end === 'closed') return -1;
      if (inflated.end === 'cut' || !(await input.have(8))) return this.cut(member);
      if (!trailerFits(input, inflated) && level === 0) {
        this.say('compressed-checksum', `gzip member ${member} differs from its checksum: it was altered`);
      }
      input.skip(8);
    }
  }

  /** Whether another member begins here; says what else there is. */
  private async nextMember(input: RawInput, member: number): Promise<boolean> {
    if (!(await input.have(1))) return false;
    await input.have(2);
    const { bytes, at, offset } = input;
    if (input.left >= 2 && isGzip(bytes.subarray(at))) return true;
    const after = `after gzip member ${member - 1}, at byte ${offset} of the compressed file,`;
    const zeros = await onlyZeros(input);
    this.say(
      'trailing-garbage',
      zeros > 0 ? `${after} come ${zeros} zero bytes` : `${after} come bytes that are not gzip: not read`,
    );
    return false;
  }

  private cut(member: number): -1 {
    this.say('compressed-truncated', `the file ends inside gzip member ${member}`);
    return -1;
  }

  private say(code: string, message: string): void {
    addFault(this.faults, { offset: this.produced, afterFrame: -1, code, message });
  }
}

/** How many zero bytes are left to the end, or 0 when there is anything else. */
async function onlyZeros(input: RawInput): Promise<number> {
  let zeros = 0;
  while (await input.have(1)) {
    for (let at = input.at; at < input.end; at += 1) if (input.bytes[at] !== 0) return 0;
    zeros += input.left;
    input.skip(input.left);
  }
  return zeros;
}

/** Steps over a member's header (RFC 1952, 2.3). */
async function readHeader(input: RawInput): Promise<'read' | 'cut' | 'damaged'> {
  if (!(await input.have(10))) return 'cut';
  const { bytes, at } = input;
  const flags = bytes[at + 3] ?? 0;
  if (!isGzip(bytes.subarray(at)) || bytes[at + 2] !== DEFLATE || (flags & FLAG.reserved) !== 0) {
    return 'damaged';
  }
  input.skip(10);
  if (flags & FLAG.extra) {
    if (!(await input.have(2))) return 'cut';
    const extra = (input.bytes[input.at] ?? 0) + (input.bytes[input.at + 1] ?? 0) * 256;
    if (!(await input.have(2 + extra))) return 'cut';
    input.skip(2 + extra);
  }
  for (const text of [FLAG.name, FLAG.comment]) {
    if ((flags & text) === 0) continue;
    const whole = await input.have(MAX_HEADER);
    const end = input.bytes.subarray(0, input.end).indexOf(0, input.at);
    if (end < 0) return whole ? 'damaged' : 'cut';
    input.skip(end + 1 - input.at);
  }
  if (flags & FLAG.headerCrc) {
    if (!(await input.have(2))) return 'cut';
    input.skip(2);
  }
  return 'read';
}

/** CRC-32 and length modulo 2^32 (RFC 1952, 2.3.1). */
function trailerFits(input: RawInput, inflated: Inflated): boolean {
  const trailer = new DataView(input.bytes.buffer, input.bytes.byteOffset + input.at, 8);
  return trailer.getUint32(0, true) === inflated.crc && trailer.getUint32(4, true) === inflated.size;
}
