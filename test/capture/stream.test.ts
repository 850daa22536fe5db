import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../bench/generate.ts';
import { CaptureError } from '../../src/capture/error.ts';
import { PICK, type Picks, type PickTaker } from '../../src/capture/sieve.ts';
import { ReadingThread } from '../../src/capture/stream.ts';
import { readVantage } from '../../src/capture/vantage.ts';

let folder: string;
let plain: string;
let zipped: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  plain = join(folder, 'mixed.pcap');
  zipped = `${plain}.gz`;
  generate(plain, 'mixed', 2e6, 5);
  writeFileSync(zipped, gzipSync(readFileSync(plain), { level: 1 }));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Every pick as text: its numbers but for its place, and its bytes. */
function collector(slow = 0): { list: string[]; taker: PickTaker } {
  const list: string[] = [];
  const taker: PickTaker = {
    beginFile() {},
    take(bytes: Uint8Array, { picks, count }: Picks) {
      for (let row = 0; row < count * PICK.size; row += PICK.size) {
        const at = picks[row + PICK.at] ?? 0;
        const numbers = [PICK.frame, PICK.length, PICK.iface, PICK.high, PICK.low].map((column) => picks[row + column]);
        const frame = bytes.subarray(at, at + (picks[row + PICK.captured] ?? 0));
        list.push(`${numbers.join(' ')} ${Buffer.from(frame).toString('base64')}`);
      }
      return slow === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, slow));
    },
  };
  return { list, taker };
}

const nothing = (): void => {};

describe('a thread that reads a file as one stream', () => {
  it.each(['plain', 'gzip'])('gives the picks, sums and facts that reading here gives: %s', async (kind) => {
    const path = kind === 'gzip' ? zipped : plain;
    const here = collector();
    const facts = await readVantage(0, '', [path], here.taker, { workers: 0 });
    const there = collector(1);
    // One byte may wait: every batch has to be taken before the next one is sent.
    const thread = new ReadingThread({ file: path, everything: false, chunk: 65_536, held: 1 }, -1, undefined);
    const { summary, totals } = await thread.handTo(there.taker, nothing, nothing);
    expect(there.list).toEqual(here.list);
    expect(here.list.length).toBeGreaterThan(50);
    expect({ ...facts.files[0] }).toMatchObject({ ...summary, totals });
  });

  it('refuses what is no capture, as reading here does', async () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'no capture at all\n');
    const thread = new ReadingThread({ file: text, everything: false, held: 1 }, -1, undefined);
    const error: unknown = await thread.handTo(collector().taker, nothing, nothing).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CaptureError);
    expect(error).toMatchObject({ code: 'unknown-format' });
  });

  it('ends at once when it is told to, though the thread waits to be heard', async () => {
    const stop = new AbortController();
    const thread = new ReadingThread({ file: plain, everything: true, chunk: 4096, held: 0 }, -1, stop.signal);
    const taker: PickTaker = {
      beginFile() {},
      take: () => stop.abort(new Error('enough')),
    };
    await expect(thread.handTo(taker, nothing, nothing)).rejects.toThrow('enough');
  });
});
