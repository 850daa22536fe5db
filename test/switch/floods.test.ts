import { describe, expect, it } from 'vitest';
import { macFlooding } from '../../src/detect/detectors/mac-flooding.ts';
import { judged } from './bench.ts';

function refused(mac: string, port = 'Gi1/0/7'): string {
  return `12: sw1: Nov 22 2026 12:44:42.000 UTC: %PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address ${mac} on port ${port}.`;
}

/** Addresses of which each has a vendor part of its own, or all the same. */
function many(count: number, random: boolean): string {
  return Array.from({ length: count }, (_, i) => {
    const mark = (0x10 + i).toString(16);
    const first = ((4 * i + 2) % 256).toString(16).padStart(2, '0');
    return refused(random ? `${first}${mark}.a${mark.slice(0, 1)}00.0001` : `5254.0014.00${mark}`);
  }).join('\n');
}

describe('mac-flooding', () => {
  it('fires on many addresses of as many vendors on one port', async () => {
    const [one, ...rest] = await judged(macFlooding, { log: many(40, true) });
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ subject: { device: 'sw1', port: 'Gi1/0/7' }, severity: 'high', count: 40 });
    expect(one?.last.message).toBe(
      'sw1 port Gi1/0/7 was flooded with 40 MAC addresses (02:10:a1:00:00:01 and others).',
    );
    expect(one?.last.confidence.level).toBe('likely');
    expect(one?.firstEvidence).toHaveLength(8);
  });

  it('is quiet on few, on those of one vendor, and on one address that is refused again and again', async () => {
    expect(await judged(macFlooding, { log: many(15, true) })).toEqual([]);
    expect(await judged(macFlooding, { log: many(60, false) })).toEqual([]);
    expect(await judged(macFlooding, { log: Array(100).fill(refused('5254.0014.0001')).join('\n') })).toEqual([]);
  });

  it('is quiet on pseudonyms, which share their first byte: what they stand for may be of one vendor', async () => {
    const log = many(60, true).replaceAll(/address [0-9a-f]{2}/g, 'address 06');
    expect(await judged(macFlooding, { log })).toEqual([]);
  });

  it('is quiet on a table with many addresses: an uplink has them', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `  10    52${(0x10 + i).toString(16)}.a000.0001    DYNAMIC     Gi1/0/24`,
    );
    const show = ['Vlan    Mac Address       Type        Ports', ...rows].join('\n');
    expect(await judged(macFlooding, { show })).toEqual([]);
  });
});
