import { describe, expect, it } from 'vitest';
import { headerOf } from '../../src/switch/header.ts';
import { stampAt } from '../../src/switch/stamp.ts';
import { resolve, zoned, type Around } from '../../src/switch/when.ts';
import { NOON, records } from './texts.ts';

const HOUR = 3_600e6;

function when(text: string, around: Around = NOON): ReturnType<typeof resolve> {
  const found = stampAt(text, 0);
  return found?.stamp === undefined ? undefined : resolve(found.stamp, around);
}

function utc(text: string): number {
  return Date.parse(text) * 1000;
}

describe('a stamp', () => {
  it.each([
    ['2026-11-22T12:44:42.208123Z', '2026-11-22T12:44:42.208Z', 123, 0],
    ['2026-11-22T13:44:42.208+01:00', '2026-11-22T12:44:42.208Z', 0, 999],
    ['2026-11-22T13:44:42+0100', '2026-11-22T12:44:42.000Z', 0, 999_999],
    ['Nov 22 2026 12:44:42.208 UTC: %', '2026-11-22T12:44:42.208Z', 0, 999],
    ['1795351482.208123 sw1', '2026-11-22T12:44:42.208Z', 123, 0],
  ])('with year and zone is certain: %s', (text, from, micro, width) => {
    const time = when(text);
    expect(time).toMatchObject({ sure: 'certain', reason: '', local: undefined });
    expect(time?.from).toBe(utc(from) + micro);
    expect((time?.to ?? 0) - (time?.from ?? 0)).toBe(width);
  });

  it('without a year gets the one nearest to the captures, and says so', () => {
    const time = when('Nov 22 12:44:42 UTC: %');
    expect(time).toMatchObject({ sure: 'likely', from: utc('2026-11-22T12:44:42Z') });
    expect(time?.reason).toBe('no year is written: in 2026 it lies nearest to the captures');
  });

  it.each([
    ['Dec 31 23:59:59 UTC: %', '2027-01-01T00:10:00Z', '2026-12-31T23:59:59Z'],
    ['Jan  1 00:00:01 UTC: %', '2026-12-31T23:50:00Z', '2027-01-01T00:00:01Z'],
    ['Feb 29 12:00:00 UTC: %', '2026-11-22T12:00:00Z', '2028-02-29T12:00:00Z'],
  ])('over the turn of a year: %s near %s', (text, around, expected) => {
    const at = utc(around);
    expect(when(text, { from: at, to: at })?.from).toBe(utc(expected));
  });

  it('without a year says nothing when no capture tells the time', () => {
    const found = stampAt('Nov 22 12:44:42 UTC: %', 0);
    expect(found?.stamp).toBeDefined();
    if (found?.stamp !== undefined) expect(resolve(found.stamp, undefined)).toBeUndefined();
  });

  it('without a zone spans all zones', () => {
    const time = when('2026-11-22 12:44:42');
    expect(time).toMatchObject({ sure: 'possible', local: utc('2026-11-22T12:44:42Z') });
    expect(time?.from).toBe(utc('2026-11-22T12:44:42Z') - 14 * HOUR);
    expect(time?.to).toBe(utc('2026-11-22T12:44:42Z') + 12 * HOUR + 999_999);
    expect(time?.reason).toContain('UTC-12 to UTC+14');
  });

  it('with a name of a zone takes it for the usual one, and says so; a name that stands for several is none', () => {
    expect(when('Nov 22 2026 13:44:42 CET: %')).toMatchObject({
      sure: 'likely',
      from: utc('2026-11-22T12:44:42Z'),
      reason: 'CET is taken as UTC+1',
    });
    expect(when('Nov 22 2026 13:44:42 CST: %')).toMatchObject({ sure: 'possible' });
    expect(when('Nov 22 2026 13:44:42 CST: %')?.reason).toContain('CST is not known');
  });

  it('of a clock that was never set says nothing', () => {
    expect(when('*Mar  1 00:00:46.123: %')).toBeUndefined();
    expect(when('*Mar  1 1993 00:00:46.123 UTC: %')).toBeUndefined();
    expect(when('Mar  1 00:00:46.123 UTC: %')).not.toBeUndefined();
  });

  it('of a clock that the switch itself doubts is only possible', () => {
    expect(when('*Nov 22 2026 12:44:42.208 UTC: %')).toMatchObject({ sure: 'possible' });
    expect(when('.Nov 22 2026 12:44:42.208 UTC: %')).toMatchObject({ sure: 'likely' });
  });

  it('that no calendar has is none', () => {
    expect(when('2026-13-22T12:44:42Z')).toBeUndefined();
    expect(when('2026-02-30T12:44:42Z')).toBeUndefined();
    expect(when('2026-11-22T24:44:42Z')).toBeUndefined();
  });

  it('since the start of the switch is none', () => {
    for (const text of ['00:00:46: %', '1w2d: %', '3d04h: %']) {
      expect(stampAt(text, 0), text).toMatchObject({ stamp: undefined });
    }
  });

  it('without a zone is narrowed once the zone is known', () => {
    const time = when('Nov 22 13:44:42');
    if (time === undefined) throw new Error('no time');
    expect(zoned(time, 60, 3)).toEqual({
      from: utc('2026-11-22T12:44:42Z'),
      to: utc('2026-11-22T12:44:42Z') + 999_999,
      sure: 'likely',
      reason:
        'no year is written: in 2026 it lies nearest to the captures; no zone is written: 3 lines match frames at UTC+1',
      local: undefined,
    });
  });
});

