import type { Address, Envelope } from '../../wire/envelope.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit } from '../flow.ts';
import { sightOf, type Sight } from '../sight.ts';
import { addressKey } from '../station.ts';
import {
  newPair,
  powerOfTwo,
  RETURN_US,
  STRAGGLER_US,
  tellContest,
  tellLast,
  weigh,
  worthTelling,
  type Member,
  type Pair,
  type Said,
} from './contests.ts';
import type { Leases } from './leases.ts';
import type { Redundancy } from './redundancy.ts';
import { addOwn, type Stations } from './stations.ts';
import type { Claimant, ClaimKind } from './types.ts';

/** Addresses remembered over all segments: sixteen /20 segments in full. */
const ADDRESSES = 65_536;
/** Stations that claim one address: four GLBP forwarders and their routers. */
const CLAIMANTS = 8;
/** How long the former holder must be silent (microseconds): both sides of a contest speak more often. */
const MOVED_US = 30e6;
/** The same after an announcement to all when the capture ends, so that no more can be learnt. */
const MOVED_AT_END_US = 5e6;

/** Shared by all addresses that nobody contests. */
const NO_PAIRS: readonly Pair[] = [];

/** One address on one segment. */
interface AddressState {
  capture: number;
  segment: number;
  address: Address;
  members: Member[];
  /** Who last spoke for the address by its own will. */
  current: Member;
  handover: Handover | undefined;
  pairs: readonly Pair[];
}

interface Handover {
  from: Member;
  to: Member;
  by: Sight;
  kind: ClaimKind;
  time: number;
}

/** Who claims which address, and whether anybody else does: keyed by segment and address. */
export class Addresses {
  private readonly table = new BoundedMap<number | string, AddressState>('neighbours.addresses', ADDRESSES);
  private readonly stations: Stations;
  private readonly redundancy: Redundancy;
  private readonly leases: Leases;
  private crowded = 0;

  constructor(stations: Stations, redundancy: Redundancy, leases: Leases) {
    this.stations = stations;
    this.redundancy = redundancy;
    this.leases = leases;
  }

  /** Those that claim an address, as far as known. */
  claimants(segment: number, address: Address): readonly Claimant[] {
    return this.table.peek(addressKey(segment, address))?.members ?? [];
  }

  /**
   * Takes one claim.
   * @param to whom it was said to, -1 all
   * @param others MACs that answered the same question before
   */
  claim(
    e: Envelope,
    address: Address,
    mac: number,
    kind: ClaimKind,
    to: number,
    others: readonly number[],
    emit: Emit,
  ): void {
    const key = addressKey(e.segment, address);
    let state = this.table.get(key);
    let one = state?.members.find((member) => member.mac === mac);
    // Without the override flag nobody's entry changes: that makes no claimant (RFC 4861 7.2.5).
    if (one === undefined && kind === 'weak') return;
    const sight = sightOf(e);
    one ??= this.newMember(e.segment, mac, sight, e.time);
    if (state === undefined) {
      state = {
        capture: e.capture,
        segment: e.segment,
        address,
        members: [one],
        current: one,
        handover: undefined,
        pairs: NO_PAIRS,
      };
      this.table.set(key, state);
    } else if (one.claims === 0) {
      this.admit(state, one);
    }
    // An answer may come from another interface of the owner (ARP flux); IPv6 stacks answer only where the address is.
    const speaks = kind !== 'weak' && (typeof address === 'string' || (kind !== 'answer' && kind !== 'unsolicited'));
    if (state.members.length > 1) {
      const lease = typeof address === 'number' ? this.leases.of(address) : undefined;
      const { current } = state;
      this.compare(state, one, { address, kind, to, others, speaks, sight, time: e.time, current, lease }, emit);
    }
    if (speaks && !straggles(state.current, one, kind, e.time)) {
      one.spoke = e.time;
      state.current = one;
    }
    count(one, address, kind, to, sight, e.time);
    if (powerOfTwo(one.claims)) this.tell(state, one, e.time, emit);
  }

  /** A capture has ended: what is pending in it is told. */
  end(at: CaptureEnd, emit: Emit): void {
    for (const state of this.table.values()) {
      if (state.capture !== at.capture) continue;
      this.settle(state, at.time, emit, state.handover?.kind === 'announcement' ? MOVED_AT_END_US : MOVED_US);
      for (const one of state.members) if (one.claims > one.told) this.tell(state, one, at.time, emit);
      for (const pair of state.pairs) {
        pair.redundancy = this.group(state, pair);
        tellLast(state.segment, state.address, pair, at.time, emit);
      }
    }
  }

  limits(): LimitReached[] {
    const limit = this.table.limit();
    return [
      ...(limit === undefined ? [] : [limit]),
      ...(this.crowded > 0 ? [{ name: 'neighbours.claimants', cap: CLAIMANTS, lost: this.crowded }] : []),
    ];
  }

  private newMember(segment: number, mac: number, sight: Sight, time: number): Member {
    return {
      mac,
      first: sight,
      last: sight,
      firstTime: time,
      lastTime: time,
      claims: 0,
      announcements: 0,
      origins: 0,
      unicastOrigins: 0,
      answers: 0,
      unsolicited: 0,
      weak: 0,
      leasedTime: 0,
      station: this.stations.of(segment, mac),
      spoke: 0,
      lastKind: 'weak',
      lastTo: -1,
      told: 0,
    };
  }

