import { readTime } from '../../capture/clock.ts';
import { FORMAT_MAGIC } from '../../capture/format.ts';
import { PcapReader } from '../../capture/pcap.ts';
import type { FrameSink as RecordSink } from '../../capture/types.ts';
import type { LinkHeader } from './sink.ts';

/** One frame out of an engine's stream. */
export interface StreamFrame {
  sec: number;
  nsec: number;
  wireLength: number;
  /** A view into the piece that was pushed last. */
  bytes: Uint8Array;
}

const NANOS = 1e9;
const NOTHING = new Uint8Array(0);

/**
 * The pcap stream of an engine, taken apart record by record with the reader that captures are read with. What is no
 * whole record waits for the next piece: at most one record, whose length the reader bounds.
 */
export class EngineStream {
  /** What is wrong with the stream; '' nothing. Nothing more is given after it. */
  fault = '';
  /** Known with the first bytes. */
  link: LinkHeader | undefined;
  private reader: PcapReader | undefined;
  private rest: Uint8Array = NOTHING;
  private readonly taken: StreamFrame[] = [];
  private readonly sink: RecordSink = {
    bytes: NOTHING,
    frame: (at, captured, length, _iface, high, low) => this.take(at, captured, length, high, low),
    other: () => {},
  };

  /** @returns the whole frames in it, whose bytes hold until the next piece */
  push(piece: Uint8Array): readonly StreamFrame[] {
    this.taken.length = 0;
    if (this.fault !== '') return this.taken;
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    this.rest = NOTHING;
    if (bytes.length < FORMAT_MAGIC) {
      this.rest = Uint8Array.from(bytes);
      return this.taken;
    }
    this.reader ??= PcapReader.of(bytes, 0);
    const { reader } = this;
    if (reader === undefined) {
      this.fault = 'the engine did not send a pcap stream';
      return this.taken;
    }
    const next = reader.walk(bytes, 0, bytes.length, this.sink, false);
    this.readLink(reader);
    if (reader.stopped && this.fault === '') {
      this.fault = reader.faults[0]?.message ?? 'the stream of the engine is damaged';
    }
    // A copy: the piece belongs to whoever pushed it.
    this.rest = this.fault === '' ? Uint8Array.from(bytes.subarray(next)) : NOTHING;
    return this.taken;
  }

  /** Bytes of a record that never became whole. */
  get left(): number {
    return this.rest.length;
  }

  private take(at: number, captured: number, length: number, high: number, low: number): void {
    const face = this.reader?.interfaces[0];
    if (face === undefined || this.fault !== '') return;
    const time = { sec: 0, nsec: 0 };
    readTime(face.clock, high, low, time);
    if (captured > length || time.nsec >= NANOS) {
      this.fault = `a frame of the engine's stream contradicts itself (${captured} bytes of ${length})`;
      return;
    }
    const bytes = this.sink.bytes.subarray(at, at + captured);
    this.taken.push({ sec: time.sec, nsec: time.nsec, wireLength: length, bytes });
  }

  private readLink(reader: PcapReader): void {
    const face = reader.interfaces[0];
    if (this.link !== undefined || face === undefined) return;
    const { linkType, snapLength, clock } = face;
    this.link = { linkType, snapLength, digits: clock.exponent === 9 ? 9 : 6 };
  }
}
