import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitment, opens } from '../../src/bundle/tiers/commitment.ts';
import { unpackBundle } from '../../src/bundle/unpack.ts';
import { rackwitness, type Outcome } from '../cli/run.ts';
import { caseInputs, type CaseInputs, CLOCK, PLANTED, wordsIn } from './made.ts';
import { folder, tarOf } from './sample.ts';

const where = folder();
const out = join(where, 'tiers');
let inputs: CaseInputs;
let identity: string;
let caseFile: string;

function tiered(to: string, more: readonly string[] = [], approval = inputs.approval): Outcome {
  const { caseKey, signKey, sources } = inputs;
  const how = ['--case-file', caseFile, '--key-file', caseKey, '--sign-key', signKey, '--clock', CLOCK, '--out', to];
  return rackwitness(['bundle', ...how, ...sources, ...approval, '--actor', 'quagmire', ...more]);
}

beforeAll(async () => {
  inputs = caseInputs(where);
  inputs.approval.push('--data-categories', 'addresses', '--retention', '2027-01-01');
  identity = await generateIdentity();
  caseFile = join(where, 'case.json');
  const tiers = {
    auditor: { policy: 'auditor' },
    public: { policy: 'public' },
    sealed: { recipients: [await identityToRecipient(identity)] },
  };
  const roles = { 'compliance officer': ['auditor'], custodian: ['sealed', 'auditor'] };
  writeFileSync(caseFile, JSON.stringify({ schema: 'rackwitness.case/1', case: 'case-17', tiers, roles }));
  const { code, err } = tiered(out);
  if (code !== 0) throw new Error(err);
}, 60_000);

const fileOf = (tier: string, to = out): string => join(to, `case-17-${tier}.tar.gz`);

/** What the signed statement of a bundle says. */
function said(path: string): Record<string, unknown> {
  const payload = /"payload":"([A-Za-z0-9+/=]+)"/.exec(tarOf(path).toString('latin1'))?.[1] ?? '';
  const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as {
    predicate: Record<string, unknown>;
  };
  return predicate;
}

describe('the tiers of a case in one run', () => {
  it('all verify, and no redacted one names anything of the case', () => {
    expect(readdirSync(out).sort()).toEqual([
      'case-17-auditor.tar.gz',
      'case-17-public.tar.gz',
      'case-17-sealed.tar.gz',
    ]);
    for (const tier of ['auditor', 'public', 'sealed']) {
      const verified = rackwitness(['verify', fileOf(tier), '--public-key', inputs.publicKey]);
      expect(verified, tier).toMatchObject({ code: 0 });
      // The sealed tier too: what it holds is ciphertext, and its tag files name nobody but who made it.
      expect(
        wordsIn(
          fileOf(tier),
          PLANTED.filter((word) => tier !== 'sealed' || word !== 'quagmire'),
        ),
      ).toEqual([]);
    }
  });

  it('the sealed one opens for its custodian alone, and holds the files as they were', async () => {
    const bag = join(where, 'sealed');
    await unpackBundle(fileOf('sealed'), { out: bag, allowUnpinned: true });
    const cipher = readFileSync(join(bag, 'case-17-sealed', 'data', 'raw.tar.gz.age'));
    const other = new Decrypter();
    other.addIdentity(await generateIdentity());
    await expect(other.decrypt(cipher)).rejects.toThrow('no identity matched');
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const inner = join(where, 'inner.tar.gz');
    writeFileSync(inner, await decrypter.decrypt(cipher));
    await unpackBundle(inner, { out: join(where, 'raw'), allowUnpinned: true });
    const raw = join(where, 'raw', 'case-17-raw');
    const names = JSON.parse(readFileSync(join(raw, 'data', 'report', 'names.json'), 'utf8')) as Record<string, string>;
    expect(Object.values(names).sort()).toEqual(inputs.sources.filter((path) => path.startsWith('/')).sort());
    for (const [name, path] of Object.entries(names)) {
      expect(readFileSync(join(raw, name)).equals(readFileSync(path)), name).toBe(true);
    }
    // Its commitment opens with what is inside, for every tier.
    const salt = Buffer.from(readFileSync(join(raw, 'data', 'commitment-salt.txt'), 'utf8').trim(), 'hex');
    const manifest = readFileSync(join(raw, 'manifest-sha256.txt'));
    for (const tier of ['auditor', 'public', 'sealed']) {
      const { sealed } = said(fileOf(tier));
      expect(opens(String(sealed), salt, manifest), tier).toBe(true);
    }
    expect(commitment(Buffer.alloc(32), manifest)).not.toBe(said(fileOf('auditor'))['sealed']);
  });

  it('only the sealed one lists the others', () => {
    const { tiers } = said(fileOf('sealed'));
    expect((tiers as { tier: string }[]).map(({ tier }) => tier)).toEqual(['auditor', 'public']);
    expect(said(fileOf('auditor'))['tiers']).toBeUndefined();
  });

  it('give the same machine other pseudonyms in each', () => {
    const macs = (tier: string): Set<string> =>
      new Set(
        tarOf(fileOf(tier))
          .toString('latin1')
          .match(/\b06(?::[0-9a-f]{2}){5}\b/g) ?? [],
      );
    const [auditor, open] = [macs('auditor'), macs('public')];
    expect(Math.min(auditor.size, open.size)).toBeGreaterThan(1);
    expect([...auditor].filter((mac) => open.has(mac))).toEqual([]);
  });

  it('go to roles: an officer gets no more than theirs, with the same commitment', () => {
    const officer = join(where, 'officer');
    expect(tiered(officer, ['--role', 'compliance officer'])).toMatchObject({ code: 0 });
    expect(readdirSync(officer)).toEqual(['case-17-auditor.tar.gz']);
    expect(readFileSync(fileOf('auditor', officer)).equals(readFileSync(fileOf('auditor')))).toBe(true);
    expect(tiered(join(where, 'nobody'), ['--role', 'passer-by']).code).toBe(2);
    expect(tiered(join(where, 'nobody'), ['--tiers', 'vendor']).code).toBe(2);
  });

  it('are all there or none', () => {
    const beside = (): string[] => readdirSync(where).filter((name) => name.startsWith('refused'));
    expect(tiered(join(where, 'refused'), [], ['--purpose', 'audit', '--approver', 'me']).code).toBe(2);
    expect(beside()).toEqual([]);
    // The first tier would be done before the second is refused.
    const keeping = ['--purpose', 'audit of corp-zebra', ...inputs.approval.slice(2)];
    expect(tiered(join(where, 'refused'), [], keeping).code).toBe(4);
    expect(beside()).toEqual([]);
    expect(tiered(out).code).toBe(2);
  });
});
