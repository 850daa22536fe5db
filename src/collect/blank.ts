/**
 * Values of secrets in configuration that is worth having without them: blanked while the text is still in memory, so
 * that they never reach the disk. Everything else stays raw; redaction proper is the bundle's work.
 */
interface BlankRule {
  id: string;
  /** One group before the value, one for the value. Every repeat is bounded: the text may be anybody's. */
  pattern: RegExp;
}

const VALUE = `("(?:[^"\\\\\\n]|\\\\.){0,512}"|'[^'\\n]{0,512}'|[^\\s,;'"}\\]]{1,512})`;
const NAMES =
  'password|passwd|[_-]pass|passphrase|secret|api[_-]?key|consumer[_-]?key|token|private[_-]?key|psk|community|credentials?|shared[_-]?key';

export const BLANK_RULES: readonly BlankRule[] = [
  // dhcpd.conf(5) and rndc.conf(5): secret "base64";
  { id: 'key-statement', pattern: new RegExp(`(\\bsecret[ \\t]{1,64})${VALUE}`, 'gi') },
  // key: value, "key": "value", key = value: whatever stands before the name of the secret.
  { id: 'named-value', pattern: new RegExp(`((?:${NAMES})["']?[ \\t]{0,64}[:=][ \\t]{0,64})${VALUE}`, 'gi') },
  // scheme://user:password@host
  { id: 'url-credentials', pattern: /(:\/\/[^\s/:@'"]{0,128}:)([^\s/@'"]{1,256})(?=@)/gi },
  { id: 'authorization-header', pattern: /(\bauthorization[ \t]{0,64}[:=][ \t]{0,64}["']?)([^"'\r\n]{1,4096})/gi },
];

/** How often each rule blanked a value; rules that found none are left out. */
export type Blanked = Record<string, number>;

/** Of equal length, so that every offset and line stays; line ends inside a value are kept for the same reason. */
export function blankSecrets(text: string): { text: string; blanked: Blanked } {
  const blanked: Blanked = {};
  const count = (id: string): void => {
    blanked[id] = (blanked[id] ?? 0) + 1;
  };
  let out = blankKeyBlocks(text, () => count('private-key-block'));
  for (const { id, pattern } of BLANK_RULES) {
    out = out.replace(pattern, (all: string, before: string, value: string) => {
      if (/^["']?\**["']?$/.test(value)) return all;
      count(id);
      const quoted = value.length >= 2 && /^["']/.test(value) && value.endsWith(value.charAt(0));
      const quote = quoted ? value.charAt(0) : '';
      return `${before}${quote}${stars(quoted ? value.slice(1, -1) : value)}${quote}`;
    });
  }
  return { text: out, blanked };
}

/** Text whose secrets are blanked is held whole; what is larger is no configuration. */
export const MAX_BLANKED = 4 * 1024 * 1024;

/**
 * As `blankSecrets`, of bytes: each is one character (latin1), so what is not UTF-8 comes out as it went in.
 *
 * @param part whether more would follow: the last line is then left out, because half a value matches no rule
 */
export function blankBytes(bytes: Buffer, part: boolean): { bytes: Buffer; blanked: Blanked } {
  const whole = bytes.toString('latin1');
  const { text, blanked } = blankSecrets(part ? whole.slice(0, whole.lastIndexOf('\n') + 1) : whole);
  return { bytes: Buffer.from(text, 'latin1'), blanked };
}

/** PEM private keys (RFC 7468 10, 11): by search, because a block without its end reaches to the end of the text. */
function blankKeyBlocks(text: string, found: () => void): string {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const begin = text.indexOf('PRIVATE KEY-----', from);
    if (begin < 0) break;
    const body = begin + 'PRIVATE KEY-----'.length;
    const end = text.indexOf('-----END', body);
    const stop = end < 0 ? text.length : end;
    const opens = /-----BEGIN [A-Z ]{0,40}$/.test(text.slice(Math.max(0, begin - 64), begin));
    if (opens) found();
    parts.push(text.slice(from, body), opens ? stars(text.slice(body, stop)) : text.slice(body, stop));
    from = stop;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}

function stars(text: string): string {
  return text.replace(/[^\r\n]/g, '*');
}
