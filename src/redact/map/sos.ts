import { Problem } from '../../problem.ts';
import type { FixedIdentity } from '../identity-plan.ts';
import type { Kind } from '../kinds.ts';
import { textValue } from './identity-map.ts';

/** Entries of an imported map: those of the largest cases known hold some ten thousand. */
const MAX_ENTRIES = 262_144;

/** Tables of sos's `default_mapping` (sos/cleaner/mappings), by the kind that they are of. */
const TABLES: Readonly<Record<string, Kind>> = {
  mac_map: 'mac',
  ip_map: 'ipv4',
  ipv6_map: 'ipv6',
  hostname_map: 'hostname',
  username_map: 'username',
  keyword_map: 'hostname',
};

/**
 * The pseudonyms that sos gave, as exceptions of a plan (`fixed`), so that its reports and our output can be read side by
 * side. They are sequential: the report warns of them.
 *
 * @throws Problem when it is no such map
 */
export function parseSosMap(text: string): FixedIdentity[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Problem('usage', 'this is no map of sos: it is not JSON');
  }
  if (typeof data !== 'object' || data === null || !Object.keys(TABLES).some((name) => name in data)) {
    throw new Problem('usage', `this is no map of sos: it has none of ${Object.keys(TABLES).join(', ')}`);
  }
  const found = new Map<string, FixedIdentity>();
  for (const [name, kind] of Object.entries(TABLES)) {
    const table = (data as Record<string, unknown>)[name];
    if (typeof table !== 'object' || table === null) continue;
    for (const [from, to] of Object.entries(table)) {
      // Networks and other structure: only pairs of text are identities.
      if (typeof to !== 'string') continue;
      const original = textValue(kind, kind === 'hostname' ? from.toLowerCase() : from);
      const pseudonym = textValue(kind, to);
      if (original === undefined || pseudonym === undefined) continue;
      found.set(`${kind} ${original}`, { kind, original, pseudonym });
      if (found.size > MAX_ENTRIES) throw new Problem('usage', `the map holds more than ${MAX_ENTRIES} entries`);
    }
  }
  return [...found.values()];
}
