import { read32 } from '../../wire/cursor.ts';
import type { Envelope } from '../../wire/envelope.ts';
import {
  optionCleanText,
  optionIpv4,
  optionValue,
  pxeSubOption,
  relayAgentIpv4,
} from '../../wire/protocols/dhcpv4/read.ts';
import { STRIDE, type Dhcp4Record } from '../../wire/protocols/dhcpv4/record.ts';
import { hexText } from '../../wire/values.ts';
import type { LimitReached } from '../bounded.ts';
import { MessageFacts } from './facts.ts';
import { isLeaseQuery, isReply, kindOf } from './kinds.ts';
import { Interned, NO_CLASS, bootClass } from './promise.ts';
import type { Dhcp4Kind, Dhcp4Message, Promise4 } from './types.ts';
import { boundedText, hexFact } from './values.ts';

const CLIENT_PORT = 68;
const PXE_PORT = 4011;
/** PXE 2.1 table 2-1: the boot server type and layer that a REQUEST to a boot server names. */
const BOOT_ITEM = 71;
/** Option 61 of MAAS's own probe (provisioningserver/dhcp/detect.py): 00 `MAAS-` and the rack's MAC. */
const MAAS_PROBE = '004d4141532d';
/** Relays whose link's name is at hand. */
const LINKS = 256;

/** Key of a hardware address: the 48-bit number of an Ethernet address, else text. */
export type Seat = number | string;

/** Turns records into facts that may be remembered. */
export class MessageReader {
  /** Of the last message: a short key of its hardware address, under which its exchange is found. */
  seat: Seat = '';
  private record: Dhcp4Record | undefined;
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly interned = new Interned();
  private readonly segmentLinks: string[] = [];
  private readonly linkAddresses = new Float64Array(LINKS).fill(-1);
  private readonly linkNames: string[] = Array.from({ length: LINKS }, () => '');
  /** A client's REQUEST mostly follows its DISCOVER. */
  private lastMac = -1;
  private lastClient = '';

  /** A reply comes without `client`: mostly its exchange knows it. */
  read(record: Dhcp4Record, e: Envelope): Dhcp4Message {
    const { bytes } = e;
    this.record = record;
    this.bytes = bytes;
    const { options } = record;
    let requested = -1;
    let serverId = -1;
    let leaseTime = -1;
    let identified = false;
    let relay = false;
    let relayAgents = 0;
    let rapidCommit = false;
    let typed = false;
    let text = false;
    let subnet = false;
    let classed = false;
    let vendor = false;
    for (let i = 0; i < options.length; i += STRIDE) {
      switch (options[i]) {
        case 50:
          if (requested < 0) requested = fourBytes(bytes, options, i);
          break;
        case 51:
          if (leaseTime < 0) leaseTime = fourBytes(bytes, options, i);
          break;
        case 54:
          if (serverId < 0) serverId = fourBytes(bytes, options, i);
          break;
        case 43:
          vendor = true;
          break;
        case 53:
          typed = true;
          break;
        case 56:
          text = true;
          break;
        case 60:
        case 77:
        case 93:
        case 97:
          classed = true;
          break;
        case 61:
          identified = true;
          break;
        case 80:
          rapidCommit = true;
          break;
        case 82:
          relay = true;
          relayAgents += 1;
          break;
        case 118:
          subnet = true;
          break;
        default:
      }
    }
    const kind = kindOf(record.messageType, record.op, record.optionsWhole && !typed);
    const reply = isReply(kind);
    const ipSrc = typeof e.ipSrc === 'number' ? e.ipSrc : -1;
    const ipDst = typeof e.ipDst === 'number' ? e.ipDst : -1;
    const on4011 = e.dstPort === PXE_PORT || e.srcPort === PXE_PORT;
    const { giaddr, ciaddr, yiaddr, xid, chaddrMac } = record;

    let weight = 1;
    const clientClass = !reply && classed ? this.interned.clientClass(record, bytes) : NO_CLASS;
    if (clientClass !== NO_CLASS) weight += this.interned.weight;
    const promise = promises(kind) ? this.interned.promise(record, bytes) : undefined;
    if (promise !== undefined) weight += this.interned.weight;

    const relayAgent = relay ? hexFact(optionValue(record, bytes, 82)) : '';
    const linkSelection = linkSelectionOf(record, bytes, relay, subnet);
    const serverIdOverride = relay ? relayAgentIpv4(record, bytes, 11) : -1;
    const client = reply ? '' : this.client(identified);
    this.seat = seatOf(record, bytes, isLeaseQuery(kind));
    weight += Math.floor((relayAgent.length + client.length) / 512);

    // A relay's address stands in giaddr where relay and server speak; what the relay hands to the client keeps it
    // (RFC 1542 4.1.2), and firmware puts its own there on port 4011.
    const relayed = giaddr !== 0 && !on4011 && !(reply && e.dstPort === CLIENT_PORT && ipDst !== giaddr);
    const link = relayed ? this.relayedLink(linkSelection >= 0 ? linkSelection : giaddr) : this.segmentLink(e.segment);

    const m = new MessageFacts(kind, reply, link, client, clientClass, promise, relayAgent, e, record, [
      e.time,
      e.sec,
      e.nsec,
      chaddrMac,
      e.ethSrc,
      e.ethDst,
      reply && giaddr === 0 && (ciaddr === 0 || ipDst !== ciaddr) ? e.ethSrc : -1,
      xid,
      ipSrc,
      ipDst,
      ciaddr,
      yiaddr,
      record.siaddr,
      giaddr,
      requested,
      serverId,
      reply ? serverOf(record, serverId, serverIdOverride, ipSrc) : -1,
      leaseTime,
      linkSelection,
      serverIdOverride,
    ]);
    m.whole = record.optionsWhole;
    m.rapidCommit = rapidCommit;
    m.relayAgentCount = relayAgents;
    m.weight = weight;
    m.maasProbe = identified && isMaasProbe(client);
    const bootItem = vendor && kind === 'REQUEST' && pxeSubOption(record, bytes, BOOT_ITEM) !== undefined;
    m.proxy = on4011 || bootItem || (yiaddr === 0 && promise !== undefined && offersBoot(kind, promise));
    if (text) m.text = boundedText(optionCleanText(record, bytes, 56));
    for (const fault of record.faults) {
      if (fault.limit === 'captured') continue;
      m.faults += 1;
      if (m.firstFault === '') m.firstFault = `${fault.path}: ${fault.code}`;
    }
    return m;
  }

