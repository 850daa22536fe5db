import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { NAME, version } from '../../installed.ts';
import { Problem } from '../../problem.ts';
import { TransientFolder } from '../../redact/folder.ts';
import { loadPolicy } from '../../redact/policy/load.ts';
import { safeText } from '../../wire/values.ts';
import { instantText } from '../clock.ts';
import { CustodyChain } from '../custody/chain.ts';
import { acquire, makeBundle, type MadeBundle, type MakeOptions } from '../make.ts';
import { packBundle, type PayloadEntry } from '../pack.ts';
import { type BundleFacts, RAW_TIER, SEALED_TIER } from '../statement.ts';
import type { CaseFile } from './case-file.ts';
import { commitmentSalt } from './commitment.ts';
import { sealPayload } from './seal.ts';

export interface TiersOptions extends Omit<MakeOptions, 'policy' | 'tier' | 'out' | 'sealed' | 'case'> {
  caseFile: CaseFile;
  /** Which of its tiers. */
  tiers: readonly string[];
  /** A new folder: `<case>-<tier>.tar.gz` each. */
  out: string;
}

export interface MadeTier {
  tier: string;
  file: string;
  sha256: string;
  signedBy: string;
  /** Undefined for the sealed tier. */
  made: MadeBundle | undefined;
}

/**
 * Several tiers of one case from the same files. The raw ones are sealed first, so that every redacted tier can commit to
 * them; the sealed tier lists all of them. Each policy is loaded and each approval asked for before anything is written.
 *
 * @throws Problem as `makeBundle`
 */
export async function makeTiers(options: TiersOptions): Promise<MadeTier[]> {
  const { caseFile, tiers, out } = options;
  const plans = caseFile.tiers.filter(({ tier }) => tiers.includes(tier));
  const unknown = tiers.filter((tier) => !plans.some((plan) => plan.tier === tier));
  if (unknown.length > 0) throw new Problem('usage', `the case knows no tier ${safeText(unknown.join(', '))}`);
  const redacted = await Promise.all(
    plans.flatMap(({ tier, policy }) =>
      policy === undefined ? [] : [loadPolicy(policy).then((loaded) => ({ tier, policy: loaded }))],
    ),
  );
  try {
    mkdirSync(out, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Problem('usage', `${safeText(out)} cannot be made (${code}): name a new folder`);
  }
  const fileOf = (tier: string): string => join(out, `${caseFile.case}-${tier}.tar.gz`);
  const sealing = plans.find(({ tier }) => tier === SEALED_TIER);
  const temporary = new TransientFolder(join(out, `sealed.${randomBytes(4).toString('hex')}.partial`));
  try {
    const sealed = sealing === undefined ? undefined : await seal(options, sealing.recipients, temporary.path);
    const made: MadeTier[] = [];
    for (const { tier, policy } of redacted) {
      const one = await makeBundle({
        ...options,
        case: caseFile.case,
        policy,
        tier,
        out: fileOf(tier),
        sealed: sealed?.commitment,
      });
      made.push({ tier, file: fileOf(tier), sha256: one.sha256, signedBy: one.signedBy, made: one });
    }
    if (sealed !== undefined) made.push(await packSealed(options, sealed, made, fileOf(SEALED_TIER)));
    return made;
  } finally {
    temporary.remove();
  }
}

interface SealedPayload {
  path: string;
  sha256: string;
  commitment: string;
  facts: BundleFacts;
  custody: CustodyChain;
}

/** The raw files, encrypted as they are read. */
async function seal(options: TiersOptions, recipients: readonly string[], folder: string): Promise<SealedPayload> {
  const { caseFile, sources, now, actor, clockState, approval } = options;
  mkdirSync(folder, { mode: 0o700 });
  const facts = rawFacts(options, RAW_TIER);
  const custody = new CustodyChain();
  const common = { time: now, actor, tool: `${NAME} ${version()}`, clock: clockState };
  const entries: PayloadEntry[] = [];
  const names: Record<string, string> = {};
  for (const [index, { path, folder: place }] of sources.entries()) {
    const name = `data/${place}/raw-${String(index + 1).padStart(3, '0')}`;
    custody.append({ ...common, action: 'acquire', object: { name, sha256: acquire(path).sha256 } });
    entries.push({ path: name, source: path });
    names[name] = path;
  }
  const said = Object.fromEntries(Object.entries(approval).filter(([, text]) => text !== undefined && text !== ''));
  if (Object.keys(said).length > 0) custody.append({ ...common, action: 'approve', facts: said });
  custody.append({ ...common, action: 'seal' });
  entries.push({ path: 'data/report/names.json', source: Buffer.from(`${JSON.stringify(names, null, 2)}\n`) });
  const path = join(folder, 'raw.tar.gz.age');
  const sealed = await sealPayload({
    name: `${caseFile.case}-${RAW_TIER}`,
    entries,
    facts,
    custody,
    recipients,
    salt: commitmentSalt(options.caseKey),
    out: path,
    signal: options.signal,
  });
  return { path, sha256: sealed.sha256, commitment: sealed.commitment, facts, custody };
}

async function packSealed(
  options: TiersOptions,
  sealed: SealedPayload,
  made: readonly MadeTier[],
  out: string,
): Promise<MadeTier> {
  const { caseFile, now, actor, clockState, signer, timestamp, signal } = options;
  const custody = new CustodyChain();
  const object = { name: 'data/raw.tar.gz.age', sha256: sealed.sha256 };
  const common = { time: now, actor, tool: `${NAME} ${version()}`, clock: clockState };
  custody.append({ ...common, action: 'acquire', object });
  custody.append({ ...common, action: 'seal', object });
  const packed = await packBundle({
    name: `${caseFile.case}-${SEALED_TIER}`,
    entries: [{ path: object.name, source: sealed.path }],
    facts: {
      ...rawFacts(options, SEALED_TIER),
      sealed: sealed.commitment,
      tiers: made.map(({ tier, file, sha256 }) => ({ tier, bundle: file.slice(file.lastIndexOf('/') + 1), sha256 })),
    },
    custody,
    signer,
    timestamp,
    signal,
    out,
  });
  return { tier: SEALED_TIER, file: out, sha256: packed.sha256, signedBy: packed.signedBy, made: undefined };
}

function rawFacts({ caseFile, now }: TiersOptions, tier: string): BundleFacts {
  return {
    tool: { name: NAME, version: version() },
    case: caseFile.case,
    tier,
    redacted: false,
    sealedAt: instantText(now),
    gate: { result: 'not-run', mode: 'none', searched: [], needles: 0, remaining: [] },
    commitments: [],
  };
}
