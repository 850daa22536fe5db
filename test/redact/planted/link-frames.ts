/** Plants of the link layer and of what switches say. */
import { crc32 } from 'node:zlib';
import * as packets from '../../support/packets.ts';
import { concat, hex, ip4, ip6, mac, u16, u32, utf8, type Bytes } from '../../support/bytes.ts';
import { bytes, never, raw, residue, text } from './marks.ts';
import type { FramePlanter } from './planter.ts';
import { FAR, MACHINES, NEAR } from './site.ts';
import { group } from './spelling.ts';

const NOTHING = new Uint8Array(46);
const between = { src: NEAR.mac, dst: FAR.mac };

export function linkFrames(to: FramePlanter): void {
  ethernet(to);
  arp(to);
  lldp(to);
  cdp(to);
  bridges(to);
  login(to);
}

function ethernet(to: FramePlanter): void {
  const ip = packets.ipv4({ src: NEAR.ip, dst: FAR.ip, proto: 17 }, packets.udp({ sport: 5, dport: 9 }, NOTHING));
  for (const m of MACHINES) {
    const layers: [what: string, fields: Omit<packets.EthFields, 'type' | 'src' | 'dst'>][] = [
      ['Ethernet', {}],
      ['802.1Q', { vlans: [10] }],
      ['QinQ', { vlans: [{ id: 100, type: 0x88a8 }, 20] }],
    ];
    for (const [what, fields] of layers) {
      const type = packets.ETHER_IPV4;
      to.frame(`${what} source`, 1, packets.eth({ ...fields, src: m.mac, dst: FAR.mac, type }, ip), [raw.mac(m)]);
      to.frame(`${what} destination`, 1, packets.eth({ ...fields, src: NEAR.mac, dst: m.mac, type }, ip), [raw.mac(m)]);
    }
    to.frame('LLC/SNAP source', 1, packets.snap({ src: m.mac, dst: FAR.mac, type: packets.ETHER_IPV4 }, ip), [
      raw.mac(m),
    ]);
    const dst = Buffer.from(group(m.mac)).toString('hex');
    to.frame('group of a solicited node', 1, packets.eth({ src: NEAR.mac, dst, type: packets.ETHER_IPV6 }, NOTHING), [
      bytes('mac', group(m.mac), '33:33:ff destination'),
    ]);
    const rest = residue(m);
    to.frame('padding', 10, concat(packets.eth({ ...between, type: packets.ETHER_IPV4 }, ip), rest.bytes), rest.marks);
    to.frame('an unknown EtherType', 10, packets.eth({ ...between, type: 0x8888 }, rest.bytes), rest.marks);
    const known = packets.eth({ src: m.mac, dst: FAR.mac, type: packets.ETHER_IPV4 }, ip);
    const fcs = u32(crc32(known)).toReversed();
    to.frame('frame check sequence', 3, concat(known, fcs), [never('opaque', fcs, 'CRC-32 of the original')]);
  }
  const [m] = MACHINES;
  if (m === undefined) return;
  const rest = residue(m);
  to.frame('an unknown LLC', 10, packets.llc({ ...between, dsap: 0xe0, ssap: 0xe0 }, rest.bytes), rest.marks);
  to.frame('PPPoE', 10, packets.eth({ ...between, type: 0x8864 }, rest.bytes), rest.marks);
  to.frame('MPLS', 11, packets.eth({ ...between, type: 0x8847 }, concat(u32(0x100140), rest.bytes)), rest.marks);
  to.frame('a Wake-on-LAN frame', 1, packets.eth({ ...between, type: 0x0842 }, magic(m.mac, utf8('Zx9!vk'))), [
    never('mac', mac(m.mac), 'raw'),
    never('secret', 'Zx9!vk'),
  ]);
  to.frame('FCoE', 10, packets.eth({ ...between, type: 0x8906 }, rest.bytes), rest.marks);
}

export function magic(address: string, password: Bytes = new Uint8Array(0)): Bytes {
  return concat(new Uint8Array(6).fill(255), ...Array.from({ length: 16 }, () => mac(address)), password);
}

function arp(to: FramePlanter): void {
  for (const m of MACHINES) {
    for (const operation of [1, 2]) {
      const sender = packets.arp({ operation, senderMac: m.mac, senderIp: m.ip, targetIp: FAR.ip, targetMac: FAR.mac });
      const target = packets.arp({ operation, senderMac: FAR.mac, senderIp: FAR.ip, targetIp: m.ip, targetMac: m.mac });
      const head = { ...between, type: packets.ETHER_ARP };
      to.frame(`ARP ${operation} sender`, 1, packets.eth(head, sender), [raw.mac(m), raw.ip(m)]);
      to.frame(`ARP ${operation} target`, 1, packets.eth(head, target), [raw.mac(m), raw.ip(m)]);
      const rarp = concat(sender.subarray(0, 6), u16(operation + 2), sender.subarray(8));
      to.frame(`RARP ${operation + 2}`, 1, packets.eth({ ...between, type: 0x8035 }, rarp), [raw.mac(m), raw.ip(m)]);
    }
    const rest = residue(m);
    const whole = packets.arp({ operation: 1, senderMac: NEAR.mac, senderIp: NEAR.ip, targetIp: FAR.ip });
    to.frame(
      'ARP, padded',
      10,
      packets.eth({ ...between, type: packets.ETHER_ARP }, concat(whole, rest.bytes)),
      rest.marks,
    );
  }
}

