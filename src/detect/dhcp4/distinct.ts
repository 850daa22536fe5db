import { BoundedMap } from '../../flow/bounded.ts';
import { macText } from '../../wire/values.ts';

/** Distinct values counted one by one: a large provisioning site's rack rows; beyond it the report says "at least". */
const COUNTED = 1024;

/** How many distinct clients (or addresses) a finding is about. Numbers are MAC addresses. */
export class Distinct {
  private readonly seen: BoundedMap<number | string, true>;
  private readonly cap: number;
  private more = false;

  constructor(name: string, cap = COUNTED) {
    this.cap = cap;
    // Twice the cap: the young generation alone holds all that is ever added, so that nothing is forgotten.
    this.seen = new BoundedMap(name, 2 * cap + 2);
  }

  /** True when it was not known before. */
  add(value: number | string): boolean {
    if (this.seen.has(value)) return false;
    if (this.seen.size >= this.cap) {
      const first = !this.more;
      this.more = true;
      return first;
    }
    this.seen.set(value, true);
    return true;
  }

  get size(): number {
    return this.seen.size;
  }

  /** All of them, in order of sight. */
  *values(): Generator<number | string> {
    for (const [value] of this.seen.entries()) yield value;
  }

  /** The first few as text, in order of sight. */
  first(count: number): string[] {
    const list: string[] = [];
    for (const value of this.values()) {
      if (list.length >= count) break;
      list.push(typeof value === 'number' ? macText(value) : value);
    }
    return list;
  }

  /** `a, b, c …`. */
  list(count: number): string {
    return this.first(count).join(', ') + (this.size > count ? ' …' : '');
  }

  /** `1 client`, `30 clients`, `at least 1024 clients`. */
  text(noun: string, plural = `${noun}s`): string {
    return `${this.more ? 'at least ' : ''}${this.size} ${this.size === 1 ? noun : plural}`;
  }
}
