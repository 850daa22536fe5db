import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import { PLACEHOLDER } from '../rules/rule.ts';
import { Blocks } from './blocks.ts';
import { hexBytes, hexLike, mapIdentifier, mapOctal } from './identifier-bytes.ts';
import { addressImage, type AddressTools, prefixLengthAt } from './addresses.ts';
import { HintIndex } from './hints.ts';
import { findSpans, type Finders, type Span, type SpanFinder } from './spans.ts';
import { countDropped, countFault, countValue, type TextTally } from './tally.ts';
import { mapTimeText, type TimeMap } from './times.ts';
import { isConstant } from './fields.ts';
import { seen } from './marks.ts';
import type { FieldKind, Place, Treatment } from './treatment.ts';

/** What is not a value of a known kind, by the policy of `text`. */
type Rest = 'keep' | 'generalise' | 'drop';

/** Tokens of letters and digits of this length and more are names of something, not words: under `generalise` they go. */
const TOKEN =
  /(?<![A-Za-z0-9])(?=[A-Za-z0-9_-]{0,64}[0-9])(?=[A-Za-z0-9_-]{0,64}[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]{6,}[A-Za-z0-9]/g;

/** Rewrites text by rules, addresses and known names: see `Treatment`. */
export class Redacting implements Treatment {
  readonly place: Place = { line: 0 };
  private readonly identities: Identities;
  private readonly finders: Finders;
  private readonly addresses: AddressTools;
  private readonly tally: TextTally;
  private readonly times: TimeMap;
  private readonly keepsTimes: boolean;
  private readonly rest: Rest;

  constructor(identities: Identities, finders: Finders, addresses: AddressTools, tally: TextTally, year: number) {
    this.identities = identities;
    this.finders = finders;
    this.addresses = addresses;
    this.tally = tally;
    const time = identities.rule('time').action;
    this.keepsTimes = time === 'keep';
    this.times = { time: (seconds) => identities.time(seconds), fractions: time !== 'zero', year };
    const text = identities.rule('text').action;
    this.rest = text === 'keep' ? 'keep' : text === 'drop' || text === 'zero' ? 'drop' : 'generalise';
  }

  line(line: string, blocks: Blocks): string {
    const text = seen(line);
    const block = blocks.part(text);
    if (block === undefined) return this.free(text);
    // What is in a block is its body's; what a log wrote before it is its own.
    const { at, end, kind, rule } = block;
    return this.free(text.slice(0, at)) + this.mapped(kind, rule, text.slice(at, end)) + this.free(text.slice(end));
  }

  value(text: string, kind: FieldKind): string {
    if (text === '') return text;
    if (kind === 'keep') return this.constant(text);
    if (kind === 'text' || kind === 'number') return this.lines(text);
    if (text === PLACEHOLDER) return text;
    if (kind === 'time') return this.timeValue(text);
    if (kind === 'secret' || kind === 'payload') {
      // Line by line, so that there are as many as before.
      return text
        .split('\n')
        .map((line) => (SAYS_NOTHING.test(line) ? line : this.mapped(kind, `field-${kind}`, line)))
        .join('\n');
    }
    // A path, an address with its port: what it is made of has rules; the rest goes by the field's kind.
    const whole = this.addresses.whole(text);
    if (whole !== undefined)
      return this.written(
        text,
        findSpans(text, { rules: [], hints: NO_HINTS, times: NO_TIMES, known: [this.addresses.finder] }),
        (piece) => piece,
      );
    if (text.includes('\n') || text.length > 1024) return this.lines(text);
    if (kind === 'url' || kind === 'hostname' || kind === 'email') {
      const spans = findSpans(text, this.finders).filter((span) => span.kind !== 'time');
      if (spans.length > 0)
        return this.written(text, spans, (piece) =>
          /^[\s:/,;[\]()]*$/.test(piece) ? piece : this.mapped(kind, `field-${kind}`, piece),
        );
    }
    return this.mapped(kind, `field-${kind}`, text);
  }

  bare(text: string, kind: FieldKind): string {
    if (/^(?:true|false|null|~|-?0|)$/i.test(text)) return text;
    if (kind === 'keep') return /^-?\d{1,9}$/.test(text) ? text : this.constant(text);
    if (kind === 'number' && /^-?\d{1,20}(?:\.\d{1,20})?$/.test(text)) return text;
    if (kind === 'time') return this.timeValue(text);
    if (kind === 'secret' || kind === 'payload' || kind === 'serial') return this.value(text, kind);
    return this.lines(text);
  }

  dropped(what: string, bytes: number): void {
    countDropped(this.tally, what, bytes);
  }

  fault(what: string): void {
    countFault(this.tally, what, this.place.line);
  }

  /**
   * A field of which a format says that it holds a name of its own: a program, a level, a protocol. Another format may
   * call a machine so, or whatever else: what a rule finds in it goes all the same.
   */
  private constant(text: string): string {
    if (isConstant(text)) return text;
    return this.rest === 'drop' && findSpans(text, this.finders).length === 0 ? this.lost(text) : this.lines(text);
  }

  private lines(text: string): string {
    const blocks = new Blocks();
    if (!text.includes('\n')) return this.line(text, blocks);
    return text
      .split('\n')
      .map((line) => this.line(line, blocks))
      .join('\n');
  }

  private free(text: string): string {
    if (text === '') return text;
    return this.written(text, findSpans(text, this.finders), (piece) => this.between(piece));
  }

  private written(text: string, spans: readonly Span[], between: (piece: string) => string): string {
    let out = '';
    let from = 0;
    for (const span of spans) {
      out += between(text.slice(from, span.at)) + this.span(text, span);
      from = span.end;
    }
    return out + between(text.slice(from));
  }

  private span(text: string, { at, end, kind, rule, address }: Span): string {
    const value = text.slice(at, end);
    if (address === undefined) return kind === 'time' ? this.timeValue(value) : this.mapped(kind, rule, value);
    // A piece of an address that a secret begins or ends in is none.
    const whole = address.end - address.start === end - at;
    const image = whole ? addressImage(address, value, this.identities, prefixLengthAt(text, end)) : undefined;
    countValue(this.tally, kind, rule, image === undefined);
    if (image !== undefined && image.length !== value.length) this.tally.resized += 1;
    return image ?? PLACEHOLDER;
  }

  private mapped(kind: Kind, rule: string, value: string): string {
    if (value === '' || value === PLACEHOLDER) return value;
    const image = this.image(kind, rule, value);
    countValue(this.tally, kind, rule, image === undefined);
    if (image === undefined) return PLACEHOLDER;
    if (image.length !== value.length) this.tally.resized += 1;
    return image;
  }

  private image(kind: Kind, rule: string, value: string): string | undefined {
    if (rule === 'lease-uid') return mapOctal(kind, value, this.identities);
    if (kind === 'serial' || kind === 'circuit-id' || kind === 'remote-id') {
      const bytes = hexBytes(value);
      if (bytes !== undefined) {
        const mapped = mapIdentifier(kind, bytes, this.identities);
        return mapped === undefined ? undefined : hexLike(mapped, value);
      }
    }
    return this.identities.text(kind, value);
  }

  private timeValue(value: string): string {
    const kept = this.keepsTimes;
    const image = kept ? value : (mapTimeText(value, this.times) ?? this.timesWithin(value));
    countValue(this.tally, 'time', 'time', image === undefined);
    return image ?? PLACEHOLDER;
  }

  /** A field that holds more than a time, or a number that is none. */
  private timesWithin(value: string): string | undefined {
    const spans = this.finders.times.find(value);
    const [only] = spans;
    if (only === undefined) return /^-?\d{1,8}(?:\.\d{1,9})?$/.test(value) ? value : undefined;
    const image = mapTimeText(value.slice(only.at, only.end), this.times);
    if (image === undefined) return undefined;
    return this.between(value.slice(0, only.at)) + image + this.between(value.slice(only.end));
  }

  private between(piece: string): string {
    if (this.rest === 'keep' || !/[A-Za-z0-9\x80-\uffff]/.test(piece)) return piece;
    const zone = REVERSE_ZONE.exec(piece)?.[0] ?? '';
    if (zone !== '') return zone + this.between(piece.slice(zone.length));
    if (this.rest === 'generalise') return piece.replace(TOKEN, (token) => this.lost(token));
    const [, before = '', inner = '', after = ''] =
      /^([\s:,;"'()[\]{}<>=]*)([\s\S]*?)([\s:,;"'()[\]{}<>=]*)$/.exec(piece) ?? [];
    return before + this.lost(inner) + after;
  }

  private lost(piece: string): string {
    if (piece === '' || piece === PLACEHOLDER) return piece;
    countValue(this.tally, 'text', 'text', true);
    return PLACEHOLDER;
  }
}

/** Addresses alone are looked for. */
const NO_HINTS = new HintIndex([]);
const NO_TIMES: SpanFinder = { name: 'time', find: () => [] };

/** Behind a reversed address: without it nothing says that what stands before is one. */
const REVERSE_ZONE = /^\.(?:ip6|in-addr)\.arpa(?![\w-])/i;

/** Of a secret's field: values that hold none. */
const SAYS_NOTHING = /^(?:true|false|none|null|no|yes|0|1|\s*)$/i;
