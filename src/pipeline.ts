import { DETECTORS } from './detect/registry.ts';
import { CoverageNotes } from './detect/coverage.ts';
import { DetectorBench } from './detect/run.ts';
import type { Site } from './detect/site.ts';
import { Boots } from './flow/boots.ts';
import { FLOWS } from './flow/registry.ts';
import { Sequence } from './flow/sequence.ts';
import { Servers } from './flow/servers.ts';
import { sourceOf } from './flow/sources.ts';
import { VantageJoin } from './flow/vantages/join.ts';
import type { FlowEvent } from './flow/events.ts';
import { coverOf, saidBeside } from './capture/covers.ts';
import { WhatIf } from './detect/relay/what-if.ts';
import { readVantage, type VantageFacts, type VantageOptions } from './capture/vantage.ts';
import { noteCoverage } from './report/sight.ts';
import { assemble } from './report/assemble.ts';
import type { Analysis } from './report/analysis.ts';

/** The files of one vantage point: one capture, or a rotated set. */
export interface VantageInput {
  /** Name given by `--at`, or ''. */
  vantage: string;
  /** Paths; `-` is standard input. */
  files: readonly string[];
  /** From when to when it looked (microseconds since 1970 UTC), where somebody says so. */
  covers?: { start: number; stop: number };
}

export interface AnalyzeOptions extends VantageOptions {
  site: Site;
  /** Machines whose boot is listed: those that did not finish, or all. */
  boots?: 'unfinished' | 'all';
  /** A rule of a switch or relay: which messages would have passed with it. */
  whatIf?: string;
}

/**
 * The way of the data: bytes → frames → records → events → findings → report.
 *
 * @throws CaptureError when an input cannot be opened or is no capture; damage inside one is told in the report
 */
export async function analyze(inputs: readonly VantageInput[], options: AnalyzeOptions): Promise<Analysis> {
  const coverage = new CoverageNotes();
  const names = inputs.map(({ vantage }) => vantage);
  const bench = new DetectorBench(DETECTORS, { site: options.site, coverage, vantages: names });
  const join = new VantageJoin(names);
  const whatIf = options.whatIf === undefined ? undefined : new WhatIf(options.whatIf, names);
  const servers = new Servers();
  const boots = new Boots();
  const tell = (event: FlowEvent): void => {
    servers.on(event);
    const source = sourceOf(event);
    if (source !== undefined) servers.see(source);
    boots.on(event);
    bench.on(event);
    whatIf?.on(event);
  };
  const sequence = new Sequence([...FLOWS, ...join.flows()], tell);
  const vantages: VantageFacts[] = [];
  for (const [capture, { vantage, files, covers }] of inputs.entries()) {
    const facts = await readVantage(capture, vantage, files, sequence, options);
    sequence.endCapture(capture, endTime(facts));
    vantages.push(facts);
    // Only of a vantage that was named is anything read beside its files.
    const beside = vantage === '' ? [] : files.flatMap((file) => saidBeside(file) ?? []);
    join.covered(capture, coverOf(facts.files, beside, covers));
  }
  join.finish(tell);
  bench.end();
  noteCoverage(coverage, vantages, sequence);
  const limits = [...bench.limits(), ...servers.limits(), ...boots.limits(), ...join.limits()];
  return assemble({
    vantages,
    sequence,
    servers: servers.list(),
    join,
    ...(whatIf === undefined ? {} : { whatIf: whatIf.told() }),
    boots: boots.list(),
    whichBoots: options.boots ?? 'unfinished',
    site: options.site,
    findings: bench.findings(),
    coverage,
    limits,
  });
}

/** Time of the last frame of a vantage (microseconds), 0 when it had none: what was silent until then can be judged. */
export function endTime({ files }: VantageFacts): number {
  return files.reduce(
    (latest, { last }) => (last === undefined ? latest : Math.max(latest, last.sec * 1e6 + last.nsec / 1e3)),
    0,
  );
}
