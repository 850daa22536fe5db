import { PLACEHOLDER } from '../../rules/rule.ts';
import { decodeText } from '../lines.ts';
import { fieldKind, keyKind } from '../fields.ts';
import type { FieldKind, Treatment } from '../treatment.ts';
import type { FormatReader, TextFormat } from './format.ts';

/** A string or an array of bytes longer than this is content: it is left out. */
const MAX_TOKEN = 1 << 20;
/** Deeper nesting is walked, but keys above are no longer remembered. */
const MAX_DEPTH = 256;

const SEPARATOR = String.fromCharCode(0x1e);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 10;

type State = 'between' | 'string' | 'bare' | 'over';

/**
 * JSON, JSON lines and RFC 7464 sequences, token by token: white space and order stay as they are, so that lines and
 * columns do. Never at a loss: what is no JSON is treated as text where it stands.
 */
class JsonReader implements FormatReader {
  private readonly treatment: Treatment;
  private readonly write: (bytes: Uint8Array) => void;
  private state: State = 'between';
  private held: number[] | Uint8Array = new Uint8Array(256);
  private length = 0;
  private escaped = false;
  /** Of each open object or array: `{` or `[`, and the kind that its values have. */
  private readonly nest: { open: number; kind: FieldKind; keys: FieldKind; parent: string }[] = [];
  /** The last key: that of the object or list that opens next. */
  private lastKey = '';
  /** What the keys of an object are that comes next. */
  private keys: FieldKind = 'text';
  private depth = 0;
  /** In an object: the next string is a key. */
  private keyNext = false;
  private kind: FieldKind = 'text';
  /** An array of integers that may be bytes: its text so far. */
  private array: number[] | undefined;
  private arrayKind: FieldKind = 'text';

