import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyze, UNDECLARED } from '../../../src/index.ts';
import { concat, udp6Frame, u16, type Bytes } from '../../support/packets.ts';
import { Points } from '../../support/points.ts';

const CLIENT = '02:00:00:00:06:02';
const DOWN = '02:00:00:00:06:11';
const UP = '02:00:00:00:06:12';
const RACK = '02:00:00:00:06:01';
const [CLIENT_IP, RELAY_LINK, RELAY_IP, RACK_IP] = [
  'fe80::ff:fe00:602',
  'fe80::ff:fe00:611',
  '2001:db8:2::1',
  '2001:db8:2::2',
];
const [SOLICIT, ADVERTISE] = [1, 2] as const;

/** A message of the client with this transaction id and elapsed time (RFC 8415 8, 21.9). */
function message(type: number, xid: number, elapsed = 0): Bytes {
  const duid = Uint8Array.from([0, 3, 0, 1, 2, 0, 0, 0, 6, 2]);
  return concat(
    Uint8Array.from([type, xid >> 16, (xid >> 8) & 255, xid & 255]),
    concat(u16(1), u16(duid.length), duid),
    concat(u16(8), u16(2), u16(elapsed)),
  );
}

/** A relay's envelope (RFC 8415 9), with an interface-id before the message or behind it. */
function wrapped(inner: Bytes, type: 12 | 13, hops = 0, idFirst = true): Bytes {
  const id = concat(u16(18), u16(4), Uint8Array.from([101, 116, 104, 48]));
  const carried = concat(u16(9), u16(inner.length), inner);
  const header = concat(Uint8Array.from([type, hops]), new Uint8Array(32));
  return idFirst ? concat(header, id, carried) : concat(header, carried, id);
}

const asks = (payload: Bytes): Uint8Array =>
  udp6Frame(
    { srcMac: CLIENT, dstMac: '33:33:00:01:00:02', src: CLIENT_IP, dst: 'ff02::1:2', sport: 546, dport: 547 },
    payload,
  );
const forwards = (payload: Bytes): Uint8Array =>
  udp6Frame({ srcMac: UP, dstMac: RACK, src: RELAY_IP, dst: RACK_IP, sport: 547, dport: 547 }, payload);
const answers = (payload: Bytes): Uint8Array =>
  udp6Frame({ srcMac: RACK, dstMac: UP, src: RACK_IP, dst: RELAY_IP, sport: 547, dport: 547 }, payload);
const hands = (payload: Bytes): Uint8Array =>
  udp6Frame({ srcMac: DOWN, dstMac: CLIENT, src: RELAY_LINK, dst: CLIENT_IP, sport: 547, dport: 546 }, payload);

describe('DHCPv6 on both sides of a relay', () => {
  it('is one message in its envelope and out of it, and tells the clocks and who is nearer', () => {
    const points = new Points('client', 'rack').clock('rack', (seconds) => seconds + 3);
    points.frame('client', 1, asks(message(SOLICIT, 7)));
    points.frame('rack', 1.001, forwards(wrapped(message(SOLICIT, 7), 12)));
    points.frame('rack', 1.002, answers(wrapped(message(ADVERTISE, 7), 13)));
    points.frame('client', 1.003, hands(message(ADVERTISE, 7)));
    const [pair] = points.run().pairs;
    expect(pair).toMatchObject({ relay: true, nearer: 0, requests: 0, replies: 0, others: 2, sameLink: false });
    expect(pair?.offset.basis).toBe('both-directions');
    expect([pair?.offset.low, pair?.offset.high]).toEqual([2_999_000, 3_001_000]);
  });

  it('is known through a chain of relays, wherever the message stands among the options', () => {
    const points = new Points('client', 'rack');
    points.frame('client', 1, asks(message(SOLICIT, 7)));
    points.frame('rack', 1.001, forwards(wrapped(wrapped(message(SOLICIT, 7), 12), 12, 1, false)));
    expect(points.run().pairs[0]).toMatchObject({ relay: true, nearer: 0, others: 1 });
  });

  it('is another message with another transaction id or elapsed time', () => {
    const points = new Points('client', 'rack');
    points.frame('client', 1, asks(message(SOLICIT, 7)));
    points.frame('rack', 1.001, forwards(wrapped(message(SOLICIT, 8), 12)));
    points.frame('rack', 1.002, forwards(wrapped(message(SOLICIT, 7, 100), 12)));
    expect(points.run().pairs[0]).toMatchObject({ relay: false, others: 0 });
  });

  it('is none where the envelope is empty or broken, or the relays are too many', () => {
    const points = new Points('client', 'rack');
    const solicit = message(SOLICIT, 7);
    points.frame('client', 1, asks(solicit));
    const whole = wrapped(solicit, 12);
    points.frame('rack', 1.001, forwards(whole.slice(0, whole.length - 3)));
    points.frame('rack', 1.002, forwards(whole.slice(0, 34)));
    let deep: Bytes = solicit;
    for (let i = 0; i < 12; i += 1) deep = wrapped(deep, 12, i);
    points.frame('rack', 1.003, forwards(deep));
    expect(points.run().pairs[0]?.others).toBe(0);
  });

  it('joins the lease of the sample on both sides of a real relay', async () => {
    const file = (name: string): string =>
      fileURLToPath(new URL(`../../../samples/dhcpv6-relayed/${name}.pcap`, import.meta.url));
    const inputs = ['client', 'rack'].map((vantage) => ({ vantage, files: [file(vantage)] }));
    const { findings, vantages } = await analyze(inputs, { site: UNDECLARED });
    expect(findings.map(({ id }) => id)).toEqual([]);
    expect(JSON.stringify(vantages)).toContain('both-directions');
  });
});
