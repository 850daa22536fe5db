import type { CaseFacts, Learner } from '../facts.ts';
import { NO_FACTS } from '../facts.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import { Checking } from './checking.ts';
import { journalExport } from './formats/journal-export.ts';
import { toolsOf, yearOfCase } from './index.ts';
import { Learning } from './learning.ts';
import { Redacting } from './redacting.ts';
import { emptyTally } from './tally.ts';
import type { Treatment } from './treatment.ts';

/** What Wireshark knows an entry by: without it a frame has no time. */
const HAS_TIME = /^__REALTIME_TIMESTAMP=\d+$/m;

/** Learns from journal entries that stand between frames (pcapng block type 9), as from a journal that was exported. */
export function learnEntries(learner: Learner): (entry: Uint8Array) => void {
  const { addresses, finders } = toolsOf(NO_FACTS);
  return (entry) => {
    read(entry, new Learning(learner, finders, addresses));
  };
}

/** Rewrites such entries; undefined where the policy leaves none of its time, so that a frame's time must stand for it. */
export function redactEntries(identities: Identities, facts: CaseFacts): (entry: Uint8Array) => Uint8Array | undefined {
  const { addresses, finders } = toolsOf(facts);
  const year = yearOfCase(facts);
  return (entry) => {
    const written = read(entry, new Redacting(identities, finders, addresses, emptyTally('journal-export'), year));
    return HAS_TIME.test(Buffer.prototype.latin1Slice.call(written, 0, written.length)) ? written : undefined;
  };
}

/** The gate's reading of written entries: what was neither issued nor kept, by kind and rule; offsets are the entry's own. */
export function checkEntries(
  identities: Identities,
  facts: CaseFacts,
): (entry: Uint8Array) => { kind: Kind; offset: number; rule: string }[] {
  const { addresses, finders } = toolsOf(facts);
  return (entry) => {
    const checking = new Checking(identities, finders, addresses);
    read(entry, checking);
    return checking.hits.map(({ kind, rule }) => ({ kind, offset: 0, rule }));
  };
}

/** One entry through the reader of the export format. */
function read(entry: Uint8Array, treatment: Treatment): Uint8Array {
  const pieces: Uint8Array[] = [];
  const reader = journalExport.open(treatment, (bytes) => pieces.push(Uint8Array.from(bytes)));
  reader.push(entry);
  reader.end();
  return Buffer.concat(pieces);
}
