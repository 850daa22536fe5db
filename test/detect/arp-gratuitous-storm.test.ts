import { describe, expect, it } from 'vitest';
import { AccessPort, GATEWAY_IP, STRANGER } from '../support/access-port.ts';

/** So many announcements in each second. */
function announces(rate: number, seconds: number, from = 0, port = new AccessPort()): AccessPort {
  for (let s = 0; s < seconds; s += 1) {
    for (let i = 0; i < rate; i += 1) port.at(from + s + i / rate).announces(STRANGER, GATEWAY_IP);
  }
  return port;
}

describe('arp-gratuitous-storm fires', () => {
  it('on announcements in every second for a quarter of a minute', () => {
    const { ids, findings } = announces(20, 30).judged();
    expect(ids).toEqual(['arp-gratuitous-storm']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'medium', subject: { station: STRANGER } });
    expect(findings[0]?.last.confidence.reasons.join()).toContain('ARP inspection shuts the port');
    expect(findings[0]?.last.message).toMatch(/20 times a second for 30 s/);
  });
});

describe('arp-gratuitous-storm stays quiet', () => {
  it('on the burst of a failover and its repetition', () => {
    expect(announces(200, 1, 5, announces(200, 1)).judged().ids).toEqual([]);
  });

  it('on periodic announcements, and on two a second', () => {
    const port = new AccessPort();
    for (let minute = 0; minute < 20; minute += 1) announces(5, 2, 60 * minute, port);
    expect(port.judged().ids).toEqual([]);
    expect(announces(2, 60).judged().ids).toEqual([]);
  });

  it('on requests that announce nothing', () => {
    const port = new AccessPort();
    for (let i = 0; i < 200; i += 1) port.at(i / 5).asks(STRANGER, '198.51.100.99', GATEWAY_IP);
    expect(port.judged().ids).toEqual([]);
  });
});
