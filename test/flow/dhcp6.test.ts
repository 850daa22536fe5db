import { describe, expect, it } from 'vitest';
import { NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { concat, hex, ip6, keyMac, key6, u16, u32, utf8 } from '../support/packets.ts';
import { message6, option6, relay6, Scene } from '../support/scene.ts';

const CLIENT = '00030001525400bb0010';
const SERVER = '0001000112345678020000000001';
const LINK = '2001:db8:1::1';
const V = { ip: VICTIM.ip6, mac: VICTIM.mac };

function client(type: number, xid: number, ...more: Uint8Array[]): { mac: string; ip: string; payload: Uint8Array } {
  return { mac: VICTIM.mac, ip: VICTIM.ip6, payload: message6(type, xid, option6(1, hex(CLIENT)), ...more) };
}

function server(
  type: number,
  xid: number,
  ...more: Uint8Array[]
): { mac: string; ip: string; to: typeof V; payload: Uint8Array } {
  const payload = message6(type, xid, option6(1, hex(CLIENT)), option6(2, hex(SERVER)), ...more);
  return { mac: OWNER.mac, ip: OWNER.ip6, to: V, payload };
}

const LEASE = option6(
  3,
  concat(u32(1), u32(0), u32(0), option6(5, concat(ip6('2001:db8:1::100'), u32(3600), u32(7200)))),
);
const BOOT = concat(option6(61, u16(7)), option6(6, concat(u16(59), u16(23))));

describe('exchanges', () => {
  it('are one for each transaction: SOLICIT, ADVERTISE, then REQUEST, REPLY', () => {
    const scene = new Scene()
      .dhcp6(client(1, 1, BOOT))
      .dhcp6(server(2, 1, LEASE, option6(59, utf8('tftp://[2001:db8::2]/b.efi'))));
    scene
      .at(1)
      .dhcp6(client(3, 2, option6(2, hex(SERVER))))
      .dhcp6(server(7, 2, LEASE));
    const told = scene.run().of('dhcp6-exchange');
    expect(
      told.map(({ exchange, end }) => [exchange.kind, exchange.xid, exchange.advertiseCount, exchange.replyCount, end]),
    ).toEqual([
      ['SOLICIT', 1, 1, 0, 'answered'],
      ['REQUEST', 2, 0, 1, 'answered'],
    ]);
    const [first, second] = told.map(({ exchange }) => exchange);
    expect(first).toMatchObject({
      client: CLIENT,
      clientMac: keyMac(VICTIM.mac),
      boot: true,
      couldSeeReplies: true,
      link: 's0',
    });
    expect(first?.advertises[0]).toMatchObject({
      server: SERVER,
      addresses: [key6('2001:db8:1::100')],
      promise: { bootFileUrl: 'tftp://[2001:db8::2]/b.efi', networks: [key6('2001:db8:1::').slice(0, 8)] },
    });
    expect(second?.chosen).toBe(SERVER);
  });

  it('know Rapid Commit and INFORMATION-REQUEST of a client without a name', () => {
    const scene = new Scene()
      .dhcp6(client(1, 1, option6(14, [])))
      .dhcp6(server(7, 1, option6(14, []), LEASE))
      .at(1);
    scene.dhcp6({ mac: OTHER.mac, ip: OTHER.ip6, payload: message6(11, 2) });
    scene.dhcp6({
      mac: OWNER.mac,
      ip: OWNER.ip6,
      to: { ip: OTHER.ip6, mac: OTHER.mac },
      payload: message6(7, 2, option6(2, hex(SERVER))),
    });
    expect(
      scene
        .run()
        .of('dhcp6-exchange')
        .map(({ exchange }) => [exchange.kind, exchange.replyCount]),
    ).toEqual([
      ['SOLICIT', 1],
      ['INFORMATION-REQUEST', 1],
    ]);
  });

  it('of one client on both sides of a relay are two, each with its link', () => {
    const solicit = client(1, 7).payload;
    const scene = new Scene().dhcp6(client(1, 7));
    scene.relayed6({
      mac: SECOND,
      ip: LINK,
      toMac: OWNER.mac,
      toIp: '2001:db8::2',
      payload: relay6(12, LINK, VICTIM.ip6, solicit),
    });
    scene.relayed6({
      mac: OWNER.mac,
      ip: '2001:db8::2',
      toMac: SECOND,
      toIp: LINK,
      payload: relay6(13, LINK, VICTIM.ip6, server(2, 7, LEASE).payload),
    });
    const told = scene.run().of('dhcp6-exchange');
    expect(told.map(({ exchange }) => [exchange.link, exchange.advertiseCount, exchange.relayMac])).toEqual([
      ['s0', 0, -1],
      [`r${LINK}`, 1, keyMac(SECOND)],
    ]);
  });

  it('take the innermost link address of nested relays that gives one', () => {
    const inner = relay6(12, '::', VICTIM.ip6, client(1, 7).payload);
    const scene = new Scene().relayed6({
      mac: SECOND,
      ip: LINK,
      toMac: OWNER.mac,
      toIp: '2001:db8::2',
      payload: relay6(12, LINK, 'fe80::b', inner),
    });
    expect(
      scene
        .run()
        .of('dhcp6-message')
        .map(({ message }) => [message.link, message.kind, message.relayed]),
    ).toEqual([[`r${LINK}`, 'SOLICIT', true]]);
  });

  it('end when the client begins anew, or after an hour of silence, or with the capture', () => {
    const scene = new Scene().dhcp6(client(1, 1)).at(5).dhcp6(client(1, 2)).at(4000);
    scene.dhcp6({ mac: OTHER.mac, ip: OTHER.ip6, payload: message6(1, 3, option6(1, hex('00030001525400bb0011'))) });
    expect(
      scene
        .run()
        .of('dhcp6-exchange')
        .map(({ exchange, end }) => [exchange.xid, end]),
    ).toEqual([
      [1, 'superseded'],
      [2, 'idle'],
      [3, 'capture-end'],
    ]);
  });

  it('could see the answer only where something was sent to the client', () => {
    const blind = new Scene().dhcp6(client(1, 1)).run().of('dhcp6-exchange');
    expect(blind.map(({ exchange }) => exchange.couldSeeReplies)).toEqual([false]);
    const sees = new Scene().dhcp6(client(1, 1)).replies(OWNER.mac, OWNER.ip, VICTIM.mac).run().of('dhcp6-exchange');
    expect(sees.map(({ exchange }) => exchange.couldSeeReplies)).toEqual([true]);
  });

  it('intern equal promises', () => {
    const scene = new Scene()
      .dhcp6(client(1, 1))
      .dhcp6(server(2, 1, LEASE))
      .at(1)
      .dhcp6(client(1, 2))
      .dhcp6(server(2, 2, LEASE));
    const [one, two] = scene
      .run()
      .of('dhcp6-message')
      .filter(({ message }) => message.promise !== undefined);
    expect(one?.message.promise).toBe(two?.message.promise);
  });
});

describe('bounds', () => {
  it('hold under clients without end', () => {
    const scene = new Scene();
    scene.repeat(20_000, (i) => {
      const duid = `00030001${i.toString(16).padStart(12, '0')}`;
      scene.dhcp6({ mac: VICTIM.mac, ip: VICTIM.ip6, payload: message6(1, i % 16_777_216, option6(1, hex(duid))) });
    });
    const { limits, of, findings } = scene.run(NEIGHBOUR_DETECTORS);
    expect(limits.map(({ name }) => name)).toContain('dhcp6.exchanges');
    expect(of('dhcp6-exchange')).toHaveLength(20_000);
    expect(of('dhcp6-exchange').filter(({ end }) => end === 'forgotten').length).toBeGreaterThan(0);
    expect(findings).toEqual([]);
  });

  it('take cut and empty messages', () => {
    const scene = new Scene();
    for (let length = 0; length < 40; length += 1)
      scene.dhcp6({ ...client(1, 1, LEASE), payload: client(1, 1, LEASE).payload.slice(0, length) });
    expect(() => scene.run(NEIGHBOUR_DETECTORS)).not.toThrow();
  });
});
