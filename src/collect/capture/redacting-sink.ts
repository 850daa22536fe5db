import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { gateLine, LiveRedaction, type LiveOptions } from '../../redact/live.ts';
import type { LiveGate } from '../../redact/live-gate.ts';
import type { RedactedFile } from '../../redact/report.ts';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { WALL_CLOCK, type WallClock } from '../wall-clock.ts';
import { errorCode } from './partial-file.ts';
import { diskMessage, RecordFile } from './record-file.ts';
import { ReservedFile } from './reserved-file.ts';
import { type FrameSink, type LinkHeader, SinkError, type SinkFile, type SinkRedaction } from './sink.ts';

/** Of one segment: what one gate reads again, and what one hit costs. */
const SEGMENT_BYTES = 32 * 1024 * 1024;
/** Of one segment, from its first frame on: what a killed process costs. */
const SEGMENT_SECONDS = 30;
/** Segments that wait for the gate; with more, frames wait in the kernel instead of on the disk. */
const MOST_WAITING = 2;
/**
 * Seconds before its beginning from which a capture's times count where dates go: a clock that is set back while it runs
 * must not fall below zero.
 */
const AHEAD = 86_400;
/** A report on the longest capture: reserved on the disk, one file a line. */
const REPORT_ROOM = 64 * 1024;
/** A day in segments of 30 seconds, or the largest capture in the smallest steps. */
const MOST_SEGMENTS = 9_999;

export interface RedactingOptions extends Pick<LiveOptions, 'policy' | 'caseKey' | 'tier' | 'rewriterOf'> {
  /** Of the first segment; those behind it are numbered beside it. */
  path: string;
  clock?: WallClock;
  segmentBytes?: number;
  segmentSeconds?: number;
}

const TOO_MANY =
  'more addresses and names came than a gate can search for while frames wait (a flood?): narrow the filter, or capture without --redact and redact the file';

/** Where the report of a redacted capture stands. @param path of its first segment */
export function reportPath(path: string): string {
  return `${path}.redaction.json`;
}

/**
 * Writes frames rebuilt by a policy. They go to a segment's `.partial`; a whole segment is closed, read again and gated
 * by another thread while the next is written, and gets its name when the gate has passed. What a gate refuses is deleted
 * with everything behind it that was not gated yet.
 */
export class RedactingSink implements FrameSink {
  readonly original = 'not retained';
  readonly redaction: SinkRedaction;
  finished?: (file: SinkFile) => void;
  private readonly options: RedactingOptions;
  private readonly report: ReservedFile;
  private live: LiveRedaction | undefined;
  private segment: RecordFile | undefined;
  private number = 1;
  /** Of the records in the buffer: where each ends, and when its frame came. */
  private ends: number[] = [];
  private times: number[] = [];
  private microseconds = false;
  private timer: NodeJS.Timeout | undefined;
  /** Segments in the gate; each entry settles when its segment is released or gone, and never rejects. */
  private readonly waiting: Promise<void>[] = [];
  private readonly files: SinkFile[] = [];
  private readonly described: RedactedFile[] = [];
  private failure: SinkError | undefined;
  private told = false;
  /** A gate refused: nothing that was not gated before it is kept. */
  private leaked = false;
  private closed = false;

  /** @throws Problem when the files cannot be made */
  constructor(options: RedactingOptions) {
    this.options = options;
    const { path, policy, tier } = options;
    this.redaction = {
      policy: policy.name,
      digest: policy.digest,
      tier: tier ?? policy.name,
      gate: 'streaming',
      report: basename(reportPath(path)),
      moved: (seconds) => this.live?.moved(seconds) ?? 0,
    };
    try {
      this.segment = new RecordFile(path);
      this.report = new ReservedFile(reportPath(path), REPORT_ROOM);
    } catch (error) {
      this.segment?.partial.discard();
      const code = errorCode(error);
      const why =
        code === 'EEXIST' ? 'a capture to it runs, or was killed: remove its .partial first' : diskMessage(code);
      throw new Problem('usage', `${safeText(path)}: ${why}`);
    }
  }

