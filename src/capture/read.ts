import { CaptureError } from './error.ts';
import { type CaptureReader, FORMAT_MAGIC, readerFor } from './format.ts';
import { MAX_RECORD } from './frame-size.ts';
import type { ByteSource, CaptureFault, CaptureInterface, FrameSink } from './types.ts';

/** Bytes read at a time: measured best of 256 KiB to 4 MiB. */
export const DEFAULT_CHUNK = 1 << 20;
/** Bytes of a raw file after which the event loop gets its turn (signals, progress): some 20 ms. */
const TURN = 64 << 20;

export interface ReadOptions {
  /** Bytes read at a time. */
  chunk?: number;
  /** Told of the reader once the format is known, before the first frame. */
  onReader?(reader: CaptureReader): void;
  /** Called after the sink has had every whole record in `bytes`, while the offsets that it was given still hold. */
  afterChunk?(bytes: Uint8Array, reader: CaptureReader): void | Promise<void>;
  /** Aborting ends the reading with the signal's reason thrown. */
  signal?: AbortSignal;
}

/** What reading one file came to. */
export interface CaptureSummary {
  /** `unknown`: nothing to read (an empty file, or one that ends inside its first four bytes). */
  format: 'pcap' | 'pcapng' | 'unknown';
  variant: string;
  compression: ByteSource['compression'];
  interfaces: readonly CaptureInterface[];
  /** Programs that wrote it, as it says itself (pcapng); untrusted text. */
  applications: readonly string[];
  /** Those of the format in order of their place, then those of the source (compression, reading). */
  faults: readonly CaptureFault[];
  /** Frames that took a number. */
  frames: number;
  /** Bytes of the capture (after decompression) that were understood. */
  bytes: number;
  /** The file ends before its last record does. */
  truncated: boolean;
}

/**
 * Reads a capture from end to end and gives its frames to `sink`, in place: the offsets that the sink gets hold until
 * `afterChunk` returns. Memory does not depend on the file.
 *
 * @throws CaptureError `unknown-format` when the first bytes are those of no capture
 */
