import { Piscina } from 'piscina';
import type { IdentityPlan } from '../src/redact/identity-plan.ts';
import { type GateTask, type LiveGate, LiveGatekeeper } from '../src/redact/live-gate.ts';

const keeper = new LiveGatekeeper(Piscina.workerData as IdentityPlan);

/** unpack → src → pack: one segment after another, each with what its identities became. */
export default function gateWorker(task: GateTask): Promise<LiveGate> {
  return keeper.check(task);
}
