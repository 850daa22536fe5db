import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, decode, frames, records, siteOf } from '../src/index.ts';
import { SAMPLES } from './support/samples.ts';

const ROGUE = join(SAMPLES, 'rogue-pxe-takeover/vm-port.pcap');
const FRAMES = 24;
const SAMPLE_BYTES = readFileSync(ROGUE).length;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-streams-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A pcap file with the sample's frames again and again. */
function large(times: number): string {
  const path = join(folder, `large-${times}.pcap`);
  const sample = readFileSync(ROGUE);
  const body = sample.subarray(24);
  writeFileSync(path, Buffer.concat([sample.subarray(0, 24), ...Array.from({ length: times }, () => body)]));
  return path;
}

/** Files of this process that are open. */
function open(path: string): number {
  // Descriptors may vanish between listing and looking.
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;
}

function micros(nsec: number | undefined): string {
  return String(Math.floor((nsec ?? 0) / 1000)).padStart(6, '0');
}

describe('frames', () => {
  it('gives every frame with its time, interface, lengths and bytes', async () => {
    const all = [];
    for await (const frame of frames(ROGUE)) all.push(frame);
    expect(all.map(({ frame }) => frame)).toEqual(Array.from({ length: FRAMES }, (_, i) => i + 1));
    const [first] = all;
    const { bytes, ...rest } = first ?? { bytes: new Uint8Array(0) };
    expect(rest).toMatchObject({
      capture: 'vm-port.pcap',
      interface: 0,
      interfaceName: '',
      linkType: 1,
      captured: bytes.length,
      length: bytes.length,
    });
    const sample = readFileSync(ROGUE);
    // 24 bytes of file header, 16 of record header.
    let at = 24;
    for (const one of all) {
      expect(one.sec).toBe(sample.readUInt32LE(at));
      expect(one.nsec).toBe(sample.readUInt32LE(at + 4) * 1000);
      expect(one.time).toBe(`${new Date((one.sec ?? 0) * 1000).toISOString().slice(0, 19)}.${micros(one.nsec)}Z`);
      expect(Buffer.from(one.bytes).equals(sample.subarray(at + 16, at + 16 + one.captured))).toBe(true);
      at += 16 + one.captured;
    }
  });

  it('gives copies: what one frame holds does not change when the next are read', async () => {
    const path = large(200);
    let first: Uint8Array | undefined;
    let before = '';
    for await (const { bytes } of frames(path, { chunk: 4096 })) {
      if (first === undefined) {
        first = bytes;
        before = Buffer.from(bytes).toString('hex');
        expect(bytes.buffer.byteLength).toBe(bytes.length);
      }
    }
    expect(Buffer.from(first ?? []).toString('hex')).toBe(before);
  });

  it('says at the end what reading came to', async () => {
    const cut = join(folder, 'cut.pcap');
    writeFileSync(cut, readFileSync(ROGUE).subarray(0, -7));
    const stream = frames([cut, '/nonexistent/x.pcap']);
    let count = 0;
    for (;;) {
      const next = await stream.next();
      if (next.done === true) {
        expect(next.value.complete).toBe(false);
        expect(next.value.captures.map(({ name, faults }) => [name, faults.map(({ code }) => code)])).toEqual([
          ['cut.pcap', ['truncated-record']],
          ['x.pcap', ['not-found']],
        ]);
        break;
      }
      count += 1;
    }
    expect(count).toBe(FRAMES - 1);
  });

  it('throws where nothing can be read', async () => {
    await expect(frames('/nonexistent/x.pcap').next()).rejects.toMatchObject({ code: 'not-found' });
    await expect(frames(['/nonexistent/x', '/']).next()).rejects.toMatchObject({
      lines: [expect.stringMatching(/does not exist/), expect.stringMatching(/directory/)],
    });
  });

  it.skipIf(process.platform !== 'linux')('closes the file when the loop is left', async () => {
    const path = large(2000);
    for await (const { frame } of frames(path, { chunk: 4096 })) {
      expect(open(path)).toBe(1);
      if (frame === 3) break;
    }
    expect(open(path)).toBe(0);
    const gz = join(folder, 'large.pcap.gz');
    writeFileSync(gz, gzipSync(readFileSync(path)));
    for await (const _ of frames(gz)) break;
    expect(open(gz)).toBe(0);
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const path = large(2000);
    const read = async (): Promise<number> => {
      let last = 0;
      for await (const { frame } of frames(path, { chunk: 4096, signal: stop.signal })) {
        last = frame;
        if (frame === 5) stop.abort(new Error('enough'));
      }
      return last;
    };
    await expect(read()).rejects.toThrow('enough');
    expect(open(path)).toBe(0);
  });

  it('reads no further than a slow consumer has come', async () => {
    const path = large(4000);
    let read = 0;
    const chunk = 1 << 16;
    const stream = frames(path, { chunk, onProgress: ({ bytes }) => (read = bytes) });
    let taken = 0;
    for (let i = 0; i < 2000; i += 1) {
      const { value } = await stream.next();
      if (value !== undefined && 'captured' in value) taken += value.captured + 16;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(taken).toBeGreaterThan(chunk);
    expect(read).toBeLessThanOrEqual(taken + 2 * chunk);
    await stream.return(undefined as never);
  });
});

describe('records', () => {
  it.each(['records', 'exchanges', 'boots'] as const)('gives %s as decode does, and a summary', async (what) => {
    const pushed: object[] = [];
    const inputs = [{ vantage: 'vm', files: [ROGUE] }];
    const summary = await decode(inputs, { what, take: (some) => void pushed.push(...some) });
    const stream = records(inputs, { what });
    const asked: object[] = [];
    for (;;) {
      const next = await stream.next();
      if (next.done === true) {
        expect(next.value).toEqual(summary);
        break;
      }
      asked.push(next.value);
    }
    expect(asked).toEqual(pushed);
    expect(asked.length).toBeGreaterThan(0);
    expect(summary).toMatchObject({ complete: true, limits: [], captures: [{ name: 'vm-port.pcap', vantage: 'vm' }] });
  });

  it('reads no further than a slow consumer has come, so memory does not depend on the capture', async () => {
    const path = large(4000);
    let read = 0;
    const chunk = 1 << 16;
    const stream = records([{ vantage: '', files: [path] }], { chunk, onProgress: ({ bytes }) => (read = bytes) });
    let last = 0;
    for (let i = 0; i < 1000; i += 1) {
      const { value } = await stream.next();
      if (value !== undefined && 'frame' in value) last = Number(value.frame);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    const taken = Math.ceil(last / FRAMES) * SAMPLE_BYTES;
    expect(taken).toBeGreaterThan(chunk);
    expect(read).toBeLessThanOrEqual(taken + 2 * chunk);
    await stream.return(undefined as never);
  });

  it('waits for the promise of a slow taker', async () => {
    const log: string[] = [];
    let busy = false;
    await decode([{ vantage: '', files: [large(200)] }], {
      chunk: 8192,
      async take(objects) {
        expect(busy).toBe(false);
        expect(objects.length).toBeLessThanOrEqual(256);
        busy = true;
        await new Promise(setImmediate);
        busy = false;
        log.push(String(objects.length));
      },
    });
    expect(log.length).toBeGreaterThan(10);
  });

  it('names segments alike in analyze and decode, though a file before them cannot be read', async () => {
    const inputs = [{ vantage: '', files: ['/nonexistent/x.pcap', ROGUE] }];
    const { servers, captures, complete } = await analyze(inputs, { site: siteOf(undefined) });
    expect(servers[0]?.segments).toEqual(['vm-port.pcap untagged']);
    expect(captures.map(({ name, format }) => [name, format])).toEqual([
      ['x.pcap', 'unknown'],
      ['vm-port.pcap', 'pcap'],
    ]);
    expect(complete).toBe(false);
    for await (const one of records(inputs)) expect(one).toMatchObject({ segment: 'vm-port.pcap untagged' });
  });
});
