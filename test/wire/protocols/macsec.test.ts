import { describe, expect, it } from 'vitest';
import { macsec } from '../../../src/wire/protocols/macsec.ts';
import { decode, everyPrefix, faultsOf, survives, trace, whole } from '../../support/decode.ts';
import { macsecPayload } from '../../support/link.ts';
import { concat, keyMac } from '../../support/packets.ts';

const SCI = { system: '02:00:00:00:0a:01', port: 1 };
const DATA = new Uint8Array(84).fill(0x33);

describe('MACsec', () => {
  it('reads the tag of an encrypted frame', () => {
    const record = whole(decode(macsec, macsecPayload({ an: 2, packetNumber: 72, sci: SCI }, DATA)));
    expect(macsec.kindOf(record)).toBe('encrypted');
    expect(record).toMatchObject({
      version: 0,
      endStation: false,
      sciPresent: true,
      encrypted: true,
      changedText: true,
      associationNumber: 2,
      shortLength: 0,
      packetNumber: 72,
      sciSystem: keyMac(SCI.system),
      sciPort: 1,
      data: { at: 14, length: 100 },
      faults: [],
    });
  });

  it('tells integrity only from encrypted, and shows the type inside', () => {
    const payload = macsecPayload({ sci: SCI, encrypted: false }, concat([0x08, 0x00], DATA));
    expect(macsec.kindOf(decode(macsec, payload))).toBe('integrity-only');
    expect(trace(macsec, payload).rows.find((row) => row.path === 'etherType')?.value).toBe(0x0800);
  });

  it('takes a short length for what it is: padding follows', () => {
    const payload = concat(macsecPayload({ shortLength: 34 }, DATA.slice(0, 34)), new Uint8Array(2));
    const record = whole(decode(macsec, payload));
    expect(record).toMatchObject({ sciPresent: false, sciSystem: -1, data: { at: 6, length: 50 }, faults: [] });
  });

  it('says what is wrong', () => {
    const wrong = (change: (bytes: Uint8Array) => void): string[] => {
      const bytes = macsecPayload({ sci: SCI }, DATA);
      change(bytes);
      return faultsOf(decode(macsec, bytes));
    };
    expect(wrong((b) => b.set([0xac], 0))).toEqual(['value tciAndAn']);
    expect(wrong((b) => b.set([0x6c], 0))).toEqual(['value tciAndAn']);
    expect(wrong((b) => b.set([48], 1))).toEqual(['value shortLength']);
    expect(faultsOf(decode(macsec, macsecPayload({ shortLength: 40 }, DATA.slice(0, 34))))).toEqual([
      'length shortLength',
    ]);
  });

  it('survives every prefix and any bytes', () => {
    const payload = macsecPayload({ sci: SCI }, DATA);
    // A frame is as long as what was captured of it.
    for (let i = 0; i < payload.length; i += 1) decode(macsec, payload.slice(0, i), {}, 'captured');
    everyPrefix(macsec, payload.slice(0, 14), {}, ['data']);
    survives(macsec, payload);
  });
});
