import type { CaseFacts } from '../facts.ts';
import { NameFinder } from '../spellings/names.ts';
import { ValueFinder } from '../spellings/values.ts';
import { RULES } from '../rules/registry.ts';
import type { AddressTools } from './addresses.ts';
import { HintIndex } from './hints.ts';
import type { Finders, SpanFinder } from './spans.ts';
import { TIMES } from './times.ts';

/** The names of a case wherever they stand as whole words. */
function knownNames(facts: CaseFacts): SpanFinder {
  const names = new NameFinder(facts.names, facts.users);
  return {
    name: 'known-name',
    find: (text) => names.find(text).map(({ start, end, kind }) => ({ at: start, end, kind })),
  };
}

/** Values that a rule found somewhere in the case, wherever they stand again. */
function knownValues(facts: CaseFacts): SpanFinder {
  const values = new ValueFinder(facts.values);
  return { name: 'known-value', find: (text) => values.find(text) };
}

/** Six bytes in base64 are eight characters, which look like any word: only those of known MAC addresses are told. */
function encodedAddresses(facts: CaseFacts): SpanFinder {
  const encoded = new Set(facts.macs.map((address) => base64Of(address)));
  return {
    name: 'base64-address',
    find: (text) =>
      encoded.size === 0
        ? []
        : [...text.matchAll(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{8}(?![A-Za-z0-9+/=])/g)]
            .filter(([word]) => encoded.has(word))
            .map(({ index }) => ({ at: index, end: index + 8, kind: 'mac' })),
  };
}

function base64Of(address: number): string {
  return Buffer.from(address.toString(16).padStart(12, '0'), 'hex').toString('base64');
}

const HINTS = new HintIndex(RULES);

/** All that finds values in the texts of a case. */
export function findersOf(facts: CaseFacts, addresses: AddressTools): Finders {
  return {
    rules: RULES,
    hints: HINTS,
    times: TIMES,
    known: [addresses.finder, knownValues(facts), encodedAddresses(facts), knownNames(facts)],
  };
}
