import { PcapReader, type PcapState } from './pcap.ts';
import { PcapngReader } from './pcapng/reader.ts';
import type { PcapngState } from './pcapng/state.ts';
import type { FormatReader } from './types.ts';

/** What a reader knows at one point of a file: plain data, so that a worker can go on from there. */
export type ReaderState = PcapState | PcapngState;

/** A `FormatReader` that can be asked where it is. */
export interface CaptureReader extends FormatReader {
  /** Frames that took a number so far. */
  readonly frames: number;
  /** Offset in the stream of the next byte to walk. */
  readonly offset: number;
  snapshot(): ReaderState;
}

/** Bytes that a format is recognised by. */
export const FORMAT_MAGIC = 4;

/** A reader for the capture that begins with these four bytes, or undefined: no capture format that we know. */
export function readerFor(bytes: Uint8Array, at: number): CaptureReader | undefined {
  return PcapngReader.of(bytes, at) ?? PcapReader.of(bytes, at);
}

/** A reader that goes on where `snapshot` was taken. */
export function readerFrom(state: ReaderState): CaptureReader {
  return state.format === 'pcap' ? PcapReader.from(state) : PcapngReader.from(state);
}
