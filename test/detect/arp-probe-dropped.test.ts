import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, CLIENT_IP, judgeEvents, lostMessage, switchLine } from '../support/access-port.ts';
import { key4, keyMac } from '../support/packets.ts';

const ID = 'arp-probe-dropped';
const PROBE = { operation: 1, senderMac: keyMac(CLIENT), senderIp: 0, targetMac: 0, targetIp: key4(CLIENT_IP) };
const probes = (times: number, arpPassed = 2) =>
  Array.from({ length: times }, (_v, i) => lostMessage('arp', 'probe', i, { arp: PROBE }, { arpPassed }));

describe('arp-probe-dropped fires', () => {
  it('likely where probes are lost between two points, and other ARP is not', () => {
    const [one] = judgeEvents(probes(3));
    expect(one).toMatchObject({ detector: { id: ID }, severity: 'medium', last: { confidence: { level: 'likely' } } });
    expect(one?.last.message).toContain(`for ${CLIENT_IP} leave client and do not reach rack`);
  });

  it('for certain where the switch says so', () => {
    const lines = [switchLine({ kind: 'dai-drop', reason: 'invalid-packet', mac: keyMac(CLIENT), ip: 0 })];
    expect(judgeEvents([], { lines }).map(({ detector }) => detector.id)).toEqual([ID]);
  });
});

describe('arp-probe-dropped stays quiet', () => {
  it('where all ARP of the station is lost: that is inspection', () => {
    const all = [0, 1, 2].map((i) =>
      lostMessage('arp', 'request', i, { arp: { ...PROBE, senderIp: key4(CLIENT_IP) } }),
    );
    expect(judgeEvents([...probes(3, 0), ...all]).map(({ detector }) => detector.id)).toEqual(['arp-inspection-drop']);
  });

  it('on one loss, and on probes that nobody answers', () => {
    expect(judgeEvents(probes(1))).toEqual([]);
    const port = new AccessPort()
      .probes(CLIENT, CLIENT_IP)
      .at(1)
      .probes(CLIENT, CLIENT_IP)
      .at(2)
      .probes(CLIENT, CLIENT_IP);
    expect(port.at(20).passes().judged().ids).toEqual([]);
  });

  it('on lines of another day', () => {
    expect(
      judgeEvents([], { lines: [switchLine({ kind: 'dai-drop', mac: keyMac(CLIENT), ip: 0 })], during: false }),
    ).toEqual([]);
  });
});
