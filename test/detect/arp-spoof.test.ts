import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { arpFrame } from '../support/packets.ts';
import { Scene, type Outcome } from '../support/scene.ts';

const PROFILE = { gateways: [{ address: OWNER.ip, macs: [OWNER.mac] }] };

function run(scene: Scene, profile?: Parameters<Scene['run']>[1]): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS, profile);
}

/** The owner and the victim as they talk before anything happens. */
function peace(): Scene {
  return new Scene()
    .asked(VICTIM.mac, VICTIM.ip, OWNER.ip, OWNER.mac)
    .at(1)
    .asked(OWNER.mac, OWNER.ip, VICTIM.ip, VICTIM.mac);
}

/** The attacker resolves its victim under its own address, as every tool does. */
function shows(scene: Scene): Scene {
  return scene.asked(ATTACKER.mac, ATTACKER.ip, VICTIM.ip, VICTIM.mac);
}

describe('arp-spoof fires', () => {
  it('on unasked replies to one victim by a machine with an address of its own', () => {
    const scene = shows(peace().at(2));
    scene.repeat(20, (i) => scene.at(3 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['arp-spoof']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: { address: OWNER.ip, attacker: ATTACKER.mac },
      severity: 'high',
      count: 20,
      last: { confidence: { level: 'likely' } },
    });
    // Frames 1 to 6 are peace and resolution; the lies begin at 7.
    const frames = findings[0]?.firstEvidence.map((one) => (one.kind === 'frame' ? one.sight.frame : -1));
    expect(frames).toContain(2);
    expect(frames).toContain(7);
    expect(findings[0]?.last.message).toBe(
      `${ATTACKER.mac} tells ${VICTIM.mac} that ${OWNER.ip} is its own, while ${OWNER.mac} has it.`,
    );
  });

  it('once for each victim address when the attacker stands between two', () => {
    const scene = peace();
    scene.repeat(10, (i) => {
      scene.at(3 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip);
      scene.replies(ATTACKER.mac, VICTIM.ip, OWNER.mac, OWNER.ip);
    });
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['arp-spoof']);
    expect(findings.map((one) => one.subject)).toEqual([
      { address: OWNER.ip, attacker: ATTACKER.mac },
      { address: VICTIM.ip, attacker: ATTACKER.mac },
    ]);
  });

  it('on unasked replies to all, while the owner lives on', () => {
    const scene = shows(peace().at(2));
    scene.repeat(10, (i) => {
      scene.at(3 + 2 * i).replies(ATTACKER.mac, OWNER.ip, 'ff:ff:ff:ff:ff:ff');
      if (i % 3 === 2) scene.asks(OWNER.mac, OWNER.ip, OTHER.ip);
    });
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['arp-spoof']);
    expect(findings[0]?.last.message).toContain('tells all stations');
  });

  it('on announcements without end against an owner who goes on', () => {
    const scene = shows(peace().at(2));
    scene.repeat(12, (i) => {
      scene.at(3 + 3 * i).announces(ATTACKER.mac, OWNER.ip, 2);
      if (i % 2 === 1) scene.after(1.5).asks(OWNER.mac, OWNER.ip, OTHER.ip);
    });
    expect(run(scene).findings.map((one) => one.subject)).toContainEqual({ address: OWNER.ip, attacker: ATTACKER.mac });
  });

  it('on poison by unicast requests, as scapy sends it', () => {
    const scene = shows(peace().at(2));
    scene.repeat(6, (i) => scene.at(3 + i).asks(ATTACKER.mac, OWNER.ip, VICTIM.ip, VICTIM.mac));
    expect(run(scene).ids).toEqual(['arp-spoof']);
  });

  it('on an attacker that shows nothing of its own, after more than a bond would say', () => {
    const scene = peace();
    scene.repeat(9, (i) => scene.at(3 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    expect(run(scene).ids).toEqual(['arp-spoof']);
  });

  it('on an attack that was there before the capture', () => {
    const scene = new Scene().asks(VICTIM.mac, VICTIM.ip, OTHER.ip);
    scene.repeat(5, (i) => scene.at(1 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    scene.at(7).asks(ATTACKER.mac, ATTACKER.ip, OTHER.ip).at(8).asks(OWNER.mac, OWNER.ip, VICTIM.ip);
    scene.repeat(5, (i) => scene.at(9 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    const { findings } = run(scene);
    expect(findings.map((one) => [one.detector.id, one.subject])).toEqual([
      ['arp-spoof', { address: OWNER.ip, attacker: ATTACKER.mac }],
    ]);
  });

  it('on an attack against a VRRP address by a machine that is no member', () => {
    const virtual = '00:00:5e:00:01:07';
    const scene = new Scene();
    scene.repeat(5, (i) => scene.at(i).vrrp(virtual, '198.51.100.3', 7, OWNER.ip));
    scene.asked(VICTIM.mac, VICTIM.ip, OWNER.ip, virtual).asked(ATTACKER.mac, ATTACKER.ip, OTHER.ip, OTHER.mac);
    scene.repeat(9, (i) => scene.at(6 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    expect(run(scene).ids).toEqual(['arp-spoof']);
  });

  it('at once and for certain when the profile gives the address to another', () => {
    const { ids, findings } = run(peace().at(2).announces(ATTACKER.mac, OWNER.ip), PROFILE);
    expect(ids).toEqual(['arp-spoof']);
    expect(findings[0]).toMatchObject({
      subject: { address: OWNER.ip, attacker: ATTACKER.mac },
      count: 1,
      last: { confidence: { level: 'certain' } },
    });
  });

  it('with every claim counted when the profile speaks', () => {
    const scene = shows(peace().at(2));
    scene.repeat(21, (i) => scene.at(3 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    const { findings } = run(scene, PROFILE);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ count: 21, last: { confidence: { level: 'certain' } } });
  });
});

describe('arp-spoof stays quiet', () => {
  it('on a healthy segment, with the profile too', () => {
    const scene = peace();
    scene.repeat(10, (i) => scene.at(5 + 30 * i).asked(VICTIM.mac, VICTIM.ip, OWNER.ip, OWNER.mac));
    expect(run(scene).ids).toEqual([]);
    expect(run(scene, PROFILE).ids).toEqual([]);
  });

  it('on balance-alb: members tell clients unasked after each broadcast of the bond', () => {
    const scene = peace();
    scene.repeat(10, (i) => {
      // The bond asks under its first MAC address, then gives this client its assigned one again, twice four times.
      scene.at(5 + 20 * i).asks(OWNER.mac, OWNER.ip, OTHER.ip);
      scene.repeat(4, (k) => {
        scene.at(5 + 20 * i + 2 + k).replies(SECOND, OWNER.ip, VICTIM.mac, VICTIM.ip);
        scene.replies(SECOND, OWNER.ip, VICTIM.mac, VICTIM.ip);
      });
      scene.at(20 + 20 * i).asked(VICTIM.mac, VICTIM.ip, OWNER.ip, SECOND);
    });
    const { ids, coverage } = run(scene);
    expect(ids).toEqual([]);
    expect(coverage.map((one) => [one.id, one.undecided])).toEqual([['unasked-answers', ['arp-spoof']]]);
  });

  it('on ARP flux: a second interface with an address of its own answers too, but only when asked', () => {
    const scene = new Scene().announces(SECOND, '198.51.100.2').asks(SECOND, '198.51.100.2', OTHER.ip);
    scene.repeat(10, (i) => scene.at(2 + 10 * i).asked(VICTIM.mac, VICTIM.ip, OWNER.ip, OWNER.mac, SECOND));
    expect(run(scene).ids).toEqual([]);
  });

  it('where the questions are not seen: only what a station receives was captured', () => {
    const scene = new Scene().announces(SECOND, '198.51.100.2');
    scene.repeat(10, (i) => {
      scene.at(2 + 10 * i).replies(OWNER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip);
      scene.replies(SECOND, OWNER.ip, VICTIM.mac, VICTIM.ip);
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on GLBP: one address, a forwarder for each client, named by hellos', () => {
    const [one, two] = ['00:07:b4:00:0a:01', '00:07:b4:00:0a:02'];
    const scene = new Scene();
    scene.repeat(10, (i) => {
      scene.at(3 * i).glbp(OWNER.mac, '198.51.100.2', OWNER.ip, one);
      scene.glbp(SECOND, '198.51.100.3', OWNER.ip, two);
      scene.asked(VICTIM.mac, VICTIM.ip, OWNER.ip, one).asked(OTHER.mac, OTHER.ip, OWNER.ip, two);
      scene.replies(two, OWNER.ip, VICTIM.mac, VICTIM.ip);
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on NLB, EVPN suppression and anycast gateways: one sender address behind several Ethernet sources', () => {
    const scene = peace();
    scene.repeat(12, (i) => {
      scene.at(4 + i).asks(VICTIM.mac, VICTIM.ip, OWNER.ip);
      scene.frame(
        arpFrame({
          operation: 2,
          senderMac: OWNER.mac,
          senderIp: OWNER.ip,
          targetMac: VICTIM.mac,
          targetIp: VICTIM.ip,
          ethSrc: `02:00:5e:00:00:0${i % 4}`,
          ethDst: VICTIM.mac,
        }),
      );
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on a MAC address that the profile lists, and on a declared virtual address', () => {
    const scene = (): Scene => {
      const one = shows(peace().at(2));
      one.repeat(12, (i) => one.at(3 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
      return one;
    };
    expect(run(scene(), { gateways: [{ address: OWNER.ip, macs: [OWNER.mac, ATTACKER.mac] }] }).ids).toEqual([]);
    expect(run(scene(), { gateways: [{ address: OWNER.ip, virtual: true }] }).ids).toEqual([]);
  });

  it('on an address that a DHCP server gave to the claimant', () => {
    const scene = shows(peace().at(2)).at(3).acks(ATTACKER.mac, OWNER.ip);
    scene.repeat(12, (i) => scene.at(4 + i).replies(ATTACKER.mac, OWNER.ip, VICTIM.mac, VICTIM.ip));
    expect(run(scene).ids).toEqual([]);
  });

  it('on the same address in another segment', () => {
    const scene = peace().at(2).on(1).announces(ATTACKER.mac, OWNER.ip);
    scene.repeat(12, (i) => scene.at(4 + i).replies(ATTACKER.mac, OWNER.ip, OTHER.mac, OTHER.ip));
    expect(run(scene).ids).toEqual([]);
  });
});
