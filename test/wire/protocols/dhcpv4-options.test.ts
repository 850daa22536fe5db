import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../../src/wire/protocols/dhcpv4/options.ts';
import { rowsToJson } from '../../../src/wire/trace.ts';
import type { JsonValue } from '../../../src/wire/trace.ts';
import { be, buildDhcp4, hex, ip, record4, trace4 } from '../../support/dhcp4.ts';
import type { Option4 } from '../../support/dhcp4.ts';

/** The option as `decode` shows it, without what every option has; and its faults. */
function show(option: Option4, others: readonly Option4[] = []): { value: JsonValue; faults: string[] } {
  const bytes = buildDhcp4({ options: [option, ...others] });
  const { cursor, record } = trace4(bytes);
  expect(record.faults).toEqual(record4(bytes).faults);
  const [first] = rowsToJson(cursor.rows)['options'] as Record<string, JsonValue>[];
  const { name: _name, code: _code, length: _length, ...value } = first ?? {};
  return { value, faults: record.faults.map((f) => `${f.path.replace(/^options\[0\]\./, '')}: ${f.code}`) };
}

const text = (s: string) => [...Buffer.from(s, 'latin1')];
const UUID = Array.from({ length: 16 }, (_, i) => i * 17);

describe('every option of the IANA table', () => {
  const UNASSIGNED = [
    84, 96, 102, 103, 104, 105, 106, 107, 110, 111, 115, 126, 127, 149, 163, 164, 165, 166, 167, 168, 169, 170, 171,
    172, 173, 174, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197,
    198, 199, 200, 201, 202, 204, 205, 206, 207, 214, 215, 216, 217, 218, 219, 222, 223,
  ];

  it('has a name, and only the others are unassigned', () => {
    const nameless = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => definitionOf(code).name === 'Unassigned',
    );
    expect(nameless).toEqual(UNASSIGNED);
  });

  it('has a name of its own, and says where it comes from', () => {
    const names = Array.from({ length: 256 }, (_, code) => definitionOf(code).name).filter(
      (name) => name !== 'Unassigned' && name !== 'Private Use',
    );
    expect(new Set(names).size).toBe(names.length);
    for (let code = 0; code < 256; code += 1) expect(definitionOf(code).spec).not.toBe('');
  });

  it.each([0, 1, 2, 3, 4, 5, 7, 8, 16, 17, 255])('of %i bytes never loses a byte of its value', (length) => {
    for (let code = 1; code < 255; code += 1) {
      if (code === 52) continue;
      const value = Array.from({ length }, (_, i) => (i * 37 + code) % 256);
      const bytes = buildDhcp4({ options: [[code, value]] });
      const { cursor } = trace4(bytes);
      const shown = new Set<number>();
      for (const row of cursor.rows) {
        if (row.type !== 'group') for (let i = 0; i < row.length; i += 1) shown.add(row.at + i);
      }
      const lost = [...bytes.keys()].filter((at) => !shown.has(at));
      expect([code, lost]).toEqual([code, []]);
    }
  });
});

