import { createHash } from 'node:crypto';
import { errorCode, PartialFile, WriteError } from './partial-file.ts';
import { type FrameSink, type LinkHeader, SinkError, type SinkFile } from './sink.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Written at once. */
const BUFFER = 256 * 1024;
const MICRO = 0xa1b2c3d4;
const NANO = 0xa1b23c4d;

/** Bytes that a frame takes in a pcap file. */
export function recordBytes(captured: number): number {
  return RECORD_HEADER + captured;
}

/** Bytes of a pcap file without frames. */
export const EMPTY_BYTES = FILE_HEADER;

/**
 * Writes frames as they are, as a pcap file (draft-ietf-opsawg-pcap, little-endian). When the disk is full the file is
 * cut back behind its last whole frame, so that it is valid at every moment of its life.
 */
export class PcapSink implements FrameSink {
  readonly original = 'retained';
  finished?: (file: SinkFile) => void;
  private readonly file: PartialFile;
  private readonly hash = createHash('sha256');
  private readonly buffer = Buffer.alloc(BUFFER);
  /** Where in the buffer each whole record ends, with the second in which its frame came. */
  private ends: { end: number; sec: number }[] = [];
  private used = 0;
  private written = 0;
  private frames = 0;
  private first: number | undefined;
  private last: number | undefined;
  private digits: 6 | 9 = 6;
  private failed = false;
  private lost = false;

  /** @throws the system's error when the file cannot be made */
  constructor(path: string) {
    this.file = new PartialFile(path);
  }

  open({ linkType, snapLength, digits }: LinkHeader): void {
    this.digits = digits;
    const header = Buffer.alloc(FILE_HEADER);
    header.writeUInt32LE(digits === 9 ? NANO : MICRO, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(snapLength >>> 0, 16);
    header.writeUInt32LE(linkType >>> 0, 20);
    this.put(header);
    this.flush();
  }

  frame(sec: number, nsec: number, wireLength: number, bytes: Uint8Array): void {
    const size = recordBytes(bytes.length);
    if (this.used + size > BUFFER) this.flush();
    const header = size > BUFFER ? Buffer.alloc(RECORD_HEADER) : this.buffer.subarray(this.used);
    header.writeUInt32LE(sec >>> 0, 0);
    header.writeUInt32LE(this.digits === 9 ? nsec : Math.floor(nsec / 1000), 4);
    header.writeUInt32LE(bytes.length, 8);
    header.writeUInt32LE(wireLength >>> 0, 12);
    const time = sec + nsec / 1e9;
    if (size > BUFFER) {
      const whole = Buffer.concat([header, bytes]);
      this.store(whole, [{ end: whole.length, sec: time }]);
      return;
    }
    this.buffer.set(bytes, this.used + RECORD_HEADER);
    this.used += size;
    this.ends.push({ end: this.used, sec: time });
  }

  idle(): void {
    this.flush();
  }

  close(): readonly SinkFile[] {
    if (!this.failed) this.flush();
    // A file that ends inside its own header is no capture.
    if (this.written < FILE_HEADER) {
      this.file.discard();
      return [];
    }
    if (this.lost) return [];
    try {
      this.file.finish();
    } catch (error) {
      // What is there stays at its unfinished name: it may be whole, and it may not.
      this.lost = true;
      throw new SinkError('disk', finishMessage(errorCode(error)));
    }
    const { frames, written: bytes, first, last } = this;
    return [
      {
        path: this.file.path,
        frames,
        bytes,
        sha256: this.hash.digest('hex'),
        ...(first === undefined ? {} : { first }),
        ...(last === undefined ? {} : { last }),
      },
    ];
  }

  private put(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private flush(): void {
    const { used, ends } = this;
    if (used === 0) return;
    this.used = 0;
    this.ends = [];
    this.store(this.buffer.subarray(0, used), ends);
  }

  /** @throws SinkError after cutting back to the last whole frame */
  private store(bytes: Uint8Array, ends: readonly { end: number; sec: number }[]): void {
    if (this.failed) return;
    let good = bytes.length;
    let code = '';
    try {
      this.file.write(bytes, this.written);
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      code = error.code;
      good = ends.findLast(({ end }) => end <= error.written)?.end ?? 0;
      this.failed = true;
    }
    const whole = ends.filter(({ end }) => end <= good);
    this.frames += whole.length;
    this.first ??= whole[0]?.sec;
    this.last = whole.at(-1)?.sec ?? this.last;
    this.hash.update(bytes.subarray(0, good));
    this.written += good;
    if (code === '') return;
    this.file.truncate(this.written);
    throw new SinkError('disk', diskMessage(code));
  }
}

/** What a person can do about a file that cannot be written. */
export function diskMessage(code: string): string {
  if (code === 'ENOSPC') return 'no space is left where the capture is written: free some, or write elsewhere';
  if (code === 'EDQUOT')
    return 'the quota where the capture is written is used up: free some space, or write elsewhere';
  if (code === 'EFBIG') return 'the file is as large as the system allows: set a lower --bytes';
  return `the capture cannot be written (${code})`;
}

function finishMessage(code: string): string {
  return code === 'EEXIST'
    ? 'another file took the name meanwhile: what was captured stays at .partial'
    : `${diskMessage(code)}; what was captured stays at .partial`;
}
