import type { WhatIfMessage, WhatIfTold } from '../detect/relay/what-if.ts';
import { whatIfText } from '../detect/relay/what-if.ts';
import type { VantageJoin } from '../flow/vantages/join.ts';
import type { VantagePair } from '../flow/vantages/types.ts';
import { safeText } from '../wire/values.ts';
import { CAPS, capped, type ClockReport, type LimitReport, type VantageReport, type WhatIfReport } from './analysis.ts';
import { momentOf, vantageName, type Names } from './names.ts';
import { microText } from './time.ts';

/** The vantages, what each covered, and how their clocks compare. */
export function vantageReports(join: VantageJoin, names: Names): { vantages: VantageReport[]; limits: LimitReport[] } {
  const all = join.vantages().map(({ capture, name, cover }): VantageReport => {
    const clocks = capped(
      join.pairs.filter(({ a }) => a === capture),
      CAPS.clocks,
    );
    return {
      name: nameOf(name, capture, names),
      captures: (names.captures[capture] ?? []).slice(0, CAPS.places).map((one) => one.name),
      covered: { from: microText(cover.from), to: microText(cover.to), said: cover.said },
      filter: safeText(cover.filter),
      interface: safeText(cover.interface),
      dropped: cover.dropped,
      empty: cover.frames === 0,
      clocks: clocks.kept.map((pair) => clockReport(pair, join, names)),
      omitted: clocks.lost,
    };
  });
  const { kept, lost } = capped(all, CAPS.vantages);
  return { vantages: kept, limits: lost > 0 ? [{ name: 'report.vantages', cap: CAPS.vantages, lost }] : [] };
}

function clockReport({ b, offset, requests, replies, others }: VantagePair, join: VantageJoin, names: Names): ClockReport {
  const { low, high, basis, drift, steady } = offset;
  return {
    with: nameOf(join.vantages()[b]?.name ?? '', b, names),
    low: seconds(low),
    high: seconds(high),
    width: low === undefined || high === undefined ? null : seconds(high - low),
    basis,
    drift: drift === undefined ? null : { low: rounded(drift.low, 1e3), high: rounded(drift.high, 1e3) },
    steady,
    shared: { requests, replies, others },
  };
}

/** Microseconds as seconds; null where open. */
function seconds(micro: number | undefined): number | null {
  return micro === undefined || !Number.isFinite(micro) ? null : rounded(micro / 1e6, 1e6);
}

function rounded(value: number, digits: number): number {
  const out = Math.round(value * digits) / digits;
  // -0 would be written as 0 and read as another value.
  return out === 0 ? 0 : out;
}

function nameOf(name: string, capture: number, names: Names): string {
  return name === '' ? vantageName(names, capture) : name;
}

export function whatIfReport(told: WhatIfTold, names: Names): WhatIfReport {
  const line = (one: WhatIfMessage): WhatIfReport['wouldPass'][number] => ({
    message: whatIfText(one),
    at: momentOf(one.sight, names),
    why: one.why,
  });
  return {
    rule: safeText(told.rule),
    wouldPass: told.wouldPass.map(line),
    stillLost: told.stillLost.map(line),
    omitted: told.omitted,
  };
}
