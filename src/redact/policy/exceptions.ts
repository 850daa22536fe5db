import type { Address } from '../../wire/envelope.ts';
import { parseAddress, parseMac } from '../../wire/values.ts';
import type { Action } from '../kinds.ts';
import { cidrOf, inCidr, type Cidr } from './cidr.ts';
import type { PolicyRule } from './policy.ts';

/** The exceptions of one rule, ready to be asked for each address: values first, then networks, longest first. */
export class Exceptions {
  private readonly fallback: Action;
  private readonly values = new Map<number | string, Action>();
  private readonly networks: (Cidr & { action: Action })[] = [];
  private readonly texts: string[] = [];

  constructor(rule: PolicyRule) {
    this.fallback = rule.action;
    for (const { value, subnet, action } of rule.except) {
      if (value !== undefined) {
        const key = valueKey(value);
        if (!this.values.has(key)) this.values.set(key, action);
        if (action === 'keep') this.texts.push(value);
      }
      const cidr = subnet === undefined ? undefined : cidrOf(subnet);
      if (cidr !== undefined) this.networks.push({ ...cidr, action });
    }
    this.networks.sort((a, b) => b.length - a.length);
  }

  /** @param value an address as state keeps it, or characters in lower case */
  action(value: number | string): Action {
    if (this.values.size > 0) {
      const exact = this.values.get(value);
      if (exact !== undefined) return exact;
    }
    for (const one of this.networks) if (inCidr(one, value as Address)) return one.action;
    return this.fallback;
  }

  /** Networks and addresses that are kept. */
  kept(): Cidr[] {
    const values = this.texts.map(cidrOf).filter((one) => one !== undefined);
    return [...this.networks.filter(({ action }) => action === 'keep'), ...values];
  }

  /** Values that are kept, as written. */
  keptValues(): readonly string[] {
    return this.texts;
  }
}

function valueKey(text: string): number | string {
  const mac = parseMac(text);
  if (mac >= 0) return mac;
  const address = parseAddress(text);
  return address === -1 ? text.toLowerCase() : address;
}
