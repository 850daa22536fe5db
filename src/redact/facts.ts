import { Problem } from '../problem.ts';
import type { Kind } from './kinds.ts';
import { isVocabulary } from './pseudonyms/vocabulary.ts';

/** Networks that shape addresses; a site has some hundred. */
const MAX_SUBNETS = 16_384;
/** Values of each kind. Beyond it a case is cut into smaller ones: nothing is forgotten in silence. */
const MAX_VALUES = 1_048_576;
const MAX_NAMES = 65_536;
/** Values of text rules that are looked for without their context. Those beyond are still found in it, and by the gate. */
const MAX_TEXT_VALUES = 65_536;
/** Shorter values are words, and no needles of the gate either; longer ones are content. */
const MIN_TEXT_VALUE = 8;
const MAX_TEXT_VALUE = 512;
/** Shorter names are words of the language and of the field: replaced everywhere, they would blot out the text. */
const MIN_NAME = 3;

/** What was learned of a case from all its inputs, frozen: plain data, sorted, the same in whatever order it came. */
export interface CaseFacts {
  /** [address, prefix length] */
  subnets4: [number, number][];
  /** [16 characters, prefix length] */
  subnets6: [string, number][];
  /** Lower-case labels of hosts and domains that free text is searched for. */
  names: string[];
  /** The same for user names, which have a rule of their own. */
  users: string[];
  /** Values whose bare spellings (12 digits, 8 hex digits) are believed. */
  macs: number[];
  ipv4: number[];
  ipv6: string[];
  /** Values that text rules found, by kind: replaced wherever they stand again, with or without their context. */
  values: [Kind, string][];
  /** Earliest time, whole seconds since 1970 UTC; -1 when there was none. */
  firstTime: number;
}

export const NO_FACTS: CaseFacts = {
  subnets4: [],
  subnets6: [],
  names: [],
  users: [],
  macs: [],
  ipv4: [],
  ipv6: [],
  values: [],
  firstTime: -1,
};

/** The learn pass's memory. Order does not matter, and what two learned is merged by `add`. */
export class Learner {
  private readonly subnets4 = new Set<number>();
  private readonly subnets6 = new Set<string>();
  private readonly names = new Set<string>();
  private readonly users = new Set<string>();
  private readonly values = new Map<string, Kind>();
  private readonly macs = new Set<number>();
  private readonly addresses4 = new Set<number>();
  private readonly addresses6 = new Set<string>();
  private firstTime = -1;

  /** @param address 48 bits */
  mac(address: number): void {
    if (address > 0) put(this.macs, address, MAX_VALUES, 'MAC addresses');
  }

  ipv4(address: number): void {
    if (address > 0) put(this.addresses4, address, MAX_VALUES, 'IPv4 addresses');
  }

  /** @param address 16 characters; the MAC address inside an EUI-64 interface id is learned with it */
  ipv6(address: string): void {
    if (address.length !== 16) return;
    put(this.addresses6, address, MAX_VALUES, 'IPv6 addresses');
    if (address.charCodeAt(11) === 0xff && address.charCodeAt(12) === 0xfe) this.mac(eui64Mac(address));
  }

  /** A network that a mask, a route or a prefix option told of. Masks of 0 and of one address tell nothing. */
  subnet4(address: number, length: number): void {
    if (!(length >= 1 && length <= 31)) return;
    const network = Math.floor(address / 2 ** (32 - length)) * 2 ** (32 - length);
    put(this.subnets4, network * 64 + length, MAX_SUBNETS, 'IPv4 networks');
  }

  /** @param mask as an address; one that is not contiguous tells nothing */
  mask4(address: number, mask: number): void {
    const hosts = 4294967296 - mask;
    const length = 32 - Math.log2(hosts);
    if (Number.isInteger(length)) this.subnet4(address, length);
  }

  subnet6(address: string, length: number): void {
    if (address.length !== 16 || !(length >= 1 && length <= 127)) return;
    put(this.subnets6, `${String(length).padStart(3, '0')}${masked6(address, length)}`, MAX_SUBNETS, 'IPv6 networks');
  }

