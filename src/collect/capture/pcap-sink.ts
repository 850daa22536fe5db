import { EMPTY_BYTES, RecordFile } from './record-file.ts';
import type { FrameSink, LinkHeader, SinkFile } from './sink.ts';

const RECORD_HEADER = 16;
/** Written at once. */
const BUFFER = 256 * 1024;
const MICRO = 0xa1b2c3d4;
const NANO = 0xa1b23c4d;

/** Bytes that a frame takes in a pcap file. */
export function recordBytes(captured: number): number {
  return RECORD_HEADER + captured;
}

/**
 * Writes frames as they are, as a pcap file (draft-ietf-opsawg-pcap, little-endian). When the disk is full the file is
 * cut back behind its last whole frame, so that it is valid at every moment of its life.
 */
export class PcapSink implements FrameSink {
  readonly original = 'retained';
  finished?: (file: SinkFile) => void;
  private readonly file: RecordFile;
  private readonly buffer = Buffer.alloc(BUFFER);
  /** Where in the buffer each whole record ends, and when its frame came. */
  private ends: number[] = [];
  private times: number[] = [];
  private used = 0;
  private digits: 6 | 9 = 6;
  private lost = false;

  /** @throws the system's error when the file cannot be made */
  constructor(path: string) {
    this.file = new RecordFile(path);
  }

  open({ linkType, snapLength, digits }: LinkHeader): void {
    this.digits = digits;
    const header = Buffer.alloc(EMPTY_BYTES);
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
      this.file.store(whole, [whole.length], [time]);
      return;
    }
    this.buffer.set(bytes, this.used + RECORD_HEADER);
    this.used += size;
    this.ends.push(this.used);
    this.times.push(time);
  }

  idle(): void {
    this.flush();
  }

  close(): readonly SinkFile[] {
    this.flush();
    if (!this.file.isCapture) {
      this.file.partial.discard();
      return [];
    }
    if (this.lost) return [];
    // What cannot be finished stays at its unfinished name: it may be whole, and it may not.
    this.lost = true;
    const file = this.file.finish();
    return [file];
  }

  private put(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private flush(): void {
    const { used, ends, times } = this;
    if (used === 0) return;
    this.used = 0;
    this.ends = [];
    this.times = [];
    this.file.store(this.buffer.subarray(0, used), ends, times);
  }
}
