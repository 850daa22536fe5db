import type { ConfidenceLevel, Remedy, Severity } from '../detect/finding.ts';
import type { Standing } from '../detect/site.ts';
import type { WireText } from '../wire/values.ts';

/** Within `/1` keys and enum values may be added, never changed or removed. */
export const ANALYSIS_SCHEMA = 'rackwitness.analysis/1';

/**
 * What `analyze` found: one bounded object of plain data, the same bytes for the same input. Times are UTC text with
 * the capture's own resolution, `''` where there is none; integers beyond 2^53 are decimal text; addresses are text;
 * opaque bytes are lower-case hex. Every list has a cap: what a top-level list left out stands in `limits` under
 * `report.<list>`, what a list inside an entry left out stands in the entry's `omitted`.
 * `analysis.schema.json` describes the same object for other languages.
 */
export interface Analysis {
  schema: typeof ANALYSIS_SCHEMA;
  tool: { name: string; version: string };
  /** All of every capture was read, without damage. Tables that reached their cap are in `limits`. */
  complete: boolean;
  limits: LimitReport[];
  verdict: Verdict;
  captures: CaptureReport[];
  /** By protocol; only protocols that were seen. */
  records: Record<string, RecordCounts>;
  servers: ServerReport[];
  boots: BootReport[];
  findings: FindingReport[];
  coverage: CoverageReport[];
  /** Signs that a capture was changed after it was recorded. */
  lint: LintReport[];
  /** What the switches said: `--switch-log`, `--switch-show`. */
  logs: LogReport[];
  /** One for each vantage, in order; how their clocks compare stands with the earlier one of each two. */
  vantages: VantageReport[];
  /** Messages that were seen at one vantage and missing at another, DHCP first. */
  lost: LostReport[];
  /** Only where it was asked for. */
  whatIf?: WhatIfReport;
}

/**
 * - `compromised`: a boot was taken over
 * - `fault`: something is broken or attacked, at least likely so
 * - `undecided`: signs that this evidence cannot settle, or nothing was there to judge
 * - `nothing-found`: all that this vantage could see was in order
 */
export type VerdictState = 'compromised' | 'fault' | 'undecided' | 'nothing-found';
export const VERDICT_STATES: readonly VerdictState[] = ['compromised', 'fault', 'undecided', 'nothing-found'];

export interface Verdict {
  state: VerdictState;
  /** One sentence. */
  headline: string;
}

/** A cap that was reached. */
export interface LimitReport {
  name: string;
  cap: number;
  /** Entries forgotten, refused or left out. */
  lost: number;
}

export interface CaptureReport {
  /** Base name, `-` for standard input; made unique with `#2` where two files share it. Evidence refers to it. */
  name: string;
  /** Name of the vantage point (`--at`), or ''. */
  vantage: string;
  /** `pcap`, `pcapng`, or `unknown` when nothing could be read. */
  format: string;
  /** As `little-endian microseconds`, with the compression. */
  variant: string;
  linkTypes: { number: number; name: string }[];
  frames: number;
  /** Bytes of capture read, after decompression. */
  bytes: number;
  firstTime: string;
  lastTime: string;
  interfaces: InterfaceReport[];
  faults: CaptureFaultReport[];
  /** The file ends in the middle of a record, or could not be read to its end. */
  truncated: boolean;
  sha256?: string;
  omitted: number;
}

export interface InterfaceReport {
  id: number;
  name: WireText;
  linkType: number;
  snapLength: number;
  /** -1 where the capture does not say. */
  received: number;
  dropped: number;
}

export interface CaptureFaultReport {
  code: string;
  /** Byte in the decompressed stream. */
  offset: number;
  afterFrame: number;
  message: string;
}

/** `total`, and a count by kind: `{ total: 4, DISCOVER: 1, OFFER: 1, REQUEST: 1, ACK: 1 }`. */
export interface RecordCounts {
  total: number;
  [kind: string]: number;
}

export type ServerKind = 'dhcpv4' | 'proxydhcp' | 'dhcpv6' | 'tftp' | 'router';

/** One source of DHCP, ProxyDHCP, TFTP or router advertisements. */
export interface ServerReport {
  kind: ServerKind;
  /** What the protocol calls it: server identifier, DUID in hex, or address. */
  id: string;
  addresses: string[];
  macs: string[];
  /** Where it spoke, by segment name. */
  segments: string[];
  authorised: Standing;
  /** `seen`: it spoke; `named`: others spoke of it or to it, this vantage saw nothing from it. */
  sight: 'seen' | 'named';
  /** Distinct promises, by field name; addresses of its clients and lease times are not among them. */
  promised: Promised[];
  messages: number;
  first: Moment;
  last: Moment;
  omitted: number;
}

