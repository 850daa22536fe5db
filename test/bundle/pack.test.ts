import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../src/bundle/pack.ts';
import { readPinnedKey, readSigner } from '../../src/bundle/sign/keys.ts';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';
import { unpackBundle } from '../../src/bundle/unpack.ts';
import { hasTool } from '../support/needs.ts';
import { custody, entries, facts, folder, sample } from './sample.ts';

const where = folder();

function hasBagit(): boolean {
  const there = spawnSync('bagit', ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!there) process.stderr.write('skipped: bagit is not installed; the lists are checked without it\n');
  return there;
}

describe('a bundle', () => {
  it('verifies with its key, and by fingerprint', async () => {
    const { path, key } = await sample(join(where, 'plain'));
    for (const pinned of [key.publicKey, key.sshPublicKey, key.fingerprint]) {
      const { verdict, accepted, checks } = await verifyBundle(path, { publicKey: readPinnedKey(pinned) });
      expect(checks.filter(({ result }) => result === 'FAIL')).toEqual([]);
      expect([verdict, accepted]).toEqual(['verified', true]);
    }
    const unpinned = await verifyBundle(path);
    expect([unpinned.verdict, unpinned.accepted]).toEqual(['integrity-only', false]);
    expect(unpinned.checks.find(({ id }) => id === 'signer')?.result).toBe('unknown');
    expect((await verifyBundle(path, { allowUnpinned: true })).accepted).toBe(true);
    const other = await sample(join(where, 'other'));
    const wrong = await verifyBundle(path, { publicKey: readPinnedKey(other.key.publicKey), allowUnpinned: true });
    expect([wrong.verdict, wrong.accepted]).toEqual(['failed', false]);
  });

  it('has the same bytes again: order of entries, folder and owner do not matter', async () => {
    const { path, key } = await sample(join(where, 'again'));
    const signer = readSigner(key.privateKey);
    const out = join(where, 'again', 'elsewhere.tar.gz');
    const file = join(where, 'again', 'from-a-file');
    const given = entries().map((entry) => ({ ...entry }));
    writeFileSync(file, given[1]?.source ?? '');
    if (given[1] !== undefined) given[1].source = file;
    await packBundle({ out, name: 'case-17', entries: given.reverse(), facts: facts(), custody: custody(), signer });
    expect(readFileSync(out).equals(readFileSync(path))).toBe(true);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  it('says in plain sight that nobody signed it, and a pinned key refuses it', async () => {
    const { path, key } = await sample(join(where, 'unsigned'), { signer: undefined });
    const list = execFileSync('tar', ['xzOf', path, 'case-17/bag-info.txt'], { encoding: 'utf8' });
    expect(list).toContain('UNSIGNED');
    const { verdict, accepted, checks } = await verifyBundle(path);
    expect([verdict, accepted]).toEqual(['integrity-only', false]);
    expect(checks.find(({ id }) => id === 'signature')).toMatchObject({ result: 'absent', detail: 'UNSIGNED' });
    const pinned = await verifyBundle(path, { publicKey: readPinnedKey(key.publicKey), allowUnpinned: true });
    expect(pinned.verdict).toBe('failed');
  });

  it('unpacks to what was packed, for its owner alone', async () => {
    const { path, key } = await sample(join(where, 'unpack'));
    const out = join(where, 'unpack', 'out');
    const { files } = await unpackBundle(path, { out, publicKey: readPinnedKey(key.publicKey) });
    expect(files).toBe(13);
    for (const { path: name, source } of entries()) {
      expect(readFileSync(join(out, 'case-17', name)).equals(Buffer.from(source as Uint8Array))).toBe(true);
    }
    expect(statSync(out).mode & 0o777).toBe(0o700);
    expect(statSync(join(out, 'case-17', 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(out, 'case-17', 'bagit.txt')).mode & 0o777).toBe(0o600);
    await expect(unpackBundle(path, { out, allowUnpinned: true })).rejects.toThrow('exists');
  });

  it('is not unpacked when it is not accepted, or too large', async () => {
    const { path } = await sample(join(where, 'refused'));
    const out = join(where, 'refused', 'out');
    expect((await unpackBundle(path, { out })).files).toBe(0);
    await expect(unpackBundle(path, { out, allowUnpinned: true, maxBytes: 1000 })).rejects.toThrow('--max-bytes');
    expect(readdirSync(join(where, 'refused')).sort()).toEqual(['bundle.tar.gz', 'keys']);
  });
});

describe('packing refuses', () => {
  const out = join(where, 'never.tar.gz');
  const base = { out, name: 'case-17', entries: entries(10), facts: facts(), custody: custody() };
  const some = Buffer.from('x');

  it.each([
    ['a path outside data/', { entries: [{ path: 'x', source: some }] }],
    ['a path that climbs', { entries: [{ path: 'data/../x', source: some }] }],
    [
      'names that differ by case alone',
      {
        entries: [
          { path: 'data/a', source: some },
          { path: 'data/A', source: some },
        ],
      },
    ],
    [
      'a file that is a folder',
      {
        entries: [
          { path: 'data/a', source: some },
          { path: 'data/a/b', source: some },
        ],
      },
    ],
    ['no entry', { entries: [] }],
    ['no custody', { custody: custody(0) }],
    ['redaction without a gate', { facts: facts({ gate: { ...facts().gate, result: 'not-run' } }) }],
    ['raw files that are not encrypted', { facts: facts({ redacted: false, tier: 'sealed', policy: undefined }) }],
    ['a raw tier', { facts: facts({ redacted: false, tier: 'raw', policy: undefined }) }],
    ['zstd', { out: join(where, 'x.tar.zst') }],
    ['another ending', { out: join(where, 'x.zip') }],
    ['a missing source', { entries: [{ path: 'data/a', source: join(where, 'absent') }] }],
    ['a folder as source', { entries: [{ path: 'data/a', source: where }] }],
    ['a folder that is not there', { out: join(where, 'no', 'x.tar.gz') }],
  ])('%s, and leaves nothing', async (_what, over) => {
    const before = readdirSync(where).sort();
    await expect(packBundle({ ...base, ...over })).rejects.toMatchObject({ name: 'Problem' });
    expect(readdirSync(where).sort()).toEqual(before);
  });

  it('links, FIFOs and devices as sources', async () => {
    const link = join(where, 'link');
    symlinkSync('/etc/passwd', link);
    const fifo = join(where, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const source of [link, fifo, '/dev/zero']) {
      await expect(packBundle({ ...base, entries: [{ path: 'data/a', source }] })).rejects.toMatchObject({
        kind: 'refused',
      });
    }
  });

  it('to replace a file', async () => {
    writeFileSync(out, 'mine');
    await expect(packBundle(base)).rejects.toThrow('exists');
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('keys that others can read, and keys of other kinds', async () => {
    const keys = join(where, 'bad-keys');
    mkdirSync(keys);
    const { key } = await sample(join(where, 'open-key'));
    chmodSync(key.privateKey, 0o640);
    expect(() => readSigner(key.privateKey)).toThrow('read by others');
    expect(() => readPinnedKey(key.privateKey)).toThrow('no Ed25519 public key');
    writeFileSync(join(keys, 'x'), 'hello', { mode: 0o600 });
    expect(() => readSigner(join(keys, 'x'))).toThrow('no private key');
    expect(() => readPinnedKey('SHA256:short')).toThrow('not whole');
  });
});

describe.skipIf(!hasTool('openssl', 'version') || !hasTool('sha256sum') || !hasTool('tar'))('stock tools', () => {
  it('unpack, check every digest, and verify the signature', async () => {
    const { path, key } = await sample(join(where, 'stock'));
    const cwd = join(where, 'stock');
    execFileSync('tar', ['xzf', path], { cwd });
    const bag = join(cwd, 'case-17');
    for (const [tool, manifest] of [
      ['sha256sum', 'manifest-sha256.txt'],
      ['sha512sum', 'manifest-sha512.txt'],
      ['sha256sum', 'tagmanifest-sha256.txt'],
      ['sha512sum', 'tagmanifest-sha512.txt'],
    ] as const) {
      execFileSync(tool, ['--strict', '-c', manifest], { cwd: bag, stdio: 'pipe' });
    }
    // Complete by our own reading of RFC 8493, 3: every payload file is listed, every listed file is there.
    const there = execFileSync('find', ['data', '-type', 'f'], { cwd: bag, encoding: 'utf8' })
      .trim()
      .split('\n')
      .sort();
    for (const manifest of ['manifest-sha256.txt', 'manifest-sha512.txt']) {
      const lines = readFileSync(join(bag, manifest), 'utf8').trim().split('\n');
      expect(lines.map((line) => line.split('  ')[1]).sort()).toEqual(there);
    }
    const openssl = (input: string): number | null =>
      spawnSync(
        'openssl',
        [
          'pkeyutl',
          '-verify',
          '-pubin',
          '-inkey',
          key.publicKey,
          '-rawin',
          '-in',
          input,
          '-sigfile',
          'tagmanifest-sha256.txt.sig',
        ],
        { cwd: bag },
      ).status;
    expect(openssl('tagmanifest-sha256.txt')).toBe(0);
    expect(openssl('manifest-sha256.txt')).not.toBe(0);
    expect(spawnSync('gzip', ['-t', path]).status).toBe(0);
  });

  // Debian's `bagit`, or bagit-python: one more reader of RFC 8493 where it is installed; the lists are checked above.
  it.skipIf(!hasBagit())('is a bag to bagit', async () => {
    const { path } = await sample(join(where, 'bagit'));
    const cwd = join(where, 'bagit');
    execFileSync('tar', ['xzf', path], { cwd });
    expect(spawnSync('bagit', ['--validate', 'case-17'], { cwd, stdio: 'ignore' }).status).toBe(0);
    writeFileSync(join(cwd, 'case-17', 'data', 'report', 'report.txt'), 'other');
    expect(spawnSync('bagit', ['--validate', 'case-17'], { cwd, stdio: 'ignore' }).status).not.toBe(0);
  });

  it('take the longest path that packing takes', async () => {
    const long = `data/${'a'.repeat(78)}/${'b'.repeat(88)}`;
    const { path } = await sample(join(where, 'long'), { entries: [{ path: long, source: Buffer.from('x') }] });
    expect((await verifyBundle(path, { allowUnpinned: true })).accepted).toBe(true);
    expect(execFileSync('tar', ['tzf', path], { encoding: 'utf8' })).toContain(`case-17/${long}`);
    await expect(
      sample(join(where, 'longer'), { entries: [{ path: `${long}x`, source: Buffer.from('x') }] }),
    ).rejects.toThrow('180');
  });
});

describe.skipIf(!hasTool('ssh-keygen', '-?'))('an SSH key', () => {
  it('signs what ssh-keygen verifies, and has the fingerprint that ssh-keygen prints', async () => {
    const cwd = join(where, 'ssh');
    mkdirSync(cwd);
    const key = join(cwd, 'id_ed25519');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'rack signer', '-f', key]);
    const { path } = await sample(cwd, { signer: readSigner(key) });
    const printed = execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`], { encoding: 'utf8' });
    expect(printed).toContain(readSigner(key).fingerprint);
    expect((await verifyBundle(path, { publicKey: readPinnedKey(`${key}.pub`) })).verdict).toBe('verified');
    execFileSync('tar', ['xzf', path], { cwd });
    const publicKey = readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(join(cwd, 'allowed'), `rack namespaces="rackwitness" ${publicKey}\n`);
    const args = [
      '-Y',
      'verify',
      '-f',
      '../allowed',
      '-I',
      'rack',
      '-n',
      'rackwitness',
      '-s',
      'tagmanifest-sha256.txt.sshsig',
    ];
    const run = (input: string): number | null =>
      spawnSync('ssh-keygen', args, { cwd: join(cwd, 'case-17'), input: readFileSync(join(cwd, 'case-17', input)) })
        .status;
    expect(run('tagmanifest-sha256.txt')).toBe(0);
    expect(run('manifest-sha256.txt')).not.toBe(0);
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret words', '-f', key]);
    expect(() => readSigner(key)).toThrow('encrypted');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', join(cwd, 'rsa')]);
    expect(() => readSigner(join(cwd, 'rsa'))).toThrow('ssh-rsa');
  });
});
