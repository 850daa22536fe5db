import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, CLIENT_IP, GATEWAY_IP, RACK, RACK_IP, STRANGER } from '../support/access-port.ts';

function asks(port: AccessPort, target = GATEWAY_IP, from = 2): AccessPort {
  for (let i = 0; i < 4; i += 1) port.at(from + i).asks(CLIENT, CLIENT_IP, target);
  return port.at(from + 12).asks(STRANGER, '198.51.100.99', RACK_IP);
}

describe('arp-unanswered fires', () => {
  it('on a router that the lease names and nobody has', () => {
    const { ids, findings } = asks(new AccessPort().leased()).judged();
    expect(ids).toEqual(['arp-unanswered']);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: { client: CLIENT, address: GATEWAY_IP },
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toContain('asks 4 times for its router');
  });

  it('low on the DHCP server, which may have a peer', () => {
    expect(asks(new AccessPort().leased(), RACK_IP).judged().findings[0]?.severity).toBe('low');
  });

  it('on a gateway of the profile', () => {
    const port = asks(new AccessPort().leased(), '198.51.100.3');
    expect(port.judged({ gateways: [{ address: '198.51.100.3', macs: [RACK] }] }).ids).toEqual(['arp-unanswered']);
  });
});

describe('arp-unanswered stays quiet', () => {
  it('on addresses that nobody named: a scan', () => {
    expect(asks(new AccessPort().leased(), '198.51.100.77').judged().ids).toEqual([]);
  });

  it('where it is answered in the end, or asked once', () => {
    const port = asks(new AccessPort().leased()).at(6).replies(RACK, GATEWAY_IP, CLIENT, CLIENT_IP);
    expect(port.judged().ids).toEqual([]);
    expect(new AccessPort().leased().at(2).asks(CLIENT, CLIENT_IP, GATEWAY_IP).at(20).passes().judged().ids).toEqual(
      [],
    );
  });

  it('where the router was heard a moment ago (arp-inspection-drop weighs that)', () => {
    const port = asks(new AccessPort().leased()).at(1).announces(RACK, GATEWAY_IP);
    expect(port.judged().ids).not.toContain('arp-unanswered');
  });

  it('on probes for an own address', () => {
    const port = new AccessPort().leased();
    for (let i = 0; i < 4; i += 1) port.at(2 + i).probes(CLIENT, GATEWAY_IP);
    expect(port.at(15).passes().judged().ids).toEqual([]);
  });
});
