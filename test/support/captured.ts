import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyze, UNDECLARED, type Analysis, type AnalyzeOptions } from '../../src/index.ts';
import { pcapFile, type CapturedFrame, type PcapFields } from './pcap.ts';

/** Hand-made frames, written as a capture and judged by the whole pipeline. */
export async function analyzeFrames(
  frames: readonly CapturedFrame[],
  options: Partial<AnalyzeOptions> = {},
  fields: PcapFields = {},
): Promise<Analysis> {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  try {
    const file = join(folder, 'made.pcap');
    writeFileSync(file, pcapFile(frames, fields));
    return await analyze([{ vantage: '', files: [file] }], { site: UNDECLARED, workers: 0, ...options });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function ids(analysis: Analysis): string[] {
  return analysis.findings.map(({ id }) => id);
}