  open({ linkType, snapLength, digits }: LinkHeader): void {
    const { policy, caseKey, tier, rewriterOf, clock = WALL_CLOCK } = this.options;
    const firstTime = Math.max(1, Math.floor(clock.now()) - AHEAD);
    this.live = new LiveRedaction({
      ...{ policy, caseKey, firstTime },
      ...(tier === undefined ? {} : { tier }),
      ...(rewriterOf === undefined ? {} : { rewriterOf }),
    });
    this.microseconds = digits === 6;
    this.live.open(linkType, snapLength, digits);
    this.live.begin();
    this.flush(this.live);
  }

  frame(sec: number, nsec: number, wireLength: number, bytes: Uint8Array): void | Promise<void> {
    const { live } = this;
    if (live === undefined) throw new Error('a frame before the link is known');
    this.complain();
    if (
      this.segment !== undefined &&
      this.segment.written + live.out.at >= (this.options.segmentBytes ?? SEGMENT_BYTES)
    ) {
      this.rotate(live);
    }
    if (this.segment === undefined) this.next(live);
    try {
      live.frame(sec, this.microseconds ? Math.floor(nsec / 1000) : nsec, wireLength, bytes);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw this.failed(new SinkError('refused', live.full ? TOO_MANY : error.message));
    }
    this.ends.push(live.out.at);
    this.times.push(sec + nsec / 1e9);
    if (this.timer === undefined) this.startTimer(live);
    if (live.ready) this.flush(live);
    if (this.waiting.length >= MOST_WAITING) return this.waiting[0];
    return undefined;
  }

  idle(): void {
    if (this.live !== undefined) this.flush(this.live);
    this.complain();
  }

  async close(): Promise<readonly SinkFile[]> {
    if (!this.closed) {
      this.closed = true;
      await this.end();
    }
    const { failure } = this;
    if (failure !== undefined && !this.told) {
      this.told = true;
      throw failure;
    }
    return this.files;
  }

  private async end(): Promise<void> {
    clearTimeout(this.timer);
    const { live } = this;
    if (live !== undefined) {
      try {
        this.endSegment(live);
      } catch (error) {
        // It is told below; what is whole is gated all the same.
        if (!(error instanceof SinkError)) throw error;
      }
      while (this.waiting.length > 0) await this.waiting[0];
      this.publish(live, true);
      await live.close();
    }
    this.segment?.partial.discard();
    this.report.discard();
  }

  private endSegment(live: LiveRedaction): void {
    if (this.leaked) return;
    try {
      this.flush(live);
    } finally {
      const { segment } = this;
      // A capture without a frame says something too; an empty piece of one does not.
      if (segment?.isCapture === true && (segment.frames > 0 || this.number === 1)) this.rotate(live);
    }
  }

  /** Begins a segment behind those that are there. */
  private next(live: LiveRedaction): void {
    const { path } = this.options;
    const stem = path.endsWith('.pcap') ? path.slice(0, -'.pcap'.length) : path;
    const ending = path.slice(stem.length);
    while (this.number < MOST_SEGMENTS) {
      this.number += 1;
      const name = `${stem}-${String(this.number).padStart(3, '0')}${ending}`;
      if (
        ['', '.partial', '.manifest.json'].some(
          (more) => lstatSync(name + more, { throwIfNoEntry: false }) !== undefined,
        )
      ) {
        continue;
      }
      try {
        this.segment = new RecordFile(name);
      } catch (error) {
        throw this.failed(new SinkError('disk', diskMessage(errorCode(error))));
      }
      live.begin();
      return;
    }
    throw this.failed(new SinkError('disk', `the capture has ${MOST_SEGMENTS} segments: nobody would call it short`));
  }

