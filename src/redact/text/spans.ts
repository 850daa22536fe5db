import type { Kind } from '../kinds.ts';
import type { AddressSpan } from '../spellings/span.ts';
import type { HintIndex } from './hints.ts';
import { PLACEHOLDER, type TextRule } from '../rules/rule.ts';

/** A value in a text. */
export interface Span {
  at: number;
  /** Past the last. */
  end: number;
  kind: Kind;
  /** Id of the rule, or the finder's name. */
  rule: string;
  /** Where it is an address: what and how spelled. Of a piece of one it says the whole. */
  address?: AddressSpan;
}

/** Finds values that are no rule's: addresses in all spellings, names known of the case, times. */
export interface SpanFinder {
  name: string;
  find(text: string): readonly Omit<Span, 'rule'>[];
}

/** A pattern sees no more than this at once, so that what is quadratic in one stays small. */
const WINDOW = 8192;
/** Of a window: seen before the part in which values may begin. Keys, headers and quotes before a value are shorter. */
const BEFORE = 1024;
/** Of a window: the part in which values may begin. */
const STEP = 4096;
/** What ends a value that runs over a window's end. */
const ENDS = /[\s"'`<>]/g;

/**
 * What is asked first wins: secrets, then times, then addresses and known names where they are not inside a longer
 * name, then names.
 */
export interface Finders {
  rules: readonly TextRule[];
  /** Of these rules. */
  hints: HintIndex;
  times: SpanFinder;
  known: readonly SpanFinder[];
}

/** The values of a text, in order; they do not overlap. */
export function findSpans(text: string, finders: Finders): Span[] {
  const tried = finders.hints.rulesFor(text.toLowerCase());
  const secrets: Span[] = [];
  const names: Span[] = [];
  for (let i = 0; i < finders.rules.length; i += 1) {
    const rule = finders.rules[i];
    if (tried[i] !== 1 || rule === undefined) continue;
    const into = isSecret(rule.kind) ? secrets : names;
    const { kind, id } = rule;
    inWindows(text, (part, begin, from, to, last) => {
      rule.find(part, (at, end) => {
        if (at < from || at >= to) return;
        const whole = end === part.length && !last ? endOf(text, begin + end) : begin + end;
        into.push({ at: begin + at, end: whole, kind, rule: id });
      });
    });
  }
  const known: Span[] = [];
  for (const finder of [...finders.known, finders.times]) {
    const into = finder === finders.times ? secrets : known;
    inWindows(text, (part, begin, from, to, last) => {
      for (const one of finder.find(part)) {
        const { at, end } = one;
        if (at < from || at >= to) continue;
        const whole =
          end === part.length && !last && one.address === undefined ? endOf(text, begin + end) : begin + end;
        into.push({ ...one, at: begin + at, end: whole, rule: finder.name });
      }
    });
  }
  if (secrets.length + names.length + known.length === 0) return [];
  const cover = new Cover(text.length);
  for (let at = text.indexOf(PLACEHOLDER); at >= 0; at = text.indexOf(PLACEHOLDER, at + PLACEHOLDER.length)) {
    cover.take({ at, end: at + PLACEHOLDER.length, kind: 'secret', rule: '' });
  }
  for (const span of secrets) cover.take(span);
  // An address that is a part of a longer name maps with it; one that merely touches a name stands for itself.
  const inside = insideOf(names, text.length);
  for (const span of known) if (!inside(span)) cover.take(span);
  for (const span of names) cover.take(span);
  for (const span of known) cover.take(span);
  return cover.list();
}

function isSecret(kind: Kind): boolean {
  return kind === 'secret' || kind === 'payload';
}

/**
 * @param see of one window: its text, where it begins in the whole, and between which of its own indexes values may begin
 */
function inWindows(
  text: string,
  see: (part: string, begin: number, from: number, to: number, last: boolean) => void,
): void {
  if (text.length <= WINDOW) {
    see(text, 0, 0, text.length, true);
    return;
  }
  for (let step = 0; step < text.length; step += STEP) {
    const begin = Math.max(0, step - BEFORE);
    const end = Math.min(text.length, begin + WINDOW);
    see(text.slice(begin, end), begin, step - begin, Math.min(text.length, step + STEP) - begin, end === text.length);
  }
}

/** Where a value ends that reaches `at` and may go on. */
function endOf(text: string, at: number): number {
  ENDS.lastIndex = at;
  return ENDS.exec(text)?.index ?? text.length;
}

const OUTSIDE = (): boolean => false;

/** A number for each character of the text at hand: lines are many, and what they need is not made anew for each. */
class Scratch {
  private numbers = new Int32Array(1024);

  /** Zeros; good until it is asked again. */
  of(length: number): Int32Array {
    if (this.numbers.length < length) this.numbers = new Int32Array(2 * length);
    return this.numbers.fill(0, 0, length);
  }
}

const REACH = new Scratch();
const BEFORE_HERE = new Scratch();
const OWNER = new Scratch();

/** Whether a span is a part of one of these. */
function insideOf(spans: readonly Span[], length: number): (span: Span) => boolean {
  if (spans.length === 0) return OUTSIDE;
  /** How far the spans reach that begin here; `before`: here or earlier. */
  const reach = REACH.of(length);
  for (const { at, end } of spans) reach[at] = Math.max(reach[at] ?? 0, end);
  const before = BEFORE_HERE.of(length);
  for (let i = 0, far = 0; i < length; i += 1) {
    far = Math.max(far, reach[i] ?? 0);
    before[i] = far;
  }
  return ({ at, end, kind, address }) => {
    const far = reach[at] ?? 0;
    // Octets of an identifier look like an IPv6 address; else an address that fills a name's whole place is one.
    return (before[at - 1] ?? 0) >= end || far > end || (far === end && (address === undefined || kind === 'ipv6'));
  };
}

/** Whose each character is: the first that asks has it, the next gets what is left of its place. Linear in the text. */
class Cover {
  private readonly owner: Int32Array;
  private readonly length: number;
  private readonly spans: Span[] = [];

  constructor(length: number) {
    this.owner = OWNER.of(length);
    this.length = length;
  }

  take(span: Span): void {
    const number = this.spans.push(span);
    for (let i = span.at; i < span.end; i += 1) if (this.owner[i] === 0) this.owner[i] = number;
  }

  list(): Span[] {
    const { owner, spans, length } = this;
    const list: Span[] = [];
    for (let at = 0; at < length;) {
      const number = owner[at] ?? 0;
      let end = at + 1;
      while (end < length && owner[end] === number) end += 1;
      const span = spans[number - 1];
      if (span !== undefined && span.rule !== '') {
        list.push(span.at === at && span.end === end ? span : { ...span, at, end });
      }
      at = end;
    }
    return list;
  }
}
