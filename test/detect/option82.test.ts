import { describe, expect, it } from 'vitest';
import { option82ChangedInReply } from '../../src/detect/detectors/option82-changed-in-reply.ts';
import { option82Duplicated } from '../../src/detect/detectors/option82-duplicated.ts';
import { option82LeakedToClient } from '../../src/detect/detectors/option82-leaked-to-client.ts';
import { option82Malformed } from '../../src/detect/detectors/option82-malformed.ts';
import { option82MissingFromRelay } from '../../src/detect/detectors/option82-missing-from-relay.ts';
import { option82NotEchoed } from '../../src/detect/detectors/option82-not-echoed.ts';
import { option82WithoutGiaddr } from '../../src/detect/detectors/option82-without-giaddr.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { subOptions82, option82Text } from '../../src/detect/relay/option82.ts';
import type { Option4 } from '../support/dhcp4.ts';
import {
  ACK,
  CLIENT,
  DISCOVER,
  HANDED,
  OFFER,
  Points,
  RELAYED,
  REQUEST,
  TO_RELAY,
  type At,
  type Seen,
} from '../support/points.ts';

const ETH0: Option4 = [82, [1, 4, 101, 116, 104, 48]];
const ETH1: Option4 = [82, [1, 4, 101, 116, 104, 49]];

/** One relayed exchange as the server's side sees it, `asked` and `answered` with these options. */
function relayed(asked: readonly Option4[], answered: readonly Option4[], more: At = {}, acked = true, at = 1): Points {
  const points = new Points('rack');
  const up = { ...RELAYED, more: asked, ...more };
  const down = { ...TO_RELAY, more: answered, ...more };
  points.dhcp(at, [['rack', up]], DISCOVER);
  points.dhcp(at + 0.1, [['rack', down]], OFFER);
  if (acked) {
    points.dhcp(at + 0.2, [['rack', up]], REQUEST);
    points.dhcp(at + 0.3, [['rack', down]], ACK);
  } else {
    points.dhcp(at + 4, [['rack', up]], { ...DISCOVER, secs: 4 });
    points.dhcp(at + 4.1, [['rack', down]], { ...OFFER, secs: 4 });
    points.dhcp(at + 12, [['rack', up]], { ...DISCOVER, secs: 12 });
  }
  return points;
}

function only(seen: Seen): Seen['findings'][number] {
  const [one] = seen.findings;
  if (one === undefined || seen.findings.length !== 1) {
    throw new Error(`${seen.findings.length} findings: ${seen.findings.map(({ last }) => last.message).join(' | ')}`);
  }
  return one;
}

const quiet = (detector: Detector, points: Points): void => {
  expect(points.run([detector]).findings.map(({ last }) => last.message)).toEqual([]);
};

describe('option 82 in words', () => {
  it('reads sub-options, and says where the list breaks', () => {
    expect(subOptions82('010465746830020602163e000001')).toEqual({
      list: [
        { code: 1, hex: '65746830' },
        { code: 2, hex: '02163e000001' },
      ],
      wrong: '',
    });
    expect(subOptions82('01ff65').wrong).toBe('overrun');
    expect(subOptions82('01').wrong).toBe('overrun');
    expect(subOptions82('').wrong).toBe('empty');
    expect(option82Text('01046574683002080006525400bb0001')).toBe('circuit id "eth0", remote id 52:54:00:bb:00:01');
    expect(option82Text('0904000000ff')).toBe('sub-option 9');
  });
});

describe('option82-not-echoed', () => {
  it('fires: the reply to the relay lacks what the request carried; low where the client has its lease', () => {
    const finding = only(relayed([ETH0], []).run([option82NotEchoed]));
    expect(finding.severity).toBe('low');
    expect(finding.subject).toEqual({ server: '198.51.100.2', relay: '203.0.113.1' });
    expect(finding.last.message).toContain('circuit id "eth0"');
  });

  it('is medium where the client goes on asking', () => {
    const finding = only(relayed([ETH0], [], {}, false).run([option82NotEchoed]));
    expect([finding.severity, finding.last.confidence.level]).toEqual(['medium', 'certain']);
  });

  it('fires for a switch that inserted it without a relay address', () => {
    const points = new Points('uplink');
    points.dhcp(1, [['uplink']], { ...DISCOVER, more: [ETH0] });
    points.dhcp(1.1, [['uplink']], OFFER);
    expect(only(points.run([option82NotEchoed])).subject).toEqual({ server: '198.51.100.2', mac: '02:16:3e:00:00:01' });
  });

  it('is quiet on an echo, on the side of the client, and on what the relay hands over', () => {
    quiet(option82NotEchoed, relayed([ETH0], [ETH0]));
    const client = new Points('client');
    client.dhcp(1, [['client']], DISCOVER);
    client.dhcp(1.1, [['client', HANDED]], OFFER);
    quiet(option82NotEchoed, client);
    const both = new Points('any');
    both.dhcp(1, [['any', { ...RELAYED, more: [ETH0] }]], DISCOVER);
    both.dhcp(1.1, [['any', HANDED]], OFFER);
    quiet(option82NotEchoed, both);
  });

  it('is quiet on a mirror of both sides of the switch that inserts it', () => {
    const points = new Points('mirror');
    points.dhcp(1, [['mirror']], { ...DISCOVER, more: [ETH0] });
    points.dhcp(1.1, [['mirror']], { ...OFFER, more: [ETH0] });
    points.dhcp(1.2, [['mirror']], OFFER);
    quiet(option82NotEchoed, points);
  });

  it('is quiet on a renewal by unicast', () => {
    const points = new Points('rack');
    const ciaddr = '198.51.100.100';
    points.dhcp(1, [['rack']], {
      op: 1,
      type: 3,
      xid: 5,
      ciaddr,
      src: ciaddr,
      dst: '198.51.100.2',
      to: '02:16:3e:00:00:01',
      more: [ETH0],
    });
    points.dhcp(1.1, [['rack']], { ...ACK, xid: 5, ciaddr, flags: 0, dst: ciaddr });
    quiet(option82NotEchoed, points);
  });
});

