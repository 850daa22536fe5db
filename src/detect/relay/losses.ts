import type {
  JoinedExchange,
  JoinedMessage,
  Missing,
  Passage,
  VantageEvent,
  VantagePair,
} from '../../flow/vantages/types.ts';
import type { LimitReached } from '../../flow/bounded.ts';
import type { SwitchLine } from '../../flow/switch/types.ts';
import { macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { DetectorContext } from '../detector.ts';
import type { Confidence, EvidenceNote } from '../finding.ts';
import { lineTime } from '../switch/words.ts';

/** Lost messages that are judged; a loss that repeats for hours says nothing new. */
const LOSSES = 4096;
/** Requests of all clients remembered, for how many came at a time. */
const REQUESTS = 16_384;
/** Hops from which a relay may drop a request by its default (RFC 1542 4.1.1). */
export const HOPS = 4;
/** DHCP messages in a second that no switch's limit need to bear: common advice is 15 to 100. */
const BURST = 10;
/** Of a burst, so many came through first: something was let pass, then nothing. */
const PASSED_FIRST = 3;

export type Loss = Extract<VantageEvent, { type: 'vantage-lost' }>;

/** Why a request was lost, as far as the messages themselves say; each loss is told by one detector. */
export type LossKind = 'reply' | 'relayed-reply' | 'hops' | 'burst' | 'binding' | 'client';

interface Asked {
  time: number;
  capture: number;
  passed: readonly number[];
}

/** What the detectors of drops judge together: every loss, and what passed meanwhile. */
export class Losses {
  readonly dhcp: Loss[] = [];
  /** Messages of other protocols. */
  readonly others: Loss[] = [];
  readonly pairs: VantagePair[] = [];
  private readonly asked: Asked[] = [];
  private readonly kinds = new WeakMap<Loss, LossKind>();
  private readonly shut = new Map<number, number>();
  private readonly context: DetectorContext;
  private last: VantageEvent | undefined;
  private lost = 0;

  constructor(context: DetectorContext) {
    this.context = context;
  }

  /** Takes up an event; the same one again changes nothing. */
  on(event: VantageEvent): void {
    if (event === this.last) return;
    this.last = event;
    if (event.type === 'vantage-pair') this.pairs.push(event.pair);
    else if (event.type === 'vantage-exchange') this.exchange(event.exchange);
    else {
      const list = event.message.protocol === 'dhcpv4' ? this.dhcp : this.others;
      if (list.length >= LOSSES) this.lost += 1;
      else list.push(event);
    }
  }

  name(capture: number): string {
    return this.context.vantages?.[capture] || `vantage ${capture + 1}`;
  }

  /** Names of the vantages where it never arrived. */
  missingAt(missing: readonly Missing[]): string {
    return missing.map(({ capture }) => this.name(capture)).join(' and ');
  }

  pair(a: number, b: number): VantagePair | undefined {
    return this.pairs.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a));
  }

  /** DHCP replies that both points saw. */
  repliesPassed(a: number, b: number): number {
    return this.pair(a, b)?.replies ?? 0;
  }

  /** What kind of drop this is; asked by every detector of drops, worked out once. */
  kindOf(loss: Loss): LossKind {
    let kind = this.kinds.get(loss);
    if (kind === undefined) this.kinds.set(loss, (kind = this.judgeKind(loss)));
    return kind;
  }

  /** Other messages of DHCP and of any kind that both points did see. */
  shared(last: Passage, missing: readonly Missing[]): { dhcp: number; others: number } {
    let [dhcp, others] = [0, 0];
    for (const { capture } of missing) {
      const pair = this.pair(last.capture, capture);
      dhcp += (pair?.requests ?? 0) + (pair?.replies ?? 0);
      others += pair?.others ?? 0;
    }
    return { dhcp, others };
  }

  /** Lines of switches that speak of this station, by MAC address or, where they name none, by IPv4 address, and such a drop. */
  lines(mac: number, kinds: readonly SwitchLine['kind'][], time: number, address = -1): readonly SwitchLine[] {
    const { switchText } = this.context;
    if (switchText.empty) return [];
    // The clocks of switches are seconds wide.
    const when = { kinds, time, slack: 30e6 };
    return [
      ...(mac < 0 ? [] : switchText.linesFor({ mac, ...when })),
      ...(address <= 0 ? [] : switchText.linesFor({ ip: address, ...when }).filter((line) => line.mac <= 0)),
    ];
  }

  /** Lines of such kinds at that time, whomever they name. */
  linesAt(kinds: readonly SwitchLine['kind'][], time: number): readonly SwitchLine[] {
    const { switchText } = this.context;
    return switchText.empty ? [] : switchText.linesFor({ kinds, time, slack: 30e6 });
  }

  limits(): LimitReached[] {
    return this.lost > 0 ? [{ name: 'vantages.lost', cap: LOSSES, lost: this.lost }] : [];
  }

  private exchange({ messages }: JoinedExchange): void {
    for (const message of messages) {
      if (message.reply || this.asked.length >= REQUESTS) continue;
      const [first] = message.passages;
      if (first === undefined) continue;
      this.asked.push({
        time: message.time,
        capture: first.capture,
        passed: message.passages.map(({ capture }) => capture),
      });
    }
  }

  private judgeKind({ message, exchange, last }: Loss): LossKind {
    if (message.reply) return throughRelay(exchange, last) ? 'relayed-reply' : 'reply';
    if (last.hops >= HOPS) return 'hops';
    if (message.kind === 'RELEASE' || message.kind === 'DECLINE') return 'binding';
    return message.time > this.shutAfter(last.capture, message.missing[0]?.capture ?? -1) ? 'burst' : 'client';
  }

  /**
   * When the last request passed from one point to another, if it came in a burst of which the first passed: after it
   * nothing did. Infinity where it was no burst. (Asked once all events are in.)
   */
  private shutAfter(from: number, to: number): number {
    const key = from * 65_536 + to;
    const known = this.shut.get(key);
    if (known !== undefined) return known;
    const here = this.asked.filter(({ capture }) => capture === from);
    const passed = here.filter((one) => one.passed.includes(to));
    const last = passed.reduce((latest, { time }) => Math.max(latest, time), 0);
    const near = ({ time }: Asked): boolean => time > last - 1e6 && time < last + 1e6;
    const burst = here.filter(near).length >= BURST && passed.filter(near).length >= PASSED_FIRST;
    const time = burst ? last : Infinity;
    this.shut.set(key, time);
    return time;
  }
}

