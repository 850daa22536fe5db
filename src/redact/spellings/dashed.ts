import type { Found } from './dotted.ts';
import { octetRun } from './octets.ts';
import type { AddressSpan, KnownAddresses } from './span.ts';
import type { Tokens } from './tokens.ts';

const UUID = [8, 4, 4, 4, 12] as const;

/** Addresses whose parts are separated by hyphens, or by underscores, from token i on. */
export function withDashes(tokens: Tokens, i: number, known: KnownAddresses): Found | undefined {
  const separator = tokens.text[tokens.end(i)] ?? '';
  if (separator !== '-' && separator !== '_') return undefined;
  return (
    uuid(tokens, i) ??
    octetRun(tokens, i, separator, known) ??
    dashedQuad(tokens, i, separator) ??
    groupedMac(tokens, i, known)
  );
}

function uuid(tokens: Tokens, i: number): Found | undefined {
  for (const [k, size] of UUID.entries()) {
    if (!tokens.isHex(i + k) || tokens.size(i + k) !== size) return undefined;
    if (k > 0 && !tokens.joined(i + k - 1, '-')) return undefined;
  }
  const start = tokens.start(i);
  const end = tokens.end(i + 4);
  const value = Buffer.from(tokens.text.slice(start, end).replaceAll('-', ''), 'hex').toString('latin1');
  return { spans: [{ start, end, kind: 'uuid', value, form: 'digits' }], next: i + 5 };
}

/** `10-20-30-40`, as in host names. */
function dashedQuad(tokens: Tokens, i: number, separator: string): Found | undefined {
  const fits = (at: number): boolean => tokens.isDecimal(at) && tokens.size(at) <= 3 && Number(tokens.word(at)) <= 255;
  if (tokens.chain(i, separator, 5, fits) !== 4) return undefined;
  const end = tokens.end(i + 3);
  let value = 0;
  for (let k = 0; k < 4; k += 1) value = value * 256 + Number(tokens.word(i + k));
  const span: AddressSpan = { start: tokens.start(i), end, kind: 'ipv4', value, form: 'decimal' };
  // MAAS names networks `10-20-30-0--24`.
  const length = Number(/^--(\d{1,2})(?!\d)/.exec(tokens.text.slice(end, end + 5))?.[1] ?? 0);
  const network = length > 0 && length < 32 && value % 2 ** (32 - length) === 0;
  return { spans: [network ? { ...span, length } : span], next: i + 4 };
}

/** `aabb-ccdd-eeff` and `aabbcc-ddeeff`. */
function groupedMac(tokens: Tokens, i: number, known: KnownAddresses): Found | undefined {
  for (const [count, size] of [
    [3, 4],
    [2, 6],
  ] as const) {
    const fits = (at: number): boolean => tokens.isHex(at) && tokens.size(at) === size;
    if (tokens.chain(i, '-', count + 1, fits) !== count) continue;
    const start = tokens.start(i);
    const end = tokens.end(i + count - 1);
    const digits = tokens.text.slice(start, end).replaceAll('-', '');
    const value = Number.parseInt(digits, 16);
    // Six digits and six digits may be a date and a time.
    if (!(/[a-f]/i.test(digits) && /\d/.test(digits)) && !known.mac(value)) continue;
    return { spans: [{ start, end, kind: 'mac', value, form: 'digits' }], next: i + count };
  }
  return undefined;
}
