import type { Cursor } from '../cursor.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';
import type { Span } from '../fault.ts';

/** ARP for IPv4 over Ethernet (RFC 826), and what RFC 5227 makes of it. */
export interface ArpRecord extends RecordBase {
  protocol: 'arp';
  cut?: undefined;
  /** RFC 826 ar$hrd: 1 Ethernet, 32 InfiniBand. */
  hardwareType: number;
  /** ar$pro: 0x0800 IPv4. */
  protocolType: number;
  /** ar$op: 1 request, 2 reply, 3 RARP request, 4 RARP reply. */
  operation: number;
  /** 48-bit number, or -1 when ar$hln is not 6. */
  senderMac: number;
  /** Unsigned 32-bit number, or -1 when ar$pln is not 4. */
  senderIp: number;
  targetMac: number;
  targetIp: number;
  /** Addresses of other lengths, as they are. */
  senderHardware?: Span;
  targetHardware?: Span;
  /** RFC 5227 1.1: a request for the sender's own use with an all-zero sender IP. */
  probe: boolean;
  /** RFC 5227 1.1: sender and target IP are equal (request or reply), and not zero. */
  announcement: boolean;
}

const FIXED = 8;

export const arp: Protocol<ArpRecord | CutRecord<'arp'>> = {
  name: 'arp',
  title: 'Address Resolution Protocol',
  spec: ['RFC 826', 'RFC 5227', 'RFC 903'],
  claims: { ether: [0x0806, 0x8035] },
  keep: 64,
  kinds: ['request', 'reply', 'probe', 'announcement', 'rarp-request', 'rarp-reply', 'other', 'cut'],
  fields: { senderHardware: 'mac', targetHardware: 'mac' },
  decode(c: Cursor) {
    if (!c.need(FIXED, 'header')) return { protocol: 'arp', cut: c.faults[0]!, faults: c.faults };
    const hardwareType = c.u16('hardwareType');
    const protocolType = c.flags16('protocolType');
    const hardwareLength = c.u8('hardwareLength');
    const protocolLength = c.u8('protocolLength');
    const operation = c.u16('operation');
    if (!c.need(2 * (hardwareLength + protocolLength), 'addresses')) {
      return { protocol: 'arp', cut: c.faults[0]!, faults: c.faults };
    }
    const record: ArpRecord = {
      protocol: 'arp',
      hardwareType,
      protocolType,
      operation,
      senderMac: -1,
      senderIp: -1,
      targetMac: -1,
      targetIp: -1,
      probe: false,
      announcement: false,
      faults: c.faults,
    };
    if (hardwareLength === 6) record.senderMac = c.mac('senderMac');
    else record.senderHardware = c.span(hardwareLength, 'senderHardware');
    if (protocolLength === 4) record.senderIp = c.ipv4('senderIp');
    else c.skip(protocolLength, 'senderProtocol');
    if (hardwareLength === 6) record.targetMac = c.mac('targetMac');
    else record.targetHardware = c.span(hardwareLength, 'targetHardware');
    if (protocolLength === 4) record.targetIp = c.ipv4('targetIp');
    else c.skip(protocolLength, 'targetProtocol');
    if (record.senderIp >= 0) {
      record.probe = operation === 1 && record.senderIp === 0;
      record.announcement = record.senderIp !== 0 && record.senderIp === record.targetIp;
    }
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    if (r.probe) return 'probe';
    if (r.announcement) return 'announcement';
    return ['other', 'request', 'reply', 'rarp-request', 'rarp-reply'][r.operation] ?? 'other';
  },
};
