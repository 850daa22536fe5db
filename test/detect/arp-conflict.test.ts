import { describe, expect, it } from 'vitest';
import { ATTACKER, NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { Scene, type Outcome } from '../support/scene.ts';

const A = OWNER.mac;
const B = SECOND;
const IP = OWNER.ip;

function run(scene: Scene, profile?: Parameters<Scene['run']>[1]): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS, profile);
}

describe('arp-conflict fires', () => {
  it('when both ask under one address, A, B, A', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(10).asks(B, IP, VICTIM.ip).at(20).asks(A, IP, OTHER.ip);
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['arp-conflict']);
    expect(findings[0]).toMatchObject({
      subject: { address: IP, macs: [A, B] },
      severity: 'medium',
      count: 1,
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toBe(`${A} and ${B} both use ${IP}.`);
  });

  it('as one finding with all its contradictions', () => {
    const scene = new Scene();
    scene.repeat(50, (i) => scene.at(10 * i).asks(i % 2 === 0 ? A : B, IP, VICTIM.ip));
    const { findings } = run(scene);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.count).toBe(48);
  });

  it('when a newcomer announces the address and the owner goes on', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(5).announces(B, IP).at(8).asks(A, IP, OTHER.ip);
    expect(run(scene).ids).toEqual(['arp-conflict']);
  });

  it('when both announce against each other (RFC 5227 defence)', () => {
    const scene = new Scene().announces(A, IP).at(5).announces(B, IP).at(5.1).announces(A, IP).at(7).announces(B, IP);
    expect(run(scene).ids).toEqual(['arp-conflict']);
  });

  it('when a station sits on an address that DHCP gives to another, though it only answers', () => {
    const scene = new Scene()
      .asked(VICTIM.mac, VICTIM.ip, IP, ATTACKER.mac)
      .at(60)
      .acks(A, IP)
      .announces(A, IP)
      .at(70)
      .asked(VICTIM.mac, VICTIM.ip, IP, ATTACKER.mac, A);
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['arp-conflict']);
    expect(findings[0]?.last.message).toBe(`${ATTACKER.mac} uses ${IP}, which belongs to ${A}.`);
  });

  it('when a proxy answers for several that answer for themselves', () => {
    const scene = new Scene().asks(ATTACKER.mac, ATTACKER.ip, '198.51.100.99');
    scene.repeat(3, (i) => {
      scene.at(1 + i).asked(OTHER.mac, OTHER.ip, OWNER.ip, OWNER.mac, ATTACKER.mac);
      scene.asked(OTHER.mac, OTHER.ip, VICTIM.ip, VICTIM.mac, ATTACKER.mac);
    });
    const { ids, findings } = run(scene);
    expect(ids).toEqual(['arp-conflict']);
    expect(findings.map((one) => one.last.message).sort()).toEqual([
      `${ATTACKER.mac} uses ${OWNER.ip}, which belongs to ${OWNER.mac}.`,
      `${ATTACKER.mac} uses ${VICTIM.ip}, which belongs to ${VICTIM.mac}.`,
    ]);
  });

  it('on a VRRP address that a machine outside the group uses', () => {
    const scene = new Scene();
    scene.repeat(5, (i) =>
      scene
        .at(10 * i)
        .vrrp(A, '198.51.100.3', 7, IP)
        .asks(i % 2 === 0 ? A : B, IP, VICTIM.ip),
    );
    expect(run(scene).ids).toEqual(['arp-conflict']);
  });
});

