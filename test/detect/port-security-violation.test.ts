import { describe, expect, it } from 'vitest';
import { CLIENT, judgeEvents, switchLine } from '../support/access-port.ts';
import { keyMac } from '../support/packets.ts';

const ID = 'port-security-violation';

describe('port-security-violation fires', () => {
  it("on the switch's line, each repetition counted", () => {
    const line = switchLine({ kind: 'port-security', reason: 'limit', mac: keyMac(CLIENT) });
    const found = judgeEvents([], { lines: [line, { ...line, line: 2, count: 3 }] });
    expect(found.map(({ detector }) => detector.id)).toEqual([ID]);
    expect(found[0]).toMatchObject({
      severity: 'medium',
      count: 4,
      subject: { device: 'sw1', port: 'Gi1/0/7', station: CLIENT },
    });
    expect(found[0]?.last.message).toContain('more addresses than the port may have');
    expect(found[0]?.firstEvidence.map((one) => one.kind)).toEqual(['line', 'line']);
  });

  it('high where the switch shut the port', () => {
    const [one] = judgeEvents([], { lines: [switchLine({ kind: 'err-disable', reason: 'port-security' })] });
    expect(one).toMatchObject({ severity: 'high', detector: { id: ID } });
  });
});

describe('port-security-violation stays quiet', () => {
  it('on a table, and on a port that was shut for something else', () => {
    const lines = [
      switchLine({ kind: 'port-security-row' }),
      switchLine({ kind: 'err-disable', reason: 'bpdu-guard' }),
    ];
    expect(judgeEvents([], { lines })).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(
      judgeEvents([], { lines: [switchLine({ kind: 'port-security', mac: keyMac(CLIENT) })], during: false }),
    ).toEqual([]);
  });
});
