import { PLACEHOLDER } from '../../rules/rule.ts';
import { fieldKind } from '../fields.ts';
import { decodeText, encodeText } from '../lines.ts';
import type { Treatment } from '../treatment.ts';
import type { FormatReader, TextFormat } from './format.ts';

/** A field longer than this is a dump: it is left out. */
const MAX_FIELD = 1 << 20;
/** journald allows 64 characters. */
const MAX_NAME = 256;

const LF = 10;
const EQUALS = 0x3d;

/**
 * Journal export format (systemd.io, JOURNAL_EXPORT_FORMATS): `NAME=value`, or `NAME`, a length of 64 bits in little
 * endian and the bytes, each with a line feed; an empty line ends an entry. Lengths are those of what is written.
 */
class JournalExportReader implements FormatReader {
  private readonly treatment: Treatment;
  private readonly write: (bytes: Uint8Array) => void;
  private state: 'name' | 'text' | 'length' | 'bytes' | 'skip' | 'after' | 'lines' = 'name';
  private held = new Uint8Array(4096);
  private length = 0;
  private name = '';
  /** Bytes of a binary field that are still to come. */
  private left = 0;
  private over = 0;

  constructor(treatment: Treatment, write: (bytes: Uint8Array) => void) {
    this.treatment = treatment;
    this.write = write;
    treatment.place.line = 1;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at = this.step(bytes, at);
  }

  end(): void {
    if (this.length === 0 && this.state === 'name') return;
    if (this.state === 'text') this.field('');
    else if (this.state === 'bytes' || this.state === 'skip' || this.state === 'length') {
      this.treatment.fault('an entry that is cut off');
      this.binary();
    } else if (this.length > 0) this.line('');
  }

  private step(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] ?? 0;
    switch (this.state) {
      case 'name':
        if (byte === LF) {
          if (this.length === 0) this.write(Uint8Array.of(LF));
          else if (isName(this.text())) {
            this.name = this.text();
            this.length = 0;
            this.state = 'length';
            return at + 1;
          } else this.line('\n');
          this.treatment.place.line += 1;
        } else if (byte === EQUALS && isName(this.text())) {
          this.name = this.text();
          this.length = 0;
          this.over = 0;
          this.state = 'text';
        } else this.hold(byte, MAX_FIELD);
        return at + 1;
      case 'text': {
        const end = bytes.indexOf(LF, at);
        this.holdAll(bytes.subarray(at, end < 0 ? bytes.length : end));
        if (end < 0) return bytes.length;
        this.field('\n');
        this.treatment.place.line += 1;
        this.state = 'name';
        return end + 1;
      }
      case 'length':
        this.hold(byte, MAX_FIELD);
        if (this.length === 8) {
          this.left = this.lengthValue();
          this.length = 0;
          this.over = 0;
          this.state = this.left > 0 ? 'bytes' : 'after';
          if (this.left === 0) this.binary();
        }
        return at + 1;
      case 'bytes':
      case 'skip': {
        const count = Math.min(this.left, bytes.length - at);
        this.holdAll(bytes.subarray(at, at + count));
        this.left -= count;
        if (this.left === 0) {
          this.binary();
          this.state = 'after';
        }
        return at + count;
      }
      case 'after':
        // The line feed after the bytes is the format's own.
        if (byte !== LF) this.treatment.fault('no line feed after a binary field');
        this.write(Uint8Array.of(LF));
        this.treatment.place.line += 1;
        this.state = 'name';
        return byte === LF ? at + 1 : at;
      default:
        return at + 1;
    }
  }

  private field(ending: string): void {
    const { text, encoding } = decodeText(this.held.subarray(0, this.length));
    const out = this.value(text);
    this.length = 0;
    if (out.includes('\n')) this.writeBinary(encodeText(out, encoding), ending);
    else this.write(encodeText(`${this.name}=${out}${ending}`, encoding));
  }

  private binary(): void {
    const { text, encoding } = decodeText(this.held.subarray(0, this.length));
    const out = this.value(text);
    this.length = 0;
    this.writeBinary(encodeText(out, encoding), '');
  }

  private writeBinary(bytes: Uint8Array, ending: string): void {
    const head = Buffer.alloc(this.name.length + 9);
    head.write(`${this.name}\n`, 'latin1');
    head.writeUInt32LE(bytes.length, this.name.length + 1);
    this.write(head);
    this.write(bytes);
    if (ending !== '') this.write(Buffer.from(ending, 'latin1'));
  }

  private value(text: string): string {
    if (this.over > 0) {
      this.treatment.dropped('field that is too long', this.over);
      return PLACEHOLDER;
    }
    return this.name === '__CURSOR'
      ? this.treatment.value(text, 'text')
      : this.treatment.value(text, fieldKind(this.name));
  }

  /** What is no field: a line of text. */
  private line(ending: string): void {
    this.treatment.fault('a line that is no field');
    const { text, encoding } = decodeText(this.held.subarray(0, this.length));
    this.length = 0;
    this.write(encodeText(this.treatment.value(text, 'text') + ending, encoding));
  }

  private hold(byte: number, cap: number): void {
    if (this.length >= cap) return;
    this.room(1);
    this.held[this.length] = byte;
    this.length += 1;
  }

  private holdAll(part: Uint8Array): void {
    const room = Math.min(part.length, MAX_FIELD - this.length);
    this.over += part.length - room;
    this.room(room);
    this.held.set(part.subarray(0, room), this.length);
    this.length += room;
  }

  private room(count: number): void {
    if (this.length + count <= this.held.length) return;
    const larger = new Uint8Array(Math.max(2 * this.held.length, this.length + count));
    larger.set(this.held.subarray(0, this.length));
    this.held = larger;
  }

  private text(): string {
    return this.length > MAX_NAME ? ' ' : Buffer.prototype.latin1Slice.call(this.held, 0, this.length);
  }

  private lengthValue(): number {
    let value = 0;
    for (let i = 7; i >= 0; i -= 1) value = value * 256 + (this.held[i] ?? 0);
    return value;
  }
}

function isName(text: string): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(text);
}

export const journalExport: TextFormat = {
  name: 'journal-export',
  title: 'Journal export format (journalctl -o export)',
  fits(head, fileName) {
    if (head.startsWith('__CURSOR=')) return 95;
    if (
      /^(?:[A-Z_][A-Z0-9_]{1,63}=[^\n]*\n){2,}/.test(head) &&
      /(?:^|\n)(?:MESSAGE|_BOOT_ID|__REALTIME_TIMESTAMP)=/.test(head)
    )
      return 92;
    return fileName.endsWith('.export') && /^[A-Z_]+[=\n]/.test(head) ? 80 : 0;
  },
  open: (treatment, write) => new JournalExportReader(treatment, write),
};
