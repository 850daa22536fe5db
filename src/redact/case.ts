import { createHash } from 'node:crypto';
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { DETECTORS } from '../detect/registry.ts';
import type { Profile } from '../detect/profile/profile.ts';
import { siteOf, UNDECLARED } from '../detect/profile/site.ts';
import { analyze } from '../pipeline.ts';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import { CaseIdentities } from './case-identities.ts';
import { checkDerived, type DerivedFile } from './derived.ts';
import { Learner } from './facts.ts';
import { PartialFolder } from './folder.ts';
import type { GateHit, RawSearch } from './gate/raw.ts';
import { openGate } from './gate/thread.ts';
import type { Original } from './gate/needles.ts';
import type { FixedIdentity, IdentityPlan } from './identity-plan.ts';
import type { Kind } from './kinds.ts';
import { deriveTierKey } from './key.ts';
import type { Ledger } from './ledger.ts';
import { emptyFile, openMember, type CaseMember } from './member.ts';
import type { Policy } from './policy/policy.ts';
import { mapProfile } from './profile.ts';
import { redactionReport, type RedactedFile, type RedactionReport } from './report.ts';
import { compareVerdicts, lostNeeds, type VerdictComparison } from './verdict.ts';

/** Lines of a refusal: the first hits lead to the rule that failed. */
const MAX_TOLD = 20;

export interface CaseOptions {
  /** Captures, logs, archives: what each is, its bytes say. */
  inputs: readonly string[];
  policy: Policy;
  /** 32 bytes, of `readCaseKey`. */
  caseKey: Uint8Array;
  /** What the copies are called among others of the case; the policy's name unless said. */
  tier?: string;
  /** The folder to make; absent: nothing is written (a preview). */
  out?: string;
  /** The site profile that belongs to the captures: mapped, written beside them, and used for the verdict. */
  profile?: Profile;
  /** Compare the analysis of the copies with that of the originals. */
  verdict?: boolean;
  /** Pseudonyms given beforehand. */
  fixed?: readonly FixedIdentity[];
  /** Makes further files of the redacted ones, as their analysis: read again and searched like all else before the folder gets its name. */
  derive?(written: WrittenCase): Promise<readonly DerivedFile[]>;
  workers?: number;
  signal?: AbortSignal;
  onProgress?(path: string, stage: CaseStage): void;
}

/** A case that is written and not yet gated. */
export interface WrittenCase {
  /** Where a written file is for now. */
  path(name: string): string;
  files: readonly RedactedFile[];
  /** The mapped profile. */
  profile: Profile | undefined;
}

export type CaseStage = 'learning' | 'rewriting' | 'checking' | 'searching' | 'analysing';

export interface RedactedCase {
  report: RedactionReport;
  /** Private: originals and what was issued for them. */
  ledger: Ledger;
  /** Private: by written name, the file that it came from. */
  origins: ReadonlyMap<string, string>;
  warnings: readonly string[];
}

/**
 * Redacts the files of a case: learns what identifies in all of them, freezes that, rewrites each, then reads what was
 * written again and searches it for every original. The folder gets its name only when the gate has passed.
 *
 * @throws Problem `refused` when the gate finds anything (nothing is left behind), `usage` for what cannot be read or
 * written; CaptureError when an input that is a capture cannot be read
 */
export async function redactCase(options: CaseOptions): Promise<RedactedCase> {
  try {
    return await redactMembers(options);
  } catch (error) {
    throw mendable(error);
  }
}

/** A file that vanished, a disk that is full: what a person can mend, without the path that the system names. */
function mendable(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const file = 'path' in error && typeof error.path === 'string' ? basename(error.path) : 'a file of the case';
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  const why = full
    ? 'the disk is full; free some space, or write elsewhere'
    : `${String(error.code)}: did it change meanwhile?`;
  return new Problem('usage', `${safeText(file)} cannot be read or written: ${why}`);
}

async function redactMembers(options: CaseOptions): Promise<RedactedCase> {
  const { inputs, policy, caseKey, signal } = options;
  const tier = options.tier ?? policy.name;
  requireDistinct(inputs, options.out);
  const members: CaseMember[] = [];
  const learner = new Learner();
  const tell = (path: string, stage: CaseStage): void => {
    signal?.throwIfAborted();
    options.onProgress?.(path, stage);
  };
  const counts = new Map<string, number>();
  for (const path of inputs) {
    tell(path, 'learning');
    const member = await openMember(path, counts);
    await member.learn(learner, signal);
    members.push(member);
  }
  if (options.profile !== undefined) learnProfile(options.profile, learner);
  const plan: IdentityPlan = {
    policy,
    tierKey: deriveTierKey(caseKey, tier),
    facts: learner.freeze(),
    ...(options.fixed === undefined ? {} : { fixed: options.fixed }),
  };
  const identities = new CaseIdentities(plan);
  const folder = options.out === undefined ? undefined : new PartialFolder(options.out);
  try {
    const files: RedactedFile[] = [];
    const origins = new Map<string, string>();
    for (const member of members) {
      tell(member.path, 'rewriting');
      files.push(await member.rewrite(folder?.path, plan, identities, options));
      if (member.name !== '') origins.set(member.name, member.path);
    }
    const profile = options.profile === undefined ? undefined : mapProfile(options.profile, identities);
    const written: CaseInHand = { options, plan, identities, members, files, profile, tell };
    const report = folder === undefined ? reportOf(written, NOT_GATED, null) : await gated(written, folder);
    return { report, ledger: identities.ledger, origins, warnings: report.warnings };
  } catch (error) {
    folder?.abandon();
    throw error;
  }
}