  /** Writes what is in the buffer. @throws SinkError after cutting back to the last whole frame */
  private flush({ out }: LiveRedaction): void {
    const { segment, ends, times } = this;
    if (out.at === 0) return;
    const bytes = out.bytes.subarray(0, out.at);
    out.at = 0;
    this.ends = [];
    this.times = [];
    try {
      segment?.store(bytes, ends, times);
    } catch (error) {
      throw error instanceof SinkError ? this.failed(error) : error;
    }
  }

  /** Closes the segment and gives it to the gate. */
  private rotate(live: LiveRedaction): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flush(live);
    const { segment } = this;
    if (segment === undefined) return;
    this.segment = undefined;
    const entry = live.described(basename(segment.partial.path));
    try {
      segment.partial.seal();
    } catch (error) {
      segment.partial.discard();
      throw this.failed(new SinkError('disk', diskMessage(errorCode(error))));
    }
    const gated = live.gate(segment.partial.partial, entry.name).then(
      (found) => this.judge(live, segment, entry, found),
      () => this.judge(live, segment, entry, undefined),
    );
    const settled: Promise<void> = gated
      .catch((error: unknown) => {
        // Nothing else is expected; whatever it was, what was not released is not kept.
        this.leaked = true;
        this.failed(error instanceof SinkError ? error : new SinkError('disk', diskMessage(errorCode(error))));
      })
      .then(() => {
        void this.waiting.splice(this.waiting.indexOf(settled), 1);
      });
    this.waiting.push(settled);
  }

  /** @param found undefined when the gate could not be run to its end */
  private judge(live: LiveRedaction, segment: RecordFile, entry: RedactedFile, found: LiveGate | undefined): void {
    if (found === undefined || found.hits.length + found.lost > 0) {
      this.leaked = true;
      this.failed(
        new SinkError(
          'refused',
          found === undefined ? 'the leak gate could not read a segment, and deleted it' : gateLine(found),
        ),
      );
    }
    if (this.leaked) {
      segment.partial.discard();
      return;
    }
    try {
      const file = segment.finish();
      this.files.push(file);
      this.described.push({ ...entry, units: file.frames, bytes: file.bytes, sha256: file.sha256 });
      this.publish(live, false);
      this.finished?.(file);
    } catch (error) {
      this.failed(error instanceof SinkError ? error : new SinkError('disk', diskMessage(errorCode(error))));
    }
  }

  /**
   * Writes the report on what was released. It is made of the program's and the policy's words, numbers and the names of
   * the files: nothing in it comes out of a frame.
   */
  private publish(live: LiveRedaction, last: boolean): void {
    if (this.described.length === 0) return;
    const warnings = ['read once, while it was captured: names in free text were not known, and fragments were cut'];
    if (this.leaked) warnings.push('the gate refused a later segment: it was deleted, with what was not gated yet');
    const text = `${JSON.stringify(live.report(this.described, warnings), null, 2)}\n`;
    try {
      if (last) this.report.finish(text);
      else this.report.publish(text);
    } catch (error) {
      // The files stand with the report before this one, and the failure is told.
      this.failed(new SinkError('disk', diskMessage(errorCode(error))));
    }
  }

  private startTimer(live: LiveRedaction): void {
    this.timer = setTimeout(
      () => {
        try {
          this.rotate(live);
        } catch (error) {
          this.failed(error instanceof SinkError ? error : new SinkError('disk', diskMessage(errorCode(error))));
        }
      },
      (this.options.segmentSeconds ?? SEGMENT_SECONDS) * 1000,
    );
    // It is the engine that the process waits for.
    this.timer.unref();
  }

  /** The first failure is the one that counts, save that of a gate. */
  private failed(error: SinkError): SinkError {
    if (this.failure === undefined || (error.failure === 'refused' && this.failure.failure !== 'refused')) {
      this.failure = error;
      this.told = false;
    }
    return this.failure;
  }

  private complain(): void {
    const { failure } = this;
    if (failure === undefined) return;
    this.told = true;
    throw failure;
  }
}
