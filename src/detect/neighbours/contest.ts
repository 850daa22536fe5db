import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { AddressContest, Claimant } from '../../flow/neighbours/types.ts';
import { addressText, macText } from '../../wire/values.ts';
import type { EvidenceNote } from '../finding.ts';

/** Unasked answers that no accident makes. */
export const LIES = 3;
/** Announcements against one who goes on as before: a failover repeats itself five times at most (keepalived). */
const ANNOUNCEMENTS = 6;
/**
 * A bond in balance-alb tells its clients anew, without being asked, after each of its broadcasts: in two bursts of at
 * most 4 (Linux bonding, RLB_ARP_BURST_SIZE and RLB_UPDATE_RETRY). More than that without a broadcast is no bond's.
 */
const BOND_UPDATES = 8;

/**
 * The rival poisons: it pushes the address at others without being asked, does not live with it, and is shown to be
 * another machine than the holder (not a bond member, not a second interface).
 */
export function poisons(c: AddressContest): boolean {
  const { rival } = c;
  if (c.redundancy !== '' || rival.leasedTime > 0) return false;
  if (rival.origins > 0 && c.rivalOther < 0) return false;
  const pushed = c.lies >= LIES && (c.holderAlive || c.lieTo >= 0);
  const announced = rival.announcements >= ANNOUNCEMENTS && c.returns > 0;
  if (!pushed && !announced) return false;
  return anotherMachine(c) || c.liesSinceHolder > BOND_UPDATES;
}

/** The rival owns something that the holder does not, or claims the addresses of others as well. */
export function anotherMachine(c: AddressContest): boolean {
  return c.rivalOwn !== -1 || c.rivalOther >= 0;
}

/** Two machines live with one address (IPv4). */
export function livesTwice(c: AddressContest): boolean {
  if (c.redundancy !== '') return false;
  if (c.squats > 0) return true;
  if (c.bothUse && (c.returns > 0 || c.announcedReturns > 1)) return true;
  return c.bothAnswered > 1 && c.rivalOther >= 0 && c.lies === 0;
}

/** Why the one called holder is taken for the owner; '' when only order speaks for it. */
export function ownerReason(c: AddressContest): string {
  const holder = macText(c.holder.mac);
  const address = addressText(c.address);
  switch (c.ownerBy) {
    case 'lease':
      return `a DHCP server gave ${address} to ${holder}`;
    case 'conduct':
      return `${holder} answers only when asked, and for itself`;
    case 'use':
      return `only ${holder} uses ${address} as its own source`;
    case 'eui-64':
      return `${address} is made from ${holder} (modified EUI-64)`;
    default:
      return '';
  }
}

/** What shows that the rival is another machine. */
export function machineReasons(c: AddressContest): string[] {
  const rival = macText(c.rival.mac);
  const reasons: string[] = [];
  if (c.rivalOwn !== -1) reasons.push(`${rival} also uses ${addressText(c.rivalOwn)}, so it is another machine`);
  if (c.rivalOther >= 0) reasons.push(`${rival} contradicts ${macText(c.rivalOther)} as well, a third machine`);
  return reasons;
}

/** The two frames that contradict each other, and where the unasked claims began. */
export function contestEvidence(c: AddressContest): EvidenceNote[] {
  const address = addressText(c.address);
  const frames: EvidenceNote[] = [
    { kind: 'frame', sight: c.holder.first, note: `${macText(c.holder.mac)} has ${address}` },
    { kind: 'frame', sight: c.rival.first, note: `${macText(c.rival.mac)} claims ${address}` },
  ];
  if (c.firstLie !== undefined) frames.push({ kind: 'frame', sight: c.firstLie, note: 'nobody asked' });
  if (c.by >= 0) {
    const other = c.by === c.holder.mac ? c.rival.mac : c.holder.mac;
    frames.push(
      { kind: 'frame', sight: c.before, note: `last word of ${macText(other)}` },
      {
        kind: 'frame',
        sight: c.now,
        note: c.by === c.rival.mac ? `${macText(c.by)} claims it again` : `${macText(c.by)} goes on with it`,
      },
    );
  }
  return frames;
}

export function claimantsText({ holder, rival }: { holder: Claimant; rival: Claimant }): string[] {
  return [holder.mac, rival.mac].sort((a, b) => a - b).map(macText);
}

/** Counts told of each finding, so that a total becomes "how many more". */
export class Counted {
  private readonly told: BoundedMap<string, number>;

  constructor(name: string, cap: number) {
    this.told = new BoundedMap(name, cap);
  }

  has(key: string): boolean {
    return this.told.has(key);
  }

  more(key: string, total: number): number {
    const before = this.told.get(key) ?? 0;
    this.told.set(key, Math.max(before, total));
    return Math.max(0, total - before);
  }

  limits(): LimitReached[] {
    const limit = this.told.limit();
    return limit === undefined ? [] : [limit];
  }
}

/** Stations accused over one address that are named one by one; more are one crowd, made up by one sender. */
const NAMED = 8;
/** Addresses whose accused are remembered. */
const ADDRESSES = 4_096;

/** Keeps the findings of one address few when somebody invents a MAC address for each frame. */
export class Crowds {
  private readonly named: BoundedMap<string, string[]>;

  constructor(name: string) {
    this.named = new BoundedMap(name, ADDRESSES);
  }

  /** What stands for `who` in a subject: itself, or `many` once too many were named over this address. */
  name<T extends string | readonly string[]>(segment: number, address: string, who: T): T | 'many' {
    const key = `${segment}/${address}`;
    const text = String(who);
    const known = this.named.get(key);
    if (known === undefined) {
      this.named.set(key, [text]);
      return who;
    }
    if (known.includes(text)) return who;
    if (known.length >= NAMED) return 'many';
    known.push(text);
    return who;
  }

  limits(): LimitReached[] {
    const limit = this.named.limit();
    return limit === undefined ? [] : [limit];
  }
}
