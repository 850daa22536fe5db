import type { Envelope } from '../../wire/envelope.ts';
import type { WireRecord } from '../../wire/registry.ts';
import type { VirtualRouter } from '../../wire/virtual-router.ts';
import type { LimitReached } from '../bounded.ts';
import type { CaptureEnd, Emit, Flow, FlowRun } from '../flow.ts';
import { Addresses } from './addresses.ts';
import { ArpReader } from './arp.ts';
import { DuplicateDetection } from './dad.ts';
import { Leases } from './leases.ts';
import { NdReader } from './nd.ts';
import { Questions } from './questions.ts';
import { Redundancy } from './redundancy.ts';
import { Routers } from './routers.ts';
import { Stations } from './stations.ts';

const BOOTREPLY = 2;
/** RFC 2132 9.6. */
const DHCPACK = 5;

class Neighbours implements FlowRun {
  private readonly stations = new Stations();
  private readonly redundancy = new Redundancy();
  private readonly leases = new Leases();
  private readonly questions = new Questions();
  private readonly addresses = new Addresses(this.stations, this.redundancy, this.leases);
  private readonly duplicates = new DuplicateDetection(this.stations);
  private readonly routers = new Routers(this.redundancy);
  private readonly arp = new ArpReader(this.addresses, this.questions, this.stations);
  private readonly nd = new NdReader({
    addresses: this.addresses,
    questions: this.questions,
    stations: this.stations,
    redundancy: this.redundancy,
    duplicates: this.duplicates,
    routers: this.routers,
  });

  on(record: WireRecord, e: Envelope, emit: Emit): void {
    if (record.cut !== undefined) return;
    switch (record.protocol) {
      case 'arp':
        this.arp.on(record, e, emit);
        break;
      case 'nd':
        this.nd.on(record, e, emit);
        break;
      case 'glbp':
        // A member without a forwarder of its own names the address in its hello alone.
        for (const address of record.addresses) this.redundancy.hello(e.segment, 'GLBP', address, e.ethSrc, -1);
        this.hellos('GLBP', record.routers, e);
        break;
      case 'hsrp':
      case 'vrrp':
        this.hellos(record.protocol.toUpperCase(), record.routers, e);
        break;
      case 'dhcpv4':
        if (record.op === BOOTREPLY && record.messageType === DHCPACK && record.yiaddr > 0 && record.chaddrMac > 0) {
          this.leases.acknowledged(record.yiaddr, record.chaddrMac, record.ciaddr, e.time);
        }
        break;
      default:
    }
  }

  end(at: CaptureEnd, emit: Emit): void {
    this.addresses.end(at, emit);
  }

  private hellos(protocol: string, routers: readonly VirtualRouter[], e: Envelope): void {
    for (const { addresses, virtualMac } of routers) {
      for (const address of addresses) this.redundancy.hello(e.segment, protocol, address, e.ethSrc, virtualMac);
    }
  }

  limits(): LimitReached[] {
    return [this.stations, this.redundancy, this.leases, this.addresses, this.duplicates, this.routers].flatMap(
      (part) => part.limits(),
    );
  }
}

/** ARP and neighbour discovery: who claims which address, who wants one, who routes. */
export const neighbours: Flow = {
  name: 'neighbours',
  protocols: ['arp', 'dhcpv4', 'glbp', 'hsrp', 'nd', 'vrrp'],
  start: () => new Neighbours(),
};
