import { unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NAME, version } from '../../installed.ts';
import { Problem } from '../../problem.ts';
import { PartialFolder } from '../../redact/folder.ts';
import { loadPolicy } from '../../redact/policy/load.ts';
import { safeText } from '../../wire/values.ts';
import type { BagFile } from '../bag.ts';
import { instantText } from '../clock.ts';
import { CustodyChain } from '../custody/chain.ts';
import { acquire, makeBundle, type MadeBundle, type MakeOptions, requireApproval } from '../make.ts';
import { type BagOptions, packBundle, type PayloadEntry, writeBag } from '../pack.ts';
import { type BundleFacts, RAW_TIER, SEALED_TIER } from '../statement.ts';
import type { CaseFile } from './case-file.ts';
import { commitment, commitmentSalt } from './commitment.ts';
import { type Sealed, saltEntry, sealPayload } from './seal.ts';

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
  for (const { policy } of redacted) requireApproval(policy, options.approval);
  const raw = rawFiles(options);
  // All of them or none: the tiers name one another.
  const folder = new PartialFolder(out);
  try {
    const nameOf = (tier: string): string => `${caseFile.case}-${tier}.tar.gz`;
    const sealing = caseFile.tiers.find(({ tier }) => tier === SEALED_TIER);
    const wanted = sealing !== undefined && tiers.includes(SEALED_TIER);
    const cipher = folder.file('raw.tar.gz.age');
    const sealed = wanted ? await seal(options, raw, sealing.recipients, cipher) : undefined;
    // A tier that is made by itself commits to the same raw files.
    const committed = sealed?.commitment ?? (sealing === undefined ? undefined : await commitmentTo(options, raw));
    const made: MadeTier[] = [];
    for (const { tier, policy } of redacted) {
      const one = await makeBundle({
        ...options,
        case: caseFile.case,
        policy,
        tier,
        out: folder.file(nameOf(tier)),
        sealed: committed,
      });
      made.push({ tier, file: join(out, nameOf(tier)), sha256: one.sha256, signedBy: one.signedBy, made: one });
    }
    if (sealed !== undefined) {
      const one = await packSealed(options, sealed, cipher, made, folder.file(nameOf(SEALED_TIER)));
      unlinkSync(cipher);
      made.push({ ...one, tier: SEALED_TIER, file: join(out, nameOf(SEALED_TIER)), made: undefined });
    }
    folder.commit(made.map(({ tier }) => nameOf(tier)));
    return made;
  } finally {
    folder.abandon();
  }
}

/** What the sealed tier holds before it is encrypted. */
interface RawFiles extends Pick<BagOptions, 'name' | 'entries' | 'facts' | 'custody'> {
  salt: Buffer;
  /** Digest at acquisition by path in the bag. */
  acquired: ReadonlyMap<string, string>;
}

function rawFiles(options: TiersOptions): RawFiles {
  const { caseFile, sources, now, actor, clockState, approval } = options;
  const custody = new CustodyChain();
  const common = { time: now, actor, tool: `${NAME} ${version()}`, clock: clockState };
  const entries: PayloadEntry[] = [];
  const names: Record<string, string> = {};
  const acquired = new Map<string, string>();
  for (const [index, { path, folder: place }] of sources.entries()) {
    const name = `data/${place}/raw-${String(index + 1).padStart(3, '0')}`;
    const { sha256 } = acquire(path);
    custody.append({ ...common, action: 'acquire', object: { name, sha256 } });
    entries.push({ path: name, source: path });
    names[name] = path;
    acquired.set(name, sha256);
  }
  const said = Object.fromEntries(Object.entries(approval).filter(([, text]) => text !== undefined && text !== ''));
  if (Object.keys(said).length > 0) custody.append({ ...common, action: 'approve', facts: said });
  custody.append({ ...common, action: 'seal' });
  const salt = commitmentSalt(options.caseKey);
  entries.push({ path: 'data/report/names.json', source: Buffer.from(`${JSON.stringify(names, null, 2)}\n`) });
  return { name: `${caseFile.case}-${RAW_TIER}`, entries, facts: rawFacts(options, RAW_TIER), custody, salt, acquired };
}

/** The raw files, encrypted as they are read. */
async function seal(
  options: TiersOptions,
  { acquired, ...raw }: RawFiles,
  recipients: readonly string[],
  out: string,
): Promise<Sealed> {
  const sealed = await sealPayload({ ...raw, recipients, out, signal: options.signal });
  requireSame(acquired, sealed.files);
  return sealed;
}

/** The same commitment, when the sealed tier was made in another run or is yet to be made. */
async function commitmentTo({ signal }: TiersOptions, { acquired, salt, entries, ...raw }: RawFiles): Promise<string> {
  const all = [...entries, saltEntry(salt)];
  const { payloadManifest, files } = await writeBag(
    { ...raw, entries: all, signal },
    { write: () => Promise.resolve() },
  );
  requireSame(acquired, files);
  return commitment(salt, payloadManifest);
}

function requireSame(acquired: ReadonlyMap<string, string>, files: readonly BagFile[]): void {
  for (const { path, sha256 } of files) {
    const before = acquired.get(path);
    if (before === undefined || before === sha256) continue;
    throw new Problem('refused', `${path} changed while it was bundled: copy it first, or stop its writer`);
  }
}

async function packSealed(
  options: TiersOptions,
  sealed: Sealed,
  cipher: string,
  made: readonly MadeTier[],
  out: string,
): Promise<{ sha256: string; signedBy: string }> {
  const { caseFile, now, actor, clockState, signer, timestamp, signal } = options;
  const custody = new CustodyChain();
  const object = { name: 'data/raw.tar.gz.age', sha256: sealed.sha256 };
  const common = { time: now, actor, tool: `${NAME} ${version()}`, clock: clockState };
  custody.append({ ...common, action: 'acquire', object });
  custody.append({ ...common, action: 'seal', object });
  return packBundle({
    name: `${caseFile.case}-${SEALED_TIER}`,
    entries: [{ path: object.name, source: cipher }],
    facts: {
      ...rawFacts(options, SEALED_TIER),
      sealed: sealed.commitment,
      tiers: made.map(({ tier, file, sha256 }) => ({ tier, bundle: basename(file), sha256 })),
    },
    custody,
    signer,
    timestamp,
    signal,
    out,
  });
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
