import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { concat, hex, ip6, u16, u32, utf8 } from '../support/packets.ts';
import { message6, option6, relay6, Scene, type Outcome } from '../support/scene.ts';

const CLIENT = '00030001525400bb0010';
const RACK = '0001000112345678020000000001';
const ROGUE = '0003000102163e666666';
const LINK = '2001:db8:1::1';
const SOLICIT = 1;
const ADVERTISE = 2;
const REQUEST = 3;
const REBIND = 6;
const REPLY = 7;
const INFORMATION_REQUEST = 11;
const V = { ip: VICTIM.ip6, mac: VICTIM.mac };
const PROFILE = { dhcp: { servers: [{ name: 'rack', duids: [RACK], macs: [OWNER.mac] }] } };

interface Answer {
  dns?: string;
  address?: string;
  url?: string;
  domain?: string;
  preference?: number;
}

function asking(type: number, xid: number, server?: string): Uint8Array {
  return message6(
    type,
    xid,
    option6(1, hex(CLIENT)),
    ...(server === undefined ? [] : [option6(2, hex(server))]),
    option6(6, concat(u16(23), u16(59))),
  );
}

function answering(type: number, xid: number, server: string, answer: Answer = {}): Uint8Array {
  const { dns = '2001:db8::53', address = '2001:db8:1::100', url, domain, preference } = answer;
  const lease = option6(5, concat(ip6(address), u32(3600), u32(7200)));
  return message6(
    type,
    xid,
    option6(1, hex(CLIENT)),
    option6(2, hex(server)),
    option6(3, concat(u32(1), u32(0), u32(0), lease)),
    option6(23, ip6(dns)),
    ...(url === undefined ? [] : [option6(59, utf8(url))]),
    ...(domain === undefined ? [] : [option6(24, concat([domain.length], utf8(domain), [0]))]),
    ...(preference === undefined ? [] : [option6(7, [preference])]),
  );
}

/** SOLICIT, then ADVERTISE of each, REQUEST to the first and its REPLY. */
function boot(...answers: [server: string, mac: string, answer?: Answer][]): Scene {
  const scene = new Scene().dhcp6({ ...VICTIM, ip: VICTIM.ip6, payload: asking(SOLICIT, 0x111111) });
  for (const [server, mac, answer] of answers) {
    scene.dhcp6({ mac, ip: 'fe80::a', to: V, payload: answering(ADVERTISE, 0x111111, server, answer) });
  }
  const [first] = answers;
  if (first === undefined) return scene;
  const [server, mac, answer] = first;
  scene.at(1).dhcp6({ ...VICTIM, ip: VICTIM.ip6, payload: asking(REQUEST, 0x222222, server) });
  return scene.dhcp6({ mac, ip: 'fe80::a', to: V, payload: answering(REPLY, 0x222222, server, answer) });
}

function run(scene: Scene, profile?: Parameters<Scene['run']>[1]): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS, profile);
}

