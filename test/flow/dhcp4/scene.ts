import type { FlowEvent } from '../../../src/flow/events.ts';
import { Dhcp4Run } from '../../../src/flow/dhcp4/exchanges.ts';
import { isLeaseQuery, isReply } from '../../../src/flow/dhcp4/kinds.ts';
import { NO_CLASS } from '../../../src/flow/dhcp4/promise.ts';
import type {
  ClientClass4,
  Dhcp4Kind,
  Dhcp4Message,
  Exchange4,
  Exchange4End,
  Promise4,
} from '../../../src/flow/dhcp4/types.ts';
import { Visibility } from '../../../src/flow/visibility.ts';
import type { Envelope } from '../../../src/wire/envelope.ts';

export const BROADCAST = 0xffffffff;
export const ALL_STATIONS = 0xffffffffffff;
/** 10.0.0.1, 10.0.0.2, 10.0.0.66 and their MACs. */
export const RACK = 0x0a000001;
export const PEER = 0x0a000002;
export const ROGUE = 0x0a000042;
export const RACK_MAC = 0x525400000001;
export const PEER_MAC = 0x525400000002;
export const ROGUE_MAC = 0x525400000042;
export const CLIENT_MAC = 0x525400000c01;
/** A relay: its giaddr and its MAC. */
export const RELAY = 0x0a0100fe;
export const RELAY_MAC = 0x5254000000fe;

export const NO_PROMISE: Promise4 = {
  mask: -1,
  routers: [],
  dns: [],
  ntp: [],
  routes: '',
  proxyAutoConfig: '',
  domain: '',
  domainSearch: '',
  nextServer: -1,
  serverName: '',
  bootFile: '',
  tftpServers: [],
  vendorClass: '',
  vendorOptions: '',
  pxeBootServers: [],
  configFile: '',
  pathPrefix: '',
  ipv6Only: -1,
};

export const RACK_PROMISE: Promise4 = {
  ...NO_PROMISE,
  mask: 0xffffff00,
  routers: [0x0a0000fe],
  dns: [RACK, PEER],
  ntp: [RACK],
  domain: 'maas',
  nextServer: RACK,
  bootFile: 'lpxelinux.0',
};

export const PXE: ClientClass4 = {
  vendorClass: 'PXEClient:Arch:00007:UNDI:003016',
  userClass: '',
  architectures: [7],
  pxe: true,
  key: 'pxe',
};

export interface Closed {
  exchange: Exchange4;
  end: Exchange4End;
  time: number;
}

/** Plays messages to the flow and keeps what comes out. Times are seconds since the scene's beginning. */
export class Scene {
  readonly visibility = new Visibility();
  readonly run = new Dhcp4Run(this.visibility);
  readonly closed: Closed[] = [];
  readonly events: FlowEvent[] = [];
  private frame = 0;

  /** Sends one message; what is not said is what a plain client or RACK would send. Returns its exchange. */
  send(kind: Dhcp4Kind, at: number, fields: Partial<Dhcp4Message> = {}): Exchange4 | undefined {
    this.frame += 1;
    const m = message(kind, at, this.frame, fields);
    let taken: Exchange4 | undefined;
    this.run.message(m, seatOf(m), (event) => {
      this.keep(event);
      if (event.type === 'dhcp4-message' && event.message === m) taken = event.exchange;
    });
    return taken;
  }

  end(at: number, capture = 0): void {
    this.run.end({ capture, time: secondsAt(at) }, (event) => this.keep(event));
  }

  /** A unicast frame to `mac` passes this vantage. */
  unicast(mac: number, segment = 0): void {
    this.visibility.note({ segment, ethDst: mac, ethSrc: RACK_MAC, direction: -1, time: secondsAt(0) } as Envelope);
  }

  private keep(event: FlowEvent): void {
    this.events.push(event);
    if (event.type === 'dhcp4-exchange')
      this.closed.push({ exchange: event.exchange, end: event.end, time: event.time });
  }
}

/** Microseconds of a scene's second. */
export function secondsAt(at: number): number {
  return 1.7e15 + Math.round(at * 1e6);
}

function seatOf(m: Dhcp4Message): string {
  if (isLeaseQuery(m.kind)) return `q${m.xid}`;
  return m.chaddr > 0 ? m.chaddr.toString(16).padStart(12, '0') : `x${m.xid}`;
}

export function message(kind: Dhcp4Kind, at: number, frame: number, fields: Partial<Dhcp4Message>): Dhcp4Message {
  const reply = isReply(kind);
  const time = secondsAt(at);
  const segment = fields.segment ?? 0;
  const chaddr = fields.chaddr ?? CLIENT_MAC;
  const given = kind === 'OFFER' || kind === 'ACK' || kind === 'BOOTREPLY';
  const serverId = fields.serverId ?? (reply && kind !== 'BOOTREPLY' ? RACK : -1);
  return {
    kind,
    sight: { capture: 0, file: 0, frame, sec: Math.floor(time / 1e6), nsec: Math.round(time % 1e6) * 1000 },
    time,
    segment,
    link: fields.giaddr === undefined ? `s${segment}` : `g${fields.giaddr}`,
    client: `1:${chaddr.toString(16).padStart(12, '0')}`,
    chaddr,
    htype: 1,
    xid: 0x1001,
    hops: 0,
    secs: 0,
    broadcast: false,
    ethSrc: reply ? RACK_MAC : chaddr,
    ethDst: reply ? chaddr : ALL_STATIONS,
    ipSrc: reply ? RACK : 0,
    ipDst: reply ? 0x0a000064 : BROADCAST,
    srcPort: reply ? 67 : 68,
    dstPort: reply ? 68 : 67,
    ttl: 64,
    ciaddr: 0,
    yiaddr: given ? 0x0a000064 : 0,
    siaddr: 0,
    giaddr: 0,
    requested: -1,
    reply,
    server: reply ? (serverId >= 0 ? serverId : (fields.ipSrc ?? RACK)) : -1,
    serverMac: reply && (fields.giaddr ?? 0) === 0 ? (fields.ethSrc ?? RACK_MAC) : -1,
    leaseTime: given ? 600 : -1,
    relayAgent: '',
    relayAgentCount: (fields.relayAgent ?? '') === '' ? 0 : 1,
    linkSelection: -1,
    serverIdOverride: -1,
    rapidCommit: false,
    text: '',
    clientClass: NO_CLASS,
    promise: given ? RACK_PROMISE : undefined,
    maasProbe: false,
    proxy: false,
    whole: true,
    copy: false,
    faults: 0,
    firstFault: '',
    weight: 1,
    ...fields,
    serverId,
  };
}
