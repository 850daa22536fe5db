import type { Cursor } from './cursor.ts';
import { LAYER, type Layers } from './layers.ts';

/** Reads one header's fields for a person: the walker only steps over them. */
export interface Header {
  name: string;
  /** As tshark calls the protocol. */
  filter: string;
  spec: string;
  /** Bytes of the header at most; fewer where the frame ends. */
  read(c: Cursor): void;
}

const ETHERTYPES: Readonly<Record<number, string>> = {
  0x0800: 'IPv4',
  0x0806: 'ARP',
  0x8035: 'RARP',
  0x8100: '802.1Q',
  0x86dd: 'IPv6',
  0x8809: 'slow protocols',
  0x888e: 'EAPOL',
  0x88a8: '802.1ad',
  0x88cc: 'LLDP',
  0x88e5: 'MACsec',
};

const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'hop-by-hop options',
  1: 'ICMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  43: 'routing header',
  44: 'fragment header',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'no next header',
  60: 'destination options',
  112: 'VRRP',
};

function etherType(c: Cursor, name: string): void {
  const type = c.flags16(name);
  const label = ETHERTYPES[type];
  if (label !== undefined) c.means(label);
}

function ipProtocol(c: Cursor, name: string): void {
  const label = IP_PROTOCOLS[c.u8(name)];
  if (label !== undefined) c.means(label);
}

