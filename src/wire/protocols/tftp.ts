import type { Cursor } from '../cursor.ts';
import type { Envelope } from '../envelope.ts';
import type { Span } from '../fault.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import { spells } from '../words.ts';

interface TftpBase extends RecordBase {
  protocol: 'tftp';
  cut?: undefined;
  /** RFC 1350 5, RFC 2347: 1 RRQ, 2 WRQ, 3 DATA, 4 ACK, 5 ERROR, 6 OACK. */
  opcode: number;
}

/** RFC 1350 5, with options (RFC 2347). */
export interface TftpRequest extends TftpBase {
  type: 'RRQ' | 'WRQ';
  file: Span;
  mode: 'netascii' | 'octet' | 'mail' | 'other';
  options: TftpOptions;
}

export interface TftpData extends TftpBase {
  type: 'DATA';
  /** 1–65535; after 65535 comes 0 or 1. */
  block: number;
  /** Bytes of data on the wire; fewer than the block size: the last block. */
  length: number;
}

export interface TftpAck extends TftpBase {
  type: 'ACK';
  /** 0 acknowledges a WRQ or an OACK. */
  block: number;
}

export interface TftpError extends TftpBase {
  type: 'ERROR';
  /** 0 not defined, 1 file not found, 2 access violation, 3 disk full, 4 illegal operation, 5 unknown transfer ID, 6 file exists, 7 no such user, 8 options refused. */
  code: number;
  message: Span;
}

export interface TftpOack extends TftpBase {
  type: 'OACK';
  options: TftpOptions;
}

/**
 * Not TFTP, though it looked alike: an unknown opcode, or on ports other than 69 a payload that only begins like TFTP.
 */
export interface TftpOther extends TftpBase {
  type: 'other';
}

/** -1: not there, or not a number. */
export interface TftpOptions {
  /** RFC 2348: 8–65464. */
  blksize: number;
  /** RFC 2349: 1–255 seconds. */
  timeout: number;
  /** RFC 2349: bytes; a client asks with 0. */
  tsize: number;
  /** RFC 7440: 1–65535 blocks. */
  windowsize: number;
  /** How many options there are, known or not. */
  count: number;
  others: readonly TftpOption[];
}

export interface TftpOption {
  name: Span;
  value: Span;
}

export type TftpRecord = TftpRequest | TftpData | TftpAck | TftpError | TftpOack | TftpOther;

type Cut = CutRecord<'tftp'>;

const PORT = 69;
/** RFC 2347 2: a request fits 512 bytes. */
const KEEP = 512;
/** RFC 2347 names no number; a request of 512 bytes holds fewer. */
const MAX_OPTIONS = 64;
/** Largest `tsize` that is exact as a number has 16 digits; files of 10^15 bytes are nobody's boot file. */
const MAX_DIGITS = 15;
const NAMES = ['', 'RRQ', 'WRQ', 'DATA', 'ACK', 'ERROR', 'OACK'];
const ERRORS = [
  'not defined',
  'file not found',
  'access violation',
  'disk full or allocation exceeded',
  'illegal TFTP operation',
  'unknown transfer ID',
  'file already exists',
  'no such user',
  'option negotiation refused',
];
const MAX_ERROR = ERRORS.length - 1;
/** RFC 2348: block sizes above this do not fit a UDP datagram. */
const MAX_BLKSIZE = 65464;

/**
 * A transfer leaves port 69 with its first answer (RFC 1350 4), so DATA, ACK, ERROR and OACK are known by shape alone.
 * There the decoder believes only what a stranger's payload hardly matches: ACK of exactly 4 bytes; ERROR of code 0–8
 * with clean text, one final zero and nothing behind; OACK of at least one whole pair of clean texts. DATA has no such
 * mark: the flow must know its transfer. Everything else is `other`.
 */
