import { describe, expect, it } from 'vitest';
import { portSecurityViolation } from '../../src/detect/detectors/port-security-violation.ts';
import { judged } from './bench.ts';

const STAMP = 'Nov 22 2026 12:44:42.000 UTC';
const REFUSED = `12: sw1: ${STAMP}: %PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address 5254.0014.0001 on port GigabitEthernet1/0/7.`;
const TABLE = [
  'sw1#show port-security',
  'Secure Port  MaxSecureAddr  CurrentAddr  SecurityViolation  Security Action',
  '                (Count)       (Count)          (Count)',
  '---------------------------------------------------------------------------',
  '      Gi1/0/7         1             1                  5            Restrict',
  '      Gi1/0/8         1             1                  0            Restrict',
].join('\n');

describe('port-security-violation by switch text', () => {
  it('reads the count of a table, and nothing of ports without violations', async () => {
    const found = await judged(portSecurityViolation, { show: TABLE });
    expect(found.map(({ subject, count }) => [subject['port'], count])).toEqual([['Gi1/0/7', 5]]);
  });

  it('is quiet on lines that were written while no capture ran', async () => {
    expect(await judged(portSecurityViolation, { log: REFUSED, covered: '2026-11-24T12:00:00Z' })).toEqual([]);
    expect(await judged(portSecurityViolation, { log: REFUSED, covered: '2026-11-22T12:44:00Z' })).toHaveLength(1);
  });
});
