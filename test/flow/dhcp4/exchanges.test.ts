import { describe, expect, test } from 'vitest';
import { answers } from '../../../src/flow/dhcp4/compare.ts';
import {
  CLIENT_MAC,
  PEER,
  PEER_MAC,
  PXE,
  RACK,
  RACK_MAC,
  RELAY,
  RELAY_MAC,
  ROGUE,
  ROGUE_MAC,
  Scene,
  secondsAt,
} from './scene.ts';

const ADDRESS = 0x0a000064;
const rogue = { serverId: ROGUE, ipSrc: ROGUE, ethSrc: ROGUE_MAC, serverMac: ROGUE_MAC };
const peer = { serverId: PEER, ipSrc: PEER, ethSrc: PEER_MAC, serverMac: PEER_MAC };
const select = { serverId: RACK, requested: ADDRESS };
const ends = (scene: Scene) => scene.closed.map(({ exchange, end }) => `${exchange.phase} ${end}`);

describe('one exchange', () => {
  test('keeps every offer of a DORA, who was chosen and who answered', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('OFFER', 0.001, rogue);
    scene.send('OFFER', 0.9);
    scene.send('REQUEST', 1, { serverId: ROGUE, requested: ADDRESS });
    scene.send('ACK', 1.1, rogue);
    scene.end(20);
    expect(scene.closed).toHaveLength(1);
    const { exchange, end } = scene.closed[0]!;
    expect(end).toBe('complete');
    expect(exchange).toMatchObject({
      id: 1,
      link: 's0',
      phase: 'selecting',
      discoverCount: 1,
      offerCount: 2,
      requestCount: 1,
      ackCount: 1,
      chosen: ROGUE,
      openedByReply: false,
      firstTime: secondsAt(0),
      lastTime: secondsAt(1.1),
      lost: 0,
    });
    expect(exchange.offers.map((offer) => offer.server)).toEqual([ROGUE, RACK]);
    expect(exchange.lease).toBe(exchange.acks[0]);
    expect(exchange.lease?.server).toBe(ROGUE);
  });

  test('a reply carries the client and class of its exchange: servers echo neither', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { client: 'ff00112233', clientClass: PXE });
    const exchange = scene.send('OFFER', 0.1);
    expect(exchange?.offers[0]).toMatchObject({ client: 'ff00112233', clientClass: PXE });
  });

  test('is closed once it was quiet for 10 s after the ACK, and a second server may answer until then', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('OFFER', 0.1);
    scene.send('REQUEST', 0.2, select);
    scene.send('ACK', 0.3);
    scene.send('NAK', 3, rogue);
    scene.send('DISCOVER', 12.9, { chaddr: CLIENT_MAC + 1, xid: 7 });
    expect(scene.closed).toHaveLength(0);
    scene.send('DISCOVER', 13.1, { chaddr: CLIENT_MAC + 2, xid: 8 });
    expect(ends(scene)).toEqual(['selecting complete']);
    expect(scene.closed[0]!.exchange.naks[0]?.server).toBe(ROGUE);
    expect(scene.closed[0]!.time).toBe(secondsAt(13.1));
  });

  test('of a client that gets no answer is idle after 66 s, judged at the next message of anybody', () => {
    const scene = new Scene();
    for (const at of [0, 4, 12, 28]) scene.send('DISCOVER', at, { secs: at });
    scene.send('DISCOVER', 93, { chaddr: CLIENT_MAC + 1, xid: 7 });
    expect(scene.closed).toHaveLength(0);
    scene.send('DISCOVER', 94.1, { chaddr: CLIENT_MAC + 2, xid: 8 });
    expect(ends(scene)).toEqual(['selecting idle']);
    expect(scene.closed[0]!.exchange).toMatchObject({ discoverCount: 4, lastDiscover: secondsAt(28) });
  });

  test('still open when the capture ends is undecided, but not what was answered or idle by then', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { chaddr: 1, xid: 1 });
    scene.send('DISCOVER', 50, { chaddr: 2, xid: 2 });
    scene.send('INFORM', 60, { chaddr: 3, xid: 3, ciaddr: 5 });
    scene.send('ACK', 60.1, { chaddr: 3, xid: 3, ciaddr: 5, yiaddr: 0 });
    scene.end(70);
    expect(ends(scene).sort()).toEqual(['inform complete', 'selecting capture-end', 'selecting idle']);
  });

  test('lists are capped and counts go on', () => {
    const scene = new Scene();
    for (let i = 0; i < 30; i += 1) scene.send('DISCOVER', i);
    for (let i = 0; i < 30; i += 1) scene.send('OFFER', 30, { serverId: i, serverMac: i });
    scene.end(31);
    const { exchange } = scene.closed[0]!;
    expect(exchange.discovers).toHaveLength(8);
    expect(exchange.offers).toHaveLength(16);
    expect(exchange).toMatchObject({ discoverCount: 30, offerCount: 30, lost: 22 + 14 });
  });
});

