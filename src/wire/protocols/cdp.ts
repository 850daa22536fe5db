import type { Cursor } from '../cursor.ts';
import type { Address } from '../envelope.ts';
import type { Span } from '../fault.ts';
import type { CutRecord, Protocol, RecordBase } from '../protocol.ts';

/** What a Cisco device says of the port that it speaks from. -1, undefined, empty: not said. */
export interface CdpRecord extends RecordBase {
  protocol: 'cdp';
  cut?: undefined;
  version: number;
  /** Seconds for which the rest holds; 0 = the sender goes. */
  ttl: number;
  deviceId: Span | undefined;
  portId: Span | undefined;
  platform: Span | undefined;
  softwareVersion: Span | undefined;
  systemName: Span | undefined;
  /** VTP management domain. */
  vtpDomain: Span | undefined;
  /** Of the device, and those that it is managed by: in the order given. */
  addresses: readonly Address[];
  managementAddresses: readonly Address[];
  /** Bits: 0 router, 1 transparent bridge, 2 source route bridge, 3 switch, 4 host, 5 IGMP, 6 repeater, 7 phone … */
  capabilities: number;
  nativeVlan: number;
  /** Of a telephone at this port. */
  voiceVlan: number;
  /** 0 half, 1 full. */
  duplex: number;
  mtu: number;
  /** TLVs that are not opened. */
  others: readonly CdpTlv[];
}

export interface CdpTlv {
  type: number;
  data: Span;
}

type Body = { -readonly [K in keyof CdpRecord]: CdpRecord[K] } & {
  addresses: Address[];
  managementAddresses: Address[];
  others: CdpTlv[];
};

/** More TLVs than fit an Ethernet frame. */
const MAX_TLVS = 512;
/** Addresses of one TLV that are kept: devices give one or two. */
const MAX_ADDRESSES = 64;
const NLPID_IP = 0xcc;

/** Cisco IOS Configuration Fundamentals, and Wireshark's packet-cdp for what is not in it. */
const TLVS = new Map([
  [1, 'Device ID'],
  [2, 'Addresses'],
  [3, 'Port ID'],
  [4, 'Capabilities'],
  [5, 'Software Version'],
  [6, 'Platform'],
  [7, 'IP Prefixes'],
  [8, 'Protocol Hello'],
  [9, 'VTP Management Domain'],
  [10, 'Native VLAN'],
  [11, 'Duplex'],
  [14, 'VoIP VLAN Reply'],
  [15, 'VoIP VLAN Query'],
  [16, 'Power Consumption'],
  [17, 'MTU'],
  [18, 'Trust Bitmap'],
  [19, 'Untrusted Port CoS'],
  [20, 'System Name'],
  [21, 'System Object ID'],
  [22, 'Management Addresses'],
  [23, 'Location'],
  [24, 'External Port-ID'],
  [25, 'Power Requested'],
  [26, 'Power Available'],
  [31, 'Spare Pair PoE'],
]);

export const cdp: Protocol<CdpRecord | CutRecord<'cdp'>> = {
  name: 'cdp',
  title: 'Cisco Discovery Protocol',
  spec: ['Cisco IOS Configuration Fundamentals: CDP'],
  claims: { snap: [{ oui: 0x00000c, pid: 0x2000 }] },
  keep: 'all',
  kinds: ['advertisement', 'shutdown', 'cut'],
  fields: {
    deviceId: 'hostname',
    portId: 'circuit-id',
    platform: 'vendor-class',
    softwareVersion: 'vendor-class',
    systemName: 'hostname',
    vtpDomain: 'vlan-name',
    // NLPID of IPv4, and the SNAP headers of IPv4 and IPv6.
    protocol: /^(?:\xcc|\xaa\xaa[^\x20-\x7e]{6})$/,
  },
  decode(c: Cursor) {
    if (!c.need(4, 'header')) return { protocol: 'cdp', cut: c.faults[0]!, faults: c.faults };
    const record = fresh(c);
    for (let index = 0; c.left > 0; index += 1) {
      if (index >= MAX_TLVS) {
        c.fault('excess', 'tlvs', index + 1, MAX_TLVS);
        break;
      }
      if (!c.need(4, `tlvs[${index}]`)) break;
      const length = c.peekAt(2) * 256 + c.peekAt(3);
      const whole = length <= c.left;
      if (!c.enter(Math.max(length, 4), 'tlvs', index, 'length')) break;
      const type = c.u16('type');
      c.means(TLVS.get(type) ?? 'unknown');
      c.u16('length');
      // The length counts type and length too.
      if (length < 4) c.fault('length', 'length', 4, length, c.at - 2);
      // Half a value is a wrong one: what passes the end is kept as bytes only.
      else if (whole) readTlv(c, type, record);
      if (c.left > 0) c.rest('data');
      c.leave();
    }
    return record;
  },
  kindOf(r) {
    if (r.cut !== undefined) return 'cut';
    return r.ttl === 0 ? 'shutdown' : 'advertisement';
  },
};

