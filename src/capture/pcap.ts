import { MAX_FRAME, maxFrame } from './frame-size.ts';
import type { CaptureFault, CaptureInterface, Clock, FormatReader, FrameSink } from './types.ts';

/**
 * The pcap file format (draft-ietf-opsawg-pcap), with the variants that Wireshark's wiretap knows by their magic number.
 *
 * ```
 * file header   magic(4) major(2) minor(2) zone(4) sigfigs(4) snaplen(4) linktype(4)   [+ 4 bytes: Ixia]
 * record        seconds(4) fraction(4) captured(4) length(4)   [+ 8 bytes: modified]   data
 * ```
 */
interface Variant {
  name: string;
  /** Digits of the fraction: 6 or 9. */
  exponent: 6 | 9;
  fileHeader: number;
  recordHeader: number;
}

const MICRO: Variant = { name: 'microseconds', exponent: 6, fileHeader: 24, recordHeader: 16 };
const NANO: Variant = { name: 'nanoseconds', exponent: 9, fileHeader: 24, recordHeader: 16 };

/** By magic number, as the writer's byte order reads it. */
const VARIANTS = new Map<number, Variant>([
  [0xa1b2c3d4, MICRO],
  [0xa1b23c4d, NANO],
  // Kuznetzov's patch of 1999-10-29: each record header also has interface index, protocol and packet type.
  [0xa1b2cd34, { name: 'modified, microseconds', exponent: 6, fileHeader: 24, recordHeader: 24 }],
  // Ixia "lcap": the file header also has the number of bytes that follow.
  [0x1c0001ac, { name: 'Ixia, nanoseconds', exponent: 9, fileHeader: 28, recordHeader: 16 }],
  [0x1c0001ab, { name: 'Ixia, microseconds', exponent: 6, fileHeader: 28, recordHeader: 16 }],
]);

/** Whether `incl_len` and `orig_len` stand in the other order: before version 2.3 always, in 2.3 where that makes sense of them. */
type LengthOrder = 'normal' | 'swapped' | 'perhaps';

/** What a worker needs to walk records from the middle of a file. */
export interface PcapState {
  format: 'pcap';
  magic: number;
  little: boolean;
  order: LengthOrder;
  interfaces: CaptureInterface[];
  /** Offset in the stream of the first byte that will be walked. */
  offset: number;
  /** Frames before it. */
  frames: number;
}

export class PcapReader implements FormatReader {
  readonly format = 'pcap';
  readonly interfaces: CaptureInterface[] = [];
  readonly faults: CaptureFault[] = [];
  stopped = false;
  wanted = 0;
  /** Frames given to the sink. */
  frames = 0;
  /** Offset in the stream of the next byte to walk. */
  offset = 0;
  private readonly kind: Variant;
  private readonly magic: number;
  private readonly little: boolean;
  private order: LengthOrder = 'normal';
  private limit = MAX_FRAME;
  private headerRead = false;

  private constructor(magic: number, kind: Variant, little: boolean) {
    this.magic = magic;
    this.kind = kind;
    this.little = little;
  }

  /** A reader for the file whose first four bytes these are, or undefined: no pcap magic number. */
  static of(bytes: Uint8Array, at: number): PcapReader | undefined {
    const view = viewOf(bytes);
    for (const little of [true, false]) {
      const magic = view.getUint32(at, little);
      const kind = VARIANTS.get(magic);
      if (kind !== undefined) return new PcapReader(magic, kind, little);
    }
    return undefined;
  }

  static from(state: PcapState): PcapReader {
    const kind = VARIANTS.get(state.magic);
    if (kind === undefined) throw new Error('pcap state without a known magic number');
    const reader = new PcapReader(state.magic, kind, state.little);
    reader.order = state.order;
    for (const one of state.interfaces) reader.interfaces.push({ ...one });
    reader.limit = maxFrame(reader.interfaces[0]?.linkType ?? 0);
    reader.offset = state.offset;
    reader.frames = state.frames;
    // Nothing walked yet: the range begins with the file header.
    reader.headerRead = state.offset > 0;
    return reader;
  }