/** A value of a promise or a subject. */
export type Value = string | number | boolean | readonly string[];
export type Promised = Record<string, Value>;

/** A frame and its time. */
export interface Moment {
  capture: string;
  frame: number;
  time: string;
}

/** One machine on its way through the boot. */
export interface BootReport {
  machine: {
    macs: string[];
    /** In SMBIOS order, as the firmware's setup shows it; ''. */
    uuid: string;
    clientId: string;
    /** Every way in which this machine is written in the captures. */
    spellings: { kind: string; value: string }[];
  };
  segment: string;
  /** All segments on which it was seen, the one above first. */
  segments: string[];
  architecture: string;
  state: 'finished' | 'stopped' | 'undecided';
  /** Name of the rung at which it stopped, or ''. */
  stoppedAt: string;
  why: string;
  /** The ladder: `link`, `dot1x`, `dhcp`, `proxydhcp`, `boot-file` … `done`, all of them, in this order. */
  rungs: BootRung[];
  /** Each exchange and each file, in order of time. */
  steps: BootStep[];
  /** The how many-th boot of this machine this is, from 1, and those before (the last 8). */
  attempt: number;
  earlier: { first: Moment; state: 'finished' | 'stopped' | 'undecided'; stoppedAt: string }[];
  omitted: number;
}

export interface BootRung {
  name: string;
  /** `not-seen`: nothing of it passed this vantage, which does not mean that it failed. */
  state: 'done' | 'failed' | 'missing' | 'undecided' | 'skipped' | 'not-seen';
  tries: number;
  bytes: number;
  /** Absent where no frame of it was seen. */
  first?: Moment;
  last?: Moment;
  note: string;
}

export interface BootStep {
  /** `dhcp`, `proxydhcp`, `boot-file`, `configuration`, `kernel`, `metadata`, `packages`, `file` … */
  name: string;
  state: 'done' | 'failed' | 'missing' | 'undecided' | 'skipped';
  /** Who acts. */
  stage: 'firmware' | 'loader' | 'system';
  tries: number;
  bytes: number;
  first: Moment;
  last: Moment;
  note: string;
}

export type EvidenceReport =
  | { kind: 'frame'; capture: string; frame: number; time: string; note: string }
  | { kind: 'line'; log: string; line: number; time: string; note: string }
  | { kind: 'absence'; capture: string; from: string; to: string; expected: string };

export interface ConfidenceReport {
  level: ConfidenceLevel;
  /** 0 to 1. */
  score: number;
  reasons: string[];
  wouldDecide: string[];
}

export interface FindingReport {
  id: string;
  /** `id` and the subject in canonical form: the same between runs, for comparing reports. */
  key: string;
  severity: Severity;
  confidence: ConfidenceReport;
  title: string;
  message: string;
  /** Name of the segment or link, or ''. */
  segment: string;
  subject: Record<string, Value>;
  /** The first 8 and the last 2. */
  evidence: EvidenceReport[];
  /** How often it was seen. */
  count: number;
  firstTime: string;
  lastTime: string;
  causes: string[];
  remedy: Remedy;
  references: string[];
  /** Ids of `coverage` that make it less sure. */
  weakenedBy: string[];
  /** Evidence left out. */
  omitted: number;
}

/** What a vantage could not see, and what that leaves undecided. */
export interface CoverageReport {
  id: string;
  /** Name of the capture, or '' for all. */
  capture: string;
  segment: string;
  message: string;
  /** Finding ids. */
  undecided: string[];
  /** Ids of findings that this makes less sure: those that were found, and those that it leaves undecided. */
  weakens: string[];
  count: number;
}

/** A sign that a capture was changed after it was recorded. It says nothing of the network, and is no verdict. */
export interface LintReport {
  /** `frames-removed`, `headers-rewritten`, `tail-missing` … */
  id: string;
  severity: 'low' | 'info';
  /** How sure it is that the capture is not as it was recorded. */
  sure: ConfidenceLevel;
  capture: string;
  message: string;
  /** What else would look like this. */
  otherwise: string[];
  evidence: { capture: string; frame: number; time: string; note: string }[];
  count: number;
}

