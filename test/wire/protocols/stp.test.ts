import { describe, expect, it } from 'vitest';
import { stp } from '../../../src/wire/protocols/stp.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { bpdu, BRIDGE } from '../../support/link.ts';
import { concat, keyMac } from '../../support/packets.ts';

const MSTP = bpdu({ version: 3, flags: 0x7c, mst: { name: 'region', instances: 2 } });

describe('spanning tree', () => {
  it('reads a configuration message, which says nothing of the port', () => {
    const record = whole(decode(stp, concat(bpdu({ flags: 1, cost: 19, messageAge: 1 }), new Uint8Array(8))));
    expect(stp.kindOf(record)).toBe('configuration');
    expect(record).toMatchObject({
      version: 0,
      flags: 1,
      role: '',
      state: '',
      root: { priority: 0x8000, extension: 0, address: keyMac(BRIDGE) },
      rootPathCost: 19,
      portId: 0x8001,
      messageAge: 256,
      maxAge: 20 * 256,
      helloTime: 512,
      forwardDelay: 15 * 256,
      originatingVlan: -1,
      faults: [],
    });
  });

  it.each([
    [0x0e, 'designated', 'discarding'],
    [0x1c, 'designated', 'learning'],
    [0x3c, 'designated', 'forwarding'],
    [0x38, 'root', 'forwarding'],
    [0x04, 'alternate', 'discarding'],
  ] as const)('reads role and state of a rapid port: flags %i', (flags, role, state) => {
    const record = whole(decode(stp, bpdu({ version: 2, flags })));
    expect(stp.kindOf(record)).toBe('rapid');
    expect(record).toMatchObject({ role, state, faults: [] });
  });

  it('reads the region of MSTP and counts its instances', () => {
    const record = whole(decode(stp, MSTP));
    expect(stp.kindOf(record)).toBe('multiple');
    expect(record.mst).toMatchObject({ revision: 1, remainingHops: 20, instances: 2 });
    expect(textOf(MSTP, record.mst?.name)?.replaceAll('\0', '')).toBe('region');
    expect(record.faults).toEqual([]);
  });

  it('reads the VLAN of per-VLAN trees, of either kind', () => {
    for (const version of [0, 2]) {
      const record = whole(decode(stp, bpdu({ version, vlan: 20 })));
      expect(record).toMatchObject({ originatingVlan: 20, root: { extension: 20 }, faults: [] });
    }
  });

  it('tells notifications, and what shares the address', () => {
    expect(stp.kindOf(decode(stp, bpdu({ type: 0x80 })))).toBe('topology-change');
    // GVRP.
    expect(stp.kindOf(decode(stp, Uint8Array.of(0, 1, 1, 2, 0)))).toBe('other');
  });

  it('says what is wrong', () => {
    expect(decode(stp, bpdu().slice(0, 30)).cut?.path).toBe('configuration');
    const bytes = Uint8Array.from(MSTP);
    bytes[37] = 9;
    expect(faultsOf(decode(stp, bytes))).toEqual(['length version3Length']);
  });

  it('names its fields for a person', () => {
    const rows = trace(stp, bpdu({ version: 2, flags: 0x0e })).rows;
    expect(rows.find((row) => row.path === 'flags')?.label).toBe('designated, discarding');
    expect(rows.find((row) => row.path === 'forwardDelay')?.label).toBe('15 s');
  });

  it('survives every prefix and any bytes', () => {
    // A prefix holds fewer instances.
    everyPrefix(stp, MSTP, {}, ['instances']);
    everyPrefix(stp, bpdu({ version: 2, vlan: 30 }));
    survives(stp, MSTP);
  });
});
