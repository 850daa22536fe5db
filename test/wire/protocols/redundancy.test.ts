import { describe, expect, it } from 'vitest';
import { glbp } from '../../../src/wire/protocols/glbp.ts';
import { hsrp } from '../../../src/wire/protocols/hsrp.ts';
import { vrrp } from '../../../src/wire/protocols/vrrp.ts';
import { decode, everyPrefix, faultsOf, survives, trace, whole } from '../../support/decode.ts';
import { concat, hex, ip4, ip6, key4, key6, keyMac, mac, u16, u32, utf8 } from '../../support/packets.ts';

const V4 = { ipVersion: 4 };
const V6 = { ipVersion: 6 };

describe('VRRP', () => {
  const version2 = concat([0x21, 51, 150, 2, 0, 1], u16(0), ip4('192.0.2.1'), ip4('192.0.2.2'), new Uint8Array(8));
  const version3 = concat([0x31, 7, 255, 1], u16(0x0064), u16(0), ip4('192.0.2.9'));
  const version3ipv6 = concat([0x31, 7, 0, 1], u16(0x0064), u16(0), ip6('fe80::7'));

  it('gives identity, priority, addresses and the virtual MAC address', () => {
    expect(decode(vrrp, version2, V4)).toMatchObject({
      variant: 'vrrp',
      version: 2,
      type: 1,
      interval: 1000,
      routers: [
        {
          group: 51,
          priority: 150,
          active: true,
          virtualMac: keyMac('00:00:5e:00:01:33'),
          addresses: [key4('192.0.2.1'), key4('192.0.2.2')],
        },
      ],
      faults: [],
    });
    expect(decode(vrrp, version3, V4)).toMatchObject({
      version: 3,
      interval: 1000,
      routers: [{ priority: 255, addresses: [key4('192.0.2.9')] }],
    });
  });

  it('knows IPv6 and the priority that gives up', () => {
    expect(decode(vrrp, version3ipv6, V6)).toMatchObject({
      routers: [{ priority: 0, active: false, virtualMac: keyMac('00:00:5e:00:02:07'), addresses: [key6('fe80::7')] }],
    });
  });

  it('tells CARP apart, and is not misled by VRRP with seven addresses', () => {
    const carp = concat([0x21, 9, 128, 7, 0, 1], u16(0), new Uint8Array(28));
    const record = whole(decode(vrrp, carp, V4));
    expect(vrrp.kindOf(record)).toBe('carp');
    expect(record).toMatchObject({
      variant: 'carp',
      interval: 1500,
      routers: [{ group: 9, virtualMac: keyMac('00:00:5e:00:01:09'), addresses: [] }],
    });
    const seven = concat([0x21, 9, 128, 7, 0, 1], u16(0), new Uint8Array(28), new Uint8Array(8));
    expect(vrrp.kindOf(decode(vrrp, seven, V4))).toBe('advertisement');
  });

  it('faults what is no advertisement, and an address that is cut', () => {
    expect(faultsOf(decode(vrrp, concat([0x42, 1], new Uint8Array(6)), V4))).toEqual(['value versionAndType']);
    expect(vrrp.kindOf(decode(vrrp, concat([0x42, 1], new Uint8Array(6)), V4))).toBe('other');
    const cut = decode(vrrp, version2.slice(0, 15), V4);
    expect(faultsOf(cut)).toEqual(['cut ipAddresses[1]']);
    expect(cut).toMatchObject({ routers: [{ addresses: [key4('192.0.2.1')] }] });
    expect(decode(vrrp, version2.slice(0, 7), V4).cut).toMatchObject({ need: 8, have: 7 });
  });

  it('survives every prefix and every change', () => {
    for (const bytes of [version2, version3]) {
      everyPrefix(vrrp, bytes, V4);
      survives(vrrp, bytes, V4);
    }
    survives(vrrp, version3ipv6, V6);
  });
});