describe('values', () => {
  it.each<[number, readonly number[] | string, JsonValue]>([
    [1, ip('255.255.255.0'), { address: '255.255.255.0' }],
    [2, [0xff, 0xff, 0xff, 0xff], { value: -1 }],
    [3, [...ip('192.0.2.1'), ...ip('192.0.2.2')], { addresses: ['192.0.2.1', '192.0.2.2'] }],
    [12, 'host\0\0', { text: 'host', terminator: '0000' }],
    [12, [0x68, 0x1b], { text: { hex: '681b', text: 'h\\x1b' } }],
    [13, [1, 0], { value: 256 }],
    [19, [1], { value: true }],
    [21, [...ip('192.0.2.0'), ...ip('255.255.255.0')], { filters: [{ address: '192.0.2.0', mask: '255.255.255.0' }] }],
    [23, [64], { value: 64 }],
    [25, [0, 68, 5, 220], { values: [68, 1500] }],
    [33, [...ip('192.0.2.0'), ...ip('192.0.2.1')], { routes: [{ destination: '192.0.2.0', router: '192.0.2.1' }] }],
    [46, [8], { value: 8, valueName: 'H-node' }],
    [51, [0xff, 0xff, 0xff, 0xff], { seconds: 4294967295 }],
    [53, [13], { value: 13, valueName: 'LEASEACTIVE' }],
    [
      55,
      [1, 121, 250, 200],
      { codes: [1, 121, 250, 200], codeNames: ['Subnet Mask', 'Classless Static Route', 'Private Use', 'Unassigned'] },
    ],
    [60, 'PXEClient:Arch:00007:UNDI:003016', { text: 'PXEClient:Arch:00007:UNDI:003016' }],
    [61, [1, 0x52, 0x54, 0, 0, 0, 1], { type: 1, typeName: 'Ethernet', address: '52:54:00:00:00:01' }],
    [61, [0, ...text('MAAS-1a2b')], { type: 0, identifier: 'MAAS-1a2b' }],
    [61, [0, ...UUID], { type: 0, uuid: '33221100-5544-7766-8899-aabbccddeeff' }],
    [61, [6, 1, 2, 3], { type: 6, identifier: '010203' }],
    [
      61,
      [255, 0xb6, 0x22, 0x0f, 0xeb, 0, 2, 0, 0, 0xab, 0x11, 1, 2, 3, 4, 5, 6, 7, 8],
      {
        type: 255,
        typeName: 'IAID and DUID',
        iaid: 0xb6220feb,
        duid: { type: 2, typeName: 'DUID-EN', enterpriseNumber: 43793, identifier: '0102030405060708' },
      },
    ],
    [
      61,
      [255, 0, 0, 0, 1, 0, 1, 0, 1, 0x2a, 0, 0, 1, 0x52, 0x54, 0, 0, 0, 1],
      {
        type: 255,
        typeName: 'IAID and DUID',
        iaid: 1,
        duid: {
          type: 1,
          typeName: 'DUID-LLT',
          hardwareType: 1,
          time: 0x2a000001,
          linkLayerAddress: '52:54:00:00:00:01',
        },
      },
    ],
    [
      61,
      [255, 0, 0, 0, 1, 0, 4, ...UUID],
      {
        type: 255,
        typeName: 'IAID and DUID',
        iaid: 1,
        duid: { type: 4, typeName: 'DUID-UUID', uuid: '00112233-4455-6677-8899-aabbccddeeff' },
      },
    ],
    [
      63,
      [5, 1, 1, 6, 4, ...ip('192.0.2.1')],
      {
        suboptions: [
          { name: 'NSQ_BROADCAST', code: 5, length: 1, value: true },
          { name: 'PREFERRED_DSS', code: 6, length: 4, addresses: ['192.0.2.1'] },
        ],
      },
    ],
    [68, [], {}],
    [
      77,
      [4, ...text('iPXE'), 3, 1, 2, 3],
      {
        userClasses: [
          { length: 4, data: 'iPXE' },
          { length: 3, data: '010203' },
        ],
      },
    ],
    [77, 'iPXE', { userClass: 'iPXE' }],
    [78, [1, ...ip('192.0.2.1')], { mandatory: true, addresses: ['192.0.2.1'] }],
    [79, [0, ...text('a,b')], { mandatory: false, scopes: 'a,b' }],
    [80, [], {}],
    [
      81,
      [5, 255, 255, ...hex('04686f7374076578616d706c6500')],
      { flags: 5, rcode1: 255, rcode2: 255, domainName: ['host.example'] },
    ],
    [81, [0, 0, 0, ...text('host')], { flags: 0, rcode1: 0, rcode2: 0, domainName: 'host' }],
    [
      83,
      [0, 1, 0, 2, 0, 3, 0, 0, 0, 4, ...ip('192.0.2.1')],
      {
        functions: 1,
        discoveryDomainAccess: 2,
        administrativeFlags: 3,
        serverSecurityBitmap: 4,
        addresses: ['192.0.2.1'],
      },
    ],
    [88, hex('0161000162 00'), { domainNames: ['a', 'b'] }],
    [
      90,
      [1, 1, 0, ...be(7, 8), 1, 2],
      {
        protocol: 1,
        protocolName: 'delayed authentication',
        algorithm: 1,
        rdm: 0,
        replayDetection: 7,
        authenticationInformation: '0102',
      },
    ],
    [
      93,
      [0, 7, 0, 16, 255, 255],
      {
        architectures: [7, 16, 65535],
        architectureNames: ['x64 UEFI', 'x64 uefi boot from http', 'unassigned'],
      },
    ],
    [94, [1, 3, 16], { type: 1, typeName: 'UNDI', major: 3, minor: 16 }],
    [97, [0, ...UUID], { type: 0, uuid: '33221100-5544-7766-8899-aabbccddeeff' }],
    [97, [1, ...UUID], { type: 1, uuid: '00112233445566778899aabbccddeeff' }],
    [
      99,
      [1, ...text('DE'), 3, 6, ...text('Berlin'), 25, 1, ...text('B')],
      {
        what: 1,
        whatName: 'network element closest to the client',
        country: 'DE',
        elements: [
          { caType: 3, length: 6, caValue: 'Berlin' },
          { caType: 25, length: 1, caValue: 'B' },
        ],
      },
    ],
    [108, [0, 0, 7, 8], { seconds: 1800 }],
    [109, hex('20010db8000000000000000000000001'), { address: '2001:db8::1' }],
    [116, [1], { value: 1, valueName: 'AutoConfigure' }],
    [117, [0, 6, 0, 44], { values: [6, 44] }],
    [118, ip('192.0.2.0'), { address: '192.0.2.0' }],
    // RFC 3397 3
    [
      119,
      hex('03656e67056170706c6503636f6d00096d61726b6574696e67c004'),
      { domainNames: ['eng.apple.com', 'marketing.apple.com'] },
    ],
    [120, [1, ...ip('192.0.2.1')], { encoding: 1, encodingName: 'addresses', addresses: ['192.0.2.1'] }],
    // RFC 3361 4
    [
      120,
      [0, ...hex('076578616d706c6503636f6d00076578616d706c65036e657400')],
      {
        encoding: 0,
        encodingName: 'domain names',
        domainNames: ['example.com', 'example.net'],
      },
    ],
    // RFC 3442: 0/0 and 129.210.177.128/25
    [
      121,
      [0, ...ip('10.0.0.1'), 25, 129, 210, 177, 128, ...ip('10.0.0.2')],
      {
        routes: [
          { maskWidth: 0, destination: '', router: '10.0.0.1' },
          { maskWidth: 25, destination: '81d2b180', router: '10.0.0.2' },
        ],
      },
    ],
    [249, [8, 10, ...ip('10.0.0.1')], { routes: [{ maskWidth: 8, destination: '0a', router: '10.0.0.1' }] }],
    [
      122,
      [1, 4, ...ip('192.0.2.1'), 3, 5, 1, ...ip('192.0.2.2'), 6, 4, 2, 75, 82, 0],
      {
        suboptions: [
          { name: "TSP's Primary DHCP Server Address", code: 1, length: 4, address: '192.0.2.1' },
          { name: "TSP's Provisioning Server Address", code: 3, length: 5, encoding: 1, address: '192.0.2.2' },
          { name: "TSP's Kerberos Realm Name", code: 6, length: 4, domainName: ['KR'] },
        ],
      },
    ],
    // RFC 6225, appendix A: the Sears Tower's latitude and longitude in option 123's bits.
    [
      123,
      hex('49 4c 8f 5c 28 4e a2 2e 14 7a 10 00 00 00 00 01'),
      {
        data: '494c8f5c284ea22e147a100000000001',
        dataName: expect.stringMatching(/^latitude -?\d+\.\d{6}, longitude -?\d+\.\d{6}$/) as string,
      },
    ],
    [
      124,
      [0, 0, 0, 9, 3, ...text('C9k')],
      { enterprises: [{ enterpriseNumber: 9, enterpriseNumberName: 'Cisco', dataLength: 3, data: 'C9k' }] },
    ],
    [
      125,
      [0, 0, 0x0d, 0xe9, 8, 1, 6, ...text('001122')],
      {
        enterprises: [
          {
            enterpriseNumber: 3561,
            enterpriseNumberName: 'Broadband Forum',
            dataLength: 8,
            suboptions: [{ name: 'DeviceManufacturerOUI', code: 1, length: 6, text: '001122' }],
          },
        ],
      },
    ],
    [
      139,
      [1, 4, ...ip('192.0.2.1')],
      { suboptions: [{ name: 'Information Service', code: 1, length: 4, addresses: ['192.0.2.1'] }] },
    ],
    [140, [2, 3, 1, 97, 0], { suboptions: [{ name: 'Command Service', code: 2, length: 3, domainNames: ['a'] }] }],
    [143, [0, 3, ...text('a:b')], { bootstrapServers: [{ length: 3, uri: 'a:b' }] }],
    [145, [1, 2], { algorithms: [1, 2] }],
    [
      146,
      [1, ...ip('192.0.2.1'), ...ip('0.0.0.0'), 1, 97, 0],
      { preference: 1, primary: '192.0.2.1', secondary: '0.0.0.0', domainNames: ['a'] },
    ],
    [151, [3, ...text('no')], { statusCode: 3, statusCodeName: 'MalformedQuery', message: 'no' }],
    [156, [2], { value: 2, valueName: 'ACTIVE' }],
    [
      158,
      [4, ...ip('192.0.2.1'), 8, ...ip('192.0.2.2'), ...ip('192.0.2.3')],
      {
        servers: [
          { listLength: 4, addresses: ['192.0.2.1'] },
          { listLength: 8, addresses: ['192.0.2.2', '192.0.2.3'] },
        ],
      },
    ],
    [159, [6, 8, 0x34, 0], { offset: 6, psidLength: 8, psid: 0x3400 }],
    [
      162,
      [0, 16, 0, 1, 3, 1, 97, 0, 4, ...ip('192.0.2.1'), 0, 1, 0, 0, 9],
      {
        instances: [
          {
            length: 16,
            servicePriority: 1,
            authenticationDomainNameLength: 3,
            authenticationDomainName: ['a'],
            addressLength: 4,
            resolver: { addresses: ['192.0.2.1'] },
            serviceParameters: '0001000009',
          },
        ],
      },
    ],
    [
      175,
      [8, 1, 1, 19, 1, 1, 177, 5, 1, 0x80, 0x86, 0x10, 0x0e, 235, 3, 1, 0, 0],
      {
        suboptions: [
          { name: 'keep-san', code: 8, length: 1, value: true },
          { name: 'feature: HTTP', code: 19, length: 1, version: 1 },
          { name: 'busid', code: 177, length: 5, busType: 1, busTypeName: 'PCI', vendor: 0x8086, device: 0x100e },
          { name: 'version', code: 235, length: 3, version: '010000' },
        ],
      },
    ],
    [175, 'other use', { data: '6f7468657220757365' }],
    [208, [0xf1, 0, 0x74, 0x7e], { magic: 0xf100747e }],
    [209, 'pxelinux.cfg/x', { text: 'pxelinux.cfg/x' }],
    [211, [0, 0, 0, 30], { seconds: 30 }],
    [
      212,
      [8, 32, ...hex('20010db8000000000000000000000000'), ...ip('192.0.2.1')],
      {
        ipv4MaskLength: 8,
        prefixLength: 32,
        prefix: '2001:db8::',
        addresses: ['192.0.2.1'],
      },
    ],
    [213, hex('076578616d706c6500'), { domainName: ['example'] }],
    [
      220,
      [0, 1, 2, 1, 24],
      { flags: 0, suboptions: [{ name: 'Subnet-Request', code: 1, length: 2, flags: 1, prefixLength: 24 }] },
    ],
    [221, [0, ...text('blue')], { type: 0, typeName: 'VPN identifier (NVT ASCII)', vpnIdentifier: 'blue' }],
    [221, [1, 0, 0, 9, 0, 0, 0, 7], { type: 1, typeName: 'VPN-ID (RFC 2685)', oui: '000009', vpnIndex: 7 }],
    [252, 'http://wpad/wpad.dat', { text: 'http://wpad/wpad.dat' }],
    [230, [1, 2], { data: '0102' }],
    [84, [1, 2], { data: '0102' }],
  ])('%i of %j', (code, value, expected) => {
    expect(show([code, value])).toEqual({ value: expected, faults: [] });
  });

  it('coordinates are those of the bits (RFC 6225 2.2.1)', () => {
    // 38.898 N, 77.037 W in 2^-25 degrees, as 34 bits each after 6 bits of resolution.
    const latitude = BigInt.asUintN(34, BigInt(Math.round(38.8986 * 2 ** 25)));
    const longitude = BigInt.asUintN(34, BigInt(Math.round(-77.0372 * 2 ** 25)));
    const bits = (34n << 122n) | (latitude << 88n) | (34n << 82n) | (longitude << 48n) | 1n;
    const { value } = show([123, hex(bits.toString(16).padStart(32, '0'))]);
    expect(value).toMatchObject({ dataName: 'latitude 38.898600, longitude -77.037200' });
  });
});

