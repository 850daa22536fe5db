import { mkdtempSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CaptureError } from '../../src/capture/error.ts';
import { readProfile } from '../../src/detect/profile/read.ts';
import { Problem } from '../../src/problem.ts';
import { redactCase, type RedactedCase } from '../../src/redact/case.ts';
import type { Policy } from '../../src/redact/policy/policy.ts';
import { sampleCaptures } from '../support/samples.ts';
import { type TsharkFrame, newTroubles, tshark } from './frames/case.ts';

/** Captures that belong together, with the profile that declares their site. */
export interface Group {
  name: string;
  paths: string[];
  profile: string;
}

/** What became of findings and frames under one policy. */
export interface Totals {
  policy: string;
  captures: number;
  findings: number;
  same: number;
  withheld: number;
  /** Withheld for a kind of field that the detector declares and the policy takes away. */
  explained: number;
  changed: number;
  onlyInRedacted: number;
  /** Frames that tshark read before and after. */
  frames: number;
  /** Groups that could not be redacted. */
  refused: number;
  /** In words, for whoever mends it. */
  troubles: string[];
}

/** The samples, one group a folder. */
export function sampleGroups(): Group[] {
  const groups = new Map<string, Group>();
  for (const path of sampleCaptures()) {
    const folder = dirname(path);
    const profile = join(folder, 'profile.json');
    const group = groups.get(folder) ?? {
      name: basename(folder),
      paths: [],
      profile: existsSync(profile) ? profile : '',
    };
    group.paths.push(path);
    groups.set(folder, group);
  }
  return [...groups.values()];
}

/** Every capture under a folder, each by itself and without a profile. */
export function corpusGroups(folder: string): Group[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/.test(name))
    .sort()
    .map((name) => ({ name, paths: [join(folder, name)], profile: '' }));
}

export function totalsOf(policy: string): Totals {
  return {
    policy,
    captures: 0,
    findings: 0,
    same: 0,
    withheld: 0,
    explained: 0,
    changed: 0,
    onlyInRedacted: 0,
    frames: 0,
    refused: 0,
    troubles: [],
  };
}

/**
 * Redacts one group under each policy, compares the analyses and, where asked, what tshark reads.
 *
 * @param totals one for each policy, in their order
 */
export async function compareGroup(
  group: Group,
  policies: readonly Policy[],
  totals: readonly Totals[],
  withTshark: boolean,
): Promise<void> {
  const before: TsharkFrame[][] = withTshark ? group.paths.map((path) => tshark(path)) : [];
  for (const [i, policy] of policies.entries()) {
    const total = totals[i];
    if (total === undefined) continue;
    const folder = mkdtempSync(join(tmpdir(), 'proof-'));
    try {
      const out = join(folder, 'out');
      const result = await redactCase({
        inputs: group.paths,
        policy,
        caseKey: new Uint8Array(32).fill(7),
        out,
        workers: 0,
        ...(group.profile === '' ? {} : { profile: await readProfile(group.profile) }),
      });
      addVerdict(total, group, result);
      if (withTshark) addFrames(total, group, result, policy, out, before);
    } catch (error) {
      if (error instanceof CaptureError) continue;
      if (!(error instanceof Problem)) throw error;
      total.refused += 1;
      total.troubles.push(`${group.name}: ${error.message.split('\n').slice(0, 3).join(' | ')}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function addVerdict(total: Totals, group: Group, { report }: RedactedCase): void {
  total.captures += group.paths.length;
  const { verdict } = report;
  if (verdict === null) return;
  const { findings, withheldByPolicy, changed, onlyInRedacted } = verdict;
  const explained = withheldByPolicy.filter(({ needs }) => needs.length > 0);
  total.findings += findings;
  total.withheld += withheldByPolicy.length;
  total.explained += explained.length;
  total.changed += changed.length;
  total.onlyInRedacted += onlyInRedacted.length;
  total.same += findings - withheldByPolicy.length - changed.length;
  for (const one of withheldByPolicy) {
    if (one.needs.length === 0) total.troubles.push(`${group.name}: ${one.id} is gone, and nothing that it needs`);
  }
  for (const id of changed) total.troubles.push(`${group.name}: ${id} changed`);
  for (const id of onlyInRedacted) total.troubles.push(`${group.name}: ${id} only in the redacted copy`);
}

function addFrames(
  total: Totals,
  group: Group,
  { report, origins }: RedactedCase,
  policy: Policy,
  out: string,
  before: readonly TsharkFrame[][],
): void {
  const shifted = policy.rules.time.action !== 'keep';
  for (const [written, path] of origins) {
    const old = before[group.paths.indexOf(path)] ?? [];
    total.frames += old.length;
    const file = report.files.find(({ name }) => name === written);
    // Texts that grew tell so in the report; all other lengths stay.
    const resized = file !== undefined && Object.keys(file.resized).length > 0;
    const found = newTroubles(old, tshark(join(out, written)), shifted);
    const bad = found.filter((text) => !resized || !text.includes('length'));
    for (const text of bad.slice(0, 5)) total.troubles.push(`${group.name}/${basename(path)}: ${text}`);
    if (bad.length > 5) total.troubles.push(`${group.name}/${basename(path)}: ${bad.length - 5} more`);
  }
}
