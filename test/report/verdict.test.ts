import { describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/report/analysis.ts';
import { verdictOf } from '../../src/report/verdict.ts';
import { EXAMPLE, FINDING } from './example.ts';

const facts = {
  findings: [] as FindingReport[],
  captures: EXAMPLE.captures,
  records: EXAMPLE.records,
  coverage: [] as typeof EXAMPLE.coverage,
  complete: true,
};
const possible = { ...FINDING.confidence, level: 'possible' as const };

describe('the verdict', () => {
  it('is compromised when a boot was taken over, and fault for anything else of weight', () => {
    expect(verdictOf({ ...facts, findings: [FINDING] }).state).toBe('compromised');
    expect(verdictOf({ ...facts, findings: [{ ...FINDING, severity: 'high' }] }).state).toBe('fault');
    expect(verdictOf({ ...facts, findings: [{ ...FINDING, severity: 'medium' }] }).state).toBe('fault');
  });

  it('is undecided on what is only possible', () => {
    const { state, headline } = verdictOf({ ...facts, findings: [{ ...FINDING, confidence: possible }] });
    expect(state).toBe('undecided');
    expect(headline).toContain(FINDING.message);
  });

  it('names the firm finding before the merely possible one', () => {
    const firm = { ...FINDING, severity: 'high' as const, message: 'firm' };
    const { state, headline } = verdictOf({ ...facts, findings: [{ ...FINDING, confidence: possible }, firm] });
    expect(state).toBe('fault');
    expect(headline).toBe('firm (and 1 more)');
  });

  it('does not call a capture clean that shows nothing', () => {
    const { state, headline } = verdictOf({ ...facts, records: {} });
    expect(state).toBe('undecided');
    expect(headline).toContain('says nothing about the network');
  });

  it('does not call a capture clean where its vantage leaves questions open', () => {
    expect(verdictOf({ ...facts, coverage: EXAMPLE.coverage }).state).toBe('undecided');
    const harmless = EXAMPLE.coverage.map((note) => ({ ...note, undecided: [] }));
    expect(verdictOf({ ...facts, coverage: harmless }).state).toBe('nothing-found');
  });

  it('says that not all was read', () => {
    expect(verdictOf({ ...facts, complete: false }).headline).toContain('Not all could be read');
    const [capture] = facts.captures;
    const two = [
      { ...capture!, name: 'good.pcap', faults: [], truncated: false },
      { ...capture!, name: 'cut.pcap' },
    ];
    expect(verdictOf({ ...facts, captures: two, complete: false }).headline).toContain(
      'Not all could be read (cut.pcap).',
    );
    expect(verdictOf(facts).headline).toBe('Nothing found in 4 messages of 27 frames.');
  });

  it('is not moved by what is low', () => {
    expect(verdictOf({ ...facts, findings: [{ ...FINDING, severity: 'low' }] }).state).toBe('nothing-found');
  });
});
