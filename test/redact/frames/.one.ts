import { redactCase } from './case.ts';
import { mkdirSync } from 'node:fs';
const [path, policy = 'auditor'] = process.argv.slice(2);
async function main() {
  mkdirSync('/tmp/frames/one', { recursive: true });
  const { files } = await redactCase([path!], '/tmp/frames/one', policy);
  console.log(JSON.stringify(files[0]?.rewritten.tally), files[0]?.checked.hits.slice(0, 10));
}
void main();
