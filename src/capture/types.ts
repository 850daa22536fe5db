/** How an interface's raw ticks become seconds and nanoseconds. */
export interface Clock {
  /** `split`: high = seconds, low = fraction (pcap). `ticks`: one 64-bit count, high and low words (pcapng). */
  kind: 'split' | 'ticks';
  /** 10 or 2. */
  base: 10 | 2;
  /** Fraction of a second: base^-exponent. 6 = microseconds (base 10). */
  exponent: number;
  /** if_tsoffset in seconds; may be negative. */
  offset: number;
}

/** One interface of a capture file (a pcap file has exactly one). */
export interface CaptureInterface {
  /** Number within the file over all sections, from 0: the index in `FormatReader.interfaces`. */
  id: number;
  /** Section of a pcapng file, from 0. */
  section: number;
  /** Number within its section, from 0: what tshark 4.0 prints as frame.interface_id (which starts anew in each section). */
  sectionId: number;
  /** LINKTYPE_ value, high bits of the pcap word masked off. */
  linkType: number;
  snapLength: number;
  clock: Clock;
  /** Options of the pcapng interface block; '' where absent. Untrusted text. */
  name: string;
  description: string;
  filter: string;
  os: string;
  /** From the interface statistics block: frames received and dropped; -1 where unknown. */
  received: number;
  dropped: number;
}

/** Something wrong with a file: where and what, in words for a person. What was read before it stands. */
export interface CaptureFault {
  /** Byte offset in the (decompressed) stream. */
  offset: number;
  /** Number of the last good frame before it. */
  afterFrame: number;
  /** kebab-case: `truncated-record`, `bad-record-length`, `trailing-garbage`, `compressed-truncated` … */
  code: string;
  message: string;
}

/**
 * Takes frames in file order, in place: offsets into the buffer that is being walked. Called once a frame in the hot
 * loop, so only numbers cross. The sink counts frame numbers: `frame` and `other` take one each, as in tshark.
 */
export interface FrameSink {
  /** The buffer that offsets refer to; a reader's `walk` sets it before the first frame. */
  bytes: Uint8Array;
  /**
   * @param at offset of the first captured byte @param captured bytes captured @param length bytes on the wire
   * @param iface interface id @param high @param low raw ticks (see Clock) as signed 32-bit words (an unsigned one above
   * 2^31 would be allocated at each call); both -1 = this frame has no time. `clock.ts` reads them.
   */
  frame(at: number, captured: number, length: number, iface: number, high: number, low: number): void;
  /**
   * A block that takes a frame number and is no packet: systemd journal export, custom block … Its ticks are
   * microseconds since 1970 (`EVENT_CLOCK` in `clock.ts`), or both -1.
   */
  other(kind: string, at: number, length: number, high: number, low: number): void;
  /**
   * A whole pcapng block, before what is read of it: for who writes one file from another. Enhanced packets that follow one
   * another are left out: their `frame` says where they are. `size`: with padding and trailing length.
   */
  block?(type: number, at: number, size: number, little: boolean): void;
}

/** Walks the records of one format in place. It keeps the state that later records depend on (byte order, interfaces). */
export interface FormatReader {
  readonly format: 'pcap' | 'pcapng';
  /** As `little-endian microseconds`: for the report. */
  readonly variant: string;
  readonly interfaces: readonly CaptureInterface[];
  /** Programs that wrote the file, as it says itself (pcapng); untrusted text. */
  readonly applications?: readonly string[];
  readonly faults: readonly CaptureFault[];
  /** Set when the walk met damage that it cannot step over: nothing after it is read. */
  readonly stopped: boolean;
  /**
   * Gives every whole record in `bytes[at, end)` to the sink. `last`: no bytes follow, so what is left is cut.
   * @returns offset of the first byte not consumed
   */
  walk(bytes: Uint8Array, at: number, end: number, sink: FrameSink, last: boolean): number;
  /** Bytes that must be there for the next step to make progress (a large record); 0 when unknown. */
  readonly wanted: number;
}

/** Bytes of a capture after decompression, in order. */
export interface ByteSource {
  /** Base name, or `-`. */
  readonly name: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** File size in bytes as stored; -1 for a pipe. */
  readonly size: number;
  readonly faults: readonly CaptureFault[];
  /** Fills `into[at, …)` and gives the count, 0 at the end. Synchronous (a number) for raw files: that is 4–10 times faster. */
  read(into: Uint8Array, at: number): number | Promise<number>;
  close(): void;
}
