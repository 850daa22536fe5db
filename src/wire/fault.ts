/**
 * What bounded a read: the field (or the capture itself) that said where the bytes end.
 * `captured` = the snap length or the end of the file; the others name the length field that imposed the limit.
 */
export type Limit = string;

/**
 * - `cut`: fewer bytes than the field needs
 * - `length`: a length field that cannot be right for what it describes
 * - `value`: a value that the specification forbids
 * - `duplicate`: a field that may stand once stands again
 * - `missing`: a field or terminator that must be there is not
 * - `excess`: bytes after the end, or more levels or entries than we follow
 * - `loop`: a pointer or chain that leads back to itself
 */
export type FaultCode = 'cut' | 'length' | 'value' | 'duplicate' | 'missing' | 'excess' | 'loop';

/** One thing wrong in a message: a value, not an exception, so that what was read before and after it is kept. */
export interface Fault {
  code: FaultCode;
  /** Field path in the protocol's own terms, as `options[3].length`. */
  path: string;
  /** Offset into the bytes that the cursor was opened on (a frame, or a reassembled datagram). */
  at: number;
  /** Bytes needed (`cut`, `length`), or the offending value. */
  need: number;
  /** Bytes there were. */
  have: number;
  limit: Limit;
}

/** A part of the bytes that a record was decoded from. Offsets are into the same buffer as the cursor's. */
export interface Span {
  at: number;
  length: number;
}
