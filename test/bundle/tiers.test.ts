import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../src/bundle/pack.ts';
import { createSigningKey, readPinnedKey, readSigner } from '../../src/bundle/sign/keys.ts';
import { parseCaseFile, tiersOf } from '../../src/bundle/tiers/case-file.ts';
import { commitmentSalt, opens, sourceCommitments } from '../../src/bundle/tiers/commitment.ts';
import { sealPayload } from '../../src/bundle/tiers/seal.ts';
import { unpackBundle } from '../../src/bundle/unpack.ts';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';
import { custody, entries, facts, folder } from './sample.ts';

const raw = facts({
  redacted: false,
  tier: 'raw',
  policy: undefined,
  gate: { result: 'not-run', mode: 'none', searched: [], needles: 0, remaining: [] },
});
const salt = commitmentSalt(Buffer.alloc(32, 9));

describe('the sealed tier', () => {
  it('is committed to by the others, lists them, and opens with the key of its custodian', async () => {
    const where = folder();
    const identity = await generateIdentity();
    const recipients = [await identityToRecipient(identity)];
    const signer = readSigner(createSigningKey(join(where, 'keys')).privateKey);
    const out = join(where, 'case-17.tar.gz.age');
    const sealed = await sealPayload({
      out,
      name: 'case-17',
      entries: entries(),
      facts: raw,
      custody: custody(),
      recipients,
      salt,
    });
    expect(readFileSync(out).includes('report report')).toBe(false);

    const auditor = join(where, 'auditor.tar.gz');
    const packed = await packBundle({
      out: auditor,
      name: 'case-17-auditor',
      entries: [{ path: 'data/report/report.txt', source: Buffer.from('redacted\n') }],
      facts: facts({ sealed: sealed.commitment }),
      custody: custody(),
      signer,
    });
    const whole = join(where, 'sealed.tar.gz');
    const { gate } = raw;
    const tiers = [{ tier: 'auditor', bundle: 'auditor.tar.gz', sha256: packed.sha256 }];
    await packBundle({
      out: whole,
      name: 'case-17-sealed',
      entries: [{ path: 'data/sealed/case-17.tar.gz.age', source: out }],
      facts: facts({ redacted: false, tier: 'sealed', policy: undefined, gate, tiers }),
      custody: custody(),
      signer,
    });
    const publicKey = readPinnedKey(join(where, 'keys', 'signing-key.pub'));
    for (const path of [auditor, whole]) {
      const { verdict, checks } = await verifyBundle(path, { publicKey });
      expect(checks.filter(({ result }) => result === 'FAIL')).toEqual([]);
      expect(verdict).toBe('verified');
    }

    await unpackBundle(whole, { out: join(where, 'custodian'), publicKey });
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const cipher = readFileSync(join(where, 'custodian', 'case-17-sealed', 'data', 'sealed', 'case-17.tar.gz.age'));
    const inner = join(where, 'inner.tar.gz');
    writeFileSync(inner, await decrypter.decrypt(cipher));
    const { files } = await unpackBundle(inner, { out: join(where, 'raw'), allowUnpinned: true });
    expect(files).toBeGreaterThan(5);
    const bag = join(where, 'raw', 'case-17');
    const written = Buffer.from(readFileSync(join(bag, 'data', 'commitment-salt.txt'), 'utf8').trim(), 'hex');
    const manifest = readFileSync(join(bag, 'manifest-sha256.txt'));
    expect(opens(sealed.commitment, written, manifest)).toBe(true);
    expect(opens(sealed.commitment, written, Buffer.concat([manifest, Buffer.from('x')]))).toBe(false);
    expect(opens(sealed.commitment, Buffer.alloc(32), manifest)).toBe(false);
  });

  it('leaves nothing when a source vanishes or a recipient is none', async () => {
    const where = folder();
    const recipients = [await identityToRecipient(await generateIdentity())];
    const base = {
      out: join(where, 'x.age'),
      name: 'case-17',
      entries: entries(10),
      facts: raw,
      custody: custody(),
      recipients,
      salt,
    };
    const gone = [...entries(2_000_000), { path: 'data/zzz', source: join(where, 'gone') }];
    await expect(sealPayload({ ...base, entries: gone })).rejects.toThrow('no such file');
    await expect(sealPayload({ ...base, recipients: ['age1nonsense'] })).rejects.toThrow('no age recipient');
    await expect(sealPayload({ ...base, recipients: [] })).rejects.toThrow('recipient');
    await expect(sealPayload({ ...base, facts: facts() })).rejects.toThrow('raw');
    expect(readdirSync(where)).toEqual([]);
  });

  it('is not one when something in it is not encrypted', async () => {
    const where = folder();
    const out = join(where, 'x.tar.gz');
    await packBundle({
      out,
      name: 'case-17',
      entries: [{ path: 'data/sealed/x.age', source: Buffer.from('plain') }],
      facts: { ...raw, tier: 'sealed' },
      custody: custody(),
    });
    const { checks } = await verifyBundle(out, { allowUnpinned: true });
    expect(checks.find(({ id }) => id === 'tier')).toMatchObject({ result: 'FAIL' });
  });
});

describe('commitments to sources', () => {
  it('confirm no guess without the salt', () => {
    const [one] = sourceCommitments(salt, [{ name: 'capture-001', sha256: 'ab'.repeat(32) }]);
    const other = sourceCommitments(commitmentSalt(Buffer.alloc(32, 8)), [
      { name: 'capture-001', sha256: 'ab'.repeat(32) },
    ]);
    expect(one?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(one?.sha256).not.toBe(other[0]?.sha256);
    expect(opens(one?.sha256 ?? '', salt, `capture-001\n${'ab'.repeat(32)}\n`)).toBe(true);
  });
});

describe('a case file', () => {
  const good = {
    schema: 'rackwitness.case/1',
    case: 'case-17',
    tiers: { auditor: { policy: 'auditor' }, vendor: { policy: './vendor.json' }, sealed: { recipients: ['age1abc'] } },
    roles: { 'compliance officer': ['auditor'], operator: ['vendor', 'auditor'], __proto__: undefined },
  };
  const parse = (over: object): Promise<unknown> => parseCaseFile(JSON.stringify({ ...good, ...over }), 'case.json');

  it('says which tiers a role may have', async () => {
    const file = await parseCaseFile(JSON.stringify(good), 'case.json');
    expect(file.tiers.map(({ tier }) => tier)).toEqual(['auditor', 'sealed', 'vendor']);
    expect(tiersOf(file, ['compliance officer'])).toEqual(['auditor']);
    expect(tiersOf(file, ['operator', 'compliance officer'])).toEqual(['auditor', 'vendor']);
    expect(() => tiersOf(file, ['constructor'])).toThrow('no role');
  });

  it.each([
    ['an unknown key', { more: 1 }],
    ['a role with a tier that is not there', { roles: { x: ['nobody'] } }],
    ['a tier without a policy', { tiers: { a: {} } }],
    ['a sealed tier without recipients', { tiers: { sealed: {} } }],
    ['a sealed tier with a policy', { tiers: { sealed: { recipients: ['age1a'], policy: 'x' } } }],
    ['recipients of a redacted tier', { tiers: { a: { policy: 'x', recipients: ['age1a'] } } }],
    ['a raw tier', { tiers: { raw: { policy: 'x' } } }],
    ['a name that no bag may have', { case: '..' }],
  ])('is refused for %s', async (_what, over) => {
    await expect(parse(over)).rejects.toMatchObject({ kind: 'profile' });
  });
});
