import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { Scene, type Outcome } from '../support/scene.ts';

const V = { ip: VICTIM.ip6, mac: VICTIM.mac };
const TARGET = OWNER.ip6;
const PROFILE = { gateways: [{ address: TARGET, macs: [OWNER.mac] }] };

function run(scene: Scene, profile?: Parameters<Scene['run']>[1]): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS, profile);
}

/** The owner asks and answers. */
function peace(): Scene {
  return new Scene()
    .solicits(OWNER.mac, TARGET, VICTIM.ip6)
    .at(1)
    .solicits(VICTIM.mac, VICTIM.ip6, TARGET)
    .advertises(OWNER.mac, TARGET, 'RSO', V);
}

describe('nd-spoof fires', () => {
  it('when advertisements with the override flag contradict a live owner', () => {
    const scene = peace();
    scene.repeat(5, (i) => scene.at(3 + 2 * i).advertises(ATTACKER.mac, TARGET, 'O'));
    scene.at(14).solicits(OWNER.mac, TARGET, OTHER.ip6);
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['nd-spoof']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: { address: TARGET, attacker: ATTACKER.mac },
      severity: 'high',
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toBe(
      `${ATTACKER.mac} claims ${TARGET} with the override flag, while ${OWNER.mac} has it and is alive.`,
    );
  });

  it('when both answer one question (parasite6)', () => {
    const scene = peace().at(10).solicits(VICTIM.mac, VICTIM.ip6, TARGET);
    scene.advertises(OWNER.mac, TARGET, 'RSO', V).advertises(ATTACKER.mac, TARGET, 'SO', V);
    const { findings } = run(scene);
    expect(findings.map((one) => [one.detector.id, one.subject])).toEqual([
      ['nd-spoof', { address: TARGET, attacker: ATTACKER.mac }],
    ]);
  });

  it('when unasked advertisements go to one victim', () => {
    const scene = peace().solicits(ATTACKER.mac, ATTACKER.ip6, VICTIM.ip6);
    scene.repeat(6, (i) => scene.at(5 + i).advertises(ATTACKER.mac, TARGET, 'SO', V));
    scene.at(20).solicits(OWNER.mac, TARGET, OTHER.ip6);
    expect(run(scene).ids).toEqual(['nd-spoof']);
  });

  it('against an address that is made from its owner, whoever came first', () => {
    // fe80::16:3eff:fe00:1 is 02:16:3e:00:00:01.
    const eui = 'fe80::16:3eff:fe00:1';
    const scene = new Scene().advertises(ATTACKER.mac, eui, 'O').at(3).advertises(OWNER.mac, eui, 'SO', V);
    scene.at(6).advertises(ATTACKER.mac, eui, 'O').at(9).advertises(OWNER.mac, eui, 'SO', V);
    expect(run(scene).findings.map((one) => one.subject)).toEqual([{ address: eui, attacker: ATTACKER.mac }]);
  });

  it('without a culprit where nothing tells which of the two is the owner', () => {
    const scene = new Scene();
    scene.repeat(4, (i) => scene.at(3 * i).advertises(i % 2 === 0 ? SECOND : ATTACKER.mac, TARGET, 'SO', V));
    const { findings } = run(scene);
    expect(findings.map((one) => [one.detector.id, one.severity, one.subject])).toEqual([
      ['nd-spoof', 'medium', { address: TARGET, macs: [SECOND, ATTACKER.mac] }],
    ]);
  });

  it('for certain when the profile gives the address to another', () => {
    const { findings } = run(peace().at(5).advertises(ATTACKER.mac, TARGET, 'RO'), PROFILE);
    expect(findings.map((one) => [one.detector.id, one.last.confidence.level, one.subject])).toEqual([
      ['nd-spoof', 'certain', { address: TARGET, attacker: ATTACKER.mac }],
    ]);
  });
});

describe('nd-spoof stays quiet', () => {
  it('on a healthy segment, with the profile too', () => {
    const scene = peace();
    scene.repeat(10, (i) => {
      scene.at(10 + 30 * i).solicits(VICTIM.mac, VICTIM.ip6, TARGET, { ip: TARGET, mac: OWNER.mac });
      scene.advertises(OWNER.mac, TARGET, 'RS', V);
    });
    expect(run(scene).ids).toEqual([]);
    expect(run(scene, PROFILE).ids).toEqual([]);
  });

  it('on proxies and anycast: without the override flag', () => {
    const scene = peace();
    scene.repeat(10, (i) => {
      scene.at(5 + 5 * i).solicits(VICTIM.mac, VICTIM.ip6, TARGET);
      scene.advertises(OWNER.mac, TARGET, 'RSO', V).advertises(SECOND, TARGET, 'S', V);
    });
    expect(run(scene).ids).toEqual([]);
    expect(run(scene, PROFILE).ids).toEqual([]);
  });

  it('on announcements to the routers (RFC 9131)', () => {
    const scene = new Scene();
    scene.repeat(5, (i) => {
      scene.at(5 * i).advertises(VICTIM.mac, '2001:db8::10', '', undefined, VICTIM.mac, 'ff02::2');
      scene.advertises(VICTIM.mac, '2001:db8::10', 'SO', { ip: OWNER.ip6, mac: OWNER.mac });
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on VRRPv3 masters that change back and forth, by their own hellos', () => {
    const scene = new Scene();
    scene.repeat(8, (i) => {
      const mac = i % 2 === 0 ? OWNER.mac : SECOND;
      scene
        .at(5 * i)
        .vrrp6(mac, 'fe80::a', 7, TARGET)
        .advertises(mac, TARGET, 'RO')
        .after(1)
        .advertises(mac, TARGET, 'RSO', V);
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on a handover and a failback, each announced', () => {
    const scene = peace().at(10).advertises(SECOND, TARGET, 'O').at(12).solicits(SECOND, TARGET, OTHER.ip6);
    scene.at(40).advertises(OWNER.mac, TARGET, 'O').at(50).solicits(OWNER.mac, TARGET, OTHER.ip6);
    expect(run(scene).ids).toEqual(['address-moved']);
  });

  it('on a duplicate that detection finds', () => {
    const scene = peace().at(10).dad(SECOND, TARGET).advertises(OWNER.mac, TARGET, 'RO');
    expect(run(scene).ids).toEqual(['nd-dad-conflict']);
  });

  it('on a declared virtual address', () => {
    const scene = peace();
    scene.repeat(5, (i) =>
      scene
        .at(3 + 2 * i)
        .advertises(SECOND, TARGET, 'O')
        .after(1.1)
        .solicits(OWNER.mac, TARGET, OTHER.ip6),
    );
    expect(run(scene).ids).toEqual(['nd-spoof']);
    expect(run(scene, { gateways: [{ address: TARGET, virtual: true }] }).ids).toEqual([]);
  });
});
