import { describe, expect, it } from 'vitest';
import {
  ACK,
  CLIENT,
  dhcpFrame,
  DISCOVER,
  HANDED,
  lease,
  OFFER,
  Points,
  RACK,
  RELAYED,
  REQUEST,
  TO_RELAY,
} from '../../support/points.ts';
import { bpduFrame, cdpFrame, pvstFrame } from '../../support/link.ts';

/** Ends in the middle of the options; the length fields still say how long it was. */
function cutOptions(frame: Uint8Array): Uint8Array {
  return frame.slice(0, 14 + 20 + 8 + 236 + 4 + 4);
}

const UP = ['client', 'rack'] as const;

function pairOf(points: Points): ReturnType<Points['run']>['pairs'][number] {
  const [pair] = points.run().pairs;
  if (pair === undefined) throw new Error('no pair');
  return pair;
}

describe('recognising a message at two points', () => {
  it('knows it again though a relay rewrote giaddr, hops, option 82, flags and TTL', () => {
    const points = new Points('client', 'rack');
    const more = { more: [[82, [1, 4, 101, 116, 104, 48]]] as const };
    points.dhcp(1, [['client'], ['rack', { ...RELAYED, ...more, ttl: 63, flags: 0 }]], DISCOVER);
    points.dhcp(
      2,
      [
        ['rack', { ...TO_RELAY, ...more }],
        ['client', HANDED],
      ],
      OFFER,
    );
    const { events, pairs } = points.run();
    const exchange = events.find((event) => event.type === 'vantage-exchange');
    expect(exchange?.exchange.messages.map((m) => [m.kind, m.passages.map((one) => one.capture)])).toEqual([
      ['DISCOVER', [0, 1]],
      ['OFFER', [1, 0]],
    ]);
    expect(pairs[0]).toMatchObject({ relay: true, nearer: 0, requests: 1, replies: 1 });
  });

  it('knows it again when the relay stands in for the server in option 54', () => {
    const points = new Points('client', 'rack');
    points.dhcp(1, [['client'], ['rack']], DISCOVER);
    points.dhcp(2, [['rack'], ['client', { server: '203.0.113.1' }]], OFFER);
    expect(points.run().lost).toEqual([]);
  });

  it('pairs equal repetitions in order, and says of the nearer one that it arrived', () => {
    const points = new Points('client', 'rack');
    for (const at of [1, 4, 7]) points.dhcp(at, at === 4 ? [['client']] : [['client'], ['rack']], DISCOVER);
    points.dhcp(12, [['client'], ['rack']], { ...DISCOVER, xid: 0x2002 });
    const { lost } = points.run();
    expect(lost.map(({ message }) => message.passages[0]?.sight.frame)).toEqual([2]);
  });

  it('takes two relays for two forms of one message, not for two messages', () => {
    const points = new Points('client', 'rack');
    points.dhcp(
      1,
      [['client'], ['rack', RELAYED], ['rack', { ...RELAYED, giaddr: '203.0.113.3', from: RACK }]],
      DISCOVER,
    );
    points.dhcp(
      2,
      [
        ['rack', TO_RELAY],
        ['client', HANDED],
        ['rack', { ...TO_RELAY, giaddr: '203.0.113.3' }],
        ['client', { ...HANDED, giaddr: '203.0.113.3' }],
      ],
      OFFER,
    );
    const { lost, events } = points.run();
    expect(lost).toEqual([]);
    expect(events.filter((event) => event.type === 'vantage-exchange')[0]?.exchange.messages).toHaveLength(2);
  });
});

