import type { CaseFacts } from './facts.ts';
import type { Ledger } from './ledger.ts';
import type { KnownAddresses } from './spellings/span.ts';

/**
 * What a case knows of addresses.
 *
 * @param issued pseudonyms count too: for text that was redacted already. Never for the first time, or the order of
 *   inputs would matter
 */
export function knownAddresses(facts: CaseFacts, issued?: Ledger): KnownAddresses {
  const macs = new Set(facts.macs);
  const ipv6 = new Set(facts.ipv6);
  const { ipv4 } = facts;
  const firstFrom = (value: number): number | undefined => {
    let low = 0;
    let high = ipv4.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ipv4[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return ipv4[low];
  };
  return {
    mac: (value) => macs.has(value) || issued?.issued('mac', value) === true,
    ipv4: (value) => firstFrom(value) === value || issued?.issued('ipv4', value) === true,
    ipv6: (value) => ipv6.has(value) || issued?.issued('ipv6', value) === true,
    ipv4Under: (prefix, bits) => {
      const first = firstFrom(prefix);
      return first !== undefined && first - prefix < 2 ** (32 - bits) ? first : undefined;
    },
  };
}
