import { move, transferableSymbol, valueSymbol } from 'piscina';
import { sieveRange, type SieveTask } from '../src/capture/sieve-range.ts';

/** unpack → src → pack: the picks travel as one transferred buffer; the bytes that they refer to are shared memory. */
export default function sieveWorker(task: SieveTask): unknown {
  const result = sieveRange(task);
  return move({ [transferableSymbol]: result.picks.buffer, [valueSymbol]: result });
}
