import { describe, expect, it } from 'vitest';
import { Segments } from '../../src/flow/segments.ts';
import { CLAIMS } from '../../src/wire/dissect.ts';
import { Layers } from '../../src/wire/layers.ts';
import * as p from '../support/packets.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const layers = new Layers(CLAIMS);
const arp = (vlans: p.EthFields['vlans'] = []): Uint8Array =>
  p.arpFrame({ operation: 1, senderMac: A, senderIp: '10.0.0.1', targetIp: '10.0.0.2', vlans });
const outer = (payload: Uint8Array, vlans: number[] = []): Uint8Array =>
  p.udp4Frame({ srcMac: A, dstMac: B, src: '10.9.0.1', dst: '10.9.0.2', sport: 1, dport: 4789, vlans }, payload);
const packet = (proto: number, payload: Uint8Array): Uint8Array =>
  p.eth({ src: A, dst: B, type: p.ETHER_IPV4 }, p.ipv4({ src: '10.9.0.1', dst: '10.9.0.2', proto }, payload));

function segmentOf(segments: Segments, frame: Uint8Array, linkType = 1, iface = 0, capture = 0, run = 0): number {
  layers.walk(frame, 0, frame.length, linkType);
  return segments.idOf(capture, run, iface, layers);
}

function named(frame: Uint8Array, linkType = 1): unknown {
  const segments = new Segments();
  const { path, vlans, vni, erspan, ifindex } = segments.get(segmentOf(segments, frame, linkType)) ?? {};
  return { path, vlans, vni, erspan, ifindex };
}

describe('a segment is named by its way', () => {
  it.each([
    ['untagged', arp(), { path: '', vlans: [], vni: -1 }],
    ['a priority tag is none', arp([{ id: 0, priority: 3 }]), { path: '', vlans: [] }],
    ['a VLAN', arp([10]), { path: 'vlan 10', vlans: [10] }],
    ['QinQ', arp([{ id: 100, type: 0x88a8 }, 20]), { path: 'vlan 100.20', vlans: [100, 20] }],
    ['VXLAN', outer(p.vxlan(5000, arp())), { path: 'vni 5000', vni: 5000 }],
    [
      'tags outside and inside',
      outer(p.vxlan(5000, arp([7, 8])), [3]),
      { path: 'vlan 3 vni 5000 vlan 7.8', vlans: [3, 7, 8] },
    ],
    ['ERSPAN', packet(47, p.erspan2(9, arp([4]))), { path: 'gre erspan 9 vlan 4', erspan: 9, vlans: [4] }],
    [
      'IP in IP',
      packet(4, p.ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 17 }, p.udp({ sport: 68, dport: 67 }, arp()))),
      { path: 'ip-in-ip' },
    ],
  ])('%s', (_name, frame, expected) => {
    expect(named(frame)).toMatchObject(expected);
  });

  it('a cooked interface', () => {
    const cooked = p.sll2(
      { src: A, type: p.ETHER_ARP, ifIndex: 0xffffffff },
      p.arp({ operation: 1, senderMac: A, senderIp: '10.0.0.1', targetIp: '10.0.0.2' }),
    );
    expect(named(cooked, 276)).toMatchObject({ ifindex: 4_294_967_295, path: 'ifindex 4294967295' });
    cooked.set(p.u32(3), 4);
    expect(named(cooked, 276)).toMatchObject({ ifindex: 3, path: 'ifindex 3' });
  });
});

it('one number for one way; capture, interface and running set tell apart', () => {
  const segments = new Segments();
  const one = segmentOf(segments, arp([10]));
  expect(segmentOf(segments, arp([20]))).not.toBe(one);
  expect(segmentOf(segments, arp([10]))).toBe(one);
  expect(segmentOf(segments, arp([10, 10]))).not.toBe(one);
  const others = [
    segmentOf(segments, arp([10]), 1, 1),
    segmentOf(segments, arp([10]), 1, 0, 1),
    segmentOf(segments, arp([10]), 1, 0, 0, 1),
  ];
  expect(new Set([one, ...others]).size).toBe(4);
  expect(segmentOf(segments, arp([10]))).toBe(one);
});

it('the number of a VLAN is not the number of a network', () => {
  const segments = new Segments();
  expect(segmentOf(segments, outer(p.vxlan(9, arp())))).not.toBe(segmentOf(segments, outer(p.vxlan(10, arp()), [9])));
});

it('beyond 16,384 all others share the last, and it is said how many frames that were', () => {
  const segments = new Segments();
  const early = segmentOf(segments, arp([4000]));
  for (let vni = 0; vni < 17_000; vni += 1) segmentOf(segments, outer(p.vxlan(vni, arp())));
  expect([segments.cap, segments.lost]).toEqual([16_384, 617]);
  expect(segmentOf(segments, outer(p.vxlan(99_999, arp())))).toBe(16_383);
  expect(segmentOf(segments, arp([4000]))).toBe(early);
  expect(segments.get(16_383)?.path).toBe('vni 16382');
  expect(segments.get(16_384)).toBeUndefined();
});