describe('where an exchange begins', () => {
  test('a DISCOVER with another xid, same class, nothing requested: a repetition', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { xid: 1 });
    scene.send('OFFER', 0.1, { xid: 1 });
    scene.send('DISCOVER', 4, { xid: 2 });
    const exchange = scene.send('OFFER', 4.1, { xid: 2 });
    expect(exchange).toMatchObject({ id: 1, xid: 1, xids: [1, 2], discoverCount: 2, offerCount: 2 });
    expect(scene.closed).toHaveLength(0);
  });

  test('of another class (ROM, then iPXE): its own, and the first goes on', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { xid: 1, clientClass: PXE });
    scene.send('DISCOVER', 1, { xid: 2, clientClass: { ...PXE, userClass: 'iPXE', key: 'ipxe' } });
    expect(scene.send('OFFER', 2, { xid: 1 })?.id).toBe(1);
    expect(scene.send('OFFER', 2, { xid: 2 })?.id).toBe(2);
    expect(scene.closed).toHaveLength(0);
  });

  test('a DISCOVER after the ACK completes the old one at once', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('REQUEST', 0.2, select);
    scene.send('ACK', 0.3);
    expect(scene.send('DISCOVER', 1)?.id).toBe(2);
    expect(ends(scene)).toEqual(['selecting complete']);
  });

  test('a DISCOVER after an unanswered REQUEST supersedes', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('OFFER', 0.1);
    scene.send('REQUEST', 0.2, select);
    scene.send('REQUEST', 4.2, select);
    expect(scene.send('DISCOVER', 8)?.id).toBe(2);
    expect(ends(scene)).toEqual(['selecting superseded']);
    expect(scene.closed[0]!.exchange.requestCount).toBe(2);
  });

  test('one xid serves a DISCOVER and the renewals after it: each its own', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('OFFER', 0.1);
    scene.send('REQUEST', 0.2, select);
    scene.send('ACK', 0.3);
    const renewal = { ciaddr: ADDRESS, ipSrc: ADDRESS, ipDst: RACK };
    expect(scene.send('REQUEST', 5, renewal)).toMatchObject({ id: 2, phase: 'renewing' });
    scene.send('ACK', 5.1, { ciaddr: ADDRESS, serverMac: -1 });
    expect(scene.send('REQUEST', 300, renewal)).toMatchObject({ id: 3, phase: 'renewing' });
    expect(scene.send('REQUEST', 310, { ciaddr: ADDRESS })).toMatchObject({ id: 4, phase: 'rebinding' });
    scene.send('ACK', 310.1, { ...peer, serverMac: -1, ciaddr: ADDRESS });
    scene.end(400);
    expect(ends(scene)).toEqual([
      'selecting complete',
      'renewing complete',
      'renewing superseded',
      'rebinding complete',
    ]);
    expect(scene.closed[3]!.exchange.lease?.server).toBe(PEER);
    // The renewing's answer may have come through a router, the rebinding's cannot.
    expect(scene.closed[1]!.exchange.lease?.serverMac).toBe(-1);
    expect(scene.closed[3]!.exchange.lease?.serverMac).toBe(PEER_MAC);
  });

  test('INIT-REBOOT, and a SELECTING REQUEST whose DISCOVER was not seen', () => {
    const scene = new Scene();
    expect(scene.send('REQUEST', 0, { requested: ADDRESS })?.phase).toBe('init-reboot');
    expect(scene.send('NAK', 0.1)?.id).toBe(1);
    expect(scene.send('REQUEST', 0, { ...select, chaddr: 9, xid: 9 })).toMatchObject({
      phase: 'selecting',
      discoverCount: 0,
      chosen: RACK,
    });
  });

  test('an old client that chooses without option 54 goes on by its xid', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('OFFER', 0.1);
    expect(scene.send('REQUEST', 0.2, { requested: ADDRESS })).toMatchObject({ id: 1, chosen: -1, requestCount: 1 });
  });

  test('a REQUEST with a new xid goes on with the offer that it takes, and only with that', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { xid: 1 });
    scene.send('OFFER', 0.1, { xid: 1 });
    expect(scene.send('REQUEST', 0.2, { ...select, xid: 2 })?.id).toBe(1);
    const other = new Scene();
    other.send('DISCOVER', 0, { xid: 1 });
    other.send('OFFER', 0.1, { xid: 1 });
    expect(other.send('REQUEST', 0.2, { serverId: ROGUE, requested: 9, xid: 2 })?.id).toBe(2);
  });

  test('cut options never make an INIT-REBOOT', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    expect(scene.send('REQUEST', 0.2, { requested: ADDRESS, whole: false })).toMatchObject({
      id: 1,
      phase: 'selecting',
    });
    expect(scene.send('REQUEST', 0, { chaddr: 9, xid: 9, requested: 1, whole: false })?.phase).toBe('unknown');
  });

  test('two clients of one machine (other client ids, other xids) do not end each other', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { client: 'ff01', xid: 1 });
    scene.send('DISCOVER', 0, { client: 'ff02', xid: 2 });
    expect(scene.send('OFFER', 0.1, { xid: 1 })?.client).toBe('ff01');
    expect(scene.send('OFFER', 0.1, { xid: 2 })?.client).toBe('ff02');
    scene.send('REQUEST', 0.2, { ...select, client: 'ff01', xid: 1 });
    scene.send('ACK', 0.3, { xid: 1 });
    scene.send('DISCOVER', 1, { client: 'ff01', xid: 3 });
    expect(ends(scene)).toEqual(['selecting complete']);
    expect(scene.closed[0]!.exchange.client).toBe('ff01');
  });
});