export const tftp: Protocol<TftpRecord | Cut> = {
  name: 'tftp',
  title: 'Trivial File Transfer Protocol',
  spec: ['RFC 1350', 'RFC 2347', 'RFC 2348', 'RFC 2349', 'RFC 7440'],
  claims: { udp: [PORT], shape: { over: 'udp', first: [3, 4, 5, 6] } },
  keep: KEEP,
  kinds: ['RRQ', 'WRQ', 'DATA', 'ACK', 'ERROR', 'OACK', 'other', 'cut'],
  fields: {
    filename: 'filename',
    mode: /^(?:netascii|octet|mail)$/i,
    errMsg: 'text',
    // RFC 2348, 2349, 7440, 2090, and what servers and boot firmware add.
    'options.name': /^(?:blksize2?|timeout|utimeout|tsize|windowsize|rollover|multicast|mcgrp|password)$/i,
    'options.value': /^\d{1,10}$/,
    data: 'payload',
  },
  decode(c: Cursor, envelope: Envelope) {
    if (!c.need(2, 'opcode')) return cutRecord(c);
    const known = envelope.dstPort === PORT || envelope.srcPort === PORT;
    const opcode = c.u16('opcode');
    c.means(NAMES[opcode] ?? 'unknown');
    switch (opcode) {
      case 1:
      case 2:
        return request(c, opcode);
      case 3:
        return data(c, envelope);
      case 4:
        return ack(c, envelope, known);
      case 5:
        return error(c, known);
      case 6:
        return oack(c, known);
      default:
        return other(c, opcode);
    }
  },
  kindOf(r) {
    return r.cut === undefined ? r.type : 'cut';
  },
};

function cutRecord(c: Cursor): Cut {
  return { protocol: 'tftp', cut: c.faults[0]!, faults: c.faults };
}

function other(c: Cursor, opcode: number): TftpOther {
  if (c.tracing) c.rest('data');
  return { protocol: 'tftp', type: 'other', opcode, faults: c.faults };
}

function request(c: Cursor, opcode: 1 | 2): TftpRequest {
  const file = text(c, 'filename');
  const mode = modeOf(c);
  return {
    protocol: 'tftp',
    type: opcode === 1 ? 'RRQ' : 'WRQ',
    opcode,
    file,
    mode,
    options: readOptions(c),
    faults: c.faults,
  };
}

function data(c: Cursor, envelope: Envelope): TftpRecord | Cut {
  if (!c.need(2, 'block')) return cutRecord(c);
  const block = c.u16('block');
  // The data itself is of no use here and is not kept by the sieve; its length is what the headers say.
  if (c.tracing) c.rest('data');
  const length = Math.max(0, envelope.payloadLength - 4);
  return { protocol: 'tftp', type: 'DATA', opcode: 3, block, length, faults: c.faults };
}

function ack(c: Cursor, envelope: Envelope, known: boolean): TftpRecord | Cut {
  if (!known && envelope.payloadLength !== 4) return other(c, 4);
  if (!c.need(2, 'block')) return cutRecord(c);
  const block = c.u16('block');
  if (c.left > 0) c.fault('excess', 'block', 0, c.left);
  return { protocol: 'tftp', type: 'ACK', opcode: 4, block, faults: c.faults };
}

function error(c: Cursor, known: boolean): TftpRecord | Cut {
  if (!known && !looksLikeError(c)) return other(c, 5);
  if (!c.need(2, 'errorCode')) return cutRecord(c);
  const code = c.u16('errorCode');
  c.means(ERRORS[code] ?? 'unknown');
  if (code > MAX_ERROR) c.fault('value', 'errorCode', code, MAX_ERROR, c.at - 2);
  const message = text(c, 'errMsg');
  if (c.left > 0) c.fault('excess', 'errMsg', 0, c.left);
  return { protocol: 'tftp', type: 'ERROR', opcode: 5, code, message, faults: c.faults };
}

function oack(c: Cursor, known: boolean): TftpRecord {
  if (!known && !looksLikePairs(c)) return other(c, 6);
  return { protocol: 'tftp', type: 'OACK', opcode: 6, options: readOptions(c), faults: c.faults };
}

function looksLikeError(c: Cursor): boolean {
  if (c.peekAt(0) !== 0 || c.peekAt(1) > MAX_ERROR || c.peekAt(1) < 0) return false;
  const length = cleanLength(c, 2);
  return length >= 0 && 2 + length + 1 === c.left;
}

