import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/index.ts';
import { analyzeFrames } from '../support/captured.ts';
import { buildDhcp4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';
import { message6, option6, relay6 } from '../support/scene.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const offer = p.udp4Frame(
  { srcMac: A, dstMac: B, src: '10.0.0.66', dst: '255.255.255.255', sport: 67, dport: 68 },
  buildDhcp4({
    op: 2,
    yiaddr: '10.0.0.9',
    options: [
      [53, [2]],
      [54, [10, 0, 0, 66]],
    ],
  }),
);
const ROUTER = p.icmp6(134, 0, p.concat([64, 0], p.u16(1800), p.u32(0), p.u32(0)));

async function judge(...frames: Uint8Array[]): Promise<Analysis> {
  return analyzeFrames(frames.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes })));
}
const packet = (proto: number, payload: Uint8Array): Uint8Array =>
  p.eth({ src: A, dst: B, type: p.ETHER_IPV4 }, p.ipv4({ src: '192.0.2.1', dst: '192.0.2.2', proto }, payload));
const around = (n: number, wrap: (frame: Uint8Array) => Uint8Array, frame = offer): Uint8Array =>
  Array.from({ length: n }).reduce<Uint8Array>((inside) => wrap(inside), frame);

const WRAPS: readonly [string, (frame: Uint8Array) => Uint8Array][] = [
  [
    'VXLAN',
    (frame) =>
      p.udp4Frame(
        { srcMac: A, dstMac: B, src: '192.0.2.1', dst: '192.0.2.2', sport: 1, dport: 4789 },
        p.vxlan(7, frame),
      ),
  ],
  [
    'Geneve',
    (frame) =>
      p.udp4Frame(
        { srcMac: A, dstMac: B, src: '192.0.2.1', dst: '192.0.2.2', sport: 1, dport: 6081 },
        p.geneve(7, frame),
      ),
  ],
  ['GRE', (frame) => packet(47, p.gre({ type: 0x6558 }, frame))],
  ['ERSPAN', (frame) => packet(47, p.erspan2(7, frame))],
  ['IP in IP', (frame) => packet(4, frame.subarray(14))],
];

describe('tunnels inside tunnels', () => {
  it.each(WRAPS)('%s four deep is opened, a hundred deep is told and left', async (_name, wrap) => {
    const four = await judge(around(4, wrap));
    expect(four.records['dhcpv4']).toMatchObject({ OFFER: 1 });
    const hundred = await judge(around(100, wrap), offer);
    expect(hundred.records['dhcpv4']).toMatchObject({ OFFER: 1 });
    expect(JSON.stringify(hundred.coverage)).toContain('more headers or tunnels than are followed');
  });

  it('of every kind inside one another', async () => {
    const mixed = WRAPS.slice(0, 4).reduce((inside, [, wrap]) => wrap(inside), offer);
    expect((await judge(mixed)).records['dhcpv4']).toMatchObject({ OFFER: 1 });
  });

  it('a GRE header that carries GRE for ever, in 9,000 bytes of nothing else', async () => {
    const chain = Buffer.alloc(9000, Buffer.from([0, 0, 0x08, 0x00]));
    const typed = Buffer.alloc(9000, Buffer.from([0x81, 0x00, 0x00, 0x05]));
    const { captures } = await judge(
      packet(47, chain),
      p.eth({ src: A, dst: B, type: 0x8100 }, typed),
      packet(4, Buffer.alloc(9000, 0x45)),
    );
    expect(captures[0]?.frames).toBe(3);
  });

  it('40 VLAN tags', async () => {
    const vlans = Array.from({ length: 40 }, (_, i) => ({ id: i + 1, type: i % 2 === 0 ? 0x88a8 : 0x8100 }));
    const tagged = p.eth({ src: A, dst: B, type: p.ETHER_IPV4, vlans }, offer.subarray(14));
    expect((await judge(tagged)).records['dhcpv4']).toMatchObject({ OFFER: 1 });
  });
});

