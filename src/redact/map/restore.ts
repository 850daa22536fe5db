import { NO_FACTS } from '../facts.ts';
import type { Kind } from '../kinds.ts';
import { knownAddresses } from '../known.ts';
import { findAddresses, writeIn } from '../spellings/find.ts';
import type { KnownAddresses } from '../spellings/span.ts';
import { textValue, type IdentityMap } from './identity-map.ts';

const WORDS = /[A-Za-z0-9_-]+/g;

/** The way back: by kind, pseudonym to original. */
type Back = Map<Kind, Map<number | string, number | string>>;

/**
 * Puts originals where a text holds pseudonyms of the map, in every spelling: a vendor's answer, read at home. What is no
 * pseudonym stays as it is.
 */
export function restoreText(text: string, map: IdentityMap): string {
  const back = readBack(map);
  const wholes = new Wholes(back);
  const words = back.get('hostname') ?? new Map<number | string, number | string>();
  const known = knownPseudonyms(back);
  let out = '';
  let at = 0;
  for (const span of findAddresses(text, known)) {
    const original = back.get(span.kind)?.get(span.value);
    if (original === undefined) continue;
    out += restoreWords(text.slice(at, span.start), wholes, words);
    out += writeIn(span.form, original, text.slice(span.start, span.end));
    at = span.end;
  }
  return out + restoreWords(text.slice(at), wholes, words);
}

function restoreWords(text: string, wholes: Wholes, words: ReadonlyMap<number | string, number | string>): string {
  let out = '';
  let at = 0;
  for (const match of text.matchAll(WORDS)) {
    const start = match.index;
    if (start < at) continue;
    const [word] = match;
    const whole = wholes.at(text, start);
    const name = words.get(word.toLowerCase());
    if (whole !== undefined && whole.start >= at) {
      out += text.slice(at, whole.start) + whole.original;
      at = whole.end;
    } else if (typeof name === 'string') {
      out +=
        text.slice(at, start) +
        (word === word.toUpperCase() && word !== word.toLowerCase() ? name.toUpperCase() : name);
      at = start + word.length;
    }
  }
  return out + text.slice(at);
}

/** Values that are no single word, found by their first one. */
class Wholes {
  private readonly byWord = new Map<string, { lead: number; pseudonym: string; original: string }[]>();

  constructor(back: Back) {
    for (const [kind, values] of back) {
      if (kind === 'hostname' || kind === 'uuid') continue;
      for (const [pseudonym, original] of values) {
        if (typeof pseudonym !== 'string' || typeof original !== 'string' || kind === 'ipv6') continue;
        const first = /[A-Za-z0-9_-]+/.exec(pseudonym);
        if (first === null) continue;
        const entries = this.byWord.get(first[0]) ?? [];
        entries.push({ lead: first.index, pseudonym, original });
        this.byWord.set(first[0], entries);
      }
    }
    // The longest first: it may begin with another.
    for (const entries of this.byWord.values()) entries.sort((a, b) => b.pseudonym.length - a.pseudonym.length);
  }

  at(text: string, start: number): { start: number; end: number; original: string } | undefined {
    const word = /^[A-Za-z0-9_-]+/.exec(text.slice(start, start + 256))?.[0] ?? '';
    for (const { lead, pseudonym, original } of this.byWord.get(word) ?? []) {
      const from = start - lead;
      if (from >= 0 && text.startsWith(pseudonym, from)) return { start: from, end: from + pseudonym.length, original };
    }
    return undefined;
  }
}

function readBack(map: IdentityMap): Back {
  const back: Back = new Map();
  for (const [name, pairs] of Object.entries(map.identities)) {
    const kind = name as Kind;
    const values = new Map<number | string, number | string>();
    for (const [original, pseudonym] of pairs) {
      const from = textValue(kind, pseudonym);
      const to = textValue(kind, original);
      if (from !== undefined && to !== undefined) values.set(from, to);
    }
    back.set(kind, values);
  }
  return back;
}

function knownPseudonyms(back: Back): KnownAddresses {
  const numbers = (kind: Kind): number[] =>
    [...(back.get(kind)?.keys() ?? [])].filter((one) => typeof one === 'number').sort((a, b) => a - b);
  const ipv6 = [...(back.get('ipv6')?.keys() ?? [])].filter((one) => typeof one === 'string');
  return knownAddresses({ ...NO_FACTS, macs: numbers('mac'), ipv4: numbers('ipv4'), ipv6 });
}
