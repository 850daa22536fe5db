import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFile } from '../../src/bundle/container/file-bytes.ts';
import { packBundle } from '../../src/bundle/pack.ts';
import { stalePartials } from '../../src/bundle/atomic.ts';
import { extract, unpackBundle } from '../../src/bundle/unpack.ts';
import { openVerified } from '../../src/bundle/verify/verify.ts';
import { kill } from './kills.ts';
import { custody, entries, facts, folder, sample } from './sample.ts';

const where = folder();

describe('SIGKILL at a random moment', () => {
  it('leaves a whole bundle or none, and no raw byte', async () => {
    const { left, killed } = await kill(6, 3);
    expect(left).toEqual([]);
    expect(killed).toBeGreaterThan(0);
  }, 60_000);

  it('leaves partial files that the next run reports and does not touch', async () => {
    const out = join(where, 'stale', 'out.tar.gz');
    mkdirSync(join(where, 'stale'));
    writeFileSync(`${out}.0123abcd.partial`, 'half');
    writeFileSync(`${out}.mine.partial`, 'not ours');
    const { stale } = await packBundle({
      out,
      name: 'case-17',
      entries: entries(10),
      facts: facts(),
      custody: custody(),
    });
    expect(stale).toEqual([`${out}.0123abcd.partial`]);
    expect(stalePartials(out)).toEqual(stale);
    expect(readdirSync(join(where, 'stale'))).toHaveLength(3);
  });
});

/** A disk of 1 MiB, where one may be mounted. */
function smallDisk(): string | undefined {
  const path = join(where, 'small');
  mkdirSync(path);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
  if (status !== 0) process.stderr.write('skipped: a full disk needs the right to mount\n');
  return status === 0 ? path : undefined;
}

const disk = smallDisk();
afterAll(() => {
  if (disk !== undefined) spawnSync('umount', [disk], { stdio: 'ignore' });
});

describe.skipIf(disk === undefined)('a full disk', () => {
  const bytes = Buffer.alloc(3_000_000);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.imul(i ^ (i >>> 7), 2_654_435_761) >>> 24;
  const given = [{ path: 'data/captures/capture-001.pcapng', source: bytes }];

  it('ends packing with a word of what to do, and nothing is left', async () => {
    const out = join(disk ?? '', 'out.tar.gz');
    await expect(
      packBundle({ out, name: 'case-17', entries: given, facts: facts(), custody: custody() }),
    ).rejects.toThrow('disk is full');
    expect(readdirSync(disk ?? '')).toEqual([]);
  });

  it('ends unpacking the same way', async () => {
    const path = join(where, 'large.tar.gz');
    await packBundle({ out: path, name: 'case-17', entries: given, facts: facts(), custody: custody() });
    await expect(unpackBundle(path, { out: join(disk ?? '', 'out'), allowUnpinned: true })).rejects.toThrow(
      'disk is full',
    );
    expect(readdirSync(disk ?? '')).toEqual([]);
  });
});

describe('a source that changes while it is packed', () => {
  it.each([
    ['grows', (path: string) => appendFileSync(path, 'more'), 'longer'],
    ['shrinks', (path: string) => truncateSync(path, 1_200_000), 'shorter'],
    ['is written to', (path: string) => utimesSync(path, 1, 2), 'written to'],
  ])('is refused when it %s', (_what, change, why) => {
    const path = join(where, `source-${why.replace(' ', '-')}`);
    writeFileSync(path, Buffer.alloc(1_500_000));
    const file = openFile(path);
    try {
      const chunks = file.chunks();
      chunks.next();
      change(path);
      expect(() => [...chunks]).toThrow(why);
    } finally {
      file.close();
    }
  });
});

describe('a bundle that changes after it was verified', () => {
  it.each([
    ['other bytes', 'case-17'],
    ['other names', 'case-18'],
  ])('to %s is not extracted', async (_what, name) => {
    const { path } = await sample(join(where, `changes-${name}`));
    const other = await sample(join(where, `other-${name}`), { name, entries: entries(1_200_000) });
    const bundle = await openVerified(path, {});
    const into = join(where, `into-${name}`);
    mkdirSync(into);
    writeFileSync(path, readFileSync(other.path));
    await expect(extract(bundle, into)).rejects.toMatchObject({ kind: 'refused' });
    expect(readdirSync(into).filter((one) => one !== 'case-17')).toEqual([]);
    closeSync(bundle.file);
  });
});

describe('ten thousand files', () => {
  it('are packed', async () => {
    const out = join(where, 'many.tar.gz');
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      path: `data/logs/log-${i}.txt`,
      source: Buffer.from(`${i}`),
    }));
    const { files } = await packBundle({ out, name: 'case-17', entries: many, facts: facts(), custody: custody() });
    expect(files).toHaveLength(10_000);
  });
});
