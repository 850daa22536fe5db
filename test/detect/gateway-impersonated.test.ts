import { describe, expect, it } from 'vitest';
import { arpSpoof } from '../../src/detect/detectors/arp-spoof.ts';
import { arpConflict } from '../../src/detect/detectors/arp-conflict.ts';
import { AccessPort, CLIENT, CLIENT_IP, GATEWAY_IP, RACK, STRANGER } from '../support/access-port.ts';

const ID = 'gateway-impersonated';
const THIRD = '52:54:00:bb:00:03';
const STRANGER_IP = '198.51.100.101';

/** Two clients with leases that name the gateway, which answers. */
function network(): AccessPort {
  const port = new AccessPort().leased().at(1).leased(STRANGER, STRANGER_IP);
  return port.at(2).asked(CLIENT, CLIENT_IP, GATEWAY_IP, RACK);
}

describe('gateway-impersonated fires', () => {
  it('on a client that answers for the gateway beside it', () => {
    const port = network().at(3).asks(STRANGER, STRANGER_IP, '198.51.100.50');
    for (let i = 0; i < 4; i += 1) port.at(10 + 10 * i).asked(CLIENT, CLIENT_IP, GATEWAY_IP, RACK, STRANGER);
    const { ids, findings } = port.judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]).toMatchObject({ severity: 'high', subject: { gateway: GATEWAY_IP, mac: STRANGER } });
  });

  it('on a takeover while the former router is still alive', () => {
    const port = network().at(3).asks(RACK, GATEWAY_IP, CLIENT_IP).at(4).asks(RACK, '198.51.100.2', CLIENT_IP);
    port.at(6).announces(STRANGER, GATEWAY_IP).at(12).announces(STRANGER, GATEWAY_IP);
    for (let i = 0; i < 6; i += 1) port.at(20 + 10 * i).asks(RACK, '198.51.100.2', '198.51.100.77');
    const { ids, findings } = port.judged();
    expect(ids).toContain(ID);
    expect(findings.find(({ detector }) => detector.id === ID)).toMatchObject({
      severity: 'high',
      last: { confidence: { level: 'likely' } },
    });
  });
});

describe('gateway-impersonated stays quiet', () => {
  it('on a router that was replaced: the former one is silent', () => {
    const port = network().at(3).asks(RACK, GATEWAY_IP, CLIENT_IP);
    port.at(6).announces(THIRD, GATEWAY_IP).at(12).announces(THIRD, GATEWAY_IP).at(80).announces(THIRD, GATEWAY_IP);
    expect(port.judged().ids).toEqual([]);
  });

  it("on the router's second interface, which has no lease", () => {
    const port = network().at(3).asks(THIRD, '198.51.100.3', CLIENT_IP);
    for (let i = 0; i < 4; i += 1) port.at(10 + 10 * i).asked(CLIENT, CLIENT_IP, GATEWAY_IP, RACK, THIRD);
    expect(port.judged().ids).toEqual([]);
  });

  it('where arp-spoof speaks, and on an address that no lease names', () => {
    const port = network().at(3).asks(STRANGER, STRANGER_IP, '198.51.100.50');
    for (let i = 0; i < 12; i += 1) port.at(10 + i).replies(STRANGER, GATEWAY_IP, CLIENT, CLIENT_IP);
    expect(port.at(40).asked(CLIENT, CLIENT_IP, GATEWAY_IP, RACK).judged().ids).toEqual([]);
    expect([arpSpoof.id, arpConflict.id]).toEqual(['arp-spoof', 'arp-conflict']);
    const other = network().at(3).asks(STRANGER, STRANGER_IP, '198.51.100.50');
    for (let i = 0; i < 4; i += 1) other.at(10 + 10 * i).asked(CLIENT, CLIENT_IP, '198.51.100.60', RACK, STRANGER);
    expect(other.judged().ids).toEqual([]);
  });

  it('on a declared virtual address', () => {
    const port = network().at(3).asks(STRANGER, STRANGER_IP, '198.51.100.50');
    for (let i = 0; i < 4; i += 1) port.at(10 + 10 * i).asked(CLIENT, CLIENT_IP, GATEWAY_IP, RACK, STRANGER);
    expect(port.judged({ gateways: [{ address: GATEWAY_IP, virtual: true }] }).ids).toEqual([]);
  });
});
