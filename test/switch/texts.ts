import type { ByteSource } from '../../src/capture/types.ts';
import type { SwitchLine } from '../../src/switch/line.ts';
import { readLines } from '../../src/switch/lines.ts';
import { TextParser, type Understood } from '../../src/switch/parse.ts';
import type { Around } from '../../src/switch/when.ts';

/** 22 November 2026, 12:44:42 UTC: when the captures of these tests begin. */
export const NOON: Around = {
  from: Date.UTC(2026, 10, 22, 12, 44, 42) * 1000,
  to: Date.UTC(2026, 10, 22, 12, 44, 42) * 1000,
};

/** Bytes in pieces of a chosen size, as a file or a pipe gives them. */
export function sourceOf(bytes: Uint8Array, piece = 1 << 20): ByteSource {
  let from = 0;
  return {
    name: 'test',
    compression: 'none',
    size: bytes.length,
    faults: [],
    read(into: Uint8Array, at: number): number {
      const part = bytes.subarray(from, from + Math.min(piece, into.length - at));
      into.set(part, at);
      from += part.length;
      return part.length;
    },
    close() {},
  };
}

/** What becomes of every line that is not blank. */
export async function understood(
  text: string | Uint8Array,
  source: 'log' | 'show' = 'log',
  around: Around | undefined = NOON,
): Promise<Understood[]> {
  const parser = new TextParser(0, source, around);
  const out: Understood[] = [];
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  await readLines(sourceOf(bytes), (line, number) => {
    const one = parser.take(line, number);
    if (line !== '') out.push(one);
  });
  return out;
}

/** The records of a text. */
export async function records(
  text: string,
  source: 'log' | 'show' = 'log',
  around: Around | undefined = NOON,
): Promise<SwitchLine[]> {
  return (await understood(text, source, around)).flatMap((one) => (one.is === 'record' ? [one.line] : []));
}
