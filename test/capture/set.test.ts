import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { compareTimes, orderFiles, overlapsOf } from '../../src/capture/set.ts';
import { Blocks, concat, payload, pcapHeader, pcapRecord } from './vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-set-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function at(sec: number, fraction = 0): Uint8Array {
  return concat(pcapHeader(), pcapRecord({ sec, fraction }), pcapRecord({ sec: sec + 10 }));
}

async function order(...paths: string[]): Promise<string[]> {
  return (await orderFiles(paths)).map((one) => basename(one.path));
}

describe('orderFiles', () => {
  test('by running time, whatever the names and arguments', async () => {
    const c = file('a.pcap', at(300));
    const a = file('b.pcap', at(100));
    const b = file('c.pcap.gz', gzipSync(at(200)));
    expect(await order(c, a, b)).toEqual(['b.pcap', 'c.pcap.gz', 'a.pcap']);
  });

  test('pcapng and pcap, micro- and nanoseconds together; equal times by argument', async () => {
    const le = new Blocks();
    const ng = file('x.pcapng', concat(le.section(), le.iface(1, 0, [[9, [9]]]), le.packet(100_000_000_500n)));
    const us = file('y.pcap', at(100));
    const same = file('z.pcap', at(100));
    expect(await order(ng, same, us)).toEqual(['z.pcap', 'y.pcap', 'x.pcapng']);
    expect(await order(us, same, ng)).toEqual(['y.pcap', 'z.pcap', 'x.pcapng']);
  });

  test('a file without frames stays behind the file that it followed', async () => {
    const late = file('late.pcap', at(900));
    const early = file('early.pcap', at(10));
    const empty = file('empty.pcap', concat(pcapHeader()));
    const zero = file('zero.pcap', new Uint8Array(0));
    expect(await order(late, empty, early)).toEqual(['early.pcap', 'late.pcap', 'empty.pcap']);
    expect(await order(late, early, empty)).toEqual(['early.pcap', 'empty.pcap', 'late.pcap']);
    expect(await order(zero, late, early)).toEqual(['zero.pcap', 'early.pcap', 'late.pcap']);
    expect(await order(empty, zero)).toEqual(['empty.pcap', 'zero.pcap']);
  });

  test('what cannot be read is left for the reading to report; stdin keeps its place', async () => {
    const late = file('l.pcap', at(900));
    const text = file('text', Buffer.from('no capture at all'));
    const missing = join(folder, 'missing');
    const early = file('e.pcap', at(10));
    expect(await order(late, '-', text, missing, early)).toEqual(['e.pcap', 'l.pcap', '-', 'text', 'missing']);
  });

  test('stdin twice is refused', async () => {
    await expect(orderFiles(['-', 'x', '-'])).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('the first time is found behind large blocks that are no frames', async () => {
    const le = new Blocks();
    const big = file(
      'big.pcapng',
      concat(le.section(), le.iface(), le.block(10, payload(200_000)), le.packet(5_000_000n)),
    );
    const [one] = await orderFiles([big, big]);
    expect(one?.first).toEqual({ sec: 5, nsec: 0 });
  });
});

test('compareTimes carries fractions of more than a second', () => {
  expect(compareTimes({ sec: 1, nsec: 1_500_000_000 }, { sec: 2, nsec: 400_000_000 })).toBeGreaterThan(0);
  expect(compareTimes({ sec: 1, nsec: 1_000_000_000 }, { sec: 2, nsec: 0 })).toBe(0);
  expect(compareTimes({ sec: 1, nsec: 5 }, { sec: 1, nsec: 6 })).toBeLessThan(0);
});

describe('overlapsOf', () => {
  const span = (path: string, first: number, last: number) => ({
    path,
    first: { sec: first, nsec: 0 },
    last: { sec: last, nsec: 0 },
  });

  test('files that meet do not overlap', () => {
    expect(overlapsOf([span('a', 0, 10), span('b', 10, 20), span('c', 30, 40)])).toEqual([]);
  });

  test('each is compared with the one that reached furthest', () => {
    const all = overlapsOf([span('a', 0, 100), span('b', 10, 20), span('c', 30, 120), span('d', 110, 130)]);
    expect(all.map((one) => [one.earlier, one.later, one.from.sec, one.to.sec])).toEqual([
      ['a', 'b', 10, 20],
      ['a', 'c', 30, 100],
      ['c', 'd', 110, 120],
    ]);
  });
});
