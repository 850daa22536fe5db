import { describe, expect, test } from 'vitest';
import { readTime } from '../../src/capture/clock.ts';
import { Blocks, ascii, concat, everyBlock, memorySource, payload, readAll, readBytes, u16, u32 } from './vectors.ts';

const le = new Blocks(true);

/** Frame lines without their hash. */
function short(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/ [0-9a-f]{8}$/, ''));
}

test('every block: numbers, times, lengths, interfaces', async () => {
  const { lines, summary } = await readBytes(everyBlock());
  expect(short(lines)).toEqual([
    '1 1700000000.123456789 61 61 0',
    '2 1700000000.123456000 64 systemd-journal',
    '3 1700000000.223456789 14 14 0',
    '4  40 90 1',
    '5 1177375.688670158 33 33 2',
    '6 1700000000.000000000 20 20 1',
    '7  16 custom',
    '8  8 custom',
    '9 1177375.698088645 9 1500 2',
    '10 1700000001.000000000 20 20 3',
  ]);
  expect(summary).toMatchObject({ format: 'pcapng', variant: 'mixed-endian, 3 sections', frames: 10, faults: [] });
  expect(summary.interfaces.map((one) => [one.id, one.section, one.sectionId, one.linkType, one.snapLength])).toEqual([
    [0, 0, 0, 1, 0],
    [1, 1, 0, 113, 40],
    [2, 1, 1, 1, 0],
    [3, 2, 0, 1, 0],
  ]);
  expect(summary.interfaces[0]).toMatchObject({ name: 'eth0', received: 77, dropped: 3 });
  expect(summary.interfaces[1]).toMatchObject({ name: '', received: -1, dropped: -1 });
});

describe('interface options', () => {
  test.each([true, false])('all that we keep (little-endian: %s)', async (little) => {
    const b = new Blocks(little);
    const offset = little ? [...u32(-5, true), ...u32(-1, true)] : [...u32(-1, false), ...u32(-5, false)];
    const bytes = concat(
      b.section(),
      b.iface(1, 96, [
        [1, ascii('a comment')],
        [2, ascii('enp1s0')],
        [3, ascii('uplink\0\0')],
        [9, [3]],
        [11, [0, ...ascii('udp port 67')]],
        [12, ascii('Linux 6.1')],
        [15, ascii('a card')],
        [13, [4]],
        [14, offset],
      ]),
      b.packet(1700000000123n),
    );
    const { lines, summary } = await readBytes(bytes);
    expect(summary.interfaces).toEqual([
      {
        id: 0,
        section: 0,
        sectionId: 0,
        linkType: 1,
        snapLength: 96,
        clock: { kind: 'ticks', base: 10, exponent: 3, offset: -5 },
        name: 'enp1s0',
        description: 'uplink',
        filter: 'udp port 67',
        os: 'Linux 6.1',
        received: -1,
        dropped: -1,
      },
    ]);
    expect(lines[0]).toMatch(/^1 1699999995\.123000000 /);
  });

  test('a filter in machine code is no text; odd lengths of numbers keep the defaults', async () => {
    const options: [number, number[]][] = [
      [11, [1, 40, 0, 0, 0]],
      [9, [9, 0]],
      [14, [1, 0, 0, 0]],
    ];
    const { summary } = await readBytes(concat(le.section(), le.iface(1, 0, options)));
    expect(summary.interfaces[0]).toMatchObject({ filter: '', clock: { base: 10, exponent: 6, offset: 0 } });
  });

  test('an option longer than its block is said; what stood before it is kept', async () => {
    const body = [
      ...u16(1, true),
      0,
      0,
      ...u32(0, true),
      ...le.u16(2),
      ...le.u16(2),
      97,
      98,
      0,
      0,
      ...le.u16(3),
      ...le.u16(200),
    ];
    const { lines, summary } = await readBytes(concat(le.section(), le.block(1, body), le.packet(1n)));
    expect(summary.interfaces[0]?.name).toBe('ab');
    expect(summary.faults).toMatchObject([{ offset: 28, afterFrame: 0, code: 'bad-option' }]);
    expect(lines).toHaveLength(1);
  });

  test('long text is cut, and text of thousands of interfaces is left out in the end', async () => {
    const name = ascii('x'.repeat(1500));
    const many = Array.from({ length: 1100 }, () => le.iface(1, 0, [[2, name]]));
    const { summary } = await readBytes(concat(le.section(), ...many));
    expect(summary.interfaces[0]?.name).toHaveLength(1024);
    expect(summary.interfaces.at(-1)?.name).toBe('');
    expect(summary.faults[0]?.code).toBe('too-much-text');
    expect(summary.faults.length).toBeLessThanOrEqual(64);
  });
});

