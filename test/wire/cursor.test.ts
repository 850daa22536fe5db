import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../src/wire/cursor.ts';

const BYTES = Uint8Array.from({ length: 40 }, (_, i) => 0x80 + i);

function open(length: number, at = 0, limit = 'length field'): Cursor {
  return new Cursor().open(BYTES, at, at + length, limit);
}

/** Every fixed-width read: name, bytes, what it gives for 80 81 82 …, what it gives when it is cut. */
const READS: readonly [string, number, (c: Cursor) => unknown, unknown, unknown][] = [
  ['u8', 1, (c) => c.u8('f'), 0x80, -1],
  ['u16', 2, (c) => c.u16('f'), 0x8081, -1],
  ['u24', 3, (c) => c.u24('f'), 0x808182, -1],
  ['u32', 4, (c) => c.u32('f'), 0x80818283, -1],
  ['flags8', 1, (c) => c.flags8('f'), 0x80, -1],
  ['flags16', 2, (c) => c.flags16('f'), 0x8081, -1],
  ['flags32', 4, (c) => c.flags32('f'), 0x80818283, -1],
  ['ipv4', 4, (c) => c.ipv4('f'), 0x80818283, -1],
  ['mac', 6, (c) => c.mac('f'), 0x808182838485, -1],
  ['ipv6', 16, (c) => c.ipv6('f'), String.fromCharCode(...BYTES.subarray(0, 16)), ''],
  ['u64', 8, (c) => c.u64('f'), { at: 0, length: 8 }, { at: 0, length: 7 }],
  ['span', 5, (c) => c.span(5, 'f'), { at: 0, length: 5 }, { at: 0, length: 4 }],
];

describe('a read', () => {
  it.each(READS)('%s takes its bytes, unsigned', (_name, size, read, value) => {
    const c = open(size);
    expect(read(c)).toEqual(value);
    expect([c.at, c.left, c.failed, c.faults]).toEqual([size, 0, false, []]);
  });

  it.each(READS)(
    '%s past the end gives no number that was not there, says where, and stands at the end',
    (_name, size, read, _value, cut) => {
      for (let have = 0; have < size; have += 1) {
        const c = open(have, 0, 'udp.length');
        const got = read(c);
        if (typeof cut === 'object') expect(got).toEqual({ at: 0, length: have });
        else expect(got).toBe(cut);
        expect(c.faults).toEqual([{ code: 'cut', path: 'f', at: 0, need: size, have, limit: 'udp.length' }]);
        expect([c.failed, c.left]).toEqual([true, 0]);
      }
    },
  );

  it('never passes the window, though there are bytes behind it', () => {
    const c = open(20);
    c.enter(3, 'options', 0, 'options.length');
    expect(c.u32('data')).toBe(-1);
    expect(c.faults[0]).toMatchObject({ path: 'options[0].data', need: 4, have: 3, limit: 'options.length' });
    c.leave();
    expect(c.u8('next')).toBe(0x83);
  });
});

describe('need, peek, seek', () => {
  it('need says no without moving', () => {
    const c = open(10);
    expect(c.need(10, 'header')).toBe(true);
    expect(c.need(11, 'header')).toBe(false);
    expect([c.at, c.failed]).toEqual([0, false]);
    expect(c.faults).toMatchObject([{ code: 'cut', path: 'header', need: 11, have: 10 }]);
  });

  it('peek and peekAt see the window and nothing else', () => {
    const c = open(3, 2);
    expect([c.peek(), c.peekAt(0), c.peekAt(2), c.peekAt(3), c.peekAt(-1), c.peekAt(1e9)]).toEqual([
      0x82, 0x82, 0x84, -1, -1, -1,
    ]);
    c.rest('all');
    expect(c.peek()).toBe(-1);
  });

  it('seek goes nowhere outside', () => {
    const c = open(10);
    expect(c.seek(10, 'pointer')).toBe(true);
    for (const outside of [11, -1, 2 ** 31, Number.NaN]) expect(c.seek(outside, 'pointer')).toBe(false);
    expect(c.at).toBe(10);
    expect(c.faults).toHaveLength(4);
  });
});

describe('windows', () => {
  it('a window longer than what is there ends where that ends, and says so', () => {
    const c = open(10);
    c.skip(4, 'head');
    expect(c.enter(100, 'options', 3, 'options.length')).toBe(true);
    expect(c.left).toBe(6);
    expect(c.faults).toMatchObject([{ code: 'cut', path: 'options[3]', need: 100, have: 6, limit: 'length field' }]);
    // What bounds it is still the outer limit.
    c.u64('data');
    expect(c.faults[1]).toMatchObject({ path: 'options[3].data', limit: 'length field' });
  });

  it('leaving stands at the end of the window, whatever was read', () => {
    const c = open(20);
    c.enter(8, 'a', -1, 'a.length');
    c.enter(4, 'b', 2, 'b.length');
    expect(c.path('x')).toBe('a.b[2].x');
    c.leave();
    expect([c.at, c.end]).toEqual([4, 8]);
    c.leave();
    expect([c.at, c.end, c.limit, c.path('x')]).toEqual([8, 20, 'length field', 'x']);
  });

  it('opens no more than 32 inside one another, and leaves in order', () => {
    const c = open(40);
    let depth = 0;
    while (c.enter(c.left - 1, 'relay', depth, 'l')) depth += 1;
    expect(depth).toBe(32);
    expect(c.faults).toMatchObject([{ code: 'excess', need: 32, have: 32 }]);
    expect(c.path('x')).toBe(`${Array.from({ length: 32 }, (_, i) => `relay[${i}].`).join('')}x`);
    for (; depth > 0; depth -= 1) c.leave();
    expect([c.end, c.path('x')]).toEqual([40, 'x']);
  });

  it('opening anew forgets windows and faults', () => {
    const c = open(4);
    c.enter(2, 'a', -1, 'l');
    c.u32('x');
    const before = c.faults;
    c.open(BYTES, 0, 8, 'captured');
    expect([c.left, c.failed, c.faults, c.faultsLost, c.path('x')]).toEqual([8, false, [], 0, 'x']);
    // A record that was given them keeps them.
    expect(before).toHaveLength(1);
  });
});

it('keeps 32 faults and counts the rest', () => {
  const c = open(0);
  for (let i = 0; i < 100; i += 1) c.u8('f');
  expect([c.faults.length, c.faultsLost]).toEqual([32, 68]);
});

it('whatever is asked in whatever order, no read leaves the bytes and none throws', () => {
  const step = fc.record({ call: fc.nat(READS.length + 5), n: fc.integer({ min: 0, max: 70_000 }) });
  fc.assert(
    fc.property(fc.nat(40), fc.array(step, { maxLength: 60 }), (length, steps) => {
      const c = open(length);
      let depth = 0;
      for (const { call, n } of steps) {
        const read = READS[call];
        if (read !== undefined) read[2](c);
        else if (call === READS.length) c.span(n, 's');
        else if (call === READS.length + 1) c.seek(n, 's');
        else if (call === READS.length + 2) c.need(n, 's');
        else if (call === READS.length + 3) c.rest('s');
        else if (call === READS.length + 4) depth += c.enter(n, 'w', n, 'l') ? 1 : 0;
        else if (depth > 0) {
          c.leave();
          depth -= 1;
        }
        expect(c.at).toBeGreaterThanOrEqual(0);
        expect(c.at).toBeLessThanOrEqual(c.end);
        expect(c.end).toBeLessThanOrEqual(length);
      }
    }),
  );
});
