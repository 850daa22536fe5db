import { CLAIMS } from '../wire/dissect.ts';
import { Layers } from '../wire/layers.ts';
import { readerFrom, type ReaderState } from './format.ts';
import { Sieve, type Picks, type SieveTotals } from './sieve.ts';

/** One range of whole records, as a thread gets it: plain data and shared memory. */
export interface SieveTask {
  bytes: Uint8Array;
  /** Walk `bytes[0, end)`. */
  end: number;
  state: ReaderState;
  everything: boolean;
}

export interface SieveResult extends Picks {
  totals: SieveTotals;
}

/** Walks one range with the reader's state in force at its beginning. */
export function sieveRange(task: SieveTask): SieveResult {
  const reader = readerFrom(task.state);
  const sieve = new Sieve(new Layers(CLAIMS), task.everything);
  sieve.begin(reader.interfaces, task.state.frames);
  reader.walk(task.bytes, 0, task.end, sieve, false);
  return { picks: sieve.picks.slice(0, sieve.used), count: sieve.count, totals: sieve.totals };
}
