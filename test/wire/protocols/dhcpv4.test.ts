import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/wire/cursor.ts';
import {
  bootFileName,
  dhcpv4,
  fileText,
  hasOption,
  optionCleanText,
  optionCount,
  optionDomainNames,
  optionHex,
  optionIpv4,
  optionIpv4List,
  optionText,
  optionU16,
  optionU16List,
  optionU32,
  optionU8,
  optionU8List,
  optionValue,
  pxeBootServers,
  relayAgentIpv4,
  relayAgentSubOption,
  serverName,
  snameText,
  userClasses,
} from '../../../src/wire/protocols/dhcpv4/index.ts';
import { hexText, ipv4Text, macText } from '../../../src/wire/values.ts';
import { buildDhcp4, decode4, encodeOptions, envelopeOf, hex, ip, record4, trace4 } from '../../support/dhcp4.ts';
import type { Option4 } from '../../support/dhcp4.ts';

const kind = (bytes: Uint8Array, whole = bytes.length) => dhcpv4.kindOf(decode4(bytes, whole));
const faults = (bytes: Uint8Array, whole = bytes.length) =>
  record4(bytes, whole).faults.map((f) => `${f.path}: ${f.code}`);
const codes = (bytes: Uint8Array) => record4(bytes).options.filter((_, i) => i % 4 === 0);

/** A DHCPOFFER as MAAS sends it. */
const OFFER = buildDhcp4({
  op: 2,
  xid: 0xdeadbeef,
  secs: 4,
  flags: 0x8000,
  yiaddr: '192.0.2.10',
  siaddr: '192.0.2.2',
  giaddr: '192.0.2.1',
  hops: 1,
  sname: 'rack01',
  file: 'lpxelinux.0',
  options: [
    [53, [2]],
    [54, ip('192.0.2.2')],
    [51, [0, 0, 2, 0x58]],
    [1, ip('255.255.255.0')],
    [3, [...ip('192.0.2.1'), ...ip('192.0.2.254')]],
    [6, ip('192.0.2.53')],
    [15, 'maas.example\0'],
  ],
});

describe('the fixed part', () => {
  it('is read as it stands on the wire (RFC 2131 2)', () => {
    const r = record4(OFFER);
    expect(r).toMatchObject({
      protocol: 'dhcpv4',
      op: 2,
      htype: 1,
      hlen: 6,
      hops: 1,
      xid: 0xdeadbeef,
      secs: 4,
      flags: 0x8000,
      ciaddr: 0,
      yiaddr: 0xc000020a,
      siaddr: 0xc0000202,
      giaddr: 0xc0000201,
      cookie: 0x63825363,
      overload: 0,
      messageType: 2,
      brokenOption: -1,
      optionsEnd: OFFER.length,
      optionsWhole: true,
      faults: [],
    });
    expect(macText(r.chaddrMac)).toBe('52:54:00:00:00:01');
    expect(hexText(OFFER, r.chaddr)).toBe('525400000001');
    expect([snameText(r, OFFER), fileText(r, OFFER)]).toEqual(['rack01', 'lpxelinux.0']);
  });

  it('is read at any place of the buffer, without looking beyond the payload', () => {
    const around = Uint8Array.from([...Array<number>(7).fill(0xee), ...OFFER, 53, 1, 7]);
    const c = new Cursor().open(around, 7, 7 + OFFER.length, 'udp.length');
    const envelope = { ...envelopeOf(around, OFFER.length), payload: 7, payloadEnd: 7 + OFFER.length };
    const r = dhcpv4.decode(c, envelope);
    if (r.cut !== undefined) throw new Error('cut');
    expect(r.faults).toEqual([]);
    expect(optionIpv4(r, around, 54)).toBe(0xc0000202);
    expect(fileText(r, around)).toBe('lpxelinux.0');
  });

  it('keeps addresses of other hardware', () => {
    // RFC 4390 2.1: InfiniBand sends hlen 0 and no address.
    const infiniband = record4(buildDhcp4({ htype: 32, hlen: 0, chaddr: '', options: [[53, [1]]] }));
    expect(infiniband).toMatchObject({ htype: 32, hlen: 0, chaddrMac: -1, faults: [] });
    expect(infiniband.chaddr.length).toBe(0);
    const eui64 = buildDhcp4({ htype: 27, hlen: 8, chaddr: '0011223344556677', options: [[53, [1]]] });
    expect(hexText(eui64, record4(eui64).chaddr)).toBe('0011223344556677');
  });

  it.each([
    ['an op that is neither', { op: 3 }, 'op: value'],
    ['an address longer than chaddr', { hlen: 17, htype: 6 }, 'hlen: value'],
    ['Ethernet with another length', { hlen: 8 }, 'hlen: value'],
    ['reserved flags', { flags: 0x8001 }, 'flags: value'],
  ])('faults %s, and reads on', (_what, wrong, fault) => {
    const bytes = buildDhcp4({ ...wrong, options: [[53, [1]]] });
    expect(faults(bytes)).toEqual([fault]);
    expect(record4(bytes).messageType).toBe(1);
    expect(record4(bytes).chaddr.length).toBeLessThanOrEqual(16);
  });

  it('is a cut record when it is not whole', () => {
    const r = decode4(OFFER.subarray(0, 235));
    expect(r).toEqual({
      protocol: 'dhcpv4',
      cut: { code: 'cut', path: 'header', at: 0, need: 236, have: 235, limit: 'udp.length' },
      faults: [r.cut],
    });
    expect(dhcpv4.kindOf(r)).toBe('cut');
  });
});

