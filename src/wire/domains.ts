import type { Cursor } from './cursor.ts';
import type { Span } from './fault.ts';

/** RFC 1035 3.1: a name is 255 octets at most. */
const MAX_NAME = 255;
/** A search list of more names than this is nobody's configuration. */
const MAX_NAMES = 64;

/**
 * Encoded domain names one after the other to the end of the window, each with its final zero, not compressed (RFC 8106
 * 5.2, RFC 8415 10). A single zero between or after names is padding. A name that breaks the rules is kept to the end of the window,
 * with a fault.
 */
export function domainList(c: Cursor, name: string): Span[] {
  const names: Span[] = [];
  while (c.left > 0) {
    if (c.peek() === 0) {
      c.rest('padding');
      break;
    }
    if (names.length >= MAX_NAMES) {
      c.fault('excess', name, names.length, MAX_NAMES);
      c.rest('rest');
      break;
    }
    names.push(domain(c, name));
  }
  return names;
}

/**
 * One encoded domain name, not compressed, with its final zero. Without a final zero (a partial name, as RFC 4704 4.2
 * permits) it reaches to the end of the window; `partial` says whether that is a fault.
 */
export function domain(c: Cursor, name: string, partial = false): Span {
  let length = 0;
  for (;;) {
    const label = c.peekAt(length);
    if (label < 0) {
      if (!partial || length > c.left) c.fault('missing', name, length + 1, c.left);
      return c.rest(name, 'domain');
    }
    if (label > 63) {
      c.fault('value', name, 63, label, c.at + length);
      return c.rest(name);
    }
    length += label + 1;
    if (length > MAX_NAME) {
      c.fault('length', name, MAX_NAME, length);
      return c.rest(name);
    }
    if (label === 0) return c.span(length, name, 'domain');
  }
}
