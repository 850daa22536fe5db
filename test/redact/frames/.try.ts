import { learnCapture } from '../../../src/redact/frames/learn.ts';
import { rewriteCapture } from '../../../src/redact/frames/rewrite.ts';
import { Learner } from '../../../src/redact/facts.ts';
import { loadPolicy } from '../../../src/redact/policy/load.ts';
import { deriveTierKey } from '../../../src/redact/key.ts';
import { CaseIdentities } from '../../../src/redact/case-identities.ts';
const [path, out, policyName = 'incident-internal', workers = '0'] = process.argv.slice(2);
async function main() {
  const policy = await loadPolicy(policyName);
  const learner = new Learner();
  let t = performance.now();
  const learned = await learnCapture(path!, learner, { digest: true });
  console.log('learn', (performance.now() - t).toFixed(0), 'ms', learned.summary.frames, learned.sha256.slice(0, 8));
  t = performance.now();
  const plan = { policy, tierKey: deriveTierKey(new Uint8Array(32).fill(7), policy.name), facts: learner.freeze() };
  const identities = new CaseIdentities(plan);
  console.log('identities', (performance.now() - t).toFixed(0));
  t = performance.now();
  const done = await rewriteCapture({ path: path!, datagrams: learned.datagrams }, out!, plan, {
    workers: Number(workers),
    identities,
  });
  console.log(
    'rewrite',
    (performance.now() - t).toFixed(0),
    'ms',
    JSON.stringify(done.tally),
    done.bytesWritten,
    done.summary.faults.length,
  );
  console.log('rss', (process.memoryUsage.rss() / 1e6).toFixed(0));
  if (process.argv[6]) {
    const { checkCapture } = await import('../../../src/redact/frames/check.ts');
    t = performance.now();
    const r = await checkCapture(out!, identities);
    console.log('check', (performance.now() - t).toFixed(0), 'ms', r.hits.slice(0, 5), r.count);
  }
}
void main();