  /** A host or domain name: its labels are learned one by one. */
  name(text: string): void {
    // A system name of LLDP may be a sentence.
    for (const label of text.split(/[.\s]+/)) putWord(this.names, label);
  }

  /** A user name. */
  word(text: string): void {
    putWord(this.users, text);
  }

  /** A value of a text: the kind that found it first in the order of kinds has it. */
  value(kind: Kind, text: string): void {
    if (text.length < MIN_TEXT_VALUE || text.length > MAX_TEXT_VALUE || isVocabulary(text)) return;
    const before = this.values.get(text);
    if (before === undefined ? this.values.size < MAX_TEXT_VALUES : kind < before) this.values.set(text, kind);
  }

  /** @param seconds since 1970 UTC; those before 1990 are of clocks that were never set */
  time(seconds: number): void {
    if (seconds < CLOCK_UNSET || !Number.isFinite(seconds)) return;
    const whole = Math.floor(seconds);
    if (this.firstTime < 0 || whole < this.firstTime) this.firstTime = whole;
  }

  /** What another learner found. */
  add(facts: CaseFacts): void {
    for (const one of facts.macs) this.mac(one);
    for (const one of facts.ipv4) this.ipv4(one);
    for (const one of facts.ipv6) this.ipv6(one);
    for (const [address, length] of facts.subnets4) this.subnet4(address, length);
    for (const [address, length] of facts.subnets6) this.subnet6(address, length);
    for (const one of facts.names) putWord(this.names, one);
    for (const one of facts.users) putWord(this.users, one);
    for (const [kind, text] of facts.values) this.value(kind, text);
    if (facts.firstTime >= 0) this.time(facts.firstTime);
  }

  freeze(): CaseFacts {
    return {
      subnets4: sorted(this.subnets4).map((key) => [Math.floor(key / 64), key % 64]),
      subnets6: sorted(this.subnets6).map((key) => [key.slice(3), Number(key.slice(0, 3))]),
      names: sorted(this.names),
      users: sorted(this.users),
      macs: sorted(this.macs),
      ipv4: sorted(this.addresses4),
      ipv6: sorted(this.addresses6),
      values: [...this.values]
        .map(([text, kind]): [Kind, string] => [kind, text])
        .sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)),
      firstTime: this.firstTime,
    };
  }
}

/** 1990-01-01: what stands before it counts from the start of a machine, not from a date. */
export const CLOCK_UNSET = 631_152_000;

/** MAC address of an EUI-64 interface id (RFC 4291 appendix A). */
export function eui64Mac(address: string): number {
  const at = (i: number): number => address.charCodeAt(i);
  const high = ((at(8) ^ 2) * 256 + at(9)) * 256 + at(10);
  return high * 16777216 + (at(13) * 256 + at(14)) * 256 + at(15);
}

/** The first `length` bits; the rest zero. */
export function masked6(address: string, length: number): string {
  const whole = length >>> 3;
  const bits = length & 7;
  const part = bits === 0 ? '' : String.fromCharCode(address.charCodeAt(whole) & (0xff00 >>> bits) & 0xff);
  return (address.slice(0, whole) + part).padEnd(16, '\0');
}

/** A number, something with white space, or a word of the field is no name that can be searched for. */
function putWord(set: Set<string>, text: string): void {
  const word = text.toLowerCase();
  if (
    word.length < MIN_NAME ||
    word.length > 255 ||
    /^[0-9]+$|[^\x21-\x7e\p{L}\p{M}\p{N}]/u.test(word) ||
    isVocabulary(word)
  )
    return;
  put(set, word, MAX_NAMES, 'names');
}

function put<T>(set: Set<T>, value: T, cap: number, what: string): void {
  if (set.size >= cap && !set.has(value)) {
    throw new Problem('refused', `the case has more than ${cap} ${what}; redact its files in smaller cases`);
  }
  set.add(value);
}

function sorted<T extends number | string>(set: ReadonlySet<T>): T[] {
  return [...set].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
