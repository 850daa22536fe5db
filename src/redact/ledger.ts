import { Generation } from '../flow/generation.ts';
import { Problem } from '../problem.ts';
import type { Kind } from './kinds.ts';

/** Identities of one case. Beyond it nothing more is written: forgetting one would let it through the gate. */
export const MAX_IDENTITIES = 1_048_576;
/** Characters of all texts together: what the needles of the gate can be made of in its memory. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Numbers (MAC, IPv4) or characters (all others). */
export type IdentityValue = number | string;

/** Rows for another thread: original and pseudonym in turn; `null` where the policy drops the value. */
export type LedgerRows = {
  kind: Kind;
  /** Of a network; -1 for values that stand alone. */
  length: number;
  /** More than one original may have the pseudonym: networks, zeros, shapes. */
  shared: boolean;
  pairs: (IdentityValue | null)[];
}[];

interface Table {
  kind: Kind;
  length: number;
  shared: boolean;
  forward: Generation<IdentityValue, IdentityValue | null>;
  /** Pseudonym to original; of shared ones, the first. */
  back: Generation<IdentityValue, IdentityValue>;
}

/**
 * What went in and what came out: the cache of pseudonyms, the needles of the leak gate, the set of issued values and
 * the private map in one. It lives in memory and leaves it only encrypted.
 */
export class Ledger {
  size = 0;
  private characters = 0;
  private readonly tables = new Map<string, Table>();
  private readonly cap: number;

  constructor(cap = MAX_IDENTITIES) {
    this.cap = cap;
  }

  /** The pseudonym; `null` when the value was dropped; undefined when it is new. */
  find(kind: Kind, original: IdentityValue): IdentityValue | null | undefined {
    const found = this.tables.get(kind)?.forward.get(original);
    return found === undefined ? this.tables.get(`${kind}~`)?.forward.get(original) : found;
  }

  /** @throws Problem when the case holds too many, or when a pseudonym stands for another original already */
  record(kind: Kind, original: IdentityValue, pseudonym: IdentityValue | null): void {
    this.add(this.table(kind, kind, -1, false), original, pseudonym);
  }

  /** As `record` for what several originals become: zeros, a network, a shape. */
  recordShared(kind: Kind, original: IdentityValue, pseudonym: IdentityValue | null): void {
    this.add(this.table(`${kind}~`, kind, -1, true), original, pseudonym);
  }

  /** As `record` where two spellings of one value may have one pseudonym: the second stands among the shared ones. */
  recordSpelling(kind: Kind, original: IdentityValue, pseudonym: IdentityValue): void {
    const other = this.original(kind, pseudonym);
    if (other === undefined || other === original) this.record(kind, original, pseudonym);
    else this.recordShared(kind, original, pseudonym);
  }

  /** A network maps by its first `length` bits: not as its first address does, where nobody said that it is a network. */
  recordNetwork(kind: 'ipv4' | 'ipv6', original: IdentityValue, length: number, image: IdentityValue): void {
    this.add(this.table(`${kind}/${length}`, kind, length, true), original, image);
  }

  /** True when the value is a pseudonym that was given. */
  issued(kind: Kind, value: IdentityValue): boolean {
    if (this.tables.get(kind)?.back.get(value) !== undefined) return true;
    for (const table of this.tables.values()) {
      if (table.shared && table.kind === kind && table.back.get(value) !== undefined) return true;
    }
    return false;
  }

  /** The one original of a pseudonym. */
  original(kind: Kind, pseudonym: IdentityValue): IdentityValue | undefined {
    return this.tables.get(kind)?.back.get(pseudonym);
  }

  /** Every value of the case that may not survive; kept ones are left out. */
  *originals(): Generator<{ kind: Kind; original: IdentityValue }> {
    for (const { kind, forward } of this.tables.values()) {
      for (const [original, pseudonym] of forward.entries()) {
        if (pseudonym !== original) yield { kind, original };
      }
    }
  }

  /** What was mapped one to one and changed: what a private map needs. */
  *pairs(): Generator<{ kind: Kind; original: IdentityValue; pseudonym: IdentityValue }> {
    for (const { kind, shared, forward } of this.tables.values()) {
      if (shared) continue;
      for (const [original, pseudonym] of forward.entries()) {
        if (pseudonym !== null && pseudonym !== original) yield { kind, original, pseudonym };
      }
    }
  }

  rows(): LedgerRows {
    return this.rowsSince([]);
  }

  /**
   * What was recorded since this was last asked.
   *
   * @param sent entries of each table that were given before; brought up to date
   */
  rowsSince(sent: number[]): LedgerRows {
    return [...this.tables.values()].map(({ kind, length, shared, forward }, index) => {
      const pairs: (IdentityValue | null)[] = [];
      // Nothing is ever taken out, so that an entry's place is its number.
      for (const [original, pseudonym] of forward.entries(sent[index] ?? 0)) pairs.push(original, pseudonym);
      sent[index] = forward.size;
      return { kind, length, shared, pairs };
    });
  }

  /** Takes up what another thread's ledger holds. */
  merge(rows: LedgerRows): void {
    for (const { kind, length, shared, pairs } of rows) {
      const name = length >= 0 ? `${kind}/${length}` : shared ? `${kind}~` : kind;
      const table = this.table(name, kind, length, shared);
      for (let i = 0; i + 1 < pairs.length; i += 2) {
        const original = pairs[i];
        if (original !== null && original !== undefined) this.add(table, original, pairs[i + 1] ?? null);
      }
    }
  }

  /** Counts per kind, for the report. */
  counts(): Partial<Record<Kind, LedgerCount>> {
    const counts: Partial<Record<Kind, LedgerCount>> = {};
    for (const { kind, forward } of this.tables.values()) {
      const count = (counts[kind] ??= { mapped: 0, kept: 0, dropped: 0 });
      for (const [original, pseudonym] of forward.entries()) {
        if (pseudonym === null) count.dropped += 1;
        else if (pseudonym === original) count.kept += 1;
        else count.mapped += 1;
      }
    }
    return counts;
  }

  private add(table: Table, original: IdentityValue, pseudonym: IdentityValue | null): void {
    const before = table.forward.get(original);
    if (before !== undefined) {
      if (before !== pseudonym) throw clash(table.kind);
      return;
    }
    if (typeof original === 'string') this.characters += original.length;
    if (this.size >= this.cap || this.characters > MAX_CHARACTERS) {
      throw new Problem(
        'refused',
        `the case holds more than ${this.cap} identities; redact its files in smaller cases`,
      );
    }
    if (pseudonym !== null) {
      const other = table.back.get(pseudonym);
      if (other === undefined) table.back.add(pseudonym, original);
      else if (!table.shared && other !== original) throw clash(table.kind);
    }
    table.forward.add(original, pseudonym);
    this.size += 1;
  }

  private table(name: string, kind: Kind, length: number, shared: boolean): Table {
    let table = this.tables.get(name);
    if (table === undefined) {
      table = { kind, length, shared, forward: new Generation(), back: new Generation() };
      this.tables.set(name, table);
    }
    return table;
  }
}

/** Values of a kind in the ledger, networks among them. */
export interface LedgerCount {
  mapped: number;
  kept: number;
  dropped: number;
}

function clash(kind: Kind): Problem {
  return new Problem(
    'refused',
    `two ${kind} values of the case have one pseudonym under this key, and could not be told apart; use another key`,
  );
}
