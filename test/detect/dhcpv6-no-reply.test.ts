import { describe, expect, it } from 'vitest';
import { NEIGHBOUR_DETECTORS, OTHER, OWNER, SECOND, VICTIM } from '../support/neighbours.ts';
import { hex } from '../support/packets.ts';
import { message6, option6, relay6, Scene, type Outcome } from '../support/scene.ts';

const CLIENT = option6(1, hex('00030001525400bb0010'));
const SERVER = option6(2, hex('0001000112345678020000000001'));
const LINK = '2001:db8:1::1';

function run(scene: Scene): Outcome {
  return scene.run(NEIGHBOUR_DETECTORS);
}

/** A vantage that sees what is sent to the client. */
function sees(scene: Scene): Scene {
  return scene.asked(VICTIM.mac, VICTIM.ip, OWNER.ip, OWNER.mac);
}

function solicits(scene: Scene, times: number, type = 1, xid = 7): Scene {
  const from = 5;
  return scene.repeat(times, (i) =>
    scene.at(from + 2 ** i).dhcp6({ mac: VICTIM.mac, ip: VICTIM.ip6, payload: message6(type, xid, CLIENT) }),
  );
}

/** The capture runs on. */
function until(scene: Scene, seconds: number): Scene {
  return scene.at(seconds).asks(OTHER.mac, OTHER.ip, '198.51.100.99');
}

describe('dhcpv6-no-reply fires', () => {
  it('where a router tells hosts to use DHCPv6', () => {
    const scene = sees(new Scene().routes(OWNER.mac, OWNER.ip6, { managed: true }));
    const { ids, findings } = run(until(solicits(scene, 4), 60));
    expect(ids).toEqual(['dhcpv6-no-reply']);
    expect(findings[0]).toMatchObject({
      subject: { client: VICTIM.mac },
      severity: 'medium',
      count: 4,
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toBe(`${VICTIM.mac} sent 4 SOLICIT messages and got no answer.`);
    expect(findings[0]?.firstEvidence.map((one) => one.kind)).toEqual(['frame', 'frame', 'frame', 'frame', 'absence']);
  });

  it('where a server answers others', () => {
    const scene = sees(new Scene());
    scene.dhcp6({ mac: OTHER.mac, ip: OTHER.ip6, payload: message6(1, 3, option6(1, hex('0003000152540000'))) });
    scene.dhcp6({
      mac: OWNER.mac,
      ip: OWNER.ip6,
      to: { ip: OTHER.ip6, mac: OTHER.mac },
      payload: message6(2, 3, option6(1, hex('0003000152540000')), SERVER),
    });
    expect(run(until(solicits(scene, 3), 60)).findings.map((one) => one.severity)).toEqual(['medium']);
  });

  it('low where nothing else shows that DHCPv6 is meant to work', () => {
    const { findings } = run(until(solicits(sees(new Scene()), 3), 60));
    expect(findings.map((one) => [one.detector.id, one.severity])).toEqual([['dhcpv6-no-reply', 'low']]);
  });

  it('on transactions that are begun anew', () => {
    const scene = sees(new Scene().routes(OWNER.mac, OWNER.ip6, { managed: true }));
    scene.repeat(3, (i) =>
      scene.at(5 + 5 * i).dhcp6({ mac: VICTIM.mac, ip: VICTIM.ip6, payload: message6(1, 100 + i, CLIENT) }),
    );
    expect(run(until(scene, 60)).findings.map((one) => one.count)).toEqual([3]);
  });

  it('behind a relay, where what is sent to the relay is seen', () => {
    const scene = new Scene().asked(SECOND, '198.51.100.3', OWNER.ip, OWNER.mac);
    scene.repeat(3, (i) =>
      scene.at(5 + 3 * i).relayed6({
        mac: SECOND,
        ip: LINK,
        toMac: OWNER.mac,
        toIp: '2001:db8::2',
        payload: relay6(12, LINK, VICTIM.ip6, message6(1, 7, CLIENT)),
      }),
    );
    expect(run(until(scene, 60)).ids).toEqual(['dhcpv6-no-reply']);
  });
});

describe('dhcpv6-no-reply stays quiet', () => {
  it('and says in coverage when the answer could not have been seen', () => {
    const scene = new Scene().routes(OWNER.mac, OWNER.ip6, { managed: true });
    const { ids, coverage } = run(until(solicits(scene, 4), 60));
    expect(ids).toEqual([]);
    expect(coverage.map((one) => [one.id, one.undecided])).toEqual([['replies-not-visible', ['dhcpv6-no-reply']]]);
  });

  it('when the client was answered, at once or later', () => {
    const scene = solicits(sees(new Scene().routes(OWNER.mac, OWNER.ip6, { managed: true })), 4);
    scene.at(30).dhcp6({
      mac: OWNER.mac,
      ip: OWNER.ip6,
      to: { ip: VICTIM.ip6, mac: VICTIM.mac },
      payload: message6(2, 7, CLIENT, SERVER),
    });
    expect(run(until(scene, 60)).ids).toEqual([]);
    const later = solicits(sees(new Scene().routes(OWNER.mac, OWNER.ip6, { managed: true })), 4);
    later.at(40).dhcp6({ mac: VICTIM.mac, ip: VICTIM.ip6, payload: message6(1, 8, CLIENT) });
    later.dhcp6({
      mac: OWNER.mac,
      ip: OWNER.ip6,
      to: { ip: VICTIM.ip6, mac: VICTIM.mac },
      payload: message6(2, 8, CLIENT, SERVER),
    });
    expect(run(until(later, 60)).ids).toEqual([]);
  });

  it('on one request, and at the end of the capture', () => {
    expect(run(until(solicits(sees(new Scene()), 1), 60)).ids).toEqual([]);
    expect(run(solicits(sees(new Scene()), 2)).ids).toEqual([]);
  });

  it('on an IPv4-only link: DHCPv4 served the client', () => {
    const scene = solicits(sees(new Scene()), 4).at(40).acks(VICTIM.mac, VICTIM.ip);
    expect(run(until(scene, 60)).ids).toEqual([]);
  });

  it('on RENEW and RELEASE', () => {
    for (const type of [5, 8]) expect(run(until(solicits(sees(new Scene()), 4, type), 60)).ids).toEqual([]);
  });
});
