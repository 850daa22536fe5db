import { describe, expect, it } from 'vitest';
import { CLAIMS } from '../../src/wire/dissect.ts';
import { FOUND, LAYER, Layers, PATH } from '../../src/wire/layers.ts';
import * as p from '../support/packets.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const ETH = 1;
const NAMES = new Map(Object.entries(LAYER).map(([name, number]) => [number as number, name]));
const STEPS = new Map(Object.entries(PATH).map(([name, number]) => [number as number, name]));
const FOUND_NAMES = Object.keys(FOUND);

/** What the walk says of a frame, in words. The frame stands in the middle of a larger buffer: offsets are relative. */
function walk(frame: Uint8Array, linkType = ETH, captured = frame.length): Record<string, unknown> {
  const at = 50;
  const bytes = p.concat(new Uint8Array(at).fill(0xee), frame, new Uint8Array(50).fill(0xee));
  const layers = new Layers(CLAIMS);
  const found = layers.walk(bytes, at, at + captured, linkType);
  const place = (offset: number): number => (offset < 0 ? -1 : offset - at);
  return {
    found: FOUND_NAMES[found],
    claim: CLAIMS.protocols[layers.claim - 1]?.name ?? '',
    layers: Array.from(
      { length: layers.count },
      (_, i) => `${NAMES.get(layers.kinds[i] ?? 0)}@${place(layers.offsets[i] ?? 0)}`,
    ).join(' '),
    path: Array.from(
      { length: layers.encapsulationLength / 2 },
      (_, i) => `${STEPS.get(layers.encapsulation[2 * i] ?? 0)} ${layers.encapsulation[2 * i + 1]}`,
    ).join(', '),
    ethernet: place(layers.ethernet),
    sllSource: place(layers.sllSource),
    direction: layers.direction,
    etherType: layers.etherType,
    ip: place(layers.ip),
    ipVersion: layers.ipVersion,
    ipProtocol: layers.ipProtocol,
    transport: place(layers.transport),
    srcPort: layers.srcPort,
    dstPort: layers.dstPort,
    payload: [place(layers.payload), place(layers.payloadEnd)],
    payloadLength: layers.payloadLength,
    fragment: found === FOUND.fragment ? [layers.fragmentOffset, layers.fragmentMore, layers.fragmentId] : [],
    extensionHeaders: layers.extensionHeaders,
    tunnels: layers.tunnels,
    excess: layers.excess,
  };
}

const DHCP = new Uint8Array(20).fill(1);
const udp = (dport = 67, sport = 68, payload: Uint8Array = DHCP): Uint8Array => p.udp({ sport, dport }, payload);
const ip4 = (payload: Uint8Array = udp(), more: Partial<p.Ipv4Fields> = {}): Uint8Array =>
  p.ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 17, ...more }, payload);
const ip6 = (payload: Uint8Array = udp(547, 546), more: Partial<p.Ipv6Fields> = {}): Uint8Array =>
  p.ipv6({ src: 'fe80::1', dst: 'fe80::2', proto: 17, ...more }, payload);
const frame = (payload: Uint8Array = ip4(), type = p.ETHER_IPV4, vlans: p.EthFields['vlans'] = []): Uint8Array =>
  p.eth({ src: A, dst: B, type, vlans }, payload);
const arp = p.arp({ operation: 1, senderMac: A, senderIp: '10.0.0.1', targetIp: '10.0.0.2' });

