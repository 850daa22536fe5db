import { describe, expect, it } from 'vitest';
import { rowsToJson } from '../../../src/wire/trace.ts';
import type { JsonValue } from '../../../src/wire/trace.ts';
import { buildDhcp4, hex, ip, record4, trace4 } from '../../support/dhcp4.ts';

const text = (s: string) => [...Buffer.from(s, 'latin1')];

/** Option 82 of one sub-option, as `decode` shows it, and its faults. */
function show(code: number, value: readonly number[] | string): { value: JsonValue; faults: string[] } {
  const data = typeof value === 'string' ? text(value) : value;
  return showAll([code, data.length, ...data]);
}

function showAll(option82: readonly number[]): { value: JsonValue; faults: string[] } {
  const bytes = buildDhcp4({ giaddr: '192.0.2.1', options: [[82, option82]] });
  const { cursor, record } = trace4(bytes);
  expect(record.faults).toEqual(record4(bytes).faults);
  const { options } = rowsToJson(cursor.rows) as { options: { suboptions?: Record<string, JsonValue>[] }[] };
  const { code: _code, length: _length, ...shown } = options[0]?.suboptions?.[0] ?? {};
  return { value: shown, faults: record.faults.map((f) => `${f.path.replace(/^options\[0\]\./, '')}: ${f.code}`) };
}

describe('circuit and remote ID', () => {
  it.each<[string, number, number[] | string, JsonValue]>([
    [
      'Cisco circuit ID',
      1,
      [0, 4, 0, 10, 1, 24],
      {
        data: '0004000a0118',
        decoded: { name: 'vlan-mod-port (Cisco type 0)', type: 0, length: 4, vlan: 10, module: 1, port: 24 },
      },
    ],
    [
      'Cisco remote ID',
      2,
      [0, 6, ...hex('00aabbccddee')],
      {
        data: '000600aabbccddee',
        decoded: { name: 'MAC address of the switch (Cisco type 0)', type: 0, length: 6, mac: '00:aa:bb:cc:dd:ee' },
      },
    ],
    [
      'Cisco remote ID as text',
      2,
      [1, 6, ...text('leaf01')],
      {
        data: '01066c6561663031',
        decoded: { name: 'text (type and length before it)', type: 1, length: 6, text: 'leaf01' },
      },
    ],
    [
      'NX-OS circuit ID',
      1,
      [1, 10, 0, 8, 0, 0, 0x27, 0x10, 0, 0, 0, 5],
      {
        data: '010a00080000271000000005',
        decoded: {
          name: 'VXLAN segment and port (Cisco NX-OS)',
          type: 1,
          length: 10,
          reserved: '0008',
          vnSegment: 10000,
          port: 5,
        },
      },
    ],
    [
      'SD-Access remote ID',
      2,
      [3, 8, 0, 0x10, 3, 1, ...ip('192.0.2.98')],
      {
        data: '030800100301c0000262',
        decoded: {
          name: 'LISP instance and locator (Cisco SD-Access)',
          type: 3,
          length: 8,
          instanceId: 4099,
          addressFamily: 1,
          locator: '192.0.2.98',
        },
      },
    ],
    ['HPE circuit ID', 1, [0, 24], { data: '0018', decoded: { name: 'port index (HPE ProCurve)', port: 24 } }],
    [
      'HPE remote ID',
      2,
      hex('00aabbccddee'),
      {
        data: '00aabbccddee',
        decoded: { name: 'MAC address (HPE, Aruba, cable modems)', mac: '00:aa:bb:cc:dd:ee' },
      },
    ],
    [
      'an address as remote ID',
      2,
      [192, 0, 2, 1],
      { data: 'c0000201', decoded: { name: 'IPv4 address (HPE, Aruba)', address: '192.0.2.1' } },
    ],
    ['Juniper circuit ID', 1, 'ge-1/0/1.0:43', { data: 'ge-1/0/1.0:43', dataName: 'interface and VLAN (Juniper)' }],
    [
      'Juniper remote ID',
      2,
      'cc:e1:7f:87:b2:00:172.17.21.13',
      {
        data: 'cc:e1:7f:87:b2:00:172.17.21.13',
        dataName: 'MAC and IP address (Juniper)',
      },
    ],
    [
      'Arista circuit ID',
      1,
      'Ethernet47:Vlan10',
      { data: 'Ethernet47:Vlan10', dataName: 'interface and VLAN (Arista)' },
    ],
    ['Huawei circuit ID', 1, 'GE0/0/1:10.0', { data: 'GE0/0/1:10.0', dataName: 'interface (Huawei, H3C)' }],
    [
      'TR-101 circuit ID',
      1,
      'olt7 eth 1/2/3:100',
      { data: 'olt7 eth 1/2/3:100', dataName: 'access node, slot and port (Broadband Forum TR-101)' },
    ],
    ['Linux relay circuit ID', 1, 'eth0', { data: 'eth0', dataName: 'interface (Linux relay)' }],
    ['text of no known form', 1, 'this is only a test...', { data: 'this is only a test...' }],
    ['bytes of no known form', 2, [0x13], { data: '13' }],
    ['a MAC in text', 2, '00aa.bbcc.ddee', { data: '00aa.bbcc.ddee', dataName: 'MAC address in text' }],
  ])('%s', (_what, code, value, expected) => {
    const name = code === 1 ? 'Agent Circuit ID' : 'Agent Remote ID';
    expect(show(code, value)).toEqual({ value: { name, ...(expected as Record<string, JsonValue>) }, faults: [] });
  });
});