describe('option82-changed-in-reply', () => {
  it('fires on other bytes than were asked with', () => {
    const finding = only(relayed([ETH0], [ETH1]).run([option82ChangedInReply]));
    expect(finding.severity).toBe('medium');
    expect(finding.last.message).toContain('circuit id "eth0" became circuit id "eth1"');
  });

  it('is quiet on an equal echo, on none, on two circuits that were both seen, and on several options', () => {
    quiet(option82ChangedInReply, relayed([ETH0], [ETH0]));
    quiet(option82ChangedInReply, relayed([ETH0], []));
    const points = relayed([ETH0], [ETH1]);
    points.dhcp(0.9, [['rack', { ...RELAYED, more: [ETH1] }]], DISCOVER);
    quiet(option82ChangedInReply, points);
    quiet(option82ChangedInReply, relayed([ETH0, ETH1], [ETH1]));
  });
});

describe('option82-missing-from-relay', () => {
  const two = (more: At = {}): Points => {
    const points = relayed([ETH0], [ETH0]);
    points.dhcp(20, [['rack', { ...RELAYED, ...more }]], { ...DISCOVER, xid: 0x2002, mac: '52:54:00:bb:00:02' });
    return points;
  };

  it('fires where the relay inserted it for another client: low', () => {
    const finding = only(two().run([option82MissingFromRelay]));
    expect([finding.severity, finding.last.confidence.level]).toEqual(['low', 'likely']);
    expect(finding.subject).toEqual({ relay: '203.0.113.1' });
  });

  it('fires where the profile says so: medium and certain', () => {
    const finding = only(
      relayed([], []).run([option82MissingFromRelay], {
        relays: [{ addresses: ['203.0.113.1'], insertsOption82: true }],
      }),
    );
    expect([finding.severity, finding.last.confidence.level]).toEqual(['medium', 'certain']);
  });

  it('is quiet on a relay that never inserts, or is declared not to', () => {
    quiet(option82MissingFromRelay, relayed([], []));
    const seen = two().run([option82MissingFromRelay], {
      relays: [{ addresses: ['203.0.113.1'], insertsOption82: false }],
    });
    expect(seen.findings).toEqual([]);
  });

  it('is quiet on renewals, with a relay address or without', () => {
    quiet(option82MissingFromRelay, two({ ciaddr: '203.0.113.100', type: 3 }));
    const points = relayed([ETH0], [ETH0]);
    points.dhcp(20, [['rack']], {
      op: 1,
      type: 3,
      xid: 7,
      ciaddr: '203.0.113.100',
      src: '203.0.113.100',
      dst: '198.51.100.2',
      to: '02:16:3e:00:00:01',
    });
    quiet(option82MissingFromRelay, points);
  });

  it("is quiet on firmware's own address on port 4011", () => {
    const points = relayed([ETH0], [ETH0]);
    points.dhcp(20, [['rack']], { ...REQUEST, xid: 9, giaddr: '203.0.113.1', dport: 4011, dst: '198.51.100.2' });
    quiet(option82MissingFromRelay, points);
  });
});

describe('option82-leaked-to-client', () => {
  const leak = (name: string, asked: At = {}): Points => {
    const points = new Points(name);
    points.dhcp(1, [[name]], { ...DISCOVER, ...asked });
    points.dhcp(1.1, [[name]], { ...OFFER, more: [ETH0] });
    points.dhcp(1.2, [[name]], { ...REQUEST, ...asked });
    points.dhcp(1.3, [[name]], { ...ACK, more: [ETH0] });
    return points;
  };

  it('fires at a vantage named as the client: certain', () => {
    const finding = only(leak('client').run([option82LeakedToClient]));
    expect([finding.severity, finding.last.confidence.level]).toEqual(['low', 'certain']);
  });

  it('fires at a port where one station alone asks: likely', () => {
    expect(only(leak('x').run([option82LeakedToClient])).last.confidence.level).toBe('likely');
  });

  it('is quiet where several stations ask', () => {
    const points = leak('x');
    points.dhcp(5, [['x']], { ...DISCOVER, xid: 0x2002, mac: '52:54:00:bb:00:02' });
    quiet(option82LeakedToClient, points);
  });

  it('is quiet on an uplink, where the request carries it, and behind a relay', () => {
    quiet(option82LeakedToClient, leak('uplink', { more: [ETH0] }));
    quiet(option82LeakedToClient, relayed([ETH0], [ETH0]));
  });

  it('is quiet on a mirror of both sides', () => {
    const points = leak('x');
    points.dhcp(1.15, [['x']], OFFER);
    points.dhcp(1.35, [['x']], ACK);
    quiet(option82LeakedToClient, points);
  });
});

