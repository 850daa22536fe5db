import type { TextRule } from '../rules/rule.ts';

const CODES = 128;

interface Hint {
  text: string;
  /** Indexes of the rules that have it. */
  rules: number[];
}

/**
 * Which rules have a hint in a text: one pass over the text, which looks a hint up by its first two characters. Asking
 * for each hint by itself costs more than all the patterns.
 */
export class HintIndex {
  /** By the first character and the second; by the first alone of those that have no more. */
  private readonly pairs: (Hint[] | undefined)[] = Array.from({ length: CODES * CODES });
  private readonly singles: (Hint | undefined)[] = Array.from({ length: CODES });
  private readonly always: Uint8Array;

  constructor(rules: readonly TextRule[]) {
    this.always = Uint8Array.from(rules, ({ hints }) => (hints.length === 0 ? 1 : 0));
    rules.forEach(({ hints }, rule) => {
      for (const text of hints) this.add(text, rule);
    });
  }

  /** For each rule 1 where it may find something. @param lower the text in lower case */
  rulesFor(lower: string): Uint8Array {
    const marks = this.always.slice();
    let first = lower.charCodeAt(0);
    for (let i = 0; i < lower.length; i += 1) {
      const second = lower.charCodeAt(i + 1);
      if (first < CODES) {
        const single = this.singles[first];
        if (single !== undefined) for (const rule of single.rules) marks[rule] = 1;
        const pair = second < CODES ? this.pairs[first * CODES + second] : undefined;
        if (pair !== undefined) {
          for (const { text, rules } of pair) {
            if (marks[rules[0] ?? 0] === 1 && rules.length === 1) continue;
            if (lower.startsWith(text, i)) for (const rule of rules) marks[rule] = 1;
          }
        }
      }
      first = second;
    }
    return marks;
  }

  private add(text: string, rule: number): void {
    const first = text.charCodeAt(0);
    if (text.length === 1) {
      (this.singles[first] ??= { text, rules: [] }).rules.push(rule);
      return;
    }
    const list = (this.pairs[first * CODES + text.charCodeAt(1)] ??= []);
    const same = list.find((one) => one.text === text);
    if (same === undefined) list.push({ text, rules: [rule] });
    else same.rules.push(rule);
  }
}
