/** Where a known name stands in a text, as a whole word. */
export interface NameSpan {
  start: number;
  end: number;
  kind: 'hostname' | 'username';
}

/**
 * Finds the names of a case in free text. Words are runs of letters, digits, hyphens and underscores: each is looked up
 * once, so that time depends on the text alone, not on how many names there are.
 */
export class NameFinder {
  private readonly names: ReadonlySet<string>;
  private readonly users: ReadonlySet<string>;

  /** @param names lower case, as are @param users; what is both is a host's */
  constructor(names: readonly string[], users: readonly string[] = []) {
    this.names = new Set(names);
    this.users = new Set(users);
  }

  find(text: string): NameSpan[] {
    const spans: NameSpan[] = [];
    if (this.names.size + this.users.size === 0) return spans;
    for (const match of text.matchAll(/[A-Za-z0-9_-]+/g)) {
      const [word] = match;
      const lower = word.toLowerCase();
      const host = this.names.has(lower);
      if (!host && !this.users.has(lower)) continue;
      spans.push({ start: match.index, end: match.index + word.length, kind: host ? 'hostname' : 'username' });
    }
    return spans;
  }
}
