import { type CaptureReader, type ReaderState, readerFrom } from '../../capture/format.ts';
import type { FrameSink } from '../../capture/types.ts';
import type { Identities } from '../identities.ts';
import { FrameRewriter, type FrameOptions } from './frame.ts';
import { PcapWriter, pcapHeader } from './pcap-writer.ts';
import { PcapngWriter, type RedactJournal } from './pcapng-writer.ts';
import { RecordBuffer } from './record-buffer.ts';
import { type TallyRows, newTally } from './tally.ts';

/** What a range is rewritten with: the same for all ranges of a case, save the patches. */
export interface RangeSettings {
  undecoded: 'cut' | 'zero';
  /** Seconds that times move by. */
  shift: number;
  journal?: RedactJournal;
}

/** One range of whole records, as a thread gets it: plain data and shared memory. */
export interface RewriteTask {
  bytes: Uint8Array;
  /** Walk `bytes[0, end)`. */
  end: number;
  state: ReaderState;
  undecoded: 'cut' | 'zero';
  shift: number;
  /** Rebuilt payloads of this range's fragments, by frame number. */
  patches: [frame: number, payload: Uint8Array][];
}

export interface RangeResult {
  /** Records of the new file: for the first range with its file header. */
  bytes: Uint8Array<ArrayBuffer>;
  tally: TallyRows;
}

/** Output of a range of 4 MiB that nothing was cut from, before it must grow. */
const CAPACITY = 1 << 20;

/** Rewrites ranges one after another, of any files of one case. */
export class RangeRewriter {
  private readonly identities: Identities;
  private readonly out = new RecordBuffer(CAPACITY);
  /** One for each way of dealing with what is not decoded: its cache of pseudonyms stays warm from range to range. */
  private readonly rewriters = new Map<string, FrameRewriter>();

  constructor(identities: Identities) {
    this.identities = identities;
  }

  rewrite(task: RewriteTask, journal?: RedactJournal): RangeResult {
    const { bytes, end, state, undecoded, shift } = task;
    const reader = readerFrom(state);
    let rewriter = this.rewriters.get(undecoded);
    if (rewriter === undefined) {
      rewriter = new FrameRewriter(this.identities, { undecoded });
      this.rewriters.set(undecoded, rewriter);
    }
    rewriter.patches = new Map(task.patches);
    const { out } = this;
    const settings = journal === undefined ? { undecoded, shift } : { undecoded, shift, journal };
    const frames = rewriter;
    const sink = new LateSink(() => writerFor(reader, state, frames, this.identities, out, settings));
    reader.walk(bytes, 0, end, sink, false);
    sink.finish();
    const { rows } = rewriter.tally;
    rewriter.tally.rows = newTally();
    return { bytes: out.take(), tally: rows };
  }
}

/** The writer for what the reader gives; a pcap file's header stands in front of the first range. */
function writerFor(
  reader: CaptureReader,
  state: ReaderState,
  rewriter: FrameRewriter,
  identities: Identities,
  out: RecordBuffer,
  { shift, journal }: RangeSettings,
): FrameSink {
  if (state.format === 'pcapng') {
    const { base, little, frames } = state;
    return new PcapngWriter(rewriter, identities, out, reader.interfaces, base, little, shift, frames, journal);
  }
  const [one] = reader.interfaces;
  if (state.offset === 0 && one !== undefined) {
    out.need(24);
    out.put(pcapHeader(one, state.little));
  }
  return new PcapWriter(rewriter, out, state.little, one?.linkType ?? -1, shift, state.frames);
}

/** A sink that is made when it is first needed: a pcap reader knows its link type only after the file header. */
class LateSink implements FrameSink {
  private sink: FrameSink | undefined;
  private readonly make: () => FrameSink;
  private source: Uint8Array = new Uint8Array(0);

  constructor(make: () => FrameSink) {
    this.make = make;
  }

  get bytes(): Uint8Array {
    return this.source;
  }

  set bytes(bytes: Uint8Array) {
    this.source = bytes;
    if (this.sink !== undefined) this.sink.bytes = bytes;
  }

  frame(at: number, captured: number, length: number, iface: number, high: number, low: number): void {
    this.made().frame(at, captured, length, iface, high, low);
  }

  other(kind: string, at: number, length: number, high: number, low: number): void {
    this.made().other(kind, at, length, high, low);
  }

  block(type: number, at: number, size: number, little: boolean): void {
    this.made().block?.(type, at, size, little);
  }

  /** A file without frames has a header all the same. */
  finish(): void {
    this.made();
  }

  private made(): FrameSink {
    if (this.sink === undefined) {
      this.sink = this.make();
      this.sink.bytes = this.source;
    }
    return this.sink;
  }
}

export type { FrameOptions };
