import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { relayHopsExceeded } from '../../src/detect/detectors/relay-hops-exceeded.ts';
import { relayOneWay } from '../../src/detect/detectors/relay-one-way.ts';
import { relayReplyMisdirected } from '../../src/detect/detectors/relay-reply-misdirected.ts';
import { relayUnknown } from '../../src/detect/detectors/relay-unknown.ts';
import { WhatIf } from '../../src/detect/relay/what-if.ts';
import { ACK, DISCOVER, HANDED, OFFER, Points, RELAYED, REQUEST, TO_RELAY, type At } from '../support/points.ts';

const ALL: readonly Detector[] = [relayHopsExceeded, relayOneWay, relayReplyMisdirected, relayUnknown];
const seconds = [-5, 30] as const;
const BOTH = ['client', 'rack'] as const;

/** A relayed client that asks three times; each OFFER is seen at the rack, and handed over where `arrives`. */
function relayed(points: Points, arrives: boolean, down: At = {}): Points {
  for (const at of [1, 5, 9]) {
    points.dhcp(at, [['client'], ['rack', RELAYED]], { ...DISCOVER, secs: at });
    points.dhcp(at + 0.1, [['rack', { ...TO_RELAY, ...down }], ...(arrives ? ([['client', HANDED]] as const) : [])], {
      ...OFFER,
      secs: at,
    });
  }
  return points;
}

/** The same as the server's side alone sees it. */
function serverSide(down: At = {}, more: At = {}): Points {
  const points = new Points('rack');
  for (const at of [1, 5, 9]) {
    points.dhcp(at, [['rack', { ...RELAYED, ...more }]], { ...DISCOVER, secs: at });
    points.dhcp(at + 0.1, [['rack', { ...TO_RELAY, ...down }]], { ...OFFER, secs: at });
  }
  return points;
}

describe('relay-one-way', () => {
  it('fires when requests pass the relay and replies do not', () => {
    const seen = relayed(new Points(...BOTH).cover('client', { seconds }), false).run(ALL);
    expect(seen.ids).toEqual(['relay-one-way']);
    const [finding] = seen.findings;
    expect([finding?.severity, finding?.last.confidence.level]).toEqual(['high', 'likely']);
    expect(finding?.subject).toEqual({ relay: '203.0.113.1' });
  });

  it('names the missing route where the reply does not reach the relay itself', () => {
    const points = new Points('client', 'relay', 'rack').cover('client', { seconds }).cover('relay', { seconds });
    for (const at of [1, 5, 9]) {
      points.dhcp(at, [['client'], ['relay', RELAYED], ['rack', RELAYED]], { ...DISCOVER, secs: at });
      points.dhcp(at + 0.1, [['rack', TO_RELAY]], { ...OFFER, secs: at });
    }
    expect(points.run(ALL).findings[0]?.last.causes?.[0]).toContain('no route to 203.0.113.1');
  });

  it('is a hypothesis at one vantage at the server', () => {
    const [finding] = serverSide().run(ALL).findings;
    expect([finding?.detector.id, finding?.severity, finding?.last.confidence.level]).toEqual([
      'relay-one-way',
      'medium',
      'possible',
    ]);
  });

  it('is quiet when the reply is handed over, when the client takes an offer, and when nobody answers', () => {
    expect(relayed(new Points(...BOTH), true).run(ALL).ids).toEqual([]);
    const taken = serverSide();
    taken.dhcp(10, [['rack', RELAYED]], REQUEST);
    taken.dhcp(10.1, [['rack', TO_RELAY]], ACK);
    expect(taken.run(ALL).ids).toEqual([]);
    const silent = new Points(...BOTH).cover('client', { seconds });
    for (const at of [1, 5, 9]) silent.dhcp(at, [['client'], ['rack', RELAYED]], { ...DISCOVER, secs: at });
    expect(silent.run(ALL).ids).toEqual([]);
  });

  it('is quiet without a relay', () => {
    const points = new Points(...BOTH).cover('client', { seconds });
    for (const at of [1, 5, 9]) {
      points.dhcp(at, [['client'], ['rack']], { ...DISCOVER, secs: at });
      points.dhcp(at + 0.1, [['rack']], { ...OFFER, secs: at });
    }
    expect(points.run(ALL).ids).toEqual([]);
  });
});

