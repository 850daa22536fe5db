import type { Cursor } from '../../cursor.ts';
import type { Span } from '../../fault.ts';
import { fits } from './format.ts';
import { definitionOf, isAlone } from './options.ts';
import { indexOf, joinPieces } from './read.ts';
import { AREA, AREA_NAMES, STRIDE } from './record.ts';
import type { Dhcp4Record } from './record.ts';
import { COOKIE, HEADER, isSuspect, timesMet } from './scan.ts';

/**
 * Reads options one by one: those that the scan found suspect, for their faults; all of them when a person looks on. The
 * cursor stands after the fixed part.
 */
export function readOptions(c: Cursor, record: Dhcp4Record): void {
  const start = record.sname.at - 44 + HEADER;
  const { options } = record;
  if (c.tracing) {
    c.seek(start, 'cookie');
    if (record.cookie >= 0) c.flags32('cookie');
  }
  if (record.cookie !== COOKIE) {
    if (c.tracing && c.left > 0) c.rest('vendor');
    return;
  }
  const next = [0, 0, 0];
  for (let i = 0; i < options.length; i += STRIDE) {
    const code = options[i] ?? 0;
    const area = options[i + 3] ?? 0;
    const index = next[area] ?? 0;
    next[area] = index + 1;
    if (c.tracing || isSuspect(code)) readOption(c, record, i, AREA_NAMES[area] ?? 'options', index);
  }
  if (!c.tracing) return;
  readAreaEnd(c, record, AREA.file, record.file.at, FILE_BYTES);
  readAreaEnd(c, record, AREA.sname, record.sname.at, SNAME_BYTES);
  if (record.optionsEnd >= 0) readEnd(c, record, next[0] ?? 0);
}

/** RFC 2131 2. */
const SNAME_BYTES = 64;
const FILE_BYTES = 128;

/** The END of the options that stand in the file or sname field, after padding or not (RFC 2132 9.3). */
function readAreaEnd(c: Cursor, record: Dhcp4Record, area: 1 | 2, from: number, length: number): void {
  // `AREA` numbers the fields as the bits of option 52 do.
  if ((record.overload & area) === 0 || record.overload > 3) return;
  const { options } = record;
  let at = from;
  for (let i = 0; i < options.length; i += STRIDE) {
    if (options[i + 3] === area) at = Math.max(at, (options[i + 1] ?? 0) + (options[i + 2] ?? 0));
  }
  const end = from + length;
  if (!c.seek(at, 'end')) return;
  while (at < end && c.peekAt(at - c.at) === 0) at += 1;
  if (at < end && c.seek(at, 'end') && c.peek() === 255) c.u8(`${AREA_NAMES[area]}End`);
}

function readOption(c: Cursor, record: Dhcp4Record, i: number, name: string, index: number): void {
  const { options } = record;
  const code = options[i] ?? 0;
  const at = options[i + 1] ?? 0;
  const length = options[i + 2] ?? 0;
  const { name: title, format } = definitionOf(code);
  if (!c.seek(at - 2, name) || !c.enter(2 + length, name, index, 'option length')) return;
  c.means(title);
  c.u8('code');
  c.u8('length');
  const repeated = timesMet(code) > 1;
  if (!repeated || isAlone(code, length)) {
    // A fixed value that stands again is no piece of the first (RFC 3396 4 splits only what is too long for one).
    if (repeated && indexOf(record, code, 0) !== i) {
      c.fault('duplicate', 'code', code, timesMet(code), at - 2);
    }
    if (fits(format, length)) format.read(c, record);
    else c.fault('length', 'length', format.min, length, at - 1);
  } else if (indexOf(record, code, i + STRIDE) < 0) {
    readJoined(c, record, code);
  }
  if (c.left > 0) c.rest('data');
  c.leave();
}

/** The value of an option in several pieces, read where the last of them stands. */
function readJoined(c: Cursor, record: Dhcp4Record, code: number): void {
  const { format } = definitionOf(code);
  const joined = joinPieces(record, c.bytes, code);
  const { bytes, at, end } = c;
  if (!fits(format, joined.length)) {
    c.fault('length', 'length', format.min, joined.length, at - 1);
    return;
  }
  const firstRow = c.rowCount;
  const firstFault = c.faults.length;
  c.bytes = joined;
  c.at = 0;
  c.end = joined.length;
  format.read(c, record);
  c.bytes = bytes;
  c.at = at;
  c.end = end;
  const pieces = piecesOf(record, code);
  for (let i = firstFault; i < c.faults.length; i += 1) {
    const fault = c.faults[i];
    if (fault !== undefined) fault.at = placeOf(pieces, fault.at).at;
  }
  if (c.tracing) c.relocate(firstRow, (p) => placeOf(pieces, p));
}

/** One piece of a value: where it begins in the whole value and in the message, and its length. */
interface Piece {
  from: number;
  at: number;
  length: number;
}

function piecesOf(record: Dhcp4Record, code: number): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let i = indexOf(record, code, 0); i >= 0; i = indexOf(record, code, i + STRIDE)) {
    const length = record.options[i + 2] ?? 0;
    pieces.push({ from, at: record.options[i + 1] ?? 0, length });
    from += length;
  }
  return pieces;
}

/** Where byte `p` of the whole value stands in the message, and how many bytes follow it there. */
function placeOf(pieces: readonly Piece[], p: number): Span {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((pieces[middle]?.from ?? 0) <= p) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  if (piece === undefined) return { at: 0, length: 0 };
  const into = Math.min(p - piece.from, piece.length);
  return { at: piece.at + into, length: piece.length - into };
}

/** What a person sees after the options: END and padding, or an option that passes the end. */
function readEnd(c: Cursor, record: Dhcp4Record, index: number): void {
  const { brokenOption, optionsEnd } = record;
  if (brokenOption === optionsEnd) {
    if (!c.seek(brokenOption, 'options') || !c.enter(c.end - brokenOption, 'options', index, c.limit)) return;
    c.means(definitionOf(c.u8('code')).name);
    if (c.left > 0) c.u8('length');
    if (c.left > 0) c.rest('data');
    c.leave();
  } else {
    const last = lastEnd(record);
    if (last < optionsEnd && c.seek(optionsEnd - 1, 'end') && c.peek() === 255) c.u8('end');
    else c.seek(optionsEnd, 'end');
  }
  if (c.left > 0) c.rest('padding');
}

/** Offset after the last option of the options field: a byte of 255 before it is data, not END. */
function lastEnd(record: Dhcp4Record): number {
  const { options } = record;
  for (let i = options.length - STRIDE; i >= 0; i -= STRIDE) {
    if (options[i + 3] === 0) return (options[i + 1] ?? 0) + (options[i + 2] ?? 0);
  }
  return -1;
}
