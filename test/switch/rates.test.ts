import { describe, expect, it } from 'vitest';
import { dhcpSnoopingRateLimited } from '../../src/detect/detectors/dhcp-snooping-rate-limited.ts';
import { judged, sent } from './bench.ts';

const STAMP = 'Nov 22 2026 12:44:42.000 UTC';
const LIMIT = `12: sw1: ${STAMP}: %DHCP_SNOOPING-4-DHCP_SNOOPING_ERRDISABLE_WARNING: DHCP Snooping received 16 DHCP packets on interface Gi1/0/7`;
const SHUT = `13: sw1: ${STAMP}: %PM-4-ERR_DISABLE: dhcp-rate-limit error detected on Gi1/0/7, putting Gi1/0/7 in err-disable state`;
const RELAY = 0x52540000aa01;
const TABLE = [
  'sw1#show mac address-table',
  'Vlan    Mac Address       Type        Ports',
  '----    -----------       --------    -----',
  '  10    5254.0000.aa01    DYNAMIC     Gi1/0/7',
  '  10    5254.0000.aa02    DYNAMIC     Gi1/0/8',
].join('\n');

describe('dhcp-snooping-rate-limited', () => {
  it('names the port, the rate and what to do', async () => {
    const [one, ...rest] = await judged(dhcpSnoopingRateLimited, { log: LIMIT });
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ subject: { device: 'sw1', port: 'Gi1/0/7' }, severity: 'medium', count: 1 });
    expect(one?.last.message).toBe('sw1 port Gi1/0/7 passed its limit of DHCP messages (16 messages).');
    expect(one?.last.remedy?.steps[0]).toContain('`interface Gi1/0/7`, `ip dhcp snooping limit rate <per second>`');
  });

  it('is one finding with the line that shut the port, and names who sent so many', async () => {
    const [one, ...rest] = await judged(dhcpSnoopingRateLimited, {
      log: `${LIMIT}\n${SHUT}`,
      show: TABLE,
      events: [sent('DISCOVER', RELAY, 3), sent('DISCOVER', RELAY, 5), sent('DISCOVER', RELAY + 1, 6)],
    });
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ severity: 'high', count: 2 });
    expect(one?.last.message).toBe(
      'sw1 port Gi1/0/7 passed its limit of DHCP messages (16 messages) and was shut down; 52:54:00:00:aa:01 on it sent 2 DHCP messages.',
    );
    expect(one?.firstEvidence.flatMap((note) => (note.kind === 'frame' ? [note.sight.frame] : []))).toEqual([3]);
  });

  it('is quiet on ports that were shut for other reasons and on ARP limits', async () => {
    expect(await judged(dhcpSnoopingRateLimited, { log: SHUT.replace('dhcp-rate-limit', 'arp-inspection') })).toEqual(
      [],
    );
    const arp = '%SW_DAI-4-PACKET_RATE_EXCEEDED: 31 packets received in 812 milliseconds on Gi1/0/7.';
    expect(await judged(dhcpSnoopingRateLimited, { log: arp })).toEqual([]);
  });
});
