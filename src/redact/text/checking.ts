import { KIND_NAMES, type Kind } from '../kinds.ts';
import type { Identities } from '../identities.ts';
import { PLACEHOLDER } from '../rules/rule.ts';
import type { AddressTools } from './addresses.ts';
import type { AddressSpan } from '../spellings/span.ts';
import type { Blocks } from './blocks.ts';
import { hexBytes, identifierIssued, octalBytes } from './identifier-bytes.ts';
import { findSpans, type Finders } from './spans.ts';
import { secondsOf } from './times.ts';
import { isConstant } from './fields.ts';
import type { FieldKind, Place, Treatment } from './treatment.ts';

/** Something in a written text that is neither issued nor kept: where and of what kind, never what. */
export interface TextHit {
  /** From 1; 0 where the file has no lines. */
  line: number;
  rule: string;
  kind: Kind;
}

/** Hits that are listed; all are counted. */
const MAX_HITS = 100;
const OCTET = /[0-9A-Fa-f:.-]/;
/** Kinds whose values may be octets in hexadecimal. */
const OPAQUE: readonly Kind[] = ['serial', 'circuit-id', 'remote-id'];
const DROPPED: ReadonlySet<string> = new Set(['drop']);

/** Runs the finders over what was written (gate a): see `Treatment`. Gives every text back as it was. */
export class Checking implements Treatment {
  readonly place: Place = { line: 0 };
  readonly hits: TextHit[] = [];
  count = 0;
  /** Values that were judged. */
  values = 0;
  private readonly identities: Identities;
  private readonly finders: Finders;
  private readonly addresses: AddressTools;

  constructor(identities: Identities, finders: Finders, addresses: AddressTools) {
    this.identities = identities;
    this.finders = finders;
    this.addresses = addresses;
  }

  line(text: string, blocks: Blocks): string {
    const block = blocks.part(text);
    if (block !== undefined) this.judge(block.kind, block.rule, text.slice(block.at, block.end));
    this.free(text);
    return text;
  }

  value(text: string, kind: FieldKind): string {
    if (text === '' || (kind === 'keep' && isConstant(text))) return text;
    for (const line of text.split('\n')) this.free(line);
    return text;
  }

  bare(text: string, kind: FieldKind): string {
    if (kind === 'text' || kind === 'keep') this.free(text);
    return text;
  }

  dropped(): void {}
  fault(): void {}

  private free(text: string): void {
    for (const { at, end, kind, rule, address } of findSpans(text, this.finders))
      this.judge(kind, rule, text.slice(at, end), address, text, at);
  }

  private judge(kind: Kind, rule: string, value: string, address?: AddressSpan, text = '', at = 0): void {
    this.values += 1;
    if (address === undefined ? this.fine(kind, rule, value) : this.address(address) || this.octets(text, at)) return;
    this.count += 1;
    if (this.hits.length < MAX_HITS) this.hits.push({ line: this.place.line, rule, kind });
  }

  private fine(kind: Kind, rule: string, value: string): boolean {
    const { action } = this.identities.rule(kind);
    if (action === 'keep' || value.includes(PLACEHOLDER)) return true;
    if (kind === 'time') {
      // A shifted time is one that was issued, but so is every other: only that dropped times are gone can be seen.
      return !DROPPED.has(action) || secondsOf(value) === undefined;
    }
    if (!/[A-Za-z0-9]/.test(value) || /^[0x]+$/.test(value.replace(/[^A-Za-z0-9]/g, ''))) return true;
    if (this.issued(kind, value)) return true;
    const bytes = rule === 'lease-uid' ? octalBytes(value) : hexBytes(value);
    if (bytes !== undefined && identifierIssued(kind, bytes, this.identities)) return true;
    // A pseudonym may look like a value of another kind, or stand as a part of one.
    return this.known(value) || this.parts(value);
  }

  /** True for a value that was issued for any kind. */
  private known(value: string): boolean {
    return KIND_NAMES.some((kind) => this.identities.rule(kind).action !== 'keep' && this.issued(kind, value));
  }

  private issued(kind: Kind, value: string): boolean {
    return this.identities.issued(kind, value) || this.identities.issued(kind, value.toLowerCase());
  }

  /** True when every word is an issued one or the vocabulary's, and every address as well. */
  private parts(value: string): boolean {
    let from = 0;
    for (const address of this.addresses.spans(value)) {
      if (!this.words(value.slice(from, address.start)) || !this.address(address)) return false;
      from = address.end;
    }
    return this.words(value.slice(from));
  }

  private words(text: string): boolean {
    return (text.match(/[A-Za-z0-9_-]+/g) ?? []).every(
      (word) => word.length < 3 || /^[\d_-]+$/.test(word) || this.known(word),
    );
  }

  /** Octets of an identifier, whose key the policy took away, look like an address. */
  private octets(text: string, at: number): boolean {
    let from = at;
    while (from > 0 && OCTET.test(text[from - 1] ?? '')) from -= 1;
    let to = at;
    while (to < text.length && OCTET.test(text[to] ?? '')) to += 1;
    const run = text.slice(from, to).replace(/^[:.-]+|[:.-]+$/g, '');
    const bytes = hexBytes(run);
    return OPAQUE.some(
      (kind) =>
        this.identities.issued(kind, run) || (bytes !== undefined && identifierIssued(kind, bytes, this.identities)),
    );
  }

  private address({ kind, value, length, form, start, end }: AddressSpan): boolean {
    if (this.identities.rule(kind).action === 'keep') return true;
    if (kind === 'uuid') return this.identities.issued('uuid', Buffer.from(String(value), 'latin1'));
    // A shortened boot file is the beginning of an address that was issued, and of many others.
    if (form === 'hex' && end - start < 8) return true;
    // The network of a shortened spelling is the beginning of an address that was issued.
    return length !== undefined || this.identities.issued(kind, value);
  }
}
