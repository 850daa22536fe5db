import { Cursor, read32 } from '../../cursor.ts';
import type { Span } from '../../fault.ts';
import { cleanText, domainNames, hexText, safeBytes } from '../../values.ts';
import { isAlone } from './options.ts';
import { STRIDE } from './record.ts';
import type { Dhcp4Record } from './record.ts';

/**
 * The value of an option: a span of `bytes`. These are the message's own bytes when the option came in one piece, and a
 * buffer of their own when it came in several (RFC 3396).
 */
export interface OptionValue extends Span {
  bytes: Uint8Array;
}

/** How many times the option stands in the message. */
export function optionCount(record: Dhcp4Record, code: number): number {
  const { options } = record;
  let count = 0;
  for (let i = 0; i < options.length; i += STRIDE) if (options[i] === code) count += 1;
  return count;
}

/** True when the option is there, whatever its length. */
export function hasOption(record: Dhcp4Record, code: number): boolean {
  return indexOf(record, code, 0) >= 0;
}

/**
 * The option's value, or undefined where it is absent. `bytes` are those that the record was decoded from
 * (`Envelope.bytes`). Pieces are put together in the order options, file, sname (RFC 3396 5); an option of one fixed
 * length that stands several times is not a split one: then the first counts.
 */
export function optionValue(record: Dhcp4Record, bytes: Uint8Array, code: number): OptionValue | undefined {
  const { options } = record;
  const first = indexOf(record, code, 0);
  if (first < 0) return undefined;
  const at = options[first + 1] ?? 0;
  const length = options[first + 2] ?? 0;
  if (indexOf(record, code, first + STRIDE) < 0 || isAlone(code, length)) return { bytes, at, length };
  return { bytes: joinPieces(record, bytes, code), at: 0, length: joinedLength(record, code) };
}

/** All pieces of an option in one buffer. */
export function joinPieces(record: Dhcp4Record, bytes: Uint8Array, code: number): Uint8Array {
  const { options } = record;
  const joined = new Uint8Array(joinedLength(record, code));
  let to = 0;
  for (let i = indexOf(record, code, 0); i >= 0; i = indexOf(record, code, i + STRIDE)) {
    const at = options[i + 1] ?? 0;
    const length = options[i + 2] ?? 0;
    joined.set(bytes.subarray(at, at + length), to);
    to += length;
  }
  return joined;
}

function joinedLength(record: Dhcp4Record, code: number): number {
  const { options } = record;
  let length = 0;
  for (let i = 0; i < options.length; i += STRIDE) {
    if (options[i] === code) length += options[i + 2] ?? 0;
  }
  return length;
}

/** Place of the option's next piece in `record.options` from `from` on, or -1. */
export function indexOf(record: Dhcp4Record, code: number, from: number): number {
  const { options } = record;
  for (let i = from; i < options.length; i += STRIDE) if (options[i] === code) return i;
  return -1;
}

/** An 8-bit option, or -1 when it is absent or of another length. */
export function optionU8(record: Dhcp4Record, bytes: Uint8Array, code: number): number {
  const value = ofLength(record, bytes, code, 1);
  return value === undefined ? -1 : reader.open(value.bytes, value.at, value.at + 1, '').u8('');
}

/** A 16-bit option, or -1. */
export function optionU16(record: Dhcp4Record, bytes: Uint8Array, code: number): number {
  const value = ofLength(record, bytes, code, 2);
  return value === undefined ? -1 : reader.open(value.bytes, value.at, value.at + 2, '').u16('');
}

/** An unsigned 32-bit option, or -1. */
export function optionU32(record: Dhcp4Record, bytes: Uint8Array, code: number): number {
  const value = ofLength(record, bytes, code, 4);
  return value === undefined ? -1 : read32(value.bytes, value.at);
}

/** An address as an unsigned 32-bit number, or -1. */
export function optionIpv4(record: Dhcp4Record, bytes: Uint8Array, code: number): number {
  return optionU32(record, bytes, code);
}

/** Addresses as sent; empty where absent. Bytes after the last whole address are left out (the record has a fault). */
export function optionIpv4List(record: Dhcp4Record, bytes: Uint8Array, code: number): number[] {
  const list: number[] = [];
  const value = optionValue(record, bytes, code);
  if (value === undefined) return list;
  for (let p = 0; p + 4 <= value.length; p += 4) list.push(read32(value.bytes, value.at + p));
  return list;
}

/** 16-bit numbers as sent, as those of option 93. */
export function optionU16List(record: Dhcp4Record, bytes: Uint8Array, code: number): number[] {
  const list: number[] = [];
  const value = optionValue(record, bytes, code);
  if (value === undefined) return list;
  reader.open(value.bytes, value.at, value.at + value.length, '');
  while (reader.left >= 2) list.push(reader.u16(''));
  return list;
}

/** 8-bit numbers as sent, as those of option 55. */
export function optionU8List(record: Dhcp4Record, bytes: Uint8Array, code: number): number[] {
  const value = optionValue(record, bytes, code);
  return value === undefined ? [] : [...value.bytes.subarray(value.at, value.at + value.length)];
}

/** Lower-case hex of the value; '' where it is absent or empty. */
export function optionHex(record: Dhcp4Record, bytes: Uint8Array, code: number): string {
  const value = optionValue(record, bytes, code);
  return value === undefined ? '' : hexText(value.bytes, value);
}

/**
 * Text without its trailing NULs (RFC 2132 2), safe to show: what is not clean stands as visible escapes. '' where absent.
 */
export function optionText(record: Dhcp4Record, bytes: Uint8Array, code: number): string {
  const value = optionValue(record, bytes, code);
  return value === undefined ? '' : safeBytes(value.bytes, trimmed(value));
}

