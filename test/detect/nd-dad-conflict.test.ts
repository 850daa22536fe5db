import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { Scene, type Outcome } from '../support/scene.ts';

const TARGET = 'fe80::10';

function run(scene: Scene): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS);
}

describe('nd-dad-conflict fires', () => {
  it('when the user of the address answers the probe', () => {
    const scene = new Scene()
      .solicits(SECOND, TARGET, OTHER.ip6)
      .at(10)
      .dad(VICTIM.mac, TARGET)
      .advertises(SECOND, TARGET, 'O');
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['nd-dad-conflict']);
    expect(findings[0]).toMatchObject({
      subject: { address: TARGET },
      severity: 'medium',
      count: 1,
      last: { confidence: { level: 'certain' } },
    });
    expect(findings[0]?.last.message).toBe(`${VICTIM.mac} wanted ${TARGET}, and ${SECOND} said that it has it.`);
    expect(findings[0]?.firstEvidence.map((one) => one.kind === 'frame' && one.sight.frame)).toEqual([2, 3]);
  });

  it('when a station that was not seen before answers, in the same message at the same time as others', () => {
    const scene = new Scene().dad(VICTIM.mac, TARGET, '010203040506').after(0.5).advertises(ATTACKER.mac, TARGET, 'O');
    expect(run(scene).findings.map((one) => [one.detector.id, one.last.confidence.level])).toEqual([
      ['nd-dad-conflict', 'likely'],
    ]);
  });

  it('also without the override flag: any advertisement ends the detection (RFC 4862 5.4.4)', () => {
    expect(run(new Scene().dad(VICTIM.mac, TARGET).advertises(SECOND, TARGET, '')).ids).toEqual(['nd-dad-conflict']);
  });

  it('when two stations probe for one address, with other nonces or without', () => {
    for (const [one, other] of [
      ['010203040506', '0a0b0c0d0e0f'],
      ['010203040506', undefined],
      [undefined, undefined],
    ] as const) {
      const scene = new Scene().dad(VICTIM.mac, TARGET, one).after(0.3).dad(SECOND, TARGET, other);
      const { findings } = run(scene);
      expect(findings.map((each) => each.last.message)).toEqual([`${VICTIM.mac} and ${SECOND} both want ${TARGET}.`]);
    }
  });
});

describe('nd-dad-conflict stays quiet', () => {
  it("on the prober's own repetition", () => {
    const scene = new Scene().dad(VICTIM.mac, TARGET, '010203040506').at(1).dad(VICTIM.mac, TARGET, '0a0b0c0d0e0f');
    expect(run(scene.at(2).dad(VICTIM.mac, TARGET)).ids).toEqual([]);
  });

  it('on a loop that changes the Ethernet source: same nonce', () => {
    const scene = new Scene().dad(VICTIM.mac, TARGET, '010203040506').after(0.2).dad(SECOND, TARGET, '010203040506');
    expect(run(scene).ids).toEqual([]);
  });

  it('on an optimistic node and on its advertisement after the detection', () => {
    const scene = new Scene().dad(VICTIM.mac, TARGET).advertises(VICTIM.mac, TARGET, '').at(0.5);
    scene.solicits(VICTIM.mac, TARGET, OWNER.ip6).at(1.5).advertises(VICTIM.mac, TARGET, 'O').at(2);
    scene.advertises(VICTIM.mac, TARGET, 'SO', { ip: OWNER.ip6, mac: OWNER.mac });
    expect(run(scene).ids).toEqual([]);
  });

  it('on its own advertisement through another interface address', () => {
    // A bond: the target link-layer address is the bond's, the Ethernet source a member's.
    const scene = new Scene().dad(VICTIM.mac, TARGET).after(1).advertises(SECOND, TARGET, 'O', undefined, VICTIM.mac);
    expect(run(scene).ids).toEqual([]);
  });

  it('on an answer to somebody else, which the prober cannot hear', () => {
    const scene = new Scene().solicits(OWNER.mac, OWNER.ip6, TARGET).dad(VICTIM.mac, TARGET);
    scene.advertises(SECOND, TARGET, 'SO', { ip: OWNER.ip6, mac: OWNER.mac });
    expect(run(scene).ids).toEqual([]);
  });

  it('when the address is free again later', () => {
    const scene = new Scene().dad(VICTIM.mac, TARGET).at(60).advertises(SECOND, TARGET, 'O');
    expect(run(scene).ids).toEqual([]);
    expect(run(new Scene().dad(VICTIM.mac, TARGET).at(60).dad(SECOND, TARGET)).ids).toEqual([]);
  });

  it('on the same address in two segments', () => {
    expect(
      run(new Scene().dad(VICTIM.mac, TARGET).on(1).dad(SECOND, TARGET).advertises(SECOND, TARGET, 'O')).ids,
    ).toEqual([]);
  });

  it('on what every receiver discards: hop limit below 255', () => {
    const scene = new Scene().dad(VICTIM.mac, TARGET);
    const body = Uint8Array.from([0x20, 0, 0, 0, 0xfe, 0x80, ...Array.from({ length: 13 }, () => 0), 0x10]);
    scene.nd(136, TARGET, 'ff02::1', SECOND, '33:33:00:00:00:01', body, 254);
    expect(run(scene).ids).toEqual([]);
    // The same with hop limit 255 is one.
    const valid = new Scene().dad(VICTIM.mac, TARGET);
    valid.nd(136, TARGET, 'ff02::1', SECOND, '33:33:00:00:00:01', body, 255);
    expect(run(valid).ids).toEqual(['nd-dad-conflict']);
  });
});
