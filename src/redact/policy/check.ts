import { jsonPath, type ProfileProblem } from '../../detect/profile/check.ts';
import { parseAddress, parseMac, safeText } from '../../wire/values.ts';
import { KIND_NAMES, type Kind } from '../kinds.ts';
import { addressConflict, FITTING, WITH_SUBNETS } from './actions.ts';
import { cidrOf } from './cidr.ts';
import type { PolicyFile, RuleFile } from './policy.ts';

export type PolicyProblem = ProfileProblem;
export { jsonPath };

/**
 * What the schema cannot say: that actions fit kinds, that addresses are addresses and roles lead somewhere.
 *
 * @param roles of what it extends, beside its own
 */
export function semanticProblems(policy: PolicyFile, roles: ReadonlySet<string>): PolicyProblem[] {
  const found: PolicyProblem[] = [];
  for (const [i, text] of (policy.subnets ?? []).entries()) {
    if (cidrOf(text) === undefined) {
      found.push({
        path: ['subnets', i],
        message: `${quoted(text)} is not a network in CIDR form with host bits zero`,
      });
    }
  }
  for (const kind of KIND_NAMES) {
    const rule = policy.rules?.[kind];
    if (rule !== undefined)
      found.push(...ruleProblems(kind, rule, new Set([...roles, ...Object.keys(policy.roles ?? {})])));
  }
  return found;
}

function ruleProblems(kind: Kind, rule: RuleFile, roles: ReadonlySet<string>): PolicyProblem[] {
  const found: PolicyProblem[] = [];
  const fitting = FITTING[kind];
  const unfit = (action: RuleFile['action'], path: (string | number)[]): void => {
    if (!fitting.includes(action)) {
      found.push({
        path: [...path, 'action'],
        message: `${action} does not fit ${kind}, which has ${fitting.join(', ')}`,
      });
    }
  };
  unfit(rule.action, ['rules', kind]);
  for (const [i, one] of (rule.except ?? []).entries()) {
    const at = ['rules', kind, 'except', i];
    unfit(one.action, at);
    const said = [one.value, one.subnet, one.role].filter((part) => part !== undefined);
    if (said.length !== 1)
      found.push({ path: at, message: 'names none or several of value, subnet and role; one is needed' });
    if (one.subnet !== undefined) {
      if (!WITH_SUBNETS.has(kind)) found.push({ path: [...at, 'subnet'], message: `${kind} has no subnets` });
      else if (cidrOf(one.subnet) === undefined) {
        found.push({
          path: [...at, 'subnet'],
          message: `${quoted(one.subnet)} is not a network in CIDR form with host bits zero`,
        });
      }
    }
    if (one.role !== undefined && !roles.has(one.role)) {
      found.push({ path: [...at, 'role'], message: `no role is named ${quoted(one.role)}` });
    }
    if (one.value !== undefined) {
      const wrong = valueProblem(kind, one.value);
      if (wrong !== undefined) found.push({ path: [...at, 'value'], message: wrong });
    }
    if (WITH_SUBNETS.has(kind)) {
      const conflict = addressConflict(rule.action, one.action);
      if (conflict !== undefined) found.push({ path: [...at, 'action'], message: conflict });
    }
    if (kind === 'time') found.push({ path: at, message: 'times move together: there are no exceptions' });
  }
  return found;
}

function valueProblem(kind: Kind, text: string): string | undefined {
  if (kind === 'mac') return parseMac(text) < 0 ? `${quoted(text)} is not a MAC address` : undefined;
  if (kind === 'ipv4' || kind === 'ipv6') {
    const address = parseAddress(text);
    const right = kind === 'ipv4' ? typeof address === 'number' && address >= 0 : typeof address === 'string';
    return right ? undefined : `${quoted(text)} is not an ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} address`;
  }
  return undefined;
}

function quoted(text: string): string {
  return safeText(JSON.stringify(text));
}