describe('message kinds', () => {
  it.each([
    [1, 'DISCOVER'],
    [2, 'OFFER'],
    [3, 'REQUEST'],
    [4, 'DECLINE'],
    [5, 'ACK'],
    [6, 'NAK'],
    [7, 'RELEASE'],
    [8, 'INFORM'],
    [9, 'FORCERENEW'],
    [10, 'LEASEQUERY'],
    [11, 'LEASEUNASSIGNED'],
    [12, 'LEASEUNKNOWN'],
    [13, 'LEASEACTIVE'],
    [14, 'BULKLEASEQUERY'],
    [15, 'LEASEQUERYDONE'],
    [16, 'ACTIVELEASEQUERY'],
    [17, 'LEASEQUERYSTATUS'],
    [18, 'TLS'],
    [0, 'unknown'],
    [19, 'unknown'],
    [255, 'unknown'],
  ])('option 53 = %i is %s', (type, name) => {
    expect(kind(buildDhcp4({ options: [[53, [type]]] }))).toBe(name);
    expect(dhcpv4.kinds).toContain(name);
  });

  it('without option 53 is BOOTP, by op', () => {
    expect(kind(buildDhcp4({ op: 1 }))).toBe('BOOTREQUEST');
    expect(kind(buildDhcp4({ op: 2, options: [[1, ip('255.0.0.0')]] }))).toBe('BOOTREPLY');
    expect(kind(buildDhcp4({ op: 1, cookie: 'none' }))).toBe('BOOTREQUEST');
    expect(kind(buildDhcp4({ op: 9 }))).toBe('unknown');
  });

  it('is not called BOOTP where option 53 may have been lost', () => {
    expect(kind(buildDhcp4({ options: [[53, []]] }))).toBe('unknown');
    const late = buildDhcp4({
      options: [
        [12, 'host'],
        [53, [1]],
      ],
    });
    expect(kind(late.subarray(0, 246), late.length)).toBe('unknown');
    expect(kind(late.subarray(0, 236), late.length)).toBe('unknown');
    expect(kind(late.subarray(0, 240), late.length)).toBe('unknown');
    expect(kind(late.subarray(0, 246))).toBe('unknown');
  });
});