  get variant(): string {
    return `${this.little ? 'little' : 'big'}-endian ${this.kind.name}`;
  }

  snapshot(): PcapState {
    return {
      format: 'pcap',
      magic: this.magic,
      little: this.little,
      order: this.order,
      interfaces: this.interfaces.map((one) => ({ ...one })),
      offset: this.offset,
      frames: this.frames,
    };
  }

  walk(bytes: Uint8Array, at: number, end: number, sink: FrameSink, last: boolean): number {
    if (this.stopped) return at;
    sink.bytes = bytes;
    const view = viewOf(bytes);
    const from = this.headerRead ? at : this.readHeader(view, at, end, last);
    this.offset += from - at;
    if (!this.headerRead || this.stopped) return from;
    const to = this.walkRecords(view, from, end, sink);
    this.offset += to - from;
    if (last && to < end && !this.stopped) this.sayCut(end - to);
    return to;
  }

  private readHeader(view: DataView, at: number, end: number, last: boolean): number {
    const { little } = this;
    const size = this.kind.fileHeader;
    if (end - at < size) {
      this.wanted = size;
      if (last) {
        this.stop('truncated-header', 0, `the file ends inside its header: ${end - at} of ${size} bytes`);
      }
      return at;
    }
    const major = view.getUint16(at + 4, little);
    const minor = view.getUint16(at + 6, little);
    if (major < 2) {
      this.stop('bad-version', 0, `pcap version ${major}.${minor} is not known`);
      return at;
    }
    // DG/UX's tcpdump wrote 543.0 with the lengths in the old order.
    if (major === 543 || (major === 2 && minor < 3)) this.order = 'swapped';
    else if (major === 2 && minor === 3) this.order = 'perhaps';
    // The upper half holds the length of the frame check sequence and reserved bits (draft-ietf-opsawg-pcap, section 4).
    const linkType = view.getUint32(at + 20, little) & 0xffff;
    const clock: Clock = { kind: 'split', base: 10, exponent: this.kind.exponent, offset: 0 };
    this.interfaces.push({
      id: 0,
      section: 0,
      sectionId: 0,
      linkType,
      snapLength: view.getUint32(at + 16, little),
      clock,
      name: '',
      description: '',
      filter: '',
      os: '',
      received: -1,
      dropped: -1,
    });
    this.limit = maxFrame(linkType);
    this.headerRead = true;
    this.wanted = 0;
    return at + size;
  }

  /** The hot loop: reads record headers and gives the sink numbers, without allocating. */
  private walkRecords(view: DataView, at: number, end: number, sink: FrameSink): number {
    const { little, limit } = this;
    const header = this.kind.recordHeader;
    const capturedAt = this.order === 'swapped' ? 12 : 8;
    const lengthAt = 20 - capturedAt;
    const perhaps = this.order === 'perhaps';
    const lastHeader = end - header;
    let next = at;
    let frames = 0;
    this.wanted = 0;
    while (next <= lastHeader) {
      let captured = view.getUint32(next + capturedAt, little);
      let length = view.getUint32(next + lengthAt, little);
      if (perhaps && captured > length) [captured, length] = [length, captured];
      if (captured > limit) {
        this.frames += frames;
        this.stop(
          'bad-record-length',
          next - at,
          `a frame claims ${captured} captured bytes, and ${limit} is the most that there can be`,
        );
        return next;
      }
      const data = next + header;
      if (captured > end - data) {
        this.wanted = header + captured;
        break;
      }
      frames += 1;
      sink.frame(data, captured, length, 0, view.getInt32(next, little), view.getInt32(next + 4, little));
      next = data + captured;
    }
    this.frames += frames;
    return next;
  }

  private sayCut(left: number): void {
    const header = this.kind.recordHeader;
    const need = left < header ? header : this.wanted;
    const what = left < header ? 'a record header' : 'a record';
    this.stop('truncated-record', 0, `the file ends inside ${what}: ${left} of ${need} bytes`);
  }

  private stop(code: string, ahead: number, message: string): void {
    this.stopped = true;
    const offset = this.offset + ahead;
    this.faults.push({ offset, afterFrame: this.frames, code, message });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