describe('time', () => {
  test('a packet whose time is all ones has none', async () => {
    const { lines } = await readBytes(concat(le.section(), le.iface(), le.packet(0xffffffffffffffffn)));
    expect(short(lines)).toEqual(['1  20 20 0']);
  });

  test('a journal entry: a field at the beginning of a line, not one that a message quotes', async () => {
    const entry = (text: string): number[] => le.block(9, ascii(text.padEnd(40, '\n')));
    const { lines } = await readBytes(
      concat(
        le.section(),
        entry('MESSAGE=__REALTIME_TIMESTAMP=5\n__REALTIME_TIMESTAMP=1700000000000001\n'),
        entry('MESSAGE=nothing\n'),
        entry('__REALTIME_TIMESTAMP=99999999999999999999\n'),
        entry('__REALTIME_TIMESTAMP=x\n'),
      ),
    );
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['1700000000.000001000', '', '', '']);
  });
});

describe('damage inside a sound block is stepped over', () => {
  const before = concat(le.section(), le.iface(), le.packet(1n));
  const after = le.packet(2n);
  test.each([
    ['unknown-interface', le.packet(1n, payload(20), { iface: 5 })],
    ['unknown-interface', le.packet(1n, payload(20), { iface: 0xffffffff })],
    ['unknown-interface', le.oldPacket(1n, payload(20), 1)],
    ['unknown-interface', le.statistics(1, 1, 1)],
    ['bad-record-length', le.packet(1n, payload(20), { captured: 21 })],
    ['bad-record-length', le.packet(1n, payload(20), { captured: 0xffffffff })],
    ['bad-record-length', le.packet(1n, payload(300_000))],
    ['bad-record-length', le.simple(payload(20), 100)],
    ['short-block', le.block(6, payload(12))],
    ['short-block', le.block(3, [])],
    ['short-block', le.block(0xbad, [])],
    ['short-block', le.block(9, payload(16))],
  ])('%s', async (code, block) => {
    const { lines, summary } = await readBytes(concat(before, block, after));
    expect(short(lines)).toEqual(['1 0.000001000 20 20 0', '2 0.000002000 20 20 0']);
    expect(summary.faults).toMatchObject([{ offset: before.length, afterFrame: 1, code }]);
  });

  test('captured bytes may reach into the padding, as in Wireshark', async () => {
    const { lines } = await readBytes(concat(before, le.packet(1n, payload(17), { captured: 18, length: 17 })));
    expect(short(lines)[1]).toBe('2 0.000001000 18 17 0');
  });

  test('a simple packet before any interface', async () => {
    const { lines, summary } = await readBytes(concat(le.section(), le.simple(), le.iface(), after));
    expect(lines).toHaveLength(1);
    expect(summary.faults).toMatchObject([{ code: 'unknown-interface', offset: 28 }]);
  });

  test('options of a packet that overrun their block cost no frame', async () => {
    const options = [...le.u16(1), ...le.u16(200), 1, 2, 3, 4];
    const { lines } = await readBytes(concat(before, le.packet(1n, payload(20), { options }), after));
    expect(lines).toHaveLength(3);
  });
});

