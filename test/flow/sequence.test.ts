import { describe, expect, it } from 'vitest';
import { PICK } from '../../src/capture/sieve.ts';
import type { CaptureInterface } from '../../src/capture/types.ts';
import type { CaptureEnd, Emit, Flow } from '../../src/flow/flow.ts';
import { Sequence } from '../../src/flow/sequence.ts';
import { addressText, macText } from '../../src/wire/values.ts';
import { buildDhcp4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const offer = (xid: number): Uint8Array => buildDhcp4({ op: 2, xid, options: [[53, [2]]] });
const served = (xid: number, more: Partial<p.Udp4Fields> = {}): Uint8Array =>
  p.udp4Frame(
    { srcMac: A, dstMac: B, src: '10.0.0.1', dst: '10.0.0.100', sport: 67, dport: 68, id: xid, ...more },
    offer(xid),
  );

/** What a flow was told of one record. */
interface Told {
  protocol: string;
  frame: number;
  segment: string;
  from: string;
  mac: string;
  reassembled: boolean;
  time: number;
}

class Rig {
  readonly told: Told[] = [];
  readonly ends: CaptureEnd[] = [];
  readonly records: string[] = [];
  readonly sequence: Sequence;
  private frame = 0;

  constructor(interfaces: number[] = [1]) {
    const flow: Flow = {
      name: 'watch',
      protocols: ['arp', 'dhcpv4', 'nd', 'tftp'],
      start: () => ({
        on: (record, e, _emit: Emit) => {
          const { path } = this.sequence.segments.get(e.segment) ?? { path: '?' };
          this.told.push({
            protocol: record.protocol,
            frame: e.frame,
            segment: path,
            from: addressText(e.ipSrc),
            mac: macText(e.ethSrc),
            reassembled: e.reassembled,
            time: e.time,
          });
        },
        end: (at) => this.ends.push(at),
        limits: () => [],
      }),
    };
    this.sequence = new Sequence(
      [flow],
      () => {},
      (_claim, record) => this.records.push(record.protocol),
    );
    this.sequence.beginFile({ capture: 0, file: 0, apart: false }, interfaces.map(clock));
  }

  sees(bytes: Uint8Array, seconds: number | 'none' = this.frame, iface = 0): this {
    this.frame += 1;
    const picks = new Int32Array(PICK.size);
    picks[PICK.frame] = this.frame;
    picks[PICK.captured] = bytes.length;
    picks[PICK.length] = bytes.length;
    picks[PICK.iface] = iface;
    picks[PICK.high] = seconds === 'none' ? -1 : Math.floor(seconds);
    picks[PICK.low] = seconds === 'none' ? -1 : Math.round((seconds % 1) * 1e6);
    this.sequence.take(bytes, { picks, count: 1 });
    return this;
  }
}

function clock(linkType: number, id: number): CaptureInterface {
  return {
    id,
    section: 0,
    sectionId: id,
    linkType,
    snapLength: 262_144,
    clock: { kind: 'split', base: 10, exponent: 6, offset: 0 },
    name: '',
    description: '',
    filter: '',
    os: '',
    received: -1,
    dropped: -1,
  };
}

it('a record, its counts, and the end of the capture', () => {
  const rig = new Rig()
    .sees(served(1), 10)
    .sees(p.arpFrame({ operation: 1, senderMac: A, senderIp: '10.0.0.1', targetIp: '10.0.0.2', vlans: [4] }), 11.5);
  rig.sequence.endCapture(0, 11.5e6);
  expect(rig.told).toEqual([
    { protocol: 'dhcpv4', frame: 1, segment: '', from: '10.0.0.1', mac: A, reassembled: false, time: 10e6 },
    { protocol: 'arp', frame: 2, segment: 'vlan 4', from: '', mac: A, reassembled: false, time: 11.5e6 },
  ]);
  expect(rig.ends).toEqual([{ capture: 0, time: 11.5e6 }]);
  expect(rig.sequence.counts.flatMap((kinds) => [...kinds])).toEqual([
    ['request', 1],
    ['OFFER', 1],
  ]);
});

it('a copy is counted, and is no second message', () => {
  const rig = new Rig().sees(served(1), 10).sees(served(1), 10.001).sees(served(1), 11);
  expect(rig.records).toHaveLength(3);
  expect(rig.told.map(({ frame }) => frame)).toEqual([1, 3]);
  expect(rig.sequence.copies.found.get(0)).toBe(1);
});

it('a frame without a time stands where the one before it stands', () => {
  const rig = new Rig().sees(served(1), 10).sees(served(2), 'none').sees(served(3), 12);
  expect(rig.told.map(({ time }) => time)).toEqual([10e6, 10e6, 12e6]);
  expect(rig.sequence.lastTime).toBe(12e6);
});

it('a frame of an interface that the file has not, or of a link type that is not opened, is passed over', () => {
  const rig = new Rig([105]).sees(served(1), 1, 3).sees(served(1), 1, 0);
  expect(rig.told).toEqual([]);
});

describe('fragments', () => {
  const from = { src: '10.0.0.66', dst: '10.0.0.100', proto: 17, id: 9 };
  const inFrame = (packet: Uint8Array, vlans: number[] = []): Uint8Array =>
    p.eth({ src: A, dst: B, type: p.ETHER_IPV4, vlans }, packet);

  it('a DHCP message is one record, in the frame that completes it', () => {
    const rig = new Rig();
    for (const packet of p.ipv4Fragments(from, p.udp({ sport: 67, dport: 68 }, offer(1)), 64))
      rig.sees(inFrame(packet, [8]), 10);
    expect(rig.told).toEqual([
      { protocol: 'dhcpv4', frame: 4, segment: 'vlan 8', from: '10.0.0.66', mac: A, reassembled: true, time: 10e6 },
    ]);
    expect(rig.sequence.visibility.sawUnicastTo(0, 0x02000000000b)).toBe(true);
  });

  it('a TFTP block, and one of IPv6 behind an extension header', () => {
    const rig = new Rig();
    const block = p.concat(p.u16(3), p.u16(1), new Uint8Array(1400));
    for (const packet of p.ipv4Fragments(from, p.udp({ sport: 69, dport: 2070 }, block), 512))
      rig.sees(inFrame(packet), 10);
    const six = { src: 'fe80::1', dst: 'ff02::1', proto: 58 };
    const ra = p.icmp6(134, 0, p.concat([64, 0], p.u16(1800), p.u32(0), p.u32(0), new Uint8Array(0)));
    const hidden = p.concat([58, 0, 1, 4, 0, 0, 0, 0], ra);
    for (const packet of p.ipv6Fragments({ ...six, proto: 60, transportChecksum: false }, hidden, 16)) {
      rig.sees(p.eth({ src: A, dst: B, type: p.ETHER_IPV6 }, packet), 11);
    }
    expect(rig.told.map(({ protocol, reassembled }) => [protocol, reassembled])).toEqual([
      ['tftp', true],
      ['nd', true],
    ]);
  });

  it('a tunnel whose outer packets are fragments: the inner packet is what counts', () => {
    const inner = served(7, { vlans: [30] });
    const outer = { src: '192.0.2.1', dst: '192.0.2.2', proto: 17, id: 77 };
    const rig = new Rig();
    for (const packet of p.ipv4Fragments(outer, p.udp({ sport: 50_000, dport: 4789 }, p.vxlan(500, inner)), 200)) {
      rig.sees(
        p.eth({ src: '02:ff:00:00:00:01', dst: '02:ff:00:00:00:02', type: p.ETHER_IPV4, vlans: [3] }, packet),
        10,
      );
    }
    expect(rig.told).toEqual([
      {
        protocol: 'dhcpv4',
        frame: 2,
        segment: 'vlan 3 vni 500 vlan 30',
        from: '10.0.0.1',
        mac: A,
        reassembled: true,
        time: 10e6,
      },
    ]);
  });

  it('fragments inside a tunnel inside fragments', () => {
    const rig = new Rig();
    const pieces = p.ipv4Fragments(from, p.udp({ sport: 67, dport: 68 }, offer(1)), 128);
    for (const [i, piece] of pieces.entries()) {
      const tunnel = p.udp({ sport: 50_000, dport: 4789 }, p.vxlan(500, inFrame(piece)));
      for (const packet of p.ipv4Fragments(
        { src: '192.0.2.1', dst: '192.0.2.2', proto: 17, id: 100 + i },
        tunnel,
        96,
      )) {
        rig.sees(p.eth({ src: '02:ff:00:00:00:01', dst: '02:ff:00:00:00:02', type: p.ETHER_IPV4 }, packet), 10);
      }
    }
    expect(rig.told).toMatchObject([
      { protocol: 'dhcpv4', segment: 'vni 500', from: '10.0.0.66', mac: A, reassembled: true },
    ]);
  });
});
