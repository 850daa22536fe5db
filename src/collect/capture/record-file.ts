import { createHash } from 'node:crypto';
import { errorCode, PartialFile, WriteError } from './partial-file.ts';
import { SinkError, type SinkFile } from './sink.ts';

/** Bytes of a pcap file without frames. */
export const EMPTY_BYTES = 24;

/**
 * A pcap file on its way to the disk: whole records go in, and when the disk is full it is cut back behind the last one
 * that is whole, so that it is valid at every moment of its life.
 */
export class RecordFile {
  frames = 0;
  written = 0;
  readonly partial: PartialFile;
  private readonly hash = createHash('sha256');
  private first: number | undefined;
  private last: number | undefined;
  private failed = false;

  /** @throws the system's error when the file cannot be made */
  constructor(path: string) {
    this.partial = new PartialFile(path);
  }

  /** A file that ends inside its own header is no capture. */
  get isCapture(): boolean {
    return this.written >= EMPTY_BYTES;
  }

  /**
   * @param ends where in the bytes each whole record ends @param times of their frames, in seconds since 1970 UTC
   * @throws SinkError after cutting back to the last whole record; whatever comes after it is not written
   */
  store(bytes: Uint8Array, ends: readonly number[], times: readonly number[]): void {
    if (this.failed) return;
    let good = bytes.length;
    let whole = ends.length;
    let code = '';
    try {
      this.partial.write(bytes, this.written);
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      code = error.code;
      whole = ends.findLastIndex((end) => end <= error.written) + 1;
      good = whole === 0 ? 0 : (ends[whole - 1] ?? 0);
      this.failed = true;
    }
    if (whole > 0) {
      this.first ??= times[0];
      this.last = times[whole - 1] ?? this.last;
    }
    this.frames += whole;
    this.hash.update(bytes.subarray(0, good));
    this.written += good;
    if (code === '') return;
    this.partial.truncate(this.written);
    throw new SinkError('disk', diskMessage(code));
  }

  /** Gives it its name. @throws SinkError; what is there then stays at its unfinished name */
  finish(): SinkFile {
    try {
      this.partial.finish();
    } catch (error) {
      throw new SinkError('disk', finishMessage(errorCode(error)));
    }
    const { frames, written: bytes, first, last } = this;
    return {
      path: this.partial.path,
      frames,
      bytes,
      sha256: this.hash.digest('hex'),
      ...(first === undefined ? {} : { first }),
      ...(last === undefined ? {} : { last }),
    };
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
