import { safeText } from '../wire/values.ts';

/**
 * - `not-found`, `no-permission`, `is-directory`, `is-terminal`, `open-failed`: the input cannot be opened
 * - `unknown-format`: neither a capture nor something that we can unpack
 * - `bad-input`: the caller asked for what cannot be (stdin twice, a chunk of no bytes)
 */
export const CAPTURE_ERROR_CODES = [
  'not-found',
  'no-permission',
  'is-directory',
  'is-terminal',
  'open-failed',
  'unknown-format',
  'bad-input',
] as const;
export type CaptureErrorCode = (typeof CAPTURE_ERROR_CODES)[number];

/**
 * An input of which nothing can be read at all. A line is for a person: what, where, what to do. Damage inside a capture
 * is no error: it is a `CaptureFault`, and what was read before it stands.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;
  /** One for each input that cannot be read. */
  readonly lines: readonly string[];

  constructor(code: CaptureErrorCode, lines: string | readonly string[]) {
    // Names of files are outside text too.
    const list = (typeof lines === 'string' ? [lines] : lines).map(safeText);
    super(list.join('\n'));
    this.code = code;
    this.lines = list;
  }
}
