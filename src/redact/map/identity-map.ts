import { addressText, macText, parseIpv4, parseIpv6, parseMac } from '../../wire/values.ts';
import { Problem } from '../../problem.ts';
import { KINDS, type Kind } from '../kinds.ts';
import type { IdentityValue, Ledger } from '../ledger.ts';

/** Within `/1` keys may be added, never changed. */
export const MAP_SCHEMA = 'rackwitness.map/1';

/** The private map of one tier: what every pseudonym stands for. It leaves memory only encrypted. */
export interface IdentityMap {
  schema: typeof MAP_SCHEMA;
  tier: string;
  policy: { name: string; digest: string };
  /** By kind: original and pseudonym as text, sorted by the original. Values of bytes are `hex:` and their digits. */
  identities: Partial<Record<Kind, [original: string, pseudonym: string][]>>;
  /** Output name and the input's path. */
  files: [output: string, input: string][];
}

export function identityMap(ledger: Ledger, about: Pick<IdentityMap, 'tier' | 'policy' | 'files'>): IdentityMap {
  const identities: IdentityMap['identities'] = {};
  for (const { kind, original, pseudonym } of ledger.pairs()) {
    (identities[kind] ??= []).push([valueText(kind, original), valueText(kind, pseudonym)]);
  }
  for (const pairs of Object.values(identities)) pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { schema: MAP_SCHEMA, tier: about.tier, policy: about.policy, identities, files: about.files };
}

/** @throws Problem when it is no map */
export function parseMap(text: string): IdentityMap {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw notAMap('it is not JSON');
  }
  if (!isRecord(data) || data['schema'] !== MAP_SCHEMA) throw notAMap(`its schema is not ${MAP_SCHEMA}`);
  const { identities, files, tier, policy } = data;
  if (!isRecord(identities) || !Array.isArray(files) || typeof tier !== 'string' || !isRecord(policy)) {
    throw notAMap('identities, files, tier or policy is missing');
  }
  for (const [kind, pairs] of Object.entries(identities)) {
    if (!(kind in KINDS) || !Array.isArray(pairs) || !pairs.every(isPair))
      throw notAMap('its identities are no pairs of text');
  }
  if (!files.every(isPair)) throw notAMap('its files are no pairs of text');
  return data as unknown as IdentityMap;
}

/** Text of a value as maps and reports for its owner write it. */
export function valueText(kind: Kind, value: IdentityValue): string {
  if (typeof value === 'number') return kind === 'mac' ? macText(value) : addressText(value);
  if (kind === 'ipv6' && value.length === 16) return addressText(value);
  return /^[\x20-\x7e\u{a0}-\u{10ffff}]*$/u.test(value) && kind !== 'uuid'
    ? value
    : `hex:${Buffer.from(value, 'latin1').toString('hex')}`;
}

/** The value of such a text; undefined where it is none of its kind. */
export function textValue(kind: Kind, text: string): IdentityValue | undefined {
  if (kind === 'mac') return found(parseMac(text));
  if (kind === 'ipv4') return found(parseIpv4(text));
  if (kind === 'ipv6') return parseIpv6(text) || undefined;
  return text.startsWith('hex:') ? Buffer.from(text.slice(4), 'hex').toString('latin1') : text;
}

function found(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAMap(why: string): Problem {
  return new Problem('usage', `this is no private map: ${why}; \`map export\` writes one`);
}
