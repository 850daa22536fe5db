import { describe, expect, it } from 'vitest';
import { dhcpv6 } from '../../../src/wire/protocols/dhcpv6/index.ts';
import { OPTIONS } from '../../../src/wire/protocols/dhcpv6/names.ts';
import type { Row } from '../../../src/wire/trace.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { concat, hex, ip6, key6, keyMac, mac, u16, u32, u8, utf8 } from '../../support/packets.ts';

const CLIENT_MAC = '52:54:00:00:00:21';
const LLT = concat(hex('0001 0001 2c8f0a11'), mac(CLIENT_MAC));
const LL = concat(hex('0003 0001'), mac('52:54:00:00:00:01'));

const option = (code: number, ...data: (Uint8Array | readonly number[])[]): Uint8Array => {
  const value = concat(...data);
  return concat(u16(code), u16(value.length), value);
};
const counted = (text: string): Uint8Array => concat(u16(text.length), utf8(text));
const message = (type: number, ...options: Uint8Array[]): Uint8Array => concat([type], hex('a1b2c3'), ...options);
const relay = (type: number, hops: number, link: string, peer: string, ...options: Uint8Array[]): Uint8Array =>
  concat([type, hops], ip6(link), ip6(peer), ...options);

const SOLICIT = message(
  1,
  option(1, LLT),
  option(3, u32(0x0a0b0c0d), u32(0), u32(0)),
  option(6, u16(59), u16(60), u16(23)),
  option(8, u16(310)),
  option(15, counted('iPXE')),
  option(16, u32(343), counted('HTTPClient:Arch:00016:UNDI:003001')),
  option(61, u16(16)),
  option(62, [1, 3, 16]),
  option(14),
);

const ADVERTISE = message(
  2,
  option(1, LLT),
  option(2, LL),
  option(7, u8(255)),
  option(
    3,
    u32(0x0a0b0c0d),
    u32(1800),
    u32(2880),
    option(5, ip6('2001:db8::1000'), u32(3600), u32(7200), option(13, u16(0), utf8('yes'))),
    option(5, ip6('2001:db8::1001'), u32(3600), u32(7200)),
    option(13, u16(0), utf8('Success')),
  ),
  option(25, u32(7), u32(100), u32(200), option(26, u32(300), u32(400), [56], ip6('2001:db8:100::'))),
  option(4, u32(9), option(13, u16(2), utf8('none left'))),
  option(23, ip6('2001:db8::53'), ip6('2001:db8::54')),
  option(24, hex('04 6c616273 04 74657374 00 01 61 00')),
  option(31, ip6('2001:db8::123')),
  option(56, option(1, ip6('2001:db8::124')), option(3, hex('03 6e7470 00'))),
  option(59, utf8('http://[2001:db8::1]/boot/bootx64.efi')),
  option(60, counted('root=/dev/ram0'), counted('ip=dhcp')),
  option(17, u32(343), option(1, utf8('x')), option(2, u16(9))),
  option(39, [1], hex('03 7078 65 00')),
  option(20),
  option(32, u32(86_400)),
  option(82, u32(3600)),
  option(83, u32(3600)),
  option(103, utf8('https://portal.test')),
  option(112, utf8('https://mud.test/x.json')),
  option(136, counted('https://zt.test:4000')),
  option(13, u16(0)),
);

