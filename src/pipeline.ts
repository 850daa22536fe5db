import { DETECTORS } from './detect/registry.ts';
import { CoverageNotes } from './detect/coverage.ts';
import { DetectorBench } from './detect/run.ts';
import { weigh } from './detect/weakens.ts';
import type { Site } from './detect/site.ts';
import { Boots } from './flow/boots/boots.ts';
import { FLOWS } from './flow/registry.ts';
import { Lint } from './flow/lint/lint.ts';
import { RecordLint } from './flow/lint/records.ts';
import { Sequence } from './flow/sequence.ts';
import { Servers } from './flow/servers.ts';
import { sourceOf } from './flow/sources.ts';
import { VantageJoin } from './flow/vantages/join.ts';
import type { FlowEvent } from './flow/events.ts';
import { coverOf, saidOfRead } from './capture/covers.ts';
import { WhatIf } from './detect/relay/what-if.ts';
import { readVantage, requireOneRead, type VantageFacts, type VantageOptions, wholly } from './capture/vantage.ts';
import { witness } from './detect/switch/witness.ts';
import { SwitchLookup } from './flow/switch/lookup.ts';
import { aroundOf } from './switch/around.ts';
import { readSwitchTexts, type SwitchInput } from './switch/read.ts';
import { noteSwitchTexts, switchLimits } from './report/logs.ts';
import { noteClockStep, noteCoverage, noteSight } from './report/sight.ts';
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
  /** Logs of switches, and outputs of their `show` commands. */
  switchTexts?: readonly SwitchInput[];
}

/**
 * The way of the data: bytes → frames → records → events → findings → report.
 *
 * @throws CaptureError when no input can be opened and read as a capture; if only some can, the report tells of the
 * others, as of damage inside one
 */
export async function analyze(inputs: readonly VantageInput[], options: AnalyzeOptions): Promise<Analysis> {
  const coverage = new CoverageNotes();
  const switches = await switchTextsOf(inputs, options);
  const switchText = new SwitchLookup(switches.lines);
  const names = inputs.map(({ vantage }) => vantage);
  const bench = new DetectorBench(DETECTORS, { site: options.site, coverage, switchText, vantages: names });
  const join = new VantageJoin(names);
  const whatIf = options.whatIf === undefined ? undefined : new WhatIf(options.whatIf, names);
  const servers = new Servers();
  const boots = new Boots();
  const records = new RecordLint();
  const tell = (event: FlowEvent): void => {
    servers.on(event);
    const source = sourceOf(event);
    if (source !== undefined) servers.see(source);
    boots.on(event);
    records.on(event);
    switchText.on(event);
    bench.on(event);
    whatIf?.on(event);
  };
  const sequence: Sequence = new Sequence([...FLOWS, boots.flow(), ...join.flows(), records.flow()], tell);
  const lint = new Lint(sequence, records);
  for (const line of switches.lines) tell({ type: 'switch-line', line, time: line.time?.from ?? 0 });
  const vantages: VantageFacts[] = [];
  const counted: number[][] = [];
  for (const [capture, { vantage, files, covers }] of inputs.entries()) {
    const facts = await readVantage(capture, vantage, files, lint.frames, options);
    sequence.endCapture(capture, endTime(facts));
    vantages.push(facts);
    if (endTime(facts) > 0) switchText.covered(beginTime(facts), endTime(facts));
    // Only of a vantage that was named is anything read beside its files.
    const said = facts.files.map((file) => (vantage === '' ? undefined : saidOfRead(file)));
    const beside = said.flatMap((one) => one ?? []);
    counted.push(said.map((one) => one?.frames ?? -1));
    for (const { clockStep } of beside) noteClockStep(coverage, capture, clockStep);
    join.covered(capture, coverOf(facts.files, beside, facts.files.every(wholly) ? covers : undefined));
  }
  requireOneRead(vantages);
  join.finish(tell);
  bench.end();
  const findings = bench.findings();
  witness(findings, switchText);
  noteCoverage(
    coverage,
    vantages,
    sequence,
    join.vantages().map(({ cover }) => cover),
  );
  noteSwitchTexts(coverage, switches.lines, switchText);
  const signs = lint.notes(vantages, counted);
  noteSight(coverage, vantages, lint.frames, sequence, join, signs);
  weigh(findings, coverage.list());
  const limits = [
    ...bench.limits(),
    ...servers.limits(),
    ...boots.limits(),
    ...switchText.limits(),
    ...switchLimits(switches.texts),
    ...join.limits(),
  ];
  return assemble({
    vantages,
    sequence,
    servers: servers.list(),
    join,
    ...(whatIf === undefined ? {} : { whatIf: whatIf.told() }),
    boots: boots.list((capture, time) => join.common(capture, time)),
    whichBoots: options.boots ?? 'unfinished',
    site: options.site,
    findings,
    switches,
    coverage,
    lint: signs,
    limits,
  });
}

/** The switches' texts, read before the frames that they speak of; stamps without a year need a look at the captures. */
async function switchTextsOf(
  inputs: readonly VantageInput[],
  { switchTexts = [], signal }: AnalyzeOptions,
): Promise<Awaited<ReturnType<typeof readSwitchTexts>>> {
  if (switchTexts.length === 0) return { texts: [], lines: [] };
  return readSwitchTexts(switchTexts, await aroundOf(inputs.flatMap(({ files }) => files)), signal);
}

/** Time of the last frame of a vantage (microseconds), 0 when it had none: what was silent until then can be judged. */
export function endTime({ files }: VantageFacts): number {
  return files.reduce(
    (latest, { last }) => (last === undefined ? latest : Math.max(latest, last.sec * 1e6 + last.nsec / 1e3)),
    0,
  );
}

/** Time of the first frame of a vantage (microseconds), 0 when it had none. */
function beginTime({ files }: VantageFacts): number {
  const times = files.flatMap(({ first }) => (first === undefined ? [] : [first.sec * 1e6 + first.nsec / 1e3]));
  return times.length === 0 ? 0 : Math.min(...times);
}