describe('replies whose request was not seen', () => {
  test('two OFFERs and an ACK of one xid are one exchange, opened by a reply', () => {
    const scene = new Scene();
    scene.send('OFFER', 0);
    scene.send('OFFER', 0.1, rogue);
    const exchange = scene.send('ACK', 0.5);
    expect(exchange).toMatchObject({
      openedByReply: true,
      phase: 'selecting',
      discoverCount: 0,
      offerCount: 2,
      ackCount: 1,
    });
    scene.end(100);
    expect(scene.closed).toHaveLength(1);
  });

  test('a later ACK of the same xid answers another, unseen REQUEST', () => {
    const scene = new Scene();
    scene.send('ACK', 0);
    expect(scene.send('ACK', 300, { ciaddr: ADDRESS, ipDst: ADDRESS })).toMatchObject({ id: 2, phase: 'renewing' });
    expect(scene.send('ACK', 600, { yiaddr: 0, ciaddr: ADDRESS })).toMatchObject({ id: 3, phase: 'inform' });
    expect(scene.send('NAK', 900)).toMatchObject({ id: 4, phase: 'unknown' });
  });

  test('an ACK with ciaddr answers a renewal, not the finished exchange of the same xid', () => {
    const scene = new Scene();
    scene.send('OFFER', 0);
    scene.send('ACK', 0.1);
    expect(scene.send('ACK', 6, { ciaddr: ADDRESS, ipDst: ADDRESS })).toMatchObject({ id: 2, phase: 'renewing' });
  });

  test('a request that comes late (reordered) joins and introduces its client', () => {
    const scene = new Scene();
    scene.send('OFFER', 0);
    expect(scene.send('DISCOVER', 0.001, { client: 'ff01', clientClass: PXE })).toMatchObject({
      id: 1,
      client: 'ff01',
      clientClass: PXE,
      openedByReply: true,
      discoverCount: 1,
    });
  });
});

