import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../src/wire/envelope.ts';
import { nd } from '../../../src/wire/protocols/nd/index.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { concat, hex, icmp6, ip6, key6, keyMac, mac, ndOption, u16, u32, utf8 } from '../../support/packets.ts';

const ROUTER = 'fe80::1';
const MAC = '52:54:00:00:00:01';

function at(src: string, dst: string, fields: Partial<Envelope> = {}): Partial<Envelope> {
  return { ipVersion: 6, ttl: 255, ipSrc: key6(src), ipDst: key6(dst), ...fields };
}

const FROM_ROUTER = at(ROUTER, 'ff02::1');

function advertisement(...options: Uint8Array[]): Uint8Array {
  return icmp6(134, 0, concat([64, 0b1100_1000], u16(1800), u32(30_000), u32(1000), ...options));
}

const PREFIX = ndOption(3, concat([64, 0xc0], u32(86_400), u32(14_400), u32(0), ip6('2001:db8:1::')));
const FULL = advertisement(
  ndOption(1, mac(MAC)),
  ndOption(5, concat(u16(0), u32(1500))),
  PREFIX,
  ndOption(24, concat([48, 0x18], u32(600), hex('20010db8 00020000'))),
  ndOption(25, concat(u16(0), u32(1200), ip6('2001:db8::53'), ip6('2001:db8::54'))),
  ndOption(31, concat(u16(0), u32(1200), hex('04 6c616273 04 74657374 00'), hex('01 61 00'))),
  ndOption(26, hex('800000000000')),
  ndOption(37, utf8('https://portal.test/')),
  ndOption(38, concat(u16(600 | 1), hex('0064ff9b 00000000 00000000'))),
  ndOption(14, hex('0102030405ff')),
  ndOption(144, hex('0102030405060708')),
);

function ra(bytes: Uint8Array, fields = FROM_ROUTER) {
  const record = whole(decode(nd, bytes, fields));
  if (record.type !== 134) throw new Error(`type ${record.type}`);
  return record;
}

describe('router advertisement', () => {
  it('gives the header and every option that it opens', () => {
    const record = ra(FULL);
    expect(nd.kindOf(record)).toBe('RA');
    expect(record).toMatchObject({
      code: 0,
      discard: '',
      curHopLimit: 64,
      managed: true,
      otherConfig: true,
      homeAgent: false,
      proxy: false,
      preference: 'high',
      routerLifetime: 1800,
      reachableTime: 30_000,
      retransTimer: 1000,
      sourceLinkLayer: keyMac(MAC),
      targetLinkLayer: -1,
      nonce: '\x01\x02\x03\x04\x05\xff',
      mtu: 1500,
      flagsExtension: 0x800000000000,
      faults: [],
    });
    expect(record.prefixes).toEqual([
      {
        prefix: key6('2001:db8:1::'),
        prefixLength: 64,
        onLink: true,
        autonomous: true,
        routerAddress: false,
        pdPreferred: false,
        validLifetime: 86_400,
        preferredLifetime: 14_400,
      },
    ]);
    expect(record.routes).toEqual([
      { prefix: key6('2001:db8:2::'), prefixLength: 48, preference: 'low', lifetime: 600 },
    ]);
    expect(record.rdnss).toEqual([{ lifetime: 1200, addresses: [key6('2001:db8::53'), key6('2001:db8::54')] }]);
    expect(record.dnssl[0]?.domains.map((span) => textOf(FULL, span))).toEqual(['\x04labs\x04test\0', '\x01a\0']);
    expect(textOf(FULL, record.captivePortal)).toBe('https://portal.test/');
    expect(record.pref64).toEqual([{ prefix: key6('64:ff9b::'), prefixLength: 64, lifetime: 600 }]);
    expect(record.others).toEqual([{ type: 144, data: { at: FULL.length - 14, length: 14 } }]);
  });

  it('reads the four preferences of RFC 4191', () => {
    const preferences = [0x00, 0x08, 0x10, 0x18].map(
      (flags) => ra(icmp6(134, 0, concat([0, flags], u16(0), u32(0), u32(0)))).preference,
    );
    expect(preferences).toEqual(['medium', 'high', 'reserved', 'low']);
  });

  it('scales PREF64 as RFC 8781 says and refuses a reserved length code', () => {
    const lengths = [0, 1, 2, 3, 4, 5, 6].map((plc) => {
      const record = ra(advertisement(ndOption(38, concat(u16(0xfff8 | plc), new Uint8Array(12)))));
      return [record.pref64[0]?.prefixLength, record.pref64[0]?.lifetime, ...faultsOf(record)];
    });
    expect(lengths).toEqual([
      [96, 65528],
      [64, 65528],
      [56, 65528],
      [48, 65528],
      [40, 65528],
      [32, 65528],
      [-1, 65528, 'value options[0].plc'],
    ]);
  });

  it('takes a route of each length, and faults one too short for its prefix', () => {
    const route = (length: number, prefix: string) =>
      ra(advertisement(ndOption(24, concat([length, 0], u32(1), hex(prefix)))));
    expect(route(0, '').routes[0]?.prefix).toBe(key6('::'));
    expect(route(128, '20010db8000000000000000000000001').routes[0]?.prefix).toBe(key6('2001:db8::1'));
    expect(faultsOf(route(65, '20010db800000000'))).toEqual(['length options[0].length']);
  });
});

