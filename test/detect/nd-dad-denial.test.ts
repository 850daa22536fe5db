import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OTHER, OWNER, VICTIM } from '../support/neighbours.ts';
import { Scene, type Outcome } from '../support/scene.ts';

function run(scene: Scene): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS);
}

/** One probe for each target, each refused. */
function denied(targets: number, refuser = ATTACKER.mac): Scene {
  const scene = new Scene();
  return scene.repeat(targets, (i) =>
    scene
      .at(5 * i)
      .dad(VICTIM.mac, `fe80::1:${i + 1}`)
      .advertises(refuser, `fe80::1:${i + 1}`, 'O'),
  );
}

describe('nd-dad-denial fires', () => {
  it('when one station refuses three addresses that it does not use', () => {
    const { findings } = run(denied(5));
    const denial = findings.find((one) => one.detector.id === 'nd-dad-denial');
    expect(denial).toMatchObject({ subject: { attacker: ATTACKER.mac }, severity: 'high', count: 5 });
    expect(denial?.firstEvidence).toHaveLength(8);
    expect(denial?.last.message).toContain('5 so far');
  });

  it('and nd-dad-conflict names only those before it was known', () => {
    const { findings } = run(denied(50));
    expect(findings.filter((one) => one.detector.id === 'nd-dad-conflict')).toHaveLength(2);
    expect(findings.filter((one) => one.detector.id === 'nd-dad-denial')).toHaveLength(1);
  });

  it('also when the victims are several', () => {
    const scene = new Scene();
    [VICTIM, OTHER, OWNER].forEach(({ mac, ip6 }, i) =>
      scene
        .at(5 * i)
        .dad(mac, ip6)
        .advertises(ATTACKER.mac, ip6, 'O'),
    );
    expect(run(scene).ids).toEqual(['nd-dad-conflict', 'nd-dad-denial']);
  });
});

describe('nd-dad-denial stays quiet', () => {
  it('on two addresses, and on one that is wanted again and again', () => {
    expect(run(denied(2)).ids).toEqual(['nd-dad-conflict']);
    const scene = new Scene();
    scene.repeat(9, (i) =>
      scene
        .at(5 * i)
        .dad(VICTIM.mac, 'fe80::1:1')
        .advertises(ATTACKER.mac, 'fe80::1:1', 'O'),
    );
    expect(run(scene).ids).toEqual(['nd-dad-conflict']);
  });

  it('on a router with several addresses that a wrongly configured machine wants', () => {
    const scene = new Scene();
    scene.repeat(4, (i) => scene.solicits(OWNER.mac, `2001:db8::${i + 1}`, OTHER.ip6));
    scene.repeat(4, (i) =>
      scene
        .at(10 + 5 * i)
        .dad(VICTIM.mac, `2001:db8::${i + 1}`)
        .advertises(OWNER.mac, `2001:db8::${i + 1}`, 'O'),
    );
    expect(run(scene).ids).toEqual(['nd-dad-conflict']);
  });

  it('on a station that brings up many addresses of its own', () => {
    const scene = new Scene();
    scene.repeat(9, (i) =>
      scene
        .at(3 * i)
        .dad(VICTIM.mac, `fe80::1:${i}`)
        .after(1)
        .advertises(VICTIM.mac, `fe80::1:${i}`, 'O'),
    );
    expect(run(scene).ids).toEqual([]);
  });

  it('on many stations that each refuse one', () => {
    const scene = new Scene();
    scene.repeat(6, (i) =>
      scene
        .at(5 * i)
        .dad(VICTIM.mac, `fe80::1:${i}`)
        .advertises(`02:16:3e:77:00:0${i}`, `fe80::1:${i}`, 'O'),
    );
    expect(run(scene).ids).toEqual(['nd-dad-conflict']);
  });
});
