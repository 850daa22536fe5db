import { describe, expect, it } from 'vitest';
import { lldp } from '../../../src/wire/protocols/lldp/index.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { concat, hex, ip4, ip6, key4, key6, keyMac, mac, u16, u32, utf8 } from '../../support/packets.ts';

const SWITCH = '00:01:30:f9:ad:a0';
const tlv = (type: number, ...data: (Uint8Array | readonly number[])[]): Uint8Array => {
  const value = concat(...data);
  return concat(u16(type * 512 + value.length), value);
};
const org = (oui: string, subtype: number, ...data: (Uint8Array | readonly number[])[]): Uint8Array =>
  tlv(127, hex(oui), [subtype], ...data);

const MANDATORY = concat(tlv(1, [4], mac(SWITCH)), tlv(2, [5], utf8('1/1')), tlv(3, u16(120)));
const FULL = concat(
  MANDATORY,
  tlv(4, utf8('uplink')),
  tlv(5, utf8('rack-switch')),
  tlv(6, utf8('a switch')),
  tlv(7, u16(0x14), u16(0x04)),
  tlv(8, [5, 1], ip4('10.0.0.254'), [2], u32(1001), [3, 1, 2, 3]),
  tlv(8, [17, 2], ip6('fe80::1'), [3], u32(7), [0]),
  org('0080c2', 1, u16(488)),
  org('0080c2', 2, [1], u16(0)),
  org('0080c2', 3, u16(488), [4], utf8('boot')),
  org('0080c2', 4, [2], hex('8847')),
  org('0080c2', 6, u16(10)),
  org('00120f', 1, [3], hex('6c00'), u16(16)),
  org('00120f', 2, [7, 1, 0]),
  org('00120f', 3, [3], u32(5)),
  org('00120f', 4, u16(1522)),
  org('0012bb', 1, hex('0033'), [4]),
  org('0012bb', 2, [1], hex('4280 2e')),
  org('0012bb', 8, utf8('SN-1')),
  org('0001 42', 1, [1]),
  tlv(0),
);

describe('LLDPDU', () => {
  it('gives every TLV that it opens', () => {
    const record = whole(decode(lldp, FULL));
    expect(lldp.kindOf(record)).toBe('advertisement');
    expect(record).toMatchObject({
      chassis: { subtype: 4, mac: keyMac(SWITCH), address: -1 },
      port: { subtype: 5, mac: -1 },
      ttl: 120,
      capabilities: 0x14,
      enabledCapabilities: 0x04,
      managementAddresses: [
        { family: 1, address: key4('10.0.0.254'), interfaceSubtype: 2, interfaceNumber: 1001 },
        { family: 2, address: key6('fe80::1'), interfaceSubtype: 3, interfaceNumber: 7 },
      ],
      portVlan: 488,
      vlanNames: [{ vlan: 488 }],
      managementVlan: 10,
      aggregation: { capable: true, enabled: true, portId: 5 },
      maxFrameSize: 1522,
      macPhy: { autoNegotiationSupported: true, autoNegotiationEnabled: true, mauType: 16 },
      medCapabilities: 0x33,
      medClass: 4,
      networkPolicies: [{ application: 1, unknown: false, tagged: true, vlan: 0x140, priority: 0, dscp: 46 }],
      others: [{ oui: 0x000142, subtype: 1 }],
      faults: [],
    });
    expect(textOf(FULL, record.port?.value)).toBe('1/1');
    expect(textOf(FULL, record.systemName)).toBe('rack-switch');
    expect(textOf(FULL, record.vlanNames[0]?.name)).toBe('boot');
    expect(textOf(FULL, record.inventory.serialNumber)).toBe('SN-1');
  });

  it('takes a TTL of 0 for a farewell, and padding after the end for nothing', () => {
    const bytes = concat(
      tlv(1, [4], mac(SWITCH)),
      tlv(2, [3], mac(SWITCH)),
      tlv(3, u16(0)),
      tlv(0),
      new Uint8Array(20),
    );
    const record = whole(decode(lldp, bytes));
    expect(lldp.kindOf(record)).toBe('shutdown');
    expect(record).toMatchObject({ port: { mac: keyMac(SWITCH) }, faults: [] });
  });

  it('reads a network address as the chassis', () => {
    const bytes = concat(tlv(1, [5, 1], ip4('10.0.0.9')), MANDATORY.slice(9));
    expect(decode(lldp, bytes)).toMatchObject({ chassis: { subtype: 5, address: key4('10.0.0.9') } });
  });
});

describe('malformed', () => {
  const faults = (...tlvs: Uint8Array[]) => faultsOf(decode(lldp, concat(MANDATORY, ...tlvs)));

  it('says where each is wrong and reads on', () => {
    expect(faultsOf(decode(lldp, concat(tlv(2, [5, 65]), tlv(1, [4], mac(SWITCH)), tlv(3, u16(1)))))).toEqual([
      'missing tlvs[0].chassisId',
      'missing tlvs[1].portId',
    ]);
    expect(faults(tlv(3, u16(9)))).toEqual(['duplicate tlvs[3].typeAndLength']);
    expect(faults(tlv(7, [1]))).toEqual(['cut tlvs[3].capabilities']);
    expect(faults(tlv(8, [1, 1]), tlv(5, utf8('x')))).toEqual(['length tlvs[3].addressStringLength']);
    expect(faults(tlv(8, [200, 1]))).toEqual(['cut tlvs[3].managementAddress']);
    expect(faults(tlv(127, [0, 1]))).toEqual(['cut tlvs[3].oui']);
    expect(faults(org('00120f', 4, [1]))).toEqual(['cut tlvs[3].maxFrameSize']);
    expect(faults(org('0080c2', 3, u16(1), [200, 65]))).toEqual(['cut tlvs[3].vlanName']);
  });

  it('keeps no half of a name', () => {
    const bytes = concat(MANDATORY, tlv(5, utf8('rack-switch'))).slice(0, -4);
    const record = whole(decode(lldp, bytes));
    expect(record.systemName).toBeUndefined();
    expect(faultsOf(record)).toEqual(['cut tlvs[3]']);
  });

  it('survives every prefix and every change', () => {
    expect(decode(lldp, hex('02')).cut).toMatchObject({ need: 2, have: 1 });
    everyPrefix(lldp, FULL);
    survives(lldp, FULL);
  });
});

it('names the fields that explain shows', () => {
  const { rows } = trace(lldp, FULL);
  const row = (path: string) => rows.find((candidate) => candidate.path === path);
  expect(row('tlvs[0].typeAndLength')).toMatchObject({ label: 'Chassis ID' });
  expect(row('tlvs[0].id')).toMatchObject({ value: SWITCH });
  expect(row('tlvs[7].managementAddress.address')).toMatchObject({ value: '10.0.0.254' });
  expect(row('tlvs[9].subtype')).toMatchObject({ value: 1, label: 'Port VLAN ID' });
});
