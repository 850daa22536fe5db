import type { CoverageNotes } from '../detect/coverage.ts';
import type { SwitchText } from '../flow/switch/types.ts';
import type { SwitchLine } from '../switch/line.ts';
import { MAX_RECORDS, type SwitchTextFacts } from '../switch/read.ts';
import { CAPS, capped, type LimitReport, type LogReport } from './analysis.ts';
import { captureNames } from './names.ts';
import { microText } from './time.ts';

const WEAKEST = ['certain', 'likely', 'possible'] as const;

/** What the report calls the switches' texts, by index. */
export function logNames(texts: readonly SwitchTextFacts[]): string[] {
  return captureNames(texts.map(({ path }) => path));
}

/** @param lines records of all texts: their times, as sure as the captures have made them */
export function logReports(
  texts: readonly SwitchTextFacts[],
  lines: readonly SwitchLine[],
): { logs: LogReport[]; limits: LimitReport[] } {
  const names = logNames(texts);
  const times = texts.map((): Span => ({ from: 0, to: 0, sure: '', reason: '' }));
  for (const line of lines) {
    const span = times[line.log];
    if (span !== undefined) widen(span, line);
  }
  const all = texts.map((text, log): LogReport => {
    const { from, to, sure, reason } = times[log] ?? { from: 0, to: 0, sure: '', reason: '' };
    return {
      name: names[log] ?? '',
      source: text.source,
      dialects: text.dialects,
      lines: text.lines,
      parsed: text.parsed,
      unknown: text.unknown,
      unknownLines: text.unknownLines,
      cut: text.cut,
      truncated: text.truncated,
      firstTime: microText(from),
      lastTime: microText(to),
      timeSure: sure,
      timeReason: reason,
    };
  });
  const { kept, lost } = capped(all, CAPS.logs);
  return { logs: kept, limits: lost > 0 ? [{ name: 'report.logs', cap: CAPS.logs, lost }] : [] };
}

interface Span {
  from: number;
  to: number;
  sure: LogReport['timeSure'];
  reason: string;
}

/** A text is as sure of its times as its least sure line. */
function widen(span: Span, { time }: SwitchLine): void {
  if (time === undefined) return;
  span.from = span.from === 0 ? time.from : Math.min(span.from, time.from);
  span.to = Math.max(span.to, time.to);
  if (span.sure !== '' && WEAKEST.indexOf(time.sure) <= WEAKEST.indexOf(span.sure)) return;
  span.sure = time.sure;
  span.reason = time.reason;
}

/** What the switches' texts leave open: records of another time, and times that are only possible. */
export function noteSwitchTexts(coverage: CoverageNotes, lines: readonly SwitchLine[], text: SwitchText): void {
  const note = (id: string, message: string, count: number): void => {
    if (count > 0) coverage.add({ id, capture: -1, segment: -1, message, undecided: [] });
  };
  const outside = lines.filter((line) => !text.during(line)).length;
  note(
    'switch-lines-elsewhere',
    `${outside} of ${lines.length} records of switch text were written while no capture ran: they say nothing about these frames`,
    outside,
  );
  const loose = lines.filter((line) => line.time?.sure === 'possible' && text.during(line)).length;
  note(
    'switch-times',
    `${loose} records of switch text have times without a zone, or of a clock that was not set: they are joined by address and port, and hardly by time`,
    loose,
  );
}

/** Records beyond the cap of all texts together. */
export function switchLimits(texts: readonly SwitchTextFacts[]): { name: string; cap: number; lost: number }[] {
  const lost = texts.reduce((sum, text) => sum + text.lost, 0);
  return lost > 0 ? [{ name: 'switch.records', cap: MAX_RECORDS, lost }] : [];
}
