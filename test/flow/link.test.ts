import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, CLIENT_IP, GATEWAY_IP, RACK, STRANGER, SWITCH } from '../support/access-port.ts';
import { keyMac } from '../support/packets.ts';
import { Scene } from '../support/scene.ts';

const mac = (n: number): string =>
  `52:54:01:${[16, 8, 0].map((bit) => ((n >> bit) & 255).toString(16).padStart(2, '0')).join(':')}`;

describe('the link of a segment', () => {
  it('tells askers from those whose frames come through, and from the port itself', () => {
    const { of } = new AccessPort().identityRequest(1).at(1).discover().at(2).discover().at(3).passes().judged();
    const [event] = of('eap-port');
    expect(event?.link.askers.map(({ mac: one, discovers, answers }) => [one, discovers, answers])).toEqual([
      [keyMac(CLIENT), 2, 0],
    ]);
    expect(event?.link.stations.map((one) => one.mac)).toEqual([keyMac(CLIENT), keyMac(STRANGER)]);
    expect(event?.link.ports.map((one) => one.mac)).toEqual([keyMac(SWITCH)]);
    expect(event?.link.crowded).toBe(false);
  });

  it('knows when it is a mirror of many ports, and stays small', () => {
    const port = new AccessPort().identityRequest(1);
    for (let n = 0; n < 500; n += 1) port.at(n / 10).discover(mac(n));
    const [event] = port.judged().of('eap-port');
    expect(event?.link.crowded).toBe(true);
    expect(event?.link.askers.length).toBeLessThanOrEqual(16);
    expect(event?.link.stations.length).toBeLessThanOrEqual(16);
  });

  it('keeps segments apart', () => {
    const port = new AccessPort().identityRequest(1).on(1).at(1).discover();
    expect(
      port
        .judged()
        .of('eap-port')
        .map(({ link }) => link.askers.length),
    ).toEqual([0]);
  });

  it('keeps few of each where somebody makes them up', () => {
    const port = new AccessPort();
    for (let n = 0; n < 300; n += 1) {
      port
        .at(n / 50)
        .bpdu({ port: n })
        .lacp({ system: mac(n), port: n })
        .macsec(mac(n), n);
      port
        .mka(mac(n), { mi: '01'.repeat(12), ckn: '61', mn: n })
        .eapolStart(mac(n))
        .lldp(mac(n), { port: String(n), vlan: n });
    }
    const { of } = port.judged();
    expect(of('spanning-tree-port').length).toBeLessThanOrEqual(16);
    expect(of('lacp-link')[0]?.speakers.length).toBeLessThanOrEqual(8);
    expect(of('macsec-link')[0]?.senders.length).toBeLessThanOrEqual(16);
    expect(of('macsec-link')[0]?.participants.length).toBeLessThanOrEqual(16);
    expect(of('eap-port')[0]?.supplicants.length).toBeLessThanOrEqual(16);
    expect(of('link-advertised').length).toBeLessThanOrEqual(8);
  });
});

describe('questions for link-layer addresses', () => {
  it('are open until they are answered to the asker, or to all', () => {
    const open = (end: (scene: Scene) => Scene): number => {
      const scene = new Scene();
      for (let i = 0; i < 3; i += 1) scene.at(i).asks(CLIENT, CLIENT_IP, GATEWAY_IP);
      return end(scene.at(4)).run().of('address-unanswered').length;
    };
    expect(open((scene) => scene)).toBe(1);
    expect(open((scene) => scene.replies(RACK, GATEWAY_IP, CLIENT, CLIENT_IP))).toBe(0);
    expect(open((scene) => scene.announces(RACK, GATEWAY_IP))).toBe(0);
    expect(open((scene) => scene.replies(RACK, GATEWAY_IP, STRANGER, '198.51.100.99'))).toBe(1);
  });

  it('of a scan are forgotten beyond the cap, and the report says so', () => {
    const scene = new Scene();
    for (let n = 0; n < 70_000; n += 1)
      scene.at(n / 1000).asks(STRANGER, '10.0.0.1', `10.${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`);
    const { limits } = scene.run();
    expect(limits.find(({ name }) => name === 'link.questions')?.lost).toBeGreaterThan(0);
  });
});