  /** Identity of the client of the message that was read last. */
  client(identified = true): string {
    const { record, bytes } = this;
    if (record === undefined) return '';
    const { htype, chaddrMac, xid } = record;
    if (!identified && chaddrMac >= 0) {
      if (chaddrMac !== this.lastMac) {
        this.lastMac = chaddrMac;
        this.lastClient = `${htype}:${hexText(bytes, record.chaddr)}`;
      }
      return this.lastClient;
    }
    const hardware = hexText(bytes, record.chaddr);
    const id = identified ? hexFact(optionValue(record, bytes, 61)) : '';
    // RFC 2132 9.14: two bytes at least. A type-1 identifier that repeats chaddr says nothing more than it.
    if (id.length >= 4 && !(chaddrMac >= 0 && id === `01${hardware}`)) return id;
    return hardware === '' ? `${htype}:x${xid}` : `${htype}:${hardware}`;
  }

  limits(): LimitReached[] {
    return this.interned.limits();
  }

  private segmentLink(segment: number): string {
    const known = this.segmentLinks[segment];
    if (known !== undefined) return known;
    const link = `s${segment}`;
    this.segmentLinks[segment] = link;
    return link;
  }

  private relayedLink(address: number): string {
    const place = address % LINKS;
    if (this.linkAddresses[place] !== address) {
      this.linkAddresses[place] = address;
      this.linkNames[place] = `g${address}`;
    }
    return this.linkNames[place] ?? '';
  }
}

function fourBytes(bytes: Uint8Array, options: readonly number[], i: number): number {
  return options[i + 2] === 4 ? read32(bytes, options[i + 1] ?? 0) : -1;
}

/** PXE 2.1, 2.2.3: a ProxyDHCP gives no address and says of which client class it speaks. */
function offersBoot(kind: Dhcp4Kind, promise: Promise4): boolean {
  return kind !== 'BOOTREPLY' && bootClass(promise.vendorClass);
}

function promises(kind: Dhcp4Kind): boolean {
  return kind === 'OFFER' || kind === 'ACK' || kind === 'BOOTREPLY';
}

/** True for an identity that is option 61 of MAAS's own probe. */
export function isMaasProbe(client: string): boolean {
  return client.startsWith(MAAS_PROBE);
}

function seatOf(record: Dhcp4Record, bytes: Uint8Array, leaseQuery: boolean): Seat {
  const { chaddr, chaddrMac, xid } = record;
  // Of the client that is asked about, only the answer may know the address (RFC 4388 6.4).
  if (leaseQuery) return `q${xid}`;
  if (chaddrMac > 0) return chaddrMac;
  // RFC 4390: InfiniBand sends no address, and replies need not echo option 61.
  return chaddr.length === 0 || chaddrMac === 0 ? `x${xid}` : hexText(bytes, chaddr);
}

/** RFC 3527 (option 82 sub-option 5) before RFC 3011 (option 118). */
function linkSelectionOf(record: Dhcp4Record, bytes: Uint8Array, relay: boolean, subnet: boolean): number {
  const selected = relay ? relayAgentIpv4(record, bytes, 5) : -1;
  return selected < 0 && subnet ? optionIpv4(record, bytes, 118) : selected;
}

function serverOf(record: Dhcp4Record, serverId: number, override: number, ipSrc: number): number {
  if (serverId < 0) return record.optionsWhole ? ipSrc : -1;
  return serverId === override ? ipSrc : serverId;
}