describe('dhcpv6-rogue-server fires', () => {
  it('for certain on a server that the profile does not list, in one finding', () => {
    const rogue: Answer = { dns: ATTACKER.ip6, url: 'tftp://[fe80::66]/evil.efi', preference: 255 };
    const { ids, findings } = run(boot([ROGUE, ATTACKER.mac, rogue], [RACK, OWNER.mac]), PROFILE);
    expect(ids).toEqual(['dhcpv6-rogue-server']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: { duid: ROGUE },
      severity: 'high',
      count: 2,
      last: { confidence: { level: 'certain' } },
    });
    expect(findings[0]?.last.message).toContain('boot file tftp://[fe80::66]/evil.efi');
    expect(findings[0]?.firstEvidence.map((one) => one.kind === 'frame' && one.sight.frame)).toEqual([1, 2, 4, 5]);
  });

  it("on an authorised server's DUID from another MAC address beside the server itself", () => {
    const scene = boot([RACK, OWNER.mac]).at(10);
    expect(
      run(scene.dhcp6({ mac: ATTACKER.mac, ip: 'fe80::66', to: V, payload: answering(REPLY, 0x222222, RACK) }), PROFILE)
        .ids,
    ).toEqual(['dhcpv6-rogue-server']);
  });

  it('without a profile on a REPLY by another than the REQUEST names', () => {
    const scene = boot([RACK, OWNER.mac]).dhcp6({
      mac: ATTACKER.mac,
      ip: 'fe80::66',
      to: V,
      payload: answering(REPLY, 0x222222, ROGUE),
    });
    const { findings } = run(scene);
    expect(findings.map((one) => [one.subject, one.severity, one.last.confidence.level])).toEqual([
      [{ duid: ROGUE }, 'high', 'likely'],
    ]);
  });

  it.each<[string, Answer, Answer, string]>([
    ['resolvers', {}, { dns: ATTACKER.ip6 }, 'resolvers 2001:db8::53 and fe80::66'],
    ['networks', {}, { address: '2001:db8:666::1' }, 'networks 2001:db8:1::/64 and 2001:db8:666::/64'],
    ['boot files', { url: 'tftp://[2001:db8::2]/a.efi' }, { url: 'tftp://[2001:db8::2]/b.efi' }, 'boot files'],
    ['search domains', { domain: 'example' }, { domain: 'evil' }, 'search domains'],
  ])('without a culprit when two answers to one SOLICIT have nothing in common: %s', (_name, one, other, words) => {
    const { findings } = run(boot([RACK, OWNER.mac, one], [ROGUE, ATTACKER.mac, other]));
    expect(findings.map((each) => [each.detector.id, each.severity, each.subject])).toEqual([
      ['dhcpv6-rogue-server', 'medium', { servers: [RACK, ROGUE] }],
    ]);
    expect(findings[0]?.last.message).toContain(words);
  });

  it('seen from the rack: relayed answers by their innermost message', () => {
    const scene = new Scene();
    scene.relayed6({
      mac: SECOND,
      ip: LINK,
      toMac: OWNER.mac,
      toIp: '2001:db8::2',
      payload: relay6(12, LINK, VICTIM.ip6, asking(SOLICIT, 7)),
    });
    scene.relayed6({
      mac: ATTACKER.mac,
      ip: '2001:db8::66',
      toMac: SECOND,
      toIp: LINK,
      payload: relay6(13, LINK, VICTIM.ip6, answering(ADVERTISE, 7, ROGUE)),
    });
    const { findings } = run(scene, PROFILE);
    expect(findings.map((one) => one.subject)).toEqual([{ duid: ROGUE }]);
    expect(findings[0]?.last.message).toContain('(2001:db8::66)');
  });
});

describe('dhcpv6-rogue-server stays quiet', () => {
  it('on the authorised server', () => {
    expect(run(boot([RACK, OWNER.mac]), PROFILE).ids).toEqual([]);
    expect(run(boot([RACK, OWNER.mac])).ids).toEqual([]);
  });

  it('on two servers that promise the same, each naming itself in the boot URL', () => {
    const scene = boot(
      [RACK, OWNER.mac, { url: 'tftp://[2001:db8::2]/bootx64.efi', preference: 10 }],
      [ROGUE, SECOND, { url: 'tftp://[2001:db8::3]/bootx64.efi', address: '2001:db8:1::200' }],
    );
    expect(run(scene).ids).toEqual([]);
  });

  it("on an authorised DUID in a relay agent's mouth", () => {
    const scene = boot([RACK, SECOND]);
    expect(run(scene, PROFILE).ids).toEqual([]);
    const both = new Scene();
    both.relayed6({
      mac: SECOND,
      ip: LINK,
      toMac: OWNER.mac,
      toIp: '2001:db8::2',
      payload: relay6(12, LINK, VICTIM.ip6, asking(SOLICIT, 7)),
    });
    both.dhcp6({ mac: OWNER.mac, ip: 'fe80::a', to: V, payload: answering(ADVERTISE, 7, RACK) });
    both.dhcp6({ mac: SECOND, ip: 'fe80::b', to: V, payload: answering(ADVERTISE, 7, RACK) });
    expect(run(both, PROFILE).ids).toEqual([]);
  });

  it('on REBIND and INFORMATION-REQUEST answered by another server', () => {
    for (const type of [REBIND, INFORMATION_REQUEST]) {
      const scene = boot([RACK, OWNER.mac])
        .at(10)
        .dhcp6({ ...VICTIM, ip: VICTIM.ip6, payload: asking(type, 9) });
      scene.dhcp6({ mac: SECOND, ip: 'fe80::b', to: V, payload: answering(REPLY, 9, ROGUE) });
      expect(run(scene).ids).toEqual([]);
    }
  });

  it('on answers to different clients', () => {
    const scene = boot([RACK, OWNER.mac]);
    scene.at(5).dhcp6({
      mac: OTHER.mac,
      ip: OTHER.ip6,
      payload: message6(SOLICIT, 0x333333, option6(1, hex('00030001525400bb0011'))),
    });
    scene.dhcp6({
      mac: SECOND,
      ip: 'fe80::b',
      to: { ip: OTHER.ip6, mac: OTHER.mac },
      payload: message6(
        ADVERTISE,
        0x333333,
        option6(1, hex('00030001525400bb0011')),
        option6(2, hex(ROGUE)),
        option6(23, ip6('2001:db8::99')),
      ),
    });
    expect(run(scene).ids).toEqual([]);
  });
});
