import { describe, expect, it } from 'vitest';
import { Copies } from '../../src/flow/copies.ts';
import { CLAIMS, fillNetwork, fillTransport, newEnvelope } from '../../src/wire/dissect.ts';
import { FOUND, Layers } from '../../src/wire/layers.ts';
import { buildDhcp4 } from '../support/dhcp4.ts';
import * as p from '../support/packets.ts';

const layers = new Layers(CLAIMS);
const START = 1_700_000_000e6;

class Port {
  readonly copies = new Copies();
  private readonly envelope = newEnvelope();

  /** @param micros after the beginning */
  sees(frame: Uint8Array, micros: number, capture = 0): boolean {
    if (layers.walk(frame, 0, frame.length, 1) !== FOUND.claim) throw new Error('nothing to read');
    const e = this.envelope;
    e.capture = capture;
    e.time = START + micros;
    fillNetwork(e, layers, frame);
    fillTransport(e, layers, frame);
    return this.copies.isCopy(e);
  }
}

interface Changes {
  srcMac?: string;
  src?: string;
  id?: number;
  ttl?: number;
  vlans?: number[];
  xid?: number;
  sport?: number;
}

function offer({
  srcMac = '02:00:00:00:00:01',
  src = '10.0.0.1',
  id = 99,
  ttl = 64,
  vlans = [],
  xid = 5,
  sport = 67,
}: Changes = {}): Uint8Array {
  return p.udp4Frame(
    { srcMac, dstMac: p.BROADCAST, src, dst: '255.255.255.255', sport, dport: 68, id, ttl, vlans },
    buildDhcp4({ op: 2, xid, options: [[53, [2]]] }),
  );
}

describe('another sight of one frame', () => {
  it.each([
    ['a mirror session that sends it twice', {}],
    ['behind a router: another hop, another TTL', { srcMac: '02:00:00:00:00:02', ttl: 63 }],
    ['in another VLAN', { vlans: [20] }],
  ])('%s', (_name, change) => {
    const port = new Port();
    expect(port.sees(offer(), 0)).toBe(false);
    expect(port.sees(offer(change), 5000)).toBe(true);
    expect(port.copies.found.get(0)).toBe(1);
  });

  it('an order that was turned round', () => {
    const port = new Port();
    port.sees(offer(), 5000);
    expect(port.sees(offer(), 0)).toBe(true);
  });

  it('three of it are one and two copies', () => {
    const port = new Port();
    expect([0, 10, 20].map((micros) => port.sees(offer(), micros))).toEqual([false, true, true]);
  });

  it('ARP: padding of the card is not part of it', () => {
    const arp = { senderMac: '02:00:00:00:00:01', senderIp: '10.0.0.1', operation: 1, targetIp: '10.0.0.2' };
    const bare = p.eth({ src: arp.senderMac, dst: p.BROADCAST, type: p.ETHER_ARP }, p.arp(arp));
    const port = new Port();
    port.sees(bare, 0);
    expect(port.sees(p.arpFrame(arp), 1000)).toBe(true);
    expect(port.sees(p.arpFrame(arp), 3000)).toBe(false);
  });
});

describe('a frame of its own', () => {
  it('a retransmission: the sender needs longer than a mirror', () => {
    const port = new Port();
    port.sees(offer(), 0);
    expect(port.sees(offer(), 20_001)).toBe(false);
    // It counts from the later one on.
    expect(port.sees(offer(), 40_000)).toBe(true);
  });

  it.each([
    ['another identification', { id: 100 }],
    ['another source', { src: '10.0.0.66' }],
    ['another source port', { sport: 4011 }],
    ['another message', { xid: 6 }],
  ])('%s', (_name, change) => {
    const port = new Port();
    port.sees(offer(), 0);
    expect(port.sees(offer(change), 10)).toBe(false);
  });

  it('at another vantage', () => {
    const port = new Port();
    port.sees(offer(), 0, 0);
    expect(port.sees(offer(), 10, 1)).toBe(false);
  });

  it('two routers that say the same', () => {
    // The checksum covers the addresses; who forges the second picks an address that leaves it as it is.
    const ra = (src: string): Uint8Array =>
      p.icmp6Frame(
        { srcMac: '02:00:00:00:00:66', dstMac: '33:33:00:00:00:01', src, dst: 'ff02::1', type: 134 },
        p.concat([64, 0], p.u16(1800), p.u32(0), p.u32(0)),
      );
    const [one, other] = [ra('fe80::1:2'), ra('fe80::2:1')];
    expect(other.subarray(54)).toEqual(one.subarray(54));
    const port = new Port();
    port.sees(one, 0);
    expect(port.sees(other, 10)).toBe(false);
    expect(port.sees(other, 20)).toBe(true);
  });

  it('what was pushed out by a flood is no copy any more, and nothing else is taken for it', () => {
    const port = new Port();
    port.sees(offer(), 0);
    for (let xid = 10; xid < 20_000; xid += 1) expect(port.sees(offer({ xid, id: xid }), 1)).toBe(false);
    expect(port.sees(offer(), 2)).toBe(false);
  });
});
