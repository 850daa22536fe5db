import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, decode, siteOf, textReport, type Analysis } from '../../src/index.ts';
import { Blocks } from '../capture/vectors.ts';
import * as p from '../support/packets.ts';
import { analysisProblems } from './schema.ts';
import { TAKEOVER } from './floods.ts';

/** Clocks that jump, stand still, run backwards or name no date: the rogue is found, and nothing is printed that is no time. */
const site = siteOf(undefined, ['10.0.0.1']);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function judge(bytes: Uint8Array): Promise<Analysis> {
  const file = join(folder, 'times');
  writeFileSync(file, bytes);
  const input = [{ vantage: '', files: [file] }];
  const analysis = await analyze(input, { site, workers: 0, boots: 'all' });
  expect(analysisProblems(analysis)).toEqual([]);
  const text = textReport(analysis) + JSON.stringify(analysis);
  expect(text).not.toMatch(/NaN|Infinity|Invalid|undefined|e\+\d/);
  for (const what of ['records', 'exchanges', 'boots'] as const) {
    await decode(input, {
      what,
      workers: 0,
      take: (objects) => expect(JSON.stringify(objects)).not.toMatch(/NaN|Infinity|Invalid|e\+\d/),
    });
  }
  return analysis;
}

const ids = ({ findings }: Analysis): string[] => findings.map(({ id }) => id);
const NOW = 1_700_000_000;
const YEARS = { 1970: 0, 2038: 2_147_483_648, 2106: 4_294_967_295 };

describe('pcap', () => {
  it.each(Object.entries(YEARS))('all in %s', async (year, sec) => {
    const analysis = await judge(
      p.pcapFile(
        TAKEOVER.map((bytes, i) => ({ time: { sec, nsec: i * 1e6 }, bytes })),
        { nano: true },
      ),
    );
    expect(ids(analysis)).toContain('dhcp-rogue-server');
    expect(analysis.captures[0]?.firstTime.slice(0, 4)).toBe(year);
  });

  it.each(Object.entries(YEARS))(
    'one stray frame of %s before, amid and behind: it takes nothing with it',
    async (_year, sec) => {
      const stray = {
        time: { sec, nsec: 0 },
        bytes: p.arpFrame({ operation: 1, senderMac: '02:00:00:00:00:0a', senderIp: '10.0.0.9', targetIp: '10.0.0.1' }),
      };
      const frames: p.CapturedFrame[] = TAKEOVER.map((bytes, i) => ({ time: NOW + i / 10, bytes }));
      for (const at of [0, 3, frames.length]) {
        const analysis = await judge(p.pcapFile(frames.toSpliced(at, 0, stray)));
        expect(ids(analysis), `before frame ${at + 1}`).toContain('dhcp-rogue-server');
        expect(analysis.findings.find(({ id }) => id === 'dhcp-boot-hijack')?.severity, `before frame ${at + 1}`).toBe(
          'critical',
        );
      }
    },
  );

  it('running backwards, standing still, and to and fro', async () => {
    for (const time of [(i: number) => NOW - i, () => NOW, (i: number) => (i % 2 === 0 ? NOW : 1000)]) {
      const analysis = await judge(p.pcapFile(TAKEOVER.map((bytes, i) => ({ time: time(i), bytes }))));
      expect(ids(analysis).some((id) => id === 'dhcp-rogue-server' || id === 'dhcp-boot-hijack')).toBe(true);
    }
  });

  it('fractions of more than a second', async () => {
    const frames = TAKEOVER.map((bytes, i) => ({ time: { sec: NOW + i, nsec: 4_294_967_295_000 }, bytes }));
    expect(ids(await judge(p.pcapFile(frames)))).toContain('dhcp-rogue-server');
    expect(
      ids(
        await judge(
          p.pcapFile(
            frames.map(({ time, bytes }) => ({ time: { ...time, nsec: 4_294_967_295 }, bytes })),
            { nano: true },
          ),
        ),
      ),
    ).toContain('dhcp-rogue-server');
  });
});

describe('pcapng', () => {
  const le = new Blocks(true);
  const option = (code: number, value: number[]): number[] => [
    ...le.u16(code),
    ...le.u16(value.length),
    ...value,
    ...Array<number>(-value.length & 3).fill(0),
  ];
  const file = (high: number, low: number, options: number[] = []): Uint8Array =>
    p.concat(
      le.section(),
      le.block(1, [...le.u16(1), ...le.u16(0), ...le.u32(0), ...options, 0, 0, 0, 0]),
      ...TAKEOVER.map((bytes, i) =>
        le.block(6, [
          ...le.u32(0),
          ...le.u32(high),
          ...le.u32((low + i) >>> 0),
          ...le.u32(bytes.length),
          ...le.u32(bytes.length),
          ...bytes,
          ...new Uint8Array(-bytes.length & 3),
        ]),
      ),
    );
  it.each([
    ['the last microsecond that there is', file(0xffffffff, 0xfffffff0)],
    ['nanoseconds to the year 2554', file(0xffffffff, 0xfffffff0, option(9, [9]))],
    ['seconds to the end of the universe', file(0xffffffff, 0, option(9, [0]))],
    ['resolutions of 10^-127', file(0x7fffffff, 5, option(9, [127]))],
    ['and 2^-127', file(0x7fffffff, 5, option(9, [0xff]))],
    ['and 2^0', file(0xffffffff, 5, option(9, [0x80]))],
    ['an offset of 2^63 - 1 seconds', file(0, 5, option(14, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]))],
    ['an offset of -2^63 seconds', file(0, 5, option(14, [0, 0, 0, 0, 0, 0, 0, 0x80]))],
    ['an offset of -2 billion seconds', file(0, 5, option(14, [0, 0x6c, 0xca, 0x88, 0xff, 0xff, 0xff, 0xff]))],
    ['no time at all (all ones)', file(0xffffffff, 0xffffffff)],
  ])('%s', async (_name, bytes) => {
    expect(ids(await judge(bytes))).toContain('dhcp-boot-hijack');
  });

  it('packets without a time', async () => {
    const simple = TAKEOVER.map((bytes) =>
      le.block(3, [...le.u32(bytes.length), ...bytes, ...new Uint8Array(-bytes.length & 3)]),
    );
    expect(ids(await judge(p.concat(le.section(), le.iface(), ...simple)))).toContain('dhcp-boot-hijack');
  });
});
