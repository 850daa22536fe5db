import type { CaseFacts } from './facts.ts';
import type { Action, Kind } from './kinds.ts';
import { knownAddresses } from './known.ts';
import type { Ledger } from './ledger.ts';
import { Exceptions } from './policy/exceptions.ts';
import type { Policy } from './policy/policy.ts';
import { StringPseudonyms } from './pseudonyms/strings.ts';
import { UuidPseudonyms } from './pseudonyms/uuid.ts';
import { isVocabulary } from './pseudonyms/vocabulary.ts';
import { findAddresses, writeIn } from './spellings/find.ts';
import { NameFinder } from './spellings/names.ts';
import type { AddressSpan, KnownAddresses } from './spellings/span.ts';
import { ValueFinder } from './spellings/values.ts';

/** What stands where a value was dropped from a text; without quotes, so that JSON, YAML and CSV stay what they are. */
export const PLACEHOLDER = '[redacted]';

/** Longer than any name, path or value of a protocol field; a longer one is content, and dropped. */
const MAX_VALUE = 65_536;
/** Words that free text consists of: only addresses and known names change in it. */
const FREE_TEXT: ReadonlySet<Kind> = new Set(['text', 'payload', 'metadata']);
/** One value, not a path of words. */
const WHOLE: ReadonlySet<Kind> = new Set(['serial', 'circuit-id', 'remote-id', 'secret', 'opaque', 'uuid']);
/** What makers print on a device: capitals and digits without a pause, too many for a product's name. */
const SERIAL =
  /(?<![A-Za-z0-9])(?=[A-Z]*[0-9](?:[A-Z]*[0-9]){3})(?=[0-9]*[A-Z][0-9]*[A-Z])[A-Z0-9]{10,32}(?![A-Za-z0-9])/g;
/** Words of names and paths. */
const WORDS = /[A-Za-z0-9_-]+/g;

/** Length of the hardware type that pxelinux and grub write before a MAC address: `01-` for Ethernet. */
function hardwareType(text: string, from: number, { kind, start }: AddressSpan): number {
  if (kind !== 'mac' || start - from < 3 || text.slice(start - 3, start) !== '01-') return 0;
  return start - from === 3 || /[^0-9A-Za-z]/.test(text[start - 4] ?? '') ? 3 : 0;
}

/** What text needs of the identities of a case. */
export interface AddressIdentities {
  readonly ledger: Ledger;
  readonly plan: { policy: Policy; tierKey: Uint8Array; facts: CaseFacts };
  mac(address: number): number | undefined;
  ipv4(address: number): number | undefined;
  ipv6(address: string): string | undefined;
  network4(address: number, length: number): number | undefined;
  network6(address: string, length: number): string | undefined;
  issued(kind: Kind, value: number | string): boolean;
}

/** Text of every kind: addresses and known names first, each in its own spelling, then what is left by the kind's rule. */
export class TextIdentities {
  readonly known: KnownAddresses;
  private readonly of: AddressIdentities;
  private readonly strings: StringPseudonyms;
  private readonly uuids: UuidPseudonyms;
  private readonly names: NameFinder;
  /** Values that a rule of texts found, of kinds that are not kept. */
  private readonly values: ValueFinder;
  private readonly exceptions = new Map<Kind, Exceptions>();
  /** What is known of a text that was redacted already. */
  private readonly withIssued: KnownAddresses;

  constructor(of: AddressIdentities) {
    this.of = of;
    const { facts, tierKey } = of.plan;
    this.known = knownAddresses(facts);
    const { known } = this;
    this.withIssued = {
      ...known,
      mac: (value) => known.mac(value) || of.ledger.issued('mac', value),
      ipv4: (value) => known.ipv4(value) || of.ledger.issued('ipv4', value),
      ipv6: (value) => known.ipv6(value) || of.ledger.issued('ipv6', value),
    };
    this.strings = new StringPseudonyms(tierKey);
    this.uuids = new UuidPseudonyms(this.strings, this.known, (address) => of.mac(address));
    this.names = new NameFinder(facts.names, facts.users);
    const { rules } = of.plan.policy;
    this.values = new ValueFinder(
      facts.values.filter(([kind]) => rules[kind].action !== 'keep' && !FREE_TEXT.has(kind)),
    );
  }

  text(kind: Kind, value: string): string | undefined {
    if (value === '') return value;
    const { ledger } = this.of;
    if (FREE_TEXT.has(kind)) {
      const action = this.action(kind, value);
      if (action === 'zero') return '0'.repeat(value.length);
      return action === 'drop' ? undefined : this.rewrite(kind, action, value);
    }
    const before = ledger.find(kind, value);
    if (before !== undefined) return (before as string | null) ?? undefined;
    const action = value.length > MAX_VALUE ? 'drop' : this.action(kind, value);
    if (action === 'drop' || action === 'shift') {
      ledger.record(kind, value, null);
      return undefined;
    }
    const image = action === 'zero' ? '0'.repeat(value.length) : this.rewrite(kind, action, value);
    // What holds a dropped or generalised part may meet another, and words are recorded one by one.
    if (action === 'pseudonym' && WHOLE.has(kind) && !image.includes(PLACEHOLDER))
      ledger.recordSpelling(kind, value, image);
    else ledger.recordShared(kind, value, image);
    return image;
  }

