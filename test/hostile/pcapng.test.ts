import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Blocks } from '../capture/vectors.ts';
import * as p from '../support/packets.ts';
import { judged } from './child.ts';
import { TAKEOVER } from './floods.ts';

const MOST_MEMORY = 300;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const le = new Blocks(true);
const packets = p.concat(
  ...TAKEOVER.map((bytes, i) => {
    const ticks = 1_700_000_000_000_000 + i * 1e6;
    return le.block(6, [
      ...le.u32(0),
      ...le.u32(Math.floor(ticks / 2 ** 32)),
      ...le.u32(ticks % 2 ** 32),
      ...le.u32(bytes.length),
      ...le.u32(bytes.length),
      ...bytes,
      ...new Uint8Array(-bytes.length & 3),
    ]);
  }),
);
const start = p.concat(le.section(), le.iface());
const times = (n: number, block: Uint8Array | readonly number[]): Uint8Array =>
  Buffer.alloc(n * block.length, Uint8Array.from(block));
const option = (code: number, value: Uint8Array): Uint8Array =>
  p.concat(le.u16(code), le.u16(value.length), value, new Uint8Array(-value.length & 3));

function read(...parts: Uint8Array[]): ReturnType<typeof judged> {
  const path = join(folder, 'x.pcapng');
  writeFileSync(path, p.concat(...parts));
  const run = judged([path, '--authorized-server', '10.0.0.1']);
  expect(run.rss).toBeLessThan(MOST_MEMORY);
  expect(run.analysis.findings.map(({ id }) => id)).toContain('dhcp-rogue-server');
  return run;
}

describe('a million of', { timeout: 120_000 }, () => {
  it('blocks of 12 bytes, and packets behind them', () => {
    const { analysis } = read(start, times(1_000_000, le.block(0x7777, [])), packets);
    expect(analysis.captures[0]).toMatchObject({ frames: TAKEOVER.length, faults: [] });
  });

  it('sections, and packets in the last', () => {
    const { analysis } = read(times(1_000_000, le.section()), start, packets);
    expect(analysis.captures[0]).toMatchObject({ frames: TAKEOVER.length, faults: [] });
  });

  it('sections with an interface each: the cap is said', () => {
    const { analysis } = read(start, packets, times(1_000_000, start));
    expect(analysis.captures[0]?.faults).toMatchObject([{ code: 'too-many-interfaces' }]);
    expect(analysis.complete).toBe(false);
  });

  it('interfaces of one section: the cap is said', () => {
    const { analysis, out } = read(start, packets, times(1_000_000, le.iface()));
    expect(analysis.captures[0]?.faults).toMatchObject([{ code: 'too-many-interfaces' }]);
    expect(out.length).toBeLessThan(200_000);
  });

  it('statistics, name resolutions and secrets', () => {
    const names = le.block(4, [...le.u16(1), ...le.u16(9), 10, 0, 0, 1, ...p.utf8('name\0'), 0, 0, 0, ...le.u32(0)]);
    const all = p.concat(
      le.block(5, [...le.u32(0), ...le.u32(0), ...le.u32(0)]),
      names,
      le.block(10, [...le.u32(1), ...le.u32(0)]),
    );
    const { analysis } = read(start, times(300_000, all), packets);
    expect(analysis.captures[0]).toMatchObject({ frames: TAKEOVER.length, faults: [] });
  });
});

describe('lists without end', { timeout: 120_000 }, () => {
  it('16 MiB of options on a packet, of names in a resolution, of text on interfaces', () => {
    const text = p.concat(...Array.from({ length: 250 }, () => option(1, new Uint8Array(65_000).fill(0x41))));
    const names = p.concat(
      ...Array.from({ length: 250 }, (_, i) =>
        p.concat(le.u16(1), le.u16(60_000), [10, 0, 0, i], new Uint8Array(59_996).fill(0x61)),
      ),
    );
    const described = le.block(1, [
      ...le.u16(1),
      ...le.u16(0),
      ...le.u32(0),
      ...option(2, new Uint8Array(60_000).fill(0x62)),
      ...option(3, new Uint8Array(60_000).fill(0x62)),
    ]);
    const { analysis } = read(
      start,
      blockOf(4, names),
      packets,
      blockOf(6, p.concat(le.u32(0), le.u32(0), le.u32(0), le.u32(4), le.u32(4), [1, 2, 3, 4], text)),
      times(2000, described),
    );
    expect(analysis.captures[0]?.frames).toBe(TAKEOVER.length + 1);
    expect(analysis.captures[0]?.faults.every(({ code }) => code === 'too-much-text' || code === 'more-faults')).toBe(
      true,
    );
    expect(JSON.stringify(analysis).length).toBeLessThan(2_000_000);
  });

  it('options of length 0 to the end of the block, and one that claims more than there is', () => {
    const zeros = times(1_000_000, option(5, new Uint8Array(0)));
    const { analysis } = read(
      start,
      packets,
      blockOf(1, p.concat(le.u16(1), le.u16(0), le.u32(0), zeros)),
      blockOf(1, p.concat(le.u16(1), le.u16(0), le.u32(0), le.u16(2), le.u16(9999), [1, 2, 3, 4])),
    );
    expect(analysis.captures[0]?.faults).toMatchObject([{ code: 'bad-option' }]);
  });

  it('a block of four gigabytes, of nothing, and of a length that is no multiple of four', () => {
    for (const length of [0xffffffff, 0xfffffffc, 0, 4, 11]) {
      const { analysis } = read(start, packets, p.concat(le.u32(6), le.u32(length), new Uint8Array(64)));
      expect(analysis.captures[0]?.faults, String(length)).toMatchObject([
        { code: 'bad-block-length', afterFrame: TAKEOVER.length },
      ]);
    }
  });
});

function blockOf(type: number, body: Uint8Array): Uint8Array {
  const length = body.length + 12;
  return p.concat(le.u32(type), le.u32(length), body, le.u32(length));
}
