import { writeFileSync } from 'node:fs';
import { buildDhcp4, type Message4 } from '../support/dhcp4.ts';
import * as link from '../support/link.ts';
import * as p from '../support/packets.ts';

/**
 * One frame of every protocol and form that no sample holds, so that each mapping is compared with something. What is
 * made here proves the reading of fields, not the behaviour of a device.
 */
const SRC = '02:16:3e:00:00:5b';
const SECRET = new Uint8Array(60).fill(0x44);

function overIp(proto: number, dst: string, payload: p.Bytes): p.Bytes {
  return p.eth(
    { src: SRC, dst: '01:00:5e:00:00:12', type: p.ETHER_IPV4 },
    p.ipv4({ src: '192.0.2.2', dst, proto, ttl: 255 }, payload),
  );
}

function overUdp(dst: string, port: number, payload: p.Bytes): p.Bytes {
  return p.udp4Frame(
    { srcMac: SRC, dstMac: '01:00:5e:00:00:66', src: '192.0.2.2', dst, sport: port, dport: port },
    payload,
  );
}

const vrrp3 = p.concat([0x31, 7, 255, 1], p.u16(100), p.u16(0), p.ip4('192.0.2.9'));
const vrrp6 = p.concat([0x31, 7, 0, 1], p.u16(100), p.u16(0), p.ip6('fe80::7'));
const hsrp1 = p.concat([0, 0, 16, 3, 10, 120, 1, 0], p.utf8('cisco\0\0\0'), p.ip4('192.0.2.1'));
const hsrp2 = p.concat(
  [1, 40, 2, 0, 6, 4],
  p.u16(300),
  p.mac(SRC),
  p.u32(110),
  p.u32(3000),
  p.u32(10_000),
  p.ip4('192.0.2.1'),
  new Uint8Array(12),
);
const glbp = p.concat(
  [1, 0],
  p.u16(10),
  p.u16(0),
  p.mac(SRC),
  p.concat(
    [1, 28, 0, 32, 0, 120, 0, 0],
    p.u32(3000),
    p.u32(10_000),
    p.u16(600),
    p.u16(14_400),
    p.u16(0),
    [1, 4],
    p.ip4('192.0.2.1'),
  ),
  p.concat([2, 20, 1, 32, 0, 167, 100], new Uint8Array(7), p.mac('00:07:b4:00:0a:01')),
);

function dhcp(fields: Message4): p.Bytes {
  return p.udp4Frame(
    { srcMac: SRC, dstMac: p.BROADCAST, src: '192.0.2.2', dst: '192.0.2.100', sport: 67, dport: 68 },
    buildDhcp4({ op: 2, chaddr: SRC, ...fields }),
  );
}

/** A question, and its answer by way of another name. */
const QUESTION = p.hex('04626f6f74076578616d706c650000010001');
const dnsQuery = p.concat(p.hex('beef01000001000000000000'), QUESTION);
const dnsAnswer = p.concat(
  p.hex('beef81800001000200000000'),
  QUESTION,
  p.hex('c00c000500010000003c0005027277c011'),
  p.hex('c02a000100010000003c0004c0000202'),
);

const FRAMES: readonly p.Bytes[] = [
  link.cdpFrame(SRC, {
    device: 'sw',
    port: 'Gi0/1',
    nativeVlan: 30,
    address: '198.51.100.9',
    mtu: 1500,
    platform: 'lab',
  }),
  link.bpduFrame(SRC, { version: 0, flags: 1 }),
  link.bpduFrame(SRC, { version: 2, flags: 0x3c }),
  link.bpduFrame(SRC, { version: 3, flags: 0x3c, mst: { name: 'region', instances: 2 } }),
  link.pvstFrame(SRC, { version: 0, vlan: 40 }),
  link.pvstFrame(SRC, { version: 2, vlan: 40 }),
  link.lacpFrame(SRC, { system: SRC, key: 5, port: 3, state: 0x45 }, { state: 2 }),
  link.macsecFrame(SRC, p.BROADCAST, { an: 1, packetNumber: 99, sci: { system: SRC, port: 1 } }, SECRET),
  link.eapolFrame(
    SRC,
    link.eapolPacket(
      5,
      link.mkpdu({
        mi: '0102030405060708090a0b0c',
        ckn: '616263646566',
        live: ['a1a2a3a4a5a6a7a8a9aaabac'],
        potential: ['b1b2b3b4b5b6b7b8b9babbbc'],
        sakUse: true,
        distributed: true,
      }),
      3,
    ),
  ),
  overIp(112, '224.0.0.18', vrrp3),
  p.eth(
    { src: SRC, dst: '33:33:00:00:00:12', type: p.ETHER_IPV6 },
    p.ipv6({ src: 'fe80::2', dst: 'ff02::12', proto: 112, hopLimit: 255 }, vrrp6),
  ),
  overUdp('224.0.0.2', 1985, hsrp1),
  overUdp('224.0.0.102', 1985, hsrp2),
  overUdp('224.0.0.102', 3222, glbp),
  p.udp4Frame({ srcMac: SRC, dstMac: SRC, src: '192.0.2.100', dst: '192.0.2.2', sport: 49200, dport: 53 }, dnsQuery),
  p.udp4Frame({ srcMac: SRC, dstMac: SRC, src: '192.0.2.2', dst: '192.0.2.100', sport: 53, dport: 49200 }, dnsAnswer),
  dhcp({
    yiaddr: '192.0.2.100',
    options: [
      [53, [2]],
      [54, [...p.ip4('192.0.2.2')]],
      [2, [0xff, 0xff, 0xf1, 0xf0]],
      [13, [0, 40]],
      [17, [...p.utf8('192.0.2.2:/srv')]],
      [19, [1]],
      [23, [64]],
      [33, [...p.ip4('198.51.100.1'), ...p.ip4('192.0.2.1')]],
      [64, [...p.utf8('nis.example')]],
      [81, [1, 0, 0, ...p.utf8('node7.example')]],
      [114, [...p.utf8('https://portal.example/')]],
      [119, [...p.hex('076578616d706c6500')]],
      [121, [24, 198, 51, 100, ...p.ip4('192.0.2.1'), 0, ...p.ip4('192.0.2.1')]],
      [150, [...p.ip4('192.0.2.2'), ...p.ip4('192.0.2.3')]],
    ],
  }),
  dhcp({
    options: [
      [53, [5]],
      [
        82,
        [
          ...p.hex(
            '0108 0006 001e 0105 0a02 0208 0006 0216 3e00 005b 0504 c0000202 0604 70757265 0b04 c0000201'.replaceAll(
              ' ',
              '',
            ),
          ),
        ],
      ],
      [124, [...p.u32(9), 4, ...p.utf8('boot')]],
      [125, [...p.u32(9), 6, 1, 4, ...p.utf8('boot')]],
      [120, [1, ...p.ip4('192.0.2.9')]],
      [43, [1, 4, 0xde, 0xad, 0xbe, 0xef]],
    ],
  }),
];

/** Writes the capture. */
export function writeMade(path: string): void {
  writeFileSync(path, p.pcapFile(FRAMES.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes }))));
}
