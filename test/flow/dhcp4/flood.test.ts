import { describe, expect, test } from 'vitest';
import { Dhcp4Run } from '../../../src/flow/dhcp4/exchanges.ts';
import type { Exchange4End } from '../../../src/flow/dhcp4/types.ts';
import type { FlowEvent } from '../../../src/flow/events.ts';
import { Visibility } from '../../../src/flow/visibility.ts';
import { buildDhcp4, type Message4 } from '../../support/dhcp4.ts';
import { envelope, record } from './bytes.ts';

const FROM_SERVER = { ethSrc: 0x525400000001, ipSrc: 0x0a000001, ipDst: 0x0a000064, srcPort: 67, dstPort: 68 };

/** A template whose xid and chaddr are set anew for each client, in place. */
function template(fields: Message4, place = {}) {
  const e = envelope(buildDhcp4({ chaddr: '52:54:00:00:00:00', ...fields }), place);
  const view = new DataView(e.bytes.buffer);
  return (client: number, time: number) => {
    view.setUint32(4, client);
    view.setUint32(30, client);
    e.time = time;
    e.sec = Math.floor(time / 1e6);
    e.frame += 1;
    return e;
  };
}

const discover = template({ options: [[53, [1]]] });
const offer = template(
  {
    op: 2,
    yiaddr: '10.0.0.100',
    options: [
      [53, [2]],
      [54, [10, 0, 0, 1]],
      [1, [255, 255, 255, 0]],
    ],
  },
  FROM_SERVER,
);
const request = template({
  options: [
    [53, [3]],
    [50, [10, 0, 0, 100]],
    [54, [10, 0, 0, 1]],
  ],
});
const ack = template(
  {
    op: 2,
    yiaddr: '10.0.0.100',
    options: [
      [53, [5]],
      [54, [10, 0, 0, 1]],
      [1, [255, 255, 255, 0]],
    ],
  },
  FROM_SERVER,
);

class Counted {
  readonly run = new Dhcp4Run(new Visibility());
  readonly ends = new Map<Exchange4End, number>();
  most = 0;
  readonly emit = (event: FlowEvent): void => {
    if (event.type === 'dhcp4-exchange') this.ends.set(event.end, (this.ends.get(event.end) ?? 0) + 1);
  };

  send(e: ReturnType<typeof discover>): void {
    this.run.on(record(e), e, this.emit);
    if (e.frame % 64 === 0) this.most = Math.max(this.most, this.run.size);
  }

  limits(): string[] {
    return this.run.limits().map((limit) => limit.name);
  }
}

describe('a flood of 200,000 clients', () => {
  test('that never complete: tables stay at their caps, every exchange is told, and what was lost is reported', () => {
    const flood = new Counted();
    const start = process.memoryUsage().heapUsed;
    for (let i = 0; i < 200_000; i += 1) flood.send(discover(i + 1, 1.7e15 + i * 10));
    expect(flood.most).toBeLessThanOrEqual(8192);
    // About 1 kB each; without a cap this would be some 200 MB.
    expect((process.memoryUsage().heapUsed - start) / 1e6).toBeLessThan(100);
    flood.run.end({ capture: 0, time: 1.7e15 + 2e6 }, flood.emit);
    expect(flood.run.size).toBe(0);
    expect([...flood.ends.keys()].toSorted()).toEqual(['capture-end', 'forgotten']);
    expect([...flood.ends.values()].reduce((a, b) => a + b)).toBe(200_000);
    expect(flood.run.limits()).toEqual([
      { name: 'dhcp4-unanswered-exchanges', cap: 16_384, lost: flood.ends.get('forgotten') },
    ]);
  });

  test('does not push out a client that has an offer', () => {
    const flood = new Counted();
    const victim = 0xfffffff0;
    flood.send(discover(victim, 1.7e15));
    flood.send(offer(victim, 1.7e15 + 1));
    for (let i = 0; i < 100_000; i += 1) flood.send(discover(i + 1, 1.7e15 + 2 + i * 10));
    let joined = 0;
    const e = request(victim, 1.7e15 + 2e6);
    flood.run.on(record(e), e, (event) => {
      if (event.type === 'dhcp4-message') joined = event.exchange?.offerCount ?? 0;
    });
    expect(joined).toBe(1);
  });

  test('that all get a lease in a few seconds: each is complete', () => {
    const flood = new Counted();
    for (let i = 0; i < 50_000; i += 1) {
      const at = 1.7e15 + i * 100;
      for (const step of [discover, offer, request, ack]) flood.send(step(i + 1, at));
    }
    flood.run.end({ capture: 0, time: 1.7e15 + 6e6 }, flood.emit);
    expect([...flood.ends]).toEqual([['complete', 50_000]]);
    expect(flood.limits()).toEqual(['dhcp4-answered-exchanges']);
    expect(flood.most).toBeLessThan(1000);
  });

  test('at a healthy rate nothing is lost', () => {
    const calm = new Counted();
    for (let i = 0; i < 5000; i += 1) {
      const at = 1.7e15 + i * 20_000;
      for (const step of [discover, offer, request, ack]) calm.send(step(i + 1, at));
    }
    calm.run.end({ capture: 0, time: 1.7e15 + 2e8 }, calm.emit);
    expect([...calm.ends]).toEqual([['complete', 5000]]);
    expect(calm.limits()).toEqual([]);
  });
});

test('one client with ever new xids, client ids and links stays bounded', () => {
  const flood = new Counted();
  for (let i = 0; i < 5000; i += 1) {
    const bytes = buildDhcp4({
      xid: i,
      giaddr: `10.${i >> 8}.${i & 255}.1`,
      options: [
        [53, [1]],
        [61, `client ${i}`],
      ],
    });
    flood.send(envelope(bytes, { frame: 64 * i, time: 1.7e15 + i, srcPort: 67 }));
  }
  expect(flood.most).toBeLessThanOrEqual(17);
  expect(flood.limits()).toContain('dhcp4-exchanges-of-one-client');
});

test('distinct promises of unusual size weigh more, so that they cannot fill memory', () => {
  const flood = new Counted();
  for (let i = 0; i < 8000; i += 1) {
    const bytes = buildDhcp4({
      op: 2,
      xid: i,
      chaddr: (0x525400000000 + i).toString(16),
      options: [
        [53, [2]],
        [54, [10, 0, 0, 1]],
        [15, `${i}${'x'.repeat(240)}`],
        [43, new Uint8Array(255).fill(i)],
        [252, 'y'.repeat(250)],
      ],
    });
    flood.send(envelope(bytes, { ...FROM_SERVER, frame: 64 * i, time: 1.7e15 + i }));
  }
  expect(flood.most).toBeLessThan(5000);
  expect(flood.limits()).toContain('dhcp4-offered-exchanges');
});
