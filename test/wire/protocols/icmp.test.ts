import { describe, expect, it } from 'vitest';
import { icmp } from '../../../src/wire/protocols/icmp.ts';
import { icmp6Error } from '../../../src/wire/protocols/icmp6-error.ts';
import { decode, everyPrefix, faultsOf, survives, trace, whole } from '../../support/decode.ts';
import {
  concat,
  fragmentHeader,
  hex,
  icmp4,
  icmp6,
  ipv4,
  ipv6,
  key4,
  key6,
  paddingHeader,
  tcp,
  u32,
  udp,
  utf8,
} from '../../support/packets.ts';

const QUOTED4 = ipv4(
  { src: '10.0.0.2', dst: '10.0.0.1', proto: 17, id: 0x1234, ttl: 63 },
  udp({ sport: 2070, dport: 69 }, utf8('\0\x01pxelinux.0\0octet\0')),
);
const QUOTED6 = ipv6(
  { src: '2001:db8::2', dst: '2001:db8::1', proto: 17, hopLimit: 64 },
  udp({ sport: 546, dport: 547 }, new Uint8Array(20)),
);

describe('ICMPv4 errors', () => {
  it('gives type, code and the packet that failed', () => {
    const record = whole(decode(icmp, icmp4(3, 3, concat(u32(0), QUOTED4))));
    expect(icmp.kindOf(record)).toBe('destination-unreachable');
    expect(record).toEqual({
      protocol: 'icmp',
      type: 3,
      code: 3,
      mtu: -1,
      gateway: -1,
      pointer: -1,
      quoted: {
        ipVersion: 4,
        src: key4('10.0.0.2'),
        dst: key4('10.0.0.1'),
        ipProtocol: 17,
        srcPort: 2070,
        dstPort: 69,
        length: QUOTED4.length,
        ttl: 63,
        ipId: 0x1234,
      },
      faults: [],
    });
  });

  it('reads what the second word means by type', () => {
    const word = hex('0a0001fe');
    const of = (type: number, code: number) => decode(icmp, icmp4(type, code, concat(word, QUOTED4)));
    expect(of(3, 4)).toMatchObject({ mtu: 0x01fe, gateway: -1, pointer: -1 });
    expect(of(5, 1)).toMatchObject({ mtu: -1, gateway: 0x0a0001fe, pointer: -1 });
    expect(of(12, 0)).toMatchObject({ mtu: -1, gateway: -1, pointer: 10 });
    expect([of(4, 0), of(11, 0), of(5, 0), of(12, 0), of(8, 0)].map((record) => icmp.kindOf(record))).toEqual([
      'source-quench',
      'time-exceeded',
      'redirect',
      'parameter-problem',
      'other',
    ]);
  });

  it('takes no ports from a later fragment or from another protocol, and steps over options', () => {
    const quote = (packet: Uint8Array) => decode(icmp, icmp4(3, 1, concat(u32(0), packet)));
    const later = ipv4({ src: 1, dst: 2, proto: 17, fragmentOffset: 8 }, new Uint8Array(8).fill(9));
    expect(quote(later)).toMatchObject({ quoted: { ipProtocol: 17, srcPort: -1, dstPort: -1 }, faults: [] });
    expect(quote(ipv4({ src: 1, dst: 2, proto: 1 }, hex('0800000000010001')))).toMatchObject({
      quoted: { ipProtocol: 1, srcPort: -1 },
    });
    const options = ipv4({ src: 1, dst: 2, proto: 6, options: hex('94040000') }, tcp({ sport: 5, dport: 80 }));
    expect(quote(options)).toMatchObject({ quoted: { srcPort: 5, dstPort: 80 } });
  });

  it('keeps what there is of a quotation that breaks off', () => {
    const part = (length: number) => decode(icmp, icmp4(3, 3, concat(u32(0), QUOTED4.slice(0, length))));
    expect(faultsOf(part(0))).toEqual(['cut quoted']);
    expect(faultsOf(part(19))).toEqual(['cut quoted.header']);
    expect(part(19)).toMatchObject({ quoted: undefined });
    expect(faultsOf(part(22))).toEqual(['cut quoted.ports']);
    expect(part(22)).toMatchObject({ quoted: { ipProtocol: 17, srcPort: -1, dstPort: -1 } });
    expect(part(28).faults).toEqual([]);
    expect(faultsOf(decode(icmp, icmp4(3, 3, concat(u32(0), hex('55')))))).toEqual(['value quoted.version']);
    expect(faultsOf(decode(icmp, icmp4(3, 3, concat(u32(0), hex('42'), new Uint8Array(30)))))).toEqual([
      'length quoted.ihl',
    ]);
  });

  it('survives every prefix and every change', () => {
    const bytes = icmp4(3, 4, concat(hex('000005aa'), QUOTED4));
    everyPrefix(icmp, bytes, {}, ['srcPort', 'dstPort']);
    survives(icmp, bytes);
    expect(decode(icmp, bytes.slice(0, 7)).cut).toMatchObject({ need: 8, have: 7 });
  });
});

