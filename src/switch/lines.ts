import type { ByteSource } from '../capture/types.ts';

/** Longest line that is looked at: no switch writes longer ones, and patterns are timed on this length. */
export const MAX_LINE = 8192;
/** Bytes of one text (after decompression): a year of a busy switch; what is beyond is told. */
export const MAX_TEXT = 1 << 30;
const PIECE = 1 << 18;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** How reading a text ended. */
export interface LinesEnd {
  /** Lines, empty ones too. */
  lines: number;
  /** Lines of which only the beginning was looked at. */
  cut: number;
  /** Bytes read. */
  bytes: number;
  /** More than `MAX_TEXT`. */
  unread: boolean;
}

/**
 * Hands out the lines of a text, from 1, without their ends (LF, CR LF, and CR alone as old terminals log it) and without
 * trailing blanks. Bytes that are not UTF-8 become U+FFFD. A line longer than `MAX_LINE` is handed out as its beginning.
 */
export async function readLines(
  source: ByteSource,
  line: (text: string, number: number) => void,
  signal?: AbortSignal,
): Promise<LinesEnd> {
  const piece = new Uint8Array(PIECE);
  const held = new Uint8Array(MAX_LINE);
  const end: LinesEnd = { lines: 0, cut: 0, bytes: 0, unread: false };
  let length = 0;
  let over = false;
  let open = false;
  let afterCr = false;
  const flush = (): void => {
    let to = length;
    while (to > 0 && (held[to - 1] === SPACE || held[to - 1] === TAB)) to -= 1;
    end.lines += 1;
    if (over) end.cut += 1;
    line(Buffer.prototype.utf8Slice.call(held, 0, to), end.lines);
    length = 0;
    over = false;
    open = false;
  };
  for (;;) {
    signal?.throwIfAborted();
    const answer = source.read(piece, 0);
    const count = typeof answer === 'number' ? answer : await answer;
    if (count === 0) break;
    end.bytes += count;
    for (let at = 0; at < count; at += 1) {
      const byte = piece[at] ?? 0;
      if (byte === LF && afterCr) {
        afterCr = false;
        continue;
      }
      afterCr = byte === CR;
      if (byte === LF || byte === CR) {
        flush();
        continue;
      }
      open = true;
      if (length < MAX_LINE) {
        held[length] = byte;
        length += 1;
      } else {
        over = true;
      }
    }
    if (end.bytes >= MAX_TEXT) {
      end.unread = true;
      break;
    }
  }
  if (open) flush();
  return end;
}
