import { describe, expect, it } from 'vitest';
import { NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { arpFrame, eth, ETHER_ARP, arp, keyMac, sll } from '../support/packets.ts';
import { COOKED, Scene } from '../support/scene.ts';

const A = OWNER.mac;
const B = SECOND;
const IP = OWNER.ip;

describe('claims', () => {
  it('are told at powers of two and at the end, with how they were made', () => {
    const scene = new Scene().announces(A, IP);
    scene.repeat(10, (i) => scene.at(1 + i).asks(A, IP, VICTIM.ip));
    scene.repeat(5, (i) => scene.at(20 + i).asked(VICTIM.mac, VICTIM.ip, IP, A));
    const told = scene
      .run()
      .of('address-claimed')
      .filter(({ claimant }) => claimant.mac === keyMac(A));
    expect(told.map(({ more }) => more)).toEqual([1, 1, 2, 4, 8]);
    expect(told.at(-1)?.claimant).toMatchObject({
      claims: 16,
      announcements: 1,
      origins: 10,
      answers: 5,
      unsolicited: 0,
    });
  });

  it('tell an answer from one that nobody asked for', () => {
    const scene = new Scene().asks(VICTIM.mac, VICTIM.ip, IP).at(1).replies(A, IP, VICTIM.mac).at(2);
    // Answered already, and a second later: nobody asked for this one.
    scene.at(3).replies(A, IP, VICTIM.mac).at(30).replies(A, IP, VICTIM.mac);
    // Of this station nothing else is seen: its question may have been missed.
    scene.replies(A, IP, OTHER.mac);
    const claim = scene
      .run()
      .of('address-claimed')
      .findLast(({ claimant }) => claimant.mac === keyMac(A));
    expect(claim?.claimant).toMatchObject({ answers: 2, unsolicited: 2 });
  });

  it('are not made by probes, by zero, multicast or broadcast addresses, by RARP or by cut messages', () => {
    const scene = new Scene().probes(A, IP);
    scene
      .asks('00:00:00:00:00:00', IP, VICTIM.ip)
      .asks('ff:ff:ff:ff:ff:ff', IP, VICTIM.ip)
      .asks(A, '224.0.0.5', VICTIM.ip);
    scene.frame(arpFrame({ operation: 3, senderMac: A, senderIp: IP, targetIp: IP }));
    scene.frame(arpFrame({ operation: 2, senderMac: A, senderIp: '0.0.0.0', targetIp: IP }));
    scene.frame(
      eth(
        { src: A, dst: B, type: ETHER_ARP },
        arp({ operation: 1, senderMac: A, senderIp: IP, targetIp: IP }).slice(0, 20),
      ),
    );
    expect(scene.run().events).toEqual([]);
  });

  it('are made by neighbour discovery only where a receiver learns from it', () => {
    const scene = new Scene();
    const v = { ip: VICTIM.ip6, mac: VICTIM.mac };
    scene.advertises(A, 'fe80::2', 'S', v).dad(A, 'fe80::3').routes(A, 'fe80::4', { linkLayer: false });
    scene
      .routes(A, 'fe80::5')
      .solicits(A, 'fe80::6', 'fe80::7')
      .advertises(A, 'fe80::8', 'O')
      .advertises(A, 'fe80::9', 'SO', v);
    const told = scene
      .run()
      .of('address-claimed')
      .map(({ address, kind }) => [String(address).charCodeAt(15), kind]);
    expect(told).toEqual([
      [5, 'origin'],
      [6, 'origin'],
      [8, 'announcement'],
      [9, 'answer'],
    ]);
  });
});

describe('contests', () => {
  it('are told each up to 16, then at powers of two, and last at the end', () => {
    const scene = new Scene();
    scene.repeat(202, (i) => scene.at(5 * i).asks(i % 2 === 0 ? A : B, IP, VICTIM.ip));
    const told = scene.run().of('address-contested');
    expect(told.map(({ contest }) => contest.total)).toEqual([
      ...Array.from({ length: 16 }, (_, i) => i + 1),
      32,
      64,
      128,
      200,
    ]);
    expect(told.map(({ final }) => final).lastIndexOf(false)).toBe(told.length - 2);
  });

  it('know the owner by lease before anything else', () => {
    const scene = new Scene()
      .acks(B, IP)
      .asks(A, IP, VICTIM.ip)
      .at(5)
      .asks(B, IP, VICTIM.ip)
      .at(10)
      .asks(A, IP, VICTIM.ip);
    expect(scene.run().of('address-contested').at(-1)?.contest).toMatchObject({
      holder: { mac: keyMac(B) },
      rival: { mac: keyMac(A) },
      ownerBy: 'lease',
    });
  });

  it('excuse only those whom the hellos name', () => {
    const scene = new Scene();
    scene.repeat(6, (i) =>
      scene
        .at(5 * i)
        .vrrp(A, '198.51.100.3', 7, IP)
        .asks(i % 2 === 0 ? A : B, IP, VICTIM.ip),
    );
    expect(scene.run().of('address-contested').at(-1)?.contest.redundancy).toBe('');
    const both = new Scene();
    both.repeat(6, (i) =>
      both
        .at(5 * i)
        .vrrp(i % 2 === 0 ? A : B, '198.51.100.3', 7, IP)
        .asks(i % 2 === 0 ? A : B, IP, VICTIM.ip),
    );
    expect(both.run().of('address-contested').at(-1)?.contest.redundancy).toBe('VRRP');
    // Hellos that name another address excuse nobody.
    const elsewhere = new Scene();
    elsewhere.repeat(6, (i) =>
      elsewhere
        .at(5 * i)
        .vrrp(i % 2 === 0 ? A : B, '198.51.100.3', 7, '198.51.100.9')
        .asks(i % 2 === 0 ? A : B, IP, VICTIM.ip),
    );
    expect(elsewhere.run().of('address-contested').at(-1)?.contest.redundancy).toBe('');
  });
});

describe('routers', () => {
  it('are told at first, when they say something else, and when they say goodbye', () => {
    const scene = new Scene();
    const good = { prefixes: ['2001:db8::'], mtu: 1500 };
    scene.repeat(5, (i) => scene.at(i).routes(A, 'fe80::1', good));
    scene
      .at(10)
      .routes(A, 'fe80::1', { ...good, managed: true })
      .at(20)
      .routes(A, 'fe80::1', { lifetime: 0 })
      .at(21);
    scene.routes(A, 'fe80::1', { lifetime: 0 });
    const told = scene
      .run()
      .of('router-advertised')
      .filter(({ changed }) => changed);
    expect(told.map(({ sight, goodbye }) => [sight.frame, goodbye])).toEqual([
      [1, false],
      [6, false],
      [7, true],
    ]);
    expect(told[0]?.router).toMatchObject({
      advertisements: 8,
      goodbyes: 2,
      content: { managed: true, prefixes: ['2001:db8::/64 LA'] },
    });
  });

  it('redirect, and it is told whose address they use', () => {
    const to = { ip: VICTIM.ip6, mac: VICTIM.mac };
    const scene = new Scene().routes(A, 'fe80::1').redirects(A, 'fe80::1', to, 'fe80::2', '2001:db8::1');
    scene.redirects(B, 'fe80::1', to, 'fe80::66', '2001:db8::1');
    expect(
      scene
        .run()
        .of('redirected')
        .map((one) => [one.mac, one.knownMac]),
    ).toEqual([
      [keyMac(A), keyMac(A)],
      [keyMac(B), keyMac(A)],
    ]);
  });
});

describe('bounds', () => {
  it('hold under a flood of made-up stations and addresses, and are told', { timeout: 60_000 }, () => {
    const scene = new Scene();
    scene.repeat(70_000, (i) => {
      const low = (i % 65_536).toString(16).padStart(4, '0');
      const high = Math.floor(i / 65_536);
      scene.asks(
        `02:66:00:0${high}:${low.slice(0, 2)}:${low.slice(2)}`,
        `10.${high}.${(i >> 8) & 255}.${i & 255}`,
        '10.255.255.254',
      );
    });
    const { limits, ids } = scene.run(NEIGHBOUR_DETECTORS);
    expect(ids).toEqual([]);
    expect(limits.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['neighbours.stations', 'neighbours.addresses']),
    );
  });

  it('keep the owner of an address that thousands claim', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip);
    scene.repeat(3000, (i) => {
      const low = i.toString(16).padStart(4, '0');
      scene.after(0.01).announces(`02:66:00:00:${low.slice(0, 2)}:${low.slice(2)}`, IP);
      if (i % 100 === 0) scene.asks(A, IP, VICTIM.ip);
    });
    const { limits, findings, of } = scene.run(NEIGHBOUR_DETECTORS);
    expect(limits.find(({ name }) => name === 'neighbours.claimants')).toMatchObject({ cap: 8 });
    expect(findings.length).toBeLessThanOrEqual(512);
    expect(of('address-claimed').findLast(({ claimant }) => claimant.mac === keyMac(A))?.claimant.claims).toBe(31);
  });

  it('hold under detections, routers and questions without end', { timeout: 60_000 }, () => {
    const scene = new Scene();
    scene.repeat(20_000, (i) => {
      const part = i.toString(16);
      scene.at(i / 8000).dad(VICTIM.mac, `fe80::9:${part}`);
      if (i % 3 === 0) scene.routes(A, `fe80::${part}`, { prefixes: [`2001:db8:${part}::`] });
      scene.probes(B, `10.1.${i >> 8}.${i & 255}`);
    });
    const { limits, findings } = scene.run(NEIGHBOUR_DETECTORS);
    expect(limits.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['neighbours.tentative', 'neighbours.routers']),
    );
    expect(findings.length).toBeLessThanOrEqual(2);
  });
});