  /** One label or word: the same pseudonym wherever it stands. */
  word(word: string): string {
    if (isVocabulary(word)) return word;
    const lower = word.toLowerCase();
    const { ledger } = this.of;
    if (!/^[a-z0-9_-]{1,63}$/.test(lower)) {
      const other = this.strings.characters('word', lower, isVocabulary).toLowerCase();
      ledger.recordShared('hostname', lower, other);
      return other;
    }
    let image = ledger.find('hostname', lower) as string | null | undefined;
    if (image === undefined || image === null) {
      const dropped = image === null;
      image = /[a-z0-9]/.test(lower) ? this.strings.label(lower, (label) => this.taken(label)) : lower;
      // A host name that is dropped as such may be a word of a path, whose kind is mapped.
      if (dropped) ledger.recordShared('hostname', lower, image);
      else ledger.record('hostname', lower, image);
    }
    return word === word.toUpperCase() && word !== lower ? image.toUpperCase() : image;
  }

  /** @param bytes 16 characters */
  uuid(bytes: string): string | undefined {
    const { ledger } = this.of;
    const before = ledger.find('uuid', bytes);
    if (before !== undefined) return (before as string | null) ?? undefined;
    const action = this.action('uuid', uuidText(bytes));
    const zeros = '\0'.repeat(16);
    if (action === 'drop') ledger.record('uuid', bytes, null);
    else if (action === 'zero') ledger.recordShared('uuid', bytes, zeros);
    else ledger.record('uuid', bytes, action === 'keep' ? bytes : this.uuids.pseudonym(bytes));
    return (ledger.find('uuid', bytes) as string | null | undefined) ?? undefined;
  }

  /** Bytes as a whole. */
  whole(kind: Kind, value: Uint8Array): Uint8Array {
    return this.strings.bytes(kind, value);
  }

  action(kind: Kind, value: string): Action {
    let exceptions = this.exceptions.get(kind);
    if (exceptions === undefined) {
      exceptions = new Exceptions(this.of.plan.policy.rules[kind]);
      this.exceptions.set(kind, exceptions);
    }
    return exceptions.action(value.toLowerCase());
  }

  /** True when every part of the text is one that was issued, or that the policy keeps. */
  issued(kind: Kind, value: string): boolean {
    if (value === '' || value === PLACEHOLDER || isVocabulary(value)) return true;
    const action = this.action(kind, value);
    if (action === 'drop' || action === 'shift') return false;
    let at = 0;
    for (const span of findAddresses(value, this.withIssued)) {
      if (!this.issuedAddress(span) || !this.issuedBetween(kind, action, value.slice(at, span.start))) return false;
      at = span.end;
    }
    return this.issuedBetween(kind, action, value.slice(at));
  }

  private issuedAddress({ kind, value }: AddressSpan): boolean {
    return kind === 'uuid' ? this.of.ledger.issued('uuid', value) : this.of.issued(kind, value);
  }

  private issuedBetween(kind: Kind, action: Action, text: string): boolean {
    if (text === '' || isVocabulary(text)) return true;
    if (FREE_TEXT.has(kind) || action === 'keep') {
      return this.names.find(text).every(({ start, end, kind: name }) => {
        const word = text.slice(start, end);
        return this.action(name, word) === 'keep' || this.issuedWord(word);
      });
    }
    if (WHOLE.has(kind)) return !/[A-Za-z1-9]/.test(text);
    const words = text.match(kind === 'hostname' || kind === 'domain' ? /[^.\s]+/g : WORDS) ?? [];
    return words.every((word) => this.issuedWord(word) || this.action(kind, word) === 'keep' || this.keptName(word));
  }

  private issuedWord(word: string): boolean {
    // Shapes, and zeros.
    return isVocabulary(word) || /^[x0_-]+$/.test(word) || this.of.ledger.issued('hostname', word.toLowerCase());
  }

  /** Labels that may not come out of a permutation, because they would stay or be taken for something else if they went in. */
  private taken(label: string): boolean {
    return isVocabulary(label) || this.keptByException(label) || findAddresses(label, this.known).length > 0;
  }

  /** Where all host names are kept, no label is free: then only the words of other kinds are permuted. */
  private keptByException(label: string): boolean {
    return this.of.plan.policy.rules.hostname.action !== 'keep' && this.action('hostname', label) === 'keep';
  }

