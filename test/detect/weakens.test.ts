import { describe, expect, it } from 'vitest';
import { confidence, lessSure } from '../../src/detect/confidence.ts';
import type { CoverageNote } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { Emission } from '../../src/detect/finding.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import { DetectorBench, type FindingState } from '../../src/detect/run.ts';
import { weigh, weighedIds } from '../../src/detect/weakens.ts';
import { UNDECLARED } from '../../src/index.ts';

const sight = { capture: 0, file: 0, frame: 7, sec: 1, nsec: 0 };

function note(id: string, more: Partial<CoverageNote> = {}): CoverageNote {
  return { id, capture: 0, segment: -1, message: `about ${id}`, undecided: [], count: 1, ...more };
}

/** What a detector of this id says at these times. */
function found(id: string, times: readonly number[] = [5e6], more: Partial<Emission> = {}): FindingState {
  const detector: Detector = {
    id,
    title: id,
    severity: 'high',
    about: '',
    fires: [],
    quiet: [],
    needs: [],
    references: [],
    remedy: { runbook: '', steps: [], verify: [] },
    start: () => ({
      on: {},
      end: (emit) => {
        for (const time of times) {
          emit({
            subject: { client: 'x' },
            confidence: confidence('certain', ['seen']),
            message: id,
            segment: 3,
            time,
            evidence: [{ kind: 'frame', sight, note: '' }],
            ...more,
          });
        }
      },
    }),
  };
  const bench = new DetectorBench([detector], { site: UNDECLARED, coverage: new CoverageNotes() });
  bench.end();
  const [state] = bench.findings();
  if (state === undefined) throw new Error('nothing was said');
  return state;
}

function weakens(finding: FindingState, ...notes: CoverageNote[]): (readonly string[] | undefined)[] {
  weigh([finding], notes);
  return notes.map((one) => one.weakens);
}

describe('what a gap weakens', () => {
  it('is named by ids that are detectors', () => {
    const known = new Set(DETECTORS.map(({ id }) => id));
    expect(weighedIds().filter((id) => !known.has(id))).toEqual([]);
  });

  it('is what rests on absence where frames were lost, and that is less sure then', () => {
    const finding = found('dhcp-no-offer');
    expect(weakens(finding, note('capture-drops'))).toEqual([['dhcp-no-offer']]);
    expect(finding.weakenedBy).toEqual(['capture-drops']);
    expect(finding.last.confidence).toMatchObject({
      level: 'likely',
      reasons: ['seen', 'less sure: about capture-drops'],
    });
  });

  it('is not what rests on the frames that are there', () => {
    const finding = found('option82-duplicated');
    expect(weakens(finding, note('capture-drops'))).toEqual([[]]);
    expect(finding.weakenedBy).toBeUndefined();
    expect(finding.last.confidence.level).toBe('certain');
  });

  it('is what a detector left undecided, and what may have passed unseen', () => {
    const finding = found('nak');
    expect(weakens(finding, note('other', { undecided: ['dhcp-no-offer'] }))).toEqual([['dhcp-no-offer']]);
    expect(weakens(finding, note('unicast-to-others'))[0]).toContain('arp-spoof');
  });

  it('is nothing of another capture or segment', () => {
    expect(weakens(found('dhcp-no-offer'), note('capture-drops', { capture: 1 }))).toEqual([[]]);
    expect(weakens(found('dhcp-no-offer'), note('capture-drops', { segment: 4 }))).toEqual([[]]);
    expect(weakens(found('dhcp-no-offer'), note('capture-drops', { capture: -1 }))).toEqual([['dhcp-no-offer']]);
  });

  it('lowers no level where only what was not seen is in question', () => {
    const finding = found('dhcp-no-offer');
    weigh([finding], [note('truncated')]);
    expect(finding.last.confidence.level).toBe('certain');
    expect(finding.weakenedBy).toEqual(['truncated']);
  });

  it('leaves a score that is no confidence of nothing', () => {
    let one = confidence('possible', ['x'], ['a', 'b', 'c']);
    for (let i = 0; i < 20; i += 1) one = lessSure(one, 'y');
    expect(one.score).toBe(0.05);
    expect(one.level).toBe('possible');
  });
});

describe('the time of a finding', () => {
  it('is not that of a line whose time is not known', () => {
    expect(found('x', [0, 5e6])).toMatchObject({ firstTime: 5e6, lastTime: 5e6 });
    expect(found('x', [5e6, 0, 4e6])).toMatchObject({ firstTime: 4e6, lastTime: 5e6 });
    expect(found('x', [0])).toMatchObject({ firstTime: 0, lastTime: 0 });
  });
});
