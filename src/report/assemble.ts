import type { VantageFacts } from '../capture/vantage.ts';
import type { CoverageNotes } from '../detect/coverage.ts';
import type { FindingState } from '../detect/run.ts';
import type { Site } from '../detect/site.ts';
import type { LimitReached } from '../flow/bounded.ts';
import type { Sequence } from '../flow/sequence.ts';
import type { Boot } from '../flow/boots/types.ts';
import type { LintNote } from '../flow/lint/types.ts';
import type { ServerEntry } from '../flow/servers.ts';
import type { VantageJoin } from '../flow/vantages/join.ts';
import type { WhatIfTold } from '../detect/relay/what-if.ts';
import { CLAIMS } from '../wire/dissect.ts';
import { version } from '../installed.ts';
import { ANALYSIS_SCHEMA, type Analysis, type RecordCounts } from './analysis.ts';
import { bootReports } from './boots.ts';
import { captureReports, namesOf } from './captures.ts';
import { coverageReports, limitReports } from './coverage.ts';
import { findingReports } from './findings.ts';
import { serverReports } from './servers.ts';
import { lostReports, vantageReports, whatIfReport } from './vantages.ts';
import { logNames, logReports } from './logs.ts';
import { lintReports } from './lint.ts';
import type { Names } from './names.ts';
import type { SwitchLine } from '../switch/line.ts';
import type { SwitchTextFacts } from '../switch/read.ts';
import { verdictOf } from './verdict.ts';

/** All that an analysis came to, before any text was made of it. */
export interface AnalysisFacts {
  vantages: readonly VantageFacts[];
  sequence: Sequence;
  servers: readonly ServerEntry[];
  join: VantageJoin;
  whatIf?: WhatIfTold;
  boots: readonly Boot[];
  /** Which of them are listed. */
  whichBoots: 'unfinished' | 'all';
  site: Site;
  findings: readonly FindingState[];
  coverage: CoverageNotes;
  lint: readonly LintNote[];
  /** The switches' texts and their records. */
  switches: { texts: readonly SwitchTextFacts[]; lines: readonly SwitchLine[] };
  limits: readonly LimitReached[];
}

/** The one object that `analyze` gives. */
export function assemble(facts: AnalysisFacts): Analysis {
  const { vantages, sequence } = facts;
  const names: Names = { ...namesOf(vantages, sequence.segments), logs: logNames(facts.switches.texts) };
  const captures = captureReports(vantages, names);
  const servers = serverReports(facts.servers, facts.site, names);
  const boots = bootReports(facts.boots, facts.whichBoots, names);
  const findings = findingReports(facts.findings, names);
  const coverage = coverageReports(facts.coverage.list(), names);
  const lint = lintReports(facts.lint, names);
  const points = vantageReports(facts.join, names);
  const lost = lostReports(facts.join.losses, facts.join, names);
  const logs = logReports(facts.switches.texts, facts.switches.lines);
  const reached = [...facts.limits, ...sequence.limits(), ...facts.coverage.limits()];
  const limits = limitReports([
    ...reached,
    ...captures.limits,
    ...servers.limits,
    ...boots.limits,
    ...findings.limits,
    ...coverage.limits,
    ...lint.limits,
    ...logs.limits,
    ...points.limits,
    ...lost.limits,
  ]);
  // What a table forgot is said in `limits`; this says whether every byte that there was has been read.
  const complete =
    vantages.every(({ files }) => files.every((file) => file.faults.length === 0 && !file.truncated)) &&
    facts.switches.texts.every(({ truncated, lost }) => !truncated && lost === 0);
  const records = recordCounts(sequence);
  const analysis = {
    captures: captures.captures,
    records,
    findings: findings.findings,
    coverage: coverage.coverage,
    complete,
  };
  return {
    schema: ANALYSIS_SCHEMA,
    tool: { name: 'rackwitness', version: version() },
    complete,
    limits,
    verdict: verdictOf(analysis),
    captures: analysis.captures,
    records,
    servers: servers.servers,
    boots: boots.boots,
    findings: analysis.findings,
    coverage: analysis.coverage,
    lint: lint.lint,
    logs: logs.logs,
    vantages: points.vantages,
    lost: lost.lost,
    ...(facts.whatIf === undefined ? {} : { whatIf: whatIfReport(facts.whatIf, names) }),
  };
}

/** By protocol in the registry's order, kinds in the protocol's own. */
function recordCounts(sequence: Sequence): Record<string, RecordCounts> {
  const out: Record<string, RecordCounts> = {};
  CLAIMS.protocols.forEach(({ name, kinds }, i) => {
    const counts = sequence.counts[i];
    if (counts === undefined || counts.size === 0) return;
    const entry: RecordCounts = { total: 0 };
    for (const kind of kinds) {
      const n = counts.get(kind);
      if (n !== undefined) entry[kind] = n;
    }
    for (const n of counts.values()) entry.total += n;
    out[name] = entry;
  });
  return out;
}
