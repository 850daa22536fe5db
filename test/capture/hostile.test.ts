import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GzipSource } from '../../src/capture/gzip.ts';
import type { ByteSource } from '../../src/capture/types.ts';
import { ZstdSource } from '../../src/capture/zstd.ts';
import {
  Blocks,
  concat,
  everyBlock,
  memorySource,
  payload,
  pcapHeader,
  pcapRecord,
  readAll,
  readBytes,
} from './vectors.ts';

/** Whatever comes, reading ends, no frame lies outside its buffer (the transcript checks), and pieces change nothing. */
async function holds(bytes: Uint8Array): Promise<void> {
  const whole = await readBytes(bytes);
  expect(whole.summary.frames).toBe(whole.lines.length);
  expect(whole.summary.faults.length).toBeLessThanOrEqual(65);
  expect(await readBytes(bytes, 37)).toEqual(whole);
  expect(await readAll(memorySource(bytes, { step: 5 }))).toEqual(whole);
}

const le = new Blocks(true);
const anyBytes = fc.uint8Array({ maxLength: 600 });

describe('random bytes after a good beginning', () => {
  test.each([
    ['pcap', concat(pcapHeader(), pcapRecord())],
    ['big-endian pcap', concat(pcapHeader({ little: false }))],
    ['old pcap', concat(pcapHeader({ minor: 3 }))],
    ['pcapng', concat(le.section(), le.iface(), le.packet(1n))],
    ['pcapng magic only', concat(le.u32(0x0a0d0d0a))],
    ['nothing', new Uint8Array(0)],
  ])('%s', async (name, start) => {
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        const all = concat(start, bytes);
        if (name !== 'nothing') await holds(all);
        else await holds(all).catch((error: unknown) => expect(error).toMatchObject({ code: 'unknown-format' }));
      }),
      { numRuns: 300 },
    );
  });
});

describe('good files with a few bytes changed', () => {
  const pcap = concat(pcapHeader(), ...[1, 2, 3].map((seed) => pcapRecord({ data: payload(30, seed) })));
  test.each([
    ['pcap', pcap],
    ['pcapng', everyBlock()],
  ])('%s', async (_name, bytes) => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = Uint8Array.from(bytes);
        // The magic number stays: what has none is not read at all.
        for (const [at, value] of changes) if (at >= 4) changed[at] = value;
        await holds(changed);
      }),
      { numRuns: 1000 },
    );
  });
});

test('blocks of random type and content', async () => {
  const type = fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 6, 9, 10, 0xbad, 0x40000bad, 0x204, 0x0a0d0d0a), fc.nat());
  const block = fc.tuple(type, fc.uint8Array({ maxLength: 80 })).map(([kind, body]) => le.block(kind, [...body]));
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 12 }), async (blocks) => {
      await holds(concat(le.section(), le.iface(), ...blocks));
    }),
    { numRuns: 500 },
  );
});

describe('damaged compression', () => {
  const plain = concat(
    pcapHeader(),
    ...Array.from({ length: 300 }, (_, i) => pcapRecord({ fraction: i, data: payload(i, i) })),
  );
  const gzip = (raw: ByteSource): ByteSource => new GzipSource({ ...raw, again: () => undefined });
  const zstd = (raw: ByteSource): ByteSource => new ZstdSource(raw);
  // `zstd -c` of one block of 300 bytes 'a', then a skippable frame: the tool is not needed here.
  const rle = [
    0x28, 0xb5, 0x2f, 0xfd, 0x60, 0x2c, 0x00, 0x63, 0x09, 0x00, 0x61, 0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9,
  ];
  const stored = [0x28, 0xb5, 0x2f, 0xfd, 0x60, (plain.length - 256) & 255, (plain.length - 256) >>> 8];
  const head = (plain.length << 3) | 1;
  const inputs: [string, (raw: ByteSource) => ByteSource, Uint8Array][] = [
    ['gzip', gzip, concat(gzipSync(plain.subarray(0, 9000)), gzipSync(plain.subarray(9000)))],
    ['zstd, stored', zstd, concat(stored, [head & 255, (head >>> 8) & 255, head >>> 16], plain)],
    ['zstd, run', zstd, concat(rle)],
  ];
  test.each(inputs)('%s', async (_name, make, packed) => {
    const change = fc.tuple(fc.nat(packed.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 3 }), fc.nat(packed.length), async (changes, length) => {
        const changed = Uint8Array.from(packed);
        for (const [at, value] of changes) if (at >= 4) changed[at] = value;
        const source = make(memorySource(changed.subarray(0, Math.max(4, length)), { step: 700 }));
        const buffer = new Uint8Array(1 << 16);
        let total = 0;
        for (;;) {
          const count = await source.read(buffer, 0);
          total += count;
          if (count === 0) break;
        }
        source.close();
        expect(total).toBeLessThan(1 << 26);
      }),
      { numRuns: 300 },
    );
  });

  test('undamaged, they are read', async () => {
    for (const [, make, packed] of inputs.slice(0, 2)) {
      const got = await readAll(make(memorySource(packed)));
      expect(got.summary).toMatchObject({ frames: 300, faults: [] });
    }
  });

  test('a hundred thousand empty frames or members are no deep recursion', async () => {
    const empty = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x00, 0x01, 0x00, 0x00];
    const frames = Buffer.alloc(empty.length * 100_000, Uint8Array.from(empty));
    const source = zstd(memorySource(concat(frames)));
    expect(await source.read(new Uint8Array(10), 0)).toBe(0);
    expect(source.faults).toEqual([]);
  });
});

test('thousands of damaged blocks leave a short list that says how many', async () => {
  const bad = le.packet(1n, payload(20), { iface: 7 });
  const bytes = concat(le.section(), le.iface(), ...Array.from({ length: 5000 }, () => bad), le.packet(1n));
  const { lines, summary } = await readBytes(bytes);
  expect(lines).toHaveLength(1);
  expect(summary.faults).toHaveLength(64);
  expect(summary.faults.at(-1)).toMatchObject({ code: 'more-faults', message: '4937 more faults from here on' });
});
