import type { Cursor } from '../cursor.ts';
import type { Span } from '../fault.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import { spells } from '../words.ts';

/** The first line of an HTTP/1 message and its Host field, as far as one TCP segment holds them. */
export interface HttpRecord extends RecordBase {
  protocol: 'http';
  cut?: undefined;
  /** `other`: the first bytes looked like HTTP, what follows does not. */
  type: 'request' | 'response' | 'other';
  /** '' for a response. */
  method: '' | 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** RFC 9112 3.2: the request target as sent. */
  target: Span | undefined;
  /** Host field of a request; undefined when it is not in this segment. */
  host: Span | undefined;
  /** 100–599; -1 for a request. */
  status: number;
  /** Content-Length of a response (RFC 9110 8.6); -1 where it is not said, or not in this segment. */
  contentLength: number;
}

/** First four bytes, big-endian. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT'] as const;
const FIRST = [...METHODS, 'HTTP'].map((word) => Buffer.from(word.padEnd(4)).readUInt32BE(0));

/** Request lines of boot firmware and installers are far shorter; RFC 9112 3 asks servers for 8000. */
const KEEP = 4096;
/** Fields that are looked through for Host, which clients send first. */
const MAX_FIELDS = 64;
const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;

export const http: Protocol<HttpRecord | CutRecord<'http'>> = {
  name: 'http',
  title: 'Hypertext Transfer Protocol: first line and host',
  spec: ['RFC 9112', 'RFC 9110'],
  claims: { shape: { over: 'tcp', first: FIRST } },
  keep: KEEP,
  kinds: [...METHODS, 'response', 'other', 'cut'],
  fields: {
    method: /^(?:GET|HEAD|POST|PUT)$/,
    target: 'url',
    version: /^HTTP\/\d\.\d$/,
    status: /^\d{3}$/,
    reason: 'text',
    fieldName: /^host:$/i,
    // Authorization, cookies, tokens of any name: nobody reads them, and no rule could judge them.
    field: 'payload',
    host: 'hostname',
    space: /^ +$/,
    cr: /^\r$/,
    lf: /^\n$/,
    data: 'payload',
  },
  decode(c: Cursor) {
    if (!c.need(4, 'startLine')) return { protocol: 'http', cut: c.faults[0]!, faults: c.faults };
    if (spells(c, 'http')) return response(c);
    const method = METHODS.find((word) => spells(c, `${word.toLowerCase()} `));
    return method === undefined ? other(c) : request(c, method);
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.method || r.type;
  },
};

function other(c: Cursor): HttpRecord {
  if (c.tracing) c.rest('data');
  const nothing = { method: '', target: undefined, host: undefined, status: -1, contentLength: -1 } as const;
  return { protocol: 'http', type: 'other', ...nothing, faults: c.faults };
}

/** RFC 9112 3: method SP request-target SP HTTP-version CRLF. */
function request(c: Cursor, method: (typeof METHODS)[number]): HttpRecord {
  const start = method.length + 1;
  const line = lineLength(c);
  const length = targetLength(c, start, line);
  const ended = c.peekAt(line) === CR || c.peekAt(line) === LF;
  const versioned = ended && spells(c, 'http/', start + length + 1);
  // A line that the segment does not end may still be a request; one without a version is none (HTTP/0.9 boots nothing).
  if (length === 0 || (ended && !versioned) || (!ended && line < c.left)) return other(c);
  c.span(method.length, 'method', 'text');
  c.skip(1, 'space');
  const target = c.span(length, 'target', 'text');
  if (!ended) {
    c.fault('cut', 'startLine', line + 2, line);
    return made(method, target, undefined, c);
  }
  c.skip(1, 'space');
  c.span(line - start - length - 1, 'version', 'text');
  lineEnd(c);
  return made(method, target, readHost(c), c);
}

function made(method: HttpRecord['method'], target: Span, host: Span | undefined, { faults }: Cursor): HttpRecord {
  return { protocol: 'http', type: 'request', method, target, host, status: -1, contentLength: -1, faults };
}