/** A relay lies between where the reply was last seen and the client. */
function throughRelay(exchange: JoinedExchange | undefined, last: Passage): boolean {
  const requests = (exchange?.messages ?? []).filter(({ reply }) => !reply).flatMap(({ passages }) => passages);
  const here = requests.filter(({ capture }) => capture === last.capture);
  if (here.length > 0) return here.some(({ giaddr }) => giaddr !== 0);
  return last.giaddr !== 0;
}

/** The lost message as evidence: where it was last seen, and where it was looked for in vain. */
export function lossEvidence(losses: Losses, { message, last }: Loss): EvidenceNote[] {
  const what = lossText(message);
  return [
    { kind: 'frame', sight: last.sight, note: `${what}: last seen at ${losses.name(last.capture)}` },
    ...message.missing.slice(0, 2).map((one): EvidenceNote => ({
      kind: 'absence',
      capture: one.capture,
      from: one.from,
      to: one.to,
      expected: what,
    })),
  ];
}

/** `OFFER to 52:54:00:bb:00:01`. */
export function lossText({ kind, chaddr, reply }: JoinedMessage): string {
  return `${kind} ${reply ? 'to' : 'of'} ${chaddr < 0 ? 'a client' : macText(chaddr)}`;
}

export function lineNote(line: SwitchLine): EvidenceNote {
  const time = lineTime(line);
  return {
    kind: 'line',
    log: line.log,
    line: line.line,
    ...(time === undefined ? {} : { time }),
    note: line.text.slice(0, 200),
  };
}

/** What a detector of drops rests its word on. */
export interface Footing {
  count: number;
  missing: readonly Missing[];
  /** Lines of switches that say it. */
  lines: number;
  /** The messages themselves break a rule by which such devices drop. */
  signature: string;
  /** Messages of other kinds that both points share. */
  shared: { dhcp: number; others: number };
  /** Where it was seen last, and what would decide. */
  wouldDecide: readonly string[];
}

/** One scale for all drops between vantages: what is measured, what is assumed, what may be the recorder's own loss. */
export function lossConfidence(footing: Footing): Confidence {
  const { count, missing, lines, signature, shared } = footing;
  const reasons: string[] = [];
  const ordered = missing.some(({ way }) => way === 'ordered');
  const measured = missing.some(({ clock }) => clock === 'measured');
  const silent = missing.every(({ way }) => way === 'silent');
  const recorder = missing.find(({ mayBeCaptureLoss }) => mayBeCaptureLoss !== '')?.mayBeCaptureLoss ?? '';
  reasons.push(
    `${count} message${count === 1 ? ' was' : 's were'} seen at one point and never at the next, while both captures ran`,
  );
  if (lines > 0) reasons.push('a switch says in its own log that it dropped them');
  if (signature !== '') reasons.push(signature);
  if (shared.dhcp + shared.others > 0)
    reasons.push(`${shared.dhcp + shared.others} other messages were seen at both points`);
  if (silent) reasons.push('the other capture ran and holds nothing at all');
  if (!measured)
    reasons.push('the clocks of the two captures share no message: both are taken to be right within a second');
  if (recorder !== '') reasons.push(`it may be lost in the capture only: ${recorder}`);
  const wouldDecide = [
    ...footing.wouldDecide,
    ...(lines > 0 ? [] : ["the switch's log and DHCP snooping counters for these ports"]),
  ];
  if (lines > 0) return confidence('certain', reasons, [...footing.wouldDecide]);
  if (recorder !== '') return confidence('possible', reasons, ['a capture without drops', ...wouldDecide]);
  if (silent) return confidence(signature !== '' && count > 1 ? 'likely' : 'possible', reasons, wouldDecide);
  if (ordered && (count > 1 || signature !== '')) return confidence('likely', reasons, wouldDecide);
  return confidence(signature !== '' ? 'likely' : 'possible', reasons, wouldDecide);
}

const rooms = new WeakMap<DetectorContext, Losses>();

/** The losses of a run: the same for all detectors that are started with one context. */
export function lossesOf(context: DetectorContext): Losses {
  const known = rooms.get(context);
  if (known !== undefined) return known;
  const room = new Losses(context);
  rooms.set(context, room);
  return room;
}

/** The handlers by which a detector keeps the room filled. */
export function lossHandlers(losses: Losses): {
  'vantage-pair': (event: Extract<VantageEvent, { type: 'vantage-pair' }>) => void;
  'vantage-exchange': (event: Extract<VantageEvent, { type: 'vantage-exchange' }>) => void;
  'vantage-lost': (event: Loss) => void;
} {
  const take = (event: VantageEvent): void => losses.on(event);
  return { 'vantage-pair': take, 'vantage-exchange': take, 'vantage-lost': take };
}
