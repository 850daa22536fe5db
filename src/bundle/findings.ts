import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import type { Profile } from '../detect/profile/profile.ts';
import { siteOf, UNDECLARED } from '../detect/profile/site.ts';
import { analyze } from '../pipeline.ts';
import type { WrittenCase } from '../redact/case.ts';
import type { DerivedFile } from '../redact/derived.ts';
import type { FindingReport } from '../report/analysis.ts';
import { jsonText } from '../report/json.ts';
import { textReport } from '../report/text.ts';
import { cannotWrite } from './atomic.ts';
import { MAX_MERGED, type MergedCapture, TIMELINE, writeCaseTimeline } from './case-timeline.ts';

/** Redacted journals in the one format that a timeline holds. */
export const JOURNAL = /\.export$/;

/**
 * What the redacted captures show, each by itself: what any recipient finds who analyses them again. Findings that the
 * policy takes away stand in the redaction report.
 *
 * @param timeline merge captures and journals; absent: where there are both
 */
export async function findingsOf(
  { path, files, profile }: WrittenCase,
  timeline: boolean | undefined,
): Promise<DerivedFile[]> {
  const made: DerivedFile[] = [];
  const captures: MergedCapture[] = [];
  for (const { name, kind } of files) {
    if (kind !== 'capture' || name === '') continue;
    const { json, text, findings } = await findingsFor(path(name), profile);
    const stem = name.replace(/\.\w+$/, '');
    made.push({ name: `${stem}.findings.json`, bytes: Buffer.from(json) });
    made.push({ name: `${stem}.findings.txt`, bytes: Buffer.from(text) });
    captures.push({ name, path: path(name), findings });
  }
  const journals = files
    .filter(({ name, kind }) => kind === 'text' && JOURNAL.test(name))
    .map(({ name }) => ({ name, path: path(name) }));
  if (!mergeable(captures.length, journals.length, timeline)) return made;
  const target = path(TIMELINE);
  const file = openSync(target, 'wx', 0o600);
  try {
    const { words } = await writeCaseTimeline({ captures, journals }, fileSink(file, basename(target)));
    made.push({ name: TIMELINE, words });
  } finally {
    closeSync(file);
  }
  return made;
}

/** Whether there is a timeline: without a capture there is none, and too many cannot be merged at once. */
function mergeable(captures: number, journals: number, wanted: boolean | undefined): boolean {
  if (captures === 0 || captures + journals > MAX_MERGED) return false;
  return wanted ?? journals > 0;
}

function fileSink(file: number, name: string): { write(bytes: Uint8Array): Promise<void> } {
  return {
    write: (bytes) => {
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      } catch (error) {
        return Promise.reject(cannotWrite(name, error));
      }
      return Promise.resolve();
    },
  };
}

/** The same for `verify --reanalyze`. */
export async function findingsFor(
  capture: string,
  profile: Profile | undefined,
): Promise<{ json: string; text: string; findings: readonly FindingReport[] }> {
  const analysis = await analyze([{ vantage: '', files: [capture] }], {
    site: profile === undefined ? UNDECLARED : siteOf(profile),
    boots: 'all',
  });
  return { json: `${jsonText(analysis, 2)}\n`, text: textReport(analysis), findings: analysis.findings };
}