describe('options', () => {
  it('stops at length 0 with a fault, and receivers discard the message', () => {
    const record = ra(advertisement(hex('01 00 000000000000'), PREFIX));
    expect(faultsOf(record)).toEqual(['length options[0].length']);
    expect(record.prefixes).toEqual([]);
    expect(record.discard).toBe('option');
  });

  it('keeps what passes the end as bytes', () => {
    const record = ra(FULL.slice(0, 16 + 8 + 8 + 20));
    expect(faultsOf(record)).toEqual(['cut options[2]']);
    expect(record.others).toEqual([{ type: 3, data: { at: 34, length: 18 } }]);
    expect(record).toMatchObject({ discard: 'option', mtu: 1500, prefixes: [] });
  });

  it('does not blame the sender for a snap length', () => {
    const record = whole(decode(nd, FULL.slice(0, 52), FROM_ROUTER, 'captured'));
    expect(record.discard).toBe('');
    expect(faultsOf(record)).toEqual(['cut options[2]']);
  });

  it('counts the first of two, with a fault', () => {
    const record = ra(
      advertisement(
        ndOption(1, mac(MAC)),
        ndOption(1, mac('02:00:00:00:00:99')),
        ndOption(5, concat(u16(0), u32(9000))),
        ndOption(5, concat(u16(0), u32(1280))),
        ndOption(14, hex('010203040506')),
        ndOption(14, hex('0a0b0c0d0e0f')),
      ),
    );
    expect(record).toMatchObject({ sourceLinkLayer: keyMac(MAC), mtu: 9000, nonce: '\x01\x02\x03\x04\x05\x06' });
    expect(faultsOf(record)).toEqual([
      'duplicate options[1].type',
      'duplicate options[3].type',
      'duplicate options[5].type',
    ]);
  });

  it('faults options of the wrong length and keeps their bytes', () => {
    const wrong = [3, 5, 26, 38].map((type) => {
      const record = ra(advertisement(ndOption(type, new Uint8Array(22))));
      return [...faultsOf(record), record.others.length];
    });
    expect(wrong).toEqual([3, 5, 26, 38].map(() => ['length options[0].length', 1]));
    expect(faultsOf(ra(advertisement(ndOption(25, new Uint8Array(6)))))).toEqual(['length options[0].length']);
    expect(faultsOf(ra(advertisement(ndOption(25, new Uint8Array(30)))))).toEqual(['length options[0].addresses']);
  });

  it('keeps a link-layer address that is not of Ethernet as bytes', () => {
    const record = ra(advertisement(ndOption(1, new Uint8Array(14).fill(7))));
    expect(record).toMatchObject({ sourceLinkLayer: -1, others: [{ type: 1 }], faults: [] });
  });

  it('ends at 256 options', () => {
    const many = Array.from({ length: 300 }, () => ndOption(253, new Uint8Array(6)));
    const record = ra(advertisement(...many));
    expect(record.others.length).toBe(256);
    expect(faultsOf(record)).toEqual(['excess options']);
  });

  it('keeps a search list that breaks off, and names that are too long', () => {
    const list = (bytes: Uint8Array) => faultsOf(ra(advertisement(ndOption(31, concat(u16(0), u32(1), bytes)))));
    expect(list(hex('03 616263 05 61 62'))).toEqual(['missing options[0].domainNames']);
    expect(list(hex('c0 0c 00 00'))).toEqual(['value options[0].domainNames']);
    expect(list(concat(...Array.from({ length: 5 }, () => concat([63], new Uint8Array(63).fill(97)))))).toEqual([
      'length options[0].domainNames',
    ]);
  });
});

