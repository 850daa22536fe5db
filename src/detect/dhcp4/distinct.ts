import { BoundedMap } from '../../flow/bounded.ts';

/** Distinct values counted one by one: a large provisioning site's rack rows; beyond it the report says "at least". */
const COUNTED = 1024;

/** How many distinct clients (or addresses) a finding is about. */
export class Distinct {
  private readonly seen: BoundedMap<string, true>;
  private readonly cap: number;
  private more = false;

  constructor(name: string, cap = COUNTED) {
    this.cap = cap;
    // Twice the cap: the young generation alone holds all that is ever added, so that nothing is forgotten.
    this.seen = new BoundedMap(name, 2 * cap + 2);
  }

  /** True when it was not known before. */
  add(value: string): boolean {
    if (this.seen.has(value)) return false;
    if (this.seen.size >= this.cap) {
      const first = !this.more;
      this.more = true;
      return first;
    }
    this.seen.set(value, true);
    return true;
  }

  has(value: string): boolean {
    return this.seen.has(value);
  }

  get size(): number {
    return this.seen.size;
  }

  /** The first few, in order of sight. */
  first(count: number): string[] {
    const list: string[] = [];
    for (const [value] of this.seen.entries()) {
      if (list.length >= count) break;
      list.push(value);
    }
    return list;
  }

  /** `1 client`, `30 clients`, `at least 1024 clients`. */
  text(noun: string, plural = `${noun}s`): string {
    return `${this.more ? 'at least ' : ''}${this.size} ${this.size === 1 ? noun : plural}`;
  }
}
