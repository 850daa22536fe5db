import type { Address } from '../../wire/envelope.ts';
import type { Emit } from '../flow.ts';
import type { Sight } from '../sight.ts';
import { madeFrom } from './eui64.ts';
import type { Lease } from './leases.ts';
import { addPartners, ownApart, partnerApart, type Station } from './stations.ts';
import type { AddressContest, Claimant, ClaimKind } from './types.ts';

/** Two that speak for one address within this time hold it at the same time (microseconds). */
export const RETURN_US = 60e6;
/** RFC 5227 1.1, DEFEND_INTERVAL: announcements against each other come at least so often. */
const DEFEND_US = 10e6;
/** What was under way when an address was handed over may still arrive. */
export const STRAGGLER_US = 1e6;
/** A station silent for longer (microseconds) is contradicted by nobody. */
const ALIVE_US = 300e6;
/** Each contradiction of a pair is told up to here, then those at powers of two. */
const TOLD_EACH = 16;
/** Unasked answers that are conduct, and no accident (bonding sends 2 at a time, and a lost question makes 1). */
const CONDUCT = 3;

/** A claimant with what only this flow needs. */
export interface Member extends Claimant {
  station: Station;
  /** When it last spoke for the address by its own will (IPv6: in any way that overrides), 0 never. */
  spoke: number;
  lastKind: ClaimKind;
  lastTo: number;
  /** Claims told in events. */
  told: number;
}

/** What one of a pair did to the other. */
interface Deeds {
  lies: number;
  firstLie: Sight | undefined;
  lieTo: number;
  sinceOther: number;
}

/** Two claimants of one address; `a` was there first. */
export interface Pair {
  a: Member;
  b: Member;
  ofA: Deeds;
  ofB: Deeds;
  returns: number;
  /** Returns so soon that they may have been under way. */
  hasty: number;
  announcedReturns: number;
  bothAnswered: number;
  squats: number;
  redundancy: string;
  total: number;
}

export function newPair(a: Member, b: Member): Pair {
  return {
    a,
    b,
    ofA: noDeeds(),
    ofB: noDeeds(),
    returns: 0,
    hasty: 0,
    announcedReturns: 0,
    bothAnswered: 0,
    squats: 0,
    redundancy: '',
    total: 0,
  };
}

function noDeeds(): Deeds {
  return { lies: 0, firstLie: undefined, lieTo: -1, sinceOther: 0 };
}

/** A claim as far as a pair is concerned. */
export interface Said {
  address: Address;
  kind: ClaimKind;
  to: number;
  sight: Sight;
  time: number;
  /** By its own will, so that it cannot be another interface's answer. */
  speaks: boolean;
  /** The last to speak so before, of all claimants. */
  current: Member;
  /** MACs that had answered the same question. */
  others: readonly number[];
  lease: Lease | undefined;
}

/** Weighs what `one` says against `other`; true when it contradicts. */
export function weigh(pair: Pair, one: Member, other: Member, said: Said): boolean {
  const { kind, time } = said;
  const before = pair.total;
  if (said.to < 0 && (kind === 'announcement' || kind === 'origin')) deedsOf(pair, other).sinceOther = 0;
  // A DHCP server gave it the address after the other's last word: the other's time is over.
  if (one.leasedTime > other.lastTime) return false;
  if (said.others.includes(other.mac)) {
    pair.bothAnswered += 1;
    pair.total += 1;
  }
  if (lie(kind, one) && time - other.lastTime <= ALIVE_US) {
    const deeds = deedsOf(pair, one);
    deeds.lies += 1;
    deeds.firstLie ??= said.sight;
    deeds.lieTo = said.to;
    if (kind === 'unsolicited') deeds.sinceOther += 1;
    pair.total += 1;
  }
  if (squats(one, other, said)) {
    pair.squats += 1;
    pair.total += 1;
  }
  if (said.speaks && said.current === other && one.spoke > 0) returns(pair, other, said);
  if (pair.total === before) return false;
  addPartners(one.station, other.station, said.address);
  return true;
}

/** A unicast request of a station that never spoke to all may be poison too (it teaches its sender's address). */
function lie(kind: ClaimKind, one: Member): boolean {
  return kind === 'unsolicited' || (kind === 'unicast-origin' && one.origins === 0);
}

/**
 * `other` got the address by a fresh lease and had never used it before; `one` had, and goes on. Interfaces of one host
 * cannot do that: before the lease the address was on none of them.
 */
