import type { Identities } from '../identities.ts';
import type { IdentityCache } from './identity-cache.ts';
import { FILLER, writeNames } from './names.ts';

const A = 1;
const SOA = 6;
const TXT = 16;
const AAAA = 28;
const OPT = 41;
/** Types whose data is a name, and how many bytes stand before it: NS, CNAME, PTR, MX, SRV, DNAME. */
const NAMES = new Map([
  [2, 0],
  [5, 0],
  [12, 0],
  [15, 2],
  [33, 6],
  [39, 0],
]);
/** Records of one message that are read: a datagram of 64 KiB holds no more of the smallest. */
const MAX_RECORDS = 6000;

/** A DNS message that is rebuilt: where it is read, and where it goes (`p + shift`). */
export interface DnsCopy {
  from: Uint8Array;
  view: DataView;
  at: number;
  end: number;
  to: Uint8Array;
  out: DataView;
  shift: number;
}

/**
 * Writes a DNS message (RFC 1035 4) into zeros: counts, lengths, types and pointers as they are; names and addresses
 * mapped; of texts and options only how long they are. Ends at the first thing that cannot be read.
 */
export function writeDns(identities: Identities, cache: IdentityCache, copy: DnsCopy): void {
  const { view, at, end } = copy;
  if (end - at < 12) return;
  copyOver(copy, at, at + 12);
  let next = at + 12;
  for (let i = view.getUint16(at + 4); i > 0; i -= 1) {
    const after = name(identities, copy, next, end);
    if (after < 0 || after + 4 > end) return;
    copyOver(copy, after, after + 4);
    next = after + 4;
  }
  const records = view.getUint16(at + 6) + view.getUint16(at + 8) + view.getUint16(at + 10);
  for (let i = 0; i < Math.min(records, MAX_RECORDS) && next >= 0; i += 1) {
    next = record(identities, cache, copy, next);
  }
}

/** One resource record. @returns the offset after it, or -1 */
function record(identities: Identities, cache: IdentityCache, copy: DnsCopy, at: number): number {
  const { view, end } = copy;
  const after = name(identities, copy, at, end);
  if (after < 0 || after + 10 > end) return -1;
  copyOver(copy, after, after + 10);
  const type = view.getUint16(after);
  const data = after + 10;
  const stop = data + view.getUint16(after + 8);
  if (stop > end) return -1;
  recordData(identities, cache, copy, type, data, stop);
  return stop;
}

function recordData(
  identities: Identities,
  cache: IdentityCache,
  copy: DnsCopy,
  type: number,
  at: number,
  end: number,
): void {
  const { view, out, shift } = copy;
  const before = NAMES.get(type) ?? -1;
  if (type === A && end - at === 4) {
    cache.ipv4(view, at, out, at + shift);
  } else if (type === AAAA && end - at === 16) {
    cache.ipv6(view, at, out, at + shift);
  } else if (before >= 0 && at + before < end) {
    copyOver(copy, at, at + before);
    name(identities, copy, at + before, end);
  } else if (type === SOA) {
    const second = name(identities, copy, at, end);
    const numbers = second < 0 ? -1 : name(identities, copy, second, end);
    // The serial number is often a date; the intervals are not.
    if (numbers >= 0 && numbers + 20 <= end) copyOver(copy, numbers + 4, numbers + 20);
  } else if (type === TXT) {
    texts(copy, at, end);
  } else if (type === OPT) {
    for (let next = at; next + 4 <= end; next += 4 + view.getUint16(next + 2)) copyOver(copy, next, next + 4);
  }
}

function texts({ from, to, shift }: DnsCopy, at: number, end: number): void {
  for (let next = at; next < end;) {
    const stop = Math.min(end, next + 1 + (from[next] ?? 0));
    to[next + shift] = from[next] ?? 0;
    to.fill(FILLER, next + 1 + shift, stop + shift);
    next = stop;
  }
}

function name(identities: Identities, copy: DnsCopy, at: number, end: number): number {
  if (at >= end) return -1;
  const after = writeNames(identities, 'hostname', copy.from, at, end, copy.at, copy.to, copy.shift, 1);
  return after > at ? after : -1;
}

function copyOver({ from, to, shift }: DnsCopy, at: number, end: number): void {
  for (let next = at; next < end; next += 1) to[next + shift] = from[next] ?? 0;
}
