import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { dhcpSnoopingBindingStale } from '../../src/detect/detectors/dhcp-snooping-binding-stale.ts';
import { dhcpSnoopingDroppedClient } from '../../src/detect/detectors/dhcp-snooping-dropped-client.ts';
import { dhcpSnoopingDroppedReply } from '../../src/detect/detectors/dhcp-snooping-dropped-reply.ts';
import { dhcpSnoopingRateLimited } from '../../src/detect/detectors/dhcp-snooping-rate-limited.ts';
import { sourceGuardDrop } from '../../src/detect/detectors/source-guard-drop.ts';
import { CLIENT, DISCOVER, lease, OFFER, Points, RACK, REQUEST, type At } from '../support/points.ts';

const ALL: readonly Detector[] = [
  dhcpSnoopingBindingStale,
  dhcpSnoopingDroppedClient,
  dhcpSnoopingDroppedReply,
  dhcpSnoopingRateLimited,
  sourceGuardDrop,
];
const UP = ['client', 'rack'] as const;
const ADDRESS = '198.51.100.100';

/** A client that asks three times; the server's offers are seen where `offered` says. */
function asking(points: Points, asked: readonly string[], offered: readonly string[], more: At = {}): Points {
  for (const at of [1, 5, 9]) {
    points.dhcp(
      at,
      asked.map((name) => [name] as const),
      { ...DISCOVER, secs: at, ...more },
    );
    if (offered.length > 0)
      points.dhcp(
        at + 0.1,
        offered.map((name) => [name] as const),
        { ...OFFER, secs: at, ...more },
      );
  }
  return points;
}

const seconds = [-5, 30] as const;

describe('dhcp-snooping-dropped-reply', () => {
  it('fires when OFFERs pass the rack and never arrive at the client', () => {
    const seen = asking(new Points(...UP).cover('client', { seconds }), UP, ['rack']).run(ALL);
    expect(seen.ids).toEqual(['dhcp-snooping-dropped-reply']);
    const [finding] = seen.findings;
    expect([finding?.severity, finding?.last.confidence.level, finding?.count]).toEqual(['high', 'likely', 3]);
    expect(finding?.subject).toEqual({ server: '198.51.100.2', mac: RACK });
    expect(finding?.last.remedy ?? dhcpSnoopingDroppedReply.remedy).toMatchObject({ runbook: 'RB-2' });
  });

  it('is only possible where the recorder dropped frames', () => {
    const seen = asking(new Points(...UP).cover('client', { seconds, dropped: 3 }), UP, ['rack']).run(ALL);
    expect(seen.findings[0]?.last.confidence.level).toBe('possible');
    expect(seen.findings[0]?.severity).toBe('medium');
  });

  it('is a hypothesis at one vantage near the server, with what would decide', () => {
    const [finding] = asking(new Points('rack'), ['rack'], ['rack']).run(ALL).findings;
    expect([finding?.severity, finding?.last.confidence.level]).toEqual(['medium', 'possible']);
    expect(finding?.last.confidence.wouldDecide[0]).toContain("client's port");
    expect(finding?.last.causes?.length).toBeGreaterThan(2);
  });

  it("is quiet at the client's own port, which shows the OFFERs, alone and with the rack", () => {
    expect(asking(new Points('client'), ['client'], ['client']).run(ALL).ids).toEqual([]);
    expect(asking(new Points(...UP), UP, ['rack', 'client']).run(ALL).ids).toEqual([]);
  });

  it('is quiet on unicast to another port', () => {
    const points = new Points('bystander', 'rack').cover('bystander', { seconds });
    expect(asking(points, ['rack', 'bystander'], ['rack'], { flags: 0 }).run(ALL).ids).toEqual([]);
  });

  it('is quiet on an OFFER that was chosen', () => {
    const points = new Points(...UP).cover('client', { seconds });
    points.dhcp(1, [['client'], ['rack']], DISCOVER);
    points.dhcp(1.1, [['rack']], OFFER);
    points.dhcp(1.2, [['client'], ['rack']], REQUEST);
    expect(points.run([dhcpSnoopingDroppedReply]).ids).toEqual([]);
  });

  it('is quiet on one lost kind of reply while others pass', () => {
    const points = new Points(...UP).cover('client', { seconds });
    points.dhcp(1, [['client'], ['rack']], DISCOVER);
    points.dhcp(1.1, [['rack'], ['client']], OFFER);
    for (const at of [1.2, 5]) {
      points.dhcp(at, [['client'], ['rack']], { ...REQUEST, secs: Math.floor(at) });
      points.dhcp(at + 0.1, [['rack']], { ...OFFER, type: 5, secs: Math.floor(at) });
    }
    const seen = points.run([dhcpSnoopingDroppedReply]);
    expect(seen.lost).not.toEqual([]);
    expect(seen.ids).toEqual([]);
  });

  it('is quiet on a server that the site does not authorise', () => {
    const profile = { dhcp: { servers: [{ addresses: ['198.51.100.9'] }] } };
    const points = (): Points => asking(new Points(...UP).cover('client', { seconds }), UP, ['rack']);
    expect(points().run(ALL, profile).ids).toEqual([]);
    expect(asking(new Points('rack'), ['rack'], ['rack']).run(ALL, profile).ids).toEqual([]);
  });

  it('is quiet while the captures do not run at the same time', () => {
    expect(asking(new Points(...UP).cover('client', { seconds: [50, 60] }), UP, ['rack']).run(ALL).ids).toEqual([]);
  });
});

