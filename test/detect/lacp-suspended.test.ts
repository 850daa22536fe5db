import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, SWITCH } from '../support/access-port.ts';

const WAITING = { system: SWITCH, key: 5, port: 3, state: 0x45 };
const CARRIES = { ...WAITING, state: 0x3d };
const MACHINE = { system: CLIENT, key: 9, port: 1, state: 0x3d };

function pdus(port: AccessPort, each: (port: AccessPort, t: number) => void, end = 30): AccessPort {
  for (let t = 0; t < end; t += 1) each(port.at(t), t);
  return port;
}

describe('lacp-suspended fires', () => {
  it('on a port that waits for a partner while a plain machine boots', () => {
    const { ids, findings } = pdus(new AccessPort(), (port) => port.lacp(WAITING))
      .boots(CLIENT, 1)
      .judged();
    expect(ids).toEqual(['lacp-suspended']);
    expect(findings[0]).toMatchObject({ severity: 'high', subject: { client: CLIENT, system: SWITCH } });
    expect(findings[0]?.last.confidence.reasons[0]).toContain('activity aggregation defaulted');
  });

  it('medium on two ends that never get together', () => {
    const stuck = pdus(
      new AccessPort(),
      (port, t) => {
        if (t % 10 === 0)
          port.lacp({ ...WAITING, state: 0x05 }, MACHINE).lacp({ ...MACHINE, state: 0x0d }, WAITING, CLIENT);
      },
      120,
    );
    const { ids, findings } = stuck.judged();
    expect(ids).toEqual(['lacp-suspended']);
    expect(findings[0]?.severity).toBe('medium');
    expect(findings[0]?.last.message).toContain('(keys 5 and 9)');
  });
});

describe('lacp-suspended stays quiet', () => {
  it('on a fallback: the port carries frames all the same', () => {
    const port = pdus(new AccessPort(), (one) => one.lacp(WAITING));
    expect(port.at(1).discover().replies4(2).judged().ids).toEqual([]);
    expect(
      pdus(new AccessPort(), (one) => one.lacp(WAITING))
        .boots(CLIENT, 1)
        .at(30)
        .passes()
        .judged().ids,
    ).toEqual([]);
  });

  it('on an aggregation that works, and one that has just begun', () => {
    const port = pdus(new AccessPort(), (one) => one.lacp(CARRIES, MACHINE).lacp(MACHINE, CARRIES, CLIENT));
    expect(port.boots(CLIENT, 1).judged().ids).toEqual([]);
    const young = pdus(new AccessPort(), (one) =>
      one.lacp({ ...WAITING, state: 0x05 }, MACHINE).lacp(MACHINE, WAITING, CLIENT),
    );
    expect(young.judged().ids).toEqual([]);
  });

  it('where nobody asks for an address', () => {
    expect(pdus(new AccessPort(), (port) => port.lacp(WAITING)).judged().ids).toEqual([]);
  });
});
