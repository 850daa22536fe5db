import type { Fault, FaultCode, Limit, Span } from './fault.ts';

/** How a field's bytes are to be read by a person; `values.ts` makes the text. */
export type FieldType =
  | 'uint'
  | 'int'
  | 'flags'
  | 'bool'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'bytes'
  | 'text'
  | 'domain'
  | 'uuid'
  /** As `uuid`, with the first three fields little-endian (SMBIOS 7.2.1). */
  | 'guid'
  | 'group';

/** More faults than this in one message say nothing new; the count goes on. */
const MAX_FAULTS = 32;
/** Windows inside windows: DHCPv6 relay nesting (8) over IA trees and sub-options stays far below. */
const MAX_DEPTH = 32;

/**
 * Reads a message field by field. Bounds live here and nowhere else: a decoder never indexes bytes, never compares
 * lengths and never throws. Every method takes the field's name as a constant string, used only by a fault (and by
 * `TracingCursor`, which turns the same calls into the rows of `explain`).
 *
 * A fixed part is asked for whole with `need`; after `need` said no, a decoder must not read on: a read past the end
 * sets a fault, `failed`, and yields -1 (never a zero that was not on the wire).
 */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  limit: Limit = 'captured';
  failed = false;
  faults: Fault[] = [];
  /** Faults beyond MAX_FAULTS that were counted and not kept. */
  faultsLost = 0;
  /** True in `TracingCursor`: a decoder then also reads values that only people need. */
  readonly tracing: boolean = false;

  protected depth = 0;
  private readonly ends = new Int32Array(MAX_DEPTH);
  private readonly limits: Limit[] = Array.from({ length: MAX_DEPTH }, () => '');
  protected readonly names: string[] = Array.from({ length: MAX_DEPTH }, () => '');
  protected readonly indexes = new Int32Array(MAX_DEPTH);

  /** Opens the cursor on `bytes[at, end)`; `limit` names what set `end`. Forgets all faults. */
  open(bytes: Uint8Array, at: number, end: number, limit: Limit): this {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.limit = limit;
    this.depth = 0;
    this.failed = false;
    this.faultsLost = 0;
    if (this.faults.length > 0) this.faults = [];
    return this;
  }

  /** Bytes left in the present window. */
  get left(): number {
    return this.end - this.at;
  }

  /** True when `n` more bytes are there; else a `cut` fault at `name`. */
  need(n: number, name: string): boolean {
    if (this.end - this.at >= n) return true;
    this.fault('cut', name, n, this.end - this.at);
    return false;
  }

  u8(name: string): number {
    const { at } = this;
    if (at + 1 > this.end) return this.short(1, name);
    this.at = at + 1;
    return this.bytes[at]!;
  }

  u16(name: string): number {
    const { at, bytes } = this;
    if (at + 2 > this.end) return this.short(2, name);
    this.at = at + 2;
    return bytes[at]! * 256 + bytes[at + 1]!;
  }

  u24(name: string): number {
    const { at, bytes } = this;
    if (at + 3 > this.end) return this.short(3, name);
    this.at = at + 3;
    return bytes[at]! * 65536 + bytes[at + 1]! * 256 + bytes[at + 2]!;
  }

  u32(name: string): number {
    const { at } = this;
    if (at + 4 > this.end) return this.short(4, name);
    this.at = at + 4;
    return read32(this.bytes, at);
  }

  /** 64 bits as a span: the number may pass 2^53, and nobody computes with it. */
  u64(name: string): Span {
    return this.span(8, name, 'uint');
  }

  /** An enumeration or bit field: as `u8`, shown in hexadecimal. */
  flags8(name: string): number {
    return this.u8(name);
  }

  flags16(name: string): number {
    return this.u16(name);
  }

  flags32(name: string): number {
    return this.u32(name);
  }

  /** An IPv4 address as an unsigned 32-bit number. */
  ipv4(name: string): number {
    return this.u32(name);
  }

  /** A 48-bit MAC address as a number (exact in a double). */
  mac(name: string): number {
    const { at } = this;
    if (at + 6 > this.end) return this.short(6, name);
    this.at = at + 6;
    return read48(this.bytes, at);
  }

  /** An IPv6 address: 16 characters, one a byte (`latin1`), or '' when cut. Usable as a Map key; `values.ts` prints it. */
  ipv6(name: string): string {
    const { at } = this;
    if (at + 16 > this.end) {
      this.short(16, name);
      return '';
    }
    this.at = at + 16;
    return latin1(this.bytes, at, at + 16);
  }

  /** `n` bytes as a span; when fewer are there, those that are, with a fault. */
  span(n: number, name: string, _as: FieldType = 'bytes'): Span {
    const { at } = this;
    const have = this.end - at;
    if (n <= have) {
      this.at = at + n;
      return { at, length: n };
    }
    this.fault('cut', name, n, have);
    this.failed = true;
    this.at = this.end;
    return { at, length: have };
  }

  /** All that is left in the window. */
  rest(name: string, as: FieldType = 'bytes'): Span {
    return this.span(this.end - this.at, name, as);
  }

  skip(n: number, name: string): void {
    this.span(n, name);
  }

  /** The next byte without moving, or -1 at the end of the window: for loops over options. */
  peek(): number {
    return this.at < this.end ? this.bytes[this.at]! : -1;
  }

  /** The byte `ahead` places on without moving, or -1 beyond the window. */
  peekAt(ahead: number): number {
    const at = this.at + ahead;
    return at >= this.at && at < this.end ? this.bytes[at]! : -1;
  }

  /** Moves to an absolute offset inside the opened bytes and window; false (with a fault) when outside. For name compression. */
  seek(to: number, name: string): boolean {
    if (to >= 0 && to <= this.end) {
      this.at = to;
      return true;
    }
    this.fault('value', name, to, this.end);
    return false;
  }

  /**
   * Opens a window of `n` bytes named `name` (`index` >= 0 for an entry of a list): reads inside cannot pass it. When
   * fewer bytes are there than `n`, a fault is set and the window ends where they do. False when windows are nested
   * deeper than is ever legitimate; then nothing was opened and nothing may be closed.
   */
  enter(n: number, name: string, index: number, limit: Limit): boolean {
    if (this.depth >= MAX_DEPTH) {
      this.fault('excess', name, this.depth, MAX_DEPTH);
      return false;
    }
    let end = this.at + n;
    if (end > this.end) {
      this.fault('cut', index < 0 ? name : `${name}[${index}]`, n, this.end - this.at);
      end = this.end;
    }
    const { depth } = this;
    this.ends[depth] = this.end;
    this.limits[depth] = this.limit;
    this.names[depth] = name;
    this.indexes[depth] = index;
    this.depth = depth + 1;
    if (end < this.end) {
      this.end = end;
      this.limit = limit;
    }
    return true;
  }

  /** Closes the present window and stands at its end, whatever was left unread in it. */
  leave(): void {
    const depth = this.depth - 1;
    this.at = this.end;
    this.end = this.ends[depth]!;
    this.limit = this.limits[depth]!;
    this.depth = depth;
  }

  /** Says what the last read number means, as a message type's name. Only `TracingCursor` listens. */
  means(_label: string): void {}

  /** Rows that were written down: 0 where none are. */
  get rowCount(): number {
    return 0;
  }

  /**
   * Moves the rows since `firstRow` to the places that `map` says, for a value that was put together from several pieces
   * of the message (RFC 3396) and read from its own buffer. `map` gives the place of one byte, and how many follow it there.
   */
  relocate(_firstRow: number, _map: (at: number) => Span): void {}

  /** Records something wrong at the present place. */
  fault(code: FaultCode, name: string, need: number, have: number, at = this.at): void {
    if (this.faults.length >= MAX_FAULTS) {
      this.faultsLost += 1;
      return;
    }
    this.faults.push({ code, path: this.path(name), at, need, have, limit: this.limit });
  }

  /** The path of `name` at the present place, as `options[3].suboptions[0].data`. */
  path(name: string): string {
    let path = '';
    for (let i = 0; i < this.depth; i += 1) {
      const index = this.indexes[i]!;
      path += index < 0 ? `${this.names[i]!}.` : `${this.names[i]!}[${index}].`;
    }
    return path + name;
  }

  protected short(n: number, name: string): -1 {
    this.fault('cut', name, n, this.end - this.at);
    this.failed = true;
    this.at = this.end;
    return -1;
  }
}

/** 32 bits, big-endian, unsigned. The caller has checked the bounds. */
export function read32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** 48 bits, big-endian: a MAC address as a number. The caller has checked the bounds. */
export function read48(bytes: Uint8Array, at: number): number {
  return (bytes[at]! * 256 + bytes[at + 1]!) * 4294967296 + read32(bytes, at + 2);
}

/** Bytes as a string of the same length, one character a byte: a compact Map key. */
export function latin1(bytes: Uint8Array, at: number, end: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, at, end);
}
