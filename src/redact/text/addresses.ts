import type { CaseFacts } from '../facts.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import { knownAddresses } from '../known.ts';
import { findAddresses, writeIn } from '../spellings/find.ts';
import type { AddressSpan } from '../spellings/span.ts';
import type { SpanFinder } from './spans.ts';

/** Addresses in text, found in every spelling. */
export interface AddressTools {
  finder: SpanFinder;
  /** The kind of address that this value is, as a whole. */
  whole(value: string): Kind | undefined;
  spans(value: string): readonly AddressSpan[];
}

/** Addresses as text spells them; bare numbers only where the case knows them. */
export function addressesOf(facts: CaseFacts): AddressTools {
  const known = knownAddresses(facts);
  const spans = (text: string): readonly AddressSpan[] =>
    ADDRESS.test(text) ? findAddresses(text, known).filter(({ end }) => !emptyFields(text, end)) : [];
  return {
    spans,
    finder: {
      name: 'address',
      find: (text) =>
        spans(text).map((address) => ({ at: address.start, end: address.end, kind: address.kind, address })),
    },
    whole: (value) => {
      const [only] = spans(value);
      return only !== undefined && only.start === 0 && only.end === value.length ? only.kind : undefined;
    },
  };
}

/** `7:::` ends a line of shadow(5), not with the network 7::. */
function emptyFields(text: string, end: number): boolean {
  return text[end] === ':' && text[end - 1] === ':';
}

/** No spelling of an address is without one of these. */
const ADDRESS = /[0-9]|::|[A-Fa-f]:/;

/** The pseudonym of an address, spelled as it was; undefined where the policy drops it. */
export function addressImage(
  address: AddressSpan,
  text: string,
  identities: Identities,
  length: number,
): string | undefined {
  const image = imageOf(address, identities, length);
  return image === undefined ? undefined : writeIn(address.form, image, text);
}

function imageOf(
  { kind, value, length: own }: AddressSpan,
  identities: Identities,
  length: number,
): number | string | undefined {
  const bits = own ?? length;
  if (typeof value === 'number') {
    if (kind === 'mac') return identities.mac(value);
    const hosts = 2 ** (32 - bits);
    return bits > 0 && bits < 32 && value % hosts === 0 ? identities.network4(value, bits) : identities.ipv4(value);
  }
  if (kind === 'uuid') {
    const image = identities.bytes('uuid', Buffer.from(value, 'latin1'));
    return image === undefined ? undefined : Buffer.from(image).toString('latin1');
  }
  return bits > 0 && bits < 128 && zeroAfter(value, bits) ? identities.network6(value, bits) : identities.ipv6(value);
}

function zeroAfter(address: string, length: number): boolean {
  for (let bit = length; bit < 128; bit += 1) {
    if ((address.charCodeAt(bit >>> 3) & (0x80 >>> (bit & 7))) !== 0) return false;
  }
  return true;
}

const LENGTH = /\/(\d{1,3})(?!\d|\.\d|\/)/y;
const MASK = /[ \t]{1,8}(?:netmask|mask)[ \t]{1,8}(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])/y;

/** Prefix length that follows an address as `/24` or `netmask 255.255.255.0`; -1 when none does. */
export function prefixLengthAt(text: string, end: number): number {
  LENGTH.lastIndex = end;
  const slash = LENGTH.exec(text)?.[1];
  if (slash !== undefined) return Number(slash);
  MASK.lastIndex = end;
  const mask = MASK.exec(text)?.[1];
  if (mask === undefined) return -1;
  const value = mask.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  const length = 32 - Math.log2(4294967296 - value);
  return Number.isInteger(length) ? length : -1;
}
