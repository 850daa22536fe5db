import { buildDhcp4, type Message4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';
import { message6, option6, relay6 } from '../support/scene.ts';
import { FloodFile, MARK, MARKED_IP, MARKED_MAC, placeOf, stencil } from './flood.ts';

/** The site's own DHCP server, and the one that does not belong to it. */
export const RACK = { ip: '10.0.0.1', mac: '02:16:3e:00:00:01' };
export const ROGUE = { ip: '10.0.0.66', mac: '02:16:3e:66:66:66' };
const CLIENT = { ip: '10.0.0.100', mac: '52:54:00:bb:00:10' };

const ALL = 'ff:ff:ff:ff:ff:ff';
const START = 1_700_000_000_000_000;
/** Microseconds between two frames of a flood. */
const STEP = 100;

export interface Flood {
  /** What it fills. */
  attacks: string;
  /** Enough to fill it; `npm run fuzz -- --floods` sends more. */
  frames: number;
  /** The frame with this number, from 0; its bytes are good until the next call. */
  frame(i: number): Uint8Array;
  /** What stands in the middle, so that it would be lost if the flood pushed it out; the rogue server's takeover unless said. */
  hidden?: readonly Uint8Array[];
  /** What must be found all the same. */
  finds?: string;
  /** Tables that say that they reached their cap: at least one of these. */
  limits: readonly string[];
}

/** Writes `frames` frames of the flood, with what is hidden in their middle. */
export function writeFlood(path: string, flood: Flood, frames = flood.frames): void {
  const file = new FloodFile(path);
  const middle = Math.floor(frames / 2);
  let time = START;
  for (let i = 0; i < frames; i += 1) {
    file.add(time, flood.frame(i));
    time += STEP;
    if (i !== middle) continue;
    for (const bytes of flood.hidden ?? TAKEOVER) {
      file.add(time, bytes);
      time += 30_000;
    }
  }
  file.close();
}

function dhcp(from: { ip: string; mac: string } | undefined, message: Message4, vlans: number[] = []): Uint8Array {
  return p.udp4Frame(
    {
      srcMac: from?.mac ?? message.chaddr ?? CLIENT.mac,
      dstMac: ALL,
      src: from?.ip ?? '0.0.0.0',
      dst: '255.255.255.255',
      sport: from === undefined ? 68 : 67,
      dport: from === undefined ? 67 : 68,
      vlans,
    },
    buildDhcp4({ chaddr: CLIENT.mac, ...message }),
  );
}

/** The site, as its owners declare it. */
export const SITE = {
  schema: 'rackwitness.profile/1',
  dhcp: { servers: [{ name: 'rack', addresses: [RACK.ip], macs: [RACK.mac], duids: ['0003000102163e000001'] }] },
  tftp: { servers: [RACK.ip] },
  routers: [{ address: 'fe80::1', macs: [RACK.mac] }],
};

/** A PXE client that is taken over by the rogue server, and fetches its boot file from it. */
export const TAKEOVER: readonly Uint8Array[] = [
  dhcp(undefined, {
    xid: 7,
    options: [
      [53, [1]],
      [60, 'PXEClient:Arch:00007:UNDI:003016'],
      [93, [0, 7]],
    ],
  }),
  answer(2, ROGUE, 'evil.efi'),
  answer(2, RACK, 'bootx64.efi'),
  dhcp(undefined, {
    xid: 7,
    options: [
      [53, [3]],
      [54, [...p.ip4(ROGUE.ip)]],
      [50, [...p.ip4('10.0.0.200')]],
      [60, 'PXEClient:Arch:00007:UNDI:003016'],
      [93, [0, 7]],
    ],
  }),
  answer(5, ROGUE, 'evil.efi'),
  tftp({ ip: '10.0.0.200', mac: CLIENT.mac }, ROGUE, 2071, 69, p.concat(p.u16(1), p.utf8('evil.efi\0octet\0'))),
  tftp(ROGUE, { ip: '10.0.0.200', mac: CLIENT.mac }, 40_000, 2071, p.concat(p.u16(3), p.u16(1), new Uint8Array(100))),
  tftp({ ip: '10.0.0.200', mac: CLIENT.mac }, ROGUE, 2071, 40_000, p.concat(p.u16(4), p.u16(1))),
];

type Host = { ip: string; mac: string };

function tftp(from: Host, to: Host, sport: number, dport: number, payload: Uint8Array): Uint8Array {
  return p.udp4Frame({ srcMac: from.mac, dstMac: to.mac, src: from.ip, dst: to.ip, sport, dport }, payload);
}

function answer(type: number, server: { ip: string; mac: string }, file: string): Uint8Array {
  return dhcp(server, {
    op: 2,
    xid: 7,
    yiaddr: server === ROGUE ? '10.0.0.200' : CLIENT.ip,
    siaddr: server.ip,
    file,
    options: [
      [53, [type]],
      [54, [...p.ip4(server.ip)]],
      [51, [0, 0, 14, 16]],
      [1, [255, 255, 255, 0]],
      [3, [...p.ip4(server.ip)]],
    ],
  });
}

/** Writes `i` wherever the mark stands. */
function marked(frame: Uint8Array, also?: (view: DataView, i: number) => void): (i: number) => Uint8Array {
  const places: number[] = [];
  const bytes = Buffer.from(frame);
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 4)) places.push(at);
  if (places.length === 0) throw new Error('nothing is marked');
  return stencil(frame, (view, i) => {
    for (const at of places) view.setUint32(at, i + 1);
    also?.(view, i);
  });
}