describe('HSRP', () => {
  const version1 = concat([0, 0, 16, 3, 10, 110, 5, 0], utf8('cisco'), [0, 0, 0], ip4('192.0.2.1'));
  const group = (state: number, ip: Uint8Array, opcode = 0) =>
    concat(
      [1, 40, 2, opcode, state, ip.length === 16 ? 6 : 4],
      u16(300),
      mac('52:54:00:00:00:01'),
      u32(110),
      u32(3000),
      u32(10_000),
      ip,
      new Uint8Array(16 - ip.length),
    );
  const version2 = concat(group(6, ip4('192.0.2.1')), [3, 8], utf8('cisco'), [0, 0, 0]);

  it('reads version 1', () => {
    const record = whole(decode(hsrp, version1, V4));
    expect(hsrp.kindOf(record)).toBe('hello');
    expect(record).toEqual({
      protocol: 'hsrp',
      version: 1,
      groups: [
        {
          opcode: 0,
          state: 'active',
          group: 5,
          priority: 110,
          helloTime: 3000,
          holdTime: 10_000,
          virtualAddress: key4('192.0.2.1'),
          identifier: -1,
        },
      ],
      routers: [
        {
          group: 5,
          priority: 110,
          active: true,
          virtualMac: keyMac('00:00:0c:07:ac:05'),
          addresses: [key4('192.0.2.1')],
        },
      ],
      faults: [],
    });
  });

  it('reads version 2 for both versions of IP', () => {
    expect(decode(hsrp, version2, V4)).toMatchObject({
      version: 2,
      groups: [{ state: 'active', group: 300, priority: 110, identifier: keyMac('52:54:00:00:00:01') }],
      routers: [{ virtualMac: keyMac('00:00:0c:9f:f1:2c'), addresses: [key4('192.0.2.1')], active: true }],
      faults: [],
    });
    expect(decode(hsrp, group(5, ip6('fe80::5')), V6)).toMatchObject({
      groups: [{ state: 'standby', virtualAddress: key6('fe80::5') }],
      routers: [{ virtualMac: keyMac('00:05:73:a0:01:2c'), addresses: [key6('fe80::5')], active: false }],
    });
  });

  it('takes a resignation for the end of the role, and an advertisement for no group', () => {
    expect(decode(hsrp, group(6, ip4('192.0.2.1'), 2), V4)).toMatchObject({ routers: [{ active: false }] });
    const advertise = decode(hsrp, hex('00 03 0001 000a 01 00 0000 0001 00000000'), V4);
    expect(hsrp.kindOf(advertise)).toBe('advertise');
    expect(advertise).toMatchObject({ routers: [], faults: [] });
  });

  it('says cut of a header that is not whole, and survives every prefix and every change', () => {
    expect(decode(hsrp, version1.slice(0, 19), V4).cut).toMatchObject({ need: 20, have: 19 });
    expect(faultsOf(decode(hsrp, version2.slice(0, 30), V4))).toEqual(['cut tlvs[0]', 'cut tlvs[0].groupState']);
    everyPrefix(hsrp, version1, V4);
    everyPrefix(hsrp, version2, V4);
    survives(hsrp, version1, V4);
    survives(hsrp, version2, V4);
  });
});

describe('GLBP', () => {
  const hello = (address: Uint8Array) =>
    concat(
      [1, 24 + address.length, 0, 32, 0, 120, 0, 0],
      u32(3000),
      u32(10_000),
      u16(600),
      u16(14_400),
      u16(0),
      [address.length === 16 ? 2 : 1, address.length],
      address,
    );
  const forwarder = (id: number, state: number) =>
    concat([2, 20, id, state, 0, 167, 100], new Uint8Array(7), mac(`00:07:b4:00:0a:0${id}`));
  const header = concat([1, 0], u16(10), u16(0), mac('52:54:00:00:00:01'));
  const message = concat(header, hello(ip4('192.0.2.1')), forwarder(1, 32), forwarder(2, 4));

  it('gives the group, its address and each forwarder', () => {
    const record = whole(decode(glbp, message, V4));
    expect(glbp.kindOf(record)).toBe('hello');
    expect(record).toMatchObject({
      group: 10,
      ownerId: keyMac('52:54:00:00:00:01'),
      priority: 120,
      helloTime: 3000,
      holdTime: 10_000,
      addresses: [key4('192.0.2.1')],
      routers: [
        { group: 10, active: true, virtualMac: keyMac('00:07:b4:00:0a:01'), addresses: [key4('192.0.2.1')] },
        { group: 10, active: false, virtualMac: keyMac('00:07:b4:00:0a:02') },
      ],
      faults: [],
    });
    expect(decode(glbp, concat(header, hello(ip6('fe80::1'))), V6)).toMatchObject({ addresses: [key6('fe80::1')] });
  });

  it('stops at a length that cannot be, and survives every prefix and every change', () => {
    expect(faultsOf(decode(glbp, concat(header, [1, 0]), V4))).toEqual(['length tlvs[0].length']);
    expect(decode(glbp, header.slice(0, 11), V4).cut).toMatchObject({ need: 12, have: 11 });
    everyPrefix(glbp, message, V4);
    survives(glbp, message, V4);
  });

  it('names the fields that explain shows', () => {
    const { rows } = trace(glbp, message, V4);
    expect(rows.find((row) => row.path === 'tlvs[1].virtualMac')).toMatchObject({ value: '00:07:b4:00:0a:01' });
  });
});
