import type { Cursor } from '../../cursor.ts';
import { domain, domainList } from '../../domains.ts';
import { OPTIONS } from './names.ts';
import type { Dhcpv6Option } from './types.ts';

/** Options of one place, far above what any message carries (a datagram of 1500 bytes holds 370 empty ones). */
const MAX_OPTIONS = 512;
/** Options in options: IA, address, and what RFC 7598 puts into a softwire container stay below. */
const MAX_NESTING = 4;

/** IA_NA, IA_TA, Relay Message, IA_PD. */
const CONTAINERS = [3, 4, 9, 25];

interface Field {
  name: string;
  kind: string;
}

interface Format {
  name: string;
  /** May stand once in one place (IANA column "Singleton Option"). */
  singleton: boolean;
  /** Empty: `options.ts` reads it. */
  fields: readonly Field[];
  /** Bytes that the fields of fixed width need, up to the first that has none. */
  fixed: number;
}

const WIDTHS = new Map([
  ['u8', 1],
  ['u16', 2],
  ['u32', 4],
  ['u64', 8],
  ['flags8', 1],
  ['flags16', 2],
  ['ipv4', 4],
  ['ipv6', 16],
  ['mac', 6],
]);

const FORMATS = new Map<number, Format>(OPTIONS.trim().split('\n').map(parse));

function parse(line: string): [number, Format] {
  const [code = '', title = '', ...rest] = line.split(' ');
  const fields = rest.map((text) => {
    const [name = '', kind = ''] = text.split(':');
    return { name, kind };
  });
  let fixed = 0;
  for (const { kind } of fields) {
    const width = WIDTHS.get(kind);
    if (width === undefined) break;
    fixed += width;
  }
  const format = { name: title.replace('*', ''), singleton: !title.endsWith('*'), fields, fixed };
  return [Number(code), format];
}

/** Name of an option. */
export function optionName(code: number): string {
  return FORMATS.get(code)?.name ?? 'unassigned';
}

/** Reads the value of one option inside its window; false: the option is to be kept as bytes. */
export type OptionReader = (c: Cursor, code: number, again: boolean) => boolean;

/**
 * Walks the options up to the end of the window (RFC 8415 21.1: code, length, data). `read` gets the window of each
 * one's data and says whether it took it; what it leaves is read by its format.
 */
export function readOptions(c: Cursor, read: OptionReader, level = 0): Dhcpv6Option[] {
  const options: Dhcpv6Option[] = [];
  while (c.left > 0) {
    const index = options.length;
    if (index >= MAX_OPTIONS || level > MAX_NESTING) {
      c.fault('excess', 'options', index + 1, level > MAX_NESTING ? 0 : MAX_OPTIONS);
      c.rest('rest');
      break;
    }
    if (!c.need(4, `options[${index}]`)) {
      c.rest('rest');
      break;
    }
    const length = 4 + c.peekAt(2) * 256 + c.peekAt(3);
    const whole = length <= c.left;
    if (!c.enter(length, 'options', index, 'optionLen')) break;
    const code = c.u16('optionCode');
    const format = FORMATS.get(code);
    if (c.tracing) c.means(optionName(code));
    c.u16('optionLen');
    const option = { code, data: { at: c.at, length: c.left } };
    const again = options.some((other) => other.code === code);
    if (again && format?.singleton === true) c.fault('duplicate', 'optionCode', 1, 2, c.at - 4);
    options.push(option);
    // Half a DUID or a URL is a wrong one: what passes the end is kept as bytes, unless whole options may stand in it.
    if (!whole && !CONTAINERS.includes(code)) c.rest('optionData');
    else if (!read(c, code, again)) readFormat(c, format, level);
    c.leave();
  }
  return options;
}

/** Options that nothing is remembered of. */
export const readNone: OptionReader = () => false;

function readFormat(c: Cursor, format: Format | undefined, level: number): void {
  if (format === undefined || format.fields.length === 0 || !c.need(format.fixed, 'optionData')) {
    if (c.left > 0) c.rest('optionData');
    return;
  }
  for (const { name, kind } of format.fields) readField(c, name, kind, level);
  ended(c);
}

