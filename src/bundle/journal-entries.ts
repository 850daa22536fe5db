import { createReadStream } from 'node:fs';
import type { TimelineEntry } from './timeline.ts';

/** Bytes of the fields of one entry that are held: what a timeline keeps of it. */
const MAX_HELD = 64 * 1024;
/** Of one line that has no `=` yet: the name of a field has 64 characters. */
const MAX_NAME = 256;
const CHUNK = 256 * 1024;
const LF = 10;
const TIME = '__REALTIME_TIMESTAMP';

/** Entries of a journal in export format (systemd.io, JOURNAL_EXPORT_FORMATS), in its order; those without a time are left out. */
export async function* journalEntries(path: string): AsyncGenerator<TimelineEntry, void, void> {
  const parser = new EntryParser();
  for await (const piece of createReadStream(path, { highWaterMark: CHUNK })) {
    parser.push(piece as Buffer);
    yield* parser.taken();
  }
  parser.end();
  yield* parser.taken();
}

/** Cuts bytes into entries, whatever way they come. */
class EntryParser {
  private state: 'line' | 'length' | 'bytes' | 'after' = 'line';
  private held: Buffer[] = [];
  private size = 0;
  private left = 0;
  private name = '';
  private fields = new Map<string, string>();
  private total = 0;
  private entries: TimelineEntry[] = [];

  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at = this.step(bytes, at);
  }

  /** The last entry may lack its empty line. */
  end(): void {
    if (this.state === 'line' && this.size > 0) this.line();
    this.entry();
  }

  *taken(): Generator<TimelineEntry, void, void> {
    const full = this.entries;
    this.entries = [];
    yield* full;
  }

  private step(bytes: Buffer, at: number): number {
    switch (this.state) {
      case 'line': {
        const end = bytes.indexOf(LF, at);
        this.hold(bytes.subarray(at, end < 0 ? bytes.length : end));
        if (end < 0) return bytes.length;
        this.line();
        return end + 1;
      }
      case 'length': {
        const count = Math.min(8 - this.size, bytes.length - at);
        this.hold(bytes.subarray(at, at + count));
        if (this.size === 8) {
          const length = this.take().readBigUInt64LE(0);
          this.left = length > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(length);
          this.state = this.left > 0 ? 'bytes' : 'after';
        }
        return at + count;
      }
      case 'bytes': {
        const count = Math.min(this.left, bytes.length - at);
        this.hold(bytes.subarray(at, at + count));
        this.left -= count;
        if (this.left === 0) this.state = 'after';
        return at + count;
      }
      default:
        this.field(this.name, this.take().toString('utf8'));
        this.state = 'line';
        return bytes[at] === LF ? at + 1 : at;
    }
  }

  private line(): void {
    if (this.size === 0) {
      this.entry();
      return;
    }
    const text = this.take().toString('utf8');
    const equals = text.indexOf('=');
    if (equals > 0) this.field(text.slice(0, equals), text.slice(equals + 1));
    else if (text.length <= MAX_NAME) {
      this.name = text;
      this.state = 'length';
    }
  }

  private field(name: string, value: string): void {
    this.total += name.length + value.length;
    if (this.total <= MAX_HELD || name === TIME) this.fields.set(name, value);
  }

  private entry(): void {
    const { fields } = this;
    if (fields.size === 0) return;
    this.fields = new Map();
    this.total = 0;
    const time = Number(fields.get(TIME) ?? '');
    fields.delete(TIME);
    // What a journal calls its place in itself says nothing beside the entry.
    fields.delete('__CURSOR');
    if (Number.isSafeInteger(time) && time > 0) this.entries.push({ time, fields });
  }

  private hold(part: Buffer): void {
    const room = part.subarray(0, Math.max(0, MAX_HELD - this.size));
    // The reader's buffer is its own; a copy is kept only of what waits for more.
    if (room.length > 0) this.held.push(Buffer.from(room));
    this.size += room.length;
  }

  private take(): Buffer {
    const bytes = Buffer.concat(this.held);
    this.held = [];
    this.size = 0;
    return bytes;
  }
}