describe('the clocks', () => {
  it('gives an interval that holds the true offset, from messages of both directions', () => {
    const points = new Points(...UP).clock('rack', (t) => t + 37.5);
    lease(points, 1, UP);
    const { offset } = pairOf(points);
    expect(offset.basis).toBe('both-directions');
    expect(offset.low).toBeLessThanOrEqual(37.5e6 + 1);
    expect(offset.high).toBeGreaterThanOrEqual(37.5e6 - 1);
    expect((offset.high ?? 0) - (offset.low ?? 0)).toBeLessThan(400);
  });

  it('leaves one side open where only one direction is shared', () => {
    const points = new Points(...UP).clock('rack', (t) => t - 3);
    for (const at of [1, 5]) points.dhcp(at, [['client'], ['rack']], DISCOVER);
    const { offset } = pairOf(points);
    expect(offset).toMatchObject({ basis: 'one-direction', low: undefined });
    expect(offset.high).toBeCloseTo(-3e6 + 100, -2);
  });

  it('tells drift where the span allows it', () => {
    const points = new Points(...UP).clock('rack', (t) => t * 1.0001);
    for (let i = 0; i < 40; i += 1) lease(points, 1 + i * 30, UP, { xid: 0x3000 + i });
    const { offset } = pairOf(points);
    expect(offset.steady).toBe(true);
    expect(offset.drift?.low).toBeGreaterThan(60);
    expect(offset.drift?.low).toBeLessThanOrEqual(101);
    expect(offset.drift?.high).toBeGreaterThanOrEqual(99);
    expect(offset.drift?.high).toBeLessThan(140);
  });

  it('asks for no drift over a short span', () => {
    const points = new Points(...UP).clock('rack', (t) => t * 1.0001);
    lease(points, 1, UP);
    expect(pairOf(points).offset.drift).toBeUndefined();
  });

  it('says that a clock was set meanwhile', () => {
    const points = new Points(...UP).clock('rack', (t) => (t < 600 ? t : t + 9));
    for (let i = 0; i < 40; i += 1) lease(points, 1 + i * 30, UP, { xid: 0x3000 + i });
    expect(pairOf(points).offset).toMatchObject({ steady: false, drift: undefined });
  });

  it('finds a loss under a clock that is hours wrong', () => {
    const points = new Points(...UP).clock('rack', (t) => t + 7200);
    lease(points, 1, UP);
    points.dhcp(5, [['client'], ['rack']], { ...DISCOVER, xid: 0x2002 });
    points.dhcp(5.1, [['rack']], { ...OFFER, xid: 0x2002 });
    points.dhcp(20, [['client'], ['rack']], { ...DISCOVER, xid: 0x2003 });
    const [loss] = points.run().lost;
    expect(loss?.message.kind).toBe('OFFER');
    expect(loss?.message.missing[0]).toMatchObject({ capture: 0, clock: 'measured', way: 'ordered' });
    expect(Math.abs((loss?.message.missing[0]?.from ?? 0) / 1e6 - 1_700_000_005.1)).toBeLessThan(0.01);
  });
});

