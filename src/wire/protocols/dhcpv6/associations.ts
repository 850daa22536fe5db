import type { Cursor } from '../../cursor.ts';
import type { Span } from '../../fault.ts';
import { readOptions } from './formats.ts';
import type { IaAddress, IaPrefix, IdentityAssociation } from './types.ts';
import { readStatus, readVendorOptions } from './values.ts';

/** Option codes of the containers, and of what stands in them. */
const IA_NA = 3;
const IA_TA = 4;
const IAADDR = 5;
const STATUS_CODE = 13;
const VENDOR_OPTS = 17;
const IAPREFIX = 26;

/** An IA_NA (3), IA_TA (4) or IA_PD (25) in its window; undefined when its fixed part is cut (its bytes are then kept). */
export function readAssociation(c: Cursor, code: number): IdentityAssociation | undefined {
  const temporary = code === IA_TA;
  if (!c.need(temporary ? 4 : 12, 'header')) return undefined;
  const addresses: IaAddress[] = [];
  const prefixes: IaPrefix[] = [];
  const kind = code === IA_NA ? 'IA_NA' : temporary ? 'IA_TA' : 'IA_PD';
  const iaid = c.u32('iaid');
  const t1 = temporary ? -1 : c.u32('t1');
  const t2 = temporary ? -1 : c.u32('t2');
  // RFC 8415 21.4: such an IA is discarded by the client.
  if (t1 > t2 && t2 > 0) c.fault('value', 't1', t1, t2, c.at - 8);
  let status = -1;
  let statusMessage: Span | undefined;
  readOptions(
    c,
    (inner, option, again) => {
      if (option === IAADDR) return keep(addresses, readAddress(inner));
      if (option === IAPREFIX) return keep(prefixes, readPrefix(inner));
      if (option === VENDOR_OPTS) return readVendorOptions(inner) !== undefined;
      if (option !== STATUS_CODE || again) return false;
      ({ code: status, message: statusMessage } = readStatus(inner));
      return true;
    },
    1,
  );
  return { kind, iaid, t1, t2, status, statusMessage, addresses, prefixes };
}

function keep<T>(list: T[], item: T | undefined): boolean {
  if (item !== undefined) list.push(item);
  return item !== undefined;
}

/** RFC 8415 21.6. */
export function readAddress(c: Cursor): IaAddress | undefined {
  if (!c.need(24, 'header')) return undefined;
  const address = c.ipv6('address');
  const preferredLifetime = c.u32('preferredLifetime');
  const validLifetime = c.u32('validLifetime');
  lifetimes(c, preferredLifetime, validLifetime);
  return { address, preferredLifetime, validLifetime, status: innerStatus(c) };
}

/** RFC 8415 21.22. */
function readPrefix(c: Cursor): IaPrefix | undefined {
  if (!c.need(25, 'header')) return undefined;
  const preferredLifetime = c.u32('preferredLifetime');
  const validLifetime = c.u32('validLifetime');
  lifetimes(c, preferredLifetime, validLifetime);
  const prefixLength = c.u8('prefixLength');
  if (prefixLength > 128) c.fault('value', 'prefixLength', prefixLength, 128, c.at - 1);
  const prefix = c.ipv6('prefix');
  return { prefix, prefixLength, preferredLifetime, validLifetime, status: innerStatus(c) };
}

/** RFC 8415 21.6 and 21.22: a client discards what is preferred for longer than it is valid. */
function lifetimes(c: Cursor, preferred: number, valid: number): void {
  if (preferred > valid) c.fault('value', 'preferredLifetime', preferred, valid, c.at - 8);
}

function innerStatus(c: Cursor): number {
  let status = -1;
  readOptions(
    c,
    (inner, option, again) => {
      if (option === VENDOR_OPTS) return readVendorOptions(inner) !== undefined;
      if (option !== STATUS_CODE || again) return false;
      status = readStatus(inner).code;
      return true;
    },
    2,
  );
  return status;
}
