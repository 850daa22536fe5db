import { createRequire } from 'node:module';
import type { Cursor } from '../cursor.ts';
import type { Address } from '../envelope.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';

/** A DNS message over UDP (RFC 1035 4): header, questions and the answers' addresses and names. */
export interface DnsRecord extends RecordBase {
  protocol: 'dns';
  cut?: undefined;
  id: number;
  /** QR: false a query. */
  response: boolean;
  /** 0 QUERY, 4 NOTIFY, 5 UPDATE. */
  opcode: number;
  /** AA */
  authoritative: boolean;
  /** TC: the rest is to be asked for over TCP. */
  truncated: boolean;
  /** 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED; of a query 0. */
  rcode: number;
  /** At most 8. */
  questions: readonly DnsQuestion[];
  /** At most 64. */
  answers: readonly DnsAnswer[];
  /** As the header counts them. */
  questionCount: number;
  answerCount: number;
}

export interface DnsQuestion {
  /** Text with dots and without the final one; '.' the root. Bytes that are no UTF-8 are replaced. */
  name: string;
  /** 1 A, 28 AAAA, 12 PTR, 33 SRV … */
  type: number;
  /** 1 IN; the top bit (mDNS) is left in. */
  class: number;
}

export interface DnsAnswer extends DnsQuestion {
  /** Seconds. */
  ttl: number;
  /** Of A and AAAA; -1 of others. */
  address: Address;
  /** Of CNAME, NS, PTR, DNAME, MX and SRV: the name they point to; '' of others. */
  target: string;
}

const MAX_QUESTIONS = 8;
const MAX_ANSWERS = 64;
/** EDNS payload sizes in use end here; it also bounds how far compression pointers can lead. */
const KEEP = 4096;
const OPCODES = ['QUERY', 'IQUERY', 'STATUS', '', 'NOTIFY', 'UPDATE', 'DSO'];
const A = 1;
const AAAA = 28;
/** Types whose data is a name, and how many bytes stand before it. */
const TARGETS = new Map([
  [2, 0],
  [5, 0],
  [12, 0],
  [15, 2],
  [33, 6],
  [39, 0],
]);

type Library = {
  name: (typeof import('dns-packet'))['name'];
  types: typeof import('dns-packet/types.js');
  rcodes: typeof import('dns-packet/rcodes.js');
};

let loaded: Library | undefined;

/** Loaded with the first message: it takes longer than reading a small capture. */
function library(): Library {
  if (loaded === undefined) {
    const load = createRequire(import.meta.url);
    loaded = {
      name: load('dns-packet').name,
      types: load('dns-packet/types.js'),
      rcodes: load('dns-packet/rcodes.js'),
    };
  }
  return loaded;
}

export const dns: Protocol<DnsRecord | CutRecord<'dns'>> = {
  name: 'dns',
  title: 'Domain Name System',
  spec: ['RFC 1035', 'RFC 6891'],
  claims: { udp: [53] },
  keep: KEEP,
  kinds: ['query', 'response', 'cut'],
  fields: { name: 'hostname', target: 'hostname', preference: /^[^]{2,6}$/ },
  decode(c: Cursor) {
    if (!c.need(12, 'header')) return { protocol: 'dns', cut: c.faults[0]!, faults: c.faults };
    const message = Buffer.from(c.bytes.buffer, c.bytes.byteOffset + c.at, Math.min(c.left, KEEP));
    const start = c.at;
    const id = c.u16('id');
    const flags = c.flags16('flags');
    const response = (flags & 0x8000) !== 0;
    const opcode = (flags >> 11) & 15;
    const rcode = flags & 15;
    if (c.tracing) c.means(`${OPCODES[opcode] ?? opcode} ${response ? library().rcodes.toString(rcode) : ''}`.trim());
    const questionCount = c.u16('qdcount');
    const answerCount = c.u16('ancount');
    c.u16('nscount');
    c.u16('arcount');
    const questions: DnsQuestion[] = [];
    const answers: DnsAnswer[] = [];
    let going = readQuestions(c, message, start, questionCount, questions);
    if (going) going = readAnswers(c, message, start, answerCount, answers);
    if (c.left > 0 && c.tracing) c.rest('rest');
    return {
      protocol: 'dns',
      id,
      response,
      opcode,
      authoritative: (flags & 0x0400) !== 0,
      truncated: (flags & 0x0200) !== 0,
      rcode,
      questions,
      answers,
      questionCount,
      answerCount,
      faults: c.faults,
    };
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.response ? 'response' : 'query';
  },
};

