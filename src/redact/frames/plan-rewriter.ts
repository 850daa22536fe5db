import { CaseIdentities } from '../case-identities.ts';
import type { IdentityPlan } from '../identity-plan.ts';
import type { LedgerRows } from '../ledger.ts';
import type { PooledResult } from './pool.ts';
import { RangeRewriter, type RewriteTask } from './range.ts';

/** One thread's rewriter: its pseudonyms are functions of the plan, so that it needs to know nothing of the others. */
export class PlanRewriter {
  private readonly identities: CaseIdentities;
  private readonly rewriter: RangeRewriter;
  /** By table of the ledger: pairs that were sent. */
  private readonly sent: number[] = [];
  private size = 0;

  constructor(plan: IdentityPlan) {
    this.identities = new CaseIdentities(plan);
    this.rewriter = new RangeRewriter(this.identities);
  }

  rewrite(task: RewriteTask): PooledResult {
    return { ...this.rewriter.rewrite(task), ledger: this.additions() };
  }

  /** What the ledger holds now and did not when this was last asked. */
  private additions(): LedgerRows {
    const { ledger } = this.identities;
    if (ledger.size === this.size) return [];
    this.size = ledger.size;
    return ledger.rowsSince(this.sent).filter(({ pairs }) => pairs.length > 0);
  }
}