  private rewrite(kind: Kind, action: Action, text: string): string {
    let out = '';
    let at = 0;
    for (const span of findAddresses(text, this.known)) {
      const begins = span.start - hardwareType(text, at, span);
      out += this.between(kind, action, text.slice(at, begins), at === 0) + text.slice(begins, span.start);
      const image = this.mapped(span);
      out += image === undefined ? PLACEHOLDER : writeIn(span.form, image, text.slice(span.start, span.end));
      at = span.end;
    }
    return out + this.between(kind, action, text.slice(at), at === 0);
  }

  /** What an address in a text becomes; undefined where the policy drops it. */
  mapped({ kind, value, length }: AddressSpan): number | string | undefined {
    if (typeof value === 'number') {
      if (kind === 'mac') return this.of.mac(value);
      return length === undefined ? this.of.ipv4(value) : this.of.network4(value, length);
    }
    if (kind === 'uuid') return this.uuid(value);
    return length === undefined ? this.of.ipv6(value) : this.of.network6(value, length);
  }

  /** What stands between addresses: known names first. */
  private between(kind: Kind, action: Action, text: string, first: boolean): string {
    if (text === '' || isVocabulary(text)) return text;
    if (kind === 'hostname' || kind === 'domain') return this.labels(kind, text, first);
    if (FREE_TEXT.has(kind) || action === 'keep')
      return kind === 'vendor-class' || kind === 'text' ? this.withSerials(text) : this.withValues(text);
    if (action === 'generalise') return text.replace(WORDS, (word) => (isVocabulary(word) ? word : shape(word)));
    if (WHOLE.has(kind)) {
      // `MAAS-` before an address (option 61 of MAAS's own probe) says what asks, not which.
      if (isVocabulary(text.replace(/[-_:. ]+$/, ''))) return text;
      return this.withNames(text, (rest) =>
        this.strings.characters(kind, rest, (image) => findAddresses(image, this.known).length > 0),
      );
    }
    return text.replace(WORDS, (word) => (this.keptName(word) ? word : this.word(word)));
  }

  private labels(kind: Kind, text: string, first: boolean): string {
    const dot = text.indexOf('.');
    const rest = dot < 0 ? '' : text.slice(dot + 1);
    const domain =
      rest === '' ? this.of.plan.policy.rules.domain.action : this.action('domain', rest.replace(/\.$/, ''));
    let host = first && kind === 'hostname';
    return text.replace(/[^.\s]+/g, (label) => {
      const action = host ? this.action('hostname', label) : domain;
      host = false;
      if (isVocabulary(label) || action === 'keep') return label;
      if (action === 'generalise') return shape(label);
      return action === 'pseudonym' ? this.word(label) : '0'.repeat(label.length);
    });
  }

  /** Words of products stay, numbers of one device of theirs go. */
  private withSerials(text: string): string {
    if (this.of.plan.policy.rules.serial.action === 'keep') return this.withValues(text);
    return this.withValues(text, (rest) =>
      rest.replace(SERIAL, (serial) => this.text('serial', serial) ?? PLACEHOLDER),
    );
  }

  /** What is known of the case in a text that is kept. */
  private withValues(text: string, other: (rest: string) => string = (rest) => rest): string {
    let out = '';
    let at = 0;
    for (const span of this.values.find(text)) {
      if (span.at < at) continue;
      const value = text.slice(span.at, span.end);
      out += this.withNames(text.slice(at, span.at), other) + (this.text(span.kind, value) ?? PLACEHOLDER);
      at = span.end;
    }
    return out + this.withNames(text.slice(at), other);
  }

  /** A host's name that is kept is kept as a word of an account (`host/NAME` of IEEE 802.1X) as well. */
  private keptName(word: string): boolean {
    return this.names.find(word).some(({ kind }) => kind === 'hostname' && this.action(kind, word) === 'keep');
  }

  private withNames(text: string, other: (rest: string) => string): string {
    let out = '';
    let at = 0;
    for (const { start, end, kind } of this.names.find(text)) {
      if (start > at) out += other(text.slice(at, start));
      out += this.name(kind, text.slice(start, end));
      at = end;
    }
    return at < text.length ? out + other(text.slice(at)) : out;
  }

  private name(kind: 'hostname' | 'username', word: string): string {
    switch (this.action(kind, word)) {
      case 'keep':
        return word;
      case 'pseudonym':
        return this.word(word);
      case 'generalise':
        return shape(word);
      default:
        return PLACEHOLDER;
    }
  }
}

/** Letters as x, digits as 0. */
function shape(word: string): string {
  return word.replace(/[A-Za-z]/g, 'x').replace(/[0-9]/g, '0');
}

function uuidText(bytes: string): string {
  return Buffer.from(bytes, 'latin1')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