describe('dhcp-snooping-dropped-client', () => {
  const shared = (points: Points): Points =>
    points.arp(0, UP, CLIENT, '198.51.100.50', '198.51.100.2').arp(20, UP, CLIENT, '198.51.100.50', '198.51.100.3');

  it('fires on a request whose hardware address is not its source', () => {
    const points = shared(new Points(...UP));
    const [finding] = asking(points, ['client'], [], { from: '52:54:00:bb:00:77' }).run(ALL).findings;
    expect([finding?.detector.id, finding?.last.confidence.level]).toEqual(['dhcp-snooping-dropped-client', 'likely']);
    expect(finding?.subject).toEqual({ rule: 'chaddr-mismatch' });
  });

  it('fires on option 82 without a relay address, and the empty capture of the rack counts', () => {
    const points = new Points('uplink', 'rack').cover('rack', { seconds });
    const [finding] = asking(points, ['uplink'], [], { more: [[82, [1, 1, 65]]] }).run([
      dhcpSnoopingDroppedClient,
    ]).findings;
    expect([finding?.severity, finding?.last.confidence.level]).toEqual(['high', 'likely']);
    expect(finding?.subject).toEqual({ rule: 'relay-information' });
  });

  it('fires where all else of the machine passes, likely', () => {
    const [finding] = asking(shared(new Points(...UP)), ['client'], []).run(ALL).findings;
    expect([finding?.severity, finding?.last.confidence.level]).toEqual(['high', 'likely']);
    expect(finding?.subject).toEqual({ rule: 'client-message' });
    expect(finding?.last.causes?.[0]).toContain('trusted port');
  });

  it('is quiet where nothing at all arrives and the message is in order: that is no snooping', () => {
    const seen = asking(new Points(...UP).cover('rack', { seconds }), ['client'], []).run(ALL);
    expect(seen.lost).toHaveLength(3);
    expect(seen.ids).toEqual([]);
  });

  it('is quiet on what was answered, at another client, on one vantage, and where nothing says that the other looked', () => {
    const answered = shared(new Points(...UP));
    answered.dhcp(1, [['client']], DISCOVER);
    answered.dhcp(1.1, [['client']], OFFER);
    expect(answered.run([dhcpSnoopingDroppedClient]).ids).toEqual([]);
    const other = new Points('client-1', 'client-2').cover('client-2', { seconds });
    expect(asking(other, ['client-1'], []).run(ALL).ids).toEqual([]);
    expect(asking(new Points('client'), ['client'], []).run(ALL).ids).toEqual([]);
    expect(asking(new Points(...UP), ['client'], []).run(ALL).ids).toEqual([]);
  });
});

describe('dhcp-snooping-rate-limited', () => {
  const mac = (n: number): string => `52:54:00:bb:01:${n.toString(16).padStart(2, '0')}`;
  const burst = (passing: (n: number) => boolean, gap = 0.02): Points => {
    const points = new Points(...UP).cover('rack', { seconds });
    for (let n = 0; n < 30; n += 1) {
      const way = passing(n) ? ([['client'], ['rack']] as const) : ([['client']] as const);
      points.dhcp(1 + n * gap, way, { ...DISCOVER, xid: 0x4000 + n, mac: mac(n) });
    }
    return points;
  };

  it('fires when the first of a burst pass and then none', () => {
    const seen = burst((n) => n < 10).run(ALL);
    expect(seen.ids).toEqual(['dhcp-snooping-rate-limited']);
    expect(seen.findings[0]?.last.message).toContain('20 clients');
    expect(seen.findings[0]?.last.confidence.level).toBe('likely');
  });

  it('goes on for what comes later, while nothing passes', () => {
    const points = burst((n) => n < 10);
    points.dhcp(9, [['client']], { ...DISCOVER, xid: 0x5000, mac: mac(60) });
    expect(points.run(ALL).findings[0]?.last.message).toContain('21 clients');
  });

  it('is quiet on a slow loss and on single losses in a burst', () => {
    expect(burst((n) => n < 10, 0.8).run([dhcpSnoopingRateLimited]).ids).toEqual([]);
    expect(burst((n) => n % 7 !== 3).run([dhcpSnoopingRateLimited]).ids).toEqual([]);
  });

  it('is only possible where the recorder dropped frames', () => {
    const points = burst((n) => n < 10).cover('rack', { seconds, dropped: 20 });
    expect(points.run([dhcpSnoopingRateLimited]).findings[0]?.last.confidence.level).toBe('possible');
  });
});

