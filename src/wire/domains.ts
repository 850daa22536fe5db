import type { Cursor } from './cursor.ts';
import type { Span } from './fault.ts';

/** RFC 1035 3.1: a name is 255 octets at most. */
const MAX_NAME = 255;
/** A search list of more names than this is nobody's configuration. */
const MAX_NAMES = 64;

/**
 * Encoded domain names one after the other to the end of the window, each with its final zero, not compressed (RFC 8106
 * 5.2, RFC 8415 10). A zero where a name would begin starts padding. Of a name that breaks the rules, and of what
 * follows it, only the bytes are kept, with a fault.
 */
export function domainList(c: Cursor, name: string): Span[] {
  const names: Span[] = [];
  let ahead = 0;
  while (ahead < c.left && c.peekAt(ahead) !== 0) {
    if (names.length >= MAX_NAMES) {
      c.fault('excess', name, names.length + 1, MAX_NAMES, c.at + ahead);
      break;
    }
    const length = nameLength(c, name, ahead, false);
    if (length < 0) break;
    names.push({ at: c.at + ahead, length });
    ahead += length;
  }
  const padding = c.peekAt(ahead) === 0;
  if (ahead > 0) c.span(ahead, name, 'domain');
  if (c.left > 0) c.rest(padding ? 'padding' : 'rest');
  return names;
}

/**
 * One encoded domain name, not compressed, with its final zero; undefined, with a fault and its bytes kept, when it breaks
 * the rules. `partial` permits a name without a final zero (RFC 4704 4.2).
 */
export function domain(c: Cursor, name: string, partial = false): Span | undefined {
  const length = nameLength(c, name, 0, partial);
  if (length >= 0) return c.span(length, name, 'domain');
  if (c.left > 0) c.rest('rest');
  return undefined;
}

/** Bytes of the name that begins `ahead`; -1, with a fault, when it is none. */
function nameLength(c: Cursor, name: string, ahead: number, partial: boolean): number {
  for (let length = 0; ;) {
    const label = c.peekAt(ahead + length);
    if (label < 0) {
      const have = c.left - ahead;
      if (partial && length === have && length > 0) return length;
      c.fault('missing', name, length + 1, have);
      return -1;
    }
    if (label > 63) {
      c.fault('value', name, 63, label, c.at + ahead + length);
      return -1;
    }
    length += label + 1;
    if (length > MAX_NAME) {
      c.fault('length', name, MAX_NAME, length);
      return -1;
    }
    if (label === 0) return length;
  }
}
