import { openSource } from '../capture/source.ts';
import { safeText } from '../wire/values.ts';
import type { DialectName, SwitchLine } from './line.ts';
import { readLines } from './lines.ts';
import { TextParser } from './parse.ts';
import type { Around } from './when.ts';

/** A switch's text as it is given: the output of its log, or of `show` commands. */
export interface SwitchInput {
  path: string;
  source: 'log' | 'show';
}

/** What reading one text came to. */
export interface SwitchTextFacts {
  path: string;
  source: 'log' | 'show';
  /** Dialects that understood lines of it, sorted. */
  dialects: DialectName[];
  /** Lines that are not blank. */
  lines: number;
  /** Lines that became records. */
  parsed: number;
  /** Lines that no dialect knows. */
  unknown: number;
  /** The first of them, escaped and cut to what a report shows. */
  unknownLines: { line: number; text: string }[];
  /** Lines longer than `MAX_LINE`: only their beginning was looked at. */
  cut: number;
  /** Records beyond the cap: counted, not kept. */
  lost: number;
  /** The text could not be read to its end. */
  truncated: boolean;
}

/** Records kept of all texts together: detectors look back at any of them. */
export const MAX_RECORDS = 65_536;
/** Unknown lines shown, and how much of each. */
const UNKNOWN_LINES = 8;
const UNKNOWN_LENGTH = 200;

/**
 * Reads the texts in their order; each may be compressed with gzip or zstd.
 *
 * @param around when the captures begin, for stamps without a year
 * @throws CaptureError when a text cannot be opened
 */
export async function readSwitchTexts(
  inputs: readonly SwitchInput[],
  around: Around | undefined,
  signal?: AbortSignal,
): Promise<{ texts: SwitchTextFacts[]; lines: SwitchLine[] }> {
  const texts: SwitchTextFacts[] = [];
  const lines: SwitchLine[] = [];
  for (const [log, { path, source }] of inputs.entries()) {
    const facts: SwitchTextFacts = {
      path,
      source,
      dialects: [],
      lines: 0,
      parsed: 0,
      unknown: 0,
      unknownLines: [],
      cut: 0,
      lost: 0,
      truncated: false,
    };
    const dialects = new Set<DialectName>();
    const parser = new TextParser(log, source, around);
    const bytes = await openSource(path, signal);
    try {
      const end = await readLines(
        bytes,
        (text, number) => {
          const understood = parser.take(text, number);
          if (text === '') return;
          facts.lines += 1;
          if (understood.is === 'known') return;
          if (understood.is === 'unknown') {
            facts.unknown += 1;
            if (facts.unknownLines.length < UNKNOWN_LINES) {
              facts.unknownLines.push({ line: number, text: safeText(text.slice(0, UNKNOWN_LENGTH)) });
            }
            return;
          }
          facts.parsed += 1;
          dialects.add(understood.line.dialect);
          if (lines.length < MAX_RECORDS) lines.push(understood.line);
          else facts.lost += 1;
        },
        signal,
      );
      facts.cut = end.cut;
      facts.truncated = end.unread || bytes.faults.length > 0;
    } finally {
      bytes.close();
    }
    facts.dialects = [...dialects].sort();
    texts.push(facts);
  }
  return { texts, lines };
}
