import { describe, expect, it } from 'vitest';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { Emission, EvidenceNote, Severity } from '../../src/detect/finding.ts';
import { DetectorBench } from '../../src/detect/run.ts';
import { UNDECLARED } from '../../src/detect/profile/site.ts';
import { CAPS } from '../../src/report/analysis.ts';
import { coverageReports, limitReports } from '../../src/report/coverage.ts';
import { findingReports } from '../../src/report/findings.ts';
import { captureNames, type Names } from '../../src/report/names.ts';

const NAMES: Names = {
  captures: [
    [
      { name: 'a.pcap', digits: 6 },
      { name: 'b.pcap', digits: 9 },
    ],
  ],
  segment: (id) => `segment ${id}`,
};

/** A detector that says, at the end, what it is given. */
function says(id: string, severity: Severity, emissions: readonly Emission[]): Detector {
  return {
    id,
    title: `Title of ${id}`,
    severity,
    about: '',
    fires: [],
    quiet: [],
    needs: [],
    references: ['RFC 2131'],
    remedy: { runbook: '', steps: ['step'], verify: [] },
    start: () => ({ on: {}, end: (emit) => emissions.forEach(emit) }),
  };
}

function emission(time: number, subject: string, more: Partial<Emission> = {}): Emission {
  return {
    subject: { server: subject },
    confidence: { level: 'likely', score: 0.8, reasons: ['r'], wouldDecide: [] },
    message: `about ${subject}`,
    segment: 3,
    time,
    evidence: [],
    ...more,
  };
}

function frame(number: number, file = 0): EvidenceNote {
  return {
    kind: 'frame',
    sight: { capture: 0, file, frame: number, sec: 1_700_000_000, nsec: 123_456_789 },
    note: `n${number}`,
  };
}

function report(...detectors: Detector[]): ReturnType<typeof findingReports> {
  const bench = new DetectorBench(detectors, { site: UNDECLARED, coverage: new CoverageNotes() });
  bench.end();
  return findingReports(bench.findings(), NAMES);
}

describe('findings', () => {
  it('stand in the order of severity, first time, id and subject', () => {
    const { findings } = report(
      says('b-low', 'low', [emission(1, 'x')]),
      says('z-high', 'high', [emission(9e6, 'x'), emission(5e6, 'y')]),
      says('a-high', 'high', [emission(5e6, 'z'), emission(5e6, 'y')]),
      says('c-medium', 'medium', [emission(2e6, 'x', { severity: 'critical' })]),
    );
    expect(findings.map(({ id, subject }) => `${id} ${String(subject['server'])}`)).toEqual([
      'c-medium x',
      'a-high y',
      'a-high z',
      'z-high y',
      'z-high x',
      'b-low x',
    ]);
  });

  it('keep the first 8 and the last 2 frames, and say how many are left out', () => {
    const many = Array.from({ length: 30 }, (_, i) => emission(i + 1, 'x', { evidence: [frame(i + 1)] }));
    const [finding] = report(says('a', 'low', many)).findings;
    expect(finding?.evidence.map((one) => (one.kind === 'frame' ? one.frame : 0))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 29, 30,
    ]);
    expect(finding).toMatchObject({ omitted: 20, count: 30, firstTime: '1970-01-01T00:00:00.000001Z' });
  });

  it('write each frame with the clock of its own file', () => {
    const [finding] = report(says('a', 'low', [emission(1e6, 'x', { evidence: [frame(1), frame(2, 1)] })])).findings;
    expect(finding?.evidence).toEqual([
      { kind: 'frame', capture: 'a.pcap', frame: 1, time: '2023-11-14T22:13:20.123456Z', note: 'n1' },
      { kind: 'frame', capture: 'b.pcap', frame: 2, time: '2023-11-14T22:13:20.123456789Z', note: 'n2' },
    ]);
    expect(finding).toMatchObject({ segment: 'segment 3', title: 'Title of a', references: ['RFC 2131'] });
  });

  it('have the detector’s remedy unless the emission brings its own', () => {
    const own = { runbook: 'RB-9', steps: ['own'], verify: [] };
    const { findings } = report(says('a', 'low', [emission(1, 'x'), emission(2, 'y', { remedy: own })]));
    expect(findings.map(({ remedy }) => remedy.steps)).toEqual([['step'], ['own']]);
  });

  it('are capped, and the cap is said', () => {
    const detectors = Array.from({ length: 3 }, (_, d) =>
      says(
        `d${d}`,
        'low',
        Array.from({ length: 400 }, (_v, i) => emission(i + 1, String(i))),
      ),
    );
    const { findings, limits } = report(...detectors);
    expect(findings).toHaveLength(CAPS.findings);
    expect(limits).toEqual([{ name: 'report.findings', cap: CAPS.findings, lost: 200 }]);
  });
});

describe('names', () => {
  it('are base names, and tell equal ones apart', () => {
    expect(captureNames(['/a/x.pcap', '-', 'b/x.pcap', 'x.pcap'])).toEqual(['x.pcap', '-', 'x.pcap#2', 'x.pcap#3']);
  });
});

describe('coverage and limits', () => {
  it('put first what leaves something undecided', () => {
    const notes = [
      { id: 'a', capture: 0, segment: -1, message: 'm', undecided: [], count: 1 },
      { id: 'b', capture: -1, segment: 2, message: 'm', undecided: ['y', 'x'], count: 2 },
    ];
    expect(coverageReports(notes, NAMES).coverage).toEqual([
      {
        id: 'b',
        capture: '',
        segment: 'segment 2',
        message: 'm',
        undecided: ['x', 'y'],
        weakens: ['x', 'y'],
        count: 2,
      },
      { id: 'a', capture: 'a.pcap', segment: '', message: 'm', undecided: [], weakens: [], count: 1 },
    ]);
  });

  it('add up equal names, sorted, and cap themselves', () => {
    expect(
      limitReports([
        { name: 'b', cap: 2, lost: 1 },
        { name: 'a', cap: 2, lost: 1 },
        { name: 'b', cap: 2, lost: 4 },
      ]),
    ).toEqual([
      { name: 'a', cap: 2, lost: 1 },
      { name: 'b', cap: 2, lost: 5 },
    ]);
    const many = Array.from({ length: 500 }, (_, i) => ({ name: `n${String(i).padStart(3, '0')}`, cap: 1, lost: 1 }));
    expect(limitReports(many)).toHaveLength(CAPS.limits);
    expect(limitReports(many).at(-1)).toEqual({ name: 'report.limits', cap: CAPS.limits, lost: 245 });
  });
});
