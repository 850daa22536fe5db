import { CaseIdentities } from '../../src/redact/case-identities.ts';
import { Learner, type CaseFacts } from '../../src/redact/facts.ts';
import type { IdentityPlan } from '../../src/redact/identity-plan.ts';
import { deriveTierKey } from '../../src/redact/key.ts';
import type { Action, Kind } from '../../src/redact/kinds.ts';
import { loadPolicy } from '../../src/redact/policy/load.ts';
import type { Policy, PolicyException } from '../../src/redact/policy/policy.ts';
import { parseIpv4, parseIpv6, parseMac } from '../../src/wire/values.ts';

export const ip = (text: string): number => {
  const value = parseIpv4(text);
  if (value < 0) throw new Error(`no IPv4 address: ${text}`);
  return value;
};

export const ip6 = (text: string): string => {
  const value = parseIpv6(text);
  if (value === '') throw new Error(`no IPv6 address: ${text}`);
  return value;
};

export const mac = (text: string): number => {
  const value = parseMac(text);
  if (value < 0) throw new Error(`no MAC address: ${text}`);
  return value;
};

/** Facts of a case, as its captures would tell them. */
export function learned(tell: (learner: Learner) => void = () => {}): CaseFacts {
  const learner = new Learner();
  tell(learner);
  return learner.freeze();
}

export type Rules = Partial<Record<Kind, Action | { action: Action; except: Omit<PolicyException, 'because'>[] }>>;

/** The auditor's policy with other rules. */
export async function policyWith(rules: Rules = {}, more: Partial<Policy> = {}): Promise<Policy> {
  const policy = await loadPolicy('auditor');
  const own = Object.entries(rules).map(([kind, rule]) => {
    const { action, except } = typeof rule === 'string' ? { action: rule, except: [] } : rule;
    return [kind, { action, because: 'for a test', except: except.map((one) => ({ ...one, because: 'for a test' })) }];
  });
  return { ...policy, rules: { ...policy.rules, ...Object.fromEntries(own) }, ...more };
}

export const KEY = new Uint8Array(32).fill(7);

export async function planWith(
  facts: CaseFacts,
  rules: Rules = {},
  key: Uint8Array = KEY,
  more: Partial<Policy> = {},
): Promise<IdentityPlan> {
  return { policy: await policyWith(rules, more), tierKey: deriveTierKey(key, 'test'), facts };
}

export async function identitiesOf(
  tell: (learner: Learner) => void = () => {},
  rules: Rules = {},
  key: Uint8Array = KEY,
): Promise<CaseIdentities> {
  return new CaseIdentities(await planWith(learned(tell), rules, key));
}

/** Networks of a case: nested, at each other's corners, private and public. */
export const SUBNETS: readonly (readonly [string, number])[] = [
  ['10.20.0.0', 16],
  ['10.20.0.0', 24],
  ['10.20.255.0', 24],
  ['10.20.30.0', 24],
  ['10.20.30.64', 26],
  ['10.99.0.0', 22],
  ['192.168.1.0', 24],
  ['203.0.112.0', 25],
  ['8.8.8.0', 24],
];
export const tell = (learner: { subnet4(a: number, l: number): void }): void => {
  for (const [address, length] of SUBNETS) learner.subnet4(ip(address), length);
};
export const inside = (value: number, address: string, length: number): boolean =>
  value >= ip(address) && value < ip(address) + 2 ** (32 - length);
