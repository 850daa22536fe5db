import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { GzipSource } from '../../src/capture/gzip.ts';
import { openSource } from '../../src/capture/source.ts';
import type { ByteSource } from '../../src/capture/types.ts';
import { ZstdSource } from '../../src/capture/zstd.ts';
import { hasTool } from '../support/needs.ts';
import { type Read, concat, memorySource, payload, pcapHeader, pcapRecord, readAll, readBytes } from './vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-compressed-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Frames that do not compress to nothing: damage somewhere in the middle is damage to something. */
function capture(frames: number): Uint8Array {
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 24;
  return concat(
    pcapHeader(),
    ...Array.from({ length: frames }, (_, index) =>
      pcapRecord({
        fraction: index,
        data: Array.from({ length: 60 + (index % 90) }, (_v, at) => (at % 3 ? next() : 7)),
      }),
    ),
  );
}

const plain = capture(4000);
const first = plain.subarray(0, 100_000);
const whole = await readBytes(plain);

/** Reads compressed bytes from a file, and again from a source that cannot be opened twice (as a pipe). */
async function both(bytes: Uint8Array, make: (raw: ByteSource) => ByteSource): Promise<{ file: Read; pipe: Read }> {
  const path = join(folder, 'capture');
  writeFileSync(path, bytes);
  const source = await openSource(path);
  const file = await readAll(source);
  source.close();
  const pipe = await readAll(make(memorySource(bytes, { step: 1000, later: true })));
  return { file, pipe };
}

const gzip = (raw: ByteSource): ByteSource => new GzipSource({ ...raw, again: () => undefined });

