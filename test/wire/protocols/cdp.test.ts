import { describe, expect, it } from 'vitest';
import { cdp } from '../../../src/wire/protocols/cdp.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { cdpPayload } from '../../support/link.ts';
import { concat, hex, key4, key6, u16, u32 } from '../../support/packets.ts';

const FULL = cdpPayload({ device: 'rack-switch', port: 'Gi0/1', nativeVlan: 10, address: '198.51.100.254', mtu: 1500 });

describe('CDP', () => {
  it('gives every TLV that it opens', () => {
    const record = whole(decode(cdp, FULL));
    expect(cdp.kindOf(record)).toBe('advertisement');
    expect(record).toMatchObject({
      version: 2,
      ttl: 180,
      addresses: [key4('198.51.100.254')],
      capabilities: 0x28,
      nativeVlan: 10,
      duplex: 1,
      mtu: 1500,
      others: [],
      faults: [],
    });
    expect(textOf(FULL, record.deviceId)).toBe('rack-switch');
    expect(textOf(FULL, record.portId)).toBe('Gi0/1');
    expect(textOf(FULL, record.platform)).toBe('cisco WS-C2960');
  });

  it('reads IPv6 addresses, keeps others as none, and TLVs that it does not know with their number', () => {
    const address6 = concat([2, 8], hex('aaaa0300000086dd'), u16(16), hex('fe80 0000 0000 0000 0000 0000 0000 0001'));
    const value = concat(u32(2), address6, [1, 1, 0x81], u16(2), [1, 2]);
    const record = whole(
      decode(cdp, concat([2, 0], u16(0), u16(22), u16(4 + value.length), value, u16(0x1001), u16(6), [7, 7])),
    );
    expect(cdp.kindOf(record)).toBe('shutdown');
    expect(record.managementAddresses).toEqual([key6('fe80::1'), -1]);
    expect(record.others.map(({ type }) => type)).toEqual([0x1001]);
    expect(record.faults).toEqual([]);
  });

  it('says what is wrong, and keeps what was read before it', () => {
    const short = concat([2, 180], u16(0), u16(10), u16(6), u16(99), u16(1), u16(3));
    const record = whole(decode(cdp, short));
    expect(record.nativeVlan).toBe(99);
    expect(faultsOf(record)).toEqual(['length tlvs[1].length']);
    const lying = concat([2, 180], u16(0), u16(2), u16(9), u32(0xffffffff), [1]);
    expect(faultsOf(decode(cdp, lying))).toEqual(['cut tlvs[0].addresses[0]']);
  });

  it('names its fields for a person', () => {
    const rows = trace(cdp, FULL).rows;
    expect(rows.find((row) => row.path === 'tlvs[1].addresses[0].address')?.value).toBe('198.51.100.254');
    expect(rows.find((row) => row.path === 'tlvs[6].type')?.label).toBe('Native VLAN');
  });

  it('survives every prefix and any bytes', () => {
    everyPrefix(cdp, FULL);
    survives(cdp, FULL);
  });
});
