import { Cursor, latin1, read32, read48 } from './cursor.ts';
import type { FieldType } from './cursor.ts';
import type { Fault, FaultCode, Limit, Span } from './fault.ts';
import { domainNames, hexText, ipv4Text, ipv6Text, macText, uintValue, uuidText, wireText } from './values.ts';
import type { WireText } from './values.ts';

/**
 * What a field holds, ready for a person or for JSON: addresses and UUIDs as text, opaque bytes in lower hex, numbers
 * over 2^53 as decimal strings, domain names as a list, wire text that is not clean as `{ hex, text }`.
 */
export type RowValue = number | boolean | WireText | string[];

/** One field of a message, as `explain` shows it. */
export interface Row {
  /** Field path in the protocol's own terms, as `options[3].length`. */
  path: string;
  /** Offset into the bytes that the cursor was opened on. */
  at: number;
  /** Bytes that the field takes; 0 for one that is missing. */
  length: number;
  /** `group` for a window: the rows whose paths begin with its own stand inside it. */
  type: FieldType;
  /** Absent for a group, and for a field that is not there. */
  value?: RowValue;
  /** What the value stands for, as a message type's name. */
  label?: string;
  /** The first thing wrong with this field. */
  fault?: Fault;
}

/**
 * A cursor that writes down every read. The decoders are the same and so are their faults; only `rows` is new. Slow by
 * intent: for `explain` and `decode`, not for analysis.
 */
export class TracingCursor extends Cursor {
  override readonly tracing = true;
  /** In the order of reading; a group stands before what is inside it. */
  rows: Row[] = [];
  /** Rows that a fault made for a field that had none yet: the read may still come. */
  private readonly awaited = new Set<Row>();

  override open(bytes: Uint8Array, at: number, end: number, limit: Limit): this {
    this.rows = [];
    this.awaited.clear();
    return super.open(bytes, at, end, limit);
  }

  override u8(name: string): number {
    return this.number(1, name, 'uint', super.u8(name));
  }

  override u16(name: string): number {
    return this.number(2, name, 'uint', super.u16(name));
  }

  override u24(name: string): number {
    return this.number(3, name, 'uint', super.u24(name));
  }

  override u32(name: string): number {
    return this.number(4, name, 'uint', super.u32(name));
  }

  override flags8(name: string): number {
    return this.number(1, name, 'flags', super.u8(name));
  }

  override flags16(name: string): number {
    return this.number(2, name, 'flags', super.u16(name));
  }

  override flags32(name: string): number {
    return this.number(4, name, 'flags', super.u32(name));
  }

  override ipv4(name: string): number {
    return this.number(4, name, 'ipv4', super.u32(name));
  }

  override mac(name: string): number {
    return this.number(6, name, 'mac', super.mac(name));
  }

  override ipv6(name: string): string {
    const address = super.ipv6(name);
    if (address !== '') this.row(name, 16, 'ipv6', ipv6Text(address));
    return address;
  }

  override span(n: number, name: string, as: FieldType = 'bytes'): Span {
    const span = super.span(n, name, as);
    this.row(name, span.length, as, valueOf(this.bytes, span, as));
    return span;
  }

  override enter(n: number, name: string, index: number, limit: Limit): boolean {
    const path = this.path(index < 0 ? name : `${name}[${index}]`);
    const length = Math.min(n, this.left);
    const entered = super.enter(n, name, index, limit);
    if (entered) this.put({ path, at: this.at, length, type: 'group' });
    return entered;
  }

  override means(label: string): void {
    const last = this.rows.at(-1);
    if (last !== undefined) last.label = label;
  }

  override fault(code: FaultCode, name: string, need: number, have: number, at = this.at): void {
    const before = this.faults.length;
    super.fault(code, name, need, have, at);
    const fault = this.faults[before];
    if (fault === undefined) return;
    const known = this.rows.findLast((row) => row.path === fault.path);
    if (known !== undefined) {
      known.fault ??= fault;
      return;
    }
    const row: Row = { path: fault.path, at, length: 0, type: 'bytes', fault };
    this.rows.push(row);
    this.awaited.add(row);
  }

  override get rowCount(): number {
    return this.rows.length;
  }

  /** A row shows the bytes of it that stand in its first piece. */
  override relocate(firstRow: number, map: (at: number) => Span): void {
    for (let i = firstRow; i < this.rows.length; i += 1) {
      const row = this.rows[i];
      if (row === undefined) continue;
      const place = map(row.at);
      row.at = place.at;
      row.length = Math.min(row.length, place.length);
    }
  }

  private number(length: number, name: string, type: FieldType, value: number): number {
    if (value < 0) return value;
    const text = type === 'ipv4' ? ipv4Text(value) : type === 'mac' ? macText(value) : value;
    this.row(name, length, type, text);
    return value;
  }

