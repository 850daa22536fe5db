import { openSource } from '../capture/source.ts';
import { pulled } from '../capture/handoff.ts';
import { readCapture } from '../capture/read.ts';
import type { FrameSink } from '../capture/types.ts';
import type { CaseIdentities } from './case-identities.ts';
import { checkCapture } from './frames/check.ts';
import type { GateHit } from './gate/raw.ts';
import type { IdentityPlan } from './identity-plan.ts';
import type { CheckedMember } from './member.ts';
import { checkText } from './text/index.ts';

/** A file that was made of redacted ones. */
export interface DerivedFile {
  name: string;
  /** Absent: it is written already, where `WrittenCase.path` says. */
  bytes?: Uint8Array;
  /** Given for a capture: its words that come from no input, as names of interfaces and comments. */
  words?: ReadonlySet<string>;
}

/**
 * The gate's reading of a capture that was made of redacted files: the fields of its frames, and its journal entries as a
 * text. Its other words may be those alone that are given: they speak of redacted captures, and the raw search reads them.
 */
export async function checkDerived(
  path: string,
  { name, words }: DerivedFile,
  plan: IdentityPlan,
  identities: CaseIdentities,
  signal: AbortSignal | undefined,
): Promise<CheckedMember> {
  if (words === undefined) return { hits: [], values: 0 };
  const { facts } = plan;
  const stop = signal === undefined ? {} : { signal };
  const frames = await checkCapture(path, identities, {
    names: new Set(facts.names),
    words,
    journal: () => [],
    ...stop,
  });
  const text = await checkText(journals(path, signal), identities, { fileName: 'journal.export', facts, ...stop });
  const hits = [
    ...frames.hits.map(({ frame, offset, kind, rule }): GateHit => {
      return { file: name, check: 'decoded', frame, offset, kind, rule };
    }),
    ...text.hits.map(({ line, rule, kind }): GateHit => ({ file: name, check: 'text', line, rule, kind })),
    ...text.omitted.map(({ why }): GateHit => ({ file: name, check: 'unreadable', rule: why })),
  ];
  const more = frames.count + text.count - frames.hits.length - text.hits.length;
  if (more > 0) hits.push({ file: name, check: 'decoded', rule: `${more} more` });
  return { hits, values: frames.values + text.values };
}

/** The journal entries of a capture, as the journal that they came from. */
async function* journals(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
  const batches = pulled<Uint8Array, void>(async (give, over) => {
    const source = await openSource(path, over);
    let entries: Uint8Array[] = [];
    const sink: FrameSink = {
      bytes: new Uint8Array(0),
      frame: () => {},
      other: (kind, at, length) => {
        if (kind === 'systemd-journal') entries.push(Buffer.from(`${latin1(sink.bytes, at, length)}\n`, 'latin1'));
      },
    };
    const afterChunk = async (): Promise<void> => {
      const full = entries;
      entries = [];
      if (full.length > 0) await give(full);
    };
    try {
      await readCapture(source, sink, { afterChunk, signal: over });
    } finally {
      source.close();
    }
  }, signal);
  for await (const batch of batches) yield* batch;
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, at, at + length);
}
