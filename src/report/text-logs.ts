import type { LogReport } from './analysis.ts';
import type { Page } from './page.ts';

const LOGS = 40;
const UNKNOWN = 3;

/** The switches' texts: how much of each was understood, and the first lines that were not. */
export function switchTexts(page: Page, list: readonly LogReport[]): void {
  if (list.length === 0) return;
  page.heading('Switch texts');
  for (const log of list.slice(0, LOGS)) {
    const dialects = log.dialects.length === 0 ? 'nothing understood' : log.dialects.join(', ');
    const times = log.firstTime === '' ? '' : `, ${dated(log.firstTime)} to ${dated(log.lastTime)} UTC`;
    page.item(
      `${log.name} (${log.source}): ${dialects}; ${log.lines} lines, ${log.parsed} records, ${log.unknown} unknown${times}`,
    );
    if (log.timeReason !== '') page.under(`times are ${log.timeSure}: ${log.timeReason}`);
    if (log.cut > 0) page.under(`${log.cut} lines longer than 8 KiB: only their beginning was looked at`);
    if (log.truncated) page.under('not all of it could be read');
    for (const { line, text } of log.unknownLines.slice(0, UNKNOWN)) page.under(`unknown line ${line}: ${text}`);
    page.more(log.unknown - UNKNOWN, 'unknown lines', '--format json has the first of them');
  }
  page.more(list.length - LOGS, 'texts', '--format json has them');
}

/** With its date: a log is seldom as short as a capture. Seconds say enough. */
function dated(time: string): string {
  return time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, '');
}