function readQuestions(c: Cursor, message: Buffer, start: number, count: number, list: DnsQuestion[]): boolean {
  for (let index = 0; index < count; index += 1) {
    if (index >= MAX_QUESTIONS) {
      c.fault('excess', 'questions', count, MAX_QUESTIONS);
      return false;
    }
    const path = `questions[${index}]`;
    const name = readName(c, message, start, `${path}.name`);
    if (name === undefined || !c.need(4, `${path}.type`)) return false;
    const type = readType(c, `${path}.type`);
    list.push({ name, type, class: c.u16(`${path}.class`) });
  }
  return true;
}

function readAnswers(c: Cursor, message: Buffer, start: number, count: number, list: DnsAnswer[]): boolean {
  for (let index = 0; index < count; index += 1) {
    if (index >= MAX_ANSWERS) {
      c.fault('excess', 'answers', count, MAX_ANSWERS);
      return false;
    }
    const path = `answers[${index}]`;
    const name = readName(c, message, start, `${path}.name`);
    if (name === undefined || !c.need(10, `${path}.type`)) return false;
    list.push(readRecord(c, message, start, name, path));
    if (c.failed) return false;
  }
  return true;
}

/** RFC 1035 4.1.3, after the name. */
function readRecord(c: Cursor, message: Buffer, start: number, name: string, path: string): DnsAnswer {
  const type = readType(c, `${path}.type`);
  const answer: DnsAnswer = {
    name,
    type,
    class: c.u16(`${path}.class`),
    ttl: c.u32(`${path}.ttl`),
    address: -1,
    target: '',
  };
  const length = c.u16(`${path}.rdlength`);
  if (length > c.left) {
    c.span(length, `${path}.rdata`);
    return answer;
  }
  const end = c.at + length;
  const before = TARGETS.get(type) ?? -1;
  if (type === A && length === 4) answer.address = c.ipv4(`${path}.address`);
  else if (type === AAAA && length === 16) answer.address = c.ipv6(`${path}.address`);
  else if (type === A || type === AAAA) c.fault('length', `${path}.rdlength`, type === A ? 4 : 16, length, c.at - 2);
  else if (before >= 0 && before < length) {
    if (before > 0) c.skip(before, `${path}.preference`);
    answer.target = readName(c, message, start, `${path}.target`) ?? '';
  }
  // What the type does not explain is kept as bytes; a name that passes the end of its data is a fault.
  if (c.at > end) c.fault('length', `${path}.rdata`, length + c.at - end, length);
  else if (c.at < end) c.skip(end - c.at, `${path}.rdata`);
  c.seek(end, `${path}.rdata`);
  return answer;
}

function readType(c: Cursor, path: string): number {
  const type = c.u16(path);
  if (c.tracing) c.means(library().types.toString(type));
  return type;
}

/** A name with compression (RFC 1035 4.1.4): `dns-packet` follows it, and throws on loops, bad labels and the end. */
function readName(c: Cursor, message: Buffer, start: number, field: string): string | undefined {
  const { name } = library();
  try {
    const text = name.decode(message, c.at - start);
    const { bytes } = name.decode;
    if (bytes <= c.left) {
      c.span(bytes, field);
      c.means(text);
      return text;
    }
    c.fault('cut', field, bytes, c.left);
  } catch {
    // The library says what was wrong in words only: a name it cannot follow is a value that the RFC forbids.
    c.fault('value', field, 1, c.left);
  }
  c.rest(field);
  return undefined;
}