describe('the vendor field', () => {
  it('may be missing (RFC 951)', () => {
    const r = record4(buildDhcp4({ cookie: 'none' }));
    expect(r).toMatchObject({ cookie: -1, options: [], optionsWhole: true, faults: [], optionsEnd: 236 });
  });

  it('may be empty, or of the kind of RFC 951', () => {
    for (const cookie of [0, 0x434d5500]) {
      const r = record4(buildDhcp4({ cookie, end: false, padding: Array<number>(60).fill(0) }));
      expect(r).toMatchObject({ cookie, options: [], faults: [] });
    }
  });

  it('with a wrong cookie is not read as options', () => {
    const bytes = buildDhcp4({ cookie: 0x63825364, options: [[53, [1]]] });
    expect(record4(bytes)).toMatchObject({ cookie: 0x63825364, options: [], messageType: -1 });
    expect(record4(bytes).faults).toMatchObject([{ code: 'value', path: 'cookie', at: 236, need: 0x63825364 }]);
  });

  it('shorter than its cookie is a fault', () => {
    const bytes = buildDhcp4({ options: [[53, [1]]] });
    expect(faults(bytes.subarray(0, 238))).toEqual(['cookie: length']);
    expect(faults(bytes.subarray(0, 238), bytes.length)).toEqual(['cookie: cut']);
    expect(record4(bytes.subarray(0, 238)).cookie).toBe(-1);
  });
});

describe('options', () => {
  it('are kept in order, without PAD and END, repeated ones too', () => {
    const bytes = buildDhcp4({ options: [[53, [1]]], end: false });
    const padded = Uint8Array.from([...bytes, 0, 0, 12, 2, 104, 105, 0, 12, 1, 33, 80, 0, 255, 0, 0]);
    expect(codes(padded)).toEqual([53, 12, 12, 80]);
    const r = record4(padded);
    expect(r.optionsEnd).toBe(padded.length - 2);
    expect(optionText(r, padded, 12)).toBe('hi!');
    expect(hasOption(r, 80)).toBe(true);
    expect(hasOption(r, 0)).toBe(false);
    expect(r.faults).toEqual([]);
  });

  it('without END keeps everything, and says that END is missing', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [12, 'host'],
      ],
      end: false,
    });
    expect(faults(bytes)).toEqual(['options.end: missing']);
    expect(record4(bytes)).toMatchObject({ optionsEnd: bytes.length, optionsWhole: true, messageType: 1 });
    // The same bytes from a capture that lacks the rest: nothing is known to be missing.
    expect(faults(bytes, bytes.length + 1)).toEqual(['options.end: cut']);
    expect(record4(bytes, bytes.length + 1).optionsWhole).toBe(false);
  });

  it('that pass the end are left out; those before stand', () => {
    const bytes = Uint8Array.from([...buildDhcp4({ options: [[53, [1]]], end: false }), 0, 12, 9, 104, 105]);
    const r = record4(bytes);
    expect(r.faults).toEqual([
      { code: 'length', path: 'options[1].length', at: 245, need: 9, have: 2, limit: 'udp.length' },
    ]);
    expect(r).toMatchObject({ brokenOption: 244, optionsEnd: 244, optionsWhole: false, messageType: 1 });
    expect(hasOption(r, 12)).toBe(false);
    expect(faults(bytes, bytes.length + 7)).toEqual(['options[1].length: cut']);
  });

  it('without a length are left out', () => {
    const bytes = Uint8Array.from([...buildDhcp4({ options: [[53, [1]]], end: false }), 12]);
    expect(record4(bytes).faults).toMatchObject([{ code: 'cut', path: 'options[1].length', at: 244 }]);
    expect(record4(bytes)).toMatchObject({ brokenOption: 243, messageType: 1 });
  });

  it('of a fixed length that stand twice: the first counts, and the second is a fault', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [54, ip('192.0.2.1')],
        [54, ip('192.0.2.2')],
        [53, [5]],
      ],
    });
    const r = record4(bytes);
    expect([r.messageType, ipv4Text(optionIpv4(r, bytes, 54))]).toEqual([1, '192.0.2.1']);
    expect(optionCount(r, 54)).toBe(2);
    expect(faults(bytes)).toEqual(['options[2].code: duplicate', 'options[3].code: duplicate']);
  });

  it('are found by typed readers, and nothing is invented for others', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [57, [5, 0xc0]],
        [93, [0, 7, 0, 0]],
        [55, [1, 3, 6]],
        [119, hex('0361616103636f6d00036262 62c004')],
        [12, [0x61, 0xff]],
        [60, 'PXEClient'],
      ],
    });
    const r = record4(bytes);
    expect(r.faults).toEqual([]);
    expect(optionU8(r, bytes, 53)).toBe(1);
    expect(optionU16(r, bytes, 57)).toBe(1472);
    expect(optionU16List(r, bytes, 93)).toEqual([7, 0]);
    expect(optionU8List(r, bytes, 55)).toEqual([1, 3, 6]);
    expect(optionDomainNames(r, bytes, 119)).toEqual(['aaa.com', 'bbb.com']);
    expect([optionText(r, bytes, 12), optionCleanText(r, bytes, 12), optionHex(r, bytes, 12)]).toEqual([
      'a\\xff',
      '',
      '61ff',
    ]);
    expect([
      optionIpv4(r, bytes, 54),
      optionU32(r, bytes, 51),
      optionU8(r, bytes, 52),
      optionU16(r, bytes, 26),
    ]).toEqual([-1, -1, -1, -1]);
    expect([optionIpv4List(r, bytes, 3), optionU16List(r, bytes, 117), optionU8List(r, bytes, 145)]).toEqual([
      [],
      [],
      [],
    ]);
    expect([optionText(r, bytes, 15), optionHex(r, bytes, 43), optionCleanText(r, bytes, 66)]).toEqual(['', '', '']);
    expect(optionValue(r, bytes, 15)).toBeUndefined();
    // Of another length than its type's.
    expect(optionU32(r, bytes, 57)).toBe(-1);
  });

  it('give the lists and texts of an offer', () => {
    const r = record4(OFFER);
    expect(optionIpv4List(r, OFFER, 3).map(ipv4Text)).toEqual(['192.0.2.1', '192.0.2.254']);
    expect(optionText(r, OFFER, 15)).toBe('maas.example');
    expect(optionU32(r, OFFER, 51)).toBe(600);
    expect(optionHex(r, OFFER, 51)).toBe('00000258');
  });
});

