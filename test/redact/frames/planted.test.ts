import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bytes, concat, hex, ip4, ip6, mac, u16, u32, utf8 } from '../../support/bytes.ts';
import { buildDhcp4 } from '../../support/dhcp4.ts';
import * as packets from '../../support/packets.ts';
import { pcapFile } from '../../support/pcap.ts';
import { inFolder, redactCase } from './case.ts';

const MAC = '52:54:00:9a:bc:de';
const BARE = '5254009abcde';
const IP = '10.77.133.201';
const IP_HEX = '0A4D85C9';
const IP6 = '2001:db8:77:1:5054:ff:fe9a:bcde';
const LINK = 'fe80::5054:ff:fe9a:bcde';
const SOLICITED = 'ff02::1:ff9a:bcde';
const NAME = 'quartzbridge';
const UUID = '5f1c2b7a9d3e4c81a6f05254009abcde';
const SECRET = 'hunter2-zanzibar';
const OTHER = '52:54:00:11:22:33';
const PEER = '10.77.133.1';

const link = { srcMac: MAC, dstMac: OTHER };
const over4 = { ...link, src: IP, dst: PEER };
const over6 = { ...link, src: LINK, dst: SOLICITED };

function option(code: number, ...value: (Bytes | readonly number[])[]): Bytes {
  const data = concat(...value);
  return concat([code, data.length], data);
}

function dhcp(...options: Bytes[]): Bytes {
  const fixed = new Uint8Array(236);
  fixed.set([1, 1, 6, 0, 1, 2, 3, 4]);
  fixed.set(ip4(IP), 12);
  fixed.set(ip4(IP), 16);
  fixed.set(ip4(IP), 20);
  fixed.set(ip4(IP), 24);
  fixed.set(mac(MAC), 28);
  // Residue behind the address, the server name and the file name.
  fixed.set(mac(MAC), 36);
  fixed.set(utf8(`${NAME}\0${SECRET}`), 44);
  fixed.set(utf8(`/tftp/${NAME}/01-52-54-00-9a-bc-de\0${SECRET}`), 108);
  return concat(fixed, hex('63825363'), option(53, [1]), ...options, [255], utf8(SECRET));
}

function arp(operation: number): Bytes {
  const packet = concat(
    hex('0001080006040000').subarray(0, 6),
    u16(operation),
    mac(MAC),
    ip4(IP),
    mac(OTHER),
    ip4(PEER),
  );
  return packets.eth({ src: MAC, dst: OTHER, type: packets.ETHER_ARP }, packet);
}

