/**
 * Captures with `--redact`'s sink as the program does, in segments as small as a test wants: one argument, JSON with `plan`
 * (what `planCapture` takes), `policy`, and options of the sink. Prints how it ended.
 */
import { capture, loadPolicy, planCapture, RedactingSink } from '../../../dist/index.js';

const { plan: request, policy, ...options } = JSON.parse(process.argv[2] ?? '{}');
const plan = await planCapture({ ...request, redact: true });
const sink = new RedactingSink({
  ...options,
  path: plan.path,
  policy: await loadPolicy(policy),
  caseKey: new Uint8Array(32).fill(7),
});
const outcome = await capture(plan, { signal: new AbortController().signal }, sink);
process.stdout.write(`${JSON.stringify(outcome?.facts.ended)}\n`);