describe('messages that are no DORA', () => {
  test('BOOTP: a reply without option 53 is the lease', () => {
    const scene = new Scene();
    scene.send('BOOTREQUEST', 0);
    scene.send('BOOTREQUEST', 4, { xid: 2 });
    const exchange = scene.send('BOOTREPLY', 4.1, { xid: 2 });
    expect(exchange).toMatchObject({ id: 1, phase: 'bootp', requestCount: 2, ackCount: 1 });
    expect(exchange?.lease?.yiaddr).toBe(ADDRESS);
    expect(answers(exchange!)).toHaveLength(1);
  });

  test('INFORM: its ACK gives no lease', () => {
    const scene = new Scene();
    scene.send('INFORM', 0, { ciaddr: ADDRESS });
    const exchange = scene.send('ACK', 0.1, { yiaddr: 0, ciaddr: ADDRESS, leaseTime: -1 });
    expect(exchange).toMatchObject({ id: 1, phase: 'inform', ackCount: 1, lease: undefined });
  });

  test('INFORM over and over: each is complete when the next begins', () => {
    const scene = new Scene();
    for (let i = 0; i < 100; i += 1) {
      scene.send('INFORM', i / 100, { ciaddr: ADDRESS });
      scene.send('ACK', i / 100, { yiaddr: 0, ciaddr: ADDRESS });
    }
    scene.end(2);
    expect(scene.closed).toHaveLength(100);
    expect(scene.closed.every(({ exchange, end }) => end === 'complete' && exchange.ackCount === 1)).toBe(true);
    expect(scene.run.limits()).toEqual([]);
  });

  test('Rapid Commit: an ACK answers the DISCOVER and counts among the answers', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { rapidCommit: true });
    scene.send('OFFER', 0.1, rogue);
    const exchange = scene.send('ACK', 0.2, { rapidCommit: true });
    expect(exchange).toMatchObject({ id: 1, ackCount: 1, requestCount: 0 });
    expect(answers(exchange!).map((one) => one.server)).toEqual([ROGUE, RACK]);
    expect(scene.send('DISCOVER', 5)?.id).toBe(2);
    expect(ends(scene)).toEqual(['selecting complete']);
  });

  test('LEASEQUERY joins by xid: only the answer knows the hardware address', () => {
    const scene = new Scene();
    scene.send('LEASEQUERY', 0, { chaddr: 0, giaddr: RELAY, xid: 77 });
    expect(scene.send('LEASEACTIVE', 0.1, { giaddr: RELAY, xid: 77 })).toMatchObject({
      id: 1,
      phase: 'leasequery',
      requestCount: 1,
      ackCount: 1,
      lease: undefined,
    });
  });

  test('InfiniBand without chaddr: replies find their client by the xid', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { chaddr: -1, htype: 32, client: '00ff', xid: 5 });
    scene.send('DISCOVER', 0, { chaddr: -1, htype: 32, client: '00ee', xid: 6 });
    expect(scene.send('OFFER', 0.1, { chaddr: -1, htype: 32, client: '32:x6', xid: 6 })?.client).toBe('00ee');
  });

  test('DECLINE and RELEASE go to the lease that they give back', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('REQUEST', 0.2, select);
    scene.send('ACK', 0.3);
    expect(scene.send('DECLINE', 3, { xid: 99, requested: ADDRESS, serverId: RACK })?.id).toBe(1);
    expect(scene.send('DECLINE', 3, { chaddr: 5, requested: ADDRESS, serverId: RACK })).toBeUndefined();
    scene.send('DISCOVER', 4, { xid: 100 });
    scene.send('REQUEST', 4.1, { ...select, xid: 100 });
    scene.send('ACK', 4.2, { xid: 100 });
    expect(scene.send('RELEASE', 5, { xid: 101, ciaddr: ADDRESS, serverId: RACK })).toMatchObject({ id: 2 });
    expect(scene.send('RELEASE', 500, { xid: 102, ciaddr: ADDRESS, serverId: RACK })).toMatchObject({
      phase: 'release',
    });
    expect(ends(scene)).toEqual(['selecting complete', 'selecting complete', 'release complete']);
    expect(scene.closed[0]!.exchange.xids).toEqual([0x1001]);
    expect(scene.closed[0]!.exchange.decline?.time).toBe(secondsAt(3));
    expect(scene.closed[1]!.exchange.release?.time).toBe(secondsAt(5));
  });

  test('FORCERENEW and unknown types belong to no exchange, and are still told', () => {
    const scene = new Scene();
    expect(scene.send('FORCERENEW', 0)).toBeUndefined();
    expect(scene.send('unknown', 0)).toBeUndefined();
    expect(scene.events.map((event) => event.type)).toEqual(['dhcp4-message', 'dhcp4-message']);
  });
});