describe('dhcp-snooping-binding-stale', () => {
  const release = (at: number, names: readonly string[], points: Points): Points =>
    points.dhcp(
      at,
      names.map((name) => [name] as const),
      {
        op: 1,
        type: 7,
        xid: 0x7000 + at,
        ciaddr: ADDRESS,
        src: ADDRESS,
        dst: '198.51.100.2',
        to: RACK,
        server: '198.51.100.2',
      },
    );

  it('fires on a RELEASE that is dropped while other messages of the client pass', () => {
    const points = new Points(...UP).cover('rack', { seconds });
    lease(points, 1, UP, { flags: 0 });
    release(5, ['client'], points);
    const seen = points.run(ALL);
    expect(seen.ids).toEqual(['dhcp-snooping-binding-stale']);
    expect(seen.findings[0]?.subject).toEqual({ client: CLIENT });
  });

  it('fires on IP traffic without a lease in these captures, none of which passes', () => {
    const points = new Points(...UP).cover('rack', { seconds });
    lease(points, 0, UP, { flags: 0, mac: '52:54:00:bb:00:05', xid: 0x5005 });
    points.arp(2, UP, CLIENT, ADDRESS, '198.51.100.2');
    points.rrq(2.5, UP, '52:54:00:bb:00:05', '198.51.100.105', 50);
    // The way from this very machine to the rack was open before.
    points.rrq(1, UP, CLIENT, ADDRESS, 51);
    for (let i = 0; i < 4; i += 1) points.rrq(3 + i, ['client'], CLIENT, ADDRESS, 100 + i);
    expect(points.run(ALL).ids).toEqual([]);
    const guarded = new Points(...UP).cover('rack', { seconds });
    guarded.dhcp(0.5, [['client'], ['rack']], { ...REQUEST, xid: 0x5006, flags: 0 });
    guarded.dhcp(0.6, [['rack'], ['client']], {
      ...OFFER,
      type: 6,
      yiaddr: '0.0.0.0',
      xid: 0x5006,
      flags: 0,
      to: CLIENT,
      dst: ADDRESS,
    });
    guarded.arp(2, UP, CLIENT, ADDRESS, '198.51.100.2');
    for (let i = 0; i < 4; i += 1) guarded.rrq(3 + i, ['client'], CLIENT, ADDRESS, 100 + i);
    expect(guarded.run(ALL).ids).toEqual(['dhcp-snooping-binding-stale']);
  });

  it('is quiet on a RELEASE that arrives, and on one at the end of the other capture', () => {
    const arrives = new Points(...UP).cover('rack', { seconds });
    lease(arrives, 1, UP, { flags: 0 });
    release(5, UP, arrives);
    expect(arrives.run(ALL).ids).toEqual([]);
    const late = new Points(...UP).cover('rack', { seconds: [-5, 5] });
    lease(late, 1, UP, { flags: 0 });
    release(5, ['client'], late);
    expect(late.run(ALL).ids).toEqual([]);
  });
});

describe('source-guard-drop', () => {
  const guarded = (passing: readonly number[]): Points => {
    const points = new Points(...UP).cover('rack', { seconds });
    lease(points, 1, UP, { flags: 0 });
    points.arp(2, UP, CLIENT, ADDRESS, '198.51.100.2');
    for (let i = 0; i < 5; i += 1) points.rrq(3 + i, passing.includes(i) ? UP : ['client'], CLIENT, ADDRESS, 100 + i);
    return points;
  };

  it('fires when nothing of the IP traffic passes after a clean ACK', () => {
    const seen = guarded([]).run(ALL);
    expect(seen.ids).toEqual(['source-guard-drop']);
    const [finding] = seen.findings;
    expect([finding?.severity, finding?.last.confidence.level]).toEqual(['high', 'likely']);
    expect(finding?.subject).toEqual({ client: CLIENT, address: ADDRESS });
    expect(finding?.firstEvidence[0]).toMatchObject({ kind: 'frame', note: expect.stringContaining('ACK') as string });
  });

  it('is quiet where some of it passes, and on few packets', () => {
    expect(guarded([2]).run(ALL).ids).toEqual([]);
    const few = new Points(...UP).cover('rack', { seconds });
    lease(few, 1, UP, { flags: 0 });
    few.rrq(3, ['client'], CLIENT, ADDRESS, 100);
    expect(few.run(ALL).ids).toEqual([]);
  });

  it('is quiet on ARP that vanishes', () => {
    const points = new Points(...UP).cover('rack', { seconds });
    lease(points, 1, UP, { flags: 0 });
    for (let i = 0; i < 5; i += 1) points.arp(3 + i, ['client'], CLIENT, ADDRESS, `198.51.100.${10 + i}`);
    const seen = points.run(ALL);
    expect(seen.lost.length).toBeGreaterThan(3);
    expect(seen.ids).toEqual([]);
  });

  it('is quiet on a server that the other vantage does not see', () => {
    const points = guarded([0, 1, 2, 3, 4]);
    for (let i = 0; i < 5; i += 1) points.rrq(10 + i, ['client'], CLIENT, ADDRESS, 200 + i);
    expect(points.run([sourceGuardDrop]).ids).toEqual([]);
  });
});