describe('messages between client and server', () => {
  it('gives what a SOLICIT from firmware says', () => {
    const record = whole(decode(dhcpv6, SOLICIT));
    expect(dhcpv6.kindOf(record)).toBe('SOLICIT');
    expect(record).toMatchObject({
      messageType: 1,
      transactionId: 0xa1b2c3,
      relays: [],
      clientDuid: '000100012c8f0a11525400000021',
      clientDuidMac: keyMac(CLIENT_MAC),
      serverDuid: '',
      serverDuidMac: -1,
      preference: -1,
      elapsedTime: 310,
      rapidCommit: true,
      requestedOptions: [59, 60, 23],
      clientArchitectures: [16],
      networkInterface: { type: 1, major: 3, minor: 16 },
      faults: [],
    });
    expect(record.associations).toEqual([
      {
        kind: 'IA_NA',
        iaid: 0x0a0b0c0d,
        t1: 0,
        t2: 0,
        status: -1,
        statusMessage: undefined,
        addresses: [],
        prefixes: [],
      },
    ]);
    expect(record.userClasses.map((span) => textOf(SOLICIT, span))).toEqual(['iPXE']);
    expect(record.vendorClasses.map((item) => [item.enterprise, ...item.data.map((s) => textOf(SOLICIT, s))])).toEqual([
      [343, 'HTTPClient:Arch:00016:UNDI:003001'],
    ]);
    expect(record.options.map(({ code }) => code)).toEqual([1, 3, 6, 8, 15, 16, 61, 62, 14]);
  });

  it('gives what an ADVERTISE promises', () => {
    const record = whole(decode(dhcpv6, ADVERTISE));
    expect(record).toMatchObject({
      messageType: 2,
      serverDuid: '00030001525400000001',
      serverDuidMac: keyMac('52:54:00:00:00:01'),
      preference: 255,
      reconfigureAccept: true,
      status: 0,
      statusMessage: undefined,
      dnsServers: [key6('2001:db8::53'), key6('2001:db8::54')],
      timeServers: [key6('2001:db8::123'), key6('2001:db8::124')],
      informationRefreshTime: 86_400,
      solMaxRt: 3600,
      infMaxRt: 3600,
      faults: [],
    });
    const [na, pd, ta] = record.associations;
    expect(na).toMatchObject({
      kind: 'IA_NA',
      t1: 1800,
      t2: 2880,
      status: 0,
      addresses: [
        { address: key6('2001:db8::1000'), preferredLifetime: 3600, validLifetime: 7200, status: 0 },
        { address: key6('2001:db8::1001'), preferredLifetime: 3600, validLifetime: 7200, status: -1 },
      ],
    });
    expect(textOf(ADVERTISE, na?.statusMessage)).toBe('Success');
    expect(pd).toMatchObject({
      kind: 'IA_PD',
      iaid: 7,
      prefixes: [
        { prefix: key6('2001:db8:100::'), prefixLength: 56, preferredLifetime: 300, validLifetime: 400, status: -1 },
      ],
    });
    expect(ta).toMatchObject({ kind: 'IA_TA', iaid: 9, t1: -1, t2: -1, status: 2 });
    const texts = (spans: readonly { at: number; length: number }[]) => spans.map((span) => textOf(ADVERTISE, span));
    expect(textOf(ADVERTISE, record.bootFileUrl)).toBe('http://[2001:db8::1]/boot/bootx64.efi');
    expect(texts(record.bootFileParameters)).toEqual(['root=/dev/ram0', 'ip=dhcp']);
    expect(texts(record.domainList)).toEqual(['\x04labs\x04test\0', '\x01a\0']);
    expect(texts(record.sztpRedirects)).toEqual(['https://zt.test:4000']);
    expect(textOf(ADVERTISE, record.captivePortal)).toBe('https://portal.test');
    expect(textOf(ADVERTISE, record.mudUrl)).toBe('https://mud.test/x.json');
    expect(textOf(ADVERTISE, record.clientFqdn)).toBe('\x03pxe\0');
    expect(record.vendorOptions).toMatchObject([{ enterprise: 343, options: [{ code: 1 }, { code: 2 }] }]);
  });

  it.each([
    ['LLT', '0001 0001 00000000 020000000001', 0x020000000001],
    ['LLT of InfiniBand', '0001 0020 00000000 020000000001', -1],
    ['EN', '0002 00000137 aabb', -1],
    ['LL', '0003 0006 020000000002', 0x020000000002],
    ['UUID', '0004 00112233445566778899aabbccddeeff', -1],
    ['a kind that nobody assigned', '0009 01', -1],
  ])('takes a DUID-%s', (_kind, bytes, expected) => {
    const record = whole(decode(dhcpv6, message(1, option(1, hex(bytes)))));
    expect(record.clientDuid).toBe(bytes.replaceAll(' ', ''));
    expect(record.clientDuidMac).toBe(expected);
    expect(record.faults).toEqual([]);
  });

  it('keeps the number of a message type that it does not know', () => {
    const record = whole(decode(dhcpv6, message(200, option(1, LLT))));
    expect(dhcpv6.kindOf(record)).toBe('other');
    expect(record).toMatchObject({ messageType: 200, clientDuid: '000100012c8f0a11525400000021' });
    expect(dhcpv6.kindOf(decode(dhcpv6, message(0)))).toBe('other');
    expect(dhcpv6.kindOf(decode(dhcpv6, message(36, option(5, ip6('2001:db8::5'), u32(1), u32(2)))))).toBe(
      'ADDR-REG-INFORM',
    );
  });

  it('has no transaction id for DHCPv4 over DHCPv6 (RFC 7341)', () => {
    const record = whole(decode(dhcpv6, message(20, option(87, hex('0101')))));
    expect(record).toMatchObject({ transactionId: -1, dhcpv4Message: { at: 8, length: 2 } });
  });
});

