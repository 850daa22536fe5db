/** Where a known name stands in a text, as a whole word. */
export interface NameSpan {
  start: number;
  end: number;
}

/**
 * Finds the names of a case in free text. Words are runs of letters, digits, hyphens and underscores: each is looked up
 * once, so that time depends on the text alone, not on how many names there are.
 */
export class NameFinder {
  private readonly names: ReadonlySet<string>;

  /** @param names lower case */
  constructor(names: readonly string[]) {
    this.names = new Set(names);
  }

  find(text: string): NameSpan[] {
    const spans: NameSpan[] = [];
    if (this.names.size === 0) return spans;
    for (const match of text.matchAll(/[A-Za-z0-9_-]+/g)) {
      const [word] = match;
      if (this.names.has(word.toLowerCase())) spans.push({ start: match.index, end: match.index + word.length });
    }
    return spans;
  }
}