describe('extension headers', () => {
  const behind = (extensions: { proto: number; bytes: Uint8Array }[]): Uint8Array =>
    p.eth(
      { src: A, dst: '33:33:00:00:00:01', type: p.ETHER_IPV6 },
      p.ipv6({ src: 'fe80::66', dst: 'ff02::1', proto: 58, hopLimit: 255, extensions }, ROUTER),
    );

  it('an advertisement behind 170 of them (a whole packet, RFC 7113) is read', async () => {
    const { records } = await judge(behind(Array.from({ length: 170 }, () => p.paddingHeader(60))));
    expect(records['nd']).toMatchObject({ RA: 1 });
  });

  it('a thousand hop-by-hop headers in a jumbo frame', async () => {
    const { records } = await judge(behind(Array.from({ length: 1000 }, () => p.paddingHeader(0))));
    expect(records['nd']).toMatchObject({ RA: 1 });
  });

  it('a chain that names itself and never ends', async () => {
    for (const proto of [0, 43, 44, 51, 60, 135, 139, 140]) {
      const endless = p.eth(
        { src: A, dst: B, type: p.ETHER_IPV6 },
        p.ipv6(
          { src: 'fe80::66', dst: 'ff02::1', proto },
          Buffer.alloc(60_000, Buffer.from([proto, 0, 0, 0, 0, 0, 0, 0])),
        ),
      );
      expect((await judge(endless, offer)).records['dhcpv4']?.total).toBe(1);
    }
  });

  it('fragments whose first holds nothing but headers (RFC 7112)', async () => {
    const hidden = p.concat(...Array.from({ length: 6 }, (_, i) => [i === 5 ? 58 : 60, 0, 1, 4, 0, 0, 0, 0]), ROUTER);
    const pieces = p.ipv6Fragments(
      { src: 'fe80::66', dst: 'ff02::1', proto: 60, hopLimit: 255, transportChecksum: false },
      hidden,
      16,
    );
    const { records } = await judge(
      ...pieces.map((piece) => p.eth({ src: A, dst: '33:33:00:00:00:01', type: p.ETHER_IPV6 }, piece)),
    );
    expect(pieces.length).toBe(4);
    expect(records['nd']).toMatchObject({ RA: 1 });
  });

  it('a fragment of a fragment of a fragment', async () => {
    let inside = p.concat(ROUTER, new Uint8Array(8));
    let proto = 58;
    for (let depth = 0; depth < 8; depth += 1) {
      inside = p.concat([proto, 0], p.u16(1), p.u32(depth), inside);
      proto = 44;
    }
    const frames = [1, 0].map((more) =>
      p.eth(
        { src: A, dst: B, type: p.ETHER_IPV6 },
        p.ipv6(
          { src: 'fe80::66', dst: 'ff02::1', proto: 44 },
          p.concat(
            [proto, 0],
            p.u16(more === 1 ? 1 : 96),
            p.u32(9),
            more === 1 ? inside.subarray(0, 96) : inside.subarray(96),
          ),
        ),
      ),
    );
    expect((await judge(...frames, offer)).records['dhcpv4']?.total).toBe(1);
  });
});

describe('messages inside messages', () => {
  it('DHCPv6 relayed a thousand times', async () => {
    let message = message6(1, 1, option6(1, [0, 3, 0, 1, ...p.mac(A)]));
    while (message.length < 40_000) message = relay6(12, '2001:db8::1', 'fe80::1', message);
    const frame = p.udp6Frame(
      { srcMac: A, dstMac: B, src: 'fe80::1', dst: 'ff02::1:2', sport: 546, dport: 547 },
      message,
    );
    const { records } = await judge(frame, frame);
    expect(records['dhcpv6']?.total).toBe(2);
  });

  it('an ICMP error that quotes an ICMP error that quotes …', async () => {
    let quoted = p.ipv4(
      { src: '10.0.0.1', dst: '10.0.0.2', proto: 17 },
      p.udp({ sport: 69, dport: 2000 }, new Uint8Array(8)),
    );
    while (quoted.length < 1400)
      quoted = p.ipv4({ src: '10.0.0.2', dst: '10.0.0.1', proto: 1 }, p.icmp4(3, 3, p.concat(p.u32(0), quoted)));
    const { records } = await judge(p.eth({ src: A, dst: B, type: p.ETHER_IPV4 }, quoted));
    expect(records['icmp']?.total).toBe(1);
    expect(Object.keys(records)).toEqual(['icmp']);
  });

  it('IA options, vendor options and Option 82 that hold themselves', async () => {
    let inside = option6(13, [0, 0]);
    for (let depth = 0; depth < 200; depth += 1)
      inside = option6(depth % 2 === 0 ? 3 : 5, p.concat(new Uint8Array(depth % 2 === 0 ? 12 : 24), inside));
    const six = p.udp6Frame(
      { srcMac: A, dstMac: B, src: 'fe80::1', dst: 'fe80::2', sport: 547, dport: 546 },
      message6(7, 1, inside),
    );
    const nested: number[] = [];
    for (let depth = 0; depth < 60; depth += 1) nested.unshift(82, Math.min(255, nested.length));
    const four = p.udp4Frame(
      { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.2', sport: 67, dport: 67 },
      buildDhcp4({
        options: [
          [53, [1]],
          [82, nested],
          [43, nested],
          [125, [0, 0, 0, 9, ...nested]],
        ],
      }),
    );
    const { records } = await judge(six, four);
    expect([records['dhcpv6']?.total, records['dhcpv4']?.total]).toEqual([1, 1]);
  });
});