describe('relays', () => {
  const FORWARDED = relay(
    12,
    1,
    '::',
    'fe80::aa',
    option(18, utf8('ge-0/0/1')),
    option(
      9,
      relay(
        12,
        0,
        '2001:db8:1::1',
        'fe80::21',
        option(9, SOLICIT),
        option(37, u32(9), hex('0102')),
        option(38, utf8('subscriber')),
        option(53, LL),
        option(79, u16(1), mac(CLIENT_MAC)),
      ),
    ),
  );

  it('gives every relay, outermost first, and the innermost message', () => {
    const record = whole(decode(dhcpv6, FORWARDED));
    expect(dhcpv6.kindOf(record)).toBe('SOLICIT');
    expect(record).toMatchObject({ messageType: 1, transactionId: 0xa1b2c3, elapsedTime: 310, faults: [] });
    expect(record.relays).toMatchObject([
      { messageType: 12, hopCount: 1, linkAddress: key6('::'), peerAddress: key6('fe80::aa'), clientLinkLayer: -1 },
      {
        hopCount: 0,
        linkAddress: key6('2001:db8:1::1'),
        peerAddress: key6('fe80::21'),
        relayId: '00030001525400000001',
        clientLinkLayer: keyMac(CLIENT_MAC),
        remoteId: { enterprise: 9 },
      },
    ]);
    expect(textOf(FORWARDED, record.relays[0]?.interfaceId)).toBe('ge-0/0/1');
    expect(textOf(FORWARDED, record.relays[1]?.subscriberId)).toBe('subscriber');
    expect(record.relays[1]?.options.map(({ code }) => code)).toEqual([9, 37, 38, 53, 79]);
  });

  it('follows eight relays and no ninth', () => {
    const nested = (depth: number): Uint8Array => {
      let inner = SOLICIT;
      for (let hops = 0; hops < depth; hops += 1) inner = relay(12, hops, '::', 'fe80::1', option(9, inner));
      return inner;
    };
    const eight = whole(decode(dhcpv6, nested(8)));
    expect([eight.relays.length, eight.messageType, eight.faults.length]).toEqual([8, 1, 0]);
    const nine = whole(decode(dhcpv6, nested(9)));
    expect([nine.relays.length, nine.messageType, nine.transactionId]).toEqual([8, 12, -1]);
    expect(nine.faults).toMatchObject([{ code: 'excess', need: 9, have: 8 }]);
    expect(nine.faults[0]?.path).toMatch(/relayMessage$/);
    // 400 levels in one datagram neither overflow the stack nor take time.
    expect(whole(decode(dhcpv6, nested(400))).relays.length).toBe(8);
  });

  it('faults a relay without a message, and keeps the relays when the message is cut', () => {
    const empty = whole(decode(dhcpv6, relay(13, 0, '::', 'fe80::1', option(18, utf8('x')))));
    expect(faultsOf(empty)).toEqual(['missing relayMessage']);
    expect(dhcpv6.kindOf(empty)).toBe('RELAY-REPL');
    const cut = whole(decode(dhcpv6, relay(12, 0, '2001:db8::1', 'fe80::1', option(9, hex('01 a1')))));
    expect(cut).toMatchObject({ messageType: 12, transactionId: -1, relays: [{ linkAddress: key6('2001:db8::1') }] });
    expect(faultsOf(cut)).toEqual(['cut options[0].relayMessage.header']);
  });
});

