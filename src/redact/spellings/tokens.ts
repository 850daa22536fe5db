/** What a token consists of. */
export const TOKEN = { decimal: 1, hex: 2, other: 3 } as const;

/** Runs of letters and digits of a text, in order, in flat arrays. */
export class Tokens {
  readonly text: string;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly types: number[] = [];

  constructor(text: string) {
    this.text = text;
    const { length } = text;
    for (let at = 0; at < length;) {
      let type: number = classOf(text.charCodeAt(at));
      if (type === 0) {
        at += 1;
        continue;
      }
      const start = at;
      at += 1;
      for (; at < length; at += 1) {
        const next = classOf(text.charCodeAt(at));
        if (next === 0) break;
        if (next > type) type = next;
      }
      this.starts.push(start);
      this.ends.push(at);
      this.types.push(type);
    }
  }

  get count(): number {
    return this.starts.length;
  }

  start(i: number): number {
    return this.starts[i] ?? this.text.length;
  }

  end(i: number): number {
    return this.ends[i] ?? this.text.length;
  }

  size(i: number): number {
    return this.end(i) - this.start(i);
  }

  word(i: number): string {
    return this.text.slice(this.start(i), this.end(i));
  }

  isDecimal(i: number): boolean {
    return this.types[i] === TOKEN.decimal;
  }

  isHex(i: number): boolean {
    const type = this.types[i];
    return type === TOKEN.decimal || type === TOKEN.hex;
  }

  /** True when exactly this one character stands between token i and the next. */
  joined(i: number, separator: string): boolean {
    const end = this.end(i);
    return this.start(i + 1) === end + 1 && i + 1 < this.count && this.text[end] === separator;
  }

  /** Tokens from i on that are joined by `separator` and pass `fits`, at most `most`. */
  chain(i: number, separator: string, most: number, fits: (i: number) => boolean): number {
    if (!fits(i)) return 0;
    let length = 1;
    while (length < most && this.joined(i + length - 1, separator) && fits(i + length)) length += 1;
    return length;
  }
}

/** 0 for what is no letter or digit. Letters beyond ASCII are no part of an address. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) return TOKEN.decimal;
  if (/[A-Fa-f]/.test(character)) return TOKEN.hex;
  return /[G-Zg-z]/.test(character) ? TOKEN.other : 0;
});

function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] ?? 0) : 0;
}