const mark = [...MARK];
const MARK6 = '2001:db8:0:0:0:0:feed:face';
const XID = 0xfeedface;
const FORGED = { ip: MARKED_IP, mac: MARKED_MAC };

const solicit = message6(
  1,
  0x123456,
  option6(1, [0, 1, 0, 1, 0, 0, 0, 0, 2, 0x1f, ...mark]),
  option6(3, [0, 0, 0, 1, ...new Uint8Array(8)]),
);
const server6 = (duid: readonly number[], type: number, url: string, client: readonly number[]): Uint8Array =>
  message6(
    type,
    0x123456,
    option6(1, client),
    option6(2, duid),
    option6(
      3,
      p.concat([0, 0, 0, 1], new Uint8Array(8), option6(5, p.concat(p.ip6('2001:db8::5'), p.u32(3000), p.u32(4000)))),
    ),
    option6(59, p.utf8(url)),
  );
const CLIENT6 = [0, 3, 0, 1, 0x52, 0x54, 0, 0xbb, 0, 0x10];

function udp6(mac: string, src: string, client: boolean, payload: Uint8Array): Uint8Array {
  return p.udp6Frame(
    {
      srcMac: mac,
      dstMac: client ? '33:33:00:01:00:02' : CLIENT.mac,
      src,
      dst: client ? 'ff02::1:2' : 'fe80::10',
      sport: client ? 546 : 547,
      dport: client ? 547 : 546,
    },
    payload,
  );
}

const ROGUE6: readonly Uint8Array[] = [
  udp6(
    CLIENT.mac,
    'fe80::10',
    true,
    message6(1, 0x123456, option6(1, CLIENT6), option6(3, [0, 0, 0, 1, ...new Uint8Array(8)]), option6(6, [0, 59])),
  ),
  udp6(
    ROGUE.mac,
    'fe80::66',
    false,
    server6([0, 3, 0, 1, 2, 0x16, 0x3e, 0x66, 0x66, 0x66], 2, 'tftp://[fe80::66]/evil.efi', CLIENT6),
  ),
];

function na(mac: string, target: string): Uint8Array {
  return p.icmp6Frame(
    { srcMac: mac, dstMac: '33:33:00:00:00:01', src: target, dst: 'ff02::1', type: 136 },
    p.concat([0x20, 0, 0, 0], p.ip6(target), p.ndOption(2, p.mac(mac))),
  );
}

