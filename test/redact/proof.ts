/**
 * What can be proved of redaction, printed:
 *
 * 1. identifiers planted in every carrier and spelling, under each shipped policy: how many survive;
 * 2. the same files through tcprewrite and through the cleaner of sos, where they are installed;
 * 3. every sample under each policy: the verdict of the copy against that of the original, and what tshark reads.
 *
 *   npm run redaction -- [--only planted|peers|samples] [--corpus DIR] [--policy NAME,…] [--no-tshark] [--match WORD]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadPolicy, shippedPolicies } from '../../src/redact/policy/load.ts';
import type { Policy } from '../../src/redact/policy/policy.ts';
import { hasFolder, hasTool } from '../support/needs.ts';
import { plantAll, writeInputs } from './planted/inputs.ts';
import { prove } from './planted/ours.ts';
import { isCapture, runSos, runTcprewrite } from './planted/peers.ts';
import { comparison, proofText, tablesOf, type Column } from './planted/tables.ts';
import { compareGroup, corpusGroups, sampleGroups, totalsOf } from './same-verdict.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function table(rows: readonly (readonly (string | number)[])[]): void {
  const [head = [], ...rest] = rows;
  for (const row of [head, head.map(() => '---'), ...rest]) say(`| ${row.join(' | ')} |`);
  say('');
}

/** @returns whether anything survived that must not */
async function planted(policies: readonly Policy[], withPeers: boolean, withPolicies: boolean): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  let bad = false;
  try {
    const planter = plantAll();
    const paths = writeInputs(planter, join(folder, 'in'));
    const columns: Column[] = [];
    for (const policy of policies) {
      if (!withPolicies && policy.name !== 'auditor') continue;
      const proof = prove(planter, paths, folder, policy);
      for (const line of proofText(policy.name, proof)) say(line);
      bad ||= proof.refused !== '' || proof.survivors.length + proof.strays.length > 0;
      if (policy.name === 'auditor') {
        columns.push({ name: 'rackwitness, `auditor`', survivors: proof.survivors, reads: () => true });
      }
    }
    say('');
    if (withPeers) {
      for (const [tool, run, reads] of [
        ['tcprewrite', runTcprewrite(planter, folder), isCapture],
        ['sos clean', runSos(planter, folder), (file: string) => !isCapture(file)],
      ] as const) {
        if (run.version === '') say(`${tool}: not installed, left out`);
        else {
          say(`${tool} ${run.version}: ${run.command}`);
          if (run.unwritten.length > 0) say(`  wrote nothing for ${run.unwritten.join(', ')}`);
          columns.push(comparison(planter, `${tool} ${run.version}`, run, reads));
        }
      }
      say('');
    }
    for (const rows of tablesOf(planter.plants, columns)) table(rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return bad;
}

async function samples(
  policies: readonly Policy[],
  corpus: string,
  tsharkToo: boolean,
  match: string,
): Promise<boolean> {
  const withTshark = tsharkToo && hasTool('tshark', '--version');
  const all = corpus === '' ? sampleGroups() : hasFolder(corpus) ? corpusGroups(corpus) : [];
  const groups = all.filter(({ name }) => name.includes(match));
  const totals = policies.map(({ name }) => totalsOf(name));
  for (const [i, group] of groups.entries()) {
    process.stderr.write(`${i + 1} of ${groups.length}: ${group.name}\n`);
    await compareGroup(group, policies, totals, withTshark);
  }
  const head = [
    'policy',
    'captures',
    'findings',
    'same',
    'withheld',
    'of these explained',
    'changed',
    'only in the copy',
    'frames read by tshark',
    'refused',
  ];
  table([
    head,
    ...totals.map((one) => [
      one.policy,
      one.captures,
      one.findings,
      one.same,
      one.withheld,
      one.explained,
      one.changed,
      one.onlyInRedacted,
      one.frames,
      one.refused,
    ]),
  ]);
  for (const { policy, troubles } of totals) for (const line of troubles) say(`${policy}: ${line}`);
  const count = totals.reduce((sum, { troubles }) => sum + troubles.length, 0);
  say(`${groups.length} groups of captures under ${policies.length} policies: ${count} troubles`);
  return count > 0;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      corpus: { type: 'string', default: '' },
      match: { type: 'string', default: '' },
      policy: { type: 'string', default: '' },
      'no-tshark': { type: 'boolean', default: false },
    },
  });
  const names = values.policy === '' ? shippedPolicies() : values.policy.split(',');
  const policies = await Promise.all(names.map((name) => loadPolicy(name)));
  const { only } = values;
  let bad = false;
  if (only === '' || only === 'planted' || only === 'peers') {
    bad = (await planted(policies, only !== 'planted', only !== 'peers')) || bad;
  }
  if (only === '' || only === 'samples') {
    bad = (await samples(policies, values.corpus, !values['no-tshark'], values.match)) || bad;
  }
  if (bad) process.exitCode = 1;
}

void main();
