import { beforeEach, describe, expect, it } from 'vitest';
import { Fragments, type Datagram } from '../../src/flow/fragments.ts';
import { CLAIMS, fillNetwork, newEnvelope } from '../../src/wire/dissect.ts';
import { FOUND, Layers } from '../../src/wire/layers.ts';
import * as p from '../support/packets.ts';

const FROM = '10.0.0.66';
const TO = '10.0.0.100';

/** 100 bytes that differ. */
const BODY = Uint8Array.from({ length: 100 }, (_, i) => i + 1);

let fragments: Fragments;
const layers = new Layers(CLAIMS);
const envelope = newEnvelope();

beforeEach(() => {
  fragments = new Fragments();
});

/** One IP packet arrives. */
function arrives(packet: Uint8Array, seconds = 0, segment = 0, captured = packet.length): Datagram | undefined {
  const found = layers.walk(packet, 0, captured, 101);
  if (found !== FOUND.fragment) throw new Error('no fragment');
  envelope.time = seconds * 1e6;
  envelope.segment = segment;
  fillNetwork(envelope, layers, packet);
  return fragments.add(envelope, layers, packet);
}

interface Piece {
  from: number;
  to: number;
  id?: number;
  proto?: number;
  last?: boolean;
  src?: string;
  bytes?: Uint8Array;
}

function piece({ from, to, id = 7, proto = 17, last = to === BODY.length, src = FROM, bytes }: Piece): Uint8Array {
  return p.ipv4(
    { src, dst: TO, proto, id, fragmentOffset: from, moreFragments: !last },
    bytes ?? BODY.subarray(from, to),
  );
}

const [FIRST, MIDDLE, LAST] = [piece({ from: 0, to: 40 }), piece({ from: 40, to: 80 }), piece({ from: 80, to: 100 })];

describe('a datagram in pieces', () => {
  it.each([
    ['in order', [FIRST, MIDDLE, LAST]],
    ['backwards', [LAST, MIDDLE, FIRST]],
    ['shuffled', [MIDDLE, LAST, FIRST]],
    ['each twice', [FIRST, FIRST, MIDDLE, MIDDLE, LAST]],
  ])('%s', (_name, packets) => {
    const got = packets.map((packet) => arrives(packet));
    expect(got.slice(0, -1).every((one) => one === undefined)).toBe(true);
    expect(got.at(-1)).toEqual({ bytes: BODY, protocol: 17 });
    expect([fragments.seen, fragments.whole, fragments.overlapping, fragments.size]).toEqual([packets.length, 1, 0, 0]);
    expect(fragments.limits()).toEqual([]);
  });

  it('its bytes are its own', () => {
    const bytes = Uint8Array.from(FIRST);
    arrives(bytes);
    bytes.fill(0);
    arrives(MIDDLE);
    expect(arrives(LAST)?.bytes).toEqual(BODY);
  });

  it('in pieces of 8 bytes', () => {
    for (let from = 0; from < 96; from += 8) expect(arrives(piece({ from, to: from + 8 }))).toBeUndefined();
    expect(arrives(piece({ from: 96, to: 100 }))?.bytes).toEqual(BODY);
  });

  it('of IPv6, whose first fragment says what it carries', () => {
    const packets = p.ipv6Fragments(
      { src: 'fe80::1', dst: 'fe80::2', proto: 17, id: 0xffffffff },
      p.udp({ sport: 546, dport: 547 }, BODY),
      48,
    );
    const got = packets.toReversed().map((packet) => arrives(packet));
    expect(got.at(-1)).toMatchObject({ protocol: 17 });
    expect(got.at(-1)?.bytes.subarray(8)).toEqual(BODY);
  });
});

