import { join } from 'node:path';
import type { Analysis } from '../../src/index.ts';

/** A text of the scenario's switch, as a sample's manifest names it. */
export interface SwitchLog {
  file: string;
  source: 'log' | 'show';
}

/** The texts of a sample that an expectation names, as `analyze` takes them. */
export function switchTextsOf(
  folder: string,
  known: readonly SwitchLog[] = [],
  wanted: readonly string[] = [],
): { path: string; source: 'log' | 'show' }[] {
  return wanted.map((name) => {
    const log = known.find(({ file }) => file === name);
    if (log === undefined) throw new Error(`${folder}: the manifest knows no text ${name}`);
    return { path: join(folder, name), source: log.source };
  });
}

/** How sure the surest finding of this name is: 0 where there is none. */
export function surenessOf(analysis: Analysis, id: string): number {
  return Math.max(0, ...analysis.findings.flatMap((one) => (one.id === id ? [one.confidence.score] : [])));
}