/** RFC 9112 4: HTTP-version SP status-code SP [reason-phrase] CRLF. */
function response(c: Cursor): HttpRecord {
  const status = statusAt(c, 'HTTP/1.1 '.length);
  if (!spells(c, 'http/1.') || c.peekAt(8) !== SPACE || status < 0) return other(c);
  c.span(8, 'version', 'text');
  c.skip(1, 'space');
  c.span(3, 'status', 'text');
  const contentLength = lengthAhead(c);
  if (c.tracing) {
    if (c.peek() === SPACE) c.skip(1, 'space');
    c.span(lineLength(c), 'reason', 'text');
  }
  return {
    protocol: 'http',
    type: 'response',
    method: '',
    target: undefined,
    host: undefined,
    status,
    contentLength,
    faults: c.faults,
  };
}

/** Looks ahead through the fields of a response for Content-Length; nothing is read. -1 where it is not whole. */
function lengthAhead(c: Cursor): number {
  let at = 0;
  for (let i = 0; i <= MAX_FIELDS; i += 1) {
    const end = at + lineLength(c, at);
    const next = end + (c.peekAt(end) === CR ? 1 : 0);
    if (c.peekAt(next) !== LF || (i > 0 && end === at)) return -1;
    if (i > 0 && spells(c, 'content-length:', at)) return decimal(c, at + 15, end);
    at = next + 1;
  }
  return -1;
}

/** Digits up to the end of the line, spaces around; -1 where there is anything else, or more than a length has. */
function decimal(c: Cursor, from: number, end: number): number {
  let at = from;
  let value = 0;
  while (c.peekAt(at) === SPACE) at += 1;
  const first = at;
  for (; at < end && c.peekAt(at) >= 0x30 && c.peekAt(at) <= 0x39; at += 1) value = value * 10 + c.peekAt(at) - 0x30;
  const digits = at - first;
  while (at < end && c.peekAt(at) === SPACE) at += 1;
  return digits === 0 || digits > 15 || at < end ? -1 : value;
}

/** Three digits, 100–599; else -1. */
function statusAt(c: Cursor, ahead: number): number {
  let status = 0;
  for (let i = 0; i < 3; i += 1) {
    const digit = c.peekAt(ahead + i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    status = status * 10 + digit;
  }
  return status >= 100 && status <= 599 ? status : -1;
}

/** Bytes from `ahead` to a control character (which a line end is) or the end of the window. */
function lineLength(c: Cursor, ahead = 0): number {
  let length = 0;
  // A tab may stand in a field's value (RFC 9110 5.5).
  while (c.peekAt(ahead + length) >= SPACE || c.peekAt(ahead + length) === 9) length += 1;
  return length;
}

/** Bytes from `start` to the next space, or to the end of the line. */
function targetLength(c: Cursor, start: number, line: number): number {
  let length = 0;
  while (start + length < line && c.peekAt(start + length) !== SPACE) length += 1;
  return length;
}

function lineEnd(c: Cursor): void {
  if (c.peek() === CR) c.skip(1, 'cr');
  if (c.peek() === LF) c.skip(1, 'lf');
}

/** Looks through the fields for Host; what is before it is passed over. */
function readHost(c: Cursor): Span | undefined {
  for (let i = 0; i < MAX_FIELDS && c.left > 0; i += 1) {
    const line = lineLength(c);
    const ended = c.peekAt(line) === CR || c.peekAt(line) === LF;
    // An empty line ends the fields; half a host would be a wrong one.
    if (line === 0 || !ended) return undefined;
    if (spells(c, 'host:')) {
      c.skip(5, 'fieldName');
      let blank = 0;
      while (c.peekAt(blank) === SPACE) blank += 1;
      if (blank > 0) c.skip(blank, 'space');
      const host = c.span(line - 5 - blank, 'host', 'text');
      if (c.tracing) lineEnd(c);
      return host;
    }
    c.span(line, 'field', 'text');
    lineEnd(c);
  }
  return undefined;
}