describe('long options (RFC 3396)', () => {
  it('are put together, however they are split', () => {
    const value = Array.from({ length: 600 }, (_, i) => i % 256);
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [43, value],
      ],
    });
    expect(codes(bytes)).toEqual([53, 43, 43, 43]);
    const r = record4(bytes);
    expect(optionHex(r, bytes, 43)).toBe(Buffer.from(value).toString('hex'));
    expect(r.faults).toEqual([]);
    const split = buildDhcp4({
      options: [
        [3, [192, 0]],
        [53, [1]],
        [3, [2, 1, 192, 0, 2, 2]],
      ],
    });
    expect(optionIpv4List(record4(split), split, 3).map(ipv4Text)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(faults(split)).toEqual([]);
  });

  it('of which the parts are no whole have the fault at the last of them', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [3, [192, 0]],
        [3, [2]],
      ],
    });
    expect(record4(bytes).faults).toMatchObject([{ code: 'length', path: 'options[2].length', need: 4, have: 3 }]);
  });

  it('split a fixed value too', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [54, [192, 0]],
        [54, [2, 9]],
      ],
    });
    expect(ipv4Text(optionIpv4(record4(bytes), bytes, 54))).toBe('192.0.2.9');
    expect(faults(bytes)).toEqual([]);
  });

  it('hold compressed names across their pieces, and faults point into the message', () => {
    const list = [...hex('03656e67056170706c6503636f6d00'), ...hex('096d61726b6574696e67c004')];
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [119, list.slice(0, 9)],
        [12, 'x'],
        [119, list.slice(9)],
      ],
    });
    const r = record4(bytes);
    expect(optionDomainNames(r, bytes, 119)).toEqual(['eng.apple.com', 'marketing.apple.com']);
    expect(r.faults).toEqual([]);
    const bad = buildDhcp4({
      options: [
        [53, [1]],
        [119, [3, 97, 97]],
        [119, [97, 0xc0, 9]],
      ],
    });
    // The pointer stands in the second piece: cookie 4, option 53 3, the first piece 5, its own head 2, after one byte.
    expect(record4(bad).faults).toMatchObject([
      { code: 'value', path: 'options[2].domainNames', at: 236 + 4 + 3 + 5 + 2 + 1 },
    ]);
  });
});