describe('the other sub-options', () => {
  it.each<[number, number[] | string, JsonValue]>([
    [3, [1], { name: 'Unassigned', data: '01' }],
    [4, [0, 0, 0, 1], { name: 'DOCSIS Device Class', value: 1 }],
    [5, ip('192.0.2.0'), { name: 'Link selection', address: '192.0.2.0' }],
    [6, 'subscriber', { name: 'Subscriber-ID', text: 'subscriber' }],
    [
      7,
      [1, 5, ...text('bob'), 44, 3, 0],
      {
        name: 'RADIUS Attributes',
        attributes: [
          { type: 1, length: 5, data: 'bob' },
          { type: 44, length: 3, data: '00' },
        ],
      },
    ],
    [
      8,
      [1, 1, 0, 0, 0, 0, 0, 0, 0, 9, ...ip('192.0.2.1'), 7],
      {
        name: 'Authentication',
        algorithm: 1,
        rdm: 1,
        replayDetection: 9,
        relayIdentifier: '192.0.2.1',
        authenticationInformation: '07',
      },
    ],
    [
      9,
      [0, 0, 0x11, 0x8b, 2, 1, 0],
      {
        name: 'Vendor-Specific Information',
        enterprises: [{ enterpriseNumber: 4491, enterpriseNumberName: 'CableLabs', dataLength: 2, data: '0100' }],
      },
    ],
    [10, [0x80], { name: 'Relay Agent Flags', flags: 128 }],
    [11, ip('192.0.2.1'), { name: 'Server Identifier Override', address: '192.0.2.1' }],
    [
      12,
      [0, 3, 0, 1, ...hex('525400000001')],
      {
        name: 'Relay Agent Identifier',
        duid: { type: 3, typeName: 'DUID-LL', hardwareType: 1, linkLayerAddress: '52:54:00:00:00:01' },
      },
    ],
    [
      13,
      [0, 4],
      {
        name: 'Access-Technology-Type',
        reserved: 0,
        accessTechnologyType: 4,
        accessTechnologyTypeName: 'IEEE 802.11a/b/g',
      },
    ],
    [14, 'net', { name: 'Access-Network-Name', text: 'net' }],
    [15, 'ap', { name: 'Access-Point-Name', text: 'ap' }],
    [16, hex('00aabbccddee'), { name: 'Access-Point-BSSID', address: '00:aa:bb:cc:dd:ee' }],
    [17, [0, 0, 0, 9], { name: 'Operator-Identifier', data: '00000009' }],
    [18, 'realm', { name: 'Operator-Realm', text: 'realm' }],
    [19, [], { name: 'DHCPv4 Relay Source Port' }],
    [118, ip('192.0.2.0'), { name: 'Subnet Selection (as option 118)', address: '192.0.2.0' }],
    [150, ip('192.0.2.0'), { name: 'Link selection (Cisco)', address: '192.0.2.0' }],
    [
      151,
      [0, ...text('red')],
      {
        name: 'DHCPv4 Virtual Subnet Selection',
        type: 0,
        typeName: 'VPN identifier (NVT ASCII)',
        vpnIdentifier: 'red',
      },
    ],
    [151, [255], { name: 'DHCPv4 Virtual Subnet Selection', type: 255, typeName: 'global, default VPN' }],
    [152, [], { name: 'DHCPv4 Virtual Subnet Selection Control' }],
    [152, ip('192.0.2.1'), { name: 'DHCPv4 Virtual Subnet Selection Control', serverIdentifierOverride: '192.0.2.1' }],
  ])('%i of %j', (code, value, expected) => {
    expect(show(code, value)).toEqual({ value: expected, faults: [] });
  });
});

describe('malformed', () => {
  it.each<[string, number[], string]>([
    ['a sub-option past the end', [1, 9, 1], 'suboptions[0].length: length'],
    ['a second one past the end', [1, 1, 1, 2, 9, 1], 'suboptions[1].length: length'],
    ['a sub-option without length', [1, 1, 1, 2], 'suboptions[1].length: cut'],
    ['an empty circuit ID', [1, 0], 'suboptions[0].length: length'],
    ['a link of three bytes', [5, 3, 1, 2, 3], 'suboptions[0].length: length'],
    ['a control of two bytes', [152, 2, 1, 2], 'suboptions[0].length: length'],
    ['a RADIUS attribute past the end', [7, 3, 1, 9, 0], 'suboptions[0].attributes[0].length: length'],
    ['a RADIUS attribute of length 0', [7, 2, 1, 0], 'suboptions[0].attributes[0].length: length'],
    ['an empty option', [], 'length: length'],
  ])('%s', (_what, option82, fault) => {
    expect(showAll(option82).faults).toEqual([fault]);
  });

  it('does not treat 0 and 255 as padding and end: they are codes here (RFC 3046 2.0)', () => {
    expect(showAll([0, 1, 7, 255, 1, 8])).toMatchObject({ value: { data: '07' }, faults: [] });
  });
});
