import { BoundedMap, type LimitReached } from '../flow/bounded.ts';

/** What a vantage could not see, and what that leaves undecided. */
export interface CoverageNote {
  /** kebab-case: `replies-not-visible`, `one-direction`, `snaplen`, `link-type` … */
  id: string;
  capture: number;
  /** Segment id, or -1. */
  segment: number;
  message: string;
  /** Finding ids that this leaves undecided. */
  undecided: readonly string[];
  /** Ids of findings that this makes less sure, those among them; known when all has been read (`weakens.ts`). */
  weakens?: readonly string[];
  count: number;
}

/** Distinct notes kept: id + capture + segment; a report with more would not be read. */
const NOTES = 256;

export class CoverageNotes {
  private readonly notes = new BoundedMap<string, CoverageNote>('coverage', NOTES);

  /** Adds a note, or counts one more of the same id, capture and segment. */
  add(note: Omit<CoverageNote, 'count'>): void {
    const key = `${note.id}/${note.capture}/${note.segment}`;
    const known = this.notes.get(key);
    if (known === undefined) {
      this.notes.set(key, { ...note, undecided: [...note.undecided], count: 1 });
      return;
    }
    known.count += 1;
    known.undecided = [...new Set([...known.undecided, ...note.undecided])];
  }

  list(): CoverageNote[] {
    return [...this.notes.values()];
  }

  limits(): LimitReached[] {
    const limit = this.notes.limit();
    return limit === undefined ? [] : [limit];
  }
}
