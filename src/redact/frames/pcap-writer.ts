import type { CaptureInterface, FrameSink } from '../../capture/types.ts';
import { type FrameRewriter, ROOM } from './frame.ts';
import type { RecordBuffer } from './record-buffer.ts';
import { movedSeconds } from './time-shift.ts';

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const RECORD = 16;

/** The file header: version 2.4 and the plain record, whatever variant was read; byte order and resolution stay. */
export function pcapHeader(one: CaptureInterface, little: boolean): Uint8Array {
  const header = new Uint8Array(24);
  const view = new DataView(header.buffer);
  view.setUint32(0, one.clock.exponent === 9 ? NANOSECONDS : MICROSECONDS, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, one.snapLength, little);
  view.setUint32(20, one.linkType, little);
  return header;
}

/** Writes each frame that a pcap reader gives as a record of the new file. */
export class PcapWriter implements FrameSink {
  private readonly rewriter: FrameRewriter;
  private readonly out: RecordBuffer;
  private readonly little: boolean;
  private readonly linkType: number;
  private readonly seconds: number;
  private source: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.source.buffer);
  private number: number;

  /** @param seconds that times move by @param before frames before the first */
  constructor(
    rewriter: FrameRewriter,
    out: RecordBuffer,
    little: boolean,
    linkType: number,
    seconds: number,
    before: number,
  ) {
    this.rewriter = rewriter;
    this.out = out;
    this.little = little;
    this.linkType = linkType;
    this.seconds = seconds;
    this.number = before;
  }

  get bytes(): Uint8Array {
    return this.source;
  }

  set bytes(bytes: Uint8Array) {
    if (bytes === this.source) return;
    this.source = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  frame(at: number, captured: number, length: number, _iface: number, high: number, low: number): void {
    const { out, little, rewriter } = this;
    this.number += 1;
    out.need(RECORD + captured + ROOM);
    const record = out.at;
    const { view } = out;
    const kept = rewriter.frame(
      this.view,
      this.source,
      at,
      captured,
      length,
      this.linkType,
      this.number,
      out.bytes,
      view,
      record + RECORD,
    );
    view.setInt32(record, movedSeconds(high, this.seconds), little);
    view.setInt32(record + 4, low, little);
    view.setUint32(record + 8, kept, little);
    view.setUint32(record + 12, rewriter.length, little);
    out.at = record + RECORD + kept;
  }

  other(): void {}
}