describe('option overload (RFC 2131 4.1)', () => {
  const area = (options: readonly Option4[], end = true) => [...encodeOptions(options), ...(end ? [255] : [])];

  it('1: file holds options', () => {
    const bytes = buildDhcp4({
      op: 2,
      sname: 'rack01',
      file: area([
        [67, 'lpxelinux.0'],
        [66, 'tftp'],
      ]),
      options: [
        [53, [2]],
        [52, [1]],
      ],
    });
    const r = record4(bytes);
    expect(r).toMatchObject({ overload: 1, faults: [] });
    expect(r.file.length).toBe(0);
    expect([fileText(r, bytes), bootFileName(r, bytes)]).toEqual(['', 'lpxelinux.0']);
    expect([snameText(r, bytes), serverName(r, bytes)]).toEqual(['rack01', 'rack01']);
    expect(r.options.filter((_, i) => i % 4 === 3)).toEqual([0, 0, 1, 1]);
    expect(r.optionsEnd).toBe(bytes.length);
  });

  it('2: sname holds options', () => {
    const bytes = buildDhcp4({
      op: 2,
      sname: area([[66, 'tftp']]),
      file: 'lpxelinux.0',
      options: [
        [52, [2]],
        [53, [2]],
      ],
    });
    const r = record4(bytes);
    expect(r).toMatchObject({ overload: 2, messageType: 2, faults: [] });
    expect([snameText(r, bytes), serverName(r, bytes), bootFileName(r, bytes)]).toEqual(['', 'tftp', 'lpxelinux.0']);
  });

  it('3: both, in the order options, file, sname', () => {
    const bytes = buildDhcp4({
      op: 2,
      file: area([
        [56, 'b'],
        [53, [5]],
      ]),
      sname: area([[56, 'c']]),
      options: [
        [56, 'a'],
        [52, [3]],
      ],
    });
    const r = record4(bytes);
    expect(optionText(r, bytes, 56)).toBe('abc');
    expect(r.messageType).toBe(5);
    expect(r.options.filter((_, i) => i % 4 === 3)).toEqual([0, 0, 1, 1, 2]);
    expect(r.faults).toEqual([]);
  });

  it('without END in the field says so', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [52, [3]],
      ],
      file: area([[12, 'x']], false),
      sname: area([[15, 'y']], false),
    });
    expect(faults(bytes)).toEqual(['fileOptions.end: missing', 'snameOptions.end: missing']);
    expect(record4(bytes).optionsWhole).toBe(true);
  });

  it('does not read past the field', () => {
    const sname = [...Array<number>(60).fill(0), 12, 9, 104, 105];
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [52, [2]],
      ],
      sname,
      file: 'after',
    });
    expect(record4(bytes).faults).toMatchObject([{ code: 'length', path: 'snameOptions[0].length', need: 9, have: 2 }]);
    expect(hasOption(record4(bytes), 12)).toBe(false);
  });

  it('of a value that means nothing is a fault and changes nothing', () => {
    for (const value of [0, 4, 255]) {
      const bytes = buildDhcp4({
        options: [
          [53, [1]],
          [52, [value]],
        ],
        file: 'f',
      });
      expect(faults(bytes)).toEqual(['overload: value']);
      expect(fileText(record4(bytes), bytes)).toBe('f');
    }
  });

  it('inside an overloaded field starts nothing', () => {
    const bytes = buildDhcp4({
      options: [
        [53, [1]],
        [52, [1]],
      ],
      file: area([
        [52, [2]],
        [12, 'x'],
      ]),
      sname: 'plain',
    });
    const r = record4(bytes);
    expect([r.overload, snameText(r, bytes)]).toEqual([1, 'plain']);
  });
});