function squats(one: Member, other: Member, { lease, time }: Said): boolean {
  return (
    lease !== undefined &&
    lease.mac === other.mac &&
    lease.since > 0 &&
    one.firstTime < lease.since &&
    other.firstTime >= lease.since &&
    time - other.firstTime >= STRAGGLER_US
  );
}

function returns(pair: Pair, other: Member, { kind, time }: Said): void {
  const gap = time - other.spoke;
  if (gap > RETURN_US) return;
  if (kind === 'announcement') {
    if (gap > DEFEND_US) return;
    pair.announcedReturns += 1;
    pair.total += 1;
    return;
  }
  if (gap < STRAGGLER_US) {
    pair.hasty += 1;
    if (pair.hasty < 2) return;
  }
  pair.returns += 1;
  pair.total += 1;
}

function deedsOf(pair: Pair, one: Member): Deeds {
  return pair.a === one ? pair.ofA : pair.ofB;
}

/** Not each, where there are too many. */
export function worthTelling(pair: Pair): boolean {
  return pair.total <= TOLD_EACH || powerOfTwo(pair.total);
}

/** Tells that `one` contradicts the other of the pair. */
export function tellContest(segment: number, pair: Pair, one: Member, said: Said, emit: Emit): void {
  const other = pair.a === one ? pair.b : pair.a;
  emit({
    type: 'address-contested',
    contest: contestOf(segment, said.address, pair, one.mac, other.last, said.sight),
    final: false,
    time: said.time,
  });
}

/** At the end of the capture: what is known of a pair that ever contradicted each other. */
export function tellLast(segment: number, address: Address, pair: Pair, time: number, emit: Emit): void {
  if (pair.total === 0) return;
  const [before, now] = pair.a.lastTime <= pair.b.lastTime ? [pair.a.last, pair.b.last] : [pair.b.last, pair.a.last];
  emit({ type: 'address-contested', contest: contestOf(segment, address, pair, -1, before, now), final: true, time });
}

export function powerOfTwo(n: number): boolean {
  return n > 0 && Number.isInteger(Math.log2(n));
}

function contestOf(
  segment: number,
  address: Address,
  pair: Pair,
  by: number,
  before: Sight,
  now: Sight,
): AddressContest {
  const { holder, rival, ownerBy } = ownerOf(address, pair);
  const deeds = deedsOf(pair, rival);
  return {
    segment,
    address,
    holder,
    rival,
    ownerBy,
    returns: pair.returns,
    announcedReturns: pair.announcedReturns,
    bothAnswered: pair.bothAnswered,
    squats: pair.squats,
    bothUse: lives(holder) && lives(rival),
    lies: deeds.lies,
    firstLie: deeds.firstLie,
    lieTo: deeds.lieTo,
    liesSinceHolder: deeds.sinceOther,
    holderAlive: holder.lastTime > rival.firstTime || pair.bothAnswered > 0,
    rivalOwn: ownApart(rival.station, holder.station, address),
    rivalOther: partnerApart(rival.station, holder.station, address),
    redundancy: pair.redundancy,
    total: pair.total,
    by,
    before,
    now,
  };
}

function lives(one: Member): boolean {
  return one.origins + one.announcements > 0;
}

type Owner = { holder: Member; rival: Member; ownerBy: AddressContest['ownerBy'] };

function ownerOf(address: Address, { a, b }: Pair): Owner {
  const rules: [AddressContest['ownerBy'], (one: Member, other: Member) => boolean][] = [
    ['lease', (one, other) => one.leasedTime > 0 && other.leasedTime === 0],
    ['conduct', (one, other) => one.unsolicited === 0 && other.unsolicited >= CONDUCT],
    [
      'conduct',
      (one, other) =>
        partnerApart(one.station, other.station, address) < 0 && partnerApart(other.station, one.station, address) >= 0,
    ],
    ['use', (one, other) => one.origins > 0 && other.origins === 0],
    [
      'eui-64',
      (one, other) => typeof address === 'string' && madeFrom(address, one.mac) && !madeFrom(address, other.mac),
    ],
  ];
  for (const [ownerBy, owns] of rules) {
    if (owns(a, b)) return { holder: a, rival: b, ownerBy };
    if (owns(b, a)) return { holder: b, rival: a, ownerBy };
  }
  return { holder: a, rival: b, ownerBy: 'first' };
}