describe('ICMPv6 errors', () => {
  it('gives type, code and the packet that failed', () => {
    const record = whole(decode(icmp6Error, icmp6(1, 4, concat(u32(0), QUOTED6))));
    expect(icmp6Error.kindOf(record)).toBe('destination-unreachable');
    expect(record).toMatchObject({
      type: 1,
      code: 4,
      mtu: -1,
      pointer: -1,
      quoted: {
        ipVersion: 6,
        src: key6('2001:db8::2'),
        dst: key6('2001:db8::1'),
        ipProtocol: 17,
        srcPort: 546,
        dstPort: 547,
        length: QUOTED6.length,
        ttl: 64,
        ipId: -1,
      },
      faults: [],
    });
  });

  it('gives the MTU and the pointer, unsigned', () => {
    expect(decode(icmp6Error, icmp6(2, 0, concat(u32(0xffffffff), QUOTED6)))).toMatchObject({ mtu: 0xffffffff });
    expect(decode(icmp6Error, icmp6(4, 1, concat(u32(40), QUOTED6)))).toMatchObject({ pointer: 40, mtu: -1 });
  });

  it('steps over extension headers, and not for ever', () => {
    const quote = (extensions: { proto: number; bytes: Uint8Array }[]) =>
      decode(
        icmp6Error,
        icmp6(
          3,
          0,
          concat(u32(0), ipv6({ src: '::1', dst: '::2', proto: 17, extensions }, udp({ sport: 5, dport: 6 }, hex('')))),
        ),
      );
    expect(quote([paddingHeader(0), paddingHeader(60, 2), fragmentHeader(1, 0, true)])).toMatchObject({
      quoted: { ipProtocol: 17, srcPort: 5, dstPort: 6 },
      faults: [],
    });
    expect(quote([fragmentHeader(1, 8, true)])).toMatchObject({ quoted: { ipProtocol: 17, srcPort: -1 }, faults: [] });
    const many = quote(Array.from({ length: 9 }, () => paddingHeader(60)));
    expect(many).toMatchObject({ quoted: { ipProtocol: -1, srcPort: -1 } });
    expect(faultsOf(many)).toEqual(['excess quoted.extensionHeader']);
  });

  it('survives every prefix and every change', () => {
    const bytes = icmp6(1, 4, concat(u32(0), QUOTED6));
    everyPrefix(icmp6Error, bytes, {}, ['srcPort', 'dstPort']);
    survives(icmp6Error, bytes);
    expect(decode(icmp6Error, bytes.slice(0, 7)).cut).toMatchObject({ need: 8, have: 7 });
  });
});

it('names the fields that explain shows', () => {
  const { rows } = trace(icmp, icmp4(3, 3, concat(u32(0), QUOTED4)));
  const row = (path: string) => rows.find((candidate) => candidate.path === path);
  expect(row('code')).toMatchObject({ value: 3, label: 'port unreachable' });
  expect(row('quoted.src')).toMatchObject({ value: '10.0.0.2' });
  expect(row('quoted.dstPort')).toMatchObject({ value: 69 });
});
