import type { CaseFacts } from '../facts.ts';
import type { Kind } from '../kinds.ts';
import { NameFinder } from '../spellings/names.ts';
import { RULES } from '../rules/registry.ts';
import type { AddressTools } from './addresses.ts';
import { HintIndex } from './hints.ts';
import type { Finders, SpanFinder } from './spans.ts';
import { TIMES } from './times.ts';

/** A run of letters and digits: where a known value is looked up. */
const RUN = /[A-Za-z0-9]+/g;

/** The names of a case wherever they stand as whole words. */
function knownNames(facts: CaseFacts): SpanFinder {
  const names = new NameFinder(facts.names, facts.users);
  return {
    name: 'known-name',
    find: (text) => names.find(text).map(({ start, end, kind }) => ({ at: start, end, kind })),
  };
}

/**
 * Values that a rule found somewhere in the case, wherever they stand again: a password in a command line after the file
 * that names it. Looked up by their first run of letters and digits, so that time does not depend on how many there are.
 */
function knownValues(facts: CaseFacts): SpanFinder {
  const byRun = new Map<string, { before: string; text: string; kind: Kind }[]>();
  for (const [kind, text] of facts.values) {
    const run = /[A-Za-z0-9]+/.exec(text);
    if (run === null) continue;
    const one = { before: text.slice(0, run.index), text, kind };
    const list = byRun.get(run[0]);
    if (list === undefined) byRun.set(run[0], [one]);
    // Values that share their beginning are sorted: the longest first.
    else if (list.length < MAX_ALIKE) list.unshift(one);
  }
  return {
    name: 'known-value',
    find(text) {
      if (byRun.size === 0) return [];
      const found: { at: number; end: number; kind: Kind }[] = [];
      RUN.lastIndex = 0;
      for (let match = RUN.exec(text); match !== null; match = RUN.exec(text)) {
        for (const { before, text: value, kind } of byRun.get(match[0]) ?? []) {
          const at = match.index - before.length;
          if (at < 0 || !text.startsWith(value, at) || joined(text, at + value.length)) continue;
          found.push({ at, end: at + value.length, kind });
          break;
        }
      }
      return found;
    },
  };
}

/** Values with one beginning that are told apart; more would make each such beginning dear. */
const MAX_ALIKE = 64;

/** True where the value is a part of a longer word. */
function joined(text: string, end: number): boolean {
  return WORD.test(text[end] ?? '') && WORD.test(text[end - 1] ?? '');
}

const WORD = /[A-Za-z0-9]/;

const HINTS = new HintIndex(RULES);

/** All that finds values in the texts of a case. */
export function findersOf(facts: CaseFacts, addresses: AddressTools): Finders {
  return { rules: RULES, hints: HINTS, times: TIMES, known: [addresses.finder, knownValues(facts), knownNames(facts)] };
}
