import type { Envelope } from '../../wire/envelope.ts';
import type { Protocol } from '../../wire/protocol.ts';
import type { Dhcp4Record } from '../../wire/protocols/dhcpv4/record.ts';
import { optionIpv4, optionValue } from '../../wire/protocols/dhcpv4/read.ts';
import type { ArpRecord } from '../../wire/protocols/arp.ts';
import { PROTOCOLS, type WireRecord } from '../../wire/registry.ts';
import { BoundedPairs, type LimitReached } from '../bounded.ts';
import { isReply, kindOf } from '../dhcp4/kinds.ts';
import { hexFact } from '../dhcp4/values.ts';
import { sightOf } from '../sight.ts';
import { groupAddress } from '../visibility.ts';
import { digestOf } from './digest.ts';
import type { JoinedMessage, Passage } from './types.ts';

/**
 * Distinct messages joined, DHCP and others apart so that a flood of the one kind costs the other nothing. When a table
 * is full it takes no new message: forgetting an old one would make its next sight look like a loss.
 */
const DHCP_MESSAGES = 65_536;
const OTHER_MESSAGES = 32_768;
/** Repetitions of one message at one vantage that are told apart; what repeats more often is not judged. */
const REPETITIONS = 32;
/** Forms of one message at one vantage: relays on the segment, both sides of a relay. */
const FORMS = 4;
/** One message takes its forms within this (microseconds): a relay forwards in milliseconds. */
const FORM_WITHIN = 2e6;
/** Addresses remembered for all vantages together. */
const STATIONS = 65_536;
/** Vantages that are joined; more are read and judged alone. */
export const MOST_VANTAGES = 32;

/** What DHCPv6 servers say (RFC 8415 7.3): ADVERTISE, REPLY, RECONFIGURE. */
const SERVERS6: ReadonlySet<number> = new Set([2, 7, 10]);

/** One message once, at one vantage: in one form or several. */
export interface Instance {
  passages: Passage[];
}

/** A message by content, with what every vantage saw of it. */
export interface Entry {
  protocol: string;
  kind: string;
  reply: boolean;
  chaddr: number;
  xid: number;
  ciaddr: number;
  yiaddr: number;
  requested: number;
  serverId: number;
  broadcast: boolean;
  arp: JoinedMessage['arp'];
  /** By capture, in order of time. */
  seen: Instance[][];
  /** Some vantage saw it more often than is told apart. */
  overfull: boolean;
}

/** What all vantages saw, by content: facts only, never a record. */
export class Sightings {
  readonly dhcp = new Map<string, Entry>();
  readonly others = new Map<string, Entry>();
  /** Records of each capture. */
  readonly records: number[] = [];
  /** MACs that a capture saw as source and as unicast destination, IPv4 addresses that it saw as source of unicast. */
  private readonly sources = new BoundedPairs('vantages.sources', STATIONS);
  private readonly destinations = new BoundedPairs('vantages.destinations', STATIONS);
  private readonly addresses = new BoundedPairs('vantages.addresses', STATIONS);
  /** By capture, the one client that asked on each of its segments (`Segments` caps them); -2 several. */
  private readonly soleClients: Map<number, number>[] = [];
  /** DHCP messages whose end was cut off by the snap length, by capture, client, xid and direction. */
  private readonly cut = new Set<string>();
  private lost = 0;

  on(record: WireRecord, e: Envelope): void {
    const { capture } = e;
    if (capture >= MOST_VANTAGES) return;
    this.records[capture] = (this.records[capture] ?? 0) + 1;
    if (e.ethSrc >= 0) this.sources.add(e.ethSrc, capture);
    // A broadcast comes by everywhere; unicast shows that its sender is near, or on the way.
    const unicast = e.ethDst >= 0 && !groupAddress(e.ethDst);
    if (unicast) this.destinations.add(e.ethDst, capture);
    if (unicast && typeof e.ipSrc === 'number' && e.ipSrc > 0) this.addresses.add(e.ipSrc, capture);
    // Blocks of a transfer repeat and flow in thousands: its opening says as much of the way.
    if (record.protocol === 'tftp' && record.cut === undefined && (record.opcode === 3 || record.opcode === 4)) return;
    const digest = digestOf(record, e);
    if (record.protocol === 'dhcpv4' && record.cut === undefined) this.dhcp4(record, e, digest);
    else if (digest !== '') {
      const hops = record.protocol === 'dhcpv6' && record.cut === undefined ? record.relays.length : 0;
      this.add(this.others, OTHER_MESSAGES, digest, e, '', () => otherEntry(record), undefined, hops);
    }
  }

  sawSource(mac: number, capture: number): boolean {
    return mac >= 0 && this.sources.has(mac, capture);
  }

  sawUnicastTo(mac: number, capture: number): boolean {
    return mac >= 0 && this.destinations.has(mac, capture);
  }

  sawAddress(address: number, capture: number): boolean {
    return address > 0 && this.addresses.has(address, capture);
  }

