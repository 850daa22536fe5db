import type { Cursor } from '../../cursor.ts';
import { latin1 } from '../../cursor.ts';
import { domainList } from '../../domains.ts';
import type { Span } from '../../fault.ts';
import { hexText } from '../../values.ts';
import type {
  DnsSearchList,
  NdOption,
  Pref64,
  PrefixInformation,
  RecursiveDns,
  RouteInformation,
  RouterPreference,
} from './types.ts';

/** More options than fit an Ethernet frame (186 of 8 bytes): what stands behind them is no configuration. */
const MAX_OPTIONS = 256;
/** Options count in units of 8 bytes (RFC 4861 4.6). */
const UNIT = 8;

/** IANA "IPv6 Neighbor Discovery Option Formats". */
const NAMES = new Map<number, string>([
  [1, 'Source Link-layer Address'],
  [2, 'Target Link-layer Address'],
  [3, 'Prefix Information'],
  [4, 'Redirected Header'],
  [5, 'MTU'],
  [6, 'NBMA Shortcut Limit'],
  [7, 'Advertisement Interval'],
  [8, 'Home Agent Information'],
  [9, 'Source Address List'],
  [10, 'Target Address List'],
  [11, 'CGA'],
  [12, 'RSA Signature'],
  [13, 'Timestamp'],
  [14, 'Nonce'],
  [15, 'Trust Anchor'],
  [16, 'Certificate'],
  [17, 'IP Address/Prefix'],
  [18, 'New Router Prefix Information'],
  [19, 'Link-layer Address'],
  [20, 'Neighbor Advertisement Acknowledgment'],
  [21, 'PvD ID Router Advertisement'],
  [23, 'MAP'],
  [24, 'Route Information'],
  [25, 'Recursive DNS Server'],
  [26, 'RA Flags Extension'],
  [27, 'Handover Key Request'],
  [28, 'Handover Key Reply'],
  [29, 'Handover Assist Information'],
  [30, 'Mobile Node Identifier'],
  [31, 'DNS Search List'],
  [32, 'Proxy Signature'],
  [33, 'Address Registration'],
  [34, '6LoWPAN Context'],
  [35, 'Authoritative Border Router'],
  [36, '6LoWPAN Capability Indication'],
  [37, 'Captive Portal'],
  [38, 'PREF64'],
  [39, 'Crypto-ID Parameters'],
  [40, 'NDP Signature'],
  [41, 'Resource Directory Address'],
  [42, 'Consistent Uptime'],
  [138, 'CARD Request'],
  [139, 'CARD Reply'],
  [144, 'Encrypted DNS'],
  [253, 'Experiment 1'],
  [254, 'Experiment 2'],
]);

/** RFC 4191 2.1, two bits. */
const PREFERENCES: readonly RouterPreference[] = ['medium', 'high', 'reserved', 'low'];

/** RFC 8781 4: the prefix length code. */
const PREF64_LENGTHS = [96, 64, 56, 48, 40, 32];

/** RFC 4191 2.2 and 2.3: the preference out of a flags byte (bits 4 and 3). */
export function preferenceOf(flags: number): RouterPreference {
  return PREFERENCES[(flags >> 3) & 3] ?? 'reserved';
}

/** Most messages have no list at all, and a table of them is never made. */
const NONE: never[] = [];

function added<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}

/** What the options of one message say, whatever its type. */
export interface NdOptions {
  sourceLinkLayer: number;
  targetLinkLayer: number;
  nonce: string;
  mtu: number;
  flagsExtension: number;
  prefixes: PrefixInformation[];
  routes: RouteInformation[];
  rdnss: RecursiveDns[];
  dnssl: DnsSearchList[];
  pref64: Pref64[];
  captivePortal: Span | undefined;
  redirected: Span | undefined;
  others: NdOption[];
  /** An option of length 0 or past the end: receivers discard the whole message (RFC 4861 4.6, 6.1, 7.1). */
  broken: boolean;
}

