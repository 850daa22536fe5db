import { describe, expect, it } from 'vitest';
import type { FlowEvent } from '../../src/flow/events.ts';
import { judgeEvents, switchLine } from '../support/access-port.ts';
import { judge, type Fields } from '../support/events4.ts';
import { macMoved } from '../../src/detect/detectors/mac-moved.ts';
import { keyMac } from '../support/packets.ts';

const MAC = 0x525400000c01;
const [ONE, TWO] = ['010400010001', '010400010002'];
const NONE: readonly FlowEvent[] = [];

function asks(places: readonly (readonly [at: number, relayAgent: string])[], more: Fields = {}) {
  return judge(macMoved, (trial) => {
    places.forEach(([at, relayAgent], i) => {
      trial.send('DISCOVER', at, {
        chaddr: MAC,
        giaddr: 0x0a0100fe,
        link: 'g167838974',
        relayAgent,
        xid: 0x100 + i,
        ...more,
      });
    });
  });
}

describe('mac-moved fires', () => {
  it('info where relays name another port once', () => {
    const { findings } = asks([
      [0, ONE],
      [300, TWO],
    ]);
    expect(findings.map(({ severity }) => severity)).toEqual(['info']);
  });

  it('low where the first port comes back within a minute', () => {
    const { findings } = asks([
      [0, ONE],
      [10, TWO],
      [20, ONE],
    ]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'low', last: { confidence: { level: 'possible' } } });
  });

  it("medium on the switch's own line", () => {
    const lines = [switchLine({ kind: 'mac-move', mac: keyMac('52:54:00:bb:00:01'), otherPort: 'Gi1/0/8' })];
    const [one] = judgeEvents(NONE, { lines });
    expect(one).toMatchObject({ detector: { id: 'mac-moved' }, severity: 'medium' });
    expect(one?.last.message).toContain('from Gi1/0/8 to Gi1/0/7');
  });
});

describe('mac-moved stays quiet', () => {
  it('on one port', () => {
    expect(
      asks([
        [0, ONE],
        [10, ONE],
        [20, ONE],
      ]).findings,
    ).toEqual([]);
  });

  it('on one message by two relays', () => {
    expect(
      asks(
        [
          [0, ONE],
          [0.2, TWO],
        ],
        { xid: 0x100 },
      ).findings,
    ).toEqual([]);
  });

  it('without option 82, or with one that names no port', () => {
    expect(
      asks([
        [0, ''],
        [10, '090101'],
      ]).findings,
    ).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(
      judgeEvents([], { lines: [switchLine({ kind: 'mac-move', mac: keyMac('52:54:00:bb:00:01') })], during: false }),
    ).toEqual([]);
  });
});