  /** True when this client, and no other, asked on its segment at this capture: a trunk carries other VLANs besides. */
  isSoleClient(chaddr: number, capture: number): boolean {
    if (chaddr < 0) return false;
    for (const client of this.soleClients[capture]?.values() ?? []) if (client === chaddr) return true;
    return false;
  }

  /** True when a message of this client and transaction was seen there that the snap length cut: it may be any of them. */
  sawCut(capture: number, chaddr: number, xid: number, reply: boolean): boolean {
    return this.cut.has(cutKey(capture, chaddr, xid, reply));
  }

  limits(): LimitReached[] {
    const lists = [this.sources, this.destinations, this.addresses].flatMap((one) => one.limit() ?? []);
    return this.lost === 0 ? lists : [...lists, { name: 'vantages.messages', cap: DHCP_MESSAGES, lost: this.lost }];
  }

  private dhcp4(record: Dhcp4Record, e: Envelope, digest: string): void {
    const kind = kindOf(record.messageType, record.op, record.optionsWhole && record.messageType < 0);
    const reply = isReply(kind);
    if (!reply && record.giaddr === 0 && record.chaddrMac >= 0) {
      const soles = (this.soleClients[e.capture] ??= new Map());
      const known = soles.get(e.segment) ?? record.chaddrMac;
      soles.set(e.segment, known === record.chaddrMac ? known : -2);
    }
    if (digest === '') {
      if (this.cut.size < DHCP_MESSAGES) this.cut.add(cutKey(e.capture, record.chaddrMac, record.xid, reply));
      else this.lost += 1;
      return;
    }
    const relayAgent = hexFact(optionValue(record, e.bytes, 82));
    const entry = (): Entry => ({
      protocol: 'dhcpv4',
      kind,
      reply,
      chaddr: record.chaddrMac,
      xid: record.xid,
      ciaddr: record.ciaddr,
      yiaddr: record.yiaddr,
      requested: optionIpv4(record, e.bytes, 50),
      serverId: optionIpv4(record, e.bytes, 54),
      broadcast: (record.flags & 0x8000) !== 0,
      arp: undefined,
      seen: [],
      overfull: false,
    });
    this.add(this.dhcp, DHCP_MESSAGES, digest, e, relayAgent, entry, record);
  }

  private add(
    table: Map<string, Entry>,
    cap: number,
    digest: string,
    e: Envelope,
    relayAgent: string,
    fresh: () => Entry,
    record?: Dhcp4Record,
    hops6 = 0,
  ): void {
    let entry = table.get(digest);
    if (entry === undefined) {
      if (table.size >= cap) {
        this.lost += 1;
        return;
      }
      entry = fresh();
      table.set(digest, entry);
    }
    const passage: Passage = {
      capture: e.capture,
      sight: sightOf(e),
      segment: e.segment,
      time: e.time,
      ethSrc: e.ethSrc,
      ethDst: e.ethDst,
      ipSrc: e.ipSrc,
      ipDst: e.ipDst,
      ttl: e.ttl,
      giaddr: record?.giaddr ?? 0,
      hops: record?.hops ?? hops6,
      relayAgent,
    };
    place(entry, passage);
  }
}

/** Puts one sight beside its other forms, or begins the next repetition. */
function place(entry: Entry, passage: Passage): void {
  const list = (entry.seen[passage.capture] ??= []);
  for (const { passages } of list) {
    const [first] = passages;
    if (first === undefined || passage.time - first.time > FORM_WITHIN || passages.length >= FORMS) continue;
    if (passages.every((other) => !sameForm(other, passage))) {
      passages.push(passage);
      return;
    }
  }
  if (list.length >= REPETITIONS) entry.overfull = true;
  else list.push({ passages: [passage] });
}

function sameForm(a: Passage, b: Passage): boolean {
  return (
    a.segment === b.segment &&
    a.giaddr === b.giaddr &&
    a.hops === b.hops &&
    a.relayAgent === b.relayAgent &&
    a.ethSrc === b.ethSrc &&
    a.ttl === b.ttl
  );
}

function otherEntry(record: WireRecord): Entry {
  const protocol = (PROTOCOLS as readonly Protocol[]).find(({ name }) => name === record.protocol);
  return {
    protocol: record.protocol,
    kind: protocol?.kindOf(record) ?? '',
    reply: record.protocol === 'dhcpv6' && record.cut === undefined && SERVERS6.has(record.messageType),
    chaddr: -1,
    xid: -1,
    ciaddr: -1,
    yiaddr: -1,
    requested: -1,
    serverId: -1,
    broadcast: false,
    arp: record.protocol === 'arp' && record.cut === undefined ? arpFacts(record) : undefined,
    seen: [],
    overfull: false,
  };
}

function arpFacts(record: ArpRecord): NonNullable<Entry['arp']> {
  const { operation, senderMac, senderIp, targetMac, targetIp } = record;
  return { operation, senderMac, senderIp, targetMac, targetIp };
}

function cutKey(capture: number, chaddr: number, xid: number, reply: boolean): string {
  return `${capture}/${chaddr}/${xid}/${reply ? 1 : 0}`;
}
