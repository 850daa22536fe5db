import type { Learner } from '../facts.ts';
import type { Kind } from '../kinds.ts';
import { PLACEHOLDER } from '../rules/rule.ts';
import { type AddressTools, prefixLengthAt } from './addresses.ts';
import type { AddressSpan } from '../spellings/span.ts';
import type { Blocks } from './blocks.ts';
import { hexBytes } from './identifier-bytes.ts';
import { findSpans, type Finders } from './spans.ts';
import { secondsOf } from './times.ts';
import { isConstant } from './fields.ts';
import { seen } from './marks.ts';
import type { FieldKind, Place, Treatment } from './treatment.ts';

/** Kinds whose values are looked for without their context. Content and times are not; addresses are found by their form. */
const VALUES: ReadonlySet<Kind> = new Set<Kind>([
  'secret',
  'serial',
  'circuit-id',
  'remote-id',
  'email',
  'vendor-class',
  'vlan-name',
  'filename',
  'url',
  'uuid',
  'username',
]);

/** One value, not a text of words. */
const WHOLE: ReadonlySet<Kind> = new Set<Kind>([
  'serial',
  'circuit-id',
  'remote-id',
  'secret',
  'payload',
  'uuid',
  'opaque',
  'time',
  'mac',
  'ipv4',
  'ipv6',
  'email',
  'text',
]);
/** Shorter words are those of every language: the gate does not ask for them either. */
const LONG_WORD = /[A-Za-z0-9_-]{8,}/g;

/** Collects the names, addresses, networks and times of a text: see `Treatment`. Gives every text back as it was. */
export class Learning implements Treatment {
  readonly place: Place = { line: 0 };
  private readonly learner: Learner;
  private readonly finders: Finders;
  private readonly addresses: AddressTools;

  constructor(learner: Learner, finders: Finders, addresses: AddressTools) {
    this.learner = learner;
    this.finders = finders;
    this.addresses = addresses;
  }

  line(text: string, blocks: Blocks): string {
    blocks.part(text);
    this.free(text);
    return text;
  }

  value(text: string, kind: FieldKind): string {
    if (text === '' || (kind === 'keep' && isConstant(text))) return text;
    const whole = this.addresses.whole(text);
    if (kind !== 'text' && kind !== 'keep' && kind !== 'number' && kind !== 'time' && whole === undefined) {
      // A URL's host is a name; its path is none.
      if (kind !== 'url' && kind !== 'email' && !text.includes('\n')) this.take(kind, text);
      // The words of a path are given pseudonyms too.
      else if (kind === 'url') for (const [word] of text.matchAll(LONG_WORD)) this.learner.word(word);
    }
    for (const line of text.split('\n')) this.free(line);
    return text;
  }

  bare(text: string, kind: FieldKind): string {
    if (kind === 'time') this.time(text);
    else if (kind === 'serial' || kind === 'secret') this.take(kind, text);
    else if (kind === 'text' || kind === 'keep') this.free(text);
    return text;
  }

  dropped(): void {}
  fault(): void {}

  private free(line: string): void {
    const text = seen(line);
    const spans = findSpans(text, this.finders);
    for (const { at, end, kind, address } of spans) {
      const value = text.slice(at, end);
      if (address !== undefined) this.address(address, prefixLengthAt(text, end));
      else if (kind === 'time') this.time(value);
      else this.take(kind, value);
    }
  }

  private take(kind: Kind, value: string): void {
    if (value === PLACEHOLDER) return;
    if (kind === 'hostname' || kind === 'domain') this.learner.name(value);
    // Pseudonyms are given word by word: a word stands for itself wherever it stands again.
    else if (!WHOLE.has(kind)) for (const [word] of value.matchAll(LONG_WORD)) this.learner.word(word);
    if (kind === 'username') this.learner.word(value);
    if (kind === 'email') {
      const [local = '', domain = ''] = value.split('@');
      this.learner.word(local);
      this.learner.name(domain);
    }
    // Octets have spellings: they are found by their form.
    if (VALUES.has(kind) && !value.includes('\\') && hexBytes(value) === undefined) this.learner.value(kind, value);
    for (const address of this.addresses.spans(value)) this.address(address, -1);
  }

  private address({ kind, value, length: own }: AddressSpan, after: number): void {
    const length = own ?? after;
    if (kind === 'mac' && typeof value === 'number') this.learner.mac(value);
    else if (kind === 'ipv4' && typeof value === 'number') {
      this.learner.ipv4(value);
      if (length > 0) this.learner.subnet4(value, length);
    } else if (kind === 'ipv6' && typeof value === 'string') {
      this.learner.ipv6(value);
      if (length > 0) this.learner.subnet6(value, length);
    }
  }

  private time(text: string): void {
    const seconds = secondsOf(text);
    if (seconds !== undefined) this.learner.time(seconds);
  }
}
