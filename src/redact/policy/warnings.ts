import type { IdentityPlan } from '../identity-plan.ts';
import { isProtocolMac, isSolicitedMac } from '../pseudonyms/mac.ts';

/** Machines of one maker below which the maker's bytes narrow a machine down (k-anonymity with a small k). */
const SMALL_FLEET = 10;

/** What a policy tells of a case as small as this one, and what an imported map brings with it; no identifier in it. */
export function fleetWarnings({ policy, facts, fixed }: IdentityPlan): string[] {
  const found: string[] = [];
  const keepsVendor = [policy.rules.mac, ...policy.rules.mac.except].some(({ action }) => action === 'keep-vendor');
  if (keepsVendor) {
    const machines = new Map<number, number>();
    for (const mac of facts.macs) {
      const oui = Math.floor(mac / 16777216);
      // Locally administered addresses have no maker.
      if (isProtocolMac(mac) || isSolicitedMac(mac) || ((oui >>> 16) & 2) !== 0) continue;
      machines.set(oui, (machines.get(oui) ?? 0) + 1);
    }
    const counts = [...machines.values()];
    const small = counts.filter((count) => count < SMALL_FLEET).length;
    if (counts.length === 0)
      found.push('keep-vendor: no captured MAC address was learned; small fleets cannot be told');
    else if (small > 0) {
      found.push(
        `keep-vendor: ${small} of ${counts.length} makers have fewer than ${SMALL_FLEET} machines in this case (the fewest: ${Math.min(...counts)}); their first three bytes narrow them down`,
      );
    }
  }
  if (fixed !== undefined && fixed.length > 0) {
    found.push(
      `${fixed.length} pseudonyms come from an imported map: they are sequential, without a key, and tell in which order they were given`,
    );
  }
  return found;
}