describe('malformed options', () => {
  const faults = (...options: Uint8Array[]) => faultsOf(decode(dhcpv6, message(1, ...options)));

  it('keeps a user class without its lengths, as some firmware sends it', () => {
    const bytes = message(1, option(15, utf8('iPXE')), option(8, u16(4)));
    const record = whole(decode(dhcpv6, bytes));
    expect(record.userClasses.map((span) => textOf(bytes, span))).toEqual(['iPXE']);
    expect(record.elapsedTime).toBe(4);
    expect(faultsOf(record)).toEqual(['length options[0].userClassData[0].length']);
  });

  it('says where each is wrong and reads on', () => {
    expect(faults(option(8, [1]))).toEqual(['cut options[0].elapsedTime']);
    expect(faults(option(8, u32(1)))).toEqual(['length options[0].optionData']);
    expect(faults(option(23, new Uint8Array(17)))).toEqual(['length options[0].dnsServers']);
    expect(faults(option(23))).toEqual(['length options[0].dnsServers']);
    expect(faults(option(6, [0, 1, 2]))).toEqual(['length options[0].requestedOptionCodes']);
    expect(faults(option(1, [0, 1]))).toEqual(['length options[0].duid']);
    expect(faults(option(1, hex('0004 0011')))).toEqual(['cut options[0].duid']);
    expect(faults(option(1, new Uint8Array(131)))).toEqual(['length options[0].duid']);
    expect(faults(option(3, u32(1), u32(9), u32(8)))).toEqual(['value options[0].t1']);
    expect(faults(option(3, u32(1)))).toEqual(['cut options[0].header']);
    expect(faults(option(3, u32(1), u32(0), u32(0), option(5, ip6('::1'), u32(2), u32(1))))).toEqual([
      'value options[0].options[0].preferredLifetime',
    ]);
    expect(faults(option(25, u32(1), u32(0), u32(0), option(26, u32(1), u32(1), [129], ip6('::'))))).toEqual([
      'value options[0].options[0].prefixLength',
    ]);
    expect(faults(option(14, [0]))).toEqual(['length options[0].optionData']);
    expect(faults(option(24, hex('05 6162')))).toEqual(['missing options[0].domainNames']);
  });

  it('counts the first of two that may stand once', () => {
    const record = whole(decode(dhcpv6, message(1, option(1, LLT), option(1, LL), option(7, [1]), option(7, [2]))));
    expect(record).toMatchObject({ clientDuid: '000100012c8f0a11525400000021', preference: 1 });
    expect(faultsOf(record)).toEqual(['duplicate options[1].optionCode', 'duplicate options[3].optionCode']);
    expect(faults(option(17, u32(1)), option(17, u32(2)))).toEqual([]);
  });

  it('takes no half of a DUID for a whole one', () => {
    const bytes = message(1, option(1, LLT)).slice(0, -1);
    const record = whole(decode(dhcpv6, bytes));
    expect(record.clientDuid).toBe('');
    expect(record.options).toEqual([{ code: 1, data: { at: 8, length: 13 } }]);
    expect(faultsOf(record)).toEqual(['cut options[0]']);
  });

  it('has caps on options and on their nesting', () => {
    const many = whole(decode(dhcpv6, message(1, ...Array.from({ length: 600 }, () => option(3000)))));
    expect(many.options.length).toBe(512);
    expect(faultsOf(many)).toEqual(['excess options']);
    let deep = option(94);
    for (let i = 0; i < 40; i += 1) deep = option(94, deep);
    expect(faults(deep)).toEqual([`excess ${'options[0].'.repeat(5)}options`]);
  });
});