describe('ProxyDHCP', () => {
  const proxyOffer = { ...peer, yiaddr: 0, proxy: true };
  const on4011 = { srcPort: 68, dstPort: 4011, proxy: true, ciaddr: ADDRESS, ipDst: PEER };

  test('its OFFER stands among the offers, and its ACK leaves the client waiting for an address', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { clientClass: PXE });
    scene.send('OFFER', 0.1);
    scene.send('OFFER', 0.1, proxyOffer);
    scene.send('REQUEST', 0.2, { ...select, clientClass: PXE });
    const exchange = scene.send('ACK', 0.25, { ...proxyOffer, srcPort: 67 });
    expect(exchange).toMatchObject({ id: 1, offerCount: 2, ackCount: 1, lease: undefined });
    scene.send('ACK', 0.3);
    expect(exchange?.lease?.server).toBe(RACK);
    expect(exchange?.offers.map((one) => one.proxy)).toEqual([false, true]);
  });

  test('who only heard a ProxyDHCP still waits, longer than after an answer', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('REQUEST', 0.2, select);
    scene.send('ACK', 0.3, { ...proxyOffer, srcPort: 67 });
    scene.send('DISCOVER', 12, { chaddr: 9, xid: 9 });
    expect(scene.closed).toHaveLength(0);
    scene.end(70);
    expect(ends(scene)).toContain('selecting idle');
  });

  test('its ACK from port 67 to a request that was not seen is no lease', () => {
    const scene = new Scene();
    expect(scene.send('ACK', 0, { ...proxyOffer, srcPort: 67 })).toMatchObject({ phase: 'proxy', lease: undefined });
  });

  test('port 4011 joins by client: xid 0 of two clients, and an ACK with any xid', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('REQUEST', 0.2, select);
    scene.send('ACK', 0.3);
    expect(scene.send('REQUEST', 1, { ...on4011, xid: 0 })).toMatchObject({ id: 2, phase: 'proxy' });
    expect(scene.send('REQUEST', 1, { ...on4011, xid: 0, chaddr: 9 })).toMatchObject({ id: 3, phase: 'proxy' });
    expect(scene.send('REQUEST', 2, { ...on4011, xid: 0 })).toMatchObject({ id: 2, requestCount: 2 });
    expect(scene.closed).toHaveLength(0);
    const ack = { ...proxyOffer, srcPort: 4011, ciaddr: ADDRESS, leaseTime: -1 };
    expect(scene.send('ACK', 2.1, { ...ack, xid: 0 })).toMatchObject({ id: 2, ackCount: 1 });
    expect(scene.send('ACK', 2.1, { ...ack, xid: 5, chaddr: 9 })).toMatchObject({ id: 3, ackCount: 1 });
    scene.end(100);
    expect(ends(scene)).toEqual(['selecting complete', 'proxy complete', 'proxy complete']);
    expect(scene.closed[0]!.exchange.ackCount).toBe(1);
  });
});