describe('cooked captures', () => {
  it('tell by the packet type what was said to all', () => {
    const scene = new Scene().on(COOKED);
    const say = (packetType: number, fields: Parameters<typeof arp>[0]): Scene =>
      scene.frame(sll({ packetType, src: fields.senderMac, type: ETHER_ARP }, arp(fields))).after(1);
    say(1, { operation: 1, senderMac: A, senderIp: IP, targetIp: VICTIM.ip });
    say(0, { operation: 1, senderMac: A, senderIp: IP, targetIp: VICTIM.ip, targetMac: VICTIM.mac });
    say(1, { operation: 1, senderMac: A, senderIp: IP, targetIp: IP });
    say(4, { operation: 1, senderMac: VICTIM.mac, senderIp: VICTIM.ip, targetIp: IP });
    say(0, { operation: 2, senderMac: A, senderIp: IP, targetMac: VICTIM.mac, targetIp: VICTIM.ip });
    const claims = scene.run().of('address-claimed');
    expect(claims.findLast(({ claimant }) => claimant.mac === keyMac(A))?.claimant).toMatchObject({
      origins: 1,
      unicastOrigins: 1,
      announcements: 1,
      answers: 1,
    });
    expect(claims.find(({ claimant }) => claimant.mac === keyMac(VICTIM.mac))?.kind).toBe('origin');
  });
});
