import type { Action, Kind } from '../kinds.ts';

const ADDRESS: readonly Action[] = ['keep', 'pseudonym', 'prefix-preserving', 'generalise', 'drop', 'zero'];
const NAME: readonly Action[] = ['keep', 'pseudonym', 'generalise', 'drop', 'zero'];
const CONTENT: readonly Action[] = ['keep', 'pseudonym', 'drop', 'zero'];

/** Which actions fit which kind. A secret is never kept: what is kept of it can only be abused. */
export const FITTING: Readonly<Record<Kind, readonly Action[]>> = {
  mac: ['keep', 'pseudonym', 'keep-vendor', 'drop', 'zero'],
  ipv4: ADDRESS,
  ipv6: ADDRESS,
  hostname: NAME,
  domain: NAME,
  username: NAME,
  email: NAME,
  uuid: CONTENT,
  serial: NAME,
  'circuit-id': NAME,
  'remote-id': NAME,
  'vendor-class': NAME,
  url: NAME,
  filename: NAME,
  'vlan-name': NAME,
  secret: ['pseudonym', 'drop', 'zero'],
  time: ['keep', 'shift', 'generalise', 'drop', 'zero'],
  text: CONTENT,
  payload: ['drop', 'zero'],
  opaque: ['drop', 'zero'],
  metadata: CONTENT,
};

/** Kinds whose exceptions may name a subnet. */
export const WITH_SUBNETS: ReadonlySet<Kind> = new Set(['ipv4', 'ipv6']);

/** Actions that give each value another one of the same space. */
const MAPPING: ReadonlySet<Action> = new Set(['pseudonym', 'prefix-preserving']);

/**
 * What an address's exception may do beside its rule, or why not: pseudonyms of some addresses may not meet others that
 * are kept, and two permutations of one space meet each other.
 */
export function addressConflict(rule: Action, exception: Action): string | undefined {
  if (!MAPPING.has(exception)) return undefined;
  if (rule === 'keep') {
    return 'a pseudonym of this one could be a real address that the rule keeps; turn it around: pseudonym, with exceptions that keep';
  }
  if (MAPPING.has(rule) && rule !== exception)
    return `two permutations of the same addresses would meet; the rule says ${rule}`;
  return undefined;
}
