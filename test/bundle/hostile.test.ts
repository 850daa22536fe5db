import { readdirSync, readFileSync, truncateSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { manifestText } from '../../src/bundle/bag.ts';
import { ustarHeader } from '../../src/bundle/container/ustar.ts';
import { digestsOf } from '../../src/bundle/digests.ts';
import { readPinnedKey } from '../../src/bundle/sign/keys.ts';
import { unpackBundle } from '../../src/bundle/unpack.ts';
import { checklistText } from '../../src/bundle/verify/checklist.ts';
import { type Verification, verifyBundle } from '../../src/bundle/verify/verify.ts';
import { flip } from './flips.ts';
import { bundleOf, folder, sample, tarOf } from './sample.ts';

const where = folder();
const { path, key } = await sample(join(where, 'good'), {
  entries: [
    { path: 'data/captures/capture-001.pcapng', source: Buffer.alloc(3000, 'frames ') },
    { path: 'data/logs/empty.log', source: new Uint8Array(0) },
  ],
});
const publicKey = readPinnedKey(key.publicKey);
const good = tarOf(path);
let made = 0;

async function verified(tar: Uint8Array): Promise<Verification> {
  made += 1;
  const bundle = await bundleOf(tar, join(where, `hostile-${made}.tar.gz`));
  const out = join(where, 'out');
  // Whatever is wrong: nothing is written, not even by a person who waives the signature.
  await unpackBundle(bundle, { out, allowUnpinned: true }).then(({ files }) => expect(files).toBe(0));
  expect(readdirSync(where)).not.toContain('out');
  return verifyBundle(bundle, { publicKey });
}

function failing({ checks }: Verification): string[] {
  return checks.filter(({ result }) => result === 'FAIL').map(({ id }) => id);
}

function words({ checks }: Verification): string {
  return checks.flatMap(({ failures }) => failures.map((one) => `${one.file ?? ''} ${one.message}`)).join('\n');
}

/** A header with fields overwritten and its checksum made right again. */
function header(name: string, size: number, fields: Record<number, string | Uint8Array> = {}): Buffer {
  const block = ustarHeader(name, size) ?? Buffer.alloc(512);
  for (const [at, value] of Object.entries(fields)) Buffer.from(value).copy(block, Number(at));
  block.write(' '.repeat(8), 148, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')} \u0000`, 148, 'latin1');
  return block;
}

function entry(name: string, body: string, fields: Record<number, string | Uint8Array> = {}): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([header(name, bytes.length, fields), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** The good tarball with something put before its first entry. */
function before(...blocks: Uint8Array[]): Buffer {
  return Buffer.concat([...blocks, good]);
}

describe('a hostile tarball', () => {
  it('is the good one to begin with', async () => {
    const bundle = await bundleOf(good, join(where, 'same.tar.gz'));
    expect((await verifyBundle(bundle, { publicKey })).verdict).toBe('verified');
    expect(readFileSync(bundle).equals(readFileSync(path))).toBe(true);
  });

  it.each([
    ['zip-slip', 'case-17/data/../../../tmp/evil', 'leads elsewhere'],
    ['an absolute path', '/etc/cron.d/evil', 'absolute'],
    ['a drive letter', 'C:/evil', 'absolute'],
    ['a backslash', 'case-17/data/..\\evil', 'characters'],
    ['a line end', 'case-17/data/a\nb', 'characters'],
    ['an escape sequence', 'case-17/data/\u001b[2J', 'characters'],
    ['bytes of UTF-8', 'case-17/data/caf\u00c3\u00a9', 'characters'],
    ['a decomposed letter', 'case-17/data/cafe\u00cc\u0081', 'characters'],
    ['a right-to-left mark', 'case-17/data/\u00e2\u0080\u00ae', 'characters'],
    ['a hyphen first', 'case-17/data/-rf', 'hyphen'],
    ['a hidden file', 'case-17/data/.bashrc', 'dot'],
    ['a second top folder', 'case-16/data/a', 'second top folder'],
    ['no top folder', 'evil', 'outside the top folder'],
    ['an unknown tag file', 'case-17/aaa.sh', 'beside its payload'],
    ['fetch.txt', 'case-17/fetch.txt', 'beside its payload'],
  ])('with %s', async (_what, name, why) => {
    const result = await verified(before(entry(name, 'x')));
    expect(result.verdict).toBe('failed');
    expect(words(result)).toContain(why);
    expect(checklistText(result)).not.toContain('\u001b');
  });

  it.each([
    ['a hard link', '1'],
    ['a symbolic link', '2'],
    ['a character device', '3'],
    ['a block device', '4'],
    ['a folder entry', '5'],
    ['a FIFO', '6'],
    ['a contiguous file', '7'],
    ['a pax header', 'x'],
    ['a global pax header', 'g'],
    ['a GNU long name', 'L'],
    ['a GNU long link', 'K'],
    ['a sparse file', 'S'],
  ])('with %s', async (what, type) => {
    const result = await verified(before(entry('case-17/data/a', '', { 156: type, 157: '../../etc/passwd' })));
    expect(failing(result)).toContain('paths');
    expect(words(result)).toContain(what);
  });

  it.each([
    ['an owner', { 108: '001750 ' }],
    ['a user name', { 265: 'root' }],
    ['set-user-id', { 100: '004755 ' }],
    ['another time', { 136: '15000000000 ' }],
    ['spaces in a number', { 124: '         12 ' }],
    ['a negative size', { 124: Buffer.from('ffffffffffffffffffffffff', 'hex') }],
    ['a size in base 256 that fits octal', { 124: Buffer.from('800000000000000000000000', 'hex') }],
    ['text after the name', { 60: 'hidden' }],
    ['text in the padding of the header', { 500: 'hidden' }],
    ['the magic of GNU tar', { 257: 'ustar  \u0000' }],
    ['a NUL type', { 156: '\u0000' }],
  ])('with %s in a header', async (_what, fields) => {
    const result = await verified(before(entry('case-17/data/a', '', fields as Record<number, string>)));
    expect(failing(result)).toContain('container');
    expect(words(result)).toContain('canonical');
  });

  it('with a wrong checksum', async () => {
    const block = header('case-17/data/a', 0);
    block.write('000000 ', 148, 'latin1');
    expect(failing(await verified(before(block)))).toContain('container');
  });

  it('with a size beyond the end', async () => {
    const result = await verified(before(header('case-17/data/a', 2 ** 39)));
    expect(words(result)).toContain('cut');
  });

  it('that claims more than a disk holds', async () => {
    expect(words(await verified(before(header('case-17/data/a', 2 ** 50))))).toContain('bytes of payload');
  });

  it('with a tag file that would fill the memory', async () => {
    expect(words(await verified(before(header('case-17/bag-info.txt', 2 ** 33))))).toContain('tag file');
  });

  it('with the same file twice, or out of order', async () => {
    expect(words(await verified(before(entry('case-17/data/logs/empty.log', ''))))).toContain('out of order');
    expect(words(await verified(before(entry('case-17/data/zzz', 'x'))))).toContain('out of order');
  });

  it('with names that differ by case alone', async () => {
    const result = await verified(before(entry('case-17/data/Captures/capture-001.pcapng', 'x')));
    expect(words(result)).toContain('but for the case');
  });

  it('with a file that nobody lists', async () => {
    const result = await verified(before(entry('case-17/data/aaa', 'x')));
    expect(failing(result)).toEqual(expect.arrayContaining(['complete', 'manifest-sha256.txt', 'bag-info']));
    expect(words(result)).toContain('data/aaa is not listed in manifest-sha256.txt');
  });

  it('without a file that is listed', async () => {
    const at = good.indexOf('case-17/data/logs/empty.log');
    const result = await verified(Buffer.concat([good.subarray(0, at), good.subarray(at + 512)]));
    expect(words(result)).toContain('data/logs/empty.log is listed in manifest-sha512.txt and not there');
  });

  it('with bytes in the padding, or after the end', async () => {
    const padded = Buffer.from(good);
    const at = good.indexOf('case-17/data/captures') + 512 + 3000;
    padded[at + 1] = 1;
    expect(words(await verified(padded))).toContain('padding is not zero');
    expect(words(await verified(Buffer.concat([good, Buffer.alloc(512)])))).toContain('follow the end');
    expect(words(await verified(Buffer.concat([good, good])))).toContain('follow the end');
    expect(words(await verified(good.subarray(0, good.length - 512)))).toContain('cut');
  });

  it('with a changed file is told which', async () => {
    const tar = Buffer.from(good);
    const at = good.indexOf('case-17/data/captures') + 512;
    tar[at] = (tar[at] ?? 0) ^ 1;
    const { checks } = await verified(tar);
    const found = checks.find(({ id }) => id === 'manifest-sha512.txt')?.failures;
    expect(found).toEqual([
      {
        file: 'data/captures/capture-001.pcapng',
        message: 'differs from its sha512 in manifest-sha512.txt',
      },
    ]);
  });

  it('whose lists were all made anew: only the signature tells', async () => {
    // What an attacker without the key can do best: change a file, and every digest up to the statement.
    const tar = Buffer.from(good);
    const replace = (name: string, change: (body: Buffer) => Buffer): Buffer => {
      const at = tar.indexOf(`case-17/${name}\u0000`);
      const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
      const body = change(Buffer.from(tar.subarray(at + 512, at + 512 + size)));
      expect(body.length).toBe(size);
      body.copy(tar, at + 512);
      return body;
    };
    const changed = digestsOf(replace('data/captures/capture-001.pcapng', (body) => Buffer.from(body.fill('F', 0, 1))));
    const relist = (manifest: string, file: string, digest: string): Buffer =>
      replace(manifest, (body) => {
        const text = body.toString();
        const line = text.split('\n').find((one) => one.endsWith(`  ${file}`)) ?? '';
        return Buffer.from(text.replace(line, `${digest}  ${file}`));
      });
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const manifest = `manifest-${algorithm}.txt`;
      const digests = digestsOf(relist(manifest, 'data/captures/capture-001.pcapng', changed[algorithm]));
      for (const tags of ['sha256', 'sha512'] as const) relist(`tagmanifest-${tags}.txt`, manifest, digests[tags]);
    }
    const result = await verified(tar);
    expect(failing(result).sort()).toEqual(['statement', 'tagmanifest-signature']);
  });
});

describe('a hostile container', () => {
  const file = join(where, 'container.tar.gz');

  async function container(bytes: Uint8Array): Promise<string> {
    writeFileSync(file, bytes);
    const result = await verifyBundle(file, { publicKey });
    expect(result.verdict).toBe('failed');
    const [failure] = result.checks.flatMap(({ failures }) => failures);
    expect(failure?.offset).toBeTypeOf('number');
    return words(result);
  }

  it('is cut anywhere', async () => {
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 97) {
      copyFileSync(path, file);
      truncateSync(file, length);
      const { verdict } = await verifyBundle(file, { publicKey });
      expect(verdict, `${length} bytes`).toBe('failed');
    }
    expect(await container(whole.subarray(0, whole.length - 1))).toContain('ends inside a gzip member');
  });

  it('has something after its end', async () => {
    const whole = readFileSync(path);
    for (const more of [Buffer.from([0]), Buffer.alloc(4096), gzipSync('hidden'), Buffer.from('#!/bin/sh\n'), whole]) {
      await container(Buffer.concat([whole, more]));
    }
  });

  it('has a member that is empty, short before the last, or larger than all', async () => {
    const whole = readFileSync(path);
    expect(await container(Buffer.concat([whole, member(Buffer.alloc(0))]))).toContain('1 MiB');
    expect(await container(Buffer.concat([member(Buffer.alloc(512)), whole]))).toContain('not of 1 MiB');
    // 16 MiB of zeros in 16 KiB, with the right digest, checksum and length.
    expect(await container(member(Buffer.alloc(16 << 20)))).toContain('more than 1 MiB');
  });

  it('hides bytes between the compressed data and their checksum', async () => {
    expect(await container(member(good.subarray(0, 1 << 20), Buffer.from('hidden')))).toContain('bytes stand between');
  });

  it('is gzip as others write it, or no gzip', async () => {
    expect(await container(gzipSync(good))).toContain('canonical');
    expect(await container(good)).toContain('canonical');
    expect(await container(Buffer.alloc(0))).toContain('cut');
  });
});

/** A member with the right header, whatever is in it. */
function member(data: Buffer, hidden = Buffer.alloc(0)): Buffer {
  const deflate = Buffer.concat([deflateRawSync(data), hidden]);
  const head = Buffer.concat([Buffer.from('1f8b08040000000000ff280052572400', 'hex'), Buffer.alloc(36)]);
  head.writeUInt32LE(deflate.length, 16);
  createHash('sha256').update(deflate).digest().copy(head, 20);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc(data), 0);
  tail.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, deflate, tail]);
}

/** CRC-32 by way of a gzip trailer: another code than the one under test. */
function crc(data: Buffer): number {
  return gzipSync(data).readUInt32LE(gzipSync(data).length - 8);
}

describe('a flipped bit', () => {
  it('anywhere makes verify fail, and say where', async () => {
    expect(await flip(path, publicKey, 250, 7)).toEqual([]);
  }, 60_000);
});

describe('a manifest', () => {
  it('is written in one order whatever the order of its files', () => {
    const files = ['data/b', 'data/B', 'data/a'].map((name) => ({ path: name, size: 0, sha256: name, sha512: name }));
    expect(manifestText(files, 'sha256')).toBe('data/B  data/B\ndata/a  data/a\ndata/b  data/b\n');
  });
});