function tlv(type: number, ...value: (Bytes | readonly number[])[]): Bytes {
  const all = concat(...value);
  return concat(u16((type << 9) | all.length), all);
}

function lldp(to: FramePlanter): void {
  for (const m of MACHINES) {
    const head = { src: NEAR.mac, dst: '01:80:c2:00:00:0e', type: 0x88cc };
    const start = [tlv(1, [7], utf8('a')), tlv(2, [7], utf8('b')), tlv(3, u16(120))];
    const say = (what: string, marks: Parameters<FramePlanter['frame']>[3], ...tlvs: Bytes[]): void => {
      to.frame(`LLDP ${what}`, what === 'residue' ? 10 : 1, packets.eth(head, concat(...tlvs)), marks);
    };
    const [chassis, port, ttl] = start as [Bytes, Bytes, Bytes];
    const end = tlv(0);
    say('chassis id, MAC address', [raw.mac(m)], tlv(1, [4], mac(m.mac)), port, ttl, end);
    say('chassis id, IPv4 address', [raw.ip(m)], tlv(1, [5, 1], ip4(m.ip)), port, ttl, end);
    say('chassis id, local', [text('hostname', m.name)], tlv(1, [7], utf8(m.name)), port, ttl, end);
    say('port id, MAC address', [raw.mac(m)], chassis, tlv(2, [3], mac(m.mac)), ttl, end);
    say('port id, interface name', [text('circuit-id', m.circuit)], chassis, tlv(2, [5], utf8(m.circuit)), ttl, end);
    say('port id, circuit id', [text('circuit-id', m.circuit)], chassis, tlv(2, [6], utf8(m.circuit)), ttl, end);
    say('port description', [text('circuit-id', m.circuit)], chassis, port, ttl, tlv(4, utf8(m.circuit)), end);
    say(
      'system name',
      [text('hostname', m.name)],
      chassis,
      port,
      ttl,
      tlv(5, utf8(`${m.name}.bluthworks.example`)),
      end,
    );
    say(
      'system description',
      [text('serial', m.serial, 'text', 'text')],
      ...[chassis, port, ttl, tlv(6, utf8(`Arista DCS-7050 serial ${m.serial}`)), end],
    );
    say('management address', [raw.ip(m)], chassis, port, ttl, tlv(8, [5, 1], ip4(m.ip), [2], u32(1), [0]), end);
    say(
      'management address, IPv6',
      [raw.ip6(m)],
      chassis,
      port,
      ttl,
      tlv(8, [17, 2], ip6(m.ip6), [2], u32(1), [0]),
      end,
    );
    say(
      'VLAN name',
      [text('vlan-name', m.vlan)],
      chassis,
      port,
      ttl,
      tlv(127, hex('0080c203'), u16(10), [m.vlan.length], utf8(m.vlan)),
      end,
    );
    say(
      'inventory serial',
      [text('serial', m.serial)],
      chassis,
      port,
      ttl,
      tlv(127, hex('0012bb08'), utf8(m.serial)),
      end,
    );
    say(
      'inventory asset',
      [text('serial', m.serial)],
      chassis,
      port,
      ttl,
      tlv(127, hex('0012bb0b'), utf8(m.serial)),
      end,
    );
    say(
      'unknown organisation',
      [never('hostname', m.name)],
      chassis,
      port,
      ttl,
      tlv(127, hex('00bbcc01'), utf8(m.name)),
      end,
    );
    const rest = residue(m);
    say('residue', rest.marks, chassis, port, ttl, end, rest.bytes);
  }
}

