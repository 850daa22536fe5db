import type { CoverageNote } from '../detect/coverage.ts';
import type { LimitReached } from '../flow/bounded.ts';
import { CAPS, capped, type CoverageReport, type LimitReport } from './analysis.ts';
import { byCodeUnit } from './findings.ts';
import { vantageName, type Names } from './names.ts';

/** What each vantage could not see, by id, capture and segment; what leaves findings undecided comes first. */
export function coverageReports(
  notes: readonly CoverageNote[],
  names: Names,
): { coverage: CoverageReport[]; limits: LimitReport[] } {
  const sorted = [...notes].sort(
    (a, b) =>
      Number(b.undecided.length > 0) - Number(a.undecided.length > 0) ||
      byCodeUnit(a.id, b.id) ||
      a.capture - b.capture ||
      a.segment - b.segment,
  );
  const { kept, lost } = capped(sorted, CAPS.coverage);
  return {
    coverage: kept.map((note) => ({
      id: note.id,
      capture: vantageName(names, note.capture),
      segment: note.segment < 0 ? '' : names.segment(note.segment),
      message: note.message,
      undecided: [...note.undecided].sort(byCodeUnit),
      weakens: [...new Set([...note.undecided, ...(note.weakens ?? [])])].sort(byCodeUnit),
      count: note.count,
    })),
    limits: lost > 0 ? [{ name: 'report.coverage', cap: CAPS.coverage, lost }] : [],
  };
}

/** Caps that were reached, by name; one entry each. */
export function limitReports(limits: readonly LimitReached[]): LimitReport[] {
  const byName = new Map<string, LimitReport>();
  for (const { name, cap, lost } of limits) {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, { name, cap, lost });
    else known.lost += lost;
  }
  const sorted = [...byName.values()].sort((a, b) => byCodeUnit(a.name, b.name));
  const { kept, lost } = capped(sorted, CAPS.limits - 1);
  return lost > 0 ? [...kept, { name: 'report.limits', cap: CAPS.limits, lost }] : kept;
}