function looksLikePairs(c: Cursor): boolean {
  let at = 0;
  let texts = 0;
  while (at < c.left) {
    const length = cleanLength(c, at);
    // A name is never empty; a value may be.
    if (length < 0 || (length === 0 && texts % 2 === 0)) return false;
    at += length + 1;
    texts += 1;
  }
  return texts >= 2 && texts % 2 === 0;
}

/** Length of the text from `ahead` on to its zero; -1 when a control character or no zero is met. Bytes above 127 may be UTF-8. */
function cleanLength(c: Cursor, ahead: number): number {
  for (let length = 0; ahead + length < c.left; length += 1) {
    const byte = c.peekAt(ahead + length);
    if (byte === 0) return length;
    // Tabs and line ends occur in error messages.
    if ((byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 0x7f) return -1;
  }
  return -1;
}

/** Text to its zero, without it; without a zero, to the end with a fault. */
function text(c: Cursor, name: string): Span {
  let length = 0;
  while (c.peekAt(length) > 0) length += 1;
  if (length >= c.left) c.fault(c.limit === 'captured' ? 'cut' : 'missing', name, length + 1, c.left);
  const span = c.span(length, name, 'text');
  if (c.left > 0) c.u8('terminator');
  return span;
}

const MODES = ['netascii', 'octet', 'mail'] as const;

/** RFC 1350 5: letters of any case. */
function modeOf(c: Cursor): TftpRequest['mode'] {
  const mode = MODES.find((name) => says(c, name)) ?? 'other';
  text(c, 'mode');
  return mode;
}

/** The text at the present place is `word` in letters of any case, followed by a zero. */
function says(c: Cursor, word: string): boolean {
  return spells(c, word) && c.peekAt(word.length) === 0;
}

const OPTIONS = ['blksize', 'timeout', 'tsize', 'windowsize'] as const;
/** What the RFCs allow, in the order of OPTIONS. */
const RANGES: readonly (readonly [number, number])[] = [
  [8, MAX_BLKSIZE],
  [1, 255],
  [0, Number.MAX_SAFE_INTEGER],
  [1, 65535],
];

function readOptions(c: Cursor): TftpOptions {
  const others: TftpOption[] = [];
  const options = { blksize: -1, timeout: -1, tsize: -1, windowsize: -1, count: 0, others };
  while (c.left > 0) {
    if (options.count >= MAX_OPTIONS) {
      c.fault('excess', 'options', options.count + 1, MAX_OPTIONS);
      c.rest('rest');
      break;
    }
    const index = options.count;
    options.count += 1;
    if (!c.enter(pairLength(c), 'options', index, c.limit)) break;
    const place = OPTIONS.findIndex((word) => says(c, word));
    const name = text(c, 'name');
    const key = OPTIONS[place];
    const [low, high] = RANGES[place] ?? [0, 0];
    const value = key === undefined ? -1 : decimal(c);
    const at = c.at;
    const span = text(c, 'value');
    if (key === undefined) others.push({ name, value: span });
    else if (options[key] >= 0) c.fault('duplicate', 'name', 1, 2, at);
    else {
      if (value < low || value > high) c.fault('value', 'value', value, value < low ? low : high, at);
      options[key] = value;
    }
    c.leave();
  }
  return options;
}

/** Bytes of an option: its name and value with their zeros, or all that is left. */
function pairLength(c: Cursor): number {
  let zeros = 0;
  for (let length = 0; length < c.left; length += 1) {
    if (c.peekAt(length) === 0) zeros += 1;
    if (zeros === 2) return length + 1;
  }
  return c.left;
}

/** The number that the text at the present place spells; -1 when it is none. */
function decimal(c: Cursor): number {
  let value = 0;
  for (let i = 0; i <= MAX_DIGITS; i += 1) {
    const digit = c.peekAt(i);
    if (digit === 0 && i > 0) return value;
    if (digit < 0x30 || digit > 0x39) return -1;
    value = value * 10 + (digit - 0x30);
  }
  return -1;
}
