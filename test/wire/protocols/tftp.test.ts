import { describe, expect, it } from 'vitest';
import { tftp } from '../../../src/wire/protocols/tftp.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { concat, hex, u16, utf8 } from '../../support/packets.ts';

const REQUEST = { srcPort: 2070, dstPort: 69 };
const TRANSFER = { srcPort: 40_000, dstPort: 2070 };

const text = (...parts: string[]): Uint8Array => utf8(parts.map((part) => `${part}\0`).join(''));
const rrq = (...parts: string[]): Uint8Array => concat(u16(1), text(...parts));

const FULL = rrq(
  'grub/x86_64-efi/normal.mod',
  'octet',
  'tsize',
  '0',
  'blksize',
  '1468',
  'windowsize',
  '4',
  'x-vendor',
  'yes',
  'TIMEOUT',
  '5',
);

describe('requests', () => {
  it('gives file, mode and the options of RFC 2348, 2349 and 7440', () => {
    const record = whole(decode(tftp, FULL, REQUEST));
    if (record.type !== 'RRQ') throw new Error(record.type);
    expect(textOf(FULL, record.file)).toBe('grub/x86_64-efi/normal.mod');
    expect(record).toMatchObject({
      opcode: 1,
      mode: 'octet',
      options: { tsize: 0, blksize: 1468, windowsize: 4, timeout: 5, count: 5 },
      faults: [],
    });
    const [other] = record.options.others;
    expect([textOf(FULL, other?.name), textOf(FULL, other?.value)]).toEqual(['x-vendor', 'yes']);
  });

  it('knows the modes in letters of any case', () => {
    const modes = ['octet', 'OcTeT', 'NETASCII', 'mail', 'binary', ''].map((mode) => {
      const record = whole(decode(tftp, concat(u16(2), text('a', mode)), REQUEST));
      return record.type === 'WRQ' ? record.mode : record.type;
    });
    expect(modes).toEqual(['octet', 'octet', 'netascii', 'mail', 'other', 'other']);
  });

  it('faults text without its zero and keeps it', () => {
    const bytes = concat(u16(1), utf8('pxelinux.0'));
    const record = whole(decode(tftp, bytes, REQUEST));
    expect(faultsOf(record)).toEqual(['missing filename', 'missing mode']);
    expect(record.type === 'RRQ' && textOf(bytes, record.file)).toBe('pxelinux.0');
  });

  it('faults numbers out of range, doubled options and a missing value', () => {
    const faults = (...parts: string[]) => faultsOf(decode(tftp, rrq('a', 'octet', ...parts), REQUEST));
    expect(faults('blksize', '7')).toEqual(['value options[0].value']);
    expect(faults('blksize', '65465')).toEqual(['value options[0].value']);
    expect(faults('timeout', '256')).toEqual(['value options[0].value']);
    expect(faults('windowsize', '0')).toEqual(['value options[0].value']);
    expect(faults('tsize', '1e3')).toEqual(['value options[0].value']);
    expect(faults('tsize', '9999999999999999999')).toEqual(['value options[0].value']);
    expect(faults('tsize', '0', 'tsize', '1')).toEqual(['duplicate options[1].name']);
    expect(faults('blksize')).toEqual(['missing options[0].value', 'value options[0].value']);
  });

  it('ends at 64 options', () => {
    const many = Array.from({ length: 140 }, () => 'x');
    const record = whole(decode(tftp, rrq('a', 'octet', ...many), REQUEST));
    expect(record.type === 'RRQ' && record.options.count).toBe(64);
    expect(faultsOf(record)).toEqual(['excess options']);
  });
});