describe('link types', () => {
  it('Ethernet', () => {
    expect(walk(frame())).toEqual({
      found: 'claim',
      claim: 'dhcpv4',
      layers: 'ethernet@0 ipv4@14 udp@34',
      path: '',
      ethernet: 0,
      sllSource: -1,
      direction: -1,
      etherType: 0x0800,
      ip: 14,
      ipVersion: 4,
      ipProtocol: 17,
      transport: 34,
      srcPort: 68,
      dstPort: 67,
      payload: [42, 62],
      payloadLength: 20,
      fragment: [],
      extensionHeaders: false,
      tunnels: 0,
      excess: false,
    });
  });

  it('cooked: the packet type, the sender, and the protocol behind them', () => {
    expect(walk(p.sll({ src: A, type: p.ETHER_IPV4, packetType: 4 }, ip4()), 113)).toMatchObject({
      claim: 'dhcpv4',
      layers: 'sll@0 ipv4@16 udp@36',
      ethernet: -1,
      sllSource: 6,
      direction: 4,
      path: '',
    });
    // An address of another length is no Ethernet address.
    const infiniband = p.sll({ src: p.hex('80000208fe800000'), type: p.ETHER_IPV4 }, ip4());
    expect(walk(infiniband, 113)).toMatchObject({ claim: 'dhcpv4', sllSource: -1 });
  });

  it('cooked, version 2: the interface is part of the segment', () => {
    expect(walk(p.sll2({ src: A, type: p.ETHER_IPV6, packetType: 1, ifIndex: 7 }, ip6()), 276)).toMatchObject({
      claim: 'dhcpv6',
      layers: 'sll2@0 ipv6@20 udp@60',
      sllSource: 12,
      direction: 1,
      path: 'ifindex 7',
    });
  });

  it('cooked: a tag, LLC and what is not Ethernet at all', () => {
    const tagged = p.concat(p.u16(5), p.u16(p.ETHER_IPV4), ip4());
    expect(walk(p.sll({ src: A, type: 0x8100 }, tagged), 113)).toMatchObject({ claim: 'dhcpv4', path: 'vlan 5' });
    expect(walk(p.sll({ src: A, type: 0x0800, hardwareType: 772 }, ip4()), 113)).toMatchObject({ claim: 'dhcpv4' });
    const snap = p.concat([0xaa, 0xaa, 3, 0, 0, 0], p.u16(0x0806), arp);
    expect(walk(p.sll({ src: A, type: 4 }, snap), 113)).toMatchObject({ claim: 'arp', layers: 'sll@0 llc@16 snap@19' });
    expect(walk(p.sll({ src: A, type: 1 }, snap), 113)).toMatchObject({ found: 'nothing' });
  });

  it.each([
    ['little-endian', [2, 0, 0, 0], [24, 0, 0, 0]],
    ['big-endian', [0, 0, 0, 2], [0, 0, 0, 30]],
    ['of Linux and FreeBSD', [2, 0, 0, 0], [10, 0, 0, 0]],
    ['of FreeBSD', [0, 0, 0, 2], [28, 0, 0, 0]],
  ])('null and loop, %s', (_name, inet, inet6) => {
    for (const linkType of [0, 108]) {
      expect(walk(p.concat(inet, ip4()), linkType)).toMatchObject({
        claim: 'dhcpv4',
        layers: 'null@0 ipv4@4 udp@24',
        ethernet: -1,
      });
      expect(walk(p.concat(inet6, ip6()), linkType)).toMatchObject({ claim: 'dhcpv6', layers: 'null@0 ipv6@4 udp@44' });
      expect(walk(p.concat([7, 0, 0, 0], ip4()), linkType)).toMatchObject({ found: 'nothing' });
    }
  });

  it('raw IP, by its version or by the link type', () => {
    for (const linkType of [12, 14, 101]) {
      expect(walk(ip4(), linkType)).toMatchObject({ claim: 'dhcpv4', layers: 'ipv4@0 udp@20', ip: 0 });
      expect(walk(ip6(), linkType)).toMatchObject({ claim: 'dhcpv6', layers: 'ipv6@0 udp@40' });
    }
    expect(walk(ip4(), 228)).toMatchObject({ claim: 'dhcpv4' });
    expect(walk(ip6(), 229)).toMatchObject({ claim: 'dhcpv6' });
    expect(walk(ip6(), 228)).toMatchObject({ found: 'nothing' });
    expect(walk(ip4(), 229)).toMatchObject({ found: 'nothing' });
  });

  it('any other is told apart from a frame without interest', () => {
    expect(walk(frame(), 105)).toMatchObject({ found: 'unknownLink' });
    expect(walk(frame(new Uint8Array(50), 0x1234))).toMatchObject({ found: 'nothing', claim: '' });
  });
});