describe('solicitation and advertisement of neighbors', () => {
  const TARGET = '2001:db8::42';
  const SOLICITED = 'ff02::1:ff00:42';
  const ns = (...options: Uint8Array[]) => icmp6(135, 0, concat(u32(0), ip6(TARGET), ...options));
  const na = (flags: number, ...options: Uint8Array[]) => icmp6(136, 0, concat(u32(flags), ip6(TARGET), ...options));

  it('tells duplicate address detection apart', () => {
    const plain = whole(decode(nd, ns(ndOption(1, mac(MAC))), at('fe80::2', SOLICITED)));
    expect(nd.kindOf(plain)).toBe('NS');
    expect(plain).toMatchObject({
      type: 135,
      dad: false,
      target: key6(TARGET),
      sourceLinkLayer: keyMac(MAC),
      discard: '',
    });
    const dad = whole(decode(nd, ns(ndOption(14, hex('a1a2a3a4a5a6'))), at('::', SOLICITED)));
    expect(nd.kindOf(dad)).toBe('DAD');
    expect(dad).toMatchObject({ dad: true, nonce: '\xa1\xa2\xa3\xa4\xa5\xa6', discard: '' });
  });

  it('reads the three flags, the sign bit among them', () => {
    const flags = [0x80000000, 0x40000000, 0x20000000].map((bits) => {
      const record = whole(decode(nd, na(bits, ndOption(2, mac(MAC))), at('fe80::2', ROUTER)));
      if (record.type !== 136) throw new Error('not NA');
      return [record.router, record.solicited, record.override, record.targetLinkLayer === keyMac(MAC)];
    });
    expect(flags).toEqual([
      [true, false, false, true],
      [false, true, false, true],
      [false, false, true, true],
    ]);
  });

  it.each([
    ['hop-limit', ns(), at('fe80::2', SOLICITED, { ttl: 254 })],
    ['fragment', ns(), at('fe80::2', SOLICITED, { reassembled: true })],
    ['code', icmp6(135, 1, concat(u32(0), ip6(TARGET))), at('fe80::2', SOLICITED)],
    ['target', icmp6(135, 0, concat(u32(0), ip6('ff02::1'))), at('fe80::2', SOLICITED)],
    ['destination', ns(), at('::', 'ff02::1')],
    ['source-link-layer', ns(ndOption(1, mac(MAC))), at('::', SOLICITED)],
    ['solicited', na(0x40000000), at('fe80::2', 'ff02::1')],
    ['source', advertisement(), at('2001:db8::1', 'ff02::1')],
    ['source-link-layer', icmp6(133, 0, concat(u32(0), ndOption(1, mac(MAC)))), at('::', 'ff02::2')],
    ['', na(0x60000000), at('fe80::2', 'fe80::3')],
    ['', advertisement(), FROM_ROUTER],
    ['', icmp6(133, 0, u32(0)), at('::', 'ff02::2')],
  ])('says why a receiver discards: %s', (reason, bytes, fields) => {
    expect(whole(decode(nd, bytes, fields)).discard).toBe(reason);
  });
});

describe('redirect', () => {
  const quoted = hex('6000000000003aff');
  const bytes = (target: string, destination: string) =>
    icmp6(137, 0, concat(u32(0), ip6(target), ip6(destination), ndOption(4, concat(new Uint8Array(6), quoted))));

  it('gives target, destination and the packet that caused it', () => {
    const record = whole(decode(nd, bytes('fe80::9', '2001:db8::9'), at(ROUTER, 'fe80::2')));
    expect(nd.kindOf(record)).toBe('redirect');
    expect(record).toMatchObject({
      target: key6('fe80::9'),
      destination: key6('2001:db8::9'),
      redirected: { at: 48, length: 8 },
      discard: '',
    });
  });

  it('is discarded with a target that is neither a router nor the destination', () => {
    const discard = (target: string, destination: string) =>
      whole(decode(nd, bytes(target, destination), at(ROUTER, 'fe80::2'))).discard;
    expect(discard('2001:db8::1', '2001:db8::9')).toBe('target');
    expect(discard('2001:db8::9', '2001:db8::9')).toBe('');
    expect(discard('fe80::9', 'ff02::1')).toBe('target');
  });
});

describe('hostile and cut', () => {
  it('says cut, and nothing else, of a fixed part that is not whole', () => {
    for (const [type, fixed] of [
      [133, 8],
      [134, 16],
      [135, 24],
      [136, 24],
      [137, 40],
    ] as const) {
      const record = decode(nd, concat([type, 0], new Uint8Array(fixed - 3)), FROM_ROUTER);
      expect(record.cut).toMatchObject({ code: 'cut', path: 'header', need: fixed, have: fixed - 1 });
      expect(decode(nd, concat([type, 0], new Uint8Array(fixed - 2)), FROM_ROUTER).cut).toBeUndefined();
    }
  });

  it('survives every prefix and every change', () => {
    everyPrefix(nd, FULL, FROM_ROUTER, ['others']);
    survives(nd, FULL, FROM_ROUTER);
    survives(nd, icmp6(137, 0, new Uint8Array(60)), FROM_ROUTER);
  });
});

it('names the fields that explain shows', () => {
  const { rows } = trace(nd, FULL, FROM_ROUTER);
  const row = (path: string) => rows.find((candidate) => candidate.path === path);
  expect(row('type')).toMatchObject({ value: 134, label: 'Router Advertisement' });
  expect(row('options[2].type')).toMatchObject({ value: 3, label: 'Prefix Information' });
  expect(row('options[2].prefix')).toMatchObject({ type: 'ipv6', value: '2001:db8:1::' });
  expect(row('options[7].uri')).toMatchObject({ value: 'https://portal.test/' });
});
