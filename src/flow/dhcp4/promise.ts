import { latin1, read32 } from '../../wire/cursor.ts';
import {
  bootFileName,
  optionDomainNames,
  optionIpv4,
  optionIpv4List,
  optionU16List,
  optionU32,
  optionValue,
  pxeBootServers,
  serverName,
  userClasses,
} from '../../wire/protocols/dhcpv4/read.ts';
import { STRIDE, type Dhcp4Record } from '../../wire/protocols/dhcpv4/record.ts';
import type { Span } from '../../wire/fault.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { ClientClass4, Promise4 } from './types.ts';
import { MOST_ADDRESSES, boundedText, hexFact, textFact } from './values.ts';

/** Distinct promises: one for each subnet, class and server of a large site. */
const PROMISES = 4096;
/** Distinct client classes: one for each firmware and program. */
const CLASSES = 4096;
/** A raw key longer than what one frame carries is not kept as a key. */
const LONGEST_KEY = 1500;
/** Characters of facts that weigh as much as a message. */
const WEIGHT = 512;

const PROMISED = table([1, 3, 6, 15, 42, 43, 60, 66, 67, 108, 119, 121, 150, 209, 210, 249, 252]);
const CLASSED = table([60, 77, 93]);
const UUID = 97;

/**
 * What the last few were made of. Most messages repeat one of them byte for byte, and comparing bytes makes no string
 * that somebody must collect.
 */
interface RecentPromise {
  raw: Uint8Array;
  siaddr: number;
  sname: string;
  file: string;
  promise: Promise4;
}
interface RecentClass {
  /** The options as they stood, one after the other. */
  raw: Uint8Array;
  uuid: boolean;
  clientClass: ClientClass4;
}
const RECENT = 4;

/**
 * Promises and client classes, each distinct one made once. Most messages repeat what an earlier one said, byte for
 * byte: those are found by their raw bytes, without reading a single value.
 */
export class Interned {
  private readonly promises = new BoundedMap<string, Promise4>('dhcp4-promises', PROMISES);
  private readonly promisesByBytes = new BoundedMap<string, Promise4>('', PROMISES);
  private readonly classes = new BoundedMap<string, ClientClass4>('dhcp4-client-classes', CLASSES);
  private readonly recentPromises: RecentPromise[] = [];
  private readonly recentClasses: RecentClass[] = [];
  private turnPromise = 0;
  private turnClass = 0;
  /** What the last promise or class cost to keep, in messages: 0 when it was known. */
  weight = 0;

  promise(record: Dhcp4Record, bytes: Uint8Array): Promise4 {
    const { options, siaddr } = record;
    this.weight = 0;
    let from = -1;
    let to = -1;
    for (let i = 0; i < options.length; i += STRIDE) {
      if (PROMISED[options[i] ?? 0] === 0) continue;
      if (from < 0) from = (options[i + 1] ?? 0) - 2;
      to = (options[i + 1] ?? 0) + (options[i + 2] ?? 0);
    }
    // From the first to the last option of a promise, with all between them. (Areas out of order are not remembered.)
    const plain = from >= 0 && to >= from && to - from <= LONGEST_KEY;
    const sname = filled(bytes, record.sname);
    const file = filled(bytes, record.file);
    if (plain) {
      for (const one of this.recentPromises) {
        if (one.siaddr !== siaddr || one.file !== file || one.sname !== sname) continue;
        if (one.raw.length === to - from && stands(one.raw, 0, bytes, from, to)) return one.promise;
      }
    }
    const promise = this.promiseByBytes(record, bytes, sname, file);
    if (plain) {
      // A Buffer's own `slice` would be a view of what is overwritten next.
      const raw = Uint8Array.prototype.slice.call(bytes, from, to);
      this.turnPromise = remember(this.recentPromises, this.turnPromise, { raw, siaddr, sname, file, promise });
    }
    return promise;
  }

  clientClass(record: Dhcp4Record, bytes: Uint8Array): ClientClass4 {
    const { options } = record;
    this.weight = 0;
    let length = 0;
    let uuid = false;
    for (let i = 0; i < options.length; i += STRIDE) {
      const code = options[i] ?? 0;
      if (CLASSED[code] === 1) length += 2 + (options[i + 2] ?? 0);
      else if (code === UUID) uuid = true;
    }
    if (length === 0 && !uuid) return NO_CLASS;
    for (const one of this.recentClasses) {
      if (one.uuid === uuid && one.raw.length === length && saysSo(one.raw, record, bytes)) return one.clientClass;
    }
    const made = readClass(record, bytes);
    const facts = `${made.pxe ? 1 : 0}${made.key}`;
    let clientClass = this.classes.get(facts);
    if (clientClass === undefined) {
      clientClass = made;
      this.classes.set(facts, made);
      this.weight = Math.ceil((2 * made.key.length) / WEIGHT);
    }
    if (length <= LONGEST_KEY) {
      const entry = { raw: classBytes(record, bytes, length), uuid, clientClass };
      this.turnClass = remember(this.recentClasses, this.turnClass, entry);
    }
    return clientClass;
  }

  private promiseByBytes(record: Dhcp4Record, bytes: Uint8Array, sname: string, file: string): Promise4 {
    const key = `${record.siaddr}/${sname}/${file}/${promisedBytes(record, bytes)}`;
    const known = this.promisesByBytes.get(key);
    if (known !== undefined) return known;
    const made = readPromise(record, bytes);
    const facts = JSON.stringify(made);
    let promise = this.promises.get(facts);
    if (promise === undefined) {
      promise = made;
      this.promises.set(facts, made);
      this.weight = Math.ceil(facts.length / WEIGHT);
    }
    if (key.length <= LONGEST_KEY) this.promisesByBytes.set(key, promise);
    return promise;
  }

