import type { Envelope } from '../../wire/envelope.ts';
import { STP_FLAGS, type StpRecord } from '../../wire/protocols/stp.ts';
import { sightOf } from '../sight.ts';
import { newStation, see, type SegmentState } from './segment.ts';
import type { BridgePort } from './types.ts';

/** Ports whose BPDUs reach one segment: one, or two on a shared one; more where many VLANs have a tree each. */
const PORTS = 16;
/** What a port last said holds for so many hello times (IEEE 802.1D 17.17.4: three, and one of grace). */
const HELLOS = 4;

/** Spanning tree on one segment: what the ports say of themselves. */
export class SpanningTreeSegment {
  readonly link: SegmentState;
  readonly ports: BridgePort[] = [];

  constructor(link: SegmentState) {
    this.link = link;
  }

  bpdu(r: StpRecord, e: Envelope): void {
    if (r.bridge === undefined || e.ethSrc < 0) return;
    const bridge = r.bridge.address;
    let port = this.ports.find(
      (one) => one.bridge === bridge && one.portId === r.portId && one.vlan === r.originatingVlan,
    );
    if (port === undefined) {
      if (this.ports.length >= PORTS) return;
      port = newPort(r, bridge, e);
      this.ports.push(port);
    }
    see(port, e);
    port.bpdus += 1;
    port.version = r.version;
    port.helloTime = r.helloTime / 256;
    port.forwardDelay = r.forwardDelay / 256;
    port.role = r.role;
    port.state = r.state;
    if ((r.flags & STP_FLAGS.topologyChange) === 0) port.topologyChange = undefined;
    else if (port.topologyChange === undefined) {
      port.topologyChange = sightOf(e);
      port.topologyChangeTime = e.time;
    }
    if (r.state === 'forwarding') {
      if (port.forwarding === undefined && port.blockedBpdus > 0) {
        port.forwarding = sightOf(e);
        port.forwardingTime = e.time;
      }
    } else if (r.state !== '' && r.role === 'designated') blocked(port, e);
  }

  discover(e: Envelope): void {
    for (const port of this.ports) {
      const fresh = e.time - port.lastTime <= HELLOS * Math.max(1, port.helloTime) * 1e6;
      if (!fresh || port.role !== 'designated' || (port.state !== 'discarding' && port.state !== 'learning')) continue;
      port.discoversBlocked += 1;
      port.firstDiscoverBlocked ??= sightOf(e);
    }
  }
}

function blocked(port: BridgePort, e: Envelope): void {
  const sight = sightOf(e);
  port.blockedBpdus += 1;
  port.lastBlocked = sight;
  port.lastBlockedTime = e.time;
  if (port.firstBlocked !== undefined) return;
  port.firstBlocked = sight;
  port.firstBlockedTime = e.time;
}

function newPort(r: StpRecord, bridge: number, e: Envelope): BridgePort {
  return {
    ...newStation(e, e.ethSrc),
    bridge,
    portId: r.portId,
    version: r.version,
    vlan: r.originatingVlan,
    bpdus: 0,
    helloTime: 0,
    forwardDelay: 0,
    state: '',
    role: '',
    blockedBpdus: 0,
    firstBlocked: undefined,
    lastBlocked: undefined,
    firstBlockedTime: 0,
    lastBlockedTime: 0,
    forwarding: undefined,
    forwardingTime: 0,
    discoversBlocked: 0,
    firstDiscoverBlocked: undefined,
    topologyChange: undefined,
    topologyChangeTime: 0,
  };
}
