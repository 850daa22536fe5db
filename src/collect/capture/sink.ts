/** What a capture engine says of its link before the first frame. */
export interface LinkHeader {
  /** LINKTYPE_ value. */
  linkType: number;
  snapLength: number;
  /** Digits of a second that the engine's times have: 6 or 9. */
  digits: 6 | 9;
}

/** One file that a sink finished: whole, synced, at its final name. */
export interface SinkFile {
  path: string;
  frames: number;
  bytes: number;
  /** Lower hex. */
  sha256: string;
  /** Seconds since 1970 UTC of its first and last frame; undefined when it has none. */
  first?: number;
  last?: number;
}

/** What a sink that keeps no originals did to frames: for the manifest, whose words are mapped as frames are. */
export interface SinkRedaction {
  policy: string;
  /** Of the policy, lower hex. */
  digest: string;
  tier: string;
  gate: 'streaming';
  /** Name of the report beside the first file. */
  report: string;
  /** What a time becomes, in seconds since 1970 UTC; asked once the link is known. */
  moved(seconds: number): number;
}

/**
 * Where captured frames go, one after the other, while they exist in memory only. A sink that returns a promise holds the
 * engine back until it resolves. A sink that cannot go on throws `SinkError`; `close` is called all the same, and
 * finishes what is whole.
 */
export interface FrameSink {
  /** For the manifest: `retained` writes what came, `not retained` something else in its place. */
  readonly original: 'retained' | 'not retained';
  readonly redaction?: SinkRedaction;
  /** Set before `open`: told of each file that is finished while frames still come, so that it is listed at once. */
  finished?: (file: SinkFile) => void;
  /** Called once, before the first frame. */
  open(link: LinkHeader): void | Promise<void>;
  /**
   * @param sec seconds since 1970 UTC @param nsec nanoseconds @param wireLength bytes that the frame had on the wire
   * @param bytes what was captured of it: a view that holds until the next call, to be copied by whoever keeps it
   */
  frame(sec: number, nsec: number, wireLength: number, bytes: Uint8Array): void | Promise<void>;
  /** No more frames are at hand just now: what is held back may go out. */
  idle(): void | Promise<void>;
  /**
   * Finishes what is whole. Without `open` before it, takes away what was prepared. After a `SinkError` of its own it is
   * called once more.
   *
   * @returns every file that was finished, in order
   */
  close(): readonly SinkFile[] | Promise<readonly SinkFile[]>;
}

/**
 * - `disk`: a file could not be written; what was whole before stands
 * - `refused`: a gate found what must not be written; exit code 4
 */
export type SinkFailure = 'disk' | 'refused';

/** Why a sink cannot take another frame. The message is for a person, without anything out of a frame. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  readonly failure: SinkFailure;

  constructor(failure: SinkFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