describe('the option table', () => {
  const table = OPTIONS.trim().split('\n');

  it('names every option that IANA has assigned up to 150', () => {
    const codes = table.map((line) => Number.parseInt(line, 10));
    const assigned = Array.from({ length: 150 }, (_, i) => i + 1).filter((code) => code !== 10 && code !== 35);
    expect(codes).toEqual(assigned);
  });

  /** A value that fits a format: zeros, with the lengths inside at zero. */
  const WIDTHS: Record<string, number> = {
    u8: 1,
    u16: 2,
    u32: 4,
    u64: 8,
    flags8: 1,
    flags16: 2,
    ipv4: 4,
    ipv6: 16,
    mac: 6,
  };
  const REST: Record<string, Uint8Array> = {
    ipv6s: new Uint8Array(16),
    u16s: u16(1),
    domain: hex('0161 00'),
    domains: hex('0161 00'),
  };

  it.each(table.filter((line) => line.split(' ').length > 2))('reads by format: %s', (line) => {
    const [code = '', , ...fields] = line.split(' ');
    const kinds = fields.map((field) => field.split(':')[1] ?? '');
    const data = kinds.map((kind) => {
      if (kind === 'prefix') return concat([64], new Uint8Array(8));
      if (kind === 'counted') return concat(u16(3), utf8('abc'));
      if (kind === 'bytes' || kind === 'text') return utf8('rest');
      if (kind === 'options') return option(8, u16(1));
      if (kind === 'suboptions') return option(1, u16(1));
      return REST[kind] ?? new Uint8Array(WIDTHS[kind] ?? 0);
    });
    const { record, rows } = trace(dhcpv6, message(7, option(Number(code), ...data), option(8, u16(1))));
    // Option 8 twice is no duplicate: they stand in different places.
    expect(record.faults).toEqual([]);
    const inside = rows.filter((row) => row.path.startsWith('options[0].') && row.type !== 'group');
    const covered = inside.reduce((sum, row) => sum + row.length, 0);
    expect(covered).toBe(4 + concat(...data).length);
    // One byte less than its fixed fields need is a fault, not a guess.
    const fixed = kinds.findIndex((kind) => WIDTHS[kind] === undefined);
    const width = kinds.slice(0, fixed < 0 ? kinds.length : fixed).reduce((sum, kind) => sum + (WIDTHS[kind] ?? 0), 0);
    if (width > 0) {
      const short = decode(dhcpv6, message(7, option(Number(code), new Uint8Array(width - 1))));
      expect(faultsOf(short)).toEqual(['cut options[0].optionData']);
    }
  });
});

describe('hostile and cut', () => {
  it('says cut, and nothing else, of a header that is not whole', () => {
    expect(decode(dhcpv6, hex('01a1b2')).cut).toMatchObject({ path: 'header', need: 4, have: 3 });
    expect(decode(dhcpv6, concat([12], new Uint8Array(32))).cut).toMatchObject({ need: 34, have: 33 });
    expect(decode(dhcpv6, new Uint8Array(0)).cut).toMatchObject({ need: 4, have: 0 });
  });

  it('survives every prefix and every change', () => {
    const relayed = relay(12, 0, '2001:db8:1::1', 'fe80::21', option(9, ADVERTISE), option(18, utf8('x')));
    everyPrefix(dhcpv6, ADVERTISE, {}, ['options']);
    everyPrefix(dhcpv6, SOLICIT, {}, ['options']);
    everyPrefix(dhcpv6, relayed, {}, ['options', 'messageType']);
    survives(dhcpv6, relayed);
  });
});

it('names the fields that explain shows', () => {
  const { rows } = trace(dhcpv6, ADVERTISE);
  const row = (path: string): Row | undefined => rows.find((candidate) => candidate.path === path);
  expect(row('msgType')).toMatchObject({ value: 2, label: 'ADVERTISE' });
  expect(row('options[0].duidType')).toMatchObject({ value: 1, label: 'DUID-LLT' });
  expect(row('options[3].optionCode')).toMatchObject({ value: 3, label: 'OPTION_IA_NA' });
  expect(row('options[3].options[0].address')).toMatchObject({ value: '2001:db8::1000' });
  expect(row('options[5].options[0].statusCode')).toMatchObject({ value: 2, label: 'NoAddrsAvail' });
});
