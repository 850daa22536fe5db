/**
 * - `not-found`, `no-permission`, `is-directory`, `is-terminal`, `open-failed`: the input cannot be opened
 * - `unknown-format`: neither a capture nor something that we can unpack
 * - `bad-input`: the caller asked for what cannot be (stdin twice, a chunk of no bytes)
 */
export type CaptureErrorCode =
  | 'not-found'
  | 'no-permission'
  | 'is-directory'
  | 'is-terminal'
  | 'open-failed'
  | 'unknown-format'
  | 'bad-input';

/**
 * An input of which nothing can be read at all. The message is one line for a person: what, where, what to do. Damage
 * inside a capture is no error: it is a `CaptureFault`, and what was read before it stands.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;

  constructor(code: CaptureErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
