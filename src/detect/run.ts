import type { LimitReached } from '../flow/bounded.ts';
import { REPLIES, REQUESTS } from '../flow/dhcp4/kinds.ts';
import type { Dhcp4Kind, Dhcp4Message } from '../flow/dhcp4/types.ts';
import type { FlowEvent, FlowEventType } from '../flow/events.ts';
import { NO_SWITCH_TEXT } from '../flow/switch/empty.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from './detector.ts';
import { SEVERITIES, type Emission, type EvidenceNote, type Severity, type Subject } from './finding.ts';

/** Distinct findings of one detector: an attacker who makes thousands of one kind must not push out another kind. */
const MAX_FINDINGS_EACH = 512;
/** Evidence kept of a finding: the first and the last. */
const FIRST_EVIDENCE = 8;
const LAST_EVIDENCE = 2;

/** A finding as the run holds it; the report makes text of it. */
export interface FindingState {
  detector: Detector;
  key: string;
  subject: Subject;
  severity: Severity;
  last: Emission;
  firstEvidence: EvidenceNote[];
  lastEvidence: EvidenceNote[];
  /** All evidence ever given. */
  evidenceCount: number;
  count: number;
  /** Microseconds; 0 where nothing that it rests on has a time. */
  firstTime: number;
  lastTime: number;
  /** Ids of coverage notes that make it less sure (`weakens.ts`). */
  weakenedBy?: readonly string[];
}

/** What a bench is given: what is optional has a neutral value. */
export type BenchContext = Omit<DetectorContext, 'switchText'> & Partial<Pick<DetectorContext, 'switchText'>>;

type Handler = (event: FlowEvent, emit: EmitFinding) => void;

interface Running {
  detector: Detector;
  run: DetectorRun;
  emit: EmitFinding;
  findings: Findings;
  refused: number;
}

/** What one detector has found. */
interface Findings {
  states: Map<string, FindingState>;
  /** Of a full table, who would be pushed out; undefined while that is not known. */
  mildest: FindingState | undefined;
}

/** Who wants an event, in the order of the detectors. */
interface Wanted {
  handlers: Handler[];
  emits: EmitFinding[];
}

/** Runs all detectors over one stream of events and merges what they say: one finding per id and subject. */
export class DetectorBench {
  private readonly running: Running[];
  private readonly byType = new Map<FlowEventType, Wanted>();
  /** Of `dhcp4-message`: by kind, apart what bears a relay's mark. */
  private readonly plain = new Map<Dhcp4Kind, Wanted>();
  private readonly relayed = new Map<Dhcp4Kind, Wanted>();

  constructor(detectors: readonly Detector[], given: BenchContext) {
    const context: DetectorContext = { switchText: NO_SWITCH_TEXT, ...given };
    this.running = detectors.map((detector) => {
      const findings: Findings = { states: new Map(), mildest: undefined };
      const one: Running = {
        detector,
        run: detector.start(context),
        findings,
        refused: 0,
        emit: (emission) => {
          if (!upsert(findings, detector, emission)) one.refused += 1;
        },
      };
      return one;
    });
    for (const { run, emit } of this.running) {
      for (const [type, handler] of Object.entries(run.on) as [FlowEventType, Handler][]) {
        if (type !== 'dhcp4-message') add(this.byType, type, handler, emit);
        else this.wantMessages(run, handler, emit);
      }
    }
  }

  on(event: FlowEvent): void {
    const wanted = event.type === 'dhcp4-message' ? this.wantedOf(event.message) : this.byType.get(event.type);
    if (wanted === undefined) return;
    const { handlers, emits } = wanted;
    for (let i = 0; i < handlers.length; i += 1) handlers[i]!(event, emits[i]!);
  }

  end(): void {
    for (const { run, emit } of this.running) run.end?.(emit);
  }

  findings(): FindingState[] {
    return this.running.flatMap((one) => [...one.findings.states.values()]);
  }

  limits(): LimitReached[] {
    return this.running.flatMap((one) => [
      ...(one.run.limits?.() ?? []),
      ...(one.refused > 0 ? [{ name: `findings.${one.detector.id}`, cap: MAX_FINDINGS_EACH, lost: one.refused }] : []),
    ]);
  }

