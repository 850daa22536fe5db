import { Piscina, move, transferableSymbol, valueSymbol } from 'piscina';
import { PlanRewriter } from '../src/redact/frames/plan-rewriter.ts';
import type { IdentityPlan } from '../src/redact/identity-plan.ts';
import type { RewriteTask } from '../src/redact/frames/range.ts';

const rewriter = new PlanRewriter(Piscina.workerData as IdentityPlan);

/** unpack → src → pack: the records travel as one transferred buffer; what they are made of is shared memory. */
export default function rewriteWorker(task: RewriteTask): unknown {
  const result = rewriter.rewrite(task);
  return move({ [transferableSymbol]: result.bytes.buffer, [valueSymbol]: result });
}
