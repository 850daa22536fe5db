import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/error.ts';
import { readCapture } from '../../src/capture/read.ts';
import { openSource } from '../../src/capture/source.ts';
import { Transcript, concat, memorySource, payload, pcapHeader, pcapRecord, readAll, readBytes } from './vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-source-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bytes = concat(
  pcapHeader(),
  ...Array.from({ length: 3000 }, (_, index) =>
    pcapRecord({ fraction: index, data: payload(40 + (index % 100), index) }),
  ),
);

async function failure(path: string): Promise<CaptureError> {
  const error: unknown = await openSource(path).catch((reason: unknown) => reason);
  if (!(error instanceof CaptureError)) throw new Error(`${path} opened`);
  return error;
}

describe('what cannot be opened: one line that says what, where, and what to do', () => {
  test.each([
    ['not-found', join(folder, 'nothing.pcap')],
    ['is-directory', folder],
    ['not-found', join(folder, 'a', 'b')],
  ])('%s', async (code, path) => {
    const error = await failure(path);
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
    expect(error.message).not.toContain('\n');
    expect(error.message).toMatch(/: /);
  });

  test('no permission', async () => {
    const path = join(folder, 'secret.pcap');
    writeFileSync(path, bytes);
    chmodSync(path, 0);
    const root = process.geteuid?.() === 0;
    // Nothing is closed to root: be nobody for a moment.
    if (root) process.seteuid?.(65534);
    try {
      expect((await failure(path)).code).toBe('no-permission');
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

test('a file: name, size, frames; closing twice is harmless', async () => {
  const path = join(folder, 'plain.pcap');
  writeFileSync(path, bytes);
  const source = await openSource(path);
  expect(source).toMatchObject({ name: 'plain.pcap', size: bytes.length, compression: 'none' });
  expect(await readAll(source)).toEqual(await readBytes(bytes));
  source.close();
  source.close();
  expect(source.read(new Uint8Array(10), 0)).toBe(0);
});

test('an empty file', async () => {
  const path = join(folder, 'empty.pcap');
  writeFileSync(path, '');
  const source = await openSource(path);
  expect((await readAll(source)).summary.faults).toMatchObject([{ code: 'empty-file' }]);
  source.close();
});

test('a named pipe, written to in pieces by another process', async () => {
  const path = join(folder, 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const file = join(folder, 'piped.pcap');
  writeFileSync(file, bytes);
  spawn('sh', ['-c', `sleep 0.1; exec 3>${path}; head -c 3 ${file} >&3; sleep 0.1; tail -c +4 ${file} >&3`]);
  const source = await openSource(path);
  expect(source).toMatchObject({ name: 'pipe', size: -1 });
  expect(await readAll(source)).toEqual(await readBytes(bytes));
  source.close();
});

test('waiting for the writer of a named pipe can be given up', async () => {
  const path = join(folder, 'silent');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const stop = new AbortController();
  const opening = openSource(path, stop.signal);
  stop.abort(new Error('enough'));
  await expect(opening).rejects.toThrow(/^enough$/);
});

test('a reading failure is a fault; what was read before it stands', async () => {
  const path = join(folder, 'broken.pcap');
  writeFileSync(path, bytes);
  const source = await openSource(path);
  const raw = (source as unknown as { raw: { fd: number } }).raw;
  const first = new Uint8Array(5000);
  expect(source.read(first, 0)).toBe(4);
  expect(source.read(first, 4)).toBe(4996);
  // A descriptor that cannot be read from: what a disk that gives up looks like.
  raw.fd = openSync(folder, 'r');
  expect(source.read(first, 0)).toBe(0);
  expect(source.faults).toMatchObject([
    { offset: 5000, code: 'read-failed', message: expect.stringContaining('EISDIR') },
  ]);
});

test('a file that grows while it is read is read to its end', async () => {
  const path = join(folder, 'growing.pcap');
  writeFileSync(path, bytes.subarray(0, 70_000));
  const source = await openSource(path);
  const transcript = new Transcript();
  let grown = false;
  const summary = await readCapture(source, transcript, {
    chunk: 50_000,
    onReader(reader) {
      transcript.interfaces = reader.interfaces;
    },
    afterChunk() {
      if (!grown) appendFileSync(path, bytes.subarray(70_000));
      grown = true;
    },
  });
  source.close();
  expect(summary.frames).toBe(3000);
});

describe('readCapture', () => {
  test('abort: the reason is thrown, and nothing is read on', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    let chunks = 0;
    const reading = readCapture(memorySource(bytes, { step: 1000 }), new Counter(), {
      chunk: 1000,
      signal: stop.signal,
      afterChunk() {
        chunks += 1;
        if (chunks === 3) stop.abort(reason);
      },
    });
    await expect(reading).rejects.toBe(reason);
    expect(chunks).toBe(3);
  });

  test('abort ends the wait for a pipe that says nothing', async () => {
    const path = join(folder, 'mute');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const writer = spawn('sh', ['-c', `exec 3>${path}; cat ${join(folder, 'plain.pcap')} >&3; exec sleep 60`]);
    const source = await openSource(path);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 300);
    await expect(readCapture(source, new Counter(), { signal: stop.signal })).rejects.toThrow('enough');
    writer.kill();
  });

  test('afterChunk is waited for, while the bytes are still in place', async () => {
    const seen: string[] = [];
    const transcript = new Counter();
    await readCapture(memorySource(bytes), transcript, {
      chunk: 10_000,
      async afterChunk(buffer) {
        const before = Buffer.from(buffer.subarray(0, 100)).toString('hex');
        await new Promise((resolve) => {
          setTimeout(resolve, 1);
        });
        expect(Buffer.from(buffer.subarray(0, 100)).toString('hex')).toBe(before);
        seen.push(before);
      },
    });
    expect(seen.length).toBeGreaterThan(10);
  });

  test('the buffer grows for one large record only as far as it must', async () => {
    const large = concat(pcapHeader(), pcapRecord({ data: payload(200_000) }), pcapRecord());
    const sizes = new Set<number>();
    const summary = await readCapture(memorySource(large), new Counter(), {
      chunk: 1000,
      afterChunk(buffer) {
        sizes.add(buffer.length);
      },
    });
    expect(summary.frames).toBe(2);
    expect(Math.max(...sizes)).toBe(200_016);
  });
});

/** Counts only. */
class Counter {
  bytes: Uint8Array = new Uint8Array(0);
  frames = 0;
  frame(): void {
    this.frames += 1;
  }
  other(): void {}
}
