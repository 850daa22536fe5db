import fc from 'fast-check';
import { expect } from 'vitest';
import { Cursor } from '../../src/wire/cursor.ts';
import type { Envelope } from '../../src/wire/envelope.ts';
import type { Protocol, RecordBase } from '../../src/wire/protocol.ts';
import { TracingCursor } from '../../src/wire/trace.ts';
import type { Row } from '../../src/wire/trace.ts';

/** An envelope with nothing known but the payload's place: the whole of `bytes`. */
export function envelopeOf(bytes: Uint8Array, fields: Partial<Envelope> = {}): Envelope {
  return {
    capture: 0,
    frame: 1,
    file: 0,
    sec: 0,
    nsec: 0,
    time: 0,
    segment: 0,
    bytes,
    start: 0,
    end: bytes.length,
    ethSrc: -1,
    ethDst: -1,
    etherType: -1,
    direction: -1,
    vlan: 0,
    ipVersion: 0,
    ipSrc: -1,
    ipDst: -1,
    ttl: -1,
    ipId: -1,
    ipProtocol: -1,
    srcPort: -1,
    dstPort: -1,
    tcpFlags: -1,
    tcpSeq: -1,
    payload: 0,
    payloadEnd: bytes.length,
    payloadLength: bytes.length,
    extensionHeaders: false,
    reassembled: false,
    tunnels: 0,
    ...fields,
  };
}

/** Decodes a payload that is all of `bytes`; the length fields set its end unless `limit` says otherwise. */
export function decode<R extends RecordBase>(
  protocol: Protocol<R>,
  bytes: Uint8Array,
  fields: Partial<Envelope> = {},
  limit = 'length field',
): R {
  return protocol.decode(new Cursor().open(bytes, 0, bytes.length, limit), envelopeOf(bytes, fields));
}

/** As `decode`, and the rows that a person would see. */
export function trace<R extends RecordBase>(
  protocol: Protocol<R>,
  bytes: Uint8Array,
  fields: Partial<Envelope> = {},
): { record: R; rows: Row[] } {
  const cursor = new TracingCursor();
  cursor.open(bytes, 0, bytes.length, 'length field');
  const record = protocol.decode(cursor, envelopeOf(bytes, fields));
  return { record, rows: cursor.rows };
}

/** A record as a whole one: fails the test when it was cut. */
export function whole<R extends RecordBase>(record: R): Exclude<R, { cut: object }> {
  expect(record.cut, 'the record was cut').toBeUndefined();
  return record as Exclude<R, { cut: object }>;
}

/**
 * Decodes every prefix of a message, as a snap length leaves it: no crash; every kind is a declared one; every prefix says that it is
 * one (a fault) unless it ends where a message may; and nothing in it that the whole message does not say: each value is
 * that of the whole message or absent (-1, '', false, undefined, a shorter list or span). `except` names fields that may differ.
 */
export function everyPrefix<R extends RecordBase>(
  protocol: Protocol<R>,
  bytes: Uint8Array,
  fields: Partial<Envelope> = {},
  except: readonly string[] = [],
): void {
  const own = { ...fields, payloadLength: bytes.length };
  const full = decode(protocol, bytes, own, 'captured');
  const passed = new Set(['faults', 'cut', ...except]);
  for (let length = 0; length < bytes.length; length += 1) {
    const prefix = bytes.slice(0, length);
    const record = decode(protocol, prefix, own, 'captured');
    expect(protocol.kinds).toContain(protocol.kindOf(record));
    if (record.cut !== undefined) {
      expect(Object.keys(record).toSorted()).toEqual(['cut', 'faults', 'protocol']);
    } else {
      nothingInvented(record, full, passed, `[0, ${length})`);
    }
    sameWhenTraced(protocol, prefix, own, 'captured');
  }
}

function nothingInvented(part: unknown, all: unknown, passed: ReadonlySet<string>, path: string): void {
  if (part === undefined) return;
  if (typeof part === 'number') {
    if (part !== -1) expect(part, path).toBe(all);
  } else if (typeof part === 'string') {
    if (part !== '') expect(part, path).toBe(all);
  } else if (typeof part === 'boolean') {
    if (part) expect(part, path).toBe(all);
  } else if (Array.isArray(part)) {
    if (!Array.isArray(all)) throw new Error(`${path}: a list that the whole message does not have`);
    expect(part.length, path).toBeLessThanOrEqual(all.length);
    part.forEach((item, i) => nothingInvented(item, all[i], passed, `${path}[${i}]`));
  } else if (isObject(part)) {
    if (!isObject(all)) throw new Error(`${path}: a value that the whole message does not have`);
    for (const [name, value] of Object.entries(part)) {
      if (passed.has(name)) continue;
      if (name === 'length' && typeof value === 'number') expect(value, path).toBeLessThanOrEqual(Number(all[name]));
      else nothingInvented(value, all[name], passed, `${path}.${name}`);
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A tracing cursor must not change what is read. */
export function sameWhenTraced<R extends RecordBase>(
  protocol: Protocol<R>,
  bytes: Uint8Array,
  fields: Partial<Envelope> = {},
  limit = 'length field',
): void {
  const cursor = new TracingCursor();
  cursor.open(bytes, 0, bytes.length, limit);
  const traced = protocol.decode(cursor, envelopeOf(bytes, fields));
  expect(traced).toEqual(decode(protocol, bytes, fields, limit));
}

/**
 * Random bytes, and `seed` with some of its bytes changed, decode without a crash, to a declared kind, with every span inside the bytes.
 */
export function survives<R extends RecordBase>(
  protocol: Protocol<R>,
  seed: Uint8Array,
  fields: Partial<Envelope> = {},
): void {
  const check = (bytes: Uint8Array): void => {
    const record = decode(protocol, bytes, fields);
    expect(protocol.kinds).toContain(protocol.kindOf(record));
    spansInside(record, bytes.length);
    sameWhenTraced(protocol, bytes, fields);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), check), { numRuns: 300 });
  const change = fc.tuple(fc.nat(Math.max(0, seed.length - 1)), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
      const bytes = Uint8Array.from(seed);
      for (const [at, value] of changes) bytes[at] = value;
      check(bytes);
    }),
    { numRuns: 500 },
  );
}

function spansInside(value: unknown, end: number): void {
  if (Array.isArray(value)) value.forEach((item) => spansInside(item, end));
  else if (isObject(value)) {
    const { at, length } = value;
    if (typeof at === 'number' && typeof length === 'number') {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(length).toBeGreaterThanOrEqual(0);
      expect(at + length).toBeLessThanOrEqual(end);
    }
    for (const [name, item] of Object.entries(value)) if (name !== 'faults' && name !== 'cut') spansInside(item, end);
  }
}

/** Faults as `code path`, for short expectations. */
export function faultsOf(record: RecordBase): string[] {
  return record.faults.map((fault) => `${fault.code} ${fault.path}`);
}

/** The text of a span. */
export function textOf(bytes: Uint8Array, span: { at: number; length: number } | undefined): string | undefined {
  return span === undefined ? undefined : Buffer.from(bytes.slice(span.at, span.at + span.length)).toString('utf8');
}
