import type { Cursor } from '../../cursor.ts';
import { domain } from '../../domains.ts';
import type { Span } from '../../fault.ts';
import { hexText } from '../../values.ts';
import { addresses, ended, suboptions } from './formats.ts';
import { DUID_TYPES, STATUS_CODES } from './names.ts';
import type { VendorClass, VendorOptions } from './types.ts';

/** RFC 8415 11.1: two bytes of type and at most 128 more. A longer one is cut here as a key, with a fault. */
const MAX_DUID = 130;
/** IANA ARP hardware types whose addresses are 48-bit MAC addresses: Ethernet, IEEE 802. */
const ETHERNETS = [1, 6];
/** More entries than any client sends. */
const MAX_ENTRIES = 64;

export interface Duid {
  /** Lower-case hexadecimal. */
  hex: string;
  /** The Ethernet address in a DUID-LLT or DUID-LL; -1 none. */
  mac: number;
}

/** A DUID to the end of the window (RFC 8415 11). */
export function readDuid(c: Cursor): Duid {
  const { at, left: length } = c;
  if (length < 3) c.fault('length', 'duid', 3, length);
  else if (length > MAX_DUID) c.fault('length', 'duid', MAX_DUID, length);
  const hex = hexText(c.bytes, { at, length: Math.min(length, MAX_DUID) });
  return { hex, mac: length < 3 ? shortDuid(c) : duidBody(c) };
}

function shortDuid(c: Cursor): -1 {
  c.rest('duid');
  return -1;
}

function duidBody(c: Cursor): number {
  const type = c.u16('duidType');
  c.means(DUID_TYPES[type] ?? 'unknown');
  let mac = -1;
  if (type === 1 && c.need(6, 'duid')) {
    const hardwareType = c.u16('hardwareType');
    c.u32('time');
    mac = linkLayer(c, hardwareType);
  } else if (type === 3 && c.need(2, 'duid')) {
    mac = linkLayer(c, c.u16('hardwareType'));
  } else if (type === 2 && c.need(4, 'duid')) {
    c.u32('enterpriseNumber');
    c.rest('identifier');
  } else if (type === 4 && c.need(16, 'duid')) {
    c.span(16, 'uuid', 'uuid');
  }
  if (c.left > 0) c.rest('duidData');
  return mac;
}

/** A link-layer address to the end of the window: a 48-bit number where it is one, else -1. */
export function linkLayer(c: Cursor, hardwareType: number): number {
  if (c.left === 6 && ETHERNETS.includes(hardwareType)) return c.mac('linkLayerAddress');
  c.rest('linkLayerAddress');
  return -1;
}

/** RFC 8415 21.13. */
export interface Status {
  code: number;
  message: Span | undefined;
}

export function readStatus(c: Cursor): Status {
  if (!c.need(2, 'statusCode')) {
    if (c.left > 0) c.rest('optionData');
    return { code: -1, message: undefined };
  }
  const code = c.u16('statusCode');
  c.means(STATUS_CODES[code] ?? 'unknown');
  return { code, message: c.left > 0 ? c.rest('statusMessage', 'text') : undefined };
}

/**
 * Entries of 16 bits of length and so many bytes to the end of the window (RFC 8415 21.15, RFC 5970 3.2). Where the
 * lengths do not fit the bytes, as from firmware that writes the bare text, all of it is one entry, with a fault.
 */
export function entries(c: Cursor, name: string, as: 'bytes' | 'text'): Span[] {
  const list: Span[] = [];
  const unfit = unfitAt(c);
  if (unfit >= 0) {
    c.fault('length', `${name}[0].length`, unfit, c.left);
    if (c.left > 0) list.push(c.rest(`${name}[0].data`, as));
    return list;
  }
  while (c.left >= 2) {
    if (list.length >= MAX_ENTRIES) {
      c.fault('excess', name, list.length + 1, MAX_ENTRIES);
      c.rest('rest');
      break;
    }
    const length = c.u16(`${name}[${list.length}].length`);
    list.push(c.span(length, `${name}[${list.length}].data`, as));
  }
  return list;
}

/** -1 when the entries end exactly where the window does; else the bytes that they would need. */
function unfitAt(c: Cursor): number {
  let ahead = 0;
  while (ahead < c.left) {
    if (ahead + 2 > c.left) return ahead + 2;
    ahead += 2 + c.peekAt(ahead) * 256 + c.peekAt(ahead + 1);
  }
  return ahead === c.left ? -1 : ahead;
}

/** RFC 8415 21.16. */
export function readVendorClass(c: Cursor): VendorClass | undefined {
  if (!c.need(4, 'enterpriseNumber')) return undefined;
  const enterprise = c.u32('enterpriseNumber');
  return { enterprise, data: entries(c, 'vendorClassData', 'text') };
}

/** RFC 8415 21.17. */
export function readVendorOptions(c: Cursor): VendorOptions | undefined {
  if (!c.need(4, 'enterpriseNumber')) return undefined;
  const enterprise = c.u32('enterpriseNumber');
  return { enterprise, options: suboptions(c) };
}

/** RFC 4704 4: flags N O S, then a name, perhaps partial. */
export function readFqdn(c: Cursor): Span | undefined {
  if (!c.need(1, 'flags')) return undefined;
  c.flags8('flags');
  return c.left > 0 ? domain(c, 'domainName', true) : undefined;
}

/** RFC 5908: addresses of time servers; names are only shown. */
export function readNtp(c: Cursor): string[] {
  const servers: string[] = [];
  for (let index = 0; c.left > 0; index += 1) {
    if (index >= MAX_ENTRIES || !c.need(4, `suboptions[${index}]`)) {
      if (index >= MAX_ENTRIES) c.fault('excess', 'suboptions', index + 1, MAX_ENTRIES);
      c.rest('rest');
      break;
    }
    const length = c.peekAt(2) * 256 + c.peekAt(3);
    if (!c.enter(4 + length, 'suboptions', index, 'suboptionLen')) break;
    const code = c.u16('suboptionCode');
    c.means(NTP_SUBOPTIONS[code] ?? 'unknown');
    c.u16('suboptionLen');
    if (code === 1 || code === 2) servers.push(...addresses(c, 'addresses'));
    else if (code === 3) domain(c, 'fqdn');
    if (c.left > 0) c.rest('suboptionData');
    c.leave();
  }
  return servers;
}

const NTP_SUBOPTIONS = ['', 'NTP_SUBOPTION_SRV_ADDR', 'NTP_SUBOPTION_MC_ADDR', 'NTP_SUBOPTION_SRV_FQDN'];

/** RFC 6939 4. */
export function readClientLinkLayer(c: Cursor): number {
  if (!c.need(2, 'linkLayerType')) {
    if (c.left > 0) c.rest('optionData');
    return -1;
  }
  return linkLayer(c, c.u16('linkLayerType'));
}

/** An option whose value is one number of 32 bits; -1 when it is not whole. */
export function only32(c: Cursor, name: string): number {
  if (!c.need(4, name)) {
    if (c.left > 0) c.rest('optionData');
    return -1;
  }
  const value = c.u32(name);
  ended(c);
  return value;
}

export function only16(c: Cursor, name: string): number {
  if (!c.need(2, name)) {
    if (c.left > 0) c.rest('optionData');
    return -1;
  }
  const value = c.u16(name);
  ended(c);
  return value;
}

export function only8(c: Cursor, name: string): number {
  if (!c.need(1, name)) return -1;
  const value = c.u8(name);
  ended(c);
  return value;
}
