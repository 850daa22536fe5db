import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaseIdentities } from '../../../src/redact/case-identities.ts';
import { Learner } from '../../../src/redact/facts.ts';
import { type CheckedCapture, checkCapture } from '../../../src/redact/frames/check.ts';
import { learnCapture } from '../../../src/redact/frames/learn.ts';
import { type RewriteOptions, type RewrittenCapture, rewriteCapture } from '../../../src/redact/frames/rewrite.ts';
import type { IdentityPlan } from '../../../src/redact/identity-plan.ts';
import { deriveTierKey } from '../../../src/redact/key.ts';
import { loadPolicy } from '../../../src/redact/policy/load.ts';

export const POLICIES = ['incident-internal', 'auditor', 'vendor-support', 'public'];

export interface RedactedCase {
  plan: IdentityPlan;
  identities: CaseIdentities;
  files: { path: string; rewritten: RewrittenCapture; checked: CheckedCapture }[];
}

/** Learns all captures of a case, then rewrites and checks each of them into `folder`. */
export async function redactCase(
  paths: readonly string[],
  folder: string,
  policyName: string,
  options: RewriteOptions = {},
): Promise<RedactedCase> {
  const policy = await loadPolicy(policyName);
  const learner = new Learner();
  const learned = [];
  for (const path of paths) learned.push(await learnCapture(path, learner));
  const tierKey = deriveTierKey(new Uint8Array(32).fill(7), policy.name);
  const plan = { policy, tierKey, facts: learner.freeze() };
  const identities = new CaseIdentities(plan);
  const files: RedactedCase['files'] = [];
  for (const [i, path] of paths.entries()) {
    const out = join(folder, `capture-${String(i + 1).padStart(3, '0')}.pcap`);
    const datagrams = learned[i]?.datagrams;
    const input = datagrams === undefined ? { path } : { path, datagrams };
    const rewritten = await rewriteCapture(input, out, plan, { workers: 0, identities, ...options });
    files.push({
      path: out,
      rewritten,
      checked: await checkCapture(out, identities, { names: new Set(plan.facts.names) }),
    });
  }
  return { plan, identities, files };
}

/** What tshark says of each frame. */
export interface TsharkFrame {
  number: string;
  length: string;
  time: string;
  protocols: string;
  malformed: boolean;
  /** Of IP, UDP, TCP, ICMP, ICMPv6, VRRP: which have a wrong checksum. */
  wrong: string[];
}

const CHECKSUMS = ['ip', 'udp', 'tcp', 'icmp', 'icmpv6', 'vrrp', 'cdp'];
const STATUS = [
  'ip.checksum.status',
  'udp.checksum.status',
  'tcp.checksum.status',
  'icmp.checksum.status',
  'icmpv6.checksum.status',
  'vrrp.checksum.status',
  'cdp.checksum.status',
];

export function tshark(path: string): TsharkFrame[] {
  const fields = ['frame.number', 'frame.len', 'frame.time_epoch', 'frame.protocols', '_ws.malformed', ...STATUS];
  const on = ['ip', 'udp', 'tcp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);
  // Segments and fragments are compared one by one.
  const off = [
    '-o',
    'tcp.desegment_tcp_streams:FALSE',
    '-o',
    'ip.defragment:FALSE',
    '-o',
    'ipv6.defragment:FALSE',
    '-o',
    'tcp.analyze_sequence_numbers:FALSE',
  ];
  const args = ['-n', '-r', path, ...on, ...off, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a'];
  const { stdout, error } = spawnSync('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [number = '', length = '', time = '', protocols = '', malformed = '', ...status] = line.split('|');
      // 0 is bad, 1 good, 2 unverified, 3 not present.
      const wrong = CHECKSUMS.filter((_name, i) => (status[i] ?? '').split(',').includes('0'));
      return { number, length, time, protocols, malformed: malformed !== '', wrong };
    });
}

/** Runs `work` with a folder of its own. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'frames-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every frame of a redacted capture that tshark reads worse than before, in words. */
export function newTroubles(before: readonly TsharkFrame[], after: readonly TsharkFrame[], shifted: boolean): string[] {
  const troubles: string[] = [];
  if (before.length !== after.length) troubles.push(`${before.length} frames became ${after.length}`);
  for (const [i, old] of before.entries()) {
    const now = after[i];
    if (now === undefined) break;
    if (now.number !== old.number) troubles.push(`frame ${old.number} became ${now.number}`);
    if (now.length !== old.length) troubles.push(`frame ${old.number}: length ${old.length} became ${now.length}`);
    if (!shifted && now.time !== old.time) troubles.push(`frame ${old.number}: time changed`);
    if (now.malformed && !old.malformed) troubles.push(`frame ${old.number}: malformed now: ${now.protocols}`);
    const wrong = now.wrong.filter((name) => !old.wrong.includes(name));
    if (wrong.length > 0) troubles.push(`frame ${old.number}: checksum of ${wrong.join(', ')} wrong now`);
  }
  return troubles;
}
