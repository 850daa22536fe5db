import type { Missing, Passage } from '../../flow/vantages/types.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import type { DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { Severity, Subject } from '../finding.ts';
import {
  lineNote,
  lossConfidence,
  lossEvidence,
  lossesOf,
  lossHandlers,
  type Loss,
  type Losses,
  type LossKind,
} from './losses.ts';

/** What is known of the losses between the same points. */
export interface DropFacts {
  clients: Distinct;
  /** Kinds of message, in order of loss. */
  kinds: string[];
  last: Passage | undefined;
  missing: readonly Missing[];
  signature: string;
  lines: SwitchLine[];
  /** The first one, for what its message says. */
  first: Loss | undefined;
  shared: { dhcp: number; others: number };
}

/** How a detector words the drops that are its own. */
export interface DropWords {
  id: string;
  severity: Severity;
  kinds: readonly LossKind[];
  /** Kinds of switch lines that say the same. */
  lines: readonly SwitchLine['kind'][];
  /** Losses fewer than this say nothing. */
  atLeast: number;
  /** Whether the detector takes it; by default all of its kinds. */
  takes?(loss: Loss, losses: Losses): boolean;
  /** The station whose MAC a switch would name: server or client. */
  station(loss: Loss): number;
  /** Its IPv4 address, where a switch would name it by that. */
  address?(loss: Loss): number;
  /** Where a switch names the port and no station: its lines of that time which say the same. */
  says?(line: SwitchLine): boolean;
  subject(loss: Loss): Subject;
  /** By which rule such a message is dropped; '' none that it shows. */
  signature(loss: Loss): string;
  message(facts: DropFacts, losses: Losses): string;
  causes(facts: DropFacts, losses: Losses): string[];
  wouldDecide(facts: DropFacts): string[];
}

const KINDS = 8;
const LINES = 8;

/** A detector of drops between vantages: it collects while events come, and judges when all have ended. */
export function startDrops(context: DetectorContext, words: DropWords): DetectorRun {
  const losses = lossesOf(context);
  const cases = new Cases<DropFacts>(
    words.id,
    () => newFacts(words.id),
    (one) => tell(one, words, losses),
  );
  return {
    on: lossHandlers(losses),
    end: (emit) => {
      judgeDrops(losses, words, cases, emit);
      cases.end(emit);
    },
    limits: () => [...cases.limits(), ...losses.limits()],
  };
}

function judgeDrops(losses: Losses, words: DropWords, cases: Cases<DropFacts>, emit: EmitFinding): void {
  const groups = new Map<string, Loss[]>();
  for (const loss of losses.dhcp) {
    if (!words.kinds.includes(losses.kindOf(loss))) continue;
    if (words.takes?.(loss, losses) === false) continue;
    const missing = loss.message.missing.map(({ capture }) => capture).join(',');
    const key = `${loss.last.capture}>${missing}/${JSON.stringify(words.subject(loss))}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [loss]);
    else list.push(loss);
  }
  for (const [key, list] of groups) {
    if (list.length < words.atLeast) continue;
    for (const loss of list) {
      const one = cases.open(key, () => words.subject(loss), loss.last.segment);
      take(one.facts, loss, words, losses);
      cases.note(
        one,
        loss.last.time,
        () => [...lossEvidence(losses, loss), ...one.facts.lines.slice(0, 2).map(lineNote)],
        emit,
      );
    }
  }
}

function take(facts: DropFacts, loss: Loss, words: DropWords, losses: Losses): void {
  const { message, last } = loss;
  if (message.chaddr >= 0) facts.clients.add(message.chaddr);
  if (!facts.kinds.includes(message.kind) && facts.kinds.length < KINDS) facts.kinds.push(message.kind);
  facts.first ??= loss;
  facts.last = last;
  if (facts.missing.length === 0) facts.missing = message.missing;
  if (facts.signature === '') facts.signature = words.signature(loss);
  if (facts.lines.length < LINES) {
    const { says } = words;
    const said =
      says === undefined
        ? losses.lines(words.station(loss), words.lines, last.time, words.address?.(loss))
        : losses.linesAt(words.lines, last.time).filter(says);
    for (const line of said) {
      if (facts.lines.length < LINES && !facts.lines.includes(line)) facts.lines.push(line);
    }
  }
  facts.shared = losses.shared(last, message.missing);
}

function tell({ facts, count }: Case<DropFacts>, words: DropWords, losses: Losses): Telling {
  const sure = lossConfidence({
    count,
    missing: facts.missing,
    lines: facts.lines.length,
    signature: facts.signature,
    shared: facts.shared,
    wouldDecide: words.wouldDecide(facts),
  });
  return {
    severity: sure.level === 'possible' && words.severity === 'high' ? 'medium' : words.severity,
    confidence: sure,
    message: words.message(facts, losses),
    causes: words.causes(facts, losses),
  };
}

function newFacts(id: string): DropFacts {
  return {
    clients: new Distinct(`${id}.clients`),
    kinds: [],
    last: undefined,
    missing: [],
    signature: '',
    lines: [],
    first: undefined,
    shared: { dhcp: 0, others: 0 },
  };
}

/** `OFFER and ACK`. */
export function kindsText(kinds: readonly string[]): string {
  return kinds.length < 2 ? (kinds[0] ?? 'message') : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1) ?? ''}`;
}

/** ` (Gi1/0/12 of sw1)` where a switch's line names the port; else ''. */
export function portText(lines: readonly SwitchLine[]): string {
  const line = lines.find(({ port }) => port !== '');
  if (line === undefined) return '';
  return ` at port ${line.port}${line.device === '' ? '' : ` of ${line.device}`}`;
}