describe('pieces that are not of one datagram stay apart', () => {
  it.each([
    ['another identification', piece({ from: 40, to: 100, id: 8 })],
    ['another source', piece({ from: 40, to: 100, src: '10.0.0.67' })],
    ['another protocol', piece({ from: 40, to: 100, proto: 1 })],
  ])('%s', (_name, other) => {
    arrives(FIRST);
    expect(arrives(other)).toBeUndefined();
    expect(fragments.size).toBe(2);
  });

  it('another segment', () => {
    arrives(FIRST);
    expect(arrives(piece({ from: 40, to: 100 }), 0, 1)).toBeUndefined();
  });

  it.each([
    ['a minute and a second later', 61],
    ['and when the clock was set back', -61],
  ])('%s', (_name, seconds) => {
    arrives(FIRST);
    expect(arrives(piece({ from: 40, to: 100 }), seconds)).toBeUndefined();
    // The late piece begins anew.
    expect(arrives(FIRST, seconds)?.bytes).toEqual(BODY);
  });

  it('within a minute they belong together', () => {
    arrives(FIRST);
    expect(arrives(piece({ from: 40, to: 100 }), 59)).toBeDefined();
  });
});

describe('attacks', () => {
  it.each([
    ['teardrop: a piece inside another', [FIRST, piece({ from: 8, to: 24, last: true })]],
    ['a piece that begins inside another', [FIRST, piece({ from: 32, to: 80 })]],
    ['a piece around another', [MIDDLE, piece({ from: 32, to: 96 })]],
    ['the same place, longer', [FIRST, piece({ from: 0, to: 48 })]],
  ])('%s: the datagram is refused whole (RFC 5722)', (_name, packets) => {
    for (const packet of packets) expect(arrives(packet)).toBeUndefined();
    for (const packet of [FIRST, MIDDLE, LAST]) expect(arrives(packet)).toBeUndefined();
    expect([fragments.overlapping, fragments.whole]).toEqual([1, 0]);
  });

  it.each([
    [
      'a piece beyond the end that came first',
      [piece({ from: 200, to: 240, bytes: BODY.subarray(0, 40), last: false }), piece({ from: 8, to: 16, last: true })],
    ],
    [
      'a piece beyond the end that came later',
      [piece({ from: 8, to: 16, last: true }), piece({ from: 200, to: 240, bytes: BODY.subarray(0, 40), last: false })],
    ],
    ['two ends', [piece({ from: 8, to: 16, last: true }), piece({ from: 16, to: 24, last: true })]],
  ])('%s: refused, and no crash', (_name, packets) => {
    for (const packet of packets) expect(arrives(packet)).toBeUndefined();
    expect(arrives(piece({ from: 0, to: 8 }))).toBeUndefined();
    expect(fragments.whole).toBe(0);
  });

  it('ping of death: a datagram longer than any', () => {
    const packet = piece({ from: 65_528, to: 65_628, bytes: BODY, last: true });
    expect(arrives(packet)).toBeUndefined();
    expect(fragments.size).toBe(0);
  });

  it('what a snap length cut, and an empty piece, are not kept', () => {
    expect(arrives(FIRST, 0, 0, FIRST.length - 1)).toBeUndefined();
    expect(arrives(piece({ from: 8, to: 8, last: false }))).toBeUndefined();
    expect(fragments.size).toBe(0);
  });

  it('a thousand pieces of one datagram are refused, and nothing of them is held', () => {
    for (let i = 0; i < 1000; i += 1)
      arrives(piece({ from: 16 * i, to: 16 * i + 8, bytes: BODY.subarray(0, 8), last: false }));
    expect(fragments.size).toBe(1);
    expect(fragments.limits()).toEqual([]);
  });

  it('a flood of first pieces, near or far, pushes out the oldest only: what came within a moment is put together', () => {
    for (const [place, more] of [
      [0, 40_000],
      [60_000, 40_000],
    ] as const) {
      for (let i = 0; i < more; i += 1) {
        if (i === more - 500) arrives(FIRST);
        if (i === more - 250) arrives(MIDDLE);
        arrives(
          piece({
            from: place,
            to: place + 8,
            id: i & 0xffff,
            src: `10.9.0.${i >>> 16}`,
            bytes: BODY.subarray(0, 8),
            last: false,
          }),
        );
      }
      expect(arrives(LAST)?.bytes, `pieces at ${place}`).toEqual(BODY);
    }
    const [limit] = fragments.limits();
    expect(limit).toMatchObject({ name: 'fragment-bytes', cap: 16 * 1024 * 1024 });
    expect(limit?.lost).toBeGreaterThan(50_000);
    expect(fragments.size).toBeLessThan(16_384);
  });
});