describe('relay-reply-misdirected', () => {
  const BROADCAST: At = { to: 'ff:ff:ff:ff:ff:ff', dst: '255.255.255.255', dport: 68 };

  it('fires on a reply by broadcast on the segment of the server', () => {
    const seen = serverSide(BROADCAST).run(ALL);
    expect(seen.ids).toEqual(['relay-reply-misdirected']);
    expect([seen.findings[0]?.severity, seen.findings[0]?.last.message]).toEqual([
      'high',
      expect.stringContaining('to 255.255.255.255 port 68 instead of 203.0.113.1 port 67'),
    ]);
  });

  it("fires on port 68 of the relay, and is low where it goes to the relay's other address", () => {
    expect(serverSide({ dport: 68 }).run([relayReplyMisdirected]).findings[0]?.severity).toBe('high');
    expect(serverSide({ dst: '198.51.100.1' }).run([relayReplyMisdirected]).findings[0]?.severity).toBe('low');
  });

  it('and then it is not the relay that loses it', () => {
    const points = relayed(new Points(...BOTH).cover('client', { seconds }), false, BROADCAST);
    expect(points.run(ALL).ids).toEqual(['relay-reply-misdirected']);
  });

  it('is quiet on what a relay hands over, and on both sides of a relay', () => {
    const client = new Points('client');
    client.dhcp(1, [['client']], DISCOVER);
    client.dhcp(1.1, [['client', HANDED]], OFFER);
    expect(client.run(ALL).ids).toEqual([]);
    const any = new Points('any');
    any.dhcp(1, [['any'], ['any', RELAYED]], DISCOVER);
    any.dhcp(
      1.1,
      [
        ['any', TO_RELAY],
        ['any', HANDED],
      ],
      OFFER,
    );
    expect(any.run(ALL).ids).toEqual([]);
  });

  it('is quiet on a relay with a port of its own (RFC 8357), and on a renewal', () => {
    const more: At = { more: [[82, [19, 0]]] };
    expect(serverSide({ dport: 5067, ...more }, { sport: 5067, ...more }).run([relayReplyMisdirected]).ids).toEqual([]);
    const renewal: At = { ciaddr: '203.0.113.100', dst: '203.0.113.100', dport: 68 };
    expect(serverSide(renewal, { ciaddr: '203.0.113.100', type: 3 }).run([relayReplyMisdirected]).ids).toEqual([]);
  });
});

describe('relay-unknown', () => {
  const relays = [{ addresses: ['203.0.113.9', '192.0.2.1'] }];
  const once = (more: At = {}): Points => new Points('rack').dhcp(1, [['rack', { ...RELAYED, ...more }]], DISCOVER);

  it('fires on a relay address that the profile does not list', () => {
    const [finding] = once().run(ALL, { relays }).findings;
    expect([finding?.detector.id, finding?.severity, finding?.subject]).toEqual([
      'relay-unknown',
      'medium',
      { relay: '203.0.113.1' },
    ]);
  });

  it('is quiet without relays in the profile, and on those that are listed', () => {
    expect(once().run(ALL).ids).toEqual([]);
    expect(once().run(ALL, {}).ids).toEqual([]);
    expect(once({ giaddr: '203.0.113.9' }).run(ALL, { relays }).ids).toEqual([]);
  });

  it('is quiet on a declared link selection or server override, and on port 4011', () => {
    expect(once({ more: [[82, [5, 4, 203, 0, 113, 9]]] }).run(ALL, { relays }).ids).toEqual([]);
    expect(once({ more: [[82, [11, 4, 192, 0, 2, 1]]] }).run(ALL, { relays }).ids).toEqual([]);
    expect(once({ dport: 4011 }).run(ALL, { relays }).ids).toEqual([]);
  });
});