describe('arp-conflict stays quiet', () => {
  it('on a handover: the other is silent', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(10).announces(B, IP).at(20).asks(B, IP, OTHER.ip);
    expect(run(scene).ids).toEqual(['address-moved']);
  });

  it('on the last words of the former holder that were under way', () => {
    const scene = new Scene()
      .asks(A, IP, VICTIM.ip)
      .at(10)
      .announces(B, IP)
      .at(10.2)
      .asks(A, IP, OTHER.ip)
      .at(14)
      .asks(B, IP, OTHER.ip)
      .at(24)
      .asks(B, IP, VICTIM.ip);
    expect(run(scene).ids).toEqual(['address-moved']);
  });

  it('on keepalived without vmac, failover and failback, with and without its hellos in sight', () => {
    for (const hellos of [true, false]) {
      const scene = new Scene();
      const hello = (mac: string): void => {
        if (hellos) scene.vrrp(mac, '198.51.100.3', 7, IP);
      };
      hello(A);
      scene.announces(A, IP).at(2).asks(A, IP, VICTIM.ip).at(10);
      hello(B);
      scene.repeat(5, () => scene.announces(B, IP));
      scene.at(15).asks(B, IP, VICTIM.ip).at(30);
      hello(A);
      scene.repeat(5, () => scene.announces(A, IP));
      scene.at(45).asks(A, IP, OTHER.ip);
      expect(run(scene).ids).toEqual(['address-moved']);
    }
  });

  it('on two VRRP masters that see each other not, by their own hellos', () => {
    const scene = new Scene();
    scene.repeat(10, (i) => {
      const mac = i % 2 === 0 ? A : B;
      scene
        .at(5 * i)
        .vrrp(mac, '198.51.100.3', 7, IP)
        .asks(mac, IP, VICTIM.ip);
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on an active-backup bond that gives its address to the new member', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(10).announces(B, IP).at(11).announces(B, IP);
    scene.at(40).asked(VICTIM.mac, VICTIM.ip, IP, B);
    expect(run(scene).ids).toEqual(['address-moved']);
  });

  it('on balance-alb: each client hears another member', () => {
    const scene = new Scene();
    scene.repeat(10, (i) => {
      scene.at(10 * i).asks(A, IP, '198.51.100.99');
      scene.asked(VICTIM.mac, VICTIM.ip, IP, A).asked(OTHER.mac, OTHER.ip, IP, B);
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on ARP flux, which it says in coverage', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip);
    scene.repeat(5, (i) => scene.at(2 + i).asked(VICTIM.mac, VICTIM.ip, IP, A, B));
    const { ids, coverage } = run(scene);
    expect(ids).toEqual([]);
    expect(coverage.map((one) => one.id)).toEqual(['two-answers']);
  });

  it('on ARP flux of three interfaces, each with an address', () => {
    const C = '02:16:3e:00:00:03';
    const macs = [A, B, C];
    const scene = new Scene();
    macs.forEach((mac, i) => scene.asks(mac, `198.51.100.${i + 1}`, VICTIM.ip));
    scene.repeat(9, (i) =>
      scene
        .at(2 + i)
        .asked(VICTIM.mac, VICTIM.ip, `198.51.100.${(i % 3) + 1}`, ...macs.slice(i % 3), ...macs.slice(0, i % 3)),
    );
    expect(run(scene).ids).toEqual([]);
  });

  it('on a migrated machine that keeps its MAC address', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(10).announces(A, IP).at(11).asks(A, IP, OTHER.ip);
    expect(run(scene).ids).toEqual([]);
  });

  it('on addresses that DHCP gives to one client after the other', () => {
    const scene = new Scene();
    scene.repeat(6, (i) => {
      const mac = i % 2 === 0 ? A : B;
      scene
        .at(20 * i)
        .acks(mac, IP)
        .announces(mac, IP)
        .after(1)
        .asks(mac, IP, VICTIM.ip);
    });
    expect(run(scene).ids).toEqual([]);
  });

  it('on a probe that the user of the address answers, and on a scan', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).at(5).probes(B, IP).replies(A, IP, B);
    scene.at(6).probes(B, IP).replies(A, IP, B).at(20).asks(A, IP, VICTIM.ip);
    scene.repeat(200, (i) => scene.probes(ATTACKER.mac, `198.51.100.${i}`));
    expect(run(scene).ids).toEqual([]);
  });

  it('on proxy ARP for targets that nobody else answers for', () => {
    const scene = new Scene();
    scene.repeat(30, (i) => scene.at(i).asked(VICTIM.mac, VICTIM.ip, `203.0.113.${i}`, OWNER.mac));
    expect(run(scene).ids).toEqual([]);
  });

  it('on a declared virtual address, and where all claimants are declared', () => {
    const scene = (): Scene => {
      const one = new Scene();
      return one.repeat(10, (i) => one.at(10 * i).asks(i % 2 === 0 ? A : B, IP, VICTIM.ip));
    };
    expect(run(scene(), { gateways: [{ address: IP, virtual: true }] }).ids).toEqual([]);
    expect(run(scene(), { gateways: [{ address: IP, macs: [A, B] }] }).ids).toEqual([]);
  });

  it('on one address in two segments', () => {
    const scene = new Scene();
    scene.repeat(10, (i) =>
      scene
        .on(i % 2)
        .at(10 * i)
        .asks(i % 2 === 0 ? A : B, IP, VICTIM.ip),
    );
    expect(run(scene).ids).toEqual([]);
  });

  it('where arp-spoof names the attacker', () => {
    const scene = new Scene().asks(A, IP, VICTIM.ip).asks(ATTACKER.mac, ATTACKER.ip, VICTIM.ip);
    scene.asks(VICTIM.mac, VICTIM.ip, IP);
    scene.repeat(10, (i) => scene.at(5 + i).replies(ATTACKER.mac, IP, VICTIM.mac, VICTIM.ip));
    expect(run(scene).ids).toEqual(['arp-spoof']);
  });
});
