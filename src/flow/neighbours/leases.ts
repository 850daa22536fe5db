import { BoundedMap, type LimitReached } from '../bounded.ts';

/** Leases remembered, by address. */
const LEASES = 65_536;

/** Whom a DHCPv4 server last acknowledged an address to. */
export interface Lease {
  mac: number;
  /** Microseconds of the last ACK. */
  time: number;
  /** The first ACK to this client in a row; 0 when that was a renewal (ciaddr set), so that the lease is older. */
  since: number;
}

/**
 * Who may use an address by DHCP. Keyed by address alone, because an exchange may be seen on another segment than the
 * ARP of its client (a relay between): it only ever speaks for the very MAC that was acknowledged.
 */
export class Leases {
  private readonly table = new BoundedMap<number, Lease>('neighbours.leases', LEASES);

  acknowledged(address: number, mac: number, ciaddr: number, time: number): void {
    const known = this.table.get(address);
    if (known !== undefined && known.mac === mac) {
      known.time = time;
      return;
    }
    this.table.set(address, { mac, time, since: ciaddr === 0 ? time : 0 });
  }

  of(address: number): Lease | undefined {
    return this.table.peek(address);
  }

  limits(): LimitReached[] {
    const limit = this.table.limit();
    return limit === undefined ? [] : [limit];
  }
}