describe('relay-hops-exceeded', () => {
  it('fires on a request with many hops that never arrives', () => {
    const points = new Points(...BOTH).cover('rack', { seconds });
    for (const at of [1, 5, 9]) points.dhcp(at, [['client']], { ...DISCOVER, secs: at, hops: 12 });
    const [finding] = points.run(ALL).findings;
    expect([finding?.detector.id, finding?.last.confidence.level]).toEqual(['relay-hops-exceeded', 'likely']);
    expect(finding?.last.message).toContain('12 hops');
  });

  it('fires on more than 16 hops, whoever sees it', () => {
    const [finding] = new Points('rack').dhcp(1, [['rack']], { ...DISCOVER, hops: 17 }).run(ALL).findings;
    expect([finding?.severity, finding?.last.confidence.level]).toEqual(['medium', 'certain']);
  });

  it('fires on one message that goes round', () => {
    const points = new Points('x');
    for (const hops of [1, 2, 3, 4]) points.dhcp(1 + hops / 10, [['x', { ...RELAYED, hops }]], DISCOVER);
    expect(points.run([relayHopsExceeded]).findings[0]?.last.message).toContain('again and again');
  });

  it('is quiet on the hops of a chain that works, and on replies', () => {
    const points = new Points(...BOTH);
    points.dhcp(
      1,
      [
        ['client', { ...RELAYED, hops: 5 }],
        ['rack', { ...RELAYED, hops: 6 }],
      ],
      DISCOVER,
    );
    points.dhcp(
      1.1,
      [
        ['rack', { ...TO_RELAY, hops: 30 }],
        ['client', { ...TO_RELAY, hops: 30 }],
      ],
      OFFER,
    );
    expect(points.run(ALL).ids).toEqual([]);
  });
});

describe('--what-if', () => {
  const told = (points: Points, rule: string, names: readonly string[]): [number, number] => {
    const whatIf = new WhatIf(rule, names);
    for (const event of points.run().events) whatIf.on(event);
    const { wouldPass, stillLost } = whatIf.told();
    return [wouldPass.length, stillLost.length];
  };
  const dropped = (): Points => {
    const points = new Points(...BOTH).cover('client', { seconds });
    for (const at of [1, 5, 9]) {
      points.dhcp(at, [['client'], ['rack']], { ...DISCOVER, secs: at });
      points.dhcp(at + 0.1, [['rack']], { ...OFFER, secs: at });
    }
    return points;
  };
  const refused = (more: At): Points => {
    const points = new Points('uplink', 'rack').cover('rack', { seconds });
    for (const at of [1, 5, 9]) points.dhcp(at, [['uplink']], { ...DISCOVER, secs: at, ...more });
    return points;
  };

  it('lets replies pass at a trusted port, and only there', () => {
    expect(told(dropped(), 'trust port rack', BOTH)).toEqual([3, 0]);
    expect(told(dropped(), 'trust port Gi1/0/24', BOTH)).toEqual([3, 0]);
    expect(told(dropped(), 'trust port client', BOTH)).toEqual([0, 3]);
    expect(told(dropped(), 'allow-untrusted option82', BOTH)).toEqual([0, 3]);
  });

  it('lets requests pass by the rule that they break', () => {
    const names = ['uplink', 'rack'];
    expect(told(refused({ more: [[82, [1, 1, 65]]] }), 'allow-untrusted option82', names)).toEqual([3, 0]);
    expect(told(refused({ more: [[82, [1, 1, 65]]] }), 'no verify mac-address', names)).toEqual([0, 3]);
    expect(told(refused({ from: '52:54:00:bb:00:77' }), 'no verify mac-address', names)).toEqual([3, 0]);
    expect(told(refused({ hops: 12 }), 'max-hops 16', names)).toEqual([3, 0]);
    expect(told(refused({ hops: 12 }), 'max-hops 8', names)).toEqual([0, 3]);
    expect(told(refused({}), 'trust port rack', names)).toEqual([3, 0]);
    expect(told(refused({}), 'no rate-limit', names)).toEqual([3, 0]);
  });

  it('refuses what is no rule, and names those that there are', () => {
    expect(() => new WhatIf('open everything', [])).toThrow(/no such rule.*trust port PORT/);
  });
});
