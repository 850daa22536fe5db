import { describe, expect, it } from 'vitest';
import { readVantage } from '../../src/capture/vantage.ts';
import { CoverageNotes } from '../../src/detect/coverage.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { UNDECLARED } from '../../src/detect/profile/site.ts';
import { DETECTORS } from '../../src/detect/registry.ts';
import { DetectorBench } from '../../src/detect/run.ts';
import { REPLIES, REQUESTS, isReply } from '../../src/flow/dhcp4/kinds.ts';
import { FLOWS } from '../../src/flow/registry.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { sampleCaptures } from '../support/samples.ts';

/** The same detector, asked about every message whatever it says it needs. */
function askedOfAll(detector: Detector): Detector {
  return {
    ...detector,
    start(context) {
      const { messages: _messages, ...run } = detector.start(context);
      return run;
    },
  };
}

function said(bench: DetectorBench): unknown {
  return {
    findings: bench.findings().map(({ detector, last, ...state }) => ({
      ...state,
      id: detector.id,
      said: [last.message, last.confidence],
    })),
    limits: bench.limits(),
  };
}

describe('the DHCPv4 messages that a detector says it needs', () => {
  it('know every kind as a request or a reply', () => {
    expect(REPLIES.every(isReply)).toBe(true);
    expect(REQUESTS.some(isReply)).toBe(false);
  });

  it('are all that change anything in it, on every sample', async () => {
    let findings = 0;
    for (const file of sampleCaptures()) {
      const given = { site: UNDECLARED, vantages: [''] };
      const notes = [new CoverageNotes(), new CoverageNotes()] as const;
      const asked = new DetectorBench(DETECTORS, { ...given, coverage: notes[0] });
      const all = new DetectorBench(DETECTORS.map(askedOfAll), { ...given, coverage: notes[1] });
      const sequence = new Sequence(FLOWS, (event) => {
        asked.on(event);
        all.on(event);
      });
      await readVantage(0, '', [file], sequence, { workers: 0 });
      sequence.endCapture(0, sequence.lastTime);
      asked.end();
      all.end();
      expect(said(asked), file).toEqual(said(all));
      expect(notes[0], file).toEqual(notes[1]);
      findings += asked.findings().length;
    }
    expect(findings).toBeGreaterThan(100);
  });
});