/** Nothing may be left in an option whose fields are all read. */
export function ended(c: Cursor): void {
  if (c.left === 0) return;
  c.fault('length', 'optionData', 0, c.left);
  c.rest('rest');
}

function readField(c: Cursor, name: string, kind: string, level: number): void {
  switch (kind) {
    case 'u8':
      c.u8(name);
      return;
    case 'u16':
      c.u16(name);
      return;
    case 'u32':
      c.u32(name);
      return;
    case 'u64':
      c.u64(name);
      return;
    case 'flags8':
      c.flags8(name);
      return;
    case 'flags16':
      c.flags16(name);
      return;
    case 'ipv4':
      c.ipv4(name);
      return;
    case 'ipv6':
      c.ipv6(name);
      return;
    case 'mac':
      c.mac(name);
      return;
    case 'counted':
      if (c.left > 0) counted(c, name);
      return;
    case 'prefix':
      prefix(c, name);
      return;
    case 'text':
      c.rest(name, 'text');
      return;
    case 'domain':
      domain(c, name);
      return;
    case 'domains':
      domainList(c, name);
      return;
    case 'ipv6s':
      addresses(c, name);
      return;
    case 'u16s':
      numbers16(c, name, optionName);
      return;
    case 'options':
      readOptions(c, readNone, level + 1);
      return;
    case 'suboptions':
      suboptions(c);
      return;
    case 'empty':
      return;
    default:
      c.rest(name);
  }
}

/** 16 bits of length and that many bytes. */
function counted(c: Cursor, name: string): void {
  if (!c.need(2, name)) {
    c.rest('rest');
    return;
  }
  c.span(c.u16(`${name}Length`), name);
}

/** A prefix length in bits and the bytes that hold so many. */
function prefix(c: Cursor, name: string): void {
  if (!c.need(1, name)) return;
  const bits = c.u8(`${name}Length`);
  if (bits > 128) c.fault('value', `${name}Length`, bits, 128, c.at - 1);
  c.span(Math.min(Math.ceil(bits / 8), 16), name);
}

/** IPv6 addresses to the end of the window; what does not make one is a fault. */
export function addresses(c: Cursor, name: string): string[] {
  const list: string[] = [];
  if (c.left < 16) c.fault('length', name, 16, c.left);
  while (c.left >= 16) list.push(c.ipv6(`${name}[${list.length}]`));
  if (c.left > 0) {
    if (list.length > 0) c.fault('length', name, 16, c.left);
    c.rest('rest');
  }
  return list;
}

/** 16-bit numbers to the end of the window; `nameOf` says what each stands for. */
export function numbers16(c: Cursor, name: string, nameOf?: (number: number) => string): number[] {
  const list: number[] = [];
  while (c.left >= 2) {
    const number = c.u16(`${name}[${list.length}]`);
    if (nameOf !== undefined && c.tracing) c.means(nameOf(number));
    list.push(number);
  }
  if (c.left > 0) {
    c.fault('length', name, 2, c.left);
    c.rest('rest');
  }
  return list;
}

/** Options with numbers of their own: code, length and bytes. */
export function suboptions(c: Cursor): Dhcpv6Option[] {
  const list: Dhcpv6Option[] = [];
  while (c.left > 0) {
    const index = list.length;
    if (index >= MAX_OPTIONS) {
      c.fault('excess', 'suboptions', index + 1, MAX_OPTIONS);
      c.rest('rest');
      break;
    }
    if (!c.need(4, `suboptions[${index}]`)) {
      c.rest('rest');
      break;
    }
    const length = c.peekAt(2) * 256 + c.peekAt(3);
    if (!c.enter(4 + length, 'suboptions', index, 'suboptionLen')) break;
    const code = c.u16('suboptionCode');
    c.u16('suboptionLen');
    list.push({ code, data: c.rest('suboptionData') });
    c.leave();
  }
  return list;
}
