/** A line longer than this is read up to here; what follows, up to its end, is left out and reported. */
export const MAX_LINE = 1 << 20;

/** How the bytes of a piece of text stand as characters, so that the same bytes come of the same characters. */
export type Encoding = 'ascii' | 'utf8' | 'latin1';

export interface DecodedText {
  text: string;
  encoding: Encoding;
}

const ASCII = /^[\0-\x7f]*$/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as characters: UTF-8 where they are, else one character a byte. Nothing is lost either way. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const text = Buffer.prototype.latin1Slice.call(bytes, 0, bytes.length);
  if (ASCII.test(text)) return { text, encoding: 'ascii' };
  try {
    return { text: strict.decode(bytes), encoding: 'utf8' };
  } catch {
    return { text, encoding: 'latin1' };
  }
}

export function encodeText(text: string, encoding: Encoding): Uint8Array {
  return Buffer.from(text, encoding === 'latin1' ? 'latin1' : 'utf8');
}

/** One line: what stands before its end, and its end as it was (`\n`, `\r\n`, '' at the end of the text). */
export interface Line {
  bytes: Uint8Array;
  ending: '\n' | '\r\n' | '';
  /** Bytes of the line that were left out, because it is longer than `MAX_LINE`. */
  over: number;
}

const LF = 10;
const CR = 13;

/** Cuts bytes into lines wherever they were cut before. */
export class LineCutter {
  private readonly give: (line: Line) => void;
  private held = new Uint8Array(4096);
  private length = 0;
  private over = 0;
  /** Of a line that is too long: its last byte, for its ending. */
  private lastOver = 0;

  constructor(give: (line: Line) => void) {
    this.give = give;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LF, at);
      this.hold(bytes.subarray(at, end < 0 ? bytes.length : end));
      if (end < 0) return;
      this.flush('\n');
      at = end + 1;
    }
  }

  end(): void {
    if (this.length > 0) this.flush('');
  }

  private hold(part: Uint8Array): void {
    const room = Math.min(part.length, MAX_LINE - this.length);
    if (this.length + room > this.held.length) {
      const larger = new Uint8Array(Math.min(MAX_LINE, Math.max(2 * this.held.length, this.length + room)));
      larger.set(this.held.subarray(0, this.length));
      this.held = larger;
    }
    this.held.set(part.subarray(0, room), this.length);
    this.length += room;
    if (room < part.length) {
      this.over += part.length - room;
      this.lastOver = part[part.length - 1] ?? 0;
    }
  }

  private flush(feed: '\n' | ''): void {
    const last = this.over > 0 ? this.lastOver : (this.held[this.length - 1] ?? 0);
    const carriage = feed === '\n' && last === CR && this.length > 0;
    const cut = carriage && this.over === 0 ? 1 : 0;
    this.give({
      bytes: this.held.subarray(0, this.length - cut),
      ending: feed === '' ? '' : carriage ? '\r\n' : '\n',
      over: this.over - (carriage && this.over > 0 ? 1 : 0),
    });
    this.length = 0;
    this.over = 0;
  }
}