describe('transfers on fresh ports', () => {
  it('knows DATA by opcode and takes its length from the headers', () => {
    const trimmed = concat(u16(3), u16(65_535), new Uint8Array(8));
    const record = decode(tftp, trimmed, { ...TRANSFER, payloadLength: 516 }, 'captured');
    expect(record).toMatchObject({ type: 'DATA', block: 65_535, length: 512, faults: [] });
    expect(decode(tftp, hex('0003 0001'), TRANSFER)).toMatchObject({ type: 'DATA', block: 1, length: 0 });
  });

  it('takes ACK, ERROR and OACK that look right', () => {
    expect(decode(tftp, hex('0004 0000'), TRANSFER)).toMatchObject({ type: 'ACK', block: 0, faults: [] });
    const error = concat(u16(5), u16(0), text('TFTP Aborted'));
    const record = whole(decode(tftp, error, TRANSFER));
    expect(record).toMatchObject({ type: 'ERROR', code: 0, faults: [] });
    expect(record.type === 'ERROR' && textOf(error, record.message)).toBe('TFTP Aborted');
    expect(decode(tftp, concat(u16(6), text('blksize', '1408', 'tsize', '956600')), TRANSFER)).toMatchObject({
      type: 'OACK',
      options: { blksize: 1408, tsize: 956_600, timeout: -1, windowsize: -1, count: 2 },
    });
    expect(decode(tftp, concat(u16(5), u16(8), text('')), TRANSFER)).toMatchObject({ type: 'ERROR', code: 8 });
  });

  it.each([
    ['ACK with a fifth byte', '0004 0001 00'],
    ['ERROR of an unknown code', '0005 0009 61 00'],
    ['ERROR without its zero', '0005 0001 6162'],
    ['ERROR with bytes behind', '0005 0001 61 00 00'],
    ['ERROR of control characters', '0005 0001 0161 00'],
    ['ERROR with nothing', '0005'],
    ['OACK without a pair', '0006'],
    ['OACK with half a pair', '0006 61 00'],
    ['OACK without the last zero', '0006 61 00 31'],
    ['OACK with an empty name', '0006 00 00'],
    ['OACK of binary', '0006 8001 00 31 00'],
  ])('calls %s other', (_what, bytes) => {
    const record = decode(tftp, hex(bytes), TRANSFER);
    expect(tftp.kindOf(record)).toBe('other');
    expect(record.faults).toEqual([]);
  });

  it('is lenient where port 69 says what it is', () => {
    expect(decode(tftp, hex('0005 0009 61 00'), REQUEST)).toMatchObject({ type: 'ERROR', code: 9 });
    expect(faultsOf(decode(tftp, hex('0005 0009 61 00 00'), REQUEST))).toEqual(['value errorCode', 'excess errMsg']);
    expect(faultsOf(decode(tftp, hex('0004 0001 00'), REQUEST))).toEqual(['excess block']);
    expect(tftp.kindOf(decode(tftp, hex('0009 0001'), REQUEST))).toBe('other');
  });
});

describe('hostile and cut', () => {
  it('says cut, and nothing else, of a fixed part that is not whole', () => {
    expect(decode(tftp, hex('00'), REQUEST).cut).toMatchObject({ path: 'opcode', need: 2, have: 1 });
    expect(decode(tftp, hex('0003 00'), TRANSFER).cut).toMatchObject({ path: 'block', need: 2, have: 1 });
    expect(decode(tftp, hex('0005 00'), REQUEST).cut).toMatchObject({ path: 'errorCode' });
  });

  it('survives every prefix and every change', () => {
    everyPrefix(tftp, FULL, REQUEST, ['others', 'mode', 'count']);
    everyPrefix(tftp, concat(u16(3), u16(7), new Uint8Array(20)), TRANSFER);
    survives(tftp, FULL, REQUEST);
    survives(tftp, concat(u16(6), text('blksize', '1408', 'tsize', '956600')), TRANSFER);
  });
});

it('names the fields that explain shows', () => {
  const { rows } = trace(tftp, FULL, REQUEST);
  const row = (path: string) => rows.find((candidate) => candidate.path === path);
  expect(row('opcode')).toMatchObject({ value: 1, label: 'RRQ' });
  expect(row('filename')).toMatchObject({ value: 'grub/x86_64-efi/normal.mod' });
  expect(row('options[1].value')).toMatchObject({ value: '1468' });
});