/** By LAYER number. */
const HEADERS: Readonly<Record<number, Header>> = {
  [LAYER.ethernet]: {
    name: 'Ethernet',
    filter: 'eth',
    spec: 'IEEE 802.3',
    read(c) {
      c.mac('destination');
      c.mac('source');
      etherType(c, 'type');
    },
  },
  [LAYER.sll]: {
    name: 'Linux cooked capture v1',
    filter: 'sll',
    spec: 'LINKTYPE_LINUX_SLL',
    read(c) {
      c.u16('packetType');
      c.u16('arphrdType');
      c.u16('addressLength');
      c.span(8, 'address');
      etherType(c, 'protocol');
    },
  },
  [LAYER.sll2]: {
    name: 'Linux cooked capture v2',
    filter: 'sll',
    spec: 'LINKTYPE_LINUX_SLL2',
    read(c) {
      etherType(c, 'protocol');
      c.skip(2, 'reserved');
      c.u32('interfaceIndex');
      c.u16('arphrdType');
      c.u8('packetType');
      c.u8('addressLength');
      c.span(8, 'address');
    },
  },
  [LAYER.null]: {
    name: 'Null/Loopback',
    filter: 'null',
    spec: 'LINKTYPE_NULL',
    read(c) {
      c.span(4, 'family');
    },
  },
  [LAYER.vlan]: {
    name: 'VLAN tag',
    filter: 'vlan',
    spec: 'IEEE 802.1Q 9.6',
    read(c) {
      // PCP 3, DEI 1, VID 12
      const tag = c.flags16('tag');
      c.means(`priority ${tag >> 13}, VLAN ${tag & 0xfff}`);
      etherType(c, 'type');
    },
  },
  [LAYER.llc]: {
    name: 'LLC',
    filter: 'llc',
    spec: 'IEEE 802.2',
    read(c) {
      c.flags8('dsap');
      c.flags8('ssap');
      c.flags8('control');
    },
  },
  [LAYER.snap]: {
    name: 'SNAP',
    filter: 'llc',
    spec: 'RFC 1042',
    read(c) {
      c.span(3, 'oui');
      etherType(c, 'protocolId');
    },
  },
  [LAYER.ipv4]: {
    name: 'IPv4',
    filter: 'ip',
    spec: 'RFC 791 3.1',
    read(c) {
      const first = c.flags8('versionAndHeaderLength');
      c.flags8('typeOfService');
      c.u16('totalLength');
      c.u16('identification');
      const word = c.flags16('flagsAndFragmentOffset');
      c.means(`${word & 0x4000 ? 'DF ' : ''}${word & 0x2000 ? 'MF ' : ''}offset ${(word & 0x1fff) * 8}`);
      c.u8('timeToLive');
      ipProtocol(c, 'protocol');
      c.flags16('headerChecksum');
      c.ipv4('source');
      c.ipv4('destination');
      const options = (first & 15) * 4 - 20;
      if (options > 0) c.span(options, 'options');
    },
  },
  [LAYER.ipv6]: {
    name: 'IPv6',
    filter: 'ipv6',
    spec: 'RFC 8200 3',
    read(c) {
      c.flags32('versionClassAndFlow');
      c.u16('payloadLength');
      ipProtocol(c, 'nextHeader');
      c.u8('hopLimit');
      c.ipv6('source');
      c.ipv6('destination');
    },
  },
  [LAYER.extension]: {
    name: 'IPv6 extension header',
    filter: 'ipv6',
    spec: 'RFC 8200 4',
    read(c) {
      ipProtocol(c, 'nextHeader');
      c.u8('length');
    },
  },
  [LAYER.fragment]: {
    name: 'IPv6 fragment header',
    filter: 'ipv6.fraghdr',
    spec: 'RFC 8200 4.5',
    read(c) {
      ipProtocol(c, 'nextHeader');
      c.skip(1, 'reserved');
      const word = c.flags16('offsetAndMore');
      c.means(`offset ${word & 0xfff8}${word & 1 ? ', more follow' : ', the last'}`);
      c.flags32('identification');
    },
  },
  [LAYER.udp]: {
    name: 'UDP',
    filter: 'udp',
    spec: 'RFC 768',
    read(c) {
      c.u16('sourcePort');
      c.u16('destinationPort');
      c.u16('length');
      c.flags16('checksum');
    },
  },
  [LAYER.tcp]: {
    name: 'TCP',
    filter: 'tcp',
    spec: 'RFC 9293 3.1',
    read(c) {
      c.u16('sourcePort');
      c.u16('destinationPort');
      c.u32('sequenceNumber');
      c.u32('acknowledgmentNumber');
      c.flags16('dataOffsetAndFlags');
      c.u16('window');
      c.flags16('checksum');
      c.u16('urgentPointer');
    },
  },
  [LAYER.gre]: {
    name: 'GRE',
    filter: 'gre',
    spec: 'RFC 2784 2.1, RFC 2890 2',
    read(c) {
      c.flags16('flagsAndVersion');
      etherType(c, 'protocolType');
    },
  },
  [LAYER.erspan]: {
    name: 'ERSPAN',
    filter: 'erspan',
    spec: 'draft-foschiano-erspan-03 4',
    read(c) {
      c.flags16('versionAndVlan');
      const word = c.flags16('sessionId');
      c.means(`session ${word & 0x3ff}`);
      c.flags32('index');
    },
  },
  [LAYER.vxlan]: {
    name: 'VXLAN',
    filter: 'vxlan',
    spec: 'RFC 7348 5',
    read(c) {
      c.flags8('flags');
      c.skip(3, 'reserved');
      c.u24('vni');
      c.skip(1, 'reserved2');
    },
  },
  [LAYER.geneve]: {
    name: 'Geneve',
    filter: 'geneve',
    spec: 'RFC 8926 3.4',
    read(c) {
      c.flags8('versionAndOptionsLength');
      c.flags8('flags');
      etherType(c, 'protocolType');
      c.u24('vni');
      c.skip(1, 'reserved');
    },
  },
  [LAYER.icmp]: {
    name: 'ICMP',
    filter: 'icmp',
    spec: 'RFC 792',
    read(c) {
      c.u8('type');
      c.u8('code');
      c.flags16('checksum');
    },
  },
  [LAYER.icmp6]: {
    name: 'ICMPv6',
    filter: 'icmpv6',
    spec: 'RFC 4443 2.1',
    read(c) {
      c.u8('type');
      c.u8('code');
      c.flags16('checksum');
    },
  },
};

/** The headers that a walk found, outermost first, each with its offset; ICMP is left to the protocol that claims it. */
export function headersOf(layers: Layers): { header: Header; at: number }[] {
  const found: { header: Header; at: number }[] = [];
  for (let i = 0; i < layers.count; i += 1) {
    const header = HEADERS[layers.kinds[i]!];
    if (header !== undefined) found.push({ header, at: layers.offsets[i]! });
  }
  return found;
}
