import { assigned, matches, type TextRule } from './rule.ts';

/** Bits a character: English words have about 3, random hex 4, random base64 6; short values show less of what they have. */
const MIN_ENTROPY = 3;

export const highEntropy: TextRule = {
  id: 'high-entropy',
  title: 'Random value after a key-like name',
  kind: 'secret',
  about: `What no other rule knows: 16 characters and more of at least ${MIN_ENTROPY} bits of entropy each, with letters and digits, after a name that ends in key, auth, cert, nonce, seed, sign, code, cookie or ticket.`,
  hints: [
    'key',
    'auth',
    'cert',
    'nonce',
    'seed',
    'sign',
    'code',
    'cookie',
    'ticket',
    'sealed',
    'cipher',
    'blob',
    'fernet',
  ],
  find: matches(
    assigned(
      '(?:key|auth|cert|nonce|seed|sign|sig|code|cookie|ticket|sealed|cipher(?:text)?|blob|data[_-]?key|fernet)\\d{0,2}',
    ),
    random,
  ),
  samples: ['fernet=«gAAAAABkq9x2vQm8Zt4Yh1»', 'rpc_key: "«b7f3a91c4d5e6f708192»"', '"ticket":"«Zk9Qw2Lr7Xn4Vb1M»"'],
  quiet: ['status_code=200', 'key=interfaces.ethernet', 'hotkey: aaaaaaaaaaaaaaaa', 'keyboard-layout'],
  worst: ['key=', 'aaaa-', 'key        '],
};

function random(value: string): boolean {
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  // Addresses, paths and UUIDs have rules of their own.
  if (/^(?:[0-9a-f]{1,4}:)|[/\\]{1}[\w.-]*[/\\]|^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(value)) return false;
  return entropy(value) >= MIN_ENTROPY;
}

/** Shannon's, in bits a character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const c of value) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
