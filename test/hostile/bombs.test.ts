import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as p from '../support/packets.ts';
import { judged, type Run } from './child.ts';
import { ROGUE, TAKEOVER } from './floods.ts';

/** A file of some kilobytes must not cost gigabytes, and what stands before the bomb is judged. */
const MOST_MEMORY = 300;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const capture = p.pcapFile(TAKEOVER.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes })));

function explode(...parts: Uint8Array[]): ReturnType<typeof judged> {
  const path = join(folder, 'bomb');
  writeFileSync(path, p.concat(...parts));
  return judged([path, '--authorized-server', '10.0.0.1']);
}

function contained(run: Run & { analysis: { findings: { id: string }[] } }): void {
  expect(run.rss).toBeLessThan(MOST_MEMORY);
  expect(run.analysis.findings.map(({ id }) => id)).toContain('dhcp-rogue-server');
}

describe('gzip', { timeout: 120_000 }, () => {
  const good = gzipSync(capture);
  it('a thousand to one, of zeros', () => {
    const run = explode(good, ...Array.from({ length: 8 }, () => gzipSync(new Uint8Array(1 << 25))));
    contained(run);
    expect(run.analysis.captures[0]).toMatchObject({ frames: TAKEOVER.length + 2 ** 24, faults: [] });
  });

  it('three hundred to one, of valid frames that all matter', () => {
    const arp = p
      .pcapFile([
        {
          time: 1_700_000_100,
          bytes: p.arpFrame({ operation: 1, senderMac: ROGUE.mac, senderIp: ROGUE.ip, targetIp: '10.0.0.1' }),
        },
      ])
      .subarray(24);
    const many = gzipSync(Buffer.alloc(arp.length * 200_000, arp));
    const run = explode(good, many, many, many);
    contained(run);
    expect(run.analysis.records['arp']?.total).toBe(600_000);
  });

  it.each([0, 1])('10,000 members of %i bytes', (size) => {
    const member = gzipSync(new Uint8Array(size));
    contained(explode(good, Buffer.alloc(member.length * 10_000, member)));
  });

  it('a header whose name has no end', () => {
    const run = explode(good, Uint8Array.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(4 << 20, 0x41));
    contained(run);
    expect(run.analysis.captures[0]?.faults).toMatchObject([{ code: 'compressed-damaged' }]);
    expect(run.analysis.complete).toBe(false);
  });
});

describe('zstd', { timeout: 120_000 }, () => {
  const frame = (...blocks: Uint8Array[]): Uint8Array => p.concat([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58], ...blocks);
  const block = (type: 0 | 1, size: number, last: boolean, bytes: Uint8Array): Uint8Array => {
    const head = (size << 3) | (type << 1) | (last ? 1 : 0);
    return p.concat([head & 255, (head >>> 8) & 255, head >>> 16], bytes);
  };
  const stored = frame(block(0, capture.length, true, capture));
  const run = (blocks: number, window: number): Uint8Array => {
    const one = block(1, 131_072, false, new Uint8Array(1));
    return p.concat(
      [0x28, 0xb5, 0x2f, 0xfd, 0, window << 3],
      Buffer.alloc(4 * (blocks - 1), one),
      block(1, 131_072, true, new Uint8Array(1)),
    );
  };

  it('thirty thousand to one, of runs', () => {
    const big = explode(stored, run(2048, 11));
    contained(big);
    expect(big.analysis.captures[0]).toMatchObject({ frames: TAKEOVER.length + 2 ** 24, faults: [] });
  });

  it('a frame that has the decoder shift a window of 128 MiB at each block: given up, with a word', () => {
    const slow = explode(stored, run(65_536, 17));
    contained(slow);
    expect(slow.analysis.captures[0]?.faults).toMatchObject([{ code: 'compressed-unsupported' }]);
    expect(slow.analysis.captures[0]?.frames).toBeGreaterThan(1e6);
    expect(slow.cpu).toBeLessThan(60);
  });

  it('a thousand frames that ask for 128 MiB and hold 128 KiB', () => {
    const small = run(1, 17);
    const many = explode(stored, Buffer.alloc(small.length * 1000, small));
    contained(many);
    expect(many.analysis.captures[0]?.faults).toEqual([]);
  });

  it('50,000 frames of a byte', () => {
    const tiny = frame(block(0, 1, true, new Uint8Array(1)));
    contained(explode(stored, Buffer.alloc(tiny.length * 50_000, tiny)));
  });

  it('a skippable frame of four gigabytes that is not there', () => {
    const skip = explode(stored, Uint8Array.from([0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    contained(skip);
    expect(skip.analysis.captures[0]?.faults).toMatchObject([{ code: 'compressed-truncated' }]);
  });

  it('a capture packed twice is told to be none', () => {
    expect(() => explode(gzipSync(gzipSync(capture)))).toThrow(/not a pcap or pcapng capture/);
  });
});
