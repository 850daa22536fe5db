import { describe, expect, it } from 'vitest';
import { NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { Scene, type Outcome } from '../support/scene.ts';

const A = OWNER.mac;
const B = SECOND;
const IP = OWNER.ip;

function run(scene: Scene): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS);
}

describe('address-moved fires', () => {
  it('when B announces the address of A, and A is silent', () => {
    const { ids, findings } = run(
      new Scene().asks(A, IP, VICTIM.ip).at(10).announces(B, IP).at(20).asks(B, IP, OTHER.ip),
    );
    expect(ids).toEqual(['address-moved']);
    expect(findings[0]).toMatchObject({ subject: { address: IP }, severity: 'info', count: 1 });
    expect(findings[0]?.last.message).toBe(`${IP} moved from ${A} to ${B}.`);
    expect(findings[0]?.firstEvidence.map((one) => one.kind === 'frame' && one.sight.frame)).toEqual([1, 2]);
  });

  it('also when the capture ends before B speaks again', () => {
    const scene = new Scene()
      .asks(A, IP, VICTIM.ip)
      .at(10)
      .announces(B, IP)
      .at(16)
      .asks(VICTIM.mac, VICTIM.ip, OTHER.ip);
    expect(run(scene).ids).toEqual(['address-moved']);
  });

  it('when B only uses the address for half a minute', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(10).asks(B, IP, VICTIM.ip).at(45).asks(B, IP, VICTIM.ip);
    expect(run(scene).ids).toEqual(['address-moved']);
  });

  it('once with a count, there and back', () => {
    const scene = new Scene()
      .announces(A, IP)
      .at(100)
      .announces(B, IP)
      .at(200)
      .announces(A, IP)
      .at(300)
      .asks(A, IP, OTHER.ip);
    const { findings } = run(scene);
    expect(findings.map((one) => [one.subject, one.count])).toEqual([[{ address: IP }, 2]]);
  });

  it('on an unsolicited Neighbor Advertisement with the override flag', () => {
    const { ip6 } = OWNER;
    const scene = new Scene()
      .solicits(A, ip6, VICTIM.ip6)
      .at(10)
      .advertises(B, ip6, 'O')
      .at(20)
      .solicits(B, ip6, OTHER.ip6);
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['address-moved']);
    expect(findings[0]?.subject).toEqual({ address: ip6 });
  });
});

describe('address-moved stays quiet', () => {
  it('when A goes on', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(10).announces(B, IP).at(12).asked(VICTIM.mac, VICTIM.ip, IP, A);
    scene.at(40).asks(B, IP, VICTIM.ip);
    expect(run(scene).ids).toEqual([]);
  });

  it('on a new lease', () => {
    const scene = new Scene()
      .acks(A, IP)
      .announces(A, IP)
      .at(100)
      .acks(B, IP)
      .announces(B, IP)
      .at(200)
      .asks(B, IP, OTHER.ip);
    expect(run(scene).ids).toEqual([]);
  });

  it('when the capture ends too soon to tell', () => {
    expect(run(new Scene().asks(A, IP, VICTIM.ip).at(10).announces(B, IP).at(12).asks(B, IP, OTHER.ip)).ids).toEqual(
      [],
    );
  });

  it('on answers alone', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip);
    scene.repeat(5, (i) => scene.at(40 + 20 * i).asked(VICTIM.mac, VICTIM.ip, IP, B));
    expect(run(scene).ids).toEqual([]);
  });
});