describe('a header', () => {
  it.each([
    ['<189>123: sw1: 000124: *Nov 22 12:44:42.123: %DHCP_SNOOPING-5-', 'sw1', 'sw1'],
    ['Nov 22 12:44:42 10.0.0.1 345: .Nov 22 2026 13:44:42.456 CET: %SW_DAI-4-', '10.0.0.1', ''],
    ['2026 Nov 22 12:44:42 n9k %ETHPORT-5-', 'n9k', ''],
    ['<13>1 2026-11-22T12:44:42Z leaf1 Ebra - - - ', 'leaf1', 'Ebra'],
    ['Nov 22 12:44:42  ex1 eswd[1234]: ', 'ex1', 'eswd'],
    ['2026-11-22T12:44:42.208123+00:00 cx1 dhcpv4-snoopd[2771]: ', 'cx1', 'dhcpv4-snoopd'],
    ['W 05/01/24 12:34:56 00850 dhcp-snoop: ', '', 'dhcp-snoop'],
    ['1w2d: %PM-4-', '', '1w2d'],
    ['', '', ''],
  ])('%s', (text, device, app) => {
    const header = headerOf(text);
    expect(header.device).toBe(device);
    if (app !== 'sw1' && app !== '1w2d') expect(header.app).toBe(app);
  });

  it("takes the stamp that says most: the collector's year and zone, or the switch's own", () => {
    expect(headerOf('2026-11-22T12:44:43+00:00 sw1 12: Nov 22 13:44:42.456: %X-1-').stamp).toMatchObject({
      year: 2026,
      second: 43,
    });
    expect(headerOf('Nov 22 12:44:43 sw1 12: Nov 22 2026 13:44:42.456 CET: %X-1-').stamp).toMatchObject({
      year: 2026,
      offset: 60,
    });
    expect(headerOf('Nov 22 12:44:43 sw1 12: *Nov 22 12:44:42.456: %X-1-').stamp).toMatchObject({ second: 43 });
  });

  it('takes the time of the ARP message where inspection gives it', async () => {
    const [one] = await records(
      'Nov 22 12:44:50 sw1 9: Nov 22 13:44:49: %SW_DAI-4-DHCP_SNOOPING_DENY: 1 Invalid ARPs (Req) on Gi1/0/4, vlan 1.([0001.0001.0001/10.0.0.1/0000.0000.0000/0.0.0.0/12:44:42 UTC Sun Nov 22 2026])',
    );
    expect(one?.time).toMatchObject({ sure: 'certain', from: utc('2026-11-22T12:44:42Z') });
  });
});
