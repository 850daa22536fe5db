import { compareMessages, unlistedNames, type Comparison, type TsharkMessage } from './compare.ts';
import { LAYERS, ORACLE } from './fields/index.ts';
import type { OracleProtocol } from './mapping.ts';
import type { OurMessage } from './ours.ts';
import { askTshark, type TsharkFrame } from './pdml.ts';

/** What tshark says of a capture, by protocol of the oracle (the same index as ORACLE). */
export interface TsharkView {
  frames: readonly TsharkFrame[];
  messages: TsharkMessage[][];
  complaint: string;
}

export async function viewOf(path: string): Promise<TsharkView> {
  const { frames, complaint } = await askTshark(path, LAYERS);
  return { frames, complaint, messages: ORACLE.map((oracle) => messagesOf(oracle, frames)) };
}

/** The first of a protocol's layers begins a message (its only one may be another); the rest belong to the one before. */
function messagesOf(oracle: OracleProtocol, frames: readonly TsharkFrame[]): TsharkMessage[] {
  const messages: TsharkMessage[] = [];
  for (const { number, layers } of frames) {
    let last: (TsharkMessage & { fields: TsharkFrame['layers'][number]['fields'] }) | undefined;
    for (const { name, fields, gaveUp } of layers) {
      const place = oracle.layers.indexOf(name);
      if (place < 0) continue;
      if (place > 0 && last !== undefined) {
        last.fields.push(...fields);
        last.gaveUp ||= gaveUp;
      } else {
        last = { frame: number, fields: [...fields], gaveUp };
        messages.push(last);
      }
    }
  }
  return messages;
}

/** Compares every message of every protocol. */
export function compareAll(theirs: readonly (readonly TsharkMessage[])[], ours: readonly OurMessage[]): Comparison {
  const into: Comparison = { disagreements: [], excused: new Map(), tallies: new Map() };
  ORACLE.forEach((oracle, i) => compareMessages(oracle, theirs[i] ?? [], ours, into));
  return into;
}

/** tshark's names that nobody has judged yet, each with the file of the mapping where it belongs. */
export function unlisted(theirs: readonly (readonly TsharkMessage[])[]): string[] {
  return ORACLE.flatMap((oracle, i) => {
    const names = new Set((theirs[i] ?? []).flatMap(({ fields }) => fields.map(({ name }) => name)));
    return unlistedNames(oracle, names).map((name) => `${oracle.layers.join('/')}: ${name}`);
  });
}