  private admit(state: AddressState, one: Member): void {
    const { members } = state;
    if (members.length >= CLAIMANTS) {
      // The one that says least goes, so that a flood of made-up stations does not push out the owner.
      let gone = members.find((member) => member !== state.current);
      for (const member of members) {
        if (member !== state.current && gone !== undefined && member.claims < gone.claims) gone = member;
      }
      state.members = members.filter((member) => member !== gone);
      state.pairs = state.pairs.filter((pair) => pair.a !== gone && pair.b !== gone);
      if (state.handover?.from === gone || state.handover?.to === gone) state.handover = undefined;
      this.crowded += 1;
    }
    state.members.push(one);
  }

  private compare(state: AddressState, one: Member, said: Said, emit: Emit): void {
    const { lease, time } = said;
    for (const member of state.members) {
      member.leasedTime = lease !== undefined && lease.mac === member.mac ? lease.time : 0;
    }
    if (said.kind !== 'weak') {
      let contradicted: Pair[] | undefined;
      for (const other of state.members) {
        if (other === one) continue;
        const pair = pairOf(state, one, other);
        if (weigh(pair, one, other, said) && worthTelling(pair)) (contradicted ??= []).push(pair);
      }
      // Told only when all pairs are weighed: the interfaces of one host show themselves by contradicting each other.
      for (const pair of contradicted ?? []) {
        pair.redundancy = this.group(state, pair);
        tellContest(state.segment, pair, one, said, emit);
      }
    }
    const { handover } = state;
    if (handover !== undefined && one === handover.from && time - handover.time > STRAGGLER_US) {
      // It comes back: after a long silence the address was away, else it never was.
      if (time - handover.time > RETURN_US) this.settle(state, time, emit);
      state.handover = undefined;
    }
    this.settle(state, time, emit);
    if (said.speaks && state.current !== one && !straggles(state.current, one, said.kind, time)) {
      state.handover = { from: state.current, to: one, by: said.sight, kind: said.kind, time };
    }
  }

  /** The protocol by which both may claim the address, or ''. */
  private group({ segment, address }: AddressState, { a, b }: Pair): string {
    const group = this.redundancy.of(segment, address, a.mac);
    return this.redundancy.of(segment, address, b.mac) === '' ? '' : group;
  }

  /** Tells of a handover once the former holder has been silent long enough. */
  private settle(state: AddressState, time: number, emit: Emit, enough = MOVED_US): void {
    const { handover } = state;
    if (handover === undefined) return;
    const silence = time - Math.max(handover.from.lastTime, handover.time);
    if (silence < enough) return;
    state.handover = undefined;
    const { from, to } = handover;
    const lease = typeof state.address === 'number' ? this.leases.of(state.address) : undefined;
    emit({
      type: 'address-moved',
      segment: state.segment,
      address: state.address,
      from,
      to,
      by: handover.by,
      kind: handover.kind,
      silence,
      leased: lease !== undefined && lease.mac === to.mac && lease.time > from.lastTime,
      redundancy: this.redundancy.of(state.segment, state.address, to.mac),
      time: handover.time,
    });
  }

  private tell(state: AddressState, one: Member, time: number, emit: Emit): void {
    const more = one.claims - one.told;
    one.told = one.claims;
    emit({
      type: 'address-claimed',
      segment: state.segment,
      address: state.address,
      claimant: one,
      kind: one.lastKind,
      to: one.lastTo,
      more,
      redundancy: this.redundancy.of(state.segment, state.address, one.mac),
      time,
    });
  }
}

/** The former holder's last words, still under way when the other took over. */
function straggles(current: Member, one: Member, kind: ClaimKind, time: number): boolean {
  return current !== one && one.spoke > 0 && kind !== 'announcement' && time - current.spoke < STRAGGLER_US;
}

function pairOf(state: AddressState, one: Member, other: Member): Pair {
  const known = state.pairs.find(
    (pair) => (pair.a === one && pair.b === other) || (pair.a === other && pair.b === one),
  );
  if (known !== undefined) return known;
  const pair = one.firstTime < other.firstTime ? newPair(one, other) : newPair(other, one);
  state.pairs = [...state.pairs, pair];
  return pair;
}

function count(one: Member, address: Address, kind: ClaimKind, to: number, sight: Sight, time: number): void {
  one.last = sight;
  one.lastTime = time;
  one.lastKind = kind;
  one.lastTo = to;
  one.claims += 1;
  switch (kind) {
    case 'announcement':
      one.announcements += 1;
      break;
    case 'origin':
      one.origins += 1;
      break;
    case 'unicast-origin':
      one.unicastOrigins += 1;
      break;
    case 'answer':
      one.answers += 1;
      return;
    case 'unsolicited':
      one.unsolicited += 1;
      return;
    default:
      one.weak += 1;
      return;
  }
  if (one.announcements + one.origins === 1) addOwn(one.station, address);
}