function ra(mac: string, src: string, prefix: string): Uint8Array {
  return p.icmp6Frame(
    { srcMac: mac, dstMac: '33:33:00:00:00:01', src, dst: 'ff02::1', type: 134 },
    p.concat(
      [64, 0],
      p.u16(1800),
      p.u32(0),
      p.u32(0),
      p.ndOption(1, p.mac(mac)),
      p.ndOption(3, p.concat([64, 0xc0], p.u32(86_400), p.u32(14_400), p.u32(0), p.ip6(prefix))),
    ),
  );
}

function rrq(from: { ip: string; mac: string }, sport: number, file: string): Uint8Array {
  return p.udp4Frame(
    { srcMac: from.mac, dstMac: RACK.mac, src: from.ip, dst: RACK.ip, sport, dport: 69 },
    p.concat(p.u16(1), p.utf8(`${file}\0octet\0`)),
  );
}

/** Long values, distinct in their first four bytes. */
const LONG = [...mark, ...Array<number>(250).fill(0x41)];

export const FLOODS: Readonly<Record<string, Flood>> = {
  'dhcp clients': {
    attacks: 'exchanges: a DISCOVER of a new client in each frame',
    frames: 40_000,
    frame: marked(dhcp(undefined, { xid: XID, chaddr: MARKED_MAC, options: [[53, [1]]] })),
    limits: ['dhcp4-unanswered-exchanges'],
  },
  'dhcp client identifiers': {
    attacks: 'exchanges: one MAC address, a new identifier of 254 bytes in each frame',
    frames: 20_000,
    frame: marked(
      dhcp(undefined, {
        xid: XID,
        options: [
          [53, [1]],
          [61, LONG],
          [12, LONG],
          [60, LONG],
          [77, LONG],
        ],
      }),
    ),
    limits: ['dhcp4-exchanges-of-one-client'],
  },
  'dhcp servers': {
    attacks: 'servers and culprits: an OFFER of a new server in each frame',
    frames: 40_000,
    frame: marked(
      dhcp(FORGED, {
        op: 2,
        xid: 7,
        yiaddr: '10.0.0.9',
        options: [
          [53, [2]],
          [54, mark],
          [51, [0, 0, 14, 16]],
        ],
      }),
    ),
    limits: ['servers'],
  },
  'dhcp promises': {
    attacks: 'promises: a new boot file and long values in each OFFER of the one server',
    frames: 20_000,
    frame: marked(
      dhcp(RACK, {
        op: 2,
        xid: 7,
        yiaddr: '10.0.0.9',
        options: [
          [53, [2]],
          [54, [...p.ip4(RACK.ip)]],
          [67, LONG],
          [66, LONG],
          [15, LONG],
          [252, LONG],
          [43, LONG],
        ],
      }),
    ),
    limits: [],
  },
  'dhcp relays': {
    attacks: 'links: a new relay and circuit in each frame',
    frames: 40_000,
    frame: marked(
      dhcp(
        { ip: MARKED_IP, mac: ROGUE.mac },
        {
          xid: XID,
          giaddr: MARKED_IP,
          chaddr: MARKED_MAC,
          options: [
            [53, [1]],
            [82, [1, 4, ...mark]],
          ],
        },
      ),
    ),
    limits: ['dhcp4-unanswered-exchanges'],
  },
  'dhcp leases': {
    attacks: 'leases: an ACK of a new address for a new client in each frame',
    frames: 40_000,
    frame: marked(
      dhcp(RACK, {
        op: 2,
        xid: XID,
        chaddr: MARKED_MAC,
        yiaddr: MARKED_IP,
        options: [
          [53, [5]],
          [54, [...p.ip4(RACK.ip)]],
          [51, [0, 0, 14, 16]],
        ],
      }),
    ),
    limits: ['dhcp4-answered-exchanges'],
  },
  'arp claims': {
    attacks: 'addresses and stations: a new address of a new station in each frame',
    frames: 80_000,
    frame: marked(
      p.arpFrame({ operation: 2, senderMac: MARKED_MAC, senderIp: MARKED_IP, targetIp: MARKED_IP, targetMac: ALL }),
    ),
    limits: ['neighbours.addresses'],
  },
  'arp claims of one address': {
    attacks: 'claimants: a new station in each frame, all with the address of the gateway',
    frames: 40_000,
    frame: marked(p.arpFrame({ operation: 1, senderMac: MARKED_MAC, senderIp: '10.0.0.254', targetIp: '10.0.0.254' })),
    limits: [],
  },
  'nd claims': {
    attacks: 'addresses and stations over IPv6',
    frames: 80_000,
    frame: marked(na(MARKED_MAC, MARK6)),
    hidden: [ra(ROGUE.mac, 'fe80::66', '2001:db8:66::')],
    finds: 'ra-rogue-router',
    limits: ['neighbours.addresses'],
  },
  'duplicate address detection': {
    attacks: 'DAD: a probe for a new address in each frame',
    frames: 40_000,
    frame: marked(
      p.icmp6Frame(
        { srcMac: MARKED_MAC, dstMac: '33:33:ff:00:00:01', src: '::', dst: 'ff02::1:ff00:1', type: 135 },
        p.concat(p.u32(0), p.ip6(MARK6)),
      ),
    ),
    hidden: [ra(ROGUE.mac, 'fe80::66', '2001:db8:66::')],
    finds: 'ra-rogue-router',
    limits: [],
  },
  routers: {
    attacks: 'routers: an RA of a new router with a new prefix in each frame',
    frames: 30_000,
    frame: marked(ra(MARKED_MAC, 'fe80::feed:face', '2001:db8:feed:face::')),
    limits: ['servers'],
  },
  'dhcpv6 clients': {
    attacks: 'DHCPv6 exchanges: a SOLICIT of a new DUID in each frame',
    frames: 40_000,
    frame: marked(udp6(MARKED_MAC, 'fe80::feed:face', true, solicit)),
    hidden: ROGUE6,
    finds: 'dhcpv6-rogue-server',
    limits: [],
  },
  'dhcpv6 servers': {
    attacks: 'DHCPv6 servers: a REPLY of a new DUID with a new boot file in each frame',
    frames: 40_000,
    frame: marked(
      udp6(MARKED_MAC, 'fe80::feed:face', false, server6([0, 1, ...mark, ...mark], 7, 'tftp://[fe80::1]/x', CLIENT6)),
    ),
    limits: ['servers'],
  },
  'dhcpv6 relays': {
    attacks: 'DHCPv6 links: a new link address in each relayed message',
    frames: 40_000,
    frame: marked(udp6(MARKED_MAC, 'fe80::feed:face', true, relay6(12, MARK6, 'fe80::10', solicit))),
    hidden: ROGUE6,
    finds: 'dhcpv6-rogue-server',
    limits: [],
  },
  'tftp reads': {
    attacks: 'transfers: a read of a new file by a new client in each frame',
    frames: 40_000,
    frame: marked(rrq(FORGED, 2000, 'aaaa/file')),
    limits: ['transfers'],
  },
  'tftp answers': {
    attacks: 'transfer sources: a new server answers the one read in each frame',
    frames: 40_000,
    frame: marked(
      p.udp4Frame(
        { srcMac: MARKED_MAC, dstMac: CLIENT.mac, src: MARKED_IP, dst: CLIENT.ip, sport: 3000, dport: 2070 },
        p.concat(p.u16(3), p.u16(1), new Uint8Array(100)),
      ),
    ),
    hidden: [rrq(CLIENT, 2070, 'bootx64.efi'), ...TAKEOVER],
    limits: [],
  },
  'http requests': {
    attacks: 'transfers: a request of a new client in each frame',
    frames: 40_000,
    frame: marked(
      p.eth(
        { src: MARKED_MAC, dst: RACK.mac, type: p.ETHER_IPV4 },
        p.ipv4(
          { src: MARKED_IP, dst: RACK.ip, proto: 6 },
          p.tcp({ sport: 2000, dport: 5248 }, p.utf8('GET /images/boot-kernel HTTP/1.1\r\nHost: maas\r\n\r\n')),
        ),
      ),
    ),
    limits: ['transfers'],
  },
  segments: {
    attacks: 'segments: a new VLAN and VXLAN network in each frame',
    frames: 40_000,
    frame: (() => {
      const inner = p.arpFrame({
        operation: 1,
        senderMac: CLIENT.mac,
        senderIp: CLIENT.ip,
        targetIp: RACK.ip,
        vlans: [77],
      });
      const outer = p.udp4Frame(
        { srcMac: RACK.mac, dstMac: ROGUE.mac, src: RACK.ip, dst: ROGUE.ip, sport: 1, dport: 4789, vlans: [9] },
        p.vxlan(0xabcdef, inner),
      );
      const vni = placeOf(outer, Uint8Array.of(0xab, 0xcd, 0xef));
      return stencil(outer, (view, i) => {
        view.setUint16(14, i & 0xfff || 1);
        view.setUint32(vni - 1, i >>> 4);
      });
    })(),
    limits: ['segments'],
  },
  fragments: {
    attacks: 'reassembly: the first piece of a new datagram in each frame',
    frames: 40_000,
    frame: stencil(
      p.eth(
        { src: ROGUE.mac, dst: ALL, type: p.ETHER_IPV4 },
        p.ipv4({ src: ROGUE.ip, dst: RACK.ip, proto: 17, moreFragments: true, fragmentOffset: 8 }, new Uint8Array(64)),
      ),
      (view, i) => {
        view.setUint16(18, i & 0xffff);
        view.setUint16(28, i >>> 16);
      },
    ),
    limits: ['fragment-bytes'],
  },
  dns: {
    attacks: 'whatever looks at names: a question for a new name in each frame',
    frames: 40_000,
    frame: marked(
      p.udp4Frame(
        { srcMac: CLIENT.mac, dstMac: RACK.mac, src: CLIENT.ip, dst: RACK.ip, sport: 5353, dport: 53 },
        p.concat(p.u16(1), p.u16(0x0100), p.u16(1), p.u16(0), p.u16(0), p.u16(0), [4, ...mark, 0], p.u16(1), p.u16(1)),
      ),
    ),
    limits: [],
  },
  'advertisers in every segment': {
    attacks: 'what is kept of a segment: LLDP with long names of a new station in each frame, in 16,000 segments',
    frames: 40_000,
    frame: inSegments(
      p.eth(
        { src: MARKED_MAC, dst: '01:80:c2:00:00:0e', type: 0x88cc },
        p.concat(
          [2, 7, 4],
          p.mac(MARKED_MAC),
          [4, 7, 3],
          p.mac(MARKED_MAC),
          [6, 2, 0, 120],
          ...[8, 10, 12].map((type) => p.concat([type, 200], MARK, new Uint8Array(196).fill(0x41))),
          [0, 0],
        ),
      ),
    ),
    limits: [],
  },
  'supplicants in every segment': {
    attacks: 'what is kept of a segment: EAPOL and EAP identities of a new station in each frame, in 16,000 segments',
    frames: 40_000,
    frame: inSegments(
      p.eth(
        { src: MARKED_MAC, dst: '01:80:c2:00:00:03', type: 0x888e },
        p.concat([2, 0], p.u16(205), [2, 1], p.u16(205), [1], MARK, new Uint8Array(196).fill(0x41)),
      ),
    ),
    limits: [],
  },
};

/** The marked frame in VXLAN, in 16,000 segments one after the other. */
function inSegments(inner: Uint8Array): (i: number) => Uint8Array {
  const outer = p.udp4Frame(
    { srcMac: RACK.mac, dstMac: ROGUE.mac, src: RACK.ip, dst: ROGUE.ip, sport: 1, dport: 4789 },
    p.vxlan(0xabcdef, inner),
  );
  const vni = placeOf(outer, Uint8Array.of(0xab, 0xcd, 0xef));
  return marked(outer, (view, i) => view.setUint32(vni - 1, i % 16_000));
}
