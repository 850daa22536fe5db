import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OWNER, SECOND } from '../support/neighbours.ts';
import { Scene, type Outcome, type RaFields } from '../support/scene.ts';

const GOOD: RaFields = { prefixes: ['2001:db8:1::'], mtu: 1500 };
const PROFILE = { routers: [{ address: OWNER.ip6, macs: [OWNER.mac] }] };

function run(scene: Scene, profile?: Parameters<Scene['run']>[1]): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS, profile);
}

/** Two routers, each with its own words, five times. */
function two(one: RaFields, other: RaFields): Scene {
  const scene = new Scene();
  return scene.repeat(5, (i) => {
    scene.at(10 * i).routes(OWNER.mac, OWNER.ip6, one);
    scene.at(10 * i + 5).routes(ATTACKER.mac, ATTACKER.ip6, other);
  });
}

describe('ra-rogue-router fires', () => {
  it('for certain on a router that the profile does not list, each advertisement counted', () => {
    const { ids, findings } = run(two(GOOD, { ...GOOD, rdnss: ATTACKER.ip6 }), PROFILE);
    expect(ids).toEqual(['ra-rogue-router']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: { router: ATTACKER.ip6, mac: ATTACKER.mac },
      severity: 'high',
      count: 5,
      last: { confidence: { level: 'certain' } },
    });
    expect(findings[0]?.last.message).toContain('prefix 2001:db8:1::/64, resolver fe80::66');
    expect(findings[0]?.firstEvidence.map((one) => one.kind === 'frame' && one.sight.frame)).toEqual([2, 10]);
  });

  it('on the right address from the wrong MAC address, by the profile', () => {
    const { findings } = run(new Scene().routes(ATTACKER.mac, OWNER.ip6, GOOD), PROFILE);
    expect(findings.map((one) => one.subject)).toEqual([{ router: OWNER.ip6, mac: ATTACKER.mac }]);
  });

  it.each<[string, RaFields, string]>([
    ['another prefix', { ...GOOD, prefixes: ['2001:db8:666::'] }, 'prefixes 2001:db8:1::/64 and 2001:db8:666::/64'],
    ['another MTU', { ...GOOD, mtu: 1280 }, 'MTU 1500 and 1280'],
    ['the M flag', { ...GOOD, managed: true }, 'M flag clear and set'],
    ['the O flag', { ...GOOD, other: true }, 'O flag clear and set'],
    ['a higher preference', { ...GOOD, preference: 'high' }, 'preference medium and high'],
  ])('without a profile on two routers that contradict each other: %s', (_name, other, words) => {
    const { ids, findings } = run(two(GOOD, other));
    expect(ids).toEqual(['ra-rogue-router']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: { routers: [`${OWNER.ip6} (${OWNER.mac})`, `${ATTACKER.ip6} (${ATTACKER.mac})`] },
    });
    expect(findings[0]?.last.message).toContain(words);
  });

  it.each([true, false])("on lifetime 0 in another router's name, before or after that speaks (%s)", (before) => {
    const scene = new Scene();
    if (!before) scene.routes(OWNER.mac, OWNER.ip6, GOOD);
    scene.repeat(4, (i) => scene.at(3 + 3 * i).routes(ATTACKER.mac, OWNER.ip6, { lifetime: 0, linkLayer: false }));
    if (before) scene.at(5).routes(OWNER.mac, OWNER.ip6, GOOD);
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['ra-rogue-router']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: { router: OWNER.ip6, mac: ATTACKER.mac },
      severity: 'high',
      count: 4,
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toContain('is gone (lifetime 0)');
  });

  it('once for a flood of made-up routers', () => {
    const scene = new Scene();
    scene.repeat(500, (i) =>
      scene.at(i / 100).routes(`02:66:00:00:${hex(i >> 8)}:${hex(i & 255)}`, `fe80::${hex(i)}`, {
        prefixes: [`2001:db8:${hex(i)}::`],
      }),
    );
    const { findings } = run(scene);
    expect(findings.filter((one) => one.subject['routers'] === 'flood')).toHaveLength(1);
    // The first sixteen contradict each other in pairs; beyond, only the flood is told.
    expect(findings.length).toBeLessThanOrEqual(1 + (16 * 15) / 2);
  });
});

describe('ra-rogue-router stays quiet', () => {
  it('on two routers that say the same, also where each names itself as resolver', () => {
    expect(run(two(GOOD, GOOD)).ids).toEqual([]);
    expect(run(two({ ...GOOD, rdnss: OWNER.ip6 }, { ...GOOD, rdnss: ATTACKER.ip6, lifetime: 900 })).ids).toEqual([]);
  });

  it('on what one leaves out', () => {
    expect(run(two(GOOD, {})).ids).toEqual([]);
  });

  it('on authorised routers, whatever they say', () => {
    const profile = { routers: [...PROFILE.routers, { address: ATTACKER.ip6 }] };
    expect(run(two(GOOD, { prefixes: ['2001:db8:2::'], managed: true }), profile).ids).toEqual([]);
  });

  it("on a router's own last word and restart, and on its own change", () => {
    const scene = new Scene()
      .routes(OWNER.mac, OWNER.ip6, GOOD)
      .at(10)
      .routes(OWNER.mac, OWNER.ip6, { ...GOOD, lifetime: 0 });
    scene
      .at(12)
      .routes(OWNER.mac, OWNER.ip6, GOOD)
      .at(20)
      .routes(OWNER.mac, OWNER.ip6, { ...GOOD, mtu: 9000, managed: true });
    expect(run(scene).ids).toEqual([]);
  });

  it('on a standby that takes the address over and the last word of the former', () => {
    const scene = new Scene();
    scene.repeat(3, (i) => scene.at(i).vrrp6(OWNER.mac, 'fe80::a', 7, OWNER.ip6).routes(OWNER.mac, OWNER.ip6, GOOD));
    scene.at(10).vrrp6(SECOND, 'fe80::b', 7, OWNER.ip6).routes(SECOND, OWNER.ip6, GOOD);
    scene.at(11).routes(OWNER.mac, OWNER.ip6, { ...GOOD, lifetime: 0 });
    expect(run(scene).ids.filter((id) => id !== 'address-moved')).toEqual([]);
  });

  it('on what every host discards', () => {
    expect(run(two(GOOD, { prefixes: ['2001:db8:666::'], hopLimit: 254 })).ids).toEqual([]);
    expect(run(new Scene().routes(ATTACKER.mac, '2001:db8::66', GOOD), PROFILE).ids).toEqual([]);
  });

  it('on one router for each segment', () => {
    const scene = new Scene()
      .routes(OWNER.mac, OWNER.ip6, GOOD)
      .on(1)
      .routes(SECOND, 'fe80::2', { prefixes: ['2001:db8:2::'] });
    expect(run(scene).ids).toEqual([]);
  });
});

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