describe('what boot and relay readers give', () => {
  it('user classes as a list, or the bare text', () => {
    const of = (value: number[] | string) => {
      const bytes = buildDhcp4({
        options: [
          [53, [1]],
          [77, value],
        ],
      });
      return userClasses(record4(bytes), bytes);
    };
    expect(of([4, 105, 80, 88, 69, 2, 97, 98])).toEqual(['iPXE', 'ab']);
    expect(of('iPXE')).toEqual(['iPXE']);
    expect(of([0, 97])).toEqual(['\\x00a']);
    expect(of([])).toEqual([]);
  });

  it('PXE boot servers, only where the message says PXEClient', () => {
    const option43 = [
      6,
      1,
      3,
      0,
      8,
      18,
      0x80,
      0,
      2,
      ...ip('192.0.2.1'),
      ...ip('192.0.2.2'),
      0,
      1,
      1,
      ...ip('192.0.2.3'),
      255,
    ];
    const says = (vendorClass: string) => {
      const bytes = buildDhcp4({
        op: 2,
        options: [
          [53, [2]],
          [43, option43],
          [60, vendorClass],
        ],
      });
      const r = record4(bytes);
      expect(r.faults).toEqual([]);
      return [r.pxe, pxeBootServers(r, bytes).map(ipv4Text)];
    };
    expect(says('PXEClient')).toEqual([true, ['192.0.2.1', '192.0.2.2', '192.0.2.3']]);
    expect(says('PXEClienT')).toEqual([false, []]);
    expect(says('HTTPClient')).toEqual([false, []]);
  });

  it('boot servers whose count passes the end stop there', () => {
    const bytes = buildDhcp4({
      op: 2,
      options: [
        [53, [2]],
        [60, 'PXEClient'],
        [43, [8, 7, 0, 0, 9, ...ip('192.0.2.1')]],
      ],
    });
    expect(pxeBootServers(record4(bytes), bytes).map(ipv4Text)).toEqual(['192.0.2.1']);
    expect(faults(bytes)).toEqual(['options[2].suboptions[0].bootServers[0].count: length']);
  });

  it('sub-options of option 82', () => {
    const option82 = [
      1,
      6,
      0,
      4,
      0,
      10,
      1,
      2,
      2,
      8,
      0,
      6,
      ...hex('00aabbccddee'),
      5,
      4,
      ...ip('198.51.100.0'),
      11,
      4,
      ...ip('192.0.2.1'),
    ];
    const bytes = buildDhcp4({
      giaddr: '192.0.2.1',
      options: [
        [53, [1]],
        [82, option82],
      ],
    });
    const r = record4(bytes);
    expect(r.faults).toEqual([]);
    expect(ipv4Text(relayAgentIpv4(r, bytes, 5))).toBe('198.51.100.0');
    expect(ipv4Text(relayAgentIpv4(r, bytes, 11))).toBe('192.0.2.1');
    expect(relayAgentIpv4(r, bytes, 1)).toBe(-1);
    expect(relayAgentSubOption(r, bytes, 6)).toBeUndefined();
    const remote = relayAgentSubOption(r, bytes, 2);
    expect(remote === undefined ? '' : hexText(remote.bytes, remote)).toBe('000600aabbccddee');
  });
});