/** A frame for each carrier, by what it is. */
const CARRIERS: Readonly<Record<string, Bytes>> = {
  'vlan tags': packets.eth({ src: MAC, dst: OTHER, type: packets.ETHER_IPV4, vlans: [10, 20] }, new Uint8Array(0)),
  'an ARP request, padded with what the card remembered': concat(arp(1), utf8(SECRET)),
  'DHCP header fields and residue': packets.udp4Frame({ ...over4, sport: 68, dport: 67 }, dhcp()),
  'DHCP options of addresses': packets.udp4Frame(
    { ...over4, sport: 67, dport: 68 },
    dhcp(
      ...[3, 4, 6, 28, 42, 44, 50, 54, 65, 150].map((code) => option(code, ip4(IP))),
      option(33, ip4(IP), ip4(IP)),
      option(121, [32], ip4(IP), ip4(IP)),
      option(249, [32], ip4(IP), ip4(IP)),
    ),
  ),
  'DHCP options of names': packets.udp4Frame(
    { ...over4, sport: 67, dport: 68 },
    dhcp(
      option(12, utf8(NAME)),
      option(15, utf8(`${NAME}.example`)),
      option(17, utf8(`${IP}:/srv/${NAME}`)),
      option(66, utf8(IP)),
      option(67, utf8(`http://${IP}/${NAME}`)),
      option(81, [0, 0, 0], utf8(NAME)),
      option(119, [NAME.length], utf8(NAME), [0]),
      option(209, utf8(`pxelinux.cfg/${IP_HEX}`)),
      option(210, utf8(`/${NAME}/`)),
      option(252, utf8(`http://${NAME}/wpad.dat`)),
    ),
  ),
  'DHCP options of identifiers': packets.udp4Frame(
    { ...over4, sport: 68, dport: 67 },
    dhcp(
      option(61, [1], mac(MAC)),
      option(97, [0], hex(UUID)),
      option(82, [1, NAME.length], utf8(NAME), [2, 6], mac(MAC), [5, 4], ip4(IP), [6, 6], mac(MAC)),
      option(90, hex('0001000000000000000000'), utf8(SECRET)),
      option(175, [190, NAME.length], utf8(NAME), [191, SECRET.length], utf8(SECRET)),
      option(125, u32(3561), [2 + NAME.length, 2, NAME.length], utf8(NAME)),
      option(43, [241, 4], ip4(IP)),
      option(224, utf8(SECRET)),
    ),
  ),
  'a client identifier of MAAS': packets.udp4Frame(
    { ...over4, sport: 68, dport: 67 },
    dhcp(option(61, [0], utf8(`MAAS-${MAC}`))),
  ),
  'a client identifier with a DUID': packets.udp4Frame(
    { ...over4, sport: 68, dport: 67 },
    dhcp(option(61, [255], mac(MAC).subarray(2), hex('00010001'), u32(0x2a123456), mac(MAC))),
  ),
  DHCPv6: packets.udp6Frame(
    { ...over6, dst: 'ff02::1:2', sport: 546, dport: 547 },
    concat(
      hex('01abcdef'),
      u16(1),
      u16(14),
      hex('00010001'),
      u32(0x2a123456),
      mac(MAC),
      u16(3),
      u16(40),
      mac(MAC).subarray(2),
      u32(0),
      u32(0),
      u16(5),
      u16(24),
      ip6(IP6),
      u32(1),
      u32(2),
      u16(39),
      u16(2 + NAME.length),
      [0, NAME.length],
      utf8(NAME),
      u16(18),
      u16(NAME.length),
      utf8(NAME),
      u16(59),
      u16(IP6.length + 16),
      utf8(`tftp://[${IP6}]/abcdef`).subarray(0, IP6.length + 16),
    ),
  ),
  'a neighbour solicitation': packets.icmp6Frame(
    { ...over6, type: 135 },
    concat(new Uint8Array(4), ip6(IP6), packets.ndOption(1, mac(MAC))),
  ),
  'a router advertisement': packets.icmp6Frame(
    { ...over6, dst: 'ff02::1', type: 134 },
    concat(
      hex('400000000000000000000000'),
      packets.ndOption(1, mac(MAC)),
      packets.ndOption(25, concat(hex('0000'), u32(600), ip6(IP6))),
      packets.ndOption(37, utf8(`http://${NAME}/ab`)),
    ),
  ),
  'a TFTP request': packets.udp4Frame(
    { ...over4, sport: 2070, dport: 69 },
    concat(u16(1), utf8(`pxelinux.cfg/01-52-54-00-9a-bc-de\0octet\0${SECRET}\0${SECRET}\0`)),
  ),
  'a TFTP request by address': packets.udp4Frame(
    { ...over4, sport: 2070, dport: 69 },
    concat(u16(1), utf8(`pxelinux.cfg/${IP_HEX}\0octet\0`)),
  ),
  'TFTP data': packets.udp4Frame(
    { ...over4, sport: 2071, dport: 2070 },
    concat(u16(3), u16(1), utf8(SECRET.repeat(9))),
  ),
  'a TFTP error': packets.udp4Frame(
    { ...over4, sport: 69, dport: 2070 },
    concat(u16(5), u16(1), utf8(`${IP} has no ${NAME}\0`)),
  ),
  DNS: packets.udp4Frame(
    { ...over4, sport: 53, dport: 5353 },
    concat(
      hex('000181800001000200000001'),
      [NAME.length],
      utf8(NAME),
      hex('00'),
      u16(1),
      u16(1),
      hex('c00c'),
      u16(1),
      u16(1),
      u32(60),
      u16(4),
      ip4(IP),
      hex('c00c'),
      u16(28),
      u16(1),
      u32(60),
      u16(16),
      ip6(IP6),
      hex('c00c'),
      u16(16),
      u16(1),
      u32(60),
      u16(SECRET.length + 1),
      [SECRET.length],
      utf8(SECRET),
    ),
  ),
  'reverse DNS': packets.udp4Frame(
    { ...over4, sport: 5353, dport: 53 },
    concat(
      hex('000101000001000000000000'),
      [3],
      utf8('201'),
      [3],
      utf8('133'),
      [2],
      utf8('77'),
      [2],
      utf8('10'),
      [7],
      utf8('in-addr'),
      [4],
      utf8('arpa'),
      hex('00'),
      u16(12),
      u16(1),
    ),
  ),
  'an HTTP request': packets.eth(
    { src: MAC, dst: OTHER, type: packets.ETHER_IPV4 },
    packets.ipv4(
      { src: IP, dst: PEER, proto: 6 },
      packets.tcp(
        { sport: 4000, dport: 5248 },
        utf8(`GET /MAAS/${NAME}?mac=${BARE} HTTP/1.1\r\nHost: ${IP}\r\nAuthorization: ${SECRET}\r\n\r\n`),
      ),
    ),
  ),
  'TCP with a time stamp and content': packets.eth(
    { src: MAC, dst: OTHER, type: packets.ETHER_IPV4 },
    packets.ipv4(
      { src: IP, dst: PEER, proto: 6 },
      packets.tcp(
        { sport: 4000, dport: 22, options: concat([1, 1, 8, 10], u32(0x5254009a), u32(0xbcde5254)) },
        utf8(SECRET),
      ),
    ),
  ),
  'an ICMP error that quotes': packets.eth(
    { src: OTHER, dst: MAC, type: packets.ETHER_IPV4 },
    packets.ipv4(
      { src: PEER, dst: IP, proto: 1 },
      packets.icmp4(
        3,
        3,
        concat(
          u32(0),
          packets.ipv4({ src: IP, dst: PEER, proto: 17 }, packets.udp({ sport: 68, dport: 67 }, utf8(SECRET))),
        ),
      ),
    ),
  ),
  'a ping with a pattern': packets.eth(
    { src: MAC, dst: OTHER, type: packets.ETHER_IPV4 },
    packets.ipv4({ src: IP, dst: PEER, proto: 1 }, packets.icmp4(8, 0, concat(u32(1), utf8(SECRET)))),
  ),
  VXLAN: packets.udp4Frame(
    { ...over4, sport: 4789, dport: 4789 },
    packets.vxlan(7, packets.udp4Frame({ ...over4, sport: 68, dport: 67 }, dhcp(option(12, utf8(NAME))))),
  ),
  GRE: packets.eth(
    { src: MAC, dst: OTHER, type: packets.ETHER_IPV4 },
    packets.ipv4({ src: IP, dst: PEER, proto: 47 }, packets.gre({ type: 0x6558, key: 9 }, arp(2))),
  ),
  LLDP: packets.eth(
    { src: MAC, dst: '01:80:c2:00:00:0e', type: 0x88cc },
    concat(
      [2, 7, 4],
      mac(MAC),
      [4, 1 + NAME.length, 7],
      utf8(NAME),
      [6, 2, 0, 120],
      [10, NAME.length],
      utf8(NAME),
      [8, NAME.length],
      utf8(NAME),
      [16, 12, 5, 1],
      ip4(IP),
      [2],
      u32(1),
      [0],
      [0, 0],
      utf8(SECRET),
    ),
  ),
  EAP: packets.eth(
    { src: MAC, dst: '01:80:c2:00:00:03', type: 0x888e },
    concat([2, 0], u16(5 + NAME.length), [2, 1], u16(5 + NAME.length), [1], utf8(NAME)),
  ),
  'an unknown EtherType': packets.eth({ src: MAC, dst: OTHER, type: 0x8888 }, utf8(SECRET + IP + MAC)),
  NTP: packets.udp4Frame(
    { ...over4, sport: 123, dport: 123 },
    concat(hex('1c02'), new Uint8Array(10), ip4(IP), new Uint8Array(32)),
  ),
  'Wake-on-LAN': packets.udp4Frame(
    { ...over4, sport: 9, dport: 9 },
    concat(new Uint8Array(6).fill(255), ...Array.from({ length: 16 }, () => mac(MAC))),
  ),
  syslog: packets.udp4Frame(
    { ...over4, sport: 514, dport: 514 },
    utf8(`<13>${NAME} dhcpd: DHCPACK on ${IP} to ${MAC}`),
  ),
};