describe('relays', () => {
  const inside = { giaddr: RELAY, ethSrc: RELAY_MAC, srcPort: 67, dstPort: 67, ipSrc: RELAY, ipDst: RACK, segment: 1 };
  const back = { giaddr: RELAY, dstPort: 67, ipDst: RELAY, ethDst: RELAY_MAC, segment: 1 };
  const toClient = { giaddr: RELAY, link: 's0', ethSrc: RELAY_MAC, serverMac: -1, ipSrc: RELAY };

  test('one exchange seen on both sides is two links, each whole', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    scene.send('DISCOVER', 0.001, inside);
    scene.send('OFFER', 0.002, back);
    scene.send('OFFER', 0.003, toClient);
    scene.send('REQUEST', 0.1, select);
    scene.send('REQUEST', 0.101, { ...inside, ...select });
    scene.send('ACK', 0.102, back);
    scene.send('ACK', 0.103, toClient);
    scene.end(60);
    expect(scene.closed.map(({ exchange }) => exchange.link).sort()).toEqual([`g${RELAY}`, 's0']);
    for (const { exchange, end } of scene.closed) {
      expect(end).toBe('complete');
      expect(exchange).toMatchObject({ discoverCount: 1, offerCount: 1, requestCount: 1, ackCount: 1, chosen: RACK });
    }
  });

  test('two relays on one segment: two links towards the servers, one exchange on the segment', () => {
    const scene = new Scene();
    const second = RELAY + 1;
    scene.send('DISCOVER', 0);
    scene.send('DISCOVER', 0.001, inside);
    scene.send('DISCOVER', 0.001, { ...inside, giaddr: second });
    scene.send('OFFER', 0.002, back);
    scene.send('OFFER', 0.002, { ...back, giaddr: second, ipDst: second });
    scene.send('OFFER', 0.003, toClient);
    scene.send('OFFER', 0.003, { ...toClient, giaddr: second });
    scene.end(0.1);
    const onSegment = scene.closed.find(({ exchange }) => exchange.link === 's0');
    expect(scene.closed).toHaveLength(3);
    expect(onSegment?.exchange.offerCount).toBe(2);
  });

  test('a chain of relays shows one message on two segments: listed once, told twice', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, inside);
    const exchange = scene.send('DISCOVER', 0.001, { ...inside, segment: 2, hops: 2 });
    scene.send('OFFER', 0.002, { ...back, segment: 2 });
    scene.send('OFFER', 0.003, back);
    expect(exchange).toMatchObject({ discoverCount: 1, offerCount: 1 });
    const copies = scene.events.map((event) => event.type === 'dhcp4-message' && event.message.copy);
    expect(copies).toEqual([false, true, false, true]);
    // What the client repeats 4 s later is no copy.
    scene.send('DISCOVER', 4, { ...inside, segment: 2, secs: 4 });
    expect(exchange?.discoverCount).toBe(2);
  });

  test('a renewal that a relay passed on was broadcast', () => {
    const scene = new Scene();
    expect(scene.send('REQUEST', 0, { ...inside, ciaddr: ADDRESS })?.phase).toBe('rebinding');
  });

  test('a server that does not echo option 82 still answers on the selected link', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { ...inside, link: 'g167837952', linkSelection: 167837952, relayAgent: '0504' });
    const exchange = scene.send('OFFER', 0.1, back);
    expect(exchange).toMatchObject({ id: 1, link: 'g167837952', offerCount: 1 });
    expect(exchange?.offers[0]?.link).toBe('g167837952');
  });

  test('a question on one segment of a capture and its answers on others are one exchange', () => {
    const scene = new Scene();
    const there = { segment: 3, link: 's3' };
    scene.send('DISCOVER', 0);
    scene.send('OFFER', 0.1, there);
    const exchange = scene.send('OFFER', 0.1, { ...there, segment: 5, link: 's5' });
    expect(exchange).toMatchObject({ id: 1, link: 's0', offerCount: 1 });
    expect(exchange?.offers[0]).toMatchObject(there);
    scene.send('REQUEST', 0.2, select);
    expect(scene.send('ACK', 0.3, there)).toMatchObject({ id: 1, ackCount: 1 });
    // What has a question of its own on that segment is not mixed in.
    scene.send('DISCOVER', 1, { ...there, xid: 9 });
    expect(scene.send('OFFER', 1.1, { ...there, xid: 9 })?.link).toBe('s3');
    expect(scene.send('OFFER', 1.1, { ...there, xid: 77 })?.openedByReply).toBe(true);
  });

  test('two vantages do not mix', () => {
    const scene = new Scene();
    const there = { sight: { capture: 1, file: 0, frame: 1, sec: 0, nsec: 0 } };
    expect(scene.send('DISCOVER', 0, inside)?.id).toBe(1);
    expect(scene.send('DISCOVER', 0, { ...inside, ...there })?.id).toBe(2);
    scene.end(1, 1);
    expect(scene.closed.map(({ exchange }) => exchange.id)).toEqual([2]);
  });
});

