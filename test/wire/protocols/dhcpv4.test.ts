import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/wire/cursor.ts';
import {
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
  snameText,
} from '../../../src/wire/protocols/dhcpv4/index.ts';
import { hexText, ipv4Text, macText } from '../../../src/wire/values.ts';
import { buildDhcp4, decode4, envelopeOf, hex, ip, record4 } from '../../support/dhcp4.ts';

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
    expect(kind(late.subarray(0, 244))).toBe('unknown');
    expect(kind(late.subarray(0, 246))).toBe('BOOTREQUEST');
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
