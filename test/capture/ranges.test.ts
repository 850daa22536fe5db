import { describe, expect, test } from 'vitest';
import { type CaptureReader, readerFrom } from '../../src/capture/format.ts';
import { type CaptureRange, cutRanges } from '../../src/capture/ranges.ts';
import type { CaptureSummary } from '../../src/capture/read.ts';
import type { ByteSource } from '../../src/capture/types.ts';
import {
  Blocks,
  Transcript,
  concat,
  everyBlock,
  memorySource,
  payload,
  pcapHeader,
  pcapRecord,
  readBytes,
} from './vectors.ts';

/** Cuts, carries the state as a thread would get it, and walks each range with a reader of its own. */
async function byRanges(
  source: ByteSource,
  target: number,
  slabs = 3,
): Promise<{ lines: string[]; summary: CaptureSummary; ranges: number }> {
  const transcript = new Transcript();
  let reader: CaptureReader | undefined;
  const cutting = cutRanges(source, {
    target,
    slabs,
    onReader(one) {
      reader = one;
      transcript.interfaces = one.interfaces;
    },
  });
  const out: CaptureRange[] = [];
  const walk = (range: CaptureRange): void => {
    expect(range.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    const own = readerFrom(structuredClone(range.state));
    expect(range.state.frames).toBe(transcript.lines.length);
    expect(own.walk(range.bytes, 0, range.end, transcript, false)).toBe(range.end);
    expect(own.frames - range.state.frames).toBe(range.frames);
    range.release();
    range.release();
  };
  for (let index = 0; ; index += 1) {
    const next = await cutting.next();
    if (next.done === true) {
      for (const range of out) walk(range);
      expect(reader === undefined).toBe(next.value.format === 'unknown');
      return { lines: transcript.lines, summary: next.value, ranges: index };
    }
    expect(next.value.index).toBe(index);
    out.push(next.value);
    // As many as may be out are out before one comes back.
    const first = out.length === slabs ? out.shift() : undefined;
    if (first !== undefined) walk(first);
  }
}

const pcap = concat(
  pcapHeader(),
  ...Array.from({ length: 400 }, (_, index) =>
    pcapRecord({ fraction: index, data: payload((index * 37) % 300, index) }),
  ),
);
const le = new Blocks();
const mixed = concat(
  everyBlock(),
  le.block(0xa, payload(9000)),
  le.block(0xbad, [...le.u32(1), ...payload(6000)]),
  le.packet(5n, payload(3000)),
  le.packet(5n, payload(20), { iface: 9 }),
  le.packet(6n),
  everyBlock(),
);

describe.each([
  ['pcap', pcap],
  ['pcapng with large blocks and a damaged one', mixed],
  ['pcap, cut', pcap.subarray(0, pcap.length - 7)],
  ['pcapng, cut', mixed.subarray(0, mixed.length - 7)],
  ['pcapng, cut inside a large block', mixed.subarray(0, everyBlock().length + 5000)],
  ['pcap that goes wrong', concat(pcap, pcapRecord({ captured: 999_999 }), pcapRecord())],
  ['header only', concat(pcapHeader())],
  ['empty', new Uint8Array(0)],
])('ranges give what the whole gives: %s', (_name, bytes) => {
  test.each([1, 100, 333, 1000, 4096, 1 << 20])('target %i', async (target) => {
    const whole = await readBytes(bytes);
    for (const options of [{}, { step: 77 }, { step: 500, later: true }]) {
      const got = await byRanges(memorySource(bytes, options), target);
      expect(got.lines).toEqual(whole.lines);
      expect(got.summary).toEqual(whole.summary);
    }
  });
});

test('a small target makes many ranges, and one slab is enough', async () => {
  const { ranges } = await byRanges(memorySource(pcap), 1000, 1);
  expect(ranges).toBeGreaterThan(50);
});

test('no more slabs than asked for, and they come back', async () => {
  const buffers = new Set<unknown>();
  for await (const range of cutRanges(memorySource(pcap), { target: 1000, slabs: 2 })) {
    buffers.add(range.bytes.buffer);
    range.release();
  }
  expect(buffers.size).toBeLessThanOrEqual(2);
});

test('when all slabs are out, cutting waits', async () => {
  const cutting = cutRanges(memorySource(pcap), { target: 1000, slabs: 1 });
  const first = await cutting.next();
  if (first.done === true) throw new Error('no range');
  let second = false;
  const waiting = cutting.next().then(() => {
    second = true;
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(second).toBe(false);
  first.value.release();
  await waiting;
  expect(second).toBe(true);
});

test('an abort ends the cutting', async () => {
  const stop = new AbortController();
  const cutting = cutRanges(memorySource(pcap), { target: 1000, slabs: 2, signal: stop.signal });
  await cutting.next();
  stop.abort(new Error('enough'));
  await expect(cutting.next()).rejects.toThrow('enough');
});

test('unknown bytes are the same error as for the whole', async () => {
  await expect(cutRanges(memorySource(Buffer.from('nothing')), { slabs: 2 }).next()).rejects.toMatchObject({
    code: 'unknown-format',
  });
});