/** As `optionText`, but '' for text that is not clean. */
export function optionCleanText(record: Dhcp4Record, bytes: Uint8Array, code: number): string {
  const value = optionValue(record, bytes, code);
  return value === undefined ? '' : (cleanText(value.bytes, trimmed(value)) ?? '');
}

/** Names of a domain list (119, 120 after its first byte is another matter); those before the first bad one. */
export function optionDomainNames(record: Dhcp4Record, bytes: Uint8Array, code: number): string[] {
  const value = optionValue(record, bytes, code);
  return value === undefined ? [] : domainNames(value.bytes, value).names;
}

/** The server host name field up to its NUL; '' when it is empty or holds options. */
export function snameText(record: Dhcp4Record, bytes: Uint8Array): string {
  return fieldText(bytes, record.sname);
}

/** The boot file name field up to its NUL; '' when it is empty or holds options. */
export function fileText(record: Dhcp4Record, bytes: Uint8Array): string {
  return fieldText(bytes, record.file);
}

/** sname, or option 66 where sname is empty or holds options (RFC 2132 9.4). */
export function serverName(record: Dhcp4Record, bytes: Uint8Array): string {
  return snameText(record, bytes) || optionText(record, bytes, 66);
}

/** file, or option 67 where file is empty or holds options (RFC 2132 9.5). */
export function bootFileName(record: Dhcp4Record, bytes: Uint8Array): string {
  return fileText(record, bytes) || optionText(record, bytes, 67);
}

/**
 * The classes of option 77, as text: the counted list of RFC 3004, or the whole value as one class where it is not such
 * a list (iPXE and others send the bare string).
 */
export function userClasses(record: Dhcp4Record, bytes: Uint8Array): string[] {
  const value = optionValue(record, bytes, 77);
  if (value === undefined || value.length === 0) return [];
  const spans = countedList(value);
  return (spans ?? [value]).map((span) => safeBytes(value.bytes, trimmed({ ...value, ...span })));
}

/** The spans of a list of one-byte lengths and data that fills the value exactly; undefined when it is no such list. */
export function countedList(value: OptionValue): Span[] | undefined {
  const spans: Span[] = [];
  reader.open(value.bytes, value.at, value.at + value.length, '');
  while (reader.left > 0) {
    const length = reader.u8('');
    if (length === 0 || length > reader.left) return undefined;
    spans.push(reader.span(length, ''));
  }
  return spans;
}

/** The value of a sub-option of option 82 (RFC 3046), the first of its code; undefined where absent. */
export function relayAgentSubOption(record: Dhcp4Record, bytes: Uint8Array, code: number): OptionValue | undefined {
  const value = optionValue(record, bytes, 82);
  return value === undefined ? undefined : subOption(value, code, false);
}

/** An address in a sub-option of option 82 (5 link selection, 11 server identifier override), or -1. */
export function relayAgentIpv4(record: Dhcp4Record, bytes: Uint8Array, code: number): number {
  const value = relayAgentSubOption(record, bytes, code);
  return value === undefined || value.length !== 4 ? -1 : read32(value.bytes, value.at);
}

/** The value of a PXE sub-option of option 43; undefined where absent or where the message does not say PXEClient. */
export function pxeSubOption(record: Dhcp4Record, bytes: Uint8Array, code: number): OptionValue | undefined {
  const value = record.pxe ? optionValue(record, bytes, 43) : undefined;
  return value === undefined ? undefined : subOption(value, code, true);
}

/** All addresses of PXE_BOOT_SERVERS (option 43 sub-option 8: type, count, addresses), in order. */
export function pxeBootServers(record: Dhcp4Record, bytes: Uint8Array): number[] {
  const servers: number[] = [];
  const value = pxeSubOption(record, bytes, 8);
  if (value === undefined) return servers;
  reader.open(value.bytes, value.at, value.at + value.length, '');
  while (reader.left >= 3) {
    reader.u16('');
    let count = reader.u8('');
    for (; count > 0 && reader.left >= 4; count -= 1) servers.push(reader.u32(''));
    if (count > 0) break;
  }
  return servers;
}

/** The first sub-option `code` of a list of code, length, data; `padded`: 0 and 255 have no length (option 43). */
function subOption(value: OptionValue, code: number, padded: boolean): OptionValue | undefined {
  reader.open(value.bytes, value.at, value.at + value.length, '');
  while (reader.left >= 2) {
    const found = reader.u8('');
    if (padded && found === 0) continue;
    if (padded && found === 255) break;
    const length = reader.u8('');
    if (length > reader.left) break;
    const span = reader.span(length, '');
    if (found === code) return { bytes: value.bytes, ...span };
  }
  return undefined;
}

/** Bounds for the readers above; opened anew by each, so nothing is kept in it. */
const reader = new Cursor();

function ofLength(record: Dhcp4Record, bytes: Uint8Array, code: number, length: number): OptionValue | undefined {
  const value = optionValue(record, bytes, code);
  return value === undefined || value.length !== length ? undefined : value;
}

function trimmed(value: OptionValue): Span {
  reader.open(value.bytes, value.at, value.at + value.length, '');
  let { length } = value;
  while (length > 0 && reader.peekAt(length - 1) === 0) length -= 1;
  return { at: value.at, length };
}

/** Text up to the first NUL. */
function fieldText(bytes: Uint8Array, span: Span): string {
  reader.open(bytes, span.at, span.at + span.length, '');
  let length = 0;
  while (reader.peekAt(length) > 0) length += 1;
  return length === 0 ? '' : safeBytes(bytes, { at: span.at, length });
}
