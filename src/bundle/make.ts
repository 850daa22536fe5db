import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { NAME, version } from '../installed.ts';
import type { Profile } from '../detect/profile/profile.ts';
import { Problem } from '../problem.ts';
import { deriveKey, deriveTierKey } from '../redact/key.ts';
import type { ApprovalItem, Policy } from '../redact/policy/policy.ts';
import {
  originalsOf,
  redactCase,
  REPORT,
  type CaseStage,
  type RedactedCase,
  type WrittenCase,
} from '../redact/case.ts';
import { TransientFolder } from '../redact/folder.ts';
import { RawGate } from '../redact/gate/raw.ts';
import { safeText } from '../wire/values.ts';
import { CustodyChain } from './custody/chain.ts';
import { findingsOf } from './findings.ts';
import { cannotRead } from './container/file-bytes.ts';
import { packBundle, type PackedBundle, type PayloadEntry } from './pack.ts';
import type { Signer } from './sign/keys.ts';
import type { BundleFacts, NamedDigest } from './statement.ts';
import { commitmentSalt, sourceCommitments } from './tiers/commitment.ts';

/** Folders of the payload (RFC 8493 lets a bag's maker choose them). */
export const FOLDERS = ['captures', 'journals', 'logs', 'config', 'maas'] as const;
export type Folder = (typeof FOLDERS)[number];

/** One file of the case, and where it belongs. */
export interface BundleSource {
  path: string;
  folder: Folder;
}

/** What was written down before; a policy says which of it there must be. */
export type Approval = Partial<Record<ApprovalItem | 'ticket' | 'window', string>>;

export interface MakeOptions {
  case: string;
  sources: readonly BundleSource[];
  policy: Policy;
  /** Of the case; the tier's own key is derived from it. */
  caseKey: Uint8Array;
  tier: string;
  profile?: Profile;
  signer?: Signer | undefined;
  /** Who makes it: a pseudonym stands in a redacted tier. */
  actor: string;
  approval: Approval;
  /** How far this host's clock was off, where somebody measured it. */
  clockState?: { offset: number; source: string } | undefined;
  /** The time of all that is written. */
  now: Date;
  /** `.tar.gz`; must not exist. */
  out: string;
  timestamp?: boolean;
  /** Merge captures, journals and findings into `findings/timeline.pcapng`; absent: where there are captures and journals. */
  timeline?: boolean | undefined;
  /** Commitment to the sealed tier of the same case. */
  sealed?: string | undefined;
  workers?: number;
  signal?: AbortSignal;
  onProgress?(path: string, stage: CaseStage): void;
}

export interface MadeBundle extends PackedBundle {
  redaction: RedactedCase;
}

/**
 * One redacted tier of a case, from its raw files to the signed tarball. Only redacted, gated bytes touch the disk: in a
 * folder beside the target that goes when the tarball has its name.
 *
 * @throws Problem as `redactCase` and `packBundle`; `usage` when the policy demands an approval that is missing
 */
export async function makeBundle(options: MakeOptions): Promise<MadeBundle> {
  const { policy, tier, sources, approval, out } = options;
  requireApproval(policy, approval);
  requireName('case', options.case);
  requireName('tier', tier);
  // Before any parser looks at them.
  const acquired = sources.map(({ path }) => acquire(path));
  const staging = new TransientFolder(`${out}.${randomBytes(4).toString('hex')}.staging`);
  try {
    const made = await make(options, acquired, staging.path);
    staging.remove();
    return { ...made, stale: [...made.stale, ...staleStagings(out)] };
  } finally {
    staging.remove();
  }
}

/** Folders of redacted files that killed runs left beside a target. */
function staleStagings(out: string): string[] {
  const begin = `${basename(out)}.`;
  return readdirSync(dirname(resolve(out)))
    .filter((name) => name.startsWith(begin) && STAGING.test(name.slice(begin.length)))
    .sort()
    .map((name) => join(dirname(out), name));
}

const STAGING = /^[0-9a-f]{8}\.staging(?:\.[0-9a-f]{8}\.partial)?$/;

async function make(options: MakeOptions, acquired: readonly Acquired[], staging: string): Promise<MadeBundle> {
  const { policy, caseKey, tier, sources, out } = options;
  const redaction = await redactCase({
    inputs: sources.map(({ path }) => path),
    policy,
    caseKey,
    tier,
    out: staging,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    derive: (written: WrittenCase) => findingsOf(written, options.timeline),
  });
  for (const [index, { path }] of sources.entries()) requireUnchanged(path, acquired[index]);
  const folders = new Map(sources.map(({ path, folder }) => [path, folder]));
  const names = new Map([...redaction.origins].map(([name, path]) => [path, name]));
  const digests: NamedDigest[] = [];
  for (const [index, { path }] of sources.entries()) {
    const name = names.get(path);
    // What had to be left out whole is told of all the same, by its number.
    digests.push({
      name: name ?? `left-out-${String(index + 1).padStart(3, '0')}`,
      sha256: acquired[index]?.sha256 ?? '',
    });
  }
  const salt = commitmentSalt(caseKey);
  const commitments = sourceCommitments(salt, digests);
  const custody = custodyOf(options, commitments, redaction);
  const facts = factsOf(options, commitments, redaction);
  const { approver: _pseudonym, ...words } = options.approval;
  requireClean(
    redaction,
    [custody.text(), JSON.stringify(facts)],
    [options.case, options.tier, ...Object.values(words)],
  );
  const entries: PayloadEntry[] = readdirSync(staging)
    .sort()
    .map((name) => {
      const origin = redaction.origins.get(name);
      const folder = origin === undefined ? placeOf(name) : (folders.get(origin) ?? 'logs');
      return { path: `data/${folder}/${name}`, source: join(staging, name) };
    });
  const packed = await packBundle({
    name: `${options.case}-${tier}`,
    entries,
    facts,
    custody,
    signer: options.signer,
    timestamp: options.timestamp,
    signal: options.signal,
    out,
  });
  return { ...packed, redaction };
}

