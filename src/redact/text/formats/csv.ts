import { PLACEHOLDER } from '../../rules/rule.ts';
import { fieldKind } from '../fields.ts';
import { decodeText, encodeText, type Encoding } from '../lines.ts';
import type { FieldKind, Treatment } from '../treatment.ts';
import type { FormatReader, TextFormat } from './format.ts';

/** A field longer than this is content: it is left out. */
const MAX_FIELD = 1 << 20;
/** Columns whose kinds are remembered. */
const MAX_COLUMNS = 4096;

const LF = 10;
const CR = 13;
const QUOTE = 0x22;

/** Comma, semicolon or tab separated values (RFC 4180): field by field, quotes and line ends as they were. */
class CsvReader implements FormatReader {
  private readonly treatment: Treatment;
  private readonly write: (bytes: Uint8Array) => void;
  private readonly delimiter: number;
  private held = new Uint8Array(256);
  private length = 0;
  private over = 0;
  private quotes: 'none' | 'open' | 'closed' = 'none';
  private column = 0;
  private header = true;
  private readonly kinds: FieldKind[] = [];

  constructor(treatment: Treatment, write: (bytes: Uint8Array) => void, delimiter: number) {
    this.treatment = treatment;
    this.write = write;
    this.delimiter = delimiter;
    treatment.place.line = 1;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 1) this.byte(bytes[at] ?? 0);
  }

  end(): void {
    if (this.length > 0 || this.quotes !== 'none') this.field('');
  }

  private byte(byte: number): void {
    if (this.quotes === 'open') {
      if (byte === QUOTE) this.quotes = 'closed';
      else this.hold(byte);
      if (byte === LF) this.treatment.place.line += 1;
      return;
    }
    if (byte === this.delimiter || byte === LF) {
      const ending = String.fromCharCode(byte);
      this.field(ending);
      this.column += 1;
      if (byte === LF) {
        this.column = 0;
        this.header = false;
        this.treatment.place.line += 1;
      }
      return;
    }
    if (byte === QUOTE && this.quotes === 'closed') {
      this.hold(QUOTE);
      this.quotes = 'open';
    } else if (byte === QUOTE && this.length === 0) this.quotes = 'open';
    else this.hold(byte);
  }

  private field(ending: string): void {
    // A carriage return before the line feed is the line's.
    const carriage = ending === '\n' && this.length > 0 && this.held[this.length - 1] === CR && this.over === 0;
    const { text, encoding } = decodeText(this.held.subarray(0, this.length - (carriage ? 1 : 0)));
    let out = text;
    if (this.over > 0) {
      this.treatment.dropped('field that is too long', this.over);
      out = PLACEHOLDER;
    } else if (this.header) {
      if (this.column < MAX_COLUMNS) this.kinds[this.column] = fieldKind(text);
      out = this.treatment.value(text, 'text');
    } else {
      const kind = this.kinds[this.column] ?? 'text';
      out = kind === 'number' || kind === 'time' ? this.treatment.bare(text, kind) : this.treatment.value(text, kind);
    }
    this.writeField(out, encoding, out !== text, (carriage ? '\r' : '') + ending);
    this.length = 0;
    this.over = 0;
    this.quotes = 'none';
  }

  private writeField(text: string, encoding: Encoding, changed: boolean, ending: string): void {
    const quoted =
      this.quotes !== 'none' ||
      (changed && (/["\r\n]/.test(text) || text.includes(String.fromCharCode(this.delimiter))));
    // A quote that never closed is closed at the end.
    this.write(encodeText((quoted ? `"${text.replaceAll('"', '""')}"` : text) + ending, encoding));
  }

  private hold(byte: number): void {
    if (this.length >= MAX_FIELD) {
      this.over += 1;
      return;
    }
    if (this.length === this.held.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.held);
      this.held = larger;
    }
    this.held[this.length] = byte;
    this.length += 1;
  }
}

const DELIMITERS = [',', ';', '\t'] as const;

/** The delimiter that divides the first lines into equally many fields, three and more; '' when there is none. */
function delimiterOf(head: string, least: number): string {
  const lines = head
    .split('\n')
    .slice(0, 8)
    .map((line) => line.replace(/"(?:[^"]|"")*"/g, ''));
  // The last may be cut off.
  if (lines.length > 2) lines.pop();
  for (const delimiter of DELIMITERS) {
    const count = (lines[0] ?? '').split(delimiter).length;
    if (count >= least && lines.every((line) => line.trim() === '' || line.split(delimiter).length === count))
      return delimiter;
  }
  return '';
}

export const csv: TextFormat = {
  name: 'csv',
  title: 'Comma, semicolon or tab separated values',
  fits(head, fileName) {
    if (/\.(?:csv|tsv)$/.test(fileName)) return 65;
    // A header: words only, and no sentence.
    const [first = ''] = head.split('\n', 1);
    return delimiterOf(head, 3) !== '' &&
      head.includes('\n') &&
      /^[\w "./-]+(?:[,;\t][\w "./()-]+){2,}\r?$/.test(first) &&
      !/[,;] /.test(first)
      ? 50
      : 0;
  },
  open: (treatment, write) => new DelayedCsv(treatment, write),
};

/** The first line decides the delimiter. */
class DelayedCsv implements FormatReader {
  private readonly treatment: Treatment;
  private readonly write: (bytes: Uint8Array) => void;
  private reader: CsvReader | undefined;
  private head = new Uint8Array(0);

  constructor(treatment: Treatment, write: (bytes: Uint8Array) => void) {
    this.treatment = treatment;
    this.write = write;
  }

  push(bytes: Uint8Array): void {
    if (this.reader !== undefined) {
      this.reader.push(bytes);
      return;
    }
    this.head = new Uint8Array(Buffer.concat([this.head, bytes]));
    if (this.head.includes(LF) || this.head.length > MAX_HEAD) this.begin();
  }

  end(): void {
    if (this.reader === undefined) this.begin();
    this.reader?.end();
  }

  private begin(): void {
    const end = this.head.indexOf(LF);
    const line = Buffer.prototype.latin1Slice.call(this.head, 0, end < 0 ? Math.min(this.head.length, MAX_HEAD) : end);
    const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
    const best = DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
    this.reader = new CsvReader(this.treatment, this.write, best.charCodeAt(0));
    this.reader.push(this.head);
    this.head = new Uint8Array(0);
  }
}

/** A first line is no longer than this, or its first part decides. */
const MAX_HEAD = 1 << 16;