describe('tags', () => {
  it('stand in the path, outermost first, whatever their type', () => {
    const vlans = [
      { id: 100, type: 0x88a8 },
      { id: 20, priority: 7 },
      { id: 3, type: 0x9100 },
      { id: 4, type: 0x9200 },
    ];
    expect(walk(frame(ip4(), p.ETHER_IPV4, vlans))).toMatchObject({
      claim: 'dhcpv4',
      layers: 'ethernet@0 vlan@14 vlan@18 vlan@22 vlan@26 ipv4@30 udp@50',
      path: 'vlan 100, vlan 20, vlan 3, vlan 4',
      etherType: 0x0800,
    });
  });

  it('of VLAN 0 say a priority only', () => {
    expect(walk(frame(ip4(), p.ETHER_IPV4, [{ id: 0, priority: 5 }]))).toMatchObject({ claim: 'dhcpv4', path: '' });
  });

  it('before an 802.3 length, SNAP and the bridge tunnel', () => {
    const inner = p.concat([0xaa, 0xaa, 3, 0, 0, 0xf8], p.u16(p.ETHER_IPV4), ip4());
    expect(walk(frame(inner, inner.length, [9]))).toMatchObject({
      claim: 'dhcpv4',
      layers: 'ethernet@0 vlan@14 llc@18 snap@21 ipv4@26 udp@46',
      path: 'vlan 9',
    });
    expect(walk(p.snap({ src: A, dst: B, type: 0x0806 }, arp))).toMatchObject({ claim: 'arp' });
  });

  it('40 of them are followed; more than can be noted are given up, with a word', () => {
    const stack = (n: number): Uint8Array =>
      frame(
        ip4(),
        p.ETHER_IPV4,
        Array.from({ length: n }, (_, i) => i + 1),
      );
    expect(walk(stack(40))).toMatchObject({ claim: 'dhcpv4', excess: false });
    expect(walk(stack(60))).toMatchObject({ found: 'nothing', excess: true });
    expect(walk(stack(60))['path']).toContain('vlan 1, vlan 2');
  });
});

