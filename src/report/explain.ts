import { CLAIMS } from '../wire/dissect.ts';
import type { Envelope } from '../wire/envelope.ts';
import type { Fault } from '../wire/fault.ts';
import { headersOf } from '../wire/headers.ts';
import type { Layers } from '../wire/layers.ts';
import { Decoder } from '../wire/dissect.ts';
import { TracingCursor, type Row, type RowValue } from '../wire/trace.ts';
import { safeText } from '../wire/values.ts';
import { sightOf } from '../flow/sight.ts';
import { faultJson, headers } from './decode.ts';
import { momentOf, type Names } from './names.ts';

/** Columns of a field's raw bytes. */
const HEX = 13;
/** Bytes shown of one value in text; `--format json` has all. */
const MAX_SHOWN = 32;

/** A header of a frame: its name, where it begins, and its fields. */
export interface LayerRow {
  name: string;
  at: number;
  spec: string;
  fields: FieldRow[];
}

/** One field of the message, with the bytes that it was read from. */
export interface FieldRow {
  at: number;
  length: number;
  hex: string;
  path: string;
  type: Row['type'];
  value?: RowValue;
  label?: string;
  fault?: Fault;
}

/** One frame, taken apart. */
export interface Explanation {
  capture: string;
  frame: number;
  time: string;
  segment: string;
  layers: LayerRow[];
  headers: Record<string, unknown>;
  /** '' when no protocol here reads the frame. */
  protocol: string;
  kind: string;
  spec: readonly string[];
  /** Offsets are into the frame, or into the datagram where it was put together of fragments. */
  fields: FieldRow[];
  faults: Fault[];
}

/** Takes the message in the envelope apart; `layers` are of the frame's own walk. */
export function explainRecord(claim: number, e: Envelope, layers: LayerRow[], names: Names): Explanation {
  const cursor = new TracingCursor();
  const record = new Decoder(cursor).decode(claim, e);
  const protocol = CLAIMS.protocols[claim - 1];
  return {
    ...momentOf(sightOf(e), names),
    segment: names.segment(e.segment),
    layers,
    headers: headers(e),
    protocol: record.protocol,
    kind: protocol?.kindOf(record) ?? '',
    spec: protocol?.spec ?? [],
    fields: cursor.rows.map((row) => fieldOf(row, e)),
    faults: record.faults.map((fault) => ({ ...fault, at: fault.at - e.start })),
  };
}

/** The headers that a walk over `bytes[start, end)` found, outermost first, field by field. */
export function layerRows(walk: Layers, bytes: Uint8Array, start: number, end: number): LayerRow[] {
  const cursor = new TracingCursor();
  return headersOf(walk).map(({ header, at }) => {
    header.read(cursor.open(bytes, at, end, 'captured'));
    const fields = cursor.rows.map((row) => fieldOf(row, { bytes, start, end }));
    return { name: header.name, at: at - start, spec: header.spec, fields };
  });
}

function fieldOf(row: Row, e: Pick<Envelope, 'bytes' | 'start' | 'end'>): FieldRow {
  const { fault, at, ...rest } = row;
  const end = Math.min(at + row.length, e.end);
  return {
    ...rest,
    at: at - e.start,
    hex: row.type === 'group' ? '' : Buffer.from(e.bytes.subarray(at, end)).toString('hex'),
    ...(fault === undefined ? {} : { fault: { ...fault, at: fault.at - e.start } }),
  };
}

/** Offset, length, bytes, name, value and fault of each field, one a line: headers first, outermost first. */
export function explanationText(one: Explanation): string {
  const lines = [`${safeText(one.capture)} frame ${one.frame}  ${one.time}  ${safeText(one.segment)}`];
  for (const { name, spec, fields } of one.layers) lines.push('', `${name}  (${spec})`, ...fieldLines(fields));
  if (one.layers.length === 0) lines.push('', 'no header that is known here');
  if (one.protocol === '') {
    lines.push('', 'nothing that is decoded here: rackwitness list protocols says what is');
    return `${lines.join('\n')}\n`;
  }
  lines.push('', `${one.protocol} ${one.kind}  (${one.spec.join(', ')})`, ...fieldLines(one.fields));
  const shown = new Set(one.fields.flatMap(({ fault }) => (fault === undefined ? [] : faultText(fault))));
  const others = one.faults.map(faultText).filter((text) => !shown.has(text));
  for (const fault of others) lines.push(`${' '.repeat(12)}! ${fault}`);
  return `${lines.join('\n')}\n`;
}

function fieldLines(fields: readonly FieldRow[]): string[] {
  const lines: string[] = [];
  const width = Math.min(48, Math.max(...fields.map((field) => indented(field).length), 0));
  for (const field of fields) {
    const place = `${String(field.at).padStart(5)} ${String(field.length).padStart(4)}`;
    const bytes = field.hex.length > HEX ? `${field.hex.slice(0, HEX - 1)}…` : field.hex;
    lines.push(`${place}  ${bytes.padEnd(HEX)}  ${indented(field).padEnd(width)}  ${valueText(field)}`.trimEnd());
    if (field.fault !== undefined) lines.push(`${' '.repeat(12)}! ${faultText(field.fault)}`);
  }
  return lines;
}

/** A field of a group stands under it: its own name, indented by its depth. */
function indented({ path }: FieldRow): string {
  const depth = path.split('.').length - 1;
  return '  '.repeat(depth) + path.slice(path.lastIndexOf('.') + 1);
}

function valueText(field: FieldRow): string {
  const label = field.label === undefined ? '' : ` ${safeText(field.label)}`;
  if (field.value === undefined) return label.trim();
  const { value } = field;
  if (field.type === 'flags' && typeof value === 'number') {
    return `0x${value.toString(16).padStart(field.length * 2, '0')}${label}`;
  }
  if (field.type === 'bytes' && typeof value === 'string') {
    return `${shortHex(value)}${label}`;
  }
  if (Array.isArray(value)) return `${safeText(value.join(' '))}${label}`;
  if (typeof value === 'object') return `${safeText(value.text)} (${shortHex(value.hex)})${label}`;
  return `${typeof value === 'string' ? safeText(value) : String(value)}${label}`;
}

function shortHex(hex: string): string {
  return hex.length <= 2 * MAX_SHOWN ? hex : `${hex.slice(0, 2 * MAX_SHOWN)}… ${hex.length / 2} bytes`;
}

function faultText({ code, path, need, have, limit }: Fault): string {
  return `${code} at ${safeText(path)}: needs ${need}, has ${have} (bounded by ${safeText(limit)})`;
}

/** The same for machines. */
export function explanationJson(one: Explanation): object {
  const plain = (field: FieldRow): object => ({
    ...field,
    ...(field.fault === undefined ? {} : { fault: faultJson(field.fault) }),
  });
  return {
    ...one,
    layers: one.layers.map((layer) => ({ ...layer, fields: layer.fields.map(plain) })),
    fields: one.fields.map(plain),
  };
}
