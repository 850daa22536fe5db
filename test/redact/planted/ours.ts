import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Policy } from '../../../src/redact/policy/policy.ts';
import type { Bytes } from '../../support/bytes.ts';
import { type Judged, judge, keptBy, type Outputs, strays, traces } from './judge.ts';
import type { Plant, Planter } from './planter.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

export interface Written {
  /** By the name of the planted file. */
  outputs: Outputs;
  /** By the name that was written, the report included. */
  all: ReadonlyMap<string, Bytes>;
  /** What the command said when it refused; '' when all went well. */
  refused: string;
}

/** Runs the command as anybody would. @param fill byte that the key of the case consists of */
export function runOurs(
  planter: Planter,
  paths: readonly string[],
  folder: string,
  policy: string,
  fill: number,
): Written {
  const key = join(folder, `key-${fill}`);
  writeFileSync(key, Buffer.alloc(32, fill).toString('hex'), { mode: 0o600 });
  const out = join(folder, `${policy}-${fill}`);
  const args = ['redact', ...paths, '--policy', policy, '--key-file', key, '--out', out, '--no-verdict'];
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const nothing = new Map<string, Bytes>();
  // 3 says that some input was damaged, as some of the planted ones are.
  if (status !== 0 && status !== 3)
    return { outputs: nothing, all: nothing, refused: `exit ${String(status)}: ${stderr.trim()}` };
  const all = new Map(readdirSync(out).map((name) => [name, readFileSync(join(out, name)) as Bytes]));
  const outputs = new Map<string, Bytes>();
  const counts = { capture: 0, file: 0 };
  for (const { name } of planter.files) {
    const kind = /\.pcap(ng)?$/.test(name) ? 'capture' : 'file';
    counts[kind] += 1;
    const stem = `${kind}-${String(counts[kind]).padStart(3, '0')}.`;
    for (const [written, bytes] of all) if (written.startsWith(stem)) outputs.set(name, bytes);
  }
  return { outputs, all, refused: '' };
}

export interface Proof extends Judged {
  refused: string;
  /** Values that a pseudonym of another happens to equal: under another key they are gone. */
  byChance: Plant[];
  strays: string[];
}

/** Redacts all plants under one policy and judges what is left. */
export function prove(planter: Planter, paths: readonly string[], folder: string, policy: Policy): Proof {
  const kept = (plant: Plant): boolean => keptBy(policy, plant);
  const first = runOurs(planter, paths, folder, policy.name, 7);
  const judged = judge(planter, first.outputs, kept);
  const proof: Proof = { ...judged, refused: first.refused, byChance: [], strays: [] };
  if (first.refused !== '') return proof;
  proof.strays = [...strays(planter, first.all, kept), ...traces(planter, first.all)];
  if (judged.survivors.length === 0 && proof.strays.length === 0) return proof;
  const second = runOurs(planter, paths, folder, policy.name, 8);
  const again = new Set(judge(planter, second.outputs, kept).survivors);
  const straysAgain = new Set([...strays(planter, second.all, kept), ...traces(planter, second.all)]);
  proof.survivors = judged.survivors.filter((plant) => again.has(plant));
  proof.byChance = judged.survivors.filter((plant) => !again.has(plant));
  proof.strays = proof.strays.filter((one) => straysAgain.has(one));
  return proof;
}
