import { describe, expect, it } from 'vitest';
import { raRogueRouter } from '../../src/detect/detectors/ra-rogue-router.ts';
import { AccessPort, LINK_DETECTORS, RACK, STRANGER } from '../support/access-port.ts';
import { Scene, type RaFields } from '../support/scene.ts';

const GOOD: RaFields = { prefixes: ['2001:db8:1::'], mtu: 1500 };
const [ONE, TWO] = ['fe80::1', 'fe80::2'];
const BOTH = {
  routers: [
    { address: ONE, macs: [RACK] },
    { address: TWO, macs: [STRANGER] },
  ],
};
const ALL = [...LINK_DETECTORS, raRogueRouter];

/** Both advertise themselves in turn. */
function two(a: RaFields, b: RaFields, second = TWO): Scene {
  const scene = new Scene();
  return scene.repeat(4, (i) => {
    scene.at(10 * i).routes(RACK, ONE, a);
    scene.at(10 * i + 5).routes(STRANGER, second, b);
  });
}

describe('ra-conflict fires', () => {
  it('on two listed routers that contradict each other', () => {
    const { ids, findings } = two(GOOD, { ...GOOD, mtu: 1280 }).run(ALL, BOTH);
    expect(ids).toEqual(['ra-conflict']);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: { routers: [`${ONE} (${RACK})`, `${TWO} (${STRANGER})`] },
    });
  });

  it('on one router address at two MAC addresses, in turn', () => {
    const { ids, findings } = two(GOOD, GOOD, ONE).run(ALL);
    expect(ids).toEqual(['ra-conflict']);
    expect(findings[0]).toMatchObject({ severity: 'medium', subject: { router: ONE } });
  });

  it('low on different resolvers', () => {
    const { findings } = two({ ...GOOD, rdnss: 'fe80::1' }, { ...GOOD, rdnss: 'fe80::2' }).run(ALL);
    expect(findings.map(({ detector, severity }) => [detector.id, severity])).toEqual([['ra-conflict', 'low']]);
  });
});

describe('ra-conflict stays quiet', () => {
  it('on equal routers', () => {
    expect(two(GOOD, GOOD).run(ALL, BOTH).ids).toEqual([]);
  });

  it('where ra-rogue-router speaks', () => {
    expect(two(GOOD, { ...GOOD, mtu: 1280 }).run(ALL).ids).toEqual(['ra-rogue-router']);
    expect(two(GOOD, GOOD, ONE).run(ALL, { routers: [{ address: ONE, macs: [RACK] }] }).ids).toEqual([
      'ra-rogue-router',
    ]);
  });

  it('on VRRP, and on an address that moves once', () => {
    const shared = new AccessPort();
    for (let i = 0; i < 4; i += 1) {
      shared
        .at(10 * i)
        .vrrp6(RACK, 'fe80::11', 7, ONE)
        .routes(RACK, ONE, GOOD);
      shared
        .at(10 * i + 5)
        .vrrp6(STRANGER, 'fe80::12', 7, ONE)
        .routes(STRANGER, ONE, GOOD);
    }
    expect(shared.judged().ids).toEqual([]);
    const moved = new AccessPort().routes(RACK, ONE, GOOD);
    for (let i = 1; i < 5; i += 1) moved.at(10 * i).routes(STRANGER, ONE, GOOD);
    expect(moved.judged().ids).toEqual([]);
  });
});