/** Every spelling of what was planted that is long enough not to occur by chance. */
const NEEDLES: Readonly<Record<string, Bytes>> = {
  'MAC, raw': mac(MAC),
  'MAC, EUI-64': hex('505400fffe9abcde'),
  'MAC, text': utf8(MAC),
  'MAC, dashes': utf8('52-54-00-9a-bc-de'),
  'MAC, bare': utf8(BARE),
  'IPv4, text': utf8(IP),
  'IPv4, raw': ip4(IP),
  'IPv4, hexadecimal': utf8(IP_HEX),
  'IPv6, raw': ip6(IP6),
  'IPv6, text': utf8(IP6),
  'IPv6, interface id': hex('505400fffe9abcde'),
  name: utf8(NAME),
  secret: utf8(SECRET),
  'UUID, raw': hex(UUID),
};

describe('what is planted in every carrier', () => {
  it.each(['auditor', 'vendor-support', 'public'])('does not survive %s', async (policy) => {
    await inFolder(async (folder) => {
      const frames = Object.values(CARRIERS);
      const path = join(folder, 'planted.pcap');
      writeFileSync(path, pcapFile(frames.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes }))));
      const before = Buffer.from(readFileSync(path));
      const { files } = await redactCase([path], folder, policy);
      const [one] = files;
      const after = Buffer.from(readFileSync(one?.path ?? ''));
      for (const [what, needle] of Object.entries(NEEDLES)) {
        expect(before.includes(Buffer.from(needle)), `${what} was not planted`).toBe(true);
        expect(after.includes(Buffer.from(needle)), `${what} survived ${policy}`).toBe(false);
      }
      expect(one?.checked.hits).toEqual([]);
      expect(one?.checked.frames).toBe(frames.length);
    });
  });

  it('keeps sizes, so that a frame still is the frame that a finding names', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'one.pcap');
      const bytes = packets.udp4Frame({ ...over4, sport: 68, dport: 67 }, buildDhcp4());
      writeFileSync(path, pcapFile([{ time: 1_700_000_000, bytes }]));
      const { files } = await redactCase([path], folder, 'auditor');
      expect(readFileSync(files[0]?.path ?? '').length).toBe(readFileSync(path).length);
    });
  });
});
