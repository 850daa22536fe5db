import { KIND_NAMES } from '../kinds.ts';
import type { Policy, PolicyRule } from './policy.ts';

/** One thing on which two policies differ: a kind's rule, or another key. */
export interface PolicyDifference {
  /** A kind, or `subnets`, `undecoded`, `prefixCipher`, `approval`. */
  subject: string;
  from: string;
  to: string;
}

/** What differs between two policies, kind by kind in the order of kinds; justifications aside. */
export function diffPolicies(a: Policy, b: Policy): PolicyDifference[] {
  const found: PolicyDifference[] = [];
  const compare = (subject: string, from: string, to: string): void => {
    if (from !== to) found.push({ subject, from, to });
  };
  for (const kind of KIND_NAMES) compare(kind, ruleText(a.rules[kind]), ruleText(b.rules[kind]));
  compare('subnets', a.subnets.join(' '), b.subnets.join(' '));
  compare('undecoded', a.undecoded, b.undecoded);
  compare('prefixCipher', a.prefixCipher, b.prefixCipher);
  compare('approval', a.approval.required.join(' '), b.approval.required.join(' '));
  return found;
}

/** `pseudonym, but keep 192.0.2.0/24` */
function ruleText({ action, except }: PolicyRule): string {
  return [action, ...except.map((one) => `but ${one.action} ${one.value ?? one.subnet ?? one.role ?? ''}`)].join(', ');
}
