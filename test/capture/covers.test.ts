import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { coverOf, parseSpan, saidBeside } from '../../src/capture/covers.ts';
import type { FileFacts } from '../../src/capture/vantage.ts';

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-covers-'));
afterAll(() => rmSync(folder, { recursive: true }));

function beside(name: string, text: string): string {
  writeFileSync(join(folder, `${name}.manifest.json`), text);
  return join(folder, name);
}

describe('what is said beside a capture', () => {
  const good = {
    start: '2026-11-22T10:00:00.5Z',
    stop: '2026-11-22T10:01:00Z',
    filter: 'port 67',
    interface: 'eth0',
    drops: 2,
  };

  it('is read from FILE.manifest.json', () => {
    expect(saidBeside(beside('a.pcap', JSON.stringify(good)))).toEqual({
      start: Date.UTC(2026, 10, 22, 10, 0, 0, 500) * 1e3,
      stop: Date.UTC(2026, 10, 22, 10, 1) * 1e3,
      filter: 'port 67',
      interface: 'eth0',
      drops: 2,
      frames: -1,
      clockStep: 0,
    });
  });

  it('is read from the entry of a folder manifest, but not of a piece that carries the times of the whole', () => {
    const other = join(folder, 'set');
    mkdirSync(other);
    const entry = (file: string, vantage: string): object => ({ ...good, file, vantage });
    const captures = [entry('one.pcap', 'one'), entry('r-1.pcap', 'r'), entry('r-2.pcap', 'r')];
    writeFileSync(join(other, 'manifest.json'), JSON.stringify({ schema: 'rackwitness.sample/1', captures }));
    expect(saidBeside(join(other, 'one.pcap'))?.drops).toBe(2);
    expect(saidBeside(join(other, 'r-1.pcap'))).toBeUndefined();
    expect(saidBeside(join(other, 'absent.pcap'))).toBeUndefined();
  });

  it.each([
    ['no JSON', '{'],
    ['another shape', '[1, 2]'],
    ['another schema', JSON.stringify({ ...good, schema: 'other/1' })],
    ['no stop', JSON.stringify({ ...good, stop: undefined })],
    ['a stop before its start', JSON.stringify({ ...good, stop: '2026-11-22T09:00:00Z' })],
    ['a time without a zone', JSON.stringify({ ...good, start: '2026-11-22T10:00:00' })],
    ['too much', JSON.stringify({ ...good, more: 'x'.repeat(2 << 20) })],
  ])('is nothing where it is %s', (_what, text) => {
    expect(saidBeside(beside('bad.pcap', text))).toBeUndefined();
  });

  it('is not read through a link, and not for standard input', () => {
    symlinkSync(join(folder, 'a.pcap.manifest.json'), join(folder, 'link.pcap.manifest.json'));
    expect(saidBeside(join(folder, 'link.pcap'))).toBeUndefined();
    expect(saidBeside('-')).toBeUndefined();
  });
});

describe('a span of the command line', () => {
  it('is START..STOP, in ISO 8601 UTC or seconds', () => {
    expect(parseSpan('2026-11-22T10:00:00Z..2026-11-22T10:00:01.25Z')).toEqual({
      start: Date.UTC(2026, 10, 22, 10) * 1e3,
      stop: Date.UTC(2026, 10, 22, 10, 0, 1, 250) * 1e3,
    });
    expect(parseSpan('10..20.5')).toEqual({ start: 10e6, stop: 20.5e6 });
  });

  it.each([
    '',
    '..',
    '10',
    '20..10',
    'a..b',
    '10..20..30',
    '-1..5',
    '1e3..2e3',
    '2026-13-45T99:00:00Z..2026-13-45T99:00:01Z',
  ])('refuses %j', (text) => {
    expect(parseSpan(text)).toBeUndefined();
  });
});

describe('the cover of a vantage', () => {
  const file = (first: number | undefined, last: number | undefined): FileFacts =>
    ({
      first: first === undefined ? undefined : { sec: first, nsec: 0, iface: 0 },
      last: last === undefined ? undefined : { sec: last, nsec: 0, iface: 0 },
      interfaces: [{ dropped: -1 }],
      frames: first === undefined ? 0 : 2,
    }) as unknown as FileFacts;

  it('is first to last frame, wider where more is said, and nothing for an empty capture of which nothing is said', () => {
    expect(coverOf([file(10, 20)], [], undefined)).toMatchObject({ from: 10e6, to: 20e6, said: 'frames', dropped: -1 });
    const beside = { start: 5e6, stop: 15e6, filter: 'x', interface: 'eth0', drops: 3, frames: -1, clockStep: 0 };
    expect(coverOf([file(10, 20)], [beside], undefined)).toMatchObject({
      from: 5e6,
      to: 20e6,
      said: 'manifest',
      dropped: 3,
      filter: 'x',
    });
    expect(coverOf([file(undefined, undefined)], [], { start: 1e6, stop: 2e6 })).toMatchObject({
      from: 1e6,
      to: 2e6,
      said: 'flag',
      frames: 0,
    });
    expect(coverOf([file(undefined, undefined)], [], undefined)).toMatchObject({ from: 0, to: 0, said: 'nobody' });
  });
});
