import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../src/wire/cursor.ts';
import { TracingCursor, rowsToJson } from '../../src/wire/trace.ts';
import type { Row } from '../../src/wire/trace.ts';

const bytes = Uint8Array.from({ length: 64 }, (_, i) => i + 1);

function trace(read: (c: TracingCursor) => void, from: Uint8Array = bytes): TracingCursor {
  const cursor = new TracingCursor().open(from, 0, from.length, 'captured');
  read(cursor);
  return cursor;
}

describe('TracingCursor', () => {
  it('writes a row for every read, with place and typed value', () => {
    const { rows } = trace((c) => {
      expect(c.u8('a')).toBe(1);
      expect(c.u16('b')).toBe(0x0203);
      expect(c.u24('c')).toBe(0x040506);
      expect(c.u32('d')).toBe(0x0708090a);
      expect(c.flags8('e')).toBe(0x0b);
      expect(c.ipv4('f')).toBe(0x0c0d0e0f);
      expect(c.mac('g')).toBe(0x101112131415);
      expect(c.ipv6('h')).toHaveLength(16);
      expect(c.u64('i')).toEqual({ at: 37, length: 8 });
      expect(c.span(2, 'j')).toEqual({ at: 45, length: 2 });
    });
    const shown = rows.map((row) => [row.path, row.at, row.length, row.type, row.value]);
    expect(shown).toEqual([
      ['a', 0, 1, 'uint', 1],
      ['b', 1, 2, 'uint', 0x0203],
      ['c', 3, 3, 'uint', 0x040506],
      ['d', 6, 4, 'uint', 0x0708090a],
      ['e', 10, 1, 'flags', 0x0b],
      ['f', 11, 4, 'ipv4', '12.13.14.15'],
      ['g', 15, 6, 'mac', '10:11:12:13:14:15'],
      ['h', 21, 16, 'ipv6', '1617:1819:1a1b:1c1d:1e1f:2021:2223:2425'],
      ['i', 37, 8, 'uint', '2749210254799219757'],
      ['j', 45, 2, 'bytes', '2e2f'],
    ]);
  });

  it('reads spans as what they are said to be', () => {
    const of = (octets: number[], as: Parameters<TracingCursor['span']>[2]) =>
      trace((c) => c.rest('x', as), Uint8Array.from(octets)).rows[0]?.value;
    expect(of([0xff, 0xff, 0xff, 0xfe], 'int')).toBe(-2);
    expect(of([0x80, 0, 0, 0, 0, 0, 0, 0], 'int')).toBe('-9223372036854775808');
    expect(of([0], 'bool')).toBe(false);
    expect(of([2], 'bool')).toBe(true);
    expect(of([2, 0], 'bool')).toBe('0200');
    expect(of([1, 2, 3, 4, 5, 6, 7, 8], 'mac')).toBe('01:02:03:04:05:06:07:08');
    expect(of([0x61, 0x2e, 0x62], 'text')).toBe('a.b');
    expect(of([97, 0x1b], 'text')).toEqual({ hex: '611b', text: 'a\\x1b' });
    expect(of([1, 97, 0, 1, 98, 0], 'domain')).toEqual(['a', 'b']);
    expect(of([...Array(16).keys()], 'uuid')).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f');
    expect(of([...Array(16).keys()], 'guid')).toBe('03020100-0504-0706-0809-0a0b0c0d0e0f');
    expect(of([], 'bytes')).toBe('');
    expect(of([], 'int')).toBe('');
  });

  it('makes a group of a window and names what is inside by it', () => {
    const { rows } = trace((c) => {
      c.enter(6, 'options', 2, 'length');
      c.means('Router');
      c.u8('code');
      c.enter(2, 'inner', -1, 'code');
      c.u16('x');
      c.leave();
      c.leave();
      c.u8('after');
    });
    expect(rows.map((row) => [row.path, row.at, row.length, row.type, row.label])).toEqual([
      ['options[2]', 0, 6, 'group', 'Router'],
      ['options[2].code', 0, 1, 'uint', undefined],
      ['options[2].inner', 1, 2, 'group', undefined],
      ['options[2].inner.x', 1, 2, 'uint', undefined],
      ['after', 6, 1, 'uint', undefined],
    ]);
  });

  it('puts a fault on the row of its field, whichever comes first', () => {
    const { rows, faults } = trace((c) => {
      c.u8('first');
      c.fault('value', 'first', 1, 2);
      c.span(100, 'second');
      c.u16('third');
    });
    expect(faults).toHaveLength(3);
    expect(rows.map((row) => [row.path, row.length, row.fault?.code, row.value])).toEqual([
      ['first', 1, 'value', 1],
      ['second', 63, 'cut', Buffer.from(bytes.subarray(1)).toString('hex')],
      ['third', 0, 'cut', undefined],
    ]);
  });

  it('forgets everything when it is opened again', () => {
    const cursor = trace((c) => c.span(100, 'x'));
    cursor.open(bytes, 0, 4, 'captured');
    expect([cursor.rows, cursor.faults]).toEqual([[], []]);
    cursor.u8('x');
    expect(cursor.rows[0]?.fault).toBeUndefined();
  });

  it('reads, faults and moves exactly as a plain cursor', () => {
    type Step = readonly [name: string, n: number];
    const steps = fc.array(
      fc.tuple(
        fc.constantFrom(
          'u8',
          'u16',
          'u24',
          'u32',
          'mac',
          'ipv4',
          'ipv6',
          'u64',
          'span',
          'enter',
          'leave',
          'flags16',
          'rest',
        ),
        fc.nat(20),
      ),
      { maxLength: 40 },
    );
    const run = (c: Cursor, list: readonly Step[]) => {
      let depth = 0;
      return list.map(([name, n]) => {
        switch (name) {
          case 'span':
            return [c.span(n, 'span', 'text'), c.at];
          case 'rest':
            return [c.rest('rest', 'domain'), c.at];
          case 'enter':
            if (c.enter(n, 'w', depth, 'w')) depth += 1;
            return c.end;
          case 'leave':
            if (depth > 0) {
              depth -= 1;
              c.leave();
            }
            return c.end;
          case 'u8':
            return [c.u8('u8'), c.at];
          case 'u16':
            return [c.u16('u16'), c.at];
          case 'u24':
            return [c.u24('u24'), c.at];
          case 'u32':
            return [c.u32('u32'), c.at];
          case 'mac':
            return [c.mac('mac'), c.at];
          case 'ipv4':
            return [c.ipv4('ipv4'), c.at];
          case 'ipv6':
            return [c.ipv6('ipv6'), c.at];
          case 'u64':
            return [c.u64('u64'), c.at];
          default:
            return [c.flags16('flags'), c.at];
        }
      });
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), steps, (data, list) => {
        const plain = new Cursor().open(data, 0, data.length, 'captured');
        const tracing = new TracingCursor().open(data, 0, data.length, 'captured');
        expect(run(tracing, list)).toEqual(run(plain, list));
        expect(tracing.faults).toEqual(plain.faults);
        expect(tracing.failed).toBe(plain.failed);
        for (const row of tracing.rows) expect(row.at + row.length).toBeLessThanOrEqual(data.length);
      }),
    );
  });
});