/** A vantage point: when it looked, and how its clock stands to the others. */
export interface VantageReport {
  /** As given by `--at`, else the capture's name. */
  name: string;
  captures: string[];
  /**
   * By its own clock. `manifest`: a file beside the capture says so; `flag`: the command line does; `frames`: its first
   * and last frame; `nobody`: it is empty and nothing says that it ran.
   */
  covered: { from: string; to: string; said: 'frames' | 'manifest' | 'flag' | 'nobody' };
  /** Capture filter and interface, as said beside the capture; ''. */
  filter: string;
  interface: string;
  /** Frames that the recorder lost; -1 where nobody counted. */
  dropped: number;
  empty: boolean;
  clocks: ClockReport[];
  omitted: number;
}

/** What is added to a time of this vantage to have it at the other, in seconds: an interval, null where it is open. */
export interface ClockReport {
  with: string;
  low: number | null;
  high: number | null;
  width: number | null;
  /**
   * `both-directions`: messages of both ways bound it on both sides; `one-direction`: on one side only; `unordered`: no
   * message is known to pass one point before the other; `none`: nothing is shared.
   */
  basis: 'both-directions' | 'one-direction' | 'unordered' | 'none';
  /** How much faster the other clock runs, in microseconds per second; null where the span does not allow to say. */
  drift: { low: number; high: number } | null;
  /** False where neither an offset nor a drift explains all: a clock was set meanwhile. */
  steady: boolean;
  /** Messages seen at both. */
  shared: { requests: number; replies: number; others: number };
}

/** A message that was seen and did not arrive where it would have been seen. */
export interface LostReport {
  /** As `OFFER to 52:54:00:bb:00:01`, `tftp RRQ`. */
  message: string;
  lastSeen: Moment & { vantage: string };
  missingAt: { vantage: string; from: string; to: string; clock: 'measured' | 'assumed' }[];
  /** Why it may be lost in the capture alone; '' no such sign. */
  mayBeCaptureLoss: string;
}

/** Messages that were lost, under another rule. */
export interface WhatIfReport {
  rule: string;
  wouldPass: WhatIfLine[];
  stillLost: WhatIfLine[];
  omitted: number;
}

export interface WhatIfLine {
  message: string;
  /** Where it was last seen. */
  at: Moment;
  why: string;
}

/** One text of a switch. Evidence of kind `line` refers to its name. */
export interface LogReport {
  /** Base name, made unique as that of a capture. */
  name: string;
  source: 'log' | 'show';
  /** Dialects that understood lines of it. */
  dialects: string[];
  /** Lines that are not blank. */
  lines: number;
  /** Lines that became records. */
  parsed: number;
  /** Lines that no dialect knows: counted, never guessed. */
  unknown: number;
  /** The first 8 of them, escaped and cut to 200 characters. */
  unknownLines: { line: number; text: string }[];
  /** Lines longer than 8 KiB, of which only the beginning was looked at. */
  cut: number;
  truncated: boolean;
  /** Earliest and latest time that its records may have. */
  firstTime: string;
  lastTime: string;
  /** As sure as the least sure of its lines; '' where none has a time. */
  timeSure: '' | 'certain' | 'likely' | 'possible';
  /** What was taken for granted, or ''. */
  timeReason: string;
}

/** Caps of the report's lists: more would not be read by a person; `decode` streams the whole. */
export const CAPS = {
  captures: 1_000,
  servers: 1_000,
  boots: 1_000,
  findings: 1_000,
  coverage: 256,
  lint: 256,
  logs: 256,
  limits: 256,
  vantages: 256,
  /** Per vantage. */
  clocks: 64,
  lost: 256,
  /** Lost messages of a rule. */
  whatIf: 256,
  /** Per capture. */
  interfaces: 256,
  faults: 64,
  linkTypes: 64,
  /** Per server: addresses, MACs, segments. */
  places: 16,
  promises: 4,
  /** Per boot. */
  steps: 64,
  /** Per finding. */
  evidenceFirst: 8,
  evidenceLast: 2,
  /** Per sign of editing. */
  signs: 4,
  /** Reasons, causes, steps, lines of a remedy. */
  lines: 16,
} as const;

/** A list cut to its cap, and what that left out. */
export function capped<T>(list: readonly T[], cap: number): { kept: T[]; lost: number } {
  return { kept: list.slice(0, cap), lost: Math.max(0, list.length - cap) };
}
