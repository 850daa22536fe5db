import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPinnedKey } from '../../src/bundle/sign/keys.ts';
import { readToken, timestampRequest } from '../../src/bundle/sign/timestamp.ts';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';
import { hasTool } from '../support/needs.ts';
import { folder, sample } from './sample.ts';

const CONFIG = `
[ca]
default_ca = none
[req]
distinguished_name = dn
prompt = no
[dn]
CN = test authority
[tsa_ext]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** A time-stamping authority that openssl plays. */
function authority(where: string): { stamp(request: Uint8Array): Buffer; certificates: string } {
  mkdirSync(where, { recursive: true });
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: where, stdio: 'pipe' });
  };
  writeFileSync(join(where, 'tsa.cnf'), CONFIG);
  writeFileSync(join(where, 'serial'), '01\n');
  run(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.pem',
    '-days',
    '2',
    '-config',
    'tsa.cnf',
    '-extensions',
    'tsa_ext',
  );
  return {
    certificates: join(where, 'tsa.pem'),
    stamp: (request) => {
      writeFileSync(join(where, 'in.tsq'), request);
      run('ts', '-reply', '-queryfile', 'in.tsq', '-out', 'out.tsr', '-config', 'tsa.cnf', '-section', 'one');
      return readFileSync(join(where, 'out.tsr'));
    },
  };
}

const there = hasTool('openssl', 'version');

describe.skipIf(!there)('a timestamp', () => {
  it('is asked for in a request that openssl makes of the same signature', async () => {
    const where = folder();
    const { path } = await sample(where, { timestamp: true });
    execFileSync('tar', ['xzf', path], { cwd: where });
    const bag = join(where, 'case-17');
    const text = execFileSync('openssl', ['ts', '-query', '-in', 'tagmanifest-sha256.txt.tsq', '-text'], {
      cwd: bag,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(text).toContain('Hash Algorithm: sha256');
    expect(text).toContain('Certificate required: yes');
    const digest = (file: string): string =>
      execFileSync('openssl', ['ts', '-query', '-data', file, '-sha256', '-text'], {
        cwd: bag,
        encoding: 'utf8',
        stdio: 'pipe',
      })
        .split('\n')
        .filter((line) => line.includes(' - '))
        .join();
    expect(
      text
        .split('\n')
        .filter((line) => line.includes(' - '))
        .join(),
    ).toBe(digest('tagmanifest-sha256.txt.sig'));
  });

  it('is checked against signature and nonce, and its signer when certificates are given', async () => {
    const where = folder();
    const tsa = authority(join(where, 'tsa'));
    const other = authority(join(where, 'other'));
    const inside = await sample(join(where, 'in'), { stamp: (request) => Promise.resolve(tsa.stamp(request)) });
    const publicKey = readPinnedKey(inside.key.publicKey);
    const result = async (authorities?: string): Promise<unknown> => {
      const { checks, verdict } = await verifyBundle(inside.path, { publicKey, authorities });
      return [checks.find(({ id }) => id === 'timestamp')?.result, verdict];
    };
    expect(await result()).toEqual(['unknown', 'verified']);
    expect(await result(tsa.certificates)).toEqual(['ok', 'verified']);
    expect(await result(other.certificates)).toEqual(['FAIL', 'failed']);
  });

  it('may come later, beside the bundle', async () => {
    const where = folder();
    const tsa = authority(join(where, 'tsa'));
    const { path, key } = await sample(where, { timestamp: true });
    execFileSync('tar', ['xzf', path], { cwd: where });
    const request = readFileSync(join(where, 'case-17', 'tagmanifest-sha256.txt.tsq'));
    const signature = readFileSync(join(where, 'case-17', 'tagmanifest-sha256.txt.sig'));
    expect(request.equals(timestampRequest(signature))).toBe(true);
    const token = tsa.stamp(request);
    expect(readToken(token, signature)).toMatchObject({ time: expect.stringMatching(/^\d{14}Z$/) });
    writeFileSync(`${path}.tsr`, token);
    const options = { publicKey: readPinnedKey(key.publicKey), authorities: tsa.certificates };
    expect((await verifyBundle(path, options)).verdict).toBe('verified');

    // A token for another bundle, one that answers another request, and one whose bytes were changed.
    const second = await sample(join(where, 'second'), { timestamp: true });
    copyFileSync(`${path}.tsr`, `${second.path}.tsr`);
    expect((await verifyBundle(second.path, { allowUnpinned: true })).verdict).toBe('failed');
    const renewed = Buffer.from(request);
    const nonce = renewed.length - 3 - 8;
    renewed[nonce + 7] = (renewed[nonce + 7] ?? 0) ^ 1;
    expect(readToken(tsa.stamp(renewed), signature)).toContain('another request');
    const changed = Buffer.from(token);
    changed[changed.length - 20] = (changed[changed.length - 20] ?? 0) ^ 1;
    writeFileSync(`${path}.tsr`, changed);
    expect((await verifyBundle(path, options)).verdict).toBe('failed');
  });

  it('that was refused, or is no token, is never taken for one', () => {
    const signature = Buffer.alloc(64, 1);
    expect(readToken(Buffer.from('30053003020102', 'hex'), signature)).toContain('did not grant');
    expect(readToken(Buffer.from('hello'), signature)).toContain('no time-stamp response');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(readToken(bytes, signature)).toBeTypeOf('string');
      }),
    );
  });

  it('has no nonce: it is refused', () => {
    const where = folder();
    const tsa = authority(where);
    const file = join(where, 'sig');
    writeFileSync(file, Buffer.alloc(64, 2));
    spawnSync('openssl', ['ts', '-query', '-data', file, '-sha256', '-no_nonce', '-cert', '-out', join(where, 'q')]);
    expect(readToken(tsa.stamp(readFileSync(join(where, 'q'))), Buffer.alloc(64, 2))).toContain('no nonce');
  });
});