describe('option82-without-giaddr', () => {
  it('is info where the exchange goes well', () => {
    const points = new Points('uplink');
    points.dhcp(1, [['uplink']], { ...DISCOVER, more: [ETH0] });
    points.dhcp(1.1, [['uplink']], { ...OFFER, more: [ETH0] });
    points.dhcp(1.2, [['uplink']], { ...REQUEST, more: [ETH0] });
    points.dhcp(1.3, [['uplink']], { ...ACK, more: [ETH0] });
    const finding = only(points.run([option82WithoutGiaddr]));
    expect([finding.severity, finding.last.confidence.level]).toEqual(['info', 'certain']);
  });

  it('is low and possible where nobody answers and the answer would be seen', () => {
    const points = new Points('uplink');
    for (const at of [1, 5, 13]) points.dhcp(at, [['uplink']], { ...DISCOVER, secs: at, more: [ETH0] });
    const finding = only(points.run([option82WithoutGiaddr]));
    expect([finding.severity, finding.last.confidence.level]).toEqual(['low', 'possible']);
  });

  it('is medium where such requests do not reach the next vantage', () => {
    const points = new Points('uplink', 'rack').cover('rack', { seconds: [-5, 30] });
    for (const at of [1, 5, 13]) points.dhcp(at, [['uplink']], { ...DISCOVER, secs: at, more: [ETH0] });
    const finding = only(points.run([option82WithoutGiaddr]));
    expect([finding.severity, finding.last.confidence.level]).toEqual(['medium', 'likely']);
    expect(finding.last.message).toContain('never arrive at rack');
  });

  it('is quiet with a relay address, on replies, and without the option', () => {
    quiet(option82WithoutGiaddr, relayed([ETH0], [ETH0]));
    const points = new Points('client');
    points.dhcp(1, [['client']], DISCOVER);
    points.dhcp(1.1, [['client']], { ...OFFER, more: [ETH0] });
    quiet(option82WithoutGiaddr, points);
  });
});

describe('option82-duplicated', () => {
  it('fires on two that would fit into one', () => {
    const finding = only(relayed([ETH0, ETH1], [ETH0]).run([option82Duplicated]));
    expect([finding.severity, finding.subject]).toEqual(['low', { relay: '203.0.113.1' }]);
  });

  it('is medium where the clients get no answer', () => {
    const points = new Points('rack');
    const up = { ...RELAYED, more: [ETH0, ETH1] };
    for (const at of [1, 5, 13]) points.dhcp(at, [['rack', up]], { ...DISCOVER, secs: at });
    // A unicast frame to the relay shows that its answers pass here.
    points.dhcp(14, [['rack', TO_RELAY]], { ...OFFER, xid: 0x9009, mac: '52:54:00:bb:00:09' });
    expect(only(points.run([option82Duplicated])).severity).toBe('medium');
  });

  it('is quiet on one, and on a value that had to be split', () => {
    quiet(option82Duplicated, relayed([ETH0], [ETH0]));
    const long: Option4 = [82, [9, 200, ...Array<number>(200).fill(7), 6, 90, ...Array<number>(90).fill(65)]];
    quiet(option82Duplicated, relayed([long], [long]));
  });
});

describe('option82-malformed', () => {
  const broken: Option4 = [82, [1, 44, 101, 116]];

  it('fires on a sub-option that runs past the end, and on none at all', () => {
    const finding = only(relayed([broken], []).run([option82Malformed]));
    expect(finding.last.message).toContain('the relay 203.0.113.1 sends messages');
    expect(only(relayed([[82, []]], []).run([option82Malformed])).last.message).toContain('no sub-option');
  });

  it('is medium where the clients get no answer', () => {
    const points = new Points('uplink');
    for (const at of [1, 5, 13]) points.dhcp(at, [['uplink']], { ...DISCOVER, secs: at, more: [broken] });
    expect(only(points.run([option82Malformed])).severity).toBe('medium');
  });

  it('is quiet on unknown sub-options, and on several options 82', () => {
    quiet(option82Malformed, relayed([[82, [200, 3, 1, 2, 3, 1, 0]]], []));
    quiet(option82Malformed, relayed([ETH0, broken], []));
  });

  it('counts its clients', () => {
    const points = relayed([broken], []);
    points.dhcp(9, [['rack', { ...RELAYED, more: [broken] }]], { ...DISCOVER, xid: 3, mac: '52:54:00:bb:00:03' });
    expect(only(points.run([option82Malformed])).last.message).toContain(`2 clients (${CLIENT}`);
  });
});
