import { describe, expect, test } from 'vitest';
import type { Dhcp4Kind, Dhcp4Message } from '../../src/flow/dhcp4/types.ts';
import { Servers } from '../../src/flow/servers.ts';
import {
  NO_PROMISE,
  PEER,
  PEER_MAC,
  RACK,
  RACK_MAC,
  RACK_PROMISE,
  RELAY,
  ROGUE,
  ROGUE_MAC,
  Scene,
} from './dhcp4/scene.ts';

const ADDRESS = 0x0a000064;
const rogue = { serverId: ROGUE, ipSrc: ROGUE, ethSrc: ROGUE_MAC, serverMac: ROGUE_MAC };

class Watched {
  readonly scene = new Scene();
  readonly servers = new Servers();
  private told = 0;

  send(kind: Dhcp4Kind, at: number, fields: Partial<Dhcp4Message> = {}): this {
    this.scene.send(kind, at, fields);
    for (; this.told < this.scene.events.length; this.told += 1) this.servers.on(this.scene.events[this.told]!);
    return this;
  }

  list() {
    return this.servers.list();
  }
}

describe('DHCPv4 sources', () => {
  test('a server with its promise, segments and counts; a repetition is no second server', () => {
    const list = new Watched()
      .send('DISCOVER', 0)
      .send('OFFER', 0.1)
      .send('OFFER', 0.1)
      .send('REQUEST', 0.2, { serverId: RACK, requested: ADDRESS })
      .send('ACK', 0.3)
      .send('ACK', 9, { segment: 2, link: 's0' })
      .list();
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({
      role: 'dhcp4',
      link: 's0',
      address: RACK,
      mac: RACK_MAC,
      segments: [0, 2],
      seen: true,
      promises: [RACK_PROMISE],
      first: { frame: 2 },
      last: { frame: 6 },
      lost: 0,
    });
    expect([...list[0]!.counts]).toEqual([
      ['OFFER', 2],
      ['ACK', 2],
    ]);
  });

  test('one identifier from two L2 sources is two; relayed, the L2 source says nothing', () => {
    const two = new Watched().send('OFFER', 0).send('OFFER', 0, { ethSrc: ROGUE_MAC, serverMac: ROGUE_MAC });
    expect(two.list().map((one) => one.mac)).toEqual([RACK_MAC, ROGUE_MAC]);
    const relayed = new Watched()
      .send('OFFER', 0, { giaddr: RELAY, ethSrc: 1 })
      .send('OFFER', 0, { giaddr: RELAY, ethSrc: 2 });
    expect(relayed.list().map((one) => [one.link, one.mac])).toEqual([[`g${RELAY}`, -1]]);
  });

  test('a renewal’s answer through a router is no second server, but speaks for none where two claim the identifier', () => {
    const routed = { serverMac: -1, ethSrc: 9, promise: { ...RACK_PROMISE, mask: 1 }, chaddr: 9, xid: 9 };
    const one = new Watched().send('OFFER', 0).send('ACK', 5, routed).list();
    expect(one).toHaveLength(1);
    expect(one[0]).toMatchObject({ mac: RACK_MAC, last: { frame: 2 } });
    expect([one[0]!.promises.length, ...one[0]!.counts.keys()]).toEqual([2, 'OFFER', 'ACK']);
    const two = new Watched().send('OFFER', 0).send('OFFER', 0, { ethSrc: ROGUE_MAC, serverMac: ROGUE_MAC });
    expect(two.send('ACK', 5, routed).list()).toHaveLength(3);
    expect(two.list().map((entry) => entry.mac)).toEqual([RACK_MAC, ROGUE_MAC, -1]);
  });

  test('one server on two VLANs is an entry for each', () => {
    const list = new Watched().send('OFFER', 0).send('OFFER', 1, { segment: 5, link: 's5', chaddr: 9, xid: 9 }).list();
    expect(list.map((one) => one.link)).toEqual(['s0', 's5']);
  });

  test('without option 54 by its IP source; a NAK is a word of a server too', () => {
    const list = new Watched().send('NAK', 0, { ...rogue, serverId: -1, server: ROGUE }).list();
    expect(list[0]).toMatchObject({ address: ROGUE, promises: [] });
    expect([...list[0]!.counts]).toEqual([['NAK', 1]]);
  });

  test('another IP source than option 54 says is kept', () => {
    const list = new Watched().send('OFFER', 0, { ipSrc: ROGUE }).list();
    expect(list[0]).toMatchObject({ address: RACK, otherAddresses: [ROGUE] });
  });

  test('a ProxyDHCP has its own role; an INFORM’s answer without an address does not make one', () => {
    const proxy = { ...rogue, yiaddr: 0, proxy: true, promise: { ...NO_PROMISE, vendorClass: 'PXEClient' } };
    expect(new Watched().send('DISCOVER', 0).send('OFFER', 0, proxy).list()[0]?.role).toBe('proxydhcp');
    const inform = new Watched().send('INFORM', 0, { ciaddr: 5 }).send('ACK', 0, { ...proxy, ciaddr: 5 });
    expect(inform.list().filter((one) => one.seen)[0]?.role).toBe('dhcp4');
  });

  test('distinct promises are listed up to a cap, the rest counted', () => {
    const watched = new Watched();
    for (let i = 0; i < 20; i += 1)
      watched.send('OFFER', i, { chaddr: i + 1, xid: i, promise: { ...RACK_PROMISE, mask: i } });
    expect(watched.list()[0]).toMatchObject({ lost: 12 });
    expect(watched.list()[0]?.promises).toHaveLength(8);
  });

  test('forged identifiers cannot fill memory, and do not push out a server that goes on', () => {
    const watched = new Watched();
    for (let i = 0; i < 5000; i += 1) {
      watched.send('OFFER', i, { serverId: i + 1000, xid: i, chaddr: i + 1 });
      if (i % 100 === 0) watched.send('OFFER', i, { xid: i, chaddr: i + 1 });
    }
    expect(watched.list().length).toBeLessThanOrEqual(1024);
    expect(watched.list().some((one) => one.address === RACK)).toBe(true);
    expect(watched.servers.limits()).toEqual([{ name: 'servers', cap: 1024, lost: expect.any(Number) }]);
  });
});

