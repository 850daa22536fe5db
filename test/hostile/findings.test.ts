import { describe, expect, it } from 'vitest';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { Severity } from '../../src/detect/finding.ts';
import { DetectorBench } from '../../src/detect/run.ts';
import { UNDECLARED } from '../../src/index.ts';

/** A detector that finds what it is told to. */
function bench(list: readonly { who: string; severity: Severity }[]): DetectorBench {
  const detector: Detector = {
    id: 'told',
    title: 'Told',
    severity: 'high',
    about: '',
    fires: [],
    quiet: [],
    needs: [],
    references: [],
    remedy: { runbook: '', steps: [], verify: [] },
    start: () => ({
      on: {},
      end(emit) {
        for (const [i, { who, severity }] of list.entries()) {
          emit({
            subject: { who },
            severity,
            confidence: { level: 'likely', score: 0.5, reasons: [], wouldDecide: [] },
            message: who,
            segment: 0,
            time: i,
            evidence: [],
          });
        }
      },
    }),
  };
  const made = new DetectorBench([detector], { site: UNDECLARED, coverage: new CoverageNotes() });
  made.end();
  return made;
}

const forged = (n: number, severity: Severity = 'high'): { who: string; severity: Severity }[] =>
  Array.from({ length: n }, (_, i) => ({ who: `forged ${i}`, severity }));

describe('thousands of forged culprits', () => {
  it('do not keep out one that matters more, wherever it comes', () => {
    for (const place of [0, 511, 512, 3000]) {
      const made = bench(forged(5000).toSpliced(place, 0, { who: 'the real one', severity: 'critical' }));
      const found = made.findings();
      expect(found).toHaveLength(512);
      expect(found.filter(({ severity }) => severity === 'critical').map(({ subject }) => subject['who'])).toEqual([
        'the real one',
      ]);
      expect(made.limits()).toEqual([{ name: 'findings.told', cap: 512, lost: 5001 - 512 }]);
    }
  });

  it('the milder give way, the youngest first; among equals the first stay', () => {
    const made = bench([
      ...forged(3, 'low'),
      ...forged(600, 'high').map(({ who }) => ({ who: `high ${who}`, severity: 'high' as const })),
    ]);
    const found = made.findings();
    expect(found.filter(({ severity }) => severity === 'low')).toEqual([]);
    expect(found[0]?.subject['who']).toBe('high forged 0');
    expect(made.limits()[0]?.lost).toBe(603 - 512);
  });

  it('one that grew milder can be pushed out', () => {
    const made = bench([
      { who: 'a', severity: 'critical' },
      ...forged(511),
      { who: 'a', severity: 'info' },
      { who: 'late', severity: 'high' },
    ]);
    const who = made.findings().map(({ subject }) => subject['who']);
    expect(who).toContain('late');
    expect(who).not.toContain('a');
  });
});