describe('gzip', () => {
  const members = [first, plain.subarray(100_000, 100_001), plain.subarray(100_001)];

  test('one member, many members, an empty member, header fields', async () => {
    const name = gzipSync(plain);
    const body = name.subarray(10);
    // FEXTRA, FNAME, FCOMMENT and FHCRC.
    const header = [0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, 97, 98, 0, 99, 0, 0xaa, 0xbb];
    const inputs = [
      gzipSync(plain),
      concat(...members.map((part) => gzipSync(part))),
      concat(gzipSync(new Uint8Array(0)), gzipSync(plain), gzipSync(new Uint8Array(0))),
      concat(header, body),
      concat(
        ...Array.from({ length: Math.ceil(plain.length / 500) }, (_, i) =>
          gzipSync(plain.subarray(i * 500, (i + 1) * 500)),
        ),
      ),
      gzipSync(plain, { level: 0 }),
    ];
    for (const input of inputs) {
      const { file, pipe } = await both(input, gzip);
      expect(file.lines).toEqual(whole.lines);
      expect(pipe.lines).toEqual(whole.lines);
      expect(file.summary.faults).toEqual([]);
      expect(file.summary.compression).toBe('gzip');
      expect(pipe.summary.faults).toEqual([]);
    }
  });

  test('trailing garbage is said, and no frame before it is lost', async () => {
    for (const garbage of ['garbage', '\0garbage', '\x1f', 'x']) {
      const { file, pipe } = await both(concat(gzipSync(plain), Buffer.from(garbage, 'latin1')), gzip);
      for (const got of [file, pipe]) {
        expect(got.lines).toEqual(whole.lines);
        expect(got.summary.faults).toMatchObject([
          { code: 'trailing-garbage', afterFrame: 4000, offset: plain.length },
        ]);
        expect(got.summary.truncated).toBe(false);
      }
    }
  });

  test('zero padding is said to be that', async () => {
    const { file } = await both(concat(gzipSync(plain), new Uint8Array(70_000)), gzip);
    expect(file.lines).toEqual(whole.lines);
    expect(file.summary.faults).toMatchObject([
      { code: 'trailing-garbage', message: expect.stringContaining('70000 zero bytes') },
    ]);
  });

  test('truncated at any place: the frames before the cut, and the cut', async () => {
    const packed = concat(gzipSync(first), gzipSync(plain.subarray(100_000)));
    let most = 0;
    for (const length of [
      5,
      9,
      10,
      11,
      200,
      5000,
      50_000,
      packed.length >> 1,
      packed.length - 9,
      packed.length - 8,
      packed.length - 1,
    ]) {
      const { file, pipe } = await both(packed.subarray(0, length), gzip);
      expect(pipe).toEqual(file);
      expect(file.lines).toEqual(whole.lines.slice(0, file.lines.length));
      expect(file.summary.faults.at(-1)?.code).toBe('compressed-truncated');
      expect(file.summary.truncated).toBe(true);
      expect(file.lines.length).toBeGreaterThanOrEqual(most);
      most = file.lines.length;
    }
    expect(most).toBe(4000);
  });

  test('truncated between members is whole', async () => {
    const { file } = await both(gzipSync(first), gzip);
    expect(file.summary.faults.map((fault) => fault.code)).toEqual(['truncated-record']);
  });

  test('damage in the middle: from a file every frame before it is read', async () => {
    // A deflate block of the reserved type 3 after the good ones.
    const good = deflateRawSync(plain.subarray(0, 200_000), { finishFlush: 2 });
    const packed = concat(gzipSync(new Uint8Array(0)).subarray(0, 10), good, [0x07], payload(2000));
    const before = await readBytes(plain.subarray(0, 200_000));
    const { file, pipe } = await both(packed, gzip);
    expect(file.lines).toEqual(before.lines);
    expect(file.summary.faults.map((fault) => fault.code)).toContain('compressed-damaged');
    expect(file.summary.faults.find((fault) => fault.code === 'compressed-damaged')?.message).toContain(
      `at byte ${10 + good.length} `,
    );
    expect(pipe.lines).toEqual(before.lines.slice(0, pipe.lines.length));
    expect(pipe.summary.faults.map((fault) => fault.code)).toContain('compressed-damaged');
  });

  test('a changed byte is noticed by the checksum', async () => {
    const packed = gzipSync(plain, { level: 0 });
    packed[5000] = (packed[5000] ?? 0) ^ 1;
    const { file, pipe } = await both(packed, gzip);
    for (const got of [file, pipe]) {
      expect(got.lines).toHaveLength(4000);
      expect(got.summary.faults).toMatchObject([{ code: 'compressed-checksum' }]);
    }
  });

  test('what only looks like a gzip header', async () => {
    for (const bytes of [
      [0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3],
      [0x1f, 0x8b, 8, 0xe0, 0, 0, 0, 0, 0, 3, 1],
    ]) {
      const { file } = await both(Uint8Array.from(bytes), gzip);
      expect(file.summary.faults.map((fault) => fault.code)).toEqual(['compressed-damaged']);
    }
  });

  test('a bomb is read in bounded memory', async () => {
    const packed = gzipSync(concat(pcapHeader(), ...Array.from({ length: 200 }, () => new Uint8Array(1 << 19))));
    expect(packed.length).toBeLessThan(150_000);
    const before = process.memoryUsage().arrayBuffers;
    const source = gzip(memorySource(packed));
    const buffer = new Uint8Array(1 << 16);
    let total = 0;
    let most = 0;
    for (;;) {
      const count = await source.read(buffer, 0);
      if (count === 0) break;
      total += count;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(total).toBe(24 + 200 * (1 << 19));
    expect(most).toBeLessThan(64 << 20);
  });

  test('closing early ends it', async () => {
    const source = gzip(memorySource(gzipSync(plain)));
    await source.read(new Uint8Array(10), 0);
    source.close();
    expect(await source.read(new Uint8Array(10), 0)).toBe(0);
  });
});

describe.skipIf(!hasTool('zstd'))('zstd', () => {
  const pack = (bytes: Uint8Array, ...flags: string[]): Uint8Array => {
    const { stdout } = spawnSync('zstd', ['-q', '-c', ...flags], { input: bytes, maxBuffer: 1 << 28 });
    return stdout;
  };
  const zstd = (raw: ByteSource): ByteSource => new ZstdSource(raw);
  const parts = [first, plain.subarray(100_000, 100_001), plain.subarray(100_001)];
  const skippable = concat([0x53, 0x2a, 0x4d, 0x18, 9, 0, 0, 0], payload(9));

  test('one frame, many frames, empty and skippable ones, all kinds of header', async () => {
    const inputs = [
      pack(plain),
      concat(...parts.map((part) => pack(part))),
      concat(skippable, pack(first), pack(new Uint8Array(0)), skippable, pack(plain.subarray(100_000)), skippable),
      pack(plain, '--no-check'),
      pack(plain, '-19', '--long=27'),
      pack(plain, '--fast=5'),
      pack(plain, '--no-content-size'),
      concat(
        ...Array.from({ length: 200 }, (_, i) => pack(plain.subarray(i * 2000, (i + 1) * 2000))),
        pack(plain.subarray(400_000)),
      ),
    ];
    for (const input of inputs) {
      const { file, pipe } = await both(input, zstd);
      expect(file.lines).toEqual(whole.lines);
      expect(file.summary).toMatchObject({ compression: 'zstd', faults: [] });
      expect(pipe).toEqual(file);
    }
  });

  test('runs of one byte', async () => {
    const bytes = concat(
      pcapHeader(),
      ...Array.from({ length: 10 }, () => pcapRecord({ data: payload(0) })),
      pcapRecord({ data: Array.from({ length: 250_000 }, () => 5) }),
    );
    const { file } = await both(pack(bytes), zstd);
    expect(file.lines).toEqual((await readBytes(bytes)).lines);
  });

  test('trailing garbage is said, and no frame before it is lost', async () => {
    for (const garbage of ['garbage', 'x', '\0\0\0\0\0\0\0\0\0\0']) {
      const { file, pipe } = await both(concat(pack(plain), Buffer.from(garbage)), zstd);
      expect(pipe).toEqual(file);
      expect(file.lines).toEqual(whole.lines);
      expect(file.summary.faults).toMatchObject([{ code: 'trailing-garbage', afterFrame: 4000 }]);
    }
  });

  test('truncated at any place: the frames before the cut, and the cut', async () => {
    const packed = concat(pack(first), skippable, pack(plain.subarray(100_000)));
    let most = 0;
    for (const length of [
      4,
      5,
      6,
      12,
      5000,
      60_000,
      packed.length >> 1,
      packed.length - 5,
      packed.length - 4,
      packed.length - 1,
    ]) {
      const { file, pipe } = await both(packed.subarray(0, length), zstd);
      expect(pipe).toEqual(file);
      expect(file.lines).toEqual(whole.lines.slice(0, file.lines.length));
      expect(file.summary.faults.at(-1)?.code).toBe('compressed-truncated');
      expect(file.summary.truncated).toBe(true);
      expect(file.lines.length).toBeGreaterThanOrEqual(most);
      most = file.lines.length;
    }
    expect(most).toBeGreaterThan(3000);
  });

  test('damage is said', async () => {
    const packed = Uint8Array.from(pack(plain, '--no-check'));
    packed.fill(0xff, packed.length - 3000, packed.length - 2000);
    const { file } = await both(packed, zstd);
    expect(file.lines).toEqual(whole.lines.slice(0, file.lines.length));
    expect(file.summary.faults.map((fault) => fault.code)).toContain('compressed-damaged');
  });

  test('a window larger than we hold, and a dictionary, are refused with a word', async () => {
    const window = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 1, 0, 0];
    const dictionary = [0x28, 0xb5, 0x2f, 0xfd, 0x23, 7, 5, 1, 0, 0];
    for (const bytes of [window, dictionary]) {
      const { file } = await both(Uint8Array.from(bytes), zstd);
      expect(file.summary.faults.map((fault) => fault.code)).toEqual(['compressed-unsupported']);
    }
  });
});

test('compression is recognised by content: a plain capture named .gz', async () => {
  const path = join(folder, 'plain.pcap.gz');
  writeFileSync(path, plain);
  const source = await openSource(path);
  expect(source.compression).toBe('none');
  expect((await readAll(source)).lines).toEqual(whole.lines);
  source.close();
});
