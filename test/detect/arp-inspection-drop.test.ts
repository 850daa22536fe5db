import { describe, expect, it } from 'vitest';
import {
  AccessPort,
  CLIENT,
  CLIENT_IP,
  GATEWAY_IP,
  judgeEvents,
  lostMessage,
  RACK,
  switchLine,
} from '../support/access-port.ts';
import { key4, keyMac } from '../support/packets.ts';

const ID = 'arp-inspection-drop';
const ARP = {
  operation: 1,
  senderMac: keyMac(CLIENT),
  senderIp: key4(CLIENT_IP),
  targetMac: 0,
  targetIp: key4(GATEWAY_IP),
};
const lost = (times: number, mayBeCaptureLoss = '') =>
  Array.from({ length: times }, (_v, i) => lostMessage('arp', 'request', i, { arp: ARP }, { mayBeCaptureLoss }));

/** The gateway is alive and the client asks for it in vain; unicast to the client is seen. */
function asks(port: AccessPort): AccessPort {
  for (let i = 0; i < 4; i += 1) port.at(5 + i).asks(CLIENT, CLIENT_IP, GATEWAY_IP);
  return port.at(20).asks(RACK, '198.51.100.2', '198.51.100.9');
}

describe('arp-inspection-drop fires', () => {
  it('as a hypothesis from one point: the gateway is alive and does not answer', () => {
    const port = asks(
      new AccessPort().replies(RACK, '198.51.100.2', CLIENT, CLIENT_IP).at(7).announces(RACK, GATEWAY_IP),
    );
    port
      .at(8.5)
      .asks(CLIENT, CLIENT_IP, GATEWAY_IP)
      .at(9.5)
      .asks(CLIENT, CLIENT_IP, GATEWAY_IP)
      .at(10.5)
      .asks(CLIENT, CLIENT_IP, GATEWAY_IP);
    const { ids, findings } = port.judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]).toMatchObject({ severity: 'medium', last: { confidence: { level: 'possible' } } });
    expect(findings[0]?.last.confidence.wouldDecide).toHaveLength(2);
  });

  it('likely with captures at two points', () => {
    const [one] = judgeEvents(lost(3));
    expect(one).toMatchObject({
      detector: { id: ID },
      severity: 'high',
      count: 3,
      last: { confidence: { level: 'likely' } },
    });
    expect(one?.last.message).toBe(
      `ARP of ${CLIENT} (${CLIENT_IP}) leaves client and does not reach rack: a switch between drops it.`,
    );
    expect(one?.firstEvidence.at(-1)).toMatchObject({ kind: 'absence', capture: 1 });
  });

  it('only possibly where some of its ARP comes through, or the other point saw nothing at all', () => {
    for (const missing of [{ arpPassed: 5 }, { way: 'silent' as const }]) {
      const events = [0, 1, 2].map((i) => lostMessage('arp', 'request', i, { arp: ARP }, missing));
      expect(judgeEvents(events)[0]).toMatchObject({ severity: 'medium', last: { confidence: { level: 'possible' } } });
    }
  });

  it('for certain where the switch says so', () => {
    const lines = [
      switchLine({ kind: 'dai-drop', reason: 'no-binding', mac: keyMac(CLIENT), ip: key4(CLIENT_IP), vlan: 10 }),
    ];
    const [one] = judgeEvents(lost(3), { lines });
    expect(one).toMatchObject({
      detector: { id: ID },
      subject: { station: CLIENT },
      last: { confidence: { level: 'certain' } },
    });
  });
});

describe('arp-inspection-drop stays quiet', () => {
  it('where the address is not heard, or answers', () => {
    expect(asks(new AccessPort().replies(RACK, '198.51.100.2', CLIENT, CLIENT_IP)).judged().ids).toEqual([]);
    const answered = asks(new AccessPort().at(9).replies(RACK, GATEWAY_IP, CLIENT, CLIENT_IP));
    expect(answered.judged().ids).toEqual([]);
  });

  it('where answers to the station are never seen', () => {
    expect(asks(new AccessPort().at(7).announces(RACK, GATEWAY_IP)).judged().ids).toEqual([]);
  });

  it('on two losses, and on what the recorder may have lost', () => {
    expect(judgeEvents(lost(2))).toEqual([]);
    expect(judgeEvents(lost(5, 'the recorder there dropped 3 frames'))).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(
      judgeEvents([], {
        lines: [switchLine({ kind: 'dai-drop', mac: keyMac(CLIENT), ip: key4(CLIENT_IP) })],
        during: false,
      }),
    ).toEqual([]);
  });
});
