/** What our canonical JSON may hold: no fractions, so that no number has two spellings. */
export type Canonical =
  | string
  | number
  | boolean
  | null
  | readonly Canonical[]
  | { readonly [key: string]: Canonical | undefined };

/** Deeper values are not ours: a statement nests five levels. */
const MAX_DEPTH = 32;

/**
 * JSON of one spelling only, after RFC 8785 (JSON Canonicalization Scheme): no spaces, keys in order of their UTF-16
 * code units (3.2.3), strings as ECMAScript writes them (3.2.2.2). Numbers are restricted to whole ones up to 2^53,
 * where all spellings agree.
 *
 * @throws TypeError for fractions, lone surrogates and what JSON does not have; keys whose value is undefined are left out
 */
export function canonicalJson(value: Canonical, depth = 0): string {
  if (depth > MAX_DEPTH) throw new TypeError('canonical JSON: nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError('canonical JSON: not a whole number');
    return String(value);
  }
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) {
    return `[${(value as readonly Canonical[]).map((one) => canonicalJson(one, depth + 1)).join(',')}]`;
  }
  const object = value as { readonly [key: string]: Canonical | undefined };
  const parts: string[] = [];
  for (const key of Object.keys(object).sort(byCodeUnit)) {
    const one = object[key];
    if (one !== undefined) parts.push(`${text(key)}:${canonicalJson(one, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}

/** Same text, same value: undefined when `source` is not JSON in the spelling of `canonicalJson`. */
export function parseCanonical(source: string): Canonical | undefined {
  try {
    const value = JSON.parse(source) as Canonical;
    return canonicalJson(value) === source ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Order by UTF-16 code unit; for the names in a bag (ASCII) that is the order of bytes. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function text(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError('canonical JSON: a lone surrogate');
  return JSON.stringify(value);
}