describe('rowsToJson', () => {
  const row = (path: string, value?: Row['value'], label?: string): Row => ({
    path,
    at: 0,
    length: 1,
    type: value === undefined ? 'group' : 'uint',
    ...(value === undefined ? {} : { value }),
    ...(label === undefined ? {} : { label }),
  });

  it('nests by path, in the order of reading', () => {
    expect(
      rowsToJson([
        row('op', 1),
        row('options[0]', undefined, 'Router'),
        row('options[0].code', 3),
        row('options[0].addresses[0]', '192.0.2.1'),
        row('options[0].addresses[1]', '192.0.2.2'),
        row('options[1]'),
        row('options[1].sub.x', 7, 'seven'),
      ]),
    ).toEqual({
      op: 1,
      options: [{ name: 'Router', code: 3, addresses: ['192.0.2.1', '192.0.2.2'] }, { sub: { x: 7, xName: 'seven' } }],
    });
  });

  it('gives a list of labels beside a list of values', () => {
    expect(rowsToJson([row('codes[0]', 1), row('codes[1]', 3, 'Router')])).toEqual({
      codes: [1, 3],
      codeNames: [null, 'Router'],
    });
  });

  it('makes a list of a field that stands twice', () => {
    expect(rowsToJson([row('data', 'aa'), row('data', 'bb')])).toEqual({ data: ['aa', 'bb'] });
  });

  it('leaves out what is not there, and padding of zeros only', () => {
    const missing: Row = { path: 'x', at: 0, length: 0, type: 'bytes' };
    const zeros: Row = { path: 'filePadding', at: 0, length: 2, type: 'bytes', value: '0000' };
    const leak: Row = { path: 'snamePadding', at: 0, length: 2, type: 'bytes', value: '00ff' };
    expect(rowsToJson([missing, zeros, leak])).toEqual({ snamePadding: '00ff' });
  });
});
