import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { EmitFinding } from '../detector.ts';
import type { Confidence, EvidenceNote, Remedy, Severity, Subject } from '../finding.ts';

/** Open cases of one detector: more distinct culprits than a reader could act on, fewer than would cost memory. */
const CASES = 256;
/** Evidence that the report shows of one finding: the first and the last (`design.md`). */
const FIRST = 8;
const LAST = 2;

/** Evidence of one sighting, made when it is needed: most of a thousand sightings are only counted. */
export type Evidence = () => readonly EvidenceNote[];

/** What a detector says of a case as it stands. */
export interface Telling {
  severity?: Severity;
  confidence: Confidence;
  message: string;
  causes?: string[];
  remedy?: Remedy;
}

/** Everything known of one culprit (or one contradiction). */
export interface Case<F> {
  readonly key: string;
  readonly subject: Subject;
  readonly segment: number;
  readonly facts: F;
  /** Sightings so far, and how many of them have been told. */
  count: number;
  told: number;
  lastTime: number;
  /** Known but not yet told: changed facts, new evidence. */
  stale: boolean;
  given: EvidenceNote[];
  pending: EvidenceNote[];
  /** The last sighting's evidence, made only when it is told. */
  latest: Evidence | undefined;
}

/**
 * The files of a detector, one a culprit, so that the same culprit is one finding with counts however often it acts.
 * It is told at sightings 1, 2, 4, 8 … and at the end: an attacker's rate does not become ours.
 */
export class Cases<F> {
  private readonly table: BoundedMap<string, Case<F>>;
  private readonly fresh: () => F;
  private readonly tell: (one: Case<F>) => Telling;

  constructor(name: string, fresh: () => F, tell: (one: Case<F>) => Telling) {
    this.table = new BoundedMap(name, CASES);
    this.fresh = fresh;
    this.tell = tell;
  }

  /** The case under this key; opened when new. */
  open(key: string, subject: () => Subject, segment: number): Case<F> {
    const known = this.table.get(key);
    if (known !== undefined) return known;
    const one: Case<F> = {
      key,
      subject: subject(),
      segment,
      facts: this.fresh(),
      count: 0,
      told: 0,
      lastTime: 0,
      stale: false,
      given: [],
      pending: [],
      latest: undefined,
    };
    this.table.set(key, one);
    return one;
  }

  get(key: string): Case<F> | undefined {
    return this.table.get(key);
  }

  get size(): number {
    return this.table.size;
  }

  /** One more sighting (or several). Change `facts` before; `now` when the change must be told at once. */
  note(one: Case<F>, time: number, evidence: Evidence, emit: EmitFinding, now = false, times = 1): void {
    one.count += times;
    if (time > one.lastTime) one.lastTime = time;
    if (one.given.length < FIRST) this.add(one, evidence);
    else one.latest = evidence;
    if (now || one.count >= 2 * one.told) this.say(one, emit);
    else one.stale = true;
  }

  /** Evidence that completes what was noted before; told with the next word. */
  add(one: Case<F>, evidence: Evidence): void {
    if (one.given.length >= FIRST) return;
    for (const note of evidence()) {
      if (one.given.some((known) => sameFrame(known, note))) continue;
      one.stale = true;
      one.pending.push(note);
      one.given.push(note);
    }
  }

  end(emit: EmitFinding): void {
    for (const one of this.table.values()) {
      if (one.count === 0 || !one.stale) continue;
      if (one.latest !== undefined) one.pending.push(...one.latest().slice(-LAST));
      this.say(one, emit);
    }
  }

  limits(): LimitReached[] {
    const limit = this.table.limit();
    return limit === undefined ? [] : [limit];
  }

  private say(one: Case<F>, emit: EmitFinding): void {
    const evidence = one.pending;
    one.pending = [];
    emit({
      ...this.tell(one),
      subject: one.subject,
      segment: one.segment,
      time: one.lastTime,
      evidence,
      count: one.count - one.told,
    });
    one.told = one.count;
    one.stale = false;
  }
}

function sameFrame(a: EvidenceNote, b: EvidenceNote): boolean {
  if (a.kind === 'frame' && b.kind === 'frame') {
    return a.sight.frame === b.sight.frame && a.sight.capture === b.sight.capture && a.sight.file === b.sight.file;
  }
  return a === b;
}
