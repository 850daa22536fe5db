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
/** Places of options 60, 77 and 93 in a class, from 1. */
const CLASSED = table([]);
[60, 77, 93].forEach((code, i) => (CLASSED[code] = i + 1));
const UUID = 97;

/**
 * What the last few were made of. Most messages repeat one of them byte for byte, and comparing a few strings costs a
 * third of hashing one.
 */
interface RecentPromise {
  text: string;
  siaddr: number;
  sname: string;
  file: string;
  promise: Promise4;
}
interface RecentClass {
  vendor: string;
  user: string;
  architectures: string;
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
    // From the first to the last option of a promise, with all between them. (Areas out of order: an empty text.)
    const text = from < 0 || to < from || to - from > LONGEST_KEY ? '' : latin1(bytes, from, to);
    const sname = filled(bytes, record.sname);
    const file = filled(bytes, record.file);
    if (text !== '') {
      for (const one of this.recentPromises) {
        if (one.text === text && one.siaddr === siaddr && one.file === file && one.sname === sname) return one.promise;
      }
    }
    const promise = this.promiseByBytes(record, bytes, sname, file);
    if (text !== '')
      this.turnPromise = remember(this.recentPromises, this.turnPromise, { text, siaddr, sname, file, promise });
    return promise;
  }

  clientClass(record: Dhcp4Record, bytes: Uint8Array): ClientClass4 {
    const { options } = record;
    this.weight = 0;
    const said: string[] = ['', '', ''];
    let uuid = false;
    for (let i = 0; i < options.length; i += STRIDE) {
      const code = options[i] ?? 0;
      const place = CLASSED[code] ?? 0;
      if (place > 0) {
        const at = options[i + 1] ?? 0;
        said[place - 1] += latin1(bytes, at - 1, at + (options[i + 2] ?? 0));
      } else if (code === UUID) uuid = true;
    }
    const [vendor = '', user = '', architectures = ''] = said;
    if (vendor === '' && user === '' && architectures === '' && !uuid) return NO_CLASS;
    for (const one of this.recentClasses) {
      if (one.vendor === vendor && one.user === user && one.architectures === architectures && one.uuid === uuid) {
        return one.clientClass;
      }
    }
    const made = readClass(record, bytes);
    const facts = `${made.pxe ? 1 : 0}${made.key}`;
    let clientClass = this.classes.get(facts);
    if (clientClass === undefined) {
      clientClass = made;
      this.classes.set(facts, made);
      this.weight = Math.ceil((2 * made.key.length) / WEIGHT);
    }
    if (vendor.length + user.length + architectures.length <= LONGEST_KEY) {
      const entry = { vendor, user, architectures, uuid, clientClass };
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
