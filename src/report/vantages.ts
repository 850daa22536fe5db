import type { WhatIfMessage, WhatIfTold } from '../detect/relay/what-if.ts';
import { whatIfText } from '../detect/relay/what-if.ts';
import type { VantageJoin } from '../flow/vantages/join.ts';
import type { VantageEvent, VantagePair } from '../flow/vantages/types.ts';
import { macText, safeText } from '../wire/values.ts';
import {
  CAPS,
  capped,
  type ClockReport,
  type LimitReport,
  type LostReport,
  type VantageReport,
  type WhatIfReport,
} from './analysis.ts';
import { momentOf, vantageName, type Names } from './names.ts';
import { microText } from './time.ts';

type VantageLoss = Extract<VantageEvent, { type: 'vantage-lost' }>;

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

function clockReport(
  { b, offset, requests, replies, others }: VantagePair,
  join: VantageJoin,
  names: Names,
): ClockReport {
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

/** Losses that are listed: DHCP first, in order of time. */
export function lostReports(
  list: readonly VantageLoss[],
  join: VantageJoin,
  names: Names,
): { lost: LostReport[]; limits: LimitReport[] } {
  const points = join.vantages();
  const name = (capture: number): string => nameOf(points[capture]?.name ?? '', capture, names);
  const dhcp = ({ message }: VantageLoss): number => (message.protocol === 'dhcpv4' ? 0 : 1);
  const { kept, lost } = capped(
    [...list].sort((a, b) => dhcp(a) - dhcp(b) || a.time - b.time),
    CAPS.lost,
  );
  return {
    lost: kept.map(({ message, last }) => ({
      message: messageText(message),
      lastSeen: { ...momentOf(last.sight, names), vantage: name(last.capture) },
      missingAt: message.missing.slice(0, 32).map(({ capture, from, to, clock }) => ({
        vantage: name(capture),
        from: microText(from),
        to: microText(to),
        clock,
      })),
      mayBeCaptureLoss: message.missing.find((one) => one.mayBeCaptureLoss !== '')?.mayBeCaptureLoss ?? '',
    })),
    limits: lost > 0 ? [{ name: 'report.lost', cap: CAPS.lost, lost }] : [],
  };
}

function messageText({ protocol, kind, chaddr, reply, arp, passages }: VantageLoss['message']): string {
  if (protocol === 'dhcpv4') return `${kind} ${reply ? 'to' : 'of'} ${chaddr < 0 ? 'a client' : macText(chaddr)}`;
  const from = arp === undefined ? (passages[0]?.ethSrc ?? -1) : arp.senderMac;
  return `${protocol} ${kind}${from < 0 ? '' : ` of ${macText(from)}`}`;
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