describe('whether answers could have been seen', () => {
  test('by the B flag of a client without an address and a relay', () => {
    const scene = new Scene();
    expect(scene.send('DISCOVER', 0, { broadcast: true })?.couldSeeReplies).toBe(true);
    expect(scene.send('DISCOVER', 0, { chaddr: 2, broadcast: true, giaddr: RELAY })?.couldSeeReplies).toBe(false);
    expect(scene.send('REQUEST', 0, { chaddr: 3, broadcast: true, ciaddr: 5 })?.couldSeeReplies).toBe(false);
  });

  test('by a unicast frame to this client on this segment, also one that came later', () => {
    const scene = new Scene();
    const exchange = scene.send('DISCOVER', 0);
    scene.unicast(CLIENT_MAC, 1);
    scene.unicast(RACK_MAC);
    expect(exchange?.couldSeeReplies).toBe(false);
    scene.unicast(CLIENT_MAC);
    expect(exchange?.couldSeeReplies).toBe(true);
  });

  test('of a relayed request, by a unicast frame to the relay', () => {
    const scene = new Scene();
    const exchange = scene.send('DISCOVER', 0, { giaddr: RELAY, ethSrc: RELAY_MAC });
    scene.unicast(CLIENT_MAC);
    expect(exchange?.couldSeeReplies).toBe(false);
    scene.unicast(RELAY_MAC);
    expect(exchange?.couldSeeReplies).toBe(true);
  });

  test('not where the client took an offer that was not seen, whatever else passes', () => {
    const scene = new Scene();
    scene.unicast(CLIENT_MAC);
    scene.send('DISCOVER', 0, { broadcast: true });
    expect(scene.send('OFFER', 0.1)?.couldSeeReplies).toBe(true);
    expect(scene.send('REQUEST', 0.2, { serverId: ROGUE, requested: ADDRESS })?.couldSeeReplies).toBe(false);
    // The identifier was spoofed, and what the client took is not what was seen offered.
    scene.send('DISCOVER', 0, { chaddr: 3, xid: 3, broadcast: true });
    scene.send('OFFER', 0.1, { chaddr: 3, xid: 3 });
    expect(scene.send('REQUEST', 0.2, { chaddr: 3, xid: 3, serverId: RACK, requested: 7 })?.couldSeeReplies).toBe(
      false,
    );
    scene.send('DISCOVER', 0, { chaddr: 2, xid: 2, broadcast: true });
    scene.send('OFFER', 0.1, { chaddr: 2, xid: 2, serverId: -1, server: ROGUE });
    // A server without option 54 is chosen as 0.0.0.0.
    expect(scene.send('REQUEST', 0.2, { chaddr: 2, xid: 2, serverId: 0, requested: ADDRESS })?.couldSeeReplies).toBe(
      true,
    );
  });

  test('where the offer that the client took was seen: its ACK comes the same way', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0);
    expect(scene.send('OFFER', 0.1)?.couldSeeReplies).toBe(false);
    expect(scene.send('REQUEST', 0.2, select)?.couldSeeReplies).toBe(true);
  });

  test('not known of a REQUEST alone: the capture may have begun after its OFFER', () => {
    const scene = new Scene();
    expect(scene.send('REQUEST', 0, { ...select, broadcast: true })?.couldSeeReplies).toBe(true);
  });

  test('where the capture is declared to see all', () => {
    const scene = new Scene();
    const exchange = scene.send('DISCOVER', 0);
    scene.visibility.declareSeesAll(0);
    expect(exchange?.couldSeeReplies).toBe(true);
  });
});

describe('clocks', () => {
  test('frames without a time are never late', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 0, { time: 0 });
    expect(scene.send('OFFER', 5)).toMatchObject({ id: 1, offerCount: 1 });
    expect(scene.closed).toHaveLength(0);
  });

  test('one frame from the future closes nothing that comes after it, and does not hold up deadlines', () => {
    const scene = new Scene();
    scene.send('DISCOVER', 1e6, { chaddr: 1, xid: 1 });
    scene.send('DISCOVER', 0, { chaddr: 2, xid: 2 });
    scene.send('OFFER', 0.1, { chaddr: 2, xid: 2 });
    expect(scene.closed).toHaveLength(0);
    scene.send('DISCOVER', 1, { chaddr: 3, xid: 3 });
    scene.send('DISCOVER', 100, { chaddr: 4, xid: 4 });
    expect(scene.closed.map(({ exchange }) => exchange.chaddr).sort()).toEqual([2, 3]);
  });
});
