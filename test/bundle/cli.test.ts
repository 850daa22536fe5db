import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readChain } from '../../src/bundle/custody/chain.ts';
import { readSigner } from '../../src/bundle/sign/keys.ts';
import { rackwitness } from '../cli/run.ts';
import { folder, sample } from './sample.ts';

const where = folder();

describe('keygen', () => {
  it('makes a key for its owner alone, and never a second time', () => {
    const out = join(where, 'new', 'keys');
    const made = rackwitness(['keygen', '--out', out]);
    expect(made).toMatchObject({ code: 0 });
    expect(made.out).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/m);
    expect(made.out).toContain(readSigner(join(out, 'signing-key.pem')).fingerprint);
    expect(statSync(join(out, 'signing-key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(out).mode & 0o777).toBe(0o700);
    const before = readFileSync(join(out, 'signing-key.pem'));
    const again = rackwitness(['keygen', '--out', out]);
    expect(again.code).toBe(2);
    expect(again.err).toContain('never replaced');
    expect(readFileSync(join(out, 'signing-key.pem')).equals(before)).toBe(true);
  });

  it('makes a case key', () => {
    const out = join(where, 'case');
    expect(rackwitness(['keygen', '--out', out, '--case-key'])).toMatchObject({ code: 0 });
    expect(readdirSync(out)).toEqual(['case-key']);
    expect(statSync(join(out, 'case-key')).mode & 0o777).toBe(0o600);
    expect(rackwitness(['keygen', '--out', out, '--case-key']).code).toBe(2);
  });
});

describe('verify and unpack', () => {
  it('end with 0 for a pinned key, 4 without one, 4 for a failure', async () => {
    const { path, key } = await sample(join(where, 'a'));
    const pinned = rackwitness(['verify', path, '--public-key', key.publicKey]);
    expect(pinned).toMatchObject({ code: 0, err: '' });
    expect(pinned.out).toContain('VERIFIED');
    expect(pinned.out).toContain('Not proven');
    const unpinned = rackwitness(['verify', path]);
    expect(unpinned.code).toBe(4);
    expect(unpinned.out).toContain('INTEGRITY ONLY: whole in itself, signer unknown.');
    expect(rackwitness(['verify', path, '--allow-unpinned']).code).toBe(0);
    expect(rackwitness(['verify', join(where, 'absent')]).code).toBe(2);
    expect(rackwitness(['verify', where]).code).toBe(2);
    expect(rackwitness(['verify', path, '--reason', 'x']).code).toBe(2);

    const bytes = readFileSync(path);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    const bad = join(where, 'a', 'bad.tar.gz');
    writeFileSync(bad, bytes);
    const failed = rackwitness(['verify', bad, '--public-key', key.publicKey]);
    expect(failed.code).toBe(4);
    expect(failed.out).toContain('gzip member at byte 0');
    const out = join(where, 'a', 'out');
    expect(rackwitness(['unpack', bad, '--allow-unpinned', '--out', out]).code).toBe(4);
    expect(rackwitness(['unpack', path, '--out', out]).code).toBe(4);
    expect(readdirSync(join(where, 'a'))).not.toContain('out');
    expect(rackwitness(['unpack', path, '--public-key', key.fingerprint, '--out', out]).code).toBe(0);
    expect(rackwitness(['unpack', path, '--public-key', key.fingerprint, '--out', out]).code).toBe(2);
  });

  it('print JSON of the shipped schema, whatever the outcome', async () => {
    const { path, key } = await sample(join(where, 'json'));
    const schema = JSON.parse(
      readFileSync(new URL('../../dist/schema/verification.schema.json', import.meta.url), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: true }).compile(schema);
    const bad = join(where, 'json', 'bad.tar.gz');
    writeFileSync(bad, readFileSync(path).subarray(0, 3000));
    for (const [file, verdict] of [
      [path, 'verified'],
      [bad, 'failed'],
    ] as const) {
      const data: unknown = JSON.parse(rackwitness(['verify', file, '--json', '--public-key', key.publicKey]).out);
      expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
      expect(data).toMatchObject({ verdict });
    }
  });

  it('write down who looked, when asked to', async () => {
    const { path, key, packed } = await sample(join(where, 'record'));
    const log = `${path}.custody.jsonl`;
    rackwitness(['verify', path, '--public-key', key.publicKey]);
    expect(readdirSync(join(where, 'record'))).not.toContain('bundle.tar.gz.custody.jsonl');
    const args = ['--public-key', key.publicKey, '--record-as', 'Ada', '--reason', 'audit 7'];
    expect(rackwitness(['verify', path, ...args]).code).toBe(0);
    expect(rackwitness(['unpack', path, '--out', join(where, 'record', 'out'), ...args]).code).toBe(0);
    const { entries, fault } = readChain(readFileSync(log, 'utf8'));
    expect(fault).toBeUndefined();
    expect(entries.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      'sealed Ada',
      'verify Ada',
      'unpack Ada',
    ]);
    expect(entries[0]?.object?.sha256).toBe(packed.sha256);
  });
});
