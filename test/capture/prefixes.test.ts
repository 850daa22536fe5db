import { describe, expect, test } from 'vitest';
import { concat, everyBlock, memorySource, payload, pcapHeader, pcapRecord, readAll, readBytes } from './vectors.ts';

const little = concat(
  pcapHeader(),
  ...[1, 2, 3, 4].map((seed) => pcapRecord({ sec: 1700000000 + seed, data: payload(10 + seed * 9, seed) })),
);
const big = concat(
  pcapHeader({ little: false, magic: 0xa1b23c4d }),
  ...[1, 2, 3].map((seed) => pcapRecord({ fraction: seed, data: payload(seed * 17, seed), little: false })),
);
const FILES: [string, Uint8Array][] = [
  ['pcap', little],
  ['pcap, big-endian', big],
  ['pcapng', everyBlock()],
];

describe.each(FILES)('every prefix of a small file: %s', (_name, bytes) => {
  test('gives the frames before the cut and says where it was cut', async () => {
    const whole = await readBytes(bytes);
    expect(whole.summary.faults).toEqual([]);
    let frames = 0;
    for (let length = 0; length <= bytes.length; length += 1) {
      const { lines, summary } = await readBytes(bytes.subarray(0, length));
      expect(lines).toEqual(whole.lines.slice(0, lines.length));
      expect(lines.length).toBeGreaterThanOrEqual(frames);
      expect(lines.length).toBeLessThanOrEqual(frames + 1);
      frames = lines.length;
      expect(summary.bytes).toBeLessThanOrEqual(length);
      const clean = length >= 4 && summary.bytes === length;
      expect(summary.faults).toHaveLength(clean ? 0 : 1);
      if (clean) continue;
      const fault = summary.faults[0];
      const code = length === 0 ? 'empty-file' : length < 4 ? 'too-short' : expect.stringMatching(/^truncated-/);
      expect(fault?.code).toEqual(code);
      expect(fault?.afterFrame).toBe(frames);
      if (length >= 4) expect(fault?.offset).toBe(summary.bytes);
      expect(summary.truncated).toBe(length > 0);
    }
    expect(frames).toBe(whole.lines.length);
  });
});

describe.each(FILES)('odd-sized pieces and buffers give what the whole gives: %s', (_name, bytes) => {
  test.each([1, 2, 3, 7, 13, 64, 127, 1000])('pieces of %i', async (step) => {
    const whole = await readBytes(bytes);
    for (const later of [false, true]) {
      expect(await readAll(memorySource(bytes, { step, later }))).toEqual(whole);
    }
    expect(await readBytes(bytes, step)).toEqual(whole);
  });

  test('cut files too', async () => {
    for (let length = 1; length < bytes.length; length += 11) {
      const cut = bytes.subarray(0, length);
      const whole = await readBytes(cut);
      for (const step of [1, 5, 50]) expect(await readAll(memorySource(cut, { step }), step)).toEqual(whole);
    }
  });
});
