import type { PickTaker } from '../../capture/sieve.ts';
import type { VantageFacts } from '../../capture/vantage.ts';
import { fileNotes } from './files.ts';
import { FrameLint } from './frames.ts';
import type { RecordLint } from './records.ts';
import type { LintNote } from './types.ts';

/**
 * Signs that a capture was changed after it was recorded: frames out of order or taken out, headers rewritten, the end
 * missing. Signs, each with what else would look so; never a finding about the network.
 */
export class Lint {
  readonly frames: FrameLint;
  private readonly records: RecordLint;

  /** @param inner who takes the frames after they were looked at @param records fed beside it */
  constructor(inner: PickTaker, records: RecordLint) {
    this.frames = new FrameLint(inner);
    this.records = records;
  }

  /** @param said frames of each file of each vantage, by what stands beside it; -1 unknown */
  notes(vantages: readonly VantageFacts[], said: readonly (readonly number[])[] = []): LintNote[] {
    const files = vantages.flatMap(({ files: list }, capture) =>
      list.flatMap((file, i) => fileNotes(capture, file, list.length === 1, said[capture]?.[i] ?? -1)),
    );
    // Only a recorder that counted can say that it lost nothing.
    const unlost = (capture: number): boolean => {
      const counted = (vantages[capture]?.files ?? []).flatMap(({ interfaces }) => interfaces);
      return counted.length > 0 && counted.every(({ dropped }) => dropped === 0);
    };
    const all = [...files, ...this.frames.notes(), ...this.records.notes(unlost)];
    const order = { low: 0, info: 1 } as const;
    return all.sort(
      (a, b) =>
        a.capture - b.capture || order[a.severity] - order[b.severity] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
}