function fresh(c: Cursor): Body {
  const version = c.u8('version');
  const ttl = c.u8('ttl');
  c.flags16('checksum');
  return {
    protocol: 'cdp',
    version,
    ttl,
    deviceId: undefined,
    portId: undefined,
    platform: undefined,
    softwareVersion: undefined,
    systemName: undefined,
    vtpDomain: undefined,
    addresses: [],
    managementAddresses: [],
    capabilities: -1,
    nativeVlan: -1,
    voiceVlan: -1,
    duplex: -1,
    mtu: -1,
    others: [],
    faults: c.faults,
  };
}

function readTlv(c: Cursor, type: number, r: Body): void {
  switch (type) {
    case 1:
      r.deviceId ??= c.rest('deviceId', 'text');
      return;
    case 2:
      readAddresses(c, r.addresses);
      return;
    case 3:
      r.portId ??= c.rest('portId', 'text');
      return;
    case 4:
      if (c.need(4, 'capabilities')) r.capabilities = c.flags32('capabilities');
      return;
    case 5:
      r.softwareVersion ??= c.rest('softwareVersion', 'text');
      return;
    case 6:
      r.platform ??= c.rest('platform', 'text');
      return;
    case 9:
      r.vtpDomain ??= c.rest('vtpDomain', 'text');
      return;
    case 10:
      if (c.need(2, 'nativeVlan')) r.nativeVlan = c.u16('nativeVlan');
      return;
    case 11:
      if (!c.need(1, 'duplex')) return;
      r.duplex = c.u8('duplex');
      c.means(r.duplex === 0 ? 'half' : 'full');
      return;
    case 14:
    case 15:
      if (!c.need(1, 'applianceId')) return;
      c.flags8('applianceId');
      // A query may end here.
      if (c.left < 2) return;
      if (type === 14) r.voiceVlan = c.u16('voiceVlan');
      else c.u16('voiceVlan');
      return;
    case 17:
      if (c.need(4, 'mtu')) r.mtu = c.u32('mtu');
      return;
    case 20:
      r.systemName ??= c.rest('systemName', 'text');
      return;
    case 22:
      readAddresses(c, r.managementAddresses);
      return;
    default:
      r.others.push({ type, data: c.rest('data') });
  }
}

/** A count, and of each: protocol type and length, protocol, address length, address. */
function readAddresses(c: Cursor, list: Address[]): void {
  if (!c.need(4, 'addressCount')) return;
  const count = c.u32('addressCount');
  for (let index = 0; index < count; index += 1) {
    // Each takes at least 5 bytes, so the list ends with the window.
    if (!c.need(5, `addresses[${index}]`)) return;
    const protocolLength = c.peekAt(1);
    const head = 4 + protocolLength;
    const length = head <= c.left ? head + c.peekAt(head - 2) * 256 + c.peekAt(head - 1) : head;
    if (!c.need(length, `addresses[${index}]`) || !c.enter(length, 'addresses', index, 'addressLength')) return;
    c.u8('protocolType');
    c.u8('protocolLength');
    const nlpid = protocolLength === 1 ? c.peek() : -1;
    c.span(protocolLength, 'protocol');
    const addressLength = c.u16('addressLength');
    let address: Address = -1;
    if (nlpid === NLPID_IP && addressLength === 4) address = c.ipv4('address');
    else if (addressLength === 16) address = c.ipv6('address');
    else c.rest('address');
    if (list.length < MAX_ADDRESSES) list.push(address);
    c.leave();
  }
}