function cdp(to: FramePlanter): void {
  const part = (type: number, ...value: (Bytes | readonly number[])[]): Bytes => {
    const all = concat(...value);
    return concat(u16(type), u16(4 + all.length), all);
  };
  for (const m of MACHINES) {
    const say = (what: string, marks: Parameters<FramePlanter['frame']>[3], ...parts: Bytes[]): void => {
      const body = concat([2, 180, 0, 0], ...parts);
      const inner = concat(hex('aaaa0300000c2000'), body);
      to.frame(
        `CDP ${what}`,
        1,
        packets.eth({ src: NEAR.mac, dst: '01:00:0c:cc:cc:cc', type: inner.length }, inner),
        marks,
      );
    };
    say('device id', [text('hostname', m.name)], part(1, utf8(m.name)));
    say('device id with a serial number', [text('serial', m.serial)], part(1, utf8(`${m.name}(${m.serial})`)));
    say('address', [raw.ip(m)], part(2, u32(1), [1, 1, 0xcc], u16(4), ip4(m.ip)));
    say('port id', [text('circuit-id', m.circuit)], part(3, utf8(m.circuit)));
    say('management address', [raw.ip(m)], part(0x16, u32(1), [1, 1, 0xcc], u16(4), ip4(m.ip)));
    say('VTP domain', [text('vlan-name', m.vlan)], part(9, utf8(m.vlan)));
    say('location', [never('text', m.name)], part(0x17, [0], utf8(m.name)));
    say('system name', [text('hostname', m.name)], part(0x14, utf8(m.name)));
    say('IP prefix', [raw.ip(m)], part(7, ip4(m.ip), [32]));
  }
}

function bridges(to: FramePlanter): void {
  for (const m of MACHINES) {
    const bpdu = (root: string, bridge: string): Bytes =>
      concat(hex('0000000000'), u16(0x8000), mac(root), u32(4), u16(0x8000), mac(bridge), hex('80010000140002000f00'));
    const stp = (content: Bytes): Bytes =>
      packets.llc({ src: NEAR.mac, dst: '01:80:c2:00:00:00', dsap: 0x42, ssap: 0x42 }, content);
    to.frame('STP root', 1, stp(bpdu(m.mac, FAR.mac)), [raw.mac(m)]);
    to.frame('STP bridge', 1, stp(bpdu(FAR.mac, m.mac)), [raw.mac(m)]);
    const actor = (kind: number, address: string): Bytes =>
      concat([kind, 20, 0x80, 0], mac(address), hex('0001 8000 0001 3d 000000'));
    const lacp = (one: string, two: string): Bytes =>
      packets.eth(
        { src: NEAR.mac, dst: '01:80:c2:00:00:02', type: 0x8809 },
        concat([1, 1], actor(1, one), actor(2, two), [3, 16], new Uint8Array(14), new Uint8Array(52)),
      );
    to.frame('LACP actor', 1, lacp(m.mac, FAR.mac), [raw.mac(m)]);
    to.frame('LACP partner', 1, lacp(FAR.mac, m.mac), [raw.mac(m)]);
  }
}

function login(to: FramePlanter): void {
  const eapol = (type: number, body: Bytes): Bytes =>
    packets.eth({ src: NEAR.mac, dst: '01:80:c2:00:00:03', type: 0x888e }, concat([2, type], u16(body.length), body));
  const eap = (code: number, ...data: (Bytes | readonly number[])[]): Bytes => {
    const all = concat(...data);
    return eapol(0, concat([code, 1], u16(4 + all.length), all));
  };
  for (const m of MACHINES) {
    to.frame('EAP identity', 13, eap(2, [1], utf8(m.user)), [text('username', m.user)]);
    to.frame('EAP identity with a realm', 13, eap(2, [1], utf8(`${m.user}@bluthworks.example`)), [
      text('username', m.user),
      text('domain', 'bluthworks'),
    ]);
    to.frame('EAP identity of a host', 13, eap(2, [1], utf8(`host/${m.name}.bluthworks.example`)), [
      text('hostname', m.name),
    ]);
    to.frame('EAP identity request, text', 13, eap(1, [1], utf8(`\0networkid=${m.name}`)), [
      text('hostname', m.name, 'in a message', 'text'),
    ]);
    to.frame('EAP-MD5', 13, eap(2, [4, 16], utf8(m.secret.slice(0, 13)), [0, 0, 0], utf8(m.user)), [
      never('secret', m.secret.slice(0, 13)),
      never('username', m.user),
    ]);
    to.frame('EAP-TLS', 13, eap(2, [13, 0], utf8(m.secret)), [never('secret', m.secret)]);
    to.frame('EAPOL key', 13, eapol(3, concat([2], utf8(m.secret))), [never('secret', m.secret)]);
    const sci = concat(mac(m.mac), u16(1));
    const mka = concat(
      [3, 0xe0],
      u16(28 + m.remote.length),
      sci,
      mac(m.mac),
      u16(7),
      u32(5),
      u32(0x0080c201),
      utf8(m.remote),
      new Uint8Array((4 - (m.remote.length % 4)) % 4),
      new Uint8Array(16).fill(0xa7),
    );
    to.frame('MKA', 13, eapol(5, mka), [
      raw.mac(m),
      text('serial', m.remote, 'CKN'),
      never('secret', new Uint8Array(16).fill(0xa7), 'ICV'),
    ]);
    const sectag = concat([0x2c, 0], u32(9), sci, utf8(m.secret), new Uint8Array(16).fill(0x5a));
    to.frame('MACsec', 13, packets.eth({ ...between, type: 0x88e5 }, sectag), [
      raw.mac(m),
      never('payload', m.secret, 'encrypted'),
    ]);
  }
}