/** A case whose files are rewritten. */
interface CaseInHand {
  options: CaseOptions;
  plan: IdentityPlan;
  identities: CaseIdentities;
  members: readonly CaseMember[];
  files: RedactedFile[];
  profile: Profile | undefined;
  tell(path: string, stage: CaseStage): void;
}

const NOT_GATED: CaseGate = {
  decoded: { files: 0, values: 0 },
  raw: { originals: 0, needles: 0, tooShort: 0, bytes: 0, hits: [], hitsLost: 0 },
};

interface CaseGate {
  decoded: { files: number; values: number };
  raw: RawSearch;
}

/** Reads everything that was written again, by field and by byte; the folder gets its name when nothing is found. */
async function gated(hand: CaseInHand, folder: PartialFolder): Promise<RedactionReport> {
  const { options, plan, identities, members, files, profile, tell } = hand;
  if (profile !== undefined) {
    writeFileSync(folder.file(PROFILE), `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    files.push(emptyFile(PROFILE, 'profile', 'rackwitness.profile/1'));
  }
  for (const file of files) if (file.name !== '') file.bytes = statSync(folder.file(file.name)).size;
  const hits: GateHit[] = [];
  const decoded = { files: 0, values: 0 };
  const names: string[] = [];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  // What was issued is known by now: searching for originals and reading fields again do not wait for each other.
  const gate = openGate(originalsOf(identities.ledger), bytes);
  try {
    const searching = (async () => {
      for (const file of files) {
        if (file.name === '') continue;
        names.push(file.name);
        // Keys of a profile are words of ours: a server may be called `addresses`.
        await gate.search(folder.file(file.name), file.name, file.name === PROFILE);
        file.sha256 = await digestOf(folder.file(file.name));
      }
    })();
    searching.catch(() => {});
    for (const member of members) {
      tell(member.path, 'checking');
      const checked = await member.check(folder.path, plan, identities, options);
      decoded.files += 1;
      decoded.values += checked.values;
      hits.push(...checked.hits);
    }
    tell('', 'searching');
    await searching;
    const verdict = options.verdict === false ? null : await verdictOf(hand, folder);
    const derive = { path: (name: string) => folder.file(name), files, profile };
    for (const file of (await options.derive?.(derive)) ?? []) {
      const path = folder.file(file.name);
      if (file.bytes !== undefined) writeFileSync(path, file.bytes, { mode: 0o600, flag: 'wx' });
      names.push(file.name);
      const checked = await checkDerived(path, file, plan, identities, options.signal);
      if (file.words !== undefined) decoded.files += 1;
      decoded.values += checked.values;
      hits.push(...checked.hits);
      await gate.search(path, file.name, true);
    }
    const report = reportOf(hand, { decoded, raw: await gate.told() }, verdict);
    writeFileSync(folder.file(REPORT), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    names.push(REPORT);
    // The report may hold no original either: it is searched like all else.
    await gate.search(folder.file(REPORT), REPORT, true);
    const raw = await gate.told();
    hits.push(...raw.hits);
    if (hits.length > 0) throw refusal(hits, raw.hitsLost);
    folder.commit(names);
    return report;
  } finally {
    await gate.close();
  }
}

function reportOf(
  { options, identities, members, files }: CaseInHand,
  { decoded, raw }: CaseGate,
  verdict: VerdictComparison | null,
): RedactionReport {
  const { policy } = options;
  const { ledger } = identities;
  const { originals, needles, tooShort, bytes } = raw;
  return redactionReport({
    policy,
    tier: options.tier ?? policy.name,
    ledger,
    files,
    gate: {
      result: 'passed',
      mode: 'files',
      decoded,
      raw: { originals, needles, tooShort, bytes, coinciding: coinciding(ledger) },
    },
    blind: blindOf(policy),
    verdict,
    warnings: warningsOf(identities, members),
  });
}

export const REPORT = 'redaction-report.json';
const PROFILE = 'profile-001.json';

/** Output and input must not be one, and no input twice. */
function requireDistinct(inputs: readonly string[], out: string | undefined): void {
  if (inputs.length === 0) throw new Problem('usage', 'nothing to redact: give captures, logs or archives');
  const seen = new Map<string, string>();
  for (const path of inputs) {
    let key = '';
    try {
      const stat = statSync(path);
      if (stat.isFile()) key = `${stat.dev}:${stat.ino}`;
    } catch {
      throw new Problem('usage', `${safeText(path)} cannot be read: is it there?`);
    }
    if (key === '') {
      throw new Problem(
        'usage',
        `${safeText(path)} is no regular file: redaction reads its inputs twice; one capture may come through stdin (-)`,
      );
    }
    const before = seen.get(key);
    if (before !== undefined) {
      throw new Problem('usage', `${safeText(path)} and ${safeText(before)} are one file: give it once`);
    }
    seen.set(key, path);
  }
  if (out === undefined) return;
  const target = resolve(out);
  for (const path of inputs) {
    if (resolve(path) === target) throw new Problem('refused', `${safeText(path)} is input and output: choose another`);
  }
}

function learnProfile(profile: Profile, learner: Learner): void {
  for (const { name } of profile.dhcp?.servers ?? []) if (name !== undefined) learner.name(name);
  for (const { name } of profile.relays ?? []) if (name !== undefined) learner.name(name);
}

/** What may not survive; an original that a pseudonym equals by chance cannot be searched for. */
export function* originalsOf(ledger: Ledger): Generator<Original> {
  for (const { kind, original } of ledger.originals()) {
    if (!ledger.issued(kind, original)) yield { kind, value: original };
  }
}

export function coinciding(ledger: Ledger): number {
  let count = 0;
  for (const { kind, original } of ledger.originals()) if (ledger.issued(kind, original)) count += 1;
  return count;
}

export function blindOf(policy: Policy): { id: string; needs: Kind[] }[] {
  return DETECTORS.flatMap((detector) => {
    const needs = lostNeeds(detector, policy);
    return needs.length === 0 ? [] : [{ id: detector.id, needs }];
  });
}

/** Each capture by itself: what was captured at which point, the files do not say. */
async function verdictOf(
  { options, members, profile: after, tell }: CaseInHand,
  folder: PartialFolder,
): Promise<VerdictComparison | null> {
  const { policy, profile: before } = options;
  const captures = members.filter(({ kind }) => kind === 'capture');
  if (captures.length === 0) return null;
  const all: VerdictComparison = { same: true, findings: 0, withheldByPolicy: [], onlyInRedacted: [], changed: [] };
  for (const member of captures) {
    tell(member.path, 'analysing');
    const original = await analyze([{ vantage: '', files: [member.path] }], { site: siteFor(before) });
    const redacted = await analyze([{ vantage: '', files: [folder.file(member.name)] }], { site: siteFor(after) });
    const names = new Map([[member.name, original.captures[0]?.name ?? '']]);
    const one = compareVerdicts(original, redacted, names, DETECTORS, policy);
    all.same &&= one.same;
    all.findings += one.findings;
    all.withheldByPolicy.push(...one.withheldByPolicy);
    all.onlyInRedacted.push(...one.onlyInRedacted);
    all.changed.push(...one.changed);
  }
  return all;
}

function siteFor(profile: Profile | undefined): ReturnType<typeof siteOf> {
  return profile === undefined ? UNDECLARED : siteOf(profile);
}

function warningsOf(identities: CaseIdentities, members: readonly CaseMember[]): string[] {
  return [...identities.warnings(), ...members.flatMap(({ warnings }) => warnings)];
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Where and by which rule; the value itself is what must not get out. */
export function refusal(hits: readonly GateHit[], lost: number): Problem {
  const lines = hits.slice(0, MAX_TOLD).map((hit) => {
    const place =
      hit.frame !== undefined
        ? `frame ${hit.frame}${hit.offset === undefined ? '' : `, byte ${hit.offset}`}`
        : hit.line !== undefined
          ? `line ${hit.line}`
          : `byte ${hit.offset ?? 0}`;
    const inside = hit.inside === undefined ? '' : ` (in its ${hit.inside})`;
    const kind = hit.kind === undefined ? '' : ` ${hit.kind},`;
    return `${hit.file}${inside}: ${place}:${kind} ${hit.check} check, ${safeText(hit.rule)}`;
  });
  const more = hits.length - lines.length + lost;
  return new Problem('refused', [
    `the leak gate found ${hits.length + lost} places that may still identify: nothing was written`,
    ...lines,
    ...(more > 0 ? [`… ${more} more`] : []),
    'please report this: a rule of redaction has a hole; until it is mended, a stricter policy may help',
  ]);
}