  private wantMessages({ messages }: DetectorRun, handler: Handler, emit: EmitFinding): void {
    for (const kind of messages?.kinds ?? [...REQUESTS, ...REPLIES]) {
      add(this.relayed, kind, handler, emit);
      if (messages?.relayed !== true) add(this.plain, kind, handler, emit);
    }
  }

  private wantedOf(m: Dhcp4Message): Wanted | undefined {
    const marked = m.giaddr !== 0 || m.hops !== 0 || m.relayAgentCount > 0;
    return (marked ? this.relayed : this.plain).get(m.kind);
  }
}

function add<K>(table: Map<K, Wanted>, key: K, handler: Handler, emit: EmitFinding): void {
  const wanted = table.get(key);
  if (wanted === undefined) {
    table.set(key, { handlers: [handler], emits: [emit] });
    return;
  }
  wanted.handlers.push(handler);
  wanted.emits.push(emit);
}

/** `id` and the subject with sorted names: the same between runs and machines. */
export function findingKey(id: string, subject: Subject): string {
  const names = Object.keys(subject).sort();
  return `${id}:${JSON.stringify(names.map((name) => [name, subject[name]]))}`;
}

/** @returns false when a finding was refused or pushed out */
function upsert(findings: Findings, detector: Detector, emission: Emission): boolean {
  const key = findingKey(detector.id, emission.subject);
  const { states } = findings;
  const known = states.get(key);
  if (known === undefined) {
    const displaced = states.size < MAX_FINDINGS_EACH ? undefined : (findings.mildest ??= mildest(states));
    if (displaced !== undefined) {
      if (rank(emission.severity ?? detector.severity) >= rank(displaced.severity)) return false;
      states.delete(displaced.key);
      findings.mildest = undefined;
    }
    const state: FindingState = {
      detector,
      key,
      subject: emission.subject,
      severity: emission.severity ?? detector.severity,
      last: emission,
      firstEvidence: [],
      lastEvidence: [],
      evidenceCount: 0,
      count: emission.count ?? 1,
      firstTime: emission.time,
      lastTime: emission.time,
    };
    states.set(key, state);
    addEvidence(state, emission.evidence);
    return displaced === undefined;
  }
  known.count += emission.count ?? 1;
  const severity = emission.severity ?? detector.severity;
  if (severity !== known.severity) findings.mildest = undefined;
  known.severity = severity;
  known.last = emission;
  // A line of a log whose time is not resolved has none: it is no earlier than what has one.
  if (emission.time > 0)
    known.firstTime = known.firstTime > 0 ? Math.min(known.firstTime, emission.time) : emission.time;
  known.lastTime = Math.max(known.lastTime, emission.time);
  addEvidence(known, emission.evidence);
  return true;
}

/** The least severe finding, of several the youngest: who floods us with forged culprits must not hide the real one. */
function mildest(states: Map<string, FindingState>): FindingState | undefined {
  let least: FindingState | undefined;
  for (const state of states.values()) {
    if (least === undefined || rank(state.severity) >= rank(least.severity)) least = state;
  }
  return least;
}

/** 0 is the most severe. */
function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function addEvidence(state: FindingState, evidence: readonly EvidenceNote[]): void {
  for (const note of evidence) {
    if (state.firstEvidence.some((known) => sameEvidence(known, note))) continue;
    if (state.lastEvidence.some((known) => sameEvidence(known, note))) continue;
    state.evidenceCount += 1;
    if (state.firstEvidence.length < FIRST_EVIDENCE) {
      state.firstEvidence.push(note);
      continue;
    }
    state.lastEvidence.push(note);
    if (state.lastEvidence.length > LAST_EVIDENCE) state.lastEvidence.shift();
  }
}

function sameEvidence(a: EvidenceNote, b: EvidenceNote): boolean {
  if (a.kind === 'frame' && b.kind === 'frame') {
    return a.sight.frame === b.sight.frame && a.sight.capture === b.sight.capture && a.sight.file === b.sight.file;
  }
  if (a.kind === 'line' && b.kind === 'line') return a.log === b.log && a.line === b.line;
  if (a.kind === 'absence' && b.kind === 'absence') {
    return a.capture === b.capture && a.from === b.from && a.to === b.to && a.expected === b.expected;
  }
  return false;
}
