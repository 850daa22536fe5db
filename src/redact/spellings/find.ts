import { bare } from './bare.ts';
import { withColons } from './colons.ts';
import { withDashes } from './dashed.ts';
import { withDots, type Found } from './dotted.ts';
import { octalMacs } from './octal.ts';
import { NOTHING_KNOWN, type AddressSpan, type KnownAddresses } from './span.ts';
import { Tokens } from './tokens.ts';

export { writeIn } from './write.ts';

/**
 * Every address in a text, in every spelling of the field, in order; spans do not overlap. One pass over runs of letters
 * and digits: at each, a bounded number of runs further on is looked at, so that time is linear in the text.
 *
 * A number that could be something else (a version, a part number) is taken for the address that it looks like; bare
 * digits only where the case knows the value.
 */
export function findAddresses(text: string, known: KnownAddresses = NOTHING_KNOWN): AddressSpan[] {
  if (!/[0-9]|[0-9A-Fa-f][:._-]|::|pxelinux\.cfg\//i.test(text)) return [];
  const tokens = new Tokens(text);
  const quoted = octalMacs(text, known);
  const spans: AddressSpan[] = [];
  let q = 0;
  // Where the last span of either kind ended: a token that begins before it is part of it.
  let taken = 0;
  for (let i = 0; i < tokens.count;) {
    const start = tokens.start(i);
    const before = quoted[q];
    if (before !== undefined && tokens.end(i) > before.start) {
      q += 1;
      if (before.start < taken) continue;
      spans.push(before);
      taken = before.end;
      continue;
    }
    if (start < taken) {
      i += 1;
      continue;
    }
    const found = joined(tokens, i, known);
    if (found === undefined && !mayBeBare(tokens, i)) {
      i += 1;
      continue;
    }
    for (const span of found?.spans ?? bare(tokens, i, known)) {
      if (span.start < taken) continue;
      spans.push(span);
      taken = span.end;
    }
    i = Math.max(found?.next ?? 0, i + 1);
  }
  for (const span of quoted.slice(q)) if (span.start >= taken) spans.push(span);
  return spans;
}

/** Addresses of several tokens, by what follows the first one. */
function joined(tokens: Tokens, i: number, known: KnownAddresses): Found | undefined {
  const { text } = tokens;
  switch (text[tokens.end(i)]) {
    case ':':
      return withColons(tokens, i, known);
    case '.':
      return (afterColons(tokens, i) ? withColons(tokens, i, known) : undefined) ?? withDots(tokens, i, known);
    case '-':
    case '_':
      return (afterColons(tokens, i) ? withColons(tokens, i, known) : undefined) ?? withDashes(tokens, i, known);
    default:
      return afterColons(tokens, i) ? withColons(tokens, i, known) : undefined;
  }
}

function afterColons(tokens: Tokens, i: number): boolean {
  const start = tokens.start(i);
  return tokens.text[start - 1] === ':' && tokens.text[start - 2] === ':';
}

/** Most words are neither long enough nor in a boot file's place. */
function mayBeBare(tokens: Tokens, i: number): boolean {
  return tokens.size(i) >= 8 || tokens.text[tokens.start(i) - 1] === '/';
}
