import { sampleCaptures } from '../../support/samples.ts';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, newTroubles, redactCase, tshark } from './case.ts';
const [policy = 'auditor', what = 'samples', withShark = '1', match = ''] = process.argv.slice(2);
async function main() {
  const paths =
    what === 'samples'
      ? sampleCaptures()
      : (readdirSync(what, { recursive: true, encoding: 'utf8' }) as string[])
          .filter((f) => /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/.test(f))
          .sort()
          .map((f) => join(what, f));
  let bad = 0;
  for (const path of paths.filter((p) => p.includes(match))) {
    process.stderr.write(path + '\n');
    await inFolder(async (folder) => {
      try {
        const { files, plan } = await redactCase([path], folder, policy);
        const [one] = files;
        if (one === undefined) return;
        const troubles: string[] = one.checked.hits.slice(0, 4).map((h) => JSON.stringify({ ...h, file: '' }));
        if (withShark === '1') {
          const shifted = plan.policy.rules.time.action !== 'keep';
          troubles.push(...newTroubles(tshark(path), tshark(one.path), shifted).slice(0, 4));
        }
        const t = one.rewritten.tally;
        if (troubles.length > 0) {
          bad++;
          console.log(
            path.replace(/.*(samples|corpus)./, ''),
            JSON.stringify({ unfit: t.unfit, resized: t.resized }),
            '\n   ',
            troubles.join('\n    '),
          );
        }
      } catch (e) {
        bad++;
        console.log(path, e);
      }
    });
  }
  console.log('bad', bad, 'of', paths.length);
}
void main();
