import { originalsOf } from './case.ts';
import { CaseIdentities } from './case-identities.ts';
import { checkCapture } from './frames/check.ts';
import type { Original } from './gate/needles.ts';
import { type GateHit, RawGate, type RawSearch } from './gate/raw.ts';
import type { IdentityPlan } from './identity-plan.ts';
import { Ledger, type LedgerRows } from './ledger.ts';

/**
 * Identities of one live capture: each is searched for in every segment, and while that is done frames wait in the
 * kernel. Beyond it the capture ends.
 */
export const MAX_LIVE = 262_144;
/** Originals that are searched for at once: their spellings take some hundred megabytes. */
const MAX_AT_ONCE = 16_384;

/** One written segment that nobody has been given yet: plain data, for another thread. */
export interface GateTask {
  path: string;
  /** As the refusal calls it. */
  name: string;
  /** Identities that are new since the task before. */
  ledger: LedgerRows;
}

/** What was found in a segment: clean where there is no hit and `lost` is 0. */
export interface LiveGate {
  hits: GateHit[];
  /** Hits beyond those that are told. */
  lost: number;
  /** Values that were asked for one by one. */
  values: number;
  raw: Pick<RawSearch, 'originals' | 'needles' | 'tooShort' | 'bytes'>;
}

/**
 * The gate of a live capture: reads each written segment again, asks of every value whether it was issued, and searches
 * for every spelling of what was met until then.
 */
export class LiveGatekeeper {
  private readonly identities: CaseIdentities;

  constructor(plan: IdentityPlan) {
    this.identities = new CaseIdentities(plan, new Ledger(MAX_LIVE));
  }

  async check({ path, name, ledger }: GateTask): Promise<LiveGate> {
    const { identities } = this;
    identities.ledger.merge(ledger);
    const checked = await checkCapture(path, identities);
    const hits = checked.hits.map(({ frame, offset, kind, rule }): GateHit => {
      return { file: name, check: 'decoded', frame, offset, kind, rule };
    });
    let lost = checked.count - hits.length;
    const raw = { originals: 0, needles: 0, tooShort: 0, bytes: 0 };
    for (const batch of batches(originalsOf(identities.ledger))) {
      const gate = new RawGate(batch);
      await gate.search(path, name);
      const search = gate.told();
      hits.push(...search.hits);
      lost += search.hitsLost;
      raw.originals += search.originals;
      raw.needles += search.needles;
      raw.tooShort += search.tooShort;
      raw.bytes = search.bytes;
    }
    return { hits, lost, values: checked.values, raw };
  }
}

/** What a ledger holds that was not given yet, time after time. */
export class LedgerFeed {
  private readonly ledger: Ledger;
  /** By table of the ledger: pairs that were given. */
  private readonly given: number[] = [];
  private size = 0;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  next(): LedgerRows {
    const { ledger, given } = this;
    if (ledger.size === this.size) return [];
    this.size = ledger.size;
    return ledger.rows().map((row, i) => {
      const from = given[i] ?? 0;
      given[i] = row.pairs.length;
      return { ...row, pairs: row.pairs.slice(from) };
    });
  }
}

function* batches(originals: Iterable<Original>): Generator<Original[]> {
  let batch: Original[] = [];
  for (const one of originals) {
    batch.push(one);
    if (batch.length < MAX_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  // Also without any original: the file is read to its end.
  yield batch;
}
