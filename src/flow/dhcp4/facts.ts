import type { Sight } from '../sight.ts';
import type { ClientClass4, Dhcp4Kind, Dhcp4Message, Promise4 } from './types.ts';

/**
 * The numbers of a message that can pass 31 bits, in one list: as fields, each would be an object of its own on the
 * heap, and a million messages wait a while in their exchanges.
 */
export type Numbers = [
  time: number,
  sec: number,
  nsec: number,
  chaddr: number,
  ethSrc: number,
  ethDst: number,
  serverMac: number,
  xid: number,
  ipSrc: number,
  ipDst: number,
  ciaddr: number,
  yiaddr: number,
  siaddr: number,
  giaddr: number,
  requested: number,
  serverId: number,
  server: number,
  leaseTime: number,
  linkSelection: number,
  serverIdOverride: number,
];

/** A message as it is remembered. Most of its fields are getters: read them by name, do not copy it with `{ ...m }`. */
export class MessageFacts implements Dhcp4Message {
  kind: Dhcp4Kind;
  link: string;
  client: string;
  clientClass: ClientClass4;
  promise: Promise4 | undefined;
  relayAgent: string;
  relayAgentCount = 0;
  text = '';
  firstFault = '';
  capture: number;
  file: number;
  frame: number;
  segment: number;
  htype: number;
  hops: number;
  secs: number;
  srcPort: number;
  dstPort: number;
  ttl: number;
  faults = 0;
  weight = 1;
  broadcast: boolean;
  reply: boolean;
  rapidCommit = false;
  maasProbe = false;
  proxy = false;
  whole = true;
  copy = false;
  private readonly numbers: Numbers;
  private seen: Sight | undefined = undefined;

  constructor(
    kind: Dhcp4Kind,
    reply: boolean,
    link: string,
    client: string,
    clientClass: ClientClass4,
    promise: Promise4 | undefined,
    relayAgent: string,
    place: {
      capture: number;
      file: number;
      frame: number;
      segment: number;
      srcPort: number;
      dstPort: number;
      ttl: number;
    },
    header: { htype: number; hops: number; secs: number; flags: number },
    numbers: Numbers,
  ) {
    this.kind = kind;
    this.reply = reply;
    this.link = link;
    this.client = client;
    this.clientClass = clientClass;
    this.promise = promise;
    this.relayAgent = relayAgent;
    this.capture = place.capture;
    this.file = place.file;
    this.frame = place.frame;
    this.segment = place.segment;
    this.srcPort = place.srcPort;
    this.dstPort = place.dstPort;
    this.ttl = place.ttl;
    this.htype = header.htype;
    this.hops = header.hops;
    this.secs = header.secs;
    this.broadcast = (header.flags & 0x8000) !== 0;
    this.numbers = numbers;
  }

  get sight(): Sight {
    const { numbers } = this;
    this.seen ??= { capture: this.capture, file: this.file, frame: this.frame, sec: numbers[1], nsec: numbers[2] };
    return this.seen;
  }
  get time(): number {
    return this.numbers[0];
  }
  get chaddr(): number {
    return this.numbers[3];
  }
  get ethSrc(): number {
    return this.numbers[4];
  }
  get ethDst(): number {
    return this.numbers[5];
  }
  get serverMac(): number {
    return this.numbers[6];
  }
  set serverMac(mac: number) {
    this.numbers[6] = mac;
  }
  get xid(): number {
    return this.numbers[7];
  }
  get ipSrc(): number {
    return this.numbers[8];
  }
  get ipDst(): number {
    return this.numbers[9];
  }
  get ciaddr(): number {
    return this.numbers[10];
  }
  get yiaddr(): number {
    return this.numbers[11];
  }
  get siaddr(): number {
    return this.numbers[12];
  }
  get giaddr(): number {
    return this.numbers[13];
  }
  get requested(): number {
    return this.numbers[14];
  }
  get serverId(): number {
    return this.numbers[15];
  }
  get server(): number {
    return this.numbers[16];
  }
  get leaseTime(): number {
    return this.numbers[17];
  }
  get linkSelection(): number {
    return this.numbers[18];
  }
  get serverIdOverride(): number {
    return this.numbers[19];
  }
}