describe('what counts as lost', () => {
  const dropped = (points: Points): Points => {
    for (const at of [1, 5, 9]) {
      points.dhcp(at, [['client'], ['rack']], { ...DISCOVER, secs: at });
      points.dhcp(at + 0.1, [['rack']], { ...OFFER, secs: at });
    }
    return points;
  };

  it('is what both captures cover: the last one, after which the client saw nothing, is open', () => {
    const { lost } = dropped(new Points(...UP)).run();
    expect(lost.map(({ message }) => message.kind)).toEqual(['OFFER', 'OFFER']);
  });

  it('is more where a manifest says that the capture ran on', () => {
    expect(dropped(new Points(...UP).cover('client', { seconds: [0, 20] })).run().lost).toHaveLength(3);
  });

  it('is nothing while the other capture did not run, or looked for something else', () => {
    expect(dropped(new Points(...UP).cover('client', { seconds: [100, 200] })).run().lost).toEqual([]);
    expect(dropped(new Points(...UP).cover('client', { seconds: [0, 20], filter: 'tcp port 80' })).run().lost).toEqual(
      [],
    );
    expect(
      dropped(new Points(...UP).cover('client', { seconds: [0, 20], filter: 'port 67 or port 68' })).run().lost,
    ).toHaveLength(3);
  });

  it('may be the recorder: drops are said', () => {
    const { lost } = dropped(new Points(...UP).cover('client', { seconds: [0, 20], dropped: 7 })).run();
    expect(lost[0]?.message.missing[0]?.mayBeCaptureLoss).toContain('dropped 7 frames');
  });

  it('is not what the client took, and not a request that was answered', () => {
    const points = new Points('client', 'rack', 'other');
    points.dhcp(1, [['client'], ['rack']], DISCOVER);
    points.dhcp(1.1, [['rack']], OFFER);
    points.dhcp(1.2, [['client'], ['rack']], REQUEST);
    points.dhcp(1.3, [['rack'], ['client']], ACK);
    points.dhcp(9, [['client'], ['rack'], ['other']], { ...DISCOVER, xid: 0x2002 });
    expect(points.run().lost.filter(({ message }) => message.xid === 0x1001)).toEqual([]);
  });

  it('is not unicast to another port, at a bystander', () => {
    const points = new Points('bystander', 'rack');
    for (const at of [1, 5, 9]) {
      points.dhcp(at, [['rack'], ['bystander']], { ...DISCOVER, secs: at, flags: 0 });
      points.dhcp(at + 0.1, [['rack']], { ...OFFER, secs: at, flags: 0 });
    }
    expect(points.run().lost).toEqual([]);
  });

  it('is said of an empty capture only where something says that it ran', () => {
    const points = (): Points => {
      const made = new Points('client', 'rack');
      for (const at of [1, 5, 9]) made.dhcp(at, [['client']], { ...DISCOVER, secs: at });
      return made;
    };
    expect(points().run().lost).toEqual([]);
    const { lost } = points()
      .cover('rack', { seconds: [-5, 20] })
      .run();
    expect(lost).toHaveLength(3);
    expect(lost[0]?.message.missing[0]).toMatchObject({ clock: 'assumed', way: 'silent' });
  });

  it('is not what may be a message that the snap length cut', () => {
    const points = dropped(new Points(...UP).cover('client', { seconds: [0, 20] }));
    points.frame('client', 2, cutOptions(dhcpFrame(OFFER)));
    expect(points.run().lost).toEqual([]);
  });

  it('counts what else of a station passes', () => {
    const points = new Points('client', 'rack');
    lease(points, 1, UP, { flags: 0 });
    points.arp(2, UP, CLIENT, '198.51.100.100', '198.51.100.2');
    for (let i = 0; i < 3; i += 1) points.rrq(3 + i, ['client'], CLIENT, '198.51.100.100', 100 + i);
    points.arp(9, UP, CLIENT, '198.51.100.100', '198.51.100.3');
    const { lost } = points.run();
    expect(lost.map(({ message }) => `${message.protocol} ${message.kind}`)).toEqual([
      'tftp RRQ',
      'tftp RRQ',
      'tftp RRQ',
    ]);
    expect(lost[0]?.message.missing[0]).toMatchObject({ arpPassed: 2, ipPassed: 0 });
  });
});

describe('bounds', () => {
  it('is nothing at all for a single capture', () => {
    const points = new Points('client');
    points.dhcp(1, [['client']], DISCOVER);
    const { pairs, lost, join } = points.run();
    expect(join.flows()).toEqual([]);
    expect([pairs, lost]).toEqual([[], []]);
  });

  it('does not judge a message that repeats without end', () => {
    const points = new Points(...UP);
    for (let i = 0; i < 50; i += 1) points.dhcp(1 + 3 * i, [['client']], DISCOVER);
    points.dhcp(400, [['client'], ['rack']], { ...DISCOVER, xid: 0x2002 });
    points.dhcp(0.5, [['client'], ['rack']], { ...DISCOVER, xid: 0x2003 });
    expect(points.run().lost.filter(({ message }) => message.xid === 0x1001)).toEqual([]);
  });
});

describe('what no bridge forwards', () => {
  it('is not missed elsewhere: spanning tree, per-VLAN trees, CDP', () => {
    const points = new Points(...UP).arp(0.5, UP, CLIENT, '198.51.100.100', '198.51.100.2');
    points.arp(9, UP, CLIENT, '198.51.100.100', '198.51.100.3');
    const sw = '02:16:3e:00:00:5b';
    for (let i = 0; i < 4; i += 1) {
      points.frame('client', 1 + 2 * i, bpduFrame(sw, { port: 0x8001 + i }));
      points.frame('client', 1.1 + 2 * i, pvstFrame(sw, { vlan: 10 + i }));
      points.frame('client', 1.2 + 2 * i, cdpFrame(sw, { device: 'sw1', port: `Gi1/0/${i}` }));
    }
    expect(points.run().lost).toEqual([]);
  });
});
