import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import type { Claimant } from '../../flow/neighbours/types.ts';
import { addressKey, stationKey, type StationKey } from '../../flow/station.ts';
import type { Address } from '../../wire/envelope.ts';
import type { DetectorContext } from '../detector.ts';

/** Leases whose words are remembered. */
const LEASES = 16_384;
/** Addresses whose claimants are known: as many as the flow keeps. */
const ADDRESSES = 65_536;
/** Stations by MAC: to learn whether one is alive under another address. */
const STATIONS = 16_384;
/** Of each: the first few tell. */
const EACH = 4;

/** What a lease told its client. */
export interface Told {
  address: number;
  routers: readonly number[];
  dns: readonly number[];
  nextServer: number;
  server: number;
  /** The ACK. */
  message: Dhcp4Message;
}

/** Who claims which address, and what leases told their clients: what the address detectors of one run ask together. */
export class Answers {
  private readonly leases = new BoundedMap<number, Told>('link.leases', LEASES);
  private readonly byAddress = new BoundedMap<number | string, readonly Claimant[]>('link.claimants', ADDRESSES);
  private readonly byStation = new BoundedMap<StationKey, readonly Claimant[]>('link.stations', STATIONS);
  private readonly gateways = new BoundedMap<number, Dhcp4Message>('link.gateways', LEASES);
  private last: Dhcp4Message | Claimant | undefined;

  /** The same message again changes nothing. */
  message(m: Dhcp4Message): void {
    if (m === this.last || m.kind !== 'ACK' || m.chaddr < 0 || m.promise === undefined) return;
    this.last = m;
    const { routers, dns, nextServer } = m.promise;
    const address = m.yiaddr === 0 ? m.ciaddr : m.yiaddr;
    if (address === 0) return;
    this.leases.set(m.chaddr, { address, routers, dns, nextServer, server: m.server, message: m });
    for (const router of routers.slice(0, EACH)) if (!this.gateways.has(router)) this.gateways.set(router, m);
  }

  claimed(segment: number, address: Address, claimant: Claimant): void {
    if (claimant === this.last) return;
    this.last = claimant;
    add(this.byAddress, addressKey(segment, address), claimant);
    add(this.byStation, stationKey(segment, claimant.mac), claimant);
  }

  /** What the lease of this station told it. */
  told(mac: number): Told | undefined {
    return this.leases.peek(mac);
  }

  /** The ACK that named this address as a router. */
  gateway(address: number): Dhcp4Message | undefined {
    return this.gateways.peek(address);
  }

  /** What an address is to a station, by its lease: `router`, `boot server`, `DNS server`, `DHCP server`; '' nothing. */
  roleOf(mac: number, address: number): string {
    const told = this.leases.peek(mac);
    if (told === undefined) return '';
    if (told.routers.includes(address)) return 'router';
    if (told.nextServer === address) return 'boot server';
    if (told.dns.includes(address)) return 'DNS server';
    return told.server === address ? 'DHCP server' : '';
  }

  /** The station that was last seen with this address on this segment. */
  holder(segment: number, address: Address): Claimant | undefined {
    let latest: Claimant | undefined;
    for (const one of this.byAddress.peek(addressKey(segment, address)) ?? []) {
      if (latest === undefined || one.lastTime > latest.lastTime) latest = one;
    }
    return latest;
  }

  /** The last time at which this station spoke for any address on this segment, as far as known. */
  heard(segment: number, mac: number): Claimant | undefined {
    let latest: Claimant | undefined;
    for (const one of this.byStation.peek(stationKey(segment, mac)) ?? []) {
      if (latest === undefined || one.lastTime > latest.lastTime) latest = one;
    }
    return latest;
  }

  limits(): LimitReached[] {
    return [this.leases.limit(), this.gateways.limit()].filter((limit) => limit !== undefined);
  }
}

function add<K>(table: BoundedMap<K, readonly Claimant[]>, key: K, claimant: Claimant): void {
  const list = table.get(key);
  if (list === undefined) table.set(key, [claimant]);
  else if (!list.includes(claimant)) table.set(key, [...list.slice(-EACH + 1), claimant]);
}

const rooms = new WeakMap<DetectorContext, Answers>();

/** The same for all detectors that are started with one context. */
export function answersOf(context: DetectorContext): Answers {
  const known = rooms.get(context);
  if (known !== undefined) return known;
  const room = new Answers();
  rooms.set(context, room);
  return room;
}