  limits(): LimitReached[] {
    return [this.promises, this.classes].flatMap((one) => one.limit() ?? []);
  }
}

/** A client that says nothing of itself. */
export const NO_CLASS: ClientClass4 = {
  vendorClass: '',
  userClass: '',
  architectures: [],
  pxe: false,
  key: '',
};

/** True for `PXEClient…` and `HTTPClient…` (PXE 2.1, UEFI 2.5 HTTP boot). */
export function bootClass(vendorClass: string): boolean {
  return vendorClass.startsWith('PXEClient') || vendorClass.startsWith('HTTPClient');
}

/** The bytes of all the options that `readPromise` reads, each with its code and length, runs of them in one piece. */
function promisedBytes(record: Dhcp4Record, bytes: Uint8Array): string {
  const { options } = record;
  let key = '';
  let from = -1;
  let to = -1;
  for (let i = 0; i < options.length; i += STRIDE) {
    if (PROMISED[options[i] ?? 0] === 0) continue;
    const at = options[i + 1] ?? 0;
    if (at - 2 !== to) {
      if (from >= 0) key += latin1(bytes, from, to);
      from = at - 2;
    }
    to = at + (options[i + 2] ?? 0);
  }
  return from < 0 ? key : key + latin1(bytes, from, to);
}

/** True when `raw` has the bytes [from, to) at `place`. */
function stands(raw: Uint8Array, place: number, bytes: Uint8Array, from: number, to: number): boolean {
  for (let p = from, q = place; p < to; p += 1, q += 1) if (raw[q] !== bytes[p]) return false;
  return true;
}

/** True when the options of a class are those of `raw`, which is as long as they are. */
function saysSo(raw: Uint8Array, { options }: Dhcp4Record, bytes: Uint8Array): boolean {
  let place = 0;
  for (let i = 0; i < options.length; i += STRIDE) {
    if (CLASSED[options[i] ?? 0] === 0) continue;
    const at = options[i + 1] ?? 0;
    const end = at + (options[i + 2] ?? 0);
    if (!stands(raw, place, bytes, at - 2, end)) return false;
    place += end - at + 2;
  }
  return true;
}

/** The options of a class one after the other, each with its code and length. */
function classBytes({ options }: Dhcp4Record, bytes: Uint8Array, length: number): Uint8Array {
  const raw = new Uint8Array(length);
  let place = 0;
  for (let i = 0; i < options.length; i += STRIDE) {
    if (CLASSED[options[i] ?? 0] === 0) continue;
    const at = options[i + 1] ?? 0;
    const end = at + (options[i + 2] ?? 0);
    raw.set(bytes.subarray(at - 2, end), place);
    place += end - at + 2;
  }
  return raw;
}

/** A header field as it is, '' when it begins with zeros. */
function filled(bytes: Uint8Array, { at, length }: Span): string {
  return length < 4 || read32(bytes, at) === 0 ? '' : latin1(bytes, at, at + length);
}

/** Puts an entry in the place of the oldest; returns whose turn is next. */
function remember<T>(recent: T[], turn: number, entry: T): number {
  recent[turn] = entry;
  return (turn + 1) % RECENT;
}

function readPromise(record: Dhcp4Record, bytes: Uint8Array): Promise4 {
  const value = (code: number) => optionValue(record, bytes, code);
  const addresses = (code: number): number[] => optionIpv4List(record, bytes, code).slice(0, MOST_ADDRESSES);
  return {
    mask: optionIpv4(record, bytes, 1),
    routers: addresses(3),
    dns: addresses(6),
    ntp: addresses(42),
    routes: hexFact(value(121) ?? value(249)),
    proxyAutoConfig: textFact(value(252)),
    domain: textFact(value(15)),
    domainSearch: boundedText(optionDomainNames(record, bytes, 119).join(' ')),
    nextServer: record.siaddr === 0 ? -1 : record.siaddr,
    serverName: boundedText(serverName(record, bytes)),
    bootFile: boundedText(bootFileName(record, bytes)),
    tftpServers: addresses(150),
    vendorClass: textFact(value(60)),
    vendorOptions: hexFact(value(43)),
    pxeBootServers: pxeBootServers(record, bytes).slice(0, MOST_ADDRESSES),
    configFile: textFact(value(209)),
    pathPrefix: textFact(value(210)),
    ipv6Only: optionU32(record, bytes, 108),
  };
}

function readClass(record: Dhcp4Record, bytes: Uint8Array): ClientClass4 {
  const value = (code: number) => optionValue(record, bytes, code);
  const vendorClass = textFact(value(60));
  const architectures = optionU16List(record, bytes, 93).slice(0, MOST_ADDRESSES);
  const named = architectures.length > 0 || value(97) !== undefined;
  return {
    vendorClass,
    userClass: boundedText(userClasses(record, bytes).join(',')),
    architectures,
    pxe: named || bootClass(vendorClass),
    key: [60, 77, 93].map((code) => hexFact(value(code))).join('/'),
  };
}

function table(codes: readonly number[]): Uint8Array {
  const set = new Uint8Array(256);
  for (const code of codes) set[code] = 1;
  return set;
}
