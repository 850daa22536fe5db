/** Where a known name stands in a text, as a whole word. */
export interface NameSpan {
  start: number;
  end: number;
  kind: 'hostname' | 'username';
}

/** Parts of a name that are looked up together: `rack-sfo-03-a` has four. */
const MAX_PARTS = 6;

/**
 * Finds the names of a case in free text. Words are runs of letters, digits, hyphens and underscores: each is looked up
 * once, so that time depends on the text alone, not on how many names there are.
 */
export class NameFinder {
  private readonly names: ReadonlySet<string>;
  private readonly users: ReadonlySet<string>;
  private readonly words: RegExp;

  /** @param names lower case, as are @param users; what is both is a host's */
  constructor(names: readonly string[], users: readonly string[] = []) {
    this.names = new Set(names);
    this.users = new Set(users);
    const beyondAscii = [...names, ...users].some((name) => /[^\0-\x7f]/.test(name));
    this.words = beyondAscii ? /[\p{L}\p{M}\p{N}_-]+/gu : /[A-Za-z0-9_-]+/g;
  }

  find(text: string): NameSpan[] {
    const spans: NameSpan[] = [];
    if (this.names.size + this.users.size === 0) return spans;
    for (const match of text.matchAll(this.words)) {
      const [word] = match;
      const lower = word.toLowerCase();
      const kind = this.kindOf(lower);
      if (kind !== undefined) spans.push({ start: match.index, end: match.index + word.length, kind });
      else if (/[_-]/.test(word)) this.parts(lower, match.index, spans);
    }
    return spans;
  }

  private kindOf(word: string): NameSpan['kind'] | undefined {
    if (this.names.has(word)) return 'hostname';
    return this.users.has(word) ? 'username' : undefined;
  }

  /** Names that hyphens or underscores join to others: the longest that begins at each part. */
  private parts(word: string, at: number, spans: NameSpan[]): void {
    const parts = [...word.matchAll(/[^_-]+/g)].map(({ 0: part, index }) => ({
      from: index,
      to: index + part.length,
    }));
    for (let i = 0; i < parts.length; i += 1) {
      for (let k = Math.min(parts.length, i + MAX_PARTS) - 1; k >= i; k -= 1) {
        const from = parts[i]?.from ?? 0;
        const to = parts[k]?.to ?? 0;
        const kind = this.kindOf(word.slice(from, to));
        if (kind === undefined) continue;
        spans.push({ start: at + from, end: at + to, kind });
        i = k;
        break;
      }
    }
  }
}