describe('hostile input', () => {
  const rich = buildDhcp4({
    op: 2,
    file: [
      ...encodeOptions([
        [67, 'boot'],
        [119, hex('0161c000')],
      ]),
      255,
    ],
    sname: [...encodeOptions([[66, 'tftp']]), 255],
    options: [
      [53, [5]],
      [52, [3]],
      [54, ip('192.0.2.1')],
      [60, 'PXEClient'],
      [43, [6, 1, 3, 8, 7, 0, 0, 1, ...ip('192.0.2.1'), 9, 7, 0, 0, 4, ...hex('626f6f74'), 10, 3, 5, 104, 105, 255]],
      [82, [1, 6, 0, 4, 0, 10, 1, 2, 9, 9, 0, 0, 0, 9, 4, 1, 2, 3, 4, 7, 4, 1, 4, 97, 98]],
      [121, [24, 192, 0, 2, ...ip('192.0.2.1'), 0, ...ip('192.0.2.2')]],
      [125, [0, 0, 0x11, 0x8b, 6, 2, 4, ...ip('192.0.2.3')]],
      [120, [1, ...ip('192.0.2.4')]],
    ],
  });

  it('of every length decodes, and says nothing that was not on the wire', () => {
    const whole = record4(rich);
    expect(whole.faults).toEqual([]);
    for (let length = 0; length <= rich.length; length += 1) {
      const prefix = rich.slice(0, length);
      for (const wireLength of [length, rich.length]) {
        const r = decode4(prefix, wireLength);
        if (length < 236) {
          expect(r).toEqual({ protocol: 'dhcpv4', cut: r.faults[0], faults: r.faults });
          continue;
        }
        if (r.cut !== undefined) throw new Error(`cut at ${length}`);
        expect(r.giaddr).toBe(whole.giaddr);
        // Each option found is one of the whole message, unchanged.
        const known = new Set(optionKeys(whole.options));
        for (const key of optionKeys(r.options)) expect(known).toContain(key);
        for (const code of [54, 51, 50]) {
          expect([optionIpv4(whole, rich, code), -1]).toContain(optionIpv4(r, prefix, code));
        }
        if (length < rich.length)
          expect(r.faults.length).toBeGreaterThan(length === 236 && wireLength === 236 ? -1 : 0);
      }
    }
  });

  function optionKeys(options: readonly number[]): string[] {
    const keys: string[] = [];
    for (let i = 0; i < options.length; i += 4) keys.push(options.slice(i, i + 4).join());
    return keys;
  }

  const readAll = (bytes: Uint8Array, whole: number) => {
    const r = decode4(bytes, whole);
    dhcpv4.kindOf(r);
    if (r.cut !== undefined) return r;
    for (let code = 0; code < 256; code += 1) {
      optionText(r, bytes, code);
      optionIpv4List(r, bytes, code);
      optionU16List(r, bytes, code);
      optionDomainNames(r, bytes, code);
      relayAgentSubOption(r, bytes, code);
    }
    pxeBootServers(r, bytes);
    userClasses(r, bytes);
    serverName(r, bytes);
    bootFileName(r, bytes);
    return r;
  };

  it('of random bytes decodes in both ways alike', () => {
    const option = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 24 }), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(option, { maxLength: 12 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(3),
        (list, tail, overload) => {
          const raw = list.flatMap(([code, value, honest]) => [
            code,
            honest ? value.length : (value[0] ?? 7),
            ...value,
          ]);
          const head = buildDhcp4({
            options: [
              [53, [5]],
              [60, 'PXEClient'],
              [52, [overload]],
            ],
            end: false,
          });
          const bytes = Uint8Array.from([...head, ...raw, ...tail]);
          bytes.set(tail.subarray(0, 40), 44);
          bytes.set(raw.slice(0, 128), 108);
          const plain = readAll(bytes, bytes.length);
          const { cursor, record } = trace4(bytes);
          expect(record.faults).toEqual(plain.faults);
          expect({ ...record, faults: [] }).toEqual({ ...plain, faults: [] });
          for (const row of cursor.rows) {
            expect(row.at).toBeGreaterThanOrEqual(0);
            expect(row.at + (row.type === 'group' ? 0 : row.length)).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('of any single changed byte decodes', () => {
    fc.assert(
      fc.property(fc.nat(rich.length - 1), fc.nat(255), (at, value) => {
        const bytes = rich.slice();
        bytes[at] = value;
        expect(trace4(bytes).record.faults).toEqual(readAll(bytes, bytes.length).faults);
      }),
      { numRuns: 1000 },
    );
  });

  it('of 64 KiB without END or of empty options ends', () => {
    const pads = Uint8Array.from([...buildDhcp4({ end: false }), ...Array<number>(65000).fill(0)]);
    expect(faults(pads)).toEqual(['options.end: missing']);
    const empties = Uint8Array.from([
      ...buildDhcp4({ end: false }),
      ...Array.from({ length: 65000 }, (_, i) => (i % 2 === 0 ? 200 : 0)),
    ]);
    expect(record4(empties).options).toHaveLength(4 * 32500);
    const repeated = Uint8Array.from([
      ...buildDhcp4({ end: false }),
      ...Array.from({ length: 65000 }, (_, i) => (i % 2 === 0 ? 53 : 0)),
    ]);
    expect(record4(repeated).faults.length).toBeGreaterThan(0);
  });
});
