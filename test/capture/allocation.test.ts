import { expect, test } from 'vitest';
import { readerFor } from '../../src/capture/format.ts';
import type { FrameSink } from '../../src/capture/types.ts';
import { Blocks, concat, payload, pcapHeader, pcapRecord } from './vectors.ts';

/** Frames of one walk. One number allocated for each would be 3 MB. */
const FRAMES = 200_000;

const le = new Blocks();
// Fractions above 2^31: as unsigned words they would not fit a small integer.
const record = Uint8Array.from(pcapRecord({ fraction: 0xfffffff0, data: payload(60) }));
const block = Uint8Array.from(le.packet(0x0006_0a24_f000_0000n, payload(60)));

test.each([
  ['pcap', concat(pcapHeader()), record],
  ['pcapng', concat(le.section(), le.iface()), block],
])('walking allocates nothing for a frame: %s', (_format, head, one) => {
  const bytes = concat(head, Buffer.alloc(one.length * FRAMES, one));
  let frames = 0;
  let sum = 0;
  const sink: FrameSink = {
    bytes,
    frame(at, captured, length, iface, high, low) {
      frames += 1;
      sum = (sum ^ at ^ captured ^ length ^ iface ^ high ^ low) | 0;
    },
    other() {},
  };
  const growth: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    const reader = readerFor(bytes, 0);
    const before = process.memoryUsage().heapUsed;
    reader?.walk(bytes, 0, bytes.length, sink, true);
    growth.push(process.memoryUsage().heapUsed - before);
    expect(reader?.frames).toBe(FRAMES);
  }
  expect(frames).toBe(9 * FRAMES);
  expect(sum).toBeTypeOf('number');
  // The first runs compile; a run in which something else collects garbage or allocates is no witness.
  const later = growth.slice(3).toSorted((a, b) => a - b);
  expect(Math.abs(later[3] ?? Number.NaN)).toBeLessThan(100_000);
});