/** Reads all options to the end of the window. Of an option that may stand once the first counts, as in Linux and FreeBSD. */
export function readOptions(c: Cursor): NdOptions {
  const o: NdOptions = {
    sourceLinkLayer: -1,
    targetLinkLayer: -1,
    nonce: '',
    mtu: -1,
    flagsExtension: -1,
    prefixes: NONE,
    routes: NONE,
    rdnss: NONE,
    dnssl: NONE,
    pref64: NONE,
    captivePortal: undefined,
    redirected: undefined,
    others: NONE,
    broken: false,
  };
  for (let index = 0; c.left > 0; index += 1) {
    if (index >= MAX_OPTIONS) {
      c.fault('excess', 'options', index + 1, MAX_OPTIONS);
      c.rest('rest');
      break;
    }
    const units = c.peekAt(1);
    if (units <= 0) {
      const cut = units < 0;
      // Cut by the snap length it was whole on the wire.
      o.broken ||= !cut || c.limit !== 'captured';
      c.fault(cut ? 'cut' : 'length', `options[${index}].length`, 1, 0, c.at + 1);
      c.rest('rest');
      break;
    }
    const whole = units * UNIT <= c.left;
    if (!whole) o.broken ||= c.limit !== 'captured';
    if (!c.enter(units * UNIT, 'options', index, 'option length')) break;
    readOption(c, o, whole);
    c.leave();
  }
  return o;
}

function readOption(c: Cursor, o: NdOptions, whole: boolean): void {
  const type = c.u8('type');
  c.means(NAMES.get(type) ?? 'unassigned');
  const units = c.u8('length');
  // Half a nonce or a name is a wrong one: what passes the end is kept as bytes.
  if (!whole) return other(c, o, type);
  switch (type) {
    case 1:
      if (units !== 1) return other(c, o, type);
      return linkLayer(c, o, 'sourceLinkLayer');
    case 2:
      if (units !== 1) return other(c, o, type);
      return linkLayer(c, o, 'targetLinkLayer');
    case 3:
      return prefixInformation(c, o, units);
    case 4:
      return redirectedHeader(c, o, units);
    case 5:
      return mtu(c, o, units);
    case 14:
      return nonce(c, o, type);
    case 24:
      return routeInformation(c, o, units);
    case 25:
      return recursiveDns(c, o, units);
    case 26:
      return flagsExtension(c, o, units);
    case 31:
      return dnsSearchList(c, o, units);
    case 37:
      return captivePortal(c, o);
    case 38:
      return pref64(c, o, units);
    default:
      return other(c, o, type);
  }
}

function other(c: Cursor, o: NdOptions, type: number): void {
  o.others = added(o.others, { type, data: c.rest('data') });
}

/** The option has the length that its format needs; else its bytes are kept. */
function sized(c: Cursor, o: NdOptions, type: number, units: number, expected: number): boolean {
  if (units === expected) return true;
  c.fault('length', 'length', expected, units, c.at - 1);
  other(c, o, type);
  return false;
}

function again(c: Cursor): void {
  c.fault('duplicate', 'type', 1, 2, c.at - 2);
}

function linkLayer(c: Cursor, o: NdOptions, side: 'sourceLinkLayer' | 'targetLinkLayer'): void {
  const before = o[side];
  if (before >= 0) again(c);
  const address = c.mac('linkLayerAddress');
  if (before < 0) o[side] = address;
}

function prefixInformation(c: Cursor, o: NdOptions, units: number): void {
  if (!sized(c, o, 3, units, 4)) return;
  const prefixLength = c.u8('prefixLength');
  if (prefixLength > 128) c.fault('value', 'prefixLength', prefixLength, 128, c.at - 1);
  const flags = c.flags8('flags');
  const validLifetime = c.u32('validLifetime');
  const preferredLifetime = c.u32('preferredLifetime');
  // RFC 4862 5.5.3 c: such a prefix is ignored for addresses.
  if (preferredLifetime > validLifetime) {
    c.fault('value', 'preferredLifetime', preferredLifetime, validLifetime, c.at - 4);
  }
  c.skip(4, 'reserved2');
  o.prefixes = added(o.prefixes, {
    prefix: c.ipv6('prefix'),
    prefixLength,
    onLink: (flags & 0x80) !== 0,
    autonomous: (flags & 0x40) !== 0,
    routerAddress: (flags & 0x20) !== 0,
    pdPreferred: (flags & 0x10) !== 0,
    validLifetime,
    preferredLifetime,
  });
}