export async function readCapture(
  source: ByteSource,
  sink: FrameSink,
  options: ReadOptions = {},
): Promise<CaptureSummary> {
  const { signal } = options;
  // A read may be waiting for a silent pipe: closing ends the wait.
  const stop = (): void => source.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await readOn(source, sink, options);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function readOn(source: ByteSource, sink: FrameSink, options: ReadOptions): Promise<CaptureSummary> {
  const { signal, afterChunk } = options;
  let buffer: Uint8Array = Buffer.allocUnsafeSlow(Math.max(FORMAT_MAGIC, options.chunk ?? DEFAULT_CHUNK));
  let reader: CaptureReader | undefined;
  let have = 0;
  let sinceTurn = 0;
  for (;;) {
    signal?.throwIfAborted();
    const answer = source.read(buffer, have);
    const count = typeof answer === 'number' ? answer : await answer;
    if (typeof answer !== 'number') signal?.throwIfAborted();
    have += count;
    sinceTurn += count;
    if (reader === undefined) {
      if (have < FORMAT_MAGIC && count > 0) continue;
      if (have < FORMAT_MAGIC) break;
      reader = readerFor(buffer, 0);
      if (reader === undefined) throw unknownFormat(source.name, buffer);
      options.onReader?.(reader);
    }
    const taken = reader.walk(buffer, 0, have, sink, count === 0);
    const waiting = afterChunk?.(buffer, reader);
    if (waiting !== undefined) await waiting;
    if (count === 0 || reader.stopped) break;
    buffer = keepRest(buffer, taken, have, reader.wanted);
    have -= taken;
    if (typeof answer === 'number' && sinceTurn >= TURN) {
      sinceTurn = 0;
      await new Promise(setImmediate);
    }
  }
  return summarize(source, reader, have);
}

/** Moves what was not consumed to the front, into a larger buffer where one record needs it. */
function keepRest(buffer: Uint8Array, taken: number, have: number, wanted: number): Uint8Array {
  const rest = have - taken;
  let size = buffer.length;
  if (wanted > size) size = Math.min(MAX_RECORD, wanted);
  if (rest >= size) size = Math.min(MAX_RECORD, size * 2);
  if (size === buffer.length) {
    if (taken > 0) buffer.copyWithin(0, taken, have);
    return buffer;
  }
  const larger = Buffer.allocUnsafeSlow(size);
  larger.set(buffer.subarray(taken, have));
  return larger;
}

/** What people take for captures, by how it begins (hex), and what to do with it. */
const FAMILIAR: readonly (readonly [begin: string, advice: string])[] = [
  ['fd377a58', 'is xz-compressed: unpack it first (xz -dk)'],
  ['425a68', 'is bzip2-compressed: unpack it first (bzip2 -dk)'],
  ['04224d18', 'is lz4-compressed: unpack it first (lz4 -d)'],
  ['504b0304', 'is a zip archive: unpack it, and give the captures in it'],
  ['377abcaf', 'is a 7z archive: unpack it, and give the captures in it'],
  ['736e6f6f', 'is a snoop capture: convert it first (editcap FILE NEW.pcapng)'],
];

/** The error for a file of which these are the first bytes. */
export function unknownFormat(name: string, bytes: Uint8Array): CaptureError {
  const first = Buffer.from(bytes.subarray(0, FORMAT_MAGIC));
  const magic = first.toString('hex');
  const familiar = FAMILIAR.find(([begin]) => magic.startsWith(begin));
  if (familiar !== undefined) return new CaptureError('unknown-format', `${name} ${familiar[1]}`);
  const text = first.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  return new CaptureError(
    'unknown-format',
    text
      ? `${name} begins with ${magic}, which is text: not a pcap or pcapng capture; give the file that tcpdump -w or Wireshark wrote`
      : `${name} begins with ${magic}: not a pcap or pcapng capture, plain or in gzip or zstd; if Wireshark opens it, convert it (editcap FILE NEW.pcapng)`,
  );
}

/** What reading came to; `have` = bytes read when no reader was found. */
export function summarize(source: ByteSource, reader: CaptureReader | undefined, have: number): CaptureSummary {
  const faults: CaptureFault[] = [...(reader?.faults ?? [])];
  // Where unpacking failed at once, the source says why there is nothing.
  if (reader === undefined && (have > 0 || source.faults.length === 0)) faults.push(noHeader(source.name, have));
  for (const fault of source.faults) {
    // A source knows no frames: all that were read came before its end, and none surely before any other place.
    const afterFrame = fault.offset >= (reader?.offset ?? 0) ? (reader?.frames ?? 0) : 0;
    faults.push(fault.afterFrame < 0 ? { ...fault, afterFrame } : fault);
  }
  return {
    format: reader?.format ?? 'unknown',
    variant: reader?.variant ?? '',
    compression: source.compression,
    interfaces: reader?.interfaces ?? [],
    applications: reader?.applications ?? [],
    faults,
    frames: reader?.frames ?? 0,
    bytes: reader?.offset ?? have,
    truncated: faults.some((fault) => CUT.has(fault.code)),
  };
}

/** Codes of faults that mean: there was more, and it is not in the file. */
const CUT = new Set(['truncated-header', 'truncated-record', 'compressed-truncated', 'too-short', 'read-failed']);

function noHeader(name: string, have: number): CaptureFault {
  const empty = name === '-' ? 'nothing came from standard input' : 'the file is empty';
  return have === 0
    ? { offset: 0, afterFrame: 0, code: 'empty-file', message: empty }
    : {
        offset: 0,
        afterFrame: 0,
        code: 'too-short',
        message: `the file has only ${have} bytes: too few for any capture`,
      };
}
