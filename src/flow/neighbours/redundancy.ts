import type { Address } from '../../wire/envelope.ts';
import { BoundedMap, type LimitReached } from '../bounded.ts';

/** Virtual addresses remembered: a router with 4,094 VLANs of four groups each. */
const VIRTUAL = 16_384;
/** Routers of one group: VRRP and HSRP groups rarely have more than three. */
const MEMBERS = 8;
/** GLBP forwarders' MACs: 00:07:b4:00:gg:ff. */
const GLBP_PREFIX = 0x0007b4;

interface Group {
  protocol: string;
  members: number[];
}

/**
 * First hop redundancy as its own hellos show it: which address is shared, and by which MACs (those that send the
 * hellos, and the group's virtual one). Nobody else is excused by them.
 */
export class Redundancy {
  private readonly groups = new BoundedMap<string, Group>('neighbours.virtual-addresses', VIRTUAL);

  /** @param mac the sender of the hello @param virtualMac of the group, -1 when it has none */
  hello(segment: number, protocol: string, address: Address, mac: number, virtualMac: number): void {
    const key = `${segment}/${address}`;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { protocol, members: [] };
      this.groups.set(key, group);
    }
    for (const member of [mac, virtualMac]) {
      if (member >= 0 && group.members.length < MEMBERS && !group.members.includes(member)) group.members.push(member);
    }
  }

  /** The protocol by which this MAC may claim this address, '' for none. */
  of(segment: number, address: Address, mac: number): string {
    const group = this.groups.peek(`${segment}/${address}`);
    if (group === undefined) return '';
    if (group.protocol === 'GLBP' && Math.floor(mac / 16777216) === GLBP_PREFIX) return 'GLBP';
    return group.members.includes(mac) ? group.protocol : '';
  }

  limits(): LimitReached[] {
    const limit = this.groups.limit();
    return limit === undefined ? [] : [limit];
  }
}