describe('tunnels', () => {
  const inner = frame(arp, p.ETHER_ARP, [7]);
  it('VXLAN, on both ports: the identifier and the tag inside are the segment', () => {
    for (const port of [4789, 8472]) {
      expect(walk(frame(ip4(udp(port, 40_000, p.vxlan(0xffffff, inner))), p.ETHER_IPV4, [2]))).toMatchObject({
        claim: 'arp',
        layers: 'ethernet@0 vlan@14 ipv4@18 udp@38 vxlan@46 ethernet@54 vlan@68',
        path: 'vlan 2, vni 16777215, vlan 7',
        ethernet: 54,
        tunnels: 1,
      });
    }
    const flagless = p.vxlan(5, inner);
    flagless[0] = 0;
    expect(walk(frame(ip4(udp(4789, 40_000, flagless))))).toMatchObject({ found: 'nothing' });
  });

  it('Geneve with options, around Ethernet or IP', () => {
    expect(walk(frame(ip4(udp(6081, 1, p.geneve(5, inner, 0x6558, new Uint8Array(8))))))).toMatchObject({
      claim: 'arp',
      layers: 'ethernet@0 ipv4@14 udp@34 geneve@42 ethernet@58 vlan@72',
      path: 'vni 5, vlan 7',
    });
    expect(walk(frame(ip4(udp(6081, 1, p.geneve(5, ip6(), p.ETHER_IPV6)))))).toMatchObject({
      claim: 'dhcpv6',
      ethernet: -1,
    });
    // Options that reach beyond the packet.
    expect(walk(frame(ip4(udp(6081, 1, p.concat([0x3f, 0], p.u16(0x6558), p.u32(0), inner)))))).toMatchObject({
      found: 'nothing',
    });
  });

  it('GRE with and without key and sequence, around Ethernet or IP', () => {
    const gre = (fields: Parameters<typeof p.gre>[0], payload: Uint8Array): Uint8Array =>
      frame(ip4(p.gre(fields, payload), { proto: 47 }));
    expect(walk(gre({ type: 0x6558 }, inner))).toMatchObject({ claim: 'arp', path: 'tunnel 47, vlan 7', ethernet: 38 });
    expect(walk(gre({ type: 0x6558, key: 1, sequence: 2 }, inner))).toMatchObject({ claim: 'arp', ethernet: 46 });
    expect(walk(gre({ type: p.ETHER_IPV4 }, ip4()))).toMatchObject({
      claim: 'dhcpv4',
      layers: 'ethernet@0 ipv4@14 gre@34 ipv4@38 udp@58',
    });
    // PPTP's is version 1.
    const pptp = gre({ type: 0x880b }, ip4());
    pptp[35] = 1;
    expect(walk(pptp)).toMatchObject({ found: 'nothing' });
  });

  it('ERSPAN I, II and III', () => {
    expect(walk(frame(ip4(p.erspan2(99, inner), { proto: 47 })))).toMatchObject({
      claim: 'arp',
      path: 'tunnel 47, erspan 99, vlan 7',
    });
    expect(walk(frame(ip4(p.gre({ type: 0x88be }, inner), { proto: 47 })))).toMatchObject({
      claim: 'arp',
      path: 'tunnel 47, vlan 7',
    });
    const three = (last: number, sub: number): Uint8Array =>
      p.gre(
        { type: 0x22eb, sequence: 1 },
        p.concat(p.u16(0x2000), p.u16(77), new Uint8Array(7), [last], new Uint8Array(sub), inner),
      );
    expect(walk(frame(ip4(three(0, 0), { proto: 47 })))).toMatchObject({
      claim: 'arp',
      path: 'tunnel 47, erspan 77, vlan 7',
    });
    expect(walk(frame(ip4(three(1, 8), { proto: 47 })))).toMatchObject({
      claim: 'arp',
      path: 'tunnel 47, erspan 77, vlan 7',
    });
  });

  it('IP in IP, all four ways', () => {
    expect(walk(frame(ip4(ip4(), { proto: 4 })))).toMatchObject({
      claim: 'dhcpv4',
      path: 'tunnel 4',
      ethernet: -1,
      etherType: -1,
    });
    expect(walk(frame(ip4(ip6(), { proto: 41 })))).toMatchObject({ claim: 'dhcpv6', path: 'tunnel 41', ipVersion: 6 });
    expect(walk(frame(ip6(ip4(), { proto: 4 }), p.ETHER_IPV6))).toMatchObject({ claim: 'dhcpv4', ipVersion: 4 });
    expect(walk(frame(ip6(ip6(), { proto: 41 }), p.ETHER_IPV6))).toMatchObject({ claim: 'dhcpv6' });
  });

  it('four inside one another are opened; a fifth is given up, with a word', () => {
    const nest = (n: number): Uint8Array =>
      Array.from({ length: n }).reduce<Uint8Array>((packet) => ip4(packet, { proto: 4 }), ip4());
    expect(walk(frame(nest(4)))).toMatchObject({ claim: 'dhcpv4', tunnels: 4, excess: false });
    expect(walk(frame(nest(5)))).toMatchObject({ found: 'nothing', excess: true });
  });
});