/** Where what was made of the redacted files goes. */
function placeOf(name: string): string {
  if (name === REPORT) return 'report';
  return name.startsWith('profile-') ? 'config' : 'findings';
}

/** @throws Problem with the options that say what is missing */
export function requireApproval(policy: Policy, approval: Approval): void {
  const missing = policy.approval.required.filter((item) => (approval[item] ?? '').trim() === '');
  if (missing.length === 0) return;
  throw new Problem('usage', [
    `policy ${policy.name} demands an approval that says: ${missing.map(flagOf).join(' ')}`,
    'nothing was read or written',
  ]);
}

/** `legalBasis` as the command line writes it. */
export function flagOf(item: string): string {
  return `--${item.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function requireName(what: string, name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return;
  throw new Problem('usage', `${what} ${safeText(name)}: letters, digits, dots, hyphens and underscores, 64 at most`);
}

export interface Acquired {
  sha256: string;
  size: number;
  modified: number;
}

/** The digest of a source as it is now. @throws Problem for what is no regular file */
export function acquire(path: string): Acquired {
  const shown = safeText(basename(path));
  let file: number;
  try {
    // Neither a pipe that nobody writes to nor a link that may point elsewhere a moment later.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') {
      throw new Problem('refused', `${shown} is a symbolic link: give the file that it points to`);
    }
    throw cannotRead(shown, error);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Problem('refused', `${shown} is no regular file: a bundle takes what stays as it is`);
    const hash = createHash('sha256');
    // A case may have ten thousand small files.
    const chunk = new Uint8Array(Math.min(1 << 20, stat.size + 1));
    for (;;) {
      const count = readSync(file, chunk);
      if (count === 0) break;
      hash.update(chunk.subarray(0, count));
    }
    return { sha256: hash.digest('hex'), size: stat.size, modified: stat.mtimeMs };
  } finally {
    closeSync(file);
  }
}

/** Its digest must be that of what was redacted. */
function requireUnchanged(path: string, before: Acquired | undefined): void {
  const after = acquire(path);
  if (before !== undefined && after.sha256 === before.sha256) return;
  throw new Problem(
    'refused',
    `${safeText(basename(path))} changed while it was bundled: copy it first, or stop its writer`,
  );
}

function custodyOf(options: MakeOptions, commitments: readonly NamedDigest[], redaction: RedactedCase): CustodyChain {
  const { policy, now, approval } = options;
  const chain = new CustodyChain();
  const actor = pseudonymOf(options);
  const common = { time: now, actor, tool: `${NAME} ${version()}`, clock: options.clockState };
  for (const { name, sha256 } of commitments) {
    chain.append({
      ...common,
      action: 'acquire',
      object: { name, sha256 },
      reason: 'salted commitment to name and digest',
    });
  }
  const facts = Object.fromEntries(
    Object.entries(approval).flatMap(([item, text]) =>
      text === undefined || text === '' ? [] : [[item, item === 'approver' ? actorOf(options, text) : text]],
    ),
  );
  if (Object.keys(facts).length > 0) chain.append({ ...common, action: 'approve', facts });
  chain.append({ ...common, action: 'redact', reason: `policy ${policy.name} ${policy.digest}, tier ${options.tier}` });
  const { raw, decoded } = redaction.report.gate;
  chain.append({
    ...common,
    action: 'gate',
    reason: `passed: ${raw.needles} spellings of ${raw.originals} originals not found in ${raw.bytes} bytes, ${decoded.values} values read again`,
  });
  chain.append({ ...common, action: 'seal' });
  return chain;
}

function factsOf(options: MakeOptions, commitments: readonly NamedDigest[], redaction: RedactedCase): BundleFacts {
  const { policy, tier, now } = options;
  const { report } = redaction;
  return {
    tool: { name: NAME, version: version() },
    case: options.case,
    tier,
    redacted: true,
    sealedAt: `${now.toISOString().slice(0, 19)}Z`,
    policy: { name: policy.name, sha256: policy.digest.replace(/^sha256:/, '') },
    gate: {
      result: 'passed',
      mode: 'whole',
      searched: Object.entries(report.kinds).flatMap(([kind, count]) =>
        count.mapped + count.dropped > 0 ? [kind] : [],
      ),
      needles: report.gate.raw.originals,
      remaining: report.quasiIdentifiers,
    },
    commitments,
    ...(options.sealed === undefined ? {} : { sealed: options.sealed }),
  };
}

/** Who acted, by a name that only the case key's holder can check. */
function pseudonymOf(options: MakeOptions): string {
  return actorOf(options, options.actor);
}

function actorOf({ caseKey, tier }: MakeOptions, name: string): string {
  const key = deriveKey(deriveTierKey(caseKey, tier), 'custody-actor');
  return `actor-${createHmac('sha256', createSecretKey(key)).update(name).digest('hex').slice(0, 12)}`;
}

/** What we and people wrote of the case goes through the same search; a person may not call a host by its name either. */
function requireClean({ ledger }: RedactedCase, ours: readonly string[], theirs: readonly string[]): void {
  const gate = new RawGate(originalsOf(ledger));
  if (!ours.some((text) => gate.finds(text)) && !theirs.some((text) => gate.finds(text, false))) return;
  throw new Problem('refused', [
    'the case id, the approval or the custody log names something that the case redacts: nothing was written',
    'say it without addresses, host names and people',
  ]);
}
