import type { Kind } from '../kinds.ts';

/** Lines of a block: a chain of certificates has some hundred, a key no more. Behind it a block counts as over. */
const MAX_LINES = 4096;
/** RFC 7468 2: all lines of a body but the last have 64 characters; older tools write 76, PGP 64, ssh 70. */
const MIN_BODY = 40;
/** Headers between BEGIN and the body (RFC 1421 4.6). */
const MAX_HEADERS = 12;

const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,64})-----/g;
const END = /-----END [A-Z0-9 ]{1,64}-----/;
/** The end of a line that a log header, a comment or a quote may precede. */
const BODY = /([A-Za-z0-9+/=]{4,})(?:\\[nr])?["',\s|]{0,8}$/;
const COUNTED = /^(Private|Public)-Lines: (\d{1,3})\s*$/;

/** Part of a line that belongs to a block of many lines. */
export interface BlockPart {
  at: number;
  end: number;
  kind: Kind;
  rule: string;
}

/**
 * Follows blocks over lines: PEM (RFC 7468) between BEGIN and END, PuTTY's by their count. What a log writes before each
 * line stays a line of the log.
 */
export class Blocks {
  private kind: 'secret' | 'payload' | undefined;
  private lines = 0;
  private headers = 0;
  /** PuTTY: lines that are still to come; -1 in PEM. */
  private left = -1;
  private short = false;

  /** The part of this line that is a block's body. */
  part(text: string): BlockPart | undefined {
    const { kind } = this;
    if (kind === undefined) {
      this.open(text);
      return undefined;
    }
    this.lines += 1;
    const rule = kind === 'secret' ? 'private-key' : 'certificate';
    if (this.left >= 0) {
      this.left -= 1;
      if (this.left <= 0) this.kind = undefined;
      return text === '' ? undefined : { at: 0, end: text.length, kind, rule };
    }
    const ended = END.exec(text);
    if (ended !== null) {
      this.kind = undefined;
      this.open(text.slice(ended.index));
      const before = /[A-Za-z0-9+/=]+$/.exec(text.slice(0, ended.index));
      return before === null ? undefined : { at: before.index, end: ended.index, kind, rule };
    }
    const body = BODY.exec(text.length > 4096 ? text.slice(-4096) : text);
    const skipped = Math.max(0, text.length - 4096);
    if (this.lines > MAX_LINES || (this.short && body === null)) {
      this.kind = undefined;
      this.open(text);
      return undefined;
    }
    if (body === null || (this.headers < MAX_HEADERS && /^[A-Za-z-]{2,32}: /.test(text))) {
      this.headers += 1;
      if (this.headers > MAX_HEADERS) this.kind = undefined;
      return undefined;
    }
    const [, value = ''] = body;
    // A short line is a body's last, or a checksum after it; what follows a second one is no body.
    if (this.short && value.length >= MIN_BODY) this.short = false;
    else if (value.length < MIN_BODY) {
      if (this.short) this.headers = MAX_HEADERS;
      this.short = true;
    }
    const at = skipped + body.index;
    return { at, end: at + value.length, kind, rule };
  }

  private open(text: string): void {
    const counted = COUNTED.exec(text);
    if (counted !== null) {
      this.begin(counted[1] === 'Private' ? 'secret' : 'payload');
      this.left = Number(counted[2]);
      if (this.left === 0) this.kind = undefined;
      return;
    }
    if (!text.includes('-----BEGIN')) return;
    let last: RegExpExecArray | undefined;
    BEGIN.lastIndex = 0;
    for (let match = BEGIN.exec(text); match !== null; match = BEGIN.exec(text)) last = match;
    if (last === undefined || END.test(text.slice(last.index + last[0].length))) return;
    this.begin((last[1] ?? '').includes('PRIVATE') ? 'secret' : 'payload');
  }

  private begin(kind: 'secret' | 'payload'): void {
    this.kind = kind;
    this.lines = 0;
    this.headers = 0;
    this.left = -1;
    this.short = false;
  }
}
