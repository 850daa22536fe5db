import { describe, expect, it } from 'vitest';
import { dns } from '../../../src/wire/protocols/dns.ts';
import { decode, everyPrefix, faultsOf, survives, trace, whole } from '../../support/decode.ts';
import { concat, hex, ip4, ip6, key4, key6, u16, u32, utf8 } from '../../support/packets.ts';

const name = (...labels: string[]): Uint8Array =>
  concat(...labels.map((label) => concat([label.length], utf8(label))), [0]);
const header = (flags: number, questions: number, answers: number): Uint8Array =>
  concat(u16(0xbeef), u16(flags), u16(questions), u16(answers), u32(0));
const answer = (type: number, data: Uint8Array, owner = hex('c00c')): Uint8Array =>
  concat(owner, u16(type), u16(1), u32(60), u16(data.length), data);

const QUESTION = concat(name('maas', 'example', 'test'), u16(28), u16(1));
const RESPONSE = concat(
  header(0x8580, 1, 4),
  QUESTION,
  answer(5, hex('03 777777 c00c')),
  answer(1, ip4('10.0.0.1')),
  answer(28, ip6('2001:db8::1')),
  answer(33, concat(u16(1), u16(2), u16(69), name('tftp', 'test'))),
);

describe('messages', () => {
  it('gives a query', () => {
    const record = whole(decode(dns, concat(header(0x0100, 1, 0), QUESTION)));
    expect(dns.kindOf(record)).toBe('query');
    expect(record).toMatchObject({
      id: 0xbeef,
      response: false,
      opcode: 0,
      rcode: 0,
      questions: [{ name: 'maas.example.test', type: 28, class: 1 }],
      answers: [],
      faults: [],
    });
  });

  it('gives the addresses and names of a response', () => {
    const record = whole(decode(dns, RESPONSE));
    expect(dns.kindOf(record)).toBe('response');
    expect(record).toMatchObject({ authoritative: true, truncated: false, rcode: 0, answerCount: 4, faults: [] });
    expect(record.answers).toEqual([
      { name: 'maas.example.test', type: 5, class: 1, ttl: 60, address: -1, target: 'www.maas.example.test' },
      { name: 'maas.example.test', type: 1, class: 1, ttl: 60, address: key4('10.0.0.1'), target: '' },
      { name: 'maas.example.test', type: 28, class: 1, ttl: 60, address: key6('2001:db8::1'), target: '' },
      { name: 'maas.example.test', type: 33, class: 1, ttl: 60, address: -1, target: 'tftp.test' },
    ]);
    expect(decode(dns, header(0x8183, 0, 0))).toMatchObject({ rcode: 3, response: true });
  });

  it('names the root', () => {
    expect(decode(dns, concat(header(0, 1, 0), hex('00 0002 0001')))).toMatchObject({ questions: [{ name: '.' }] });
  });
});

describe('hostile and cut', () => {
  const faults = (bytes: Uint8Array) => faultsOf(decode(dns, bytes));

  it('faults names that loop, point ahead, are too long or have a bad label', () => {
    const question = (bytes: string) => faults(concat(header(0, 1, 0), hex(bytes), hex('0001 0001')));
    expect(question('c00c')).toEqual(['value questions[0].name']);
    expect(question('0161 c00c')).toEqual(['value questions[0].name']);
    expect(question('c010 00')).toEqual(['value questions[0].name']);
    expect(question('80')).toEqual(['value questions[0].name']);
    const long = concat(...Array.from({ length: 5 }, () => concat([63], new Uint8Array(63).fill(97))), [0]);
    expect(faults(concat(header(0, 1, 0), long))).toEqual(['value questions[0].name']);
  });

  it('has caps on questions and answers', () => {
    const many = concat(header(0, 9, 0), ...Array.from({ length: 9 }, () => hex('00 0001 0001')));
    expect(whole(decode(dns, many)).questions.length).toBe(8);
    expect(faults(many)).toEqual(['excess questions']);
    const record = whole(
      decode(dns, concat(header(0x8000, 0, 65), ...Array.from({ length: 65 }, () => answer(1, ip4(1), hex('00'))))),
    );
    expect(record.answers.length).toBe(64);
    expect(faultsOf(record)).toEqual(['excess answers']);
  });

  it('bounds what chains of pointers cost', () => {
    // An answer's data is a chain, each pointer to the one before it; 63 more names begin at its end.
    const links = 1500;
    const first = 12 + 11 + 1;
    const chain = concat(
      [0],
      ...Array.from({ length: links }, (_, i) => u16(0xc000 | (first - 1 + (i === 0 ? 0 : 2 * i - 1)))),
    );
    const last = u16(0xc000 | (first + 2 * (links - 1)));
    const bytes = concat(
      header(0x8000, 0, 64),
      answer(99, chain, hex('00')),
      ...Array.from({ length: 63 }, () => answer(1, ip4(1), last)),
    );
    const record = whole(decode(dns, bytes));
    expect(record.answers.length).toBe(64);
    expect(record.answers[63]?.name).toBe('.');
    expect(record.faults).toEqual([]);
    // Longer than 4096 bytes: what lies beyond is not followed.
    const far = concat(
      header(0x8000, 0, 2),
      answer(99, new Uint8Array(5000), hex('00')),
      answer(1, ip4(1), hex('c00c')),
    );
    expect(faults(far)).toEqual(['value answers[1].name']);
  });

  it('faults an address of the wrong length and a name that passes the end of its data', () => {
    expect(faults(concat(header(0x8000, 0, 1), answer(1, hex('0a0000'), hex('00'))))).toEqual([
      'length answers[0].rdlength',
    ]);
    const target = concat(header(0x8000, 0, 1), hex('00'), u16(5), u16(1), u32(1), u16(2), name('abc'));
    expect(faults(target)).toEqual(['length answers[0].rdata']);
  });

  it('says where it breaks off', () => {
    expect(decode(dns, new Uint8Array(11)).cut).toMatchObject({ need: 12, have: 11 });
    expect(faults(concat(header(0, 1, 0), name('a'), u16(1)))).toEqual(['cut questions[0].type']);
    const short = concat(header(0x8000, 0, 1), hex('00'), u16(1), u16(1), u32(1), u16(4), hex('0a00'));
    expect(faults(short)).toEqual(['cut answers[0].rdata']);
    expect(decode(dns, short)).toMatchObject({ answers: [{ type: 1, address: -1 }] });
  });

  it('survives every prefix and every change', () => {
    everyPrefix(dns, RESPONSE);
    survives(dns, RESPONSE);
  });
});

it('names the fields that explain shows', () => {
  const { rows } = trace(dns, RESPONSE);
  const row = (path: string) => rows.find((candidate) => candidate.path === path);
  expect(row('questions[0].name')).toMatchObject({ label: 'maas.example.test' });
  expect(row('questions[0].type')).toMatchObject({ value: 28, label: 'AAAA' });
  expect(row('answers[1].address')).toMatchObject({ value: '10.0.0.1' });
});
