import { Piscina } from 'piscina';
import { workerFile } from '../../installed.ts';
import type { IdentityPlan } from '../identity-plan.ts';
import type { Ledger, LedgerRows } from '../ledger.ts';
import type { RangeResult, RewriteTask } from './range.ts';
import type { Rewriters } from './rewrite.ts';

/** MB of a thread's heap for what is new: frames leave nothing to collect. */
const YOUNG = 4;

/** What a thread sends back: the records, and the identities that are new to it. */
export interface PooledResult extends RangeResult {
  ledger: LedgerRows;
}

/** Threads that each have the case's plan; what they issue is merged into `ledger`. */
export function pooledRewriters(workers: number, plan: IdentityPlan, ledger: Ledger): Rewriters {
  const pool = new Piscina<RewriteTask, PooledResult>({
    filename: workerFile('rewrite'),
    minThreads: workers,
    maxThreads: workers,
    // A thread that waits for its next range must not fall asleep between two.
    idleTimeout: 60_000,
    workerData: plan,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  return {
    async run(task) {
      const { ledger: rows, ...result } = await pool.run(task);
      ledger.merge(rows);
      return result;
    },
    async close() {
      await pool.destroy();
    },
  };
}
