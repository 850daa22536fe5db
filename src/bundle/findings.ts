import type { Profile } from '../detect/profile/profile.ts';
import { siteOf, UNDECLARED } from '../detect/profile/site.ts';
import { analyze } from '../pipeline.ts';
import type { DerivedFile, WrittenCase } from '../redact/case.ts';
import { jsonText } from '../report/json.ts';
import { textReport } from '../report/text.ts';

/**
 * What the redacted captures show, each by itself: what any recipient finds who analyses them again. Findings that the
 * policy takes away stand in the redaction report.
 */
export async function findingsOf({ path, files, profile }: WrittenCase): Promise<DerivedFile[]> {
  const made: DerivedFile[] = [];
  for (const { name, kind } of files) {
    if (kind !== 'capture' || name === '') continue;
    const { json, text } = await findingsFor(path(name), profile);
    const stem = name.replace(/\.\w+$/, '');
    made.push({ name: `${stem}.findings.json`, bytes: Buffer.from(json) });
    made.push({ name: `${stem}.findings.txt`, bytes: Buffer.from(text) });
  }
  return made;
}

/** The same for `verify --reanalyze`. */
export async function findingsFor(
  capture: string,
  profile: Profile | undefined,
): Promise<{ json: string; text: string }> {
  const analysis = await analyze([{ vantage: '', files: [capture] }], {
    site: profile === undefined ? UNDECLARED : siteOf(profile),
    boots: 'all',
  });
  return { json: `${jsonText(analysis, 2)}\n`, text: textReport(analysis) };
}
