import type { Address } from '../../wire/envelope.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';
import { stationKey, type StationKey } from '../station.ts';

/** Stations remembered: a large site's provisioning segments. */
const STATIONS = 65_536;
/** Addresses of one station's own that are kept: one that is not the contested one is enough to tell it apart. */
const OWN = 4;
/** Stations that one contradicts, and of these for one address: two that have nothing to do with each other are enough. */
const PARTNERS = 16;
const PARTNERS_EACH = 4;
/** Duplicate address detections that one station refused: kept apart up to here, then only counted. */
const REFUSED = 64;

/** One MAC on one segment: what it owns, and whom it contradicts. */
export interface Station {
  mac: number;
  /** Addresses that it used as its own source, first few. */
  own: readonly Address[];
  /** MACs that claim an address which this one claims too, and that address. */
  partners: readonly { mac: number; address: Address }[];
  /** Targets of duplicate address detection that it refused without having been seen using them. */
  refused: readonly string[];
  refusedCount: number;
}

/** Most stations have nothing to list: they share one empty list, and a list is made anew when it grows. */
const NONE: readonly never[] = [];

export class Stations {
  private readonly table = new BoundedMap<StationKey, Station>('neighbours.stations', STATIONS);

  /** The station, made if it is new. */
  of(segment: number, mac: number): Station {
    const key = stationKey(segment, mac);
    let station = this.table.get(key);
    if (station === undefined) {
      station = { mac, own: NONE, partners: NONE, refused: NONE, refusedCount: 0 };
      this.table.set(key, station);
    }
    return station;
  }

  /** True when this MAC was seen sending on this segment. */
  knows(segment: number, mac: number): boolean {
    return this.table.has(stationKey(segment, mac));
  }

  limits(): LimitReached[] {
    const limit = this.table.limit();
    return limit === undefined ? [] : [limit];
  }
}

export function addOwn(station: Station, address: Address): void {
  if (station.own.length < OWN && !station.own.includes(address)) station.own = [...station.own, address];
}

/** Both claim one address. */
export function addPartners(a: Station, b: Station, address: Address): void {
  addPartner(a, b.mac, address);
  addPartner(b, a.mac, address);
}

function addPartner(station: Station, mac: number, address: Address): void {
  const { partners } = station;
  if (partners.length >= PARTNERS || partners.some((one) => one.mac === mac)) return;
  if (partners.filter((one) => one.address === address).length >= PARTNERS_EACH) return;
  station.partners = [...partners, { mac, address }];
}

/** An address of the same family that `a` uses and `b` does not: `a` is another machine than `b`. -1 none. */
export function ownApart(a: Station, b: Station, contested: Address): Address {
  for (const address of a.own) {
    if (address !== contested && typeof address === typeof contested && !b.own.includes(address)) return address;
  }
  return -1;
}

/**
 * A station that `a` contradicts over another address and that shares nothing with `b`; -1 none. The interfaces of one
 * host (bond members, ARP flux) all share their addresses with each other; the victims of one attacker do not.
 */
export function partnerApart(a: Station, b: Station, contested: Address): number {
  const other = a.partners.find(
    ({ mac, address }) => mac !== b.mac && address !== contested && !b.partners.some((one) => one.mac === mac),
  );
  return other?.mac ?? -1;
}

/** @returns how many targets this station has refused so far, this one among them */
export function addRefused(station: Station, target: string): number {
  if (station.refused.includes(target)) return station.refusedCount;
  if (station.refused.length < REFUSED) station.refused = [...station.refused, target];
  station.refusedCount += 1;
  return station.refusedCount;
}
