/**
 * The proof over everything: each capture among the samples (and of the corpus beside the project, where it is there)
 * under each shipped policy: the positive gate finds nothing, and tshark reads what is written no worse than before.
 *
 *   tsx test/redact/proof.ts [--gate-only]
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../../src/capture/error.ts';
import { hasFolder } from '../support/needs.ts';
import { sampleCaptures } from '../support/samples.ts';
import { POLICIES, type TsharkFrame, inFolder, newTroubles, redactCase, tshark } from './frames/case.ts';

const CORPUS = join(import.meta.dirname, '../../../shared/corpus');

function captures(): string[] {
  if (!hasFolder(CORPUS)) return sampleCaptures();
  const names = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' });
  const corpus = names.filter((name) => /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/.test(name)).sort();
  return [...sampleCaptures(), ...corpus.map((name) => join(CORPUS, name))];
}

async function prove(path: string, withTshark: boolean): Promise<string[]> {
  const troubles: string[] = [];
  let before: TsharkFrame[] | undefined;
  for (const policy of POLICIES) {
    await inFolder(async (folder) => {
      const { files, plan } = await redactCase([path], folder, policy);
      const [one] = files;
      if (one === undefined) return;
      troubles.push(...one.checked.hits.map(({ frame, rule }) => `${policy}: frame ${frame}: ${rule} is not issued`));
      if (!withTshark) return;
      before ??= tshark(path);
      const shifted = plan.policy.rules.time.action !== 'keep';
      // Texts that grew tell so in the report; all other lengths stay.
      const resized = Object.keys(one.rewritten.tally.resized).length > 0;
      const found = newTroubles(before, tshark(one.path), shifted);
      troubles.push(
        ...found.filter((text) => !resized || !text.includes('length')).map((text) => `${policy}: ${text}`),
      );
    });
  }
  return troubles;
}

async function main(): Promise<void> {
  const withTshark = !process.argv.includes('--gate-only');
  let bad = 0;
  const paths = captures();
  for (const path of paths) {
    try {
      const troubles = await prove(path, withTshark);
      if (troubles.length > 0) bad += 1;
      for (const text of troubles.slice(0, 5)) process.stdout.write(`${path}: ${text}\n`);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
    }
  }
  process.stdout.write(`${paths.length} captures under ${POLICIES.length} policies: ${bad} with troubles\n`);
  if (bad > 0) process.exitCode = 1;
}

void main();
