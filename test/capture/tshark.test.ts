import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { EVENT_CLOCK, hasTime, readTime } from '../../src/capture/clock.ts';
import { readCapture } from '../../src/capture/read.ts';
import { openSource } from '../../src/capture/source.ts';
import type { CaptureFault, Clock, FrameSink } from '../../src/capture/types.ts';
import { hasFolder, hasTool } from '../support/needs.ts';
import { Blocks, ascii, concat, everyBlock, payload, pcapHeader, pcapRecord } from './vectors.ts';

/** Frame numbers, times to the last digit, lengths and interfaces are tshark's. */

const FIELDS = ['frame.number', 'frame.time_epoch', 'frame.cap_len', 'frame.len', 'frame.interface_id'];
const corpus = new URL('../../../shared/corpus', import.meta.url).pathname;
const samples = new URL('../../samples', import.meta.url).pathname;
const tshark = hasTool('tshark');
const folder = mkdtempSync(join(tmpdir(), 'rackwitness-tshark-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  lines: string[];
  /** tshark gave up before the end. */
  refused: boolean;
}

async function ask(path: string): Promise<Answer> {
  const flags = ['-n', '-r', path, '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])];
  const run = promisify(execFile)('tshark', flags, { maxBuffer: 1 << 28 });
  const { stdout, stderr } = await run.catch((error: unknown) => error as { stdout: string; stderr: string });
  return {
    lines: stdout.split('\n').filter((line) => /^\d/.test(line)),
    refused: /damaged or corrupt|cut short|doesn't support/.test(stderr),
  };
}

/** As tshark prints it: nanoseconds in 32 signed bits, the sign in front. */
function epoch(clock: Clock, high: number, low: number): string {
  if (!hasTime(high, low)) return '';
  const time = { sec: 0, nsec: 0 };
  readTime(clock, high, low, time);
  const nsec = Number(BigInt.asIntN(32, BigInt(time.nsec)));
  const fraction = String(Math.abs(nsec)).padStart(9, '0');
  if (time.sec < 0 && nsec > 0) return `${time.sec}.${fraction}`;
  return `${nsec < 0 ? '-' : ''}${time.sec}.${fraction}`;
}

async function read(path: string): Promise<{ lines: string[]; faults: readonly CaptureFault[] }> {
  const lines: string[] = [];
  const sink: FrameSink & { ids: readonly { sectionId: number; clock: Clock }[]; pcap: boolean } = {
    bytes: new Uint8Array(0),
    ids: [],
    pcap: false,
    frame(_at, captured, length, iface, high, low) {
      const one = this.ids[iface];
      const time = one === undefined ? 'no interface' : epoch(one.clock, high, low);
      lines.push([lines.length + 1, time, captured, length, this.pcap ? '' : one?.sectionId].join('\t'));
    },
    other(_kind, _at, length, high, low) {
      lines.push([lines.length + 1, epoch(EVENT_CLOCK, high, low), length, length, ''].join('\t'));
    },
  };
  const source = await openSource(path);
  const { faults } = await readCapture(source, sink, {
    onReader(reader) {
      sink.ids = reader.interfaces;
      sink.pcap = reader.format === 'pcap';
    },
  });
  source.close();
  return { lines, faults };
}

async function compare(path: string): Promise<void> {
  const [want, got] = await Promise.all([ask(path), read(path)]);
  if (want.refused) expect(got.faults, path).not.toEqual([]);
  // Where tshark gives up, what it printed before is compared; we may step over the damage.
  const mine = want.refused ? got.lines.slice(0, want.lines.length) : got.lines;
  expect(mine, path).toEqual(want.lines);
}

/** Two at a time: tshark's start is what takes the time. */
async function compareAll(paths: readonly string[]): Promise<void> {
  const lane = async (first: number): Promise<void> => {
    for (const path of paths.filter((_path, index) => index % 2 === first)) await compare(path);
  };
  await Promise.all([lane(0), lane(1)]);
}

function capturesUnder(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng)(\.gz|\.zst)?$/.test(name))
    .toSorted()
    .map((name) => join(place, name));
}