  /** A row for the `length` bytes that were just read. */
  private row(name: string, length: number, type: FieldType, value: RowValue): void {
    this.put({ path: this.path(name), at: this.at - length, length, type, value });
  }

  private put(row: Row): void {
    for (const waiting of this.awaited) {
      if (waiting.path !== row.path) continue;
      this.awaited.delete(waiting);
      this.rows.splice(this.rows.indexOf(waiting), 1);
      if (waiting.fault !== undefined) row.fault = waiting.fault;
    }
    this.rows.push(row);
  }
}

function valueOf(bytes: Uint8Array, span: Span, type: FieldType): RowValue {
  const { at, length } = span;
  switch (type) {
    case 'text':
      return wireText(bytes, span);
    case 'domain':
      return domainNames(bytes, span).names;
    case 'uuid':
    case 'guid':
      return length === 16 ? uuidText(bytes, span, type === 'guid') : hexText(bytes, span);
    case 'ipv4':
      return length === 4 ? ipv4Text(read32(bytes, at)) : hexText(bytes, span);
    case 'ipv6':
      return length === 16 ? ipv6Text(latin1(bytes, at, at + length)) : hexText(bytes, span);
    case 'mac':
      return length === 6 ? macText(read48(bytes, at)) : (hexText(bytes, span).match(/../g) ?? []).join(':');
    case 'uint':
    case 'flags':
      return length >= 1 && length <= 8 ? uintValue(bytes, span) : hexText(bytes, span);
    case 'int':
      return length >= 1 && length <= 8 ? intValue(bytes, span) : hexText(bytes, span);
    case 'bool':
      return length === 1 ? bytes[at] !== 0 : hexText(bytes, span);
    case 'bytes':
    case 'group':
      return hexText(bytes, span);
  }
}

function intValue(bytes: Uint8Array, span: Span): number | string {
  const signed = BigInt.asIntN(span.length * 8, BigInt(`0x${hexText(bytes, span)}`));
  const exact = signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER);
  return exact ? Number(signed) : signed.toString();
}

/** A message as a plain JSON object. */
export type JsonValue = RowValue | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/**
 * Rows as a nested object: `options[3].length` becomes `{ options: [ …, { length } ] }`. A group's label stands in it as
 * `name`; a field's label stands beside it as `<field>Name` (`codeNames` beside a list `codes`). A field without a value (cut,
 * missing) is left out: its fault tells of it. So is padding that is all zero.
 */
export function rowsToJson(rows: readonly Row[]): JsonObject {
  const root: JsonObject = {};
  const groups = new Map<string, JsonObject>([['', root]]);
  for (const row of rows) {
    const dot = row.path.lastIndexOf('.');
    const parent = groupAt(groups, dot < 0 ? '' : row.path.slice(0, dot));
    if (row.type === 'group') {
      const group = groupAt(groups, row.path);
      if (row.label !== undefined) group['name'] ??= row.label;
    } else if (row.value !== undefined && !isZeroPadding(row)) {
      putField(parent, row.path.slice(dot + 1), row.value, row.label);
    }
  }
  return root;
}

function isZeroPadding(row: Row): boolean {
  const { path, type, value } = row;
  return type === 'bytes' && /[pP]adding$/.test(path) && typeof value === 'string' && /^0*$/.test(value);
}

function groupAt(groups: Map<string, JsonObject>, path: string): JsonObject {
  const known = groups.get(path);
  if (known !== undefined) return known;
  const made: JsonObject = {};
  groups.set(path, made);
  const dot = path.lastIndexOf('.');
  const parent = groupAt(groups, dot < 0 ? '' : path.slice(0, dot));
  putField(parent, path.slice(dot + 1), made, undefined);
  return made;
}

function putField(parent: JsonObject, field: string, value: JsonValue, label: string | undefined): void {
  const bracket = field.indexOf('[');
  const key = bracket < 0 ? field : field.slice(0, bracket);
  const present = parent[key];
  // A field that is read twice under one name is a list.
  const list = bracket >= 0 || present !== undefined;
  if (!list) {
    parent[key] = value;
    if (label !== undefined) parent[`${key}Name`] = label;
    return;
  }
  const values: JsonValue[] = Array.isArray(present) ? present : present === undefined ? [] : [present];
  values.push(value);
  parent[key] = values;
  if (label === undefined) return;
  const labelsKey = `${key.replace(/s$/, '')}Names`;
  const named = parent[labelsKey];
  const labels: JsonValue[] = Array.isArray(named) ? named : [];
  while (labels.length < values.length - 1) labels.push(null);
  labels.push(label);
  parent[labelsKey] = labels;
}