describe('IPv4', () => {
  it('options, padding behind the packet, and a length of zero (segmentation by the card)', () => {
    expect(walk(frame(ip4(udp(), { options: new Uint8Array(40) })))).toMatchObject({
      claim: 'dhcpv4',
      transport: 74,
      payload: [82, 102],
    });
    expect(walk(p.concat(frame(), new Uint8Array(30)))).toMatchObject({ payload: [42, 62], payloadLength: 20 });
    expect(walk(frame(ip4(udp(), { totalLength: 0 })))).toMatchObject({ payload: [42, 62], payloadLength: 20 });
  });

  it('what a snap length cut off is known from the length fields', () => {
    expect(walk(frame(), ETH, 50)).toMatchObject({ claim: 'dhcpv4', payload: [42, 50], payloadLength: 20 });
  });

  it.each([
    ['a header of 16 bytes', { first: 0x44 }],
    ['a header longer than the packet', { first: 0x4f, captured: 60 }],
    ['another version', { first: 0x55 }],
    ['a total length below the header', { total: 19 }],
  ])('%s is none', (_name, { first, total, captured }: { first?: number; total?: number; captured?: number }) => {
    const bytes = frame();
    if (first !== undefined) bytes[14] = first;
    if (total !== undefined) bytes.set(p.u16(total), 16);
    expect(walk(bytes, ETH, captured ?? bytes.length)).toMatchObject({ found: 'nothing' });
  });

  it.each([
    ['zero', 0, 20],
    ['less than the header', 7, 20],
    ['more than IP holds', 65_535, 20],
    ['less than IP holds', 18, 10],
  ])('a UDP length that is %s', (_name, length, payloadLength) => {
    expect(walk(frame(ip4(p.udp({ sport: 68, dport: 67, length }, DHCP))))).toMatchObject({
      claim: 'dhcpv4',
      payload: [42, 42 + payloadLength],
      payloadLength,
    });
  });

  it('fragments: the first, the last, and one of TCP, which is of no use', () => {
    expect(walk(frame(ip4(DHCP, { moreFragments: true, id: 0xabcd })))).toMatchObject({
      found: 'fragment',
      fragment: [0, true, 0xabcd],
      payload: [34, 54],
      transport: -1,
    });
    expect(walk(frame(ip4(DHCP, { fragmentOffset: 65_528, id: 1 })))).toMatchObject({ fragment: [65_528, false, 1] });
    expect(walk(frame(ip4(DHCP, { fragmentOffset: 8, proto: 6 })))).toMatchObject({ found: 'nothing' });
  });
});

describe('IPv6', () => {
  it('every extension header is stepped over', () => {
    const extensions = [0, 43, 60, 135, 139, 140].map((proto, i) => p.paddingHeader(proto, i));
    const authentication = { proto: 51, bytes: p.concat([0, 4], new Uint8Array(22)) };
    const all = walk(frame(ip6(udp(547, 546), { extensions: [...extensions, authentication] }), p.ETHER_IPV6));
    expect(all).toMatchObject({ claim: 'dhcpv6', ipProtocol: 17, extensionHeaders: true });
    expect(all['layers']).toBe(
      'ethernet@0 ipv6@14 extension@54 extension@62 extension@78 extension@102 extension@134 extension@174 extension@222 udp@246',
    );
  });

  it('a chain far longer than is noted is stepped over all the same', () => {
    const extensions = Array.from({ length: 170 }, () => p.paddingHeader(60));
    const chain = walk(frame(ip6(udp(547, 546), { extensions }), p.ETHER_IPV6));
    expect(chain).toMatchObject({ claim: 'dhcpv6', transport: 54 + 170 * 8, excess: false });
  });

  it('a header that claims to be longer than the packet ends the walk', () => {
    const long = p.paddingHeader(60);
    long.bytes[1] = 255;
    expect(walk(frame(ip6(udp(547, 546), { extensions: [long] }), p.ETHER_IPV6))).toMatchObject({ found: 'nothing' });
  });

  it('fragments; an atomic one is whole', () => {
    const of = (offset: number, more: boolean): Record<string, unknown> =>
      walk(
        frame(
          ip6(udp(547, 546), { extensions: [p.fragmentHeader(0xfedcba98, offset, more)], transportChecksum: false }),
          p.ETHER_IPV6,
        ),
      );
    expect(of(0, true)).toMatchObject({
      found: 'fragment',
      fragment: [0, true, 0xfedcba98],
      payload: [62, 90],
      extensionHeaders: false,
    });
    expect(of(65_528, false)).toMatchObject({ fragment: [65_528, false, 0xfedcba98] });
    expect(of(0, false)).toMatchObject({
      found: 'claim',
      claim: 'dhcpv6',
      layers: 'ethernet@0 ipv6@14 fragment@54 udp@62',
    });
  });

  it('a payload length of zero is a jumbogram; one that is too long is what was captured', () => {
    for (const payloadLength of [0, 60_000]) {
      expect(walk(frame(ip6(udp(547, 546), { payloadLength }), p.ETHER_IPV6))).toMatchObject({
        claim: 'dhcpv6',
        payload: [62, 82],
      });
    }
    expect(walk(frame(ip6(udp(547, 546), { payloadLength: 7 }), p.ETHER_IPV6))).toMatchObject({ found: 'nothing' });
  });

  it('ICMPv6 by its type', () => {
    const na = p.icmp6Frame({ srcMac: A, dstMac: B, src: 'fe80::1', dst: 'ff02::1', type: 136 }, new Uint8Array(20));
    expect(walk(na)).toMatchObject({
      claim: 'nd',
      layers: 'ethernet@0 ipv6@14 icmp6@54',
      transport: 54,
      payload: [54, 78],
    });
  });
});

