/** What a rewriting did beside mapping, by kind: plain data, added up from range to range. */
export interface TallyRows {
  /** Values that the policy drops, or of no kind. */
  dropped: Record<string, number>;
  /** Mapped values whose length has no place. */
  unfit: Record<string, number>;
  /** Values that grew or shrank, with the lengths around them. */
  resized: Record<string, number>;
  frames: number;
  /** Frames of which less is there than was captured: payload that nobody decodes. */
  cut: number;
  /** Lengths in bytes before and after of the frames that were resized. */
  resizedFrom: number;
  resizedTo: number;
  /** Fragments of datagrams that were never whole. */
  fragmentsCut: number;
}

export class Tally {
  rows: TallyRows = newTally();

  dropped(kind: string): void {
    count(this.rows.dropped, kind, 1);
  }

  unfit(kind: string): void {
    count(this.rows.unfit, kind, 1);
  }

  resized(kind: string): void {
    count(this.rows.resized, kind, 1);
  }
}

export function newTally(): TallyRows {
  return {
    dropped: {},
    unfit: {},
    resized: {},
    frames: 0,
    cut: 0,
    resizedFrom: 0,
    resizedTo: 0,
    fragmentsCut: 0,
  };
}

export function addTally(into: TallyRows, more: TallyRows): void {
  for (const name of ['dropped', 'unfit', 'resized'] as const) {
    for (const [kind, n] of Object.entries(more[name])) count(into[name], kind, n);
  }
  into.frames += more.frames;
  into.cut += more.cut;
  into.resizedFrom += more.resizedFrom;
  into.resizedTo += more.resizedTo;
  into.fragmentsCut += more.fragmentsCut;
}

function count(into: Record<string, number>, kind: string, n: number): void {
  into[kind] = (into[kind] ?? 0) + n;
}