  constructor(treatment: Treatment, write: (bytes: Uint8Array) => void) {
    this.treatment = treatment;
    this.write = write;
    treatment.place.line = 1;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 1) this.byte(bytes[at] ?? 0);
    this.flush();
  }

  end(): void {
    if (this.state === 'string') {
      this.treatment.fault('a string that does not end');
      this.garbage();
    } else if (this.state === 'bare') this.bare();
    if (this.array !== undefined) this.giveArray();
    this.flush();
  }

  private byte(byte: number): void {
    if (this.state === 'string' || this.state === 'over') {
      this.inString(byte);
      return;
    }
    if (this.state === 'bare') {
      if (!isEnd(byte)) {
        this.hold(byte);
        return;
      }
      this.bare();
    }
    this.between(byte);
  }

  private between(byte: number): void {
    if (byte === LF) this.treatment.place.line += 1;
    if (this.array !== undefined) {
      if (byte === 0x5d) {
        this.array.push(byte);
        this.giveArray();
        this.close();
        return;
      }
      if (byte === 0x2c || byte === 0x20 || byte === LF || byte === 0x0d || byte === 9) {
        this.array.push(byte);
        return;
      }
      if (isDigit(byte) && this.array.length < MAX_TOKEN) {
        this.begin('bare', byte);
        return;
      }
      this.giveArray();
    }
    switch (byte) {
      case QUOTE:
        this.begin('string');
        return;
      case 0x7b:
      case 0x5b:
        this.open(byte);
        return;
      case 0x7d:
      case 0x5d:
        this.close();
        break;
      case 0x2c:
        this.keyNext = this.nest[this.depth - 1]?.open === 0x7b;
        if (this.keyNext) this.kind = 'text';
        this.keys = 'text';
        break;
      case 0x3a:
        this.keyNext = false;
        break;
      case LF:
      case 0x20:
      case 9:
      case 0x0d:
      case 0x1e:
        break;
      default:
        this.begin('bare', byte);
        return;
    }
    this.put(byte);
  }

  private open(byte: number): void {
    if (this.depth < MAX_DEPTH)
      this.nest[this.depth] = { open: byte, kind: this.kind, keys: this.keys, parent: this.parentNext() };
    this.lastKey = '';
    this.keys = 'text';
    this.depth += 1;
    this.keyNext = byte === 0x7b;
    if (byte === 0x5b) {
      this.array = [byte];
      this.arrayKind = this.kind;
      return;
    }
    // What a secret's object holds is secret whatever its keys.
    if (this.kind !== 'secret' && this.kind !== 'payload') this.kind = 'text';
    this.put(byte);
  }

  /** Of an object or list: its key, or that of the list it stands in. */
  private parentNext(): string {
    const around = this.nest[Math.min(this.depth, MAX_DEPTH) - 1];
    return around?.open === 0x5b ? around.parent : this.lastKey;
  }

  private close(): void {
    this.depth = Math.max(0, this.depth - 1);
    this.kind = this.nest[this.depth]?.kind ?? 'text';
    this.keyNext = false;
    if (this.depth === 0) this.kind = 'text';
  }

  private begin(state: 'string' | 'bare', byte = -1): void {
    if (state === 'string' && this.array !== undefined) this.giveArray();
    this.state = state;
    this.length = 0;
    this.escaped = false;
    if (byte >= 0) this.hold(byte);
  }

  private inString(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) {
      if (this.state === 'over') this.long();
      else this.string();
      return;
    } else if (byte === LF) {
      // No JSON: an unescaped line break ends the line, and what stood in it is a line of text.
      this.treatment.fault('a line break inside a string');
      this.garbage();
      this.between(byte);
      return;
    }
    if (this.state === 'over') this.length += 1;
    else this.hold(byte);
  }

  /** A string of JSON: a key, or a value of the last key's kind. */
  private string(): void {
    this.state = 'between';
    const { text, encoding } = decodeText(this.token());
    let value: string;
    try {
      value = JSON.parse(`"${text}"`) as string;
    } catch {
      this.treatment.fault('a string that is no JSON');
      this.putText(`"${this.safe(this.treatment.value(text, 'text'))}"`, encoding);
      return;
    }
    const inside = this.secretAround();
    let out: string;
    if (this.keyNext) {
      const keys = this.nest[Math.min(this.depth, MAX_DEPTH) - 1]?.keys ?? 'text';
      out = this.treatment.value(value, inside === undefined ? keys : 'text');
      this.keys = keyKind(value);
      const kind = fieldKind(value, this.nest[Math.min(this.depth, MAX_DEPTH) - 1]?.parent ?? '');
      this.lastKey = value;
      this.kind = inside !== undefined && kind !== 'number' ? inside : kind;
    } else out = this.treatment.value(value, this.kind);
    if (out === value) this.putText(`"${text}"`, encoding);
    else {
      const json = JSON.stringify(out);
      this.putText(encoding === 'latin1' ? json.replace(/[\u0100-\uffff]/g, unicode) : json, encoding);
    }
    this.keyNext = false;
  }

  /** The kind of the object around, where it holds for all that is in it. */
  private secretAround(): FieldKind | undefined {
    const kind = this.nest[Math.min(this.depth, MAX_DEPTH) - 1]?.kind;
    return kind === 'secret' || kind === 'payload' ? kind : undefined;
  }

  private long(): void {
    this.state = 'between';
    this.treatment.dropped('string that is too long', this.length);
    this.putText(`"${PLACEHOLDER}"`, 'ascii');
    this.keyNext = false;
  }

  /** A number, a literal, or what is no JSON at all. */
  private bare(): void {
    this.state = 'between';
    const bytes = this.token();
    const { text, encoding } = decodeText(bytes);
    if (this.array !== undefined) {
      if (/^(?:0|[1-9]\d{0,2})$/.test(text)) {
        for (const byte of bytes) this.array.push(byte);
        return;
      }
      this.giveArray();
    }
    const json = /^(?:-?\d[\d.eE+-]*|true|false|null)$/.test(text);
    if (!json) this.treatment.fault('text outside of JSON');
    const out = this.treatment.bare(text, this.kind);
    // A number that became a word needs quotes.
    this.putText(json && out !== text && !/^-?\d+(?:\.\d+)?$/.test(out) ? JSON.stringify(out) : out, encoding);
  }

  private garbage(): void {
    this.state = 'between';
    const { text, encoding } = decodeText(this.token());
    this.putText(`"${this.treatment.value(text, 'text')}`, encoding);
  }

  /** Integers that are bytes of text, as journald writes values that are not UTF-8; others as they are. */
  private giveArray(): void {
    const { array, arrayKind } = this;
    this.array = undefined;
    this.kind = arrayKind;
    if (array === undefined) return;
    const raw = Buffer.from(array);
    const closed = array[array.length - 1] === 0x5d;
    const numbers = raw.toString('latin1').match(/\d+/g)?.map(Number) ?? [];
    if (!closed || numbers.length < 2 || numbers.some((one) => one > 255)) {
      this.putAll(raw);
      return;
    }
    const { text, encoding } = decodeText(Uint8Array.from(numbers));
    const out = this.treatment.value(text, arrayKind === 'number' || arrayKind === 'time' ? 'text' : arrayKind);
    if (out === text) this.putAll(raw);
    else
      this.putText(`[${Array.from(Buffer.from(out, encoding === 'latin1' ? 'latin1' : 'utf8')).join(',')}]`, 'ascii');
  }

  private safe(text: string): string {
    return text.replace(/"/g, '');
  }

  private hold(byte: number): void {
    if (this.length === this.held.length) {
      if (this.length >= MAX_TOKEN) {
        if (this.state === 'string') this.state = 'over';
        else {
          this.treatment.dropped('word that is too long', 1);
          return;
        }
        this.length += 1;
        return;
      }
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.held);
      this.held = larger;
    }
    this.held[this.length] = byte;
    this.length += 1;
  }

  private token(): Uint8Array {
    return Uint8Array.from(this.held.slice(0, this.length));
  }

  private out: Uint8Array = new Uint8Array(1 << 15);
  private filled = 0;

  private put(byte: number): void {
    if (this.filled === this.out.length) this.flush();
    this.out[this.filled] = byte;
    this.filled += 1;
  }

  private putText(text: string, encoding: 'ascii' | 'utf8' | 'latin1'): void {
    this.putAll(Buffer.from(text, encoding === 'latin1' ? 'latin1' : 'utf8'));
  }

  private putAll(bytes: Uint8Array): void {
    this.flush();
    this.write(bytes);
  }

  private flush(): void {
    if (this.filled > 0) this.write(this.out.slice(0, this.filled));
    this.filled = 0;
  }
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** White space, punctuation of JSON, and a quote end a bare word. */
function isEnd(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === 0x2c ||
    byte === 0x3a ||
    byte === QUOTE ||
    byte === 0x5b ||
    byte === 0x5d ||
    byte === 0x7b ||
    byte === 0x7d
  );
}

export const json: TextFormat = {
  name: 'json',
  title: 'JSON, one document or one a line (journalctl -o json, MAAS events, ip -j, Kea)',
  fits(head, fileName) {
    // RFC 7464 begins each text with the record separator.
    const begin = /^(?:\xef\xbb\xbf)?\s*([{[])\s*(.?)/s.exec(head.replaceAll(SEPARATOR, ' '));
    if (begin === null) return 0;
    const [, open, next = ''] = begin;
    const named = /\.(?:json|ndjson|jsonl|geojson|har)$/.test(fileName);
    const fits = open === '{' ? /["}]/.test(next) : /["{[\]\d-]/.test(next);
    // `[2026-11-22 …] message` is a line of a log; an array goes on with a comma or its end.
    if (open === '[' && !named && /^\s*\[[^\]{"]{0,64}\] /.test(head)) return 0;
    return fits || next === '' ? 90 : named ? 60 : 0;
  },
  open: (treatment, write) => new JsonReader(treatment, write),
};