describe('TCP', () => {
  const http = p.utf8('GET / HTTP/1.1\r\n\r\n');
  const tcp = (payload: Uint8Array, options = 0): Uint8Array =>
    frame(
      p.ipv4(
        { src: '10.0.0.1', dst: '10.0.0.2', proto: 6 },
        p.tcp({ sport: 5, dport: 6, options: new Uint8Array(options) }, payload),
      ),
    );
  it('by the first bytes of the payload, behind options', () => {
    expect(walk(tcp(http, 40))).toMatchObject({
      claim: 'http',
      transport: 34,
      payload: [94, 112],
      payloadLength: 18,
      srcPort: 5,
    });
  });
  it('a data offset below the header or beyond the segment is none', () => {
    for (const offset of [0x10, 0xf0]) {
      const bytes = tcp(http);
      bytes[46] = offset;
      expect(walk(bytes)).toMatchObject({ found: 'nothing' });
    }
  });
});

it('every frame cut at every length: no read beyond it, and the same claim or none', () => {
  const frames: [Uint8Array, number][] = [
    [
      frame(
        ip4(
          udp(4789, 1, p.vxlan(1, frame(ip6(udp(547, 546), { extensions: [p.paddingHeader(0)] }), p.ETHER_IPV6, [3]))),
        ),
      ),
      ETH,
    ],
    [frame(ip4(p.erspan2(1, frame()), { proto: 47 })), ETH],
    [p.sll2({ src: A, type: p.ETHER_IPV4 }, ip4(udp(6081, 1, p.geneve(1, frame())))), 276],
    [p.snap({ src: A, dst: B, type: 0x0806 }, arp), ETH],
  ];
  for (const [bytes, linkType] of frames) {
    const whole = walk(bytes, linkType);
    expect(whole['found']).toBe('claim');
    for (let captured = 0; captured < bytes.length; captured += 1) {
      const part = walk(bytes, linkType, captured);
      expect(['nothing', 'claim']).toContain(part['found']);
      if (part['found'] === 'claim') {
        expect(part['claim']).toBe(whole['claim']);
        expect((part['payload'] as number[])[1]).toBeLessThanOrEqual(captured);
      }
    }
  }
});

it('a datagram that was put together is walked on from its first header', () => {
  const layers = new Layers(CLAIMS);
  layers.walk(
    frame(ip6(new Uint8Array(8), { proto: 17, extensions: [p.fragmentHeader(1, 0, true)] }), p.ETHER_IPV6),
    0,
    70,
    ETH,
  );
  const padded = p.concat(Uint8Array.from([17, 0, 1, 4, 0, 0, 0, 0]), udp(547, 546));
  expect(layers.walkDatagram(padded, 0, padded.length, 60)).toBe(FOUND.claim);
  expect(CLAIMS.protocols[layers.claim - 1]?.name).toBe('dhcpv6');
  expect([layers.transport, layers.payload, layers.payloadEnd]).toEqual([8, 16, 36]);
});