describe.skipIf(!tshark)('as tshark', () => {
  describe.skipIf(!hasFolder(corpus))('over the corpus', () => {
    test.each(['core-permissive', 'hardening'])(
      '%s',
      async (part) => {
        const paths = capturesUnder(join(corpus, part));
        expect(paths.length).toBeGreaterThan(20);
        await compareAll(paths);
      },
      600_000,
    );
  });

  describe.skipIf(!hasFolder(samples))('over the samples', () => {
    test('all', async () => {
      await compareAll(capturesUnder(samples));
    }, 600_000);
  });

  const le = new Blocks(true);
  const be = new Blocks(false);
  const one = (resolution: number, offset: number[] = []): Uint8Array =>
    concat(
      le.section(),
      le.iface(1, 0, [[9, [resolution]], ...(offset.length > 0 ? [[14, offset] as [number, number[]]] : [])]),
      le.packet(1234567890123456789n),
      le.packet(1n),
      le.packet(0x0fffffffffffffffn),
    );
  const record = pcapRecord({ fraction: 1_500_000 });
  const vectors: [string, Uint8Array][] = [
    ['every block', everyBlock()],
    ...[3, 6, 9, 10, 0x80 | 10, 0x80 | 20, 0x80 | 31, 0x80 | 32].map((resolution): [string, Uint8Array] => [
      `resolution ${resolution}`,
      one(resolution),
    ]),
    ['offset', one(6, [...le.u32(1000), 0, 0, 0, 0])],
    ['negative offset', one(6, [...le.u32(-100_000), 255, 255, 255, 255])],
    [
      'fraction over a second',
      concat(pcapHeader(), record, pcapRecord({ fraction: 2_147_484 }), pcapRecord({ fraction: -1 })),
    ],
    ['nanoseconds', concat(pcapHeader({ magic: 0xa1b23c4d }), pcapRecord({ fraction: 999_999_999 }), record)],
    ['after 2038 and at the end', concat(pcapHeader(), pcapRecord({ sec: 0x80000000 }), pcapRecord({ sec: -2 }))],
    ['old version', concat(pcapHeader({ minor: 3 }), pcapRecord({ captured: 40, length: 20 }), pcapRecord())],
    ['more captured than sent', concat(pcapHeader(), pcapRecord({ length: 5 }), pcapRecord())],
    ['too long', concat(pcapHeader(), pcapRecord(), pcapRecord({ captured: 262_145 }))],
    ['cut', concat(pcapHeader(), pcapRecord(), pcapRecord()).subarray(0, 80)],
    ['cut pcapng', everyBlock().subarray(0, 700)],
    [
      'interface of another section',
      concat(le.section(), le.iface(), le.iface(), be.section(), be.iface(), be.packet(1n, payload(9), { iface: 1 })),
    ],
    [
      'journal',
      concat(be.section(), be.block(9, ascii('_X=1\n__REALTIME_TIMESTAMP=1500000123456789\nMESSAGE=hi\n\n'))),
    ],
    ['simple packets', concat(le.section(), le.iface(1, 10), le.simple(payload(10), 100), le.simple(payload(8)))],
    ['odd length', concat(le.section(), le.iface(), le.u32(0x77), le.u32(25), payload(16), le.u32(25), le.packet(1n))],
    [
      'late interface',
      concat(le.section(), le.iface(), le.packet(1n), le.iface(113), le.packet(2n, payload(9), { iface: 1 })),
    ],
  ];
  test.each(vectors)('%s', async (name, bytes) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.pcap`);
    writeFileSync(path, bytes);
    await compare(path);
  });

  test('gzip, many members', async () => {
    const path = join(folder, 'members.pcapng.gz');
    const bytes = everyBlock();
    writeFileSync(path, concat(gzipSync(bytes.subarray(0, 300)), gzipSync(bytes.subarray(300))));
    await compare(path);
  });

  test.skipIf(!hasTool('zstd'))('zstd', async () => {
    const path = join(folder, 'capture.pcapng');
    writeFileSync(path, everyBlock());
    expect(spawnSync('zstd', ['-qf', path]).status).toBe(0);
    await compare(`${path}.zst`);
  });
});