describe('servers that are only named', () => {
  test.each([
    ['a SELECTING REQUEST', 'REQUEST', { serverId: ROGUE, requested: ADDRESS }],
    ['a DECLINE', 'DECLINE', { serverId: ROGUE, requested: ADDRESS }],
    ['a RELEASE', 'RELEASE', { serverId: ROGUE, ciaddr: ADDRESS, ipDst: ROGUE }],
    ['a unicast renewal', 'REQUEST', { ciaddr: ADDRESS, ipDst: ROGUE }],
  ] as const)('%s', (_, kind, fields) => {
    expect(new Watched().send(kind, 0, fields).list()).toMatchObject([
      { role: 'dhcp4', link: 's0', address: ROGUE, mac: -1, seen: false, first: { frame: 1 } },
    ]);
  });

  test('not by a rebinding, a relayed renewal or an INIT-REBOOT', () => {
    const watched = new Watched()
      .send('REQUEST', 0, { ciaddr: ADDRESS })
      .send('REQUEST', 0, { ciaddr: ADDRESS, giaddr: RELAY, ipDst: RACK })
      .send('REQUEST', 0, { requested: ADDRESS });
    expect(watched.list()).toEqual([]);
  });

  test('one that was also seen, on whatever link, is listed once', () => {
    const watched = new Watched()
      .send('REQUEST', 0, { serverId: PEER, requested: ADDRESS })
      .send('REQUEST', 1, { serverId: ROGUE, requested: ADDRESS, chaddr: 9, xid: 9 })
      .send('OFFER', 2, { serverId: PEER, ipSrc: PEER, serverMac: PEER_MAC, segment: 3, link: 's3' });
    expect(watched.list().map((one) => [one.address, one.seen])).toEqual([
      [ROGUE, false],
      [PEER, true],
    ]);
  });
});

test('sources of other families', () => {
  const servers = new Servers();
  const sight = (sec: number) => ({ capture: 0, file: 0, frame: sec, sec, nsec: 0 });
  const base = { link: 's0', segment: 0, mac: 1, duid: '', kind: 'RA', address: 'fe80'.padEnd(16, '\0') } as const;
  servers.see({ ...base, role: 'router', sight: sight(2), facts: { prefix: 'p', mtu: 1500 } });
  servers.see({ ...base, role: 'router', sight: sight(3), facts: { mtu: 1500, prefix: 'p' } });
  servers.see({ ...base, role: 'router', sight: sight(4), facts: { mtu: 9000, prefix: 'p' } });
  servers.see({ ...base, role: 'dhcp6', duid: '0001', kind: 'ADVERTISE', sight: sight(1) });
  servers.see({ ...base, role: 'dhcp6', duid: '0002', kind: 'ADVERTISE', sight: sight(1) });
  expect(
    servers
      .list()
      .map((one) => [one.role, one.duid, one.facts.length, one.counts.get(one.role === 'router' ? 'RA' : 'ADVERTISE')]),
  ).toEqual([
    ['dhcp6', '0001', 0, 1],
    ['dhcp6', '0002', 0, 1],
    ['router', '', 2, 3],
  ]);
});
