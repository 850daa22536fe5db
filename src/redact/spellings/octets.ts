import type { AddressSpan, KnownAddresses } from './span.ts';
import type { Tokens } from './tokens.ts';

/**
 * Octets in one run at most: a DUID has 130 (RFC 8415 11.1), and what holds a MAC address is far shorter. A longer run is
 * taken in parts.
 */
const MAX_OCTETS = 160;

/**
 * MAC addresses in octets with one separator between all: alone, after the hardware type `01` of a client identifier or a
 * boot file, in a DUID, and as EUI-64.
 *
 * @returns spans, and the token after the run; undefined when token i begins no run of six or more
 */
export function octetRun(
  tokens: Tokens,
  i: number,
  separator: string,
  known: KnownAddresses,
): { spans: AddressSpan[]; next: number } | undefined {
  const single = separator === ':';
  const fits = (at: number): boolean =>
    tokens.isHex(at) && (tokens.size(at) === 2 || (single && tokens.size(at) === 1));
  const count = tokens.chain(i, separator, MAX_OCTETS, fits);
  if (count < 6) return undefined;
  const octets = Array.from({ length: count }, (_, k) => Number.parseInt(tokens.word(i + k), 16));
  const spans = macsIn(octets, known).map(({ at, size, value, form }): AddressSpan => {
    const start = tokens.start(i + at);
    const end = tokens.end(i + at + size - 1);
    const short = form === 'digits' && end - start < 17;
    return { start, end, kind: 'mac', value, form: short ? 'octets' : form };
  });
  // A fingerprint, or another run that holds none: nothing in it is looked at again.
  return { spans, next: i + count };
}

/** A MAC address in a run of octets, or what of one stands there. */
export interface OctetMac {
  at: number;
  /** Octets that it takes. */
  size: number;
  value: number;
  form: 'digits' | 'eui64' | 'tail';
}

/** As `octetRun` for bytes: where MAC addresses stand in an identifier, in order, without overlap. */
export function macsIn(octets: readonly number[], known: KnownAddresses): OctetMac[] {
  const { length } = octets;
  const at = (i: number): number => octets[i] ?? -1;
  if (length === 6) return [whole(octets, 0)];
  // A hardware type before it (RFC 2132 9.14), as in boot files of pxelinux.
  if (length === 7) return [whole(octets, 1)];
  if (length === 8 && at(3) === 0xff && at(4) === 0xfe) return [eui64(octets, 0)];
  for (let i = 0; i + 10 <= length; i += 1) {
    if (at(i) !== 0 || at(i + 2) !== 0 || at(i + 3) !== 1) continue;
    // DUID-LLT and DUID-LL of Ethernet (RFC 8415 11.2, 11.4), alone or in a client identifier (RFC 4361 6.1).
    const mac = at(i + 1) === 1 && i + 14 === length ? i + 8 : at(i + 1) === 3 && i + 10 === length ? i + 4 : -1;
    if (mac >= 0) return [...identityAssociation(octets, i, mac), whole(octets, mac)];
  }
  const found: OctetMac[] = [];
  for (let i = 0; i + 6 <= length;) {
    const plain = whole(octets, i);
    const extended = i + 8 <= length && at(i + 3) === 0xff && at(i + 4) === 0xfe ? eui64(octets, i) : undefined;
    const one = known.mac(plain.value)
      ? plain
      : extended !== undefined && known.mac(extended.value)
        ? extended
        : undefined;
    if (one !== undefined) found.push(one);
    i += one?.size ?? 1;
  }
  return found;
}

/** Clients make the IAID before a DUID of the MAC address's last four bytes, or three. */
function identityAssociation(octets: readonly number[], duid: number, mac: number): OctetMac[] {
  if (duid !== 5 || octets[0] !== 0xff) return [];
  const { value } = whole(octets, mac);
  for (const size of [4, 3]) {
    const first = 5 - size;
    const same = octets.slice(first, 5).every((octet, k) => octet === octets[mac + 6 - size + k]);
    if (same) return [{ at: first, size, value, form: 'tail' }];
  }
  return [];
}

function whole(octets: readonly number[], at: number): OctetMac {
  return { at, size: 6, value: macAt(octets, at, [0, 1, 2, 3, 4, 5]), form: 'digits' };
}

/** RFC 4291 appendix A: ff fe in the middle, the universal/local bit inverted. */
function eui64(octets: readonly number[], at: number): OctetMac {
  return { at, size: 8, value: flipLocal(macAt(octets, at, [0, 1, 2, 5, 6, 7])), form: 'eui64' };
}

function macAt(octets: readonly number[], at: number, places: readonly number[]): number {
  return places.reduce((sum, place) => sum * 256 + (octets[at + place] ?? 0), 0);
}

/** Inverts the universal/local bit of the first byte. */
export function flipLocal(mac: number): number {
  const bit = 2 ** 41;
  return Math.floor(mac / bit) % 2 === 1 ? mac - bit : mac + bit;
}