describe('option 43 (PXE 2.1 table 2-1)', () => {
  const PXE_CLASS: Option4 = [60, 'PXEClient'];

  it('is PXE only beside the vendor class PXEClient', () => {
    const value = [6, 1, 11, 71, 4, 0x80, 0, 0, 0, 10, 5, 0, ...text('rack'), 255];
    expect(show([43, value], [PXE_CLASS])).toEqual({
      value: {
        suboptions: [
          { name: 'PXE_DISCOVERY_CONTROL', code: 6, length: 1, discoveryControl: 11 },
          { name: 'PXE_BOOT_ITEM', code: 71, length: 4, type: 0x8000, typeName: "vendor's own", layer: 0 },
          { name: 'PXE_MENU_PROMPT', code: 10, length: 5, timeout: 0, prompt: 'rack' },
        ],
        end: 255,
      },
      faults: [],
    });
    expect(show([43, [6, 1, 11, 0, 0]]).value).toEqual({
      suboptions: [{ name: 'Unassigned', code: 6, length: 1, data: '0b' }],
      pad: ['00', '00'],
    });
    expect(show([43, text('aruba:1.2.3.4')]).value).toEqual({ text: 'aruba:1.2.3.4' });
    expect(show([43, [1, 99, 3]]).value).toEqual({ data: '016303' });
  });

  it('has boot servers and menus', () => {
    const value = [8, 14, 0, 0, 1, ...ip('192.0.2.1'), 0x80, 0, 1, ...ip('192.0.2.2'), 9, 8, 0, 0, 5, ...text('Local')];
    expect(show([43, value], [PXE_CLASS])).toEqual({
      value: {
        suboptions: [
          {
            name: 'PXE_BOOT_SERVERS',
            code: 8,
            length: 14,
            bootServers: [
              { type: 0, typeName: 'PXE bootstrap server', count: 1, addresses: ['192.0.2.1'] },
              { type: 0x8000, typeName: "vendor's own", count: 1, addresses: ['192.0.2.2'] },
            ],
          },
          {
            name: 'PXE_BOOT_MENU',
            code: 9,
            length: 8,
            items: [{ type: 0, typeName: 'PXE bootstrap server', descriptionLength: 5, description: 'Local' }],
          },
        ],
      },
      faults: [],
    });
  });

  it.each<[string, number[], string]>([
    ['a sub-option past the end', [6, 9, 1], 'suboptions[0].length: length'],
    ['a sub-option without length', [6], 'suboptions[0].length: cut'],
    ['a sub-option of a wrong length', [6, 2, 1, 1], 'suboptions[0].length: length'],
    ['a menu entry past the end', [9, 4, 0, 0, 5, 97], 'suboptions[0].items[0].descriptionLength: length'],
    ['a cut boot server', [8, 4, 0, 0, 0, 1], 'suboptions[0].bootServers: cut'],
  ])('faults %s', (_what, value, fault) => {
    expect(show([43, value], [PXE_CLASS]).faults).toEqual([fault]);
  });
});