describe('damage to the structure stops the reading, with a word on where', () => {
  const before = concat(le.section(), le.iface(), le.packet(1n));
  const after = le.packet(2n);
  const raw = (type: number, length: number, body: number[], trailing = length): number[] => [
    ...le.u32(type),
    ...le.u32(length),
    ...body,
    ...le.u32(trailing),
  ];
  test.each([
    ['bad-block-length', 'zero', raw(0x77, 0, [])],
    ['bad-block-length', 'too short', raw(6, 8, [])],
    ['bad-block-length', 'trailing length differs', raw(0x77, 24, payload(12), 28)],
    ['bad-block-length', 'trailing length of a packet differs', [...le.packet(1n).slice(0, -4), 99, 0, 0, 0]],
    ['bad-block-length', 'huge', raw(0x77, 0x40000000, payload(12))],
    ['bad-block-length', 'all ones', raw(6, 0xffffffff, payload(40))],
    ['bad-block-length', 'no multiple of 4, and not padded', raw(0x77, 25, payload(13))],
    [
      'bad-byte-order',
      'section header without its magic',
      raw(0x0a0d0d0a, 28, [...le.u32(0x1a2b3c4e), ...payload(12)]),
    ],
    ['bad-version', 'section of version 2.0', le.section(2, 0)],
    ['bad-version', 'section of version 1.9', le.section(1, 9)],
    ['short-block', 'interface too short', le.block(1, payload(4))],
    ['short-block', 'section header too short', le.block(0x0a0d0d0a, [...le.u32(0x1a2b3c4d), 1, 0, 0, 0])],
    ['bad-block-length', 'text', ascii('garbage here and so on')],
  ])('%s: %s', async (code, _what, block) => {
    const { lines, summary } = await readBytes(concat(before, block, after));
    expect(short(lines)).toEqual(['1 0.000001000 20 20 0']);
    expect(summary.faults).toMatchObject([{ offset: before.length, afterFrame: 1, code }]);
    expect(summary.bytes).toBe(before.length);
  });

  test('a length that is no multiple of 4 is good when the padding is there, as in Wireshark', async () => {
    const { lines, summary } = await readBytes(concat(before, raw(0x77, 25, payload(16)), after));
    expect(lines).toHaveLength(2);
    expect(summary.faults).toEqual([]);
  });

  test('version 1.2 is version 1.0', async () => {
    const { lines } = await readBytes(concat(le.section(1, 2), le.iface(), after));
    expect(lines).toHaveLength(1);
  });

  test('too many interfaces', async () => {
    const table = Buffer.concat(Array.from({ length: 16385 }, () => Uint8Array.from(le.iface())));
    const { summary } = await readBytes(concat(before, table, after));
    expect(summary.frames).toBe(1);
    expect(summary.faults).toMatchObject([{ code: 'too-many-interfaces' }]);
  });
});

describe('large blocks', () => {
  const before = concat(le.section(), le.iface(), le.packet(1n));
  const after = le.packet(2n);
  const size = 20_000_000;
  const large = (type: number): Uint8Array => {
    const block = Buffer.alloc(size);
    block.set(le.u32(type), 0);
    block.set(le.u32(size), 4);
    block.set(le.u32(size), size - 4);
    return block;
  };

  test.each([
    [0xa, ['1 0.000001000 20 20 0', '2 0.000002000 20 20 0'], []],
    [0xbad, ['1 0.000001000 20 20 0', '2  0 custom', '3 0.000002000 20 20 0'], []],
    [6, ['1 0.000001000 20 20 0', '2 0.000002000 20 20 0'], [{ code: 'bad-record-length', offset: 100 }]],
  ] as const)('type %i of 20 MB is stepped over without being held', async (type, lines, faults) => {
    const bytes = concat(before, large(type), after);
    for (const chunk of [1000, 1 << 20, 1 << 25]) {
      let largest = 0;
      const source = memorySource(bytes);
      const read = source.read.bind(source);
      source.read = (into, at) => {
        largest = Math.max(largest, into.length);
        return read(into, at);
      };
      const got = await readAll(source, chunk);
      expect(short(got.lines)).toEqual(lines);
      expect(got.summary.faults).toMatchObject(faults);
      expect(largest).toBeLessThanOrEqual(Math.max(chunk, 4096));
    }
  });

  test('cut inside, or with another trailing length', async () => {
    const cut = concat(before, large(0xa).subarray(0, 12_345_678));
    const other = concat(before, large(0xa).fill(7, size - 4), after);
    for (const chunk of [1000, 1 << 25]) {
      expect((await readBytes(cut, chunk)).summary).toMatchObject({
        bytes: 100,
        truncated: true,
        faults: [
          {
            offset: 100,
            afterFrame: 1,
            code: 'truncated-record',
            message: 'the file ends inside a decryption secrets block: 12345678 of 20000000 bytes',
          },
        ],
      });
      expect((await readBytes(other, chunk)).summary).toMatchObject({
        bytes: 100,
        faults: [{ offset: 100, afterFrame: 1, code: 'bad-block-length' }],
      });
    }
  });
});

test('the clock of an interface is its own', async () => {
  const { summary } = await readBytes(everyBlock());
  const into = { sec: 0, nsec: 0 };
  const clock = summary.interfaces[2]?.clock;
  expect(clock).toEqual({ kind: 'ticks', base: 2, exponent: 20, offset: 0 });
  if (clock !== undefined) readTime(clock, 0, 1 << 19, into);
  expect(into).toEqual({ sec: 0, nsec: 500_000_000 });
});
