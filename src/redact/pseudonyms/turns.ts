import { isProtocolMac, isSolicitedMac, type MacPseudonyms } from './mac.ts';

/**
 * Forty bits stand for forty-six: two addresses that end in the same three bytes meet once in 65,536 pairs. Those of the
 * case that would are told apart here, in the order of their values, so that neither files nor threads matter.
 *
 * @param macs all of the case, sorted
 * @returns another choice of the middle bytes, for those that need one
 */
export function distinctTurns(pseudonyms: MacPseudonyms, macs: readonly number[]): Map<number, number> {
  const byLow = new Map<number, number[]>();
  for (const mac of macs) {
    if (isProtocolMac(mac) || isSolicitedMac(mac)) continue;
    const low = mac % 16777216;
    const group = byLow.get(low);
    if (group === undefined) byLow.set(low, [mac]);
    else group.push(mac);
  }
  const turns = new Map<number, number>();
  for (const group of byLow.values()) {
    if (group.length < 2) continue;
    const taken = new Set<number>();
    for (const mac of group) {
      // 256 turns for as many as can meet: in a space of 65,536 a group would need thousands to fail.
      for (let turn = 0; turn < 256; turn += 1) {
        const pseudonym = pseudonyms.pseudonym(mac, turn);
        if (taken.has(pseudonym)) continue;
        taken.add(pseudonym);
        if (turn > 0) turns.set(mac, turn);
        break;
      }
    }
  }
  return turns;
}