function redirectedHeader(c: Cursor, o: NdOptions, units: number): void {
  if (units < 2 || o.redirected !== undefined) {
    if (o.redirected === undefined) c.fault('length', 'length', 2, units, c.at - 1);
    else again(c);
    return other(c, o, 4);
  }
  c.skip(6, 'reserved');
  o.redirected = c.rest('ipHeaderAndData');
}

function mtu(c: Cursor, o: NdOptions, units: number): void {
  if (!sized(c, o, 5, units, 1)) return;
  c.skip(2, 'reserved');
  const value = c.u32('mtu');
  if (o.mtu >= 0) return again(c);
  // RFC 8200 5: no IPv6 link has less.
  if (value < 1280) c.fault('value', 'mtu', 1280, value, c.at - 4);
  o.mtu = value;
}

function nonce(c: Cursor, o: NdOptions, type: number): void {
  if (o.nonce !== '') {
    again(c);
    return other(c, o, type);
  }
  const { at, length } = c.rest('nonce');
  o.nonce = latin1(c.bytes, at, at + length);
}

function routeInformation(c: Cursor, o: NdOptions, units: number): void {
  if (units > 3) {
    c.fault('length', 'length', 3, units, c.at - 1);
    return other(c, o, 24);
  }
  const prefixLength = c.u8('prefixLength');
  if (prefixLength > 128) c.fault('value', 'prefixLength', prefixLength, 128, c.at - 1);
  // RFC 4191 2.3: 1 unit serves length 0 only, 2 units up to 64.
  else if (prefixLength > (units - 1) * 64) {
    c.fault('length', 'length', 1 + Math.ceil(prefixLength / 64), units, c.at - 2);
  }
  const preference = preferenceOf(c.flags8('flags'));
  const lifetime = c.u32('routeLifetime');
  const { at, length } = c.rest('prefix');
  const prefix = latin1(c.bytes, at, at + length).padEnd(16, '\0');
  o.routes = added(o.routes, { prefix, prefixLength, preference, lifetime });
}

function recursiveDns(c: Cursor, o: NdOptions, units: number): void {
  if (units < 3) {
    c.fault('length', 'length', 3, units, c.at - 1);
    return other(c, o, 25);
  }
  c.skip(2, 'reserved');
  const lifetime = c.u32('lifetime');
  const addresses: string[] = [];
  for (let i = 0; c.left >= 16; i += 1) addresses.push(c.ipv6(`addresses[${i}]`));
  // RFC 8106 5.1: the length is 3, 5, 7 …
  if (c.left > 0) {
    c.fault('length', 'addresses', 16, c.left);
    c.rest('rest');
  }
  o.rdnss = added(o.rdnss, { lifetime, addresses });
}

function flagsExtension(c: Cursor, o: NdOptions, units: number): void {
  if (!sized(c, o, 26, units, 1)) return;
  const bits = Number.parseInt(hexText(c.bytes, c.span(6, 'flags', 'flags')), 16);
  // RFC 5175 4: it stands once.
  if (o.flagsExtension >= 0) again(c);
  else o.flagsExtension = bits;
}

function dnsSearchList(c: Cursor, o: NdOptions, units: number): void {
  if (units < 2) {
    c.fault('length', 'length', 2, units, c.at - 1);
    return other(c, o, 31);
  }
  c.skip(2, 'reserved');
  const lifetime = c.u32('lifetime');
  o.dnssl = added(o.dnssl, { lifetime, domains: domainList(c, 'domainNames') });
}

function captivePortal(c: Cursor, o: NdOptions): void {
  let length = 0;
  while (c.peekAt(length) > 0) length += 1;
  const uri = c.span(length, 'uri', 'text');
  if (c.left > 0) c.rest('padding');
  if (o.captivePortal === undefined) o.captivePortal = uri;
  else again(c);
}

function pref64(c: Cursor, o: NdOptions, units: number): void {
  if (!sized(c, o, 38, units, 2)) return;
  const scaled = c.u16('scaledLifetimeAndPlc');
  const prefixLength = PREF64_LENGTHS[scaled & 7] ?? -1;
  if (prefixLength < 0) c.fault('value', 'plc', scaled & 7, 5, c.at - 2);
  const { at, length } = c.span(12, 'prefix');
  const prefix = `${latin1(c.bytes, at, at + length)}\0\0\0\0`;
  o.pref64 = added(o.pref64, { prefix, prefixLength, lifetime: Math.floor(scaled / 8) * 8 });
}
