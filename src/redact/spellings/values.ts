import type { Kind } from '../kinds.ts';

/** Where a known value stands in a text. */
export interface ValueSpan {
  at: number;
  /** Past the last. */
  end: number;
  kind: Kind;
}

/** Values with one beginning that are told apart; more would make each such beginning dear. */
const MAX_ALIKE = 64;
/** A run of letters and digits: where a known value is looked up. */
const RUN = /[A-Za-z0-9]+/g;
const WORD = /[A-Za-z0-9]/;

/**
 * Finds values of a case without their context: a password in a command line after the file that names it. Looked up by
 * their first run of letters and digits, so that time does not depend on how many there are.
 */
export class ValueFinder {
  private readonly byRun = new Map<string, { before: string; text: string; kind: Kind }[]>();

  /** @param values sorted by their texts */
  constructor(values: readonly (readonly [Kind, string])[]) {
    for (const [kind, text] of values) {
      const run = /[A-Za-z0-9]+/.exec(text);
      if (run === null) continue;
      const one = { before: text.slice(0, run.index), text, kind };
      const list = this.byRun.get(run[0]);
      if (list === undefined) this.byRun.set(run[0], [one]);
      // Values that share their beginning are sorted: the longest first.
      else if (list.length < MAX_ALIKE) list.unshift(one);
    }
  }

  find(text: string): ValueSpan[] {
    const found: ValueSpan[] = [];
    if (this.byRun.size === 0) return found;
    RUN.lastIndex = 0;
    for (let match = RUN.exec(text); match !== null; match = RUN.exec(text)) {
      for (const { before, text: value, kind } of this.byRun.get(match[0]) ?? []) {
        const at = match.index - before.length;
        if (at < 0 || !text.startsWith(value, at) || joined(text, at + value.length)) continue;
        found.push({ at, end: at + value.length, kind });
        break;
      }
    }
    return found;
  }
}

/** True where the value is a part of a longer word. */
function joined(text: string, end: number): boolean {
  return WORD.test(text[end] ?? '') && WORD.test(text[end - 1] ?? '');
}
