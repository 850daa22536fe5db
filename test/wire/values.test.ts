import fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../../src/wire/cursor.ts';
import {
  addressText,
  cleanText,
  domainNames,
  hexText,
  ipv4Text,
  ipv6Text,
  macText,
  parseAddress,
  parseIpv4,
  parseIpv6,
  parseMac,
  safeBytes,
  safeText,
  uintValue,
  uuidText,
  wireText,
} from '../../src/wire/values.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const whole = (bytes: Uint8Array) => ({ at: 0, length: bytes.length });

describe('addresses', () => {
  it('prints IPv4 without wrapping, and nothing for an absent one', () => {
    expect(ipv4Text(0xffffffff)).toBe('255.255.255.255');
    expect(ipv4Text(0xc0000201)).toBe('192.0.2.1');
    expect(ipv4Text(0)).toBe('0.0.0.0');
    expect(ipv4Text(-1)).toBe('');
    expect(addressText(-1)).toBe('');
  });

  it.each([
    // RFC 5952 1, 4.1-4.3, 5
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:DB8::AAAA', '2001:db8::aaaa'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['0:0:0:0:0:ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1::8', '1::8'],
    ['0:0:3:4:5:6:0:0', '::3:4:5:6:0:0'],
  ])('prints %s as %s', (from, to) => {
    expect(ipv6Text(parseIpv6(from))).toBe(to);
    expect(addressText(parseAddress(from))).toBe(to);
  });

  it('reads back every IPv6 address that it prints', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
      minLength: 16,
      maxLength: 16,
    });
    fc.assert(
      fc.property(groups, (octets) => {
        const address = latin1(Uint8Array.from(octets), 0, 16);
        const text = ipv6Text(address);
        expect(isIPv6(text)).toBe(true);
        expect(parseIpv6(text)).toBe(address);
      }),
    );
  });

  it('accepts as IPv6 only what the platform accepts', () => {
    const piece = fc.constantFrom('::', ':', '0', 'ffff', '1.2.3.4', '12345', 'g', 'a', '256.1.1.1');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 17 }), (pieces) => {
        const text = pieces.join('');
        expect([text, parseIpv6(text) !== '']).toEqual([text, isIPv6(text)]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '256.1.1.1', '1.2.3.4 ', '0x1.2.3.4', '1..2.3', '-1.2.3.4'])(
    'refuses %j as IPv4',
    (text) => expect(parseIpv4(text)).toBe(-1),
  );

  it('gives no address for text that is none', () => {
    expect(parseAddress('rack01')).toBe(-1);
    expect(parseAddress('fe80::1%eth0')).toBe(-1);
    expect(ipv6Text('short')).toBe('');
  });
});

describe('MAC addresses', () => {
  it.each([
    '00:1c:c0:0a:0b:0c',
    '00-1C-C0-0A-0B-0C',
    '0:1c:c0:a:b:c',
    '001c.c00a.0b0c',
    '001c-c00a-0b0c',
    '001c:c00a:0b0c',
    '001cc0-0a0b0c',
    '001cc00a0b0c',
    '001CC00A0B0C',
  ])('reads %s', (text) => expect(macText(parseMac(text))).toBe('00:1c:c0:0a:0b:0c'));

  it.each([
    '',
    '00:1c:c0:0a:0b',
    '00:1c:c0:0a:0b:0c:0d',
    '00:1c-c0:0a:0b:0c',
    '00:1g:c0:0a:0b:0c',
    '001c.c00a0b0c',
    '01-00-1c-c0-0a-0b-0c',
  ])('refuses %j', (text) => expect(parseMac(text)).toBe(-1));

  it('keeps all 48 bits', () => {
    expect(macText(0xffffffffffff)).toBe('ff:ff:ff:ff:ff:ff');
    expect(parseMac('ff:ff:ff:ff:ff:fe')).toBe(0xfffffffffffe);
    expect(macText(-1)).toBe('');
  });
});

describe('text from the wire', () => {
  it('keeps clean UTF-8 as it is', () => {
    for (const text of ['pxelinux.0', 'boot\\x64\\wdsnbp.com', 'Zürich', '機', '😀', '']) {
      expect(wireText(utf8(text), whole(utf8(text)))).toBe(text);
      expect(safeText(text)).toBe(text);
    }
  });

  it.each([
    ['a control character', '\u001b[2J', '\\x1b[2J'],
    ['a C1 control', '\u009b2J', '\\x9b2J'],
    ['a line break', 'a\r\nb', 'a\\x0d\\x0ab'],
    ['a bidirectional override', 'a\u202eb', 'a\\u{202e}b'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a byte order mark', '\ufeffa', '\\u{feff}a'],
    ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('makes %s visible', (_what, text, safe) => {
    expect(safeText(text)).toBe(safe);
    expect(wireText(utf8(text), whole(utf8(text)))).toEqual({
      hex: Buffer.from(utf8(text)).toString('hex'),
      text: safe,
    });
  });

  it('shows bytes that are not UTF-8, and the text around them', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0xbc, 0xc3, 0xed, 0xa0, 0x80, 0x62);
    expect(safeBytes(bytes, whole(bytes))).toBe('a\\xffü\\xc3\\xed\\xa0\\x80b');
    expect(cleanText(bytes, whole(bytes))).toBeUndefined();
    expect(cleanText(bytes, { at: 2, length: 2 })).toBe('ü');
  });

  it('makes a lone surrogate visible', () => expect(safeText('a\ud800b')).toBe('a\\u{d800}b'));

  it('never lets an unseen byte through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = safeBytes(bytes, whole(bytes));
        // oxlint-disable-next-line no-control-regex
        expect(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(text)).toBe(false);
        expect(safeText(text)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('other values', () => {
  it('prints hex of a span', () => {
    expect(hexText(Uint8Array.of(1, 0xab, 0, 9), { at: 1, length: 2 })).toBe('ab00');
    expect(hexText(Uint8Array.of(1), { at: 1, length: 0 })).toBe('');
  });

  it('keeps numbers over 2^53 exact', () => {
    const big = Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 1);
    expect(uintValue(big, whole(big))).toBe('9007199254740993');
    const small = Uint8Array.of(0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    expect(uintValue(small, whole(small))).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('prints a UUID in both orders', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
    expect(uuidText(bytes, whole(bytes))).toBe('00112233-4455-6677-8899-aabbccddeeff');
    expect(uuidText(bytes, whole(bytes), true)).toBe('33221100-5544-7766-8899-aabbccddeeff');
    expect(uuidText(bytes, { at: 0, length: 15 })).toBe('');
  });
});

describe('domain names', () => {
  const names = (...octets: (number | string)[]) => {
    const bytes = Uint8Array.from(
      octets.flatMap((o) => (typeof o === 'number' ? [o] : [o.length, ...Buffer.from(o, 'latin1')])),
    );
    return domainNames(bytes, whole(bytes));
  };

  it('reads the search list of RFC 3397 3', () => {
    expect(names('eng', 'apple', 'com', 0, 'marketing', 0xc0, 4)).toEqual({
      names: ['eng.apple.com', 'marketing.apple.com'],
      bad: -1,
      partial: false,
    });
  });

  it("counts pointers from the span's start", () => {
    const bytes = Uint8Array.from([9, 9, 1, 97, 0, 1, 98, 0xc0, 0]);
    expect(domainNames(bytes, { at: 2, length: 7 }).names).toEqual(['a', 'b.a']);
  });

  it('escapes what would change the name', () => {
    expect(names('a.b', 'c\\', '\u0007', 0).names).toEqual(['a\\.b.c\\\\.\\007']);
    expect(names(0).names).toEqual(['.']);
  });

  it('stops at a loop, a forward pointer, a label past the end, a reserved label type', () => {
    expect(names(0xc0, 0)).toMatchObject({ names: [], bad: 0 });
    expect(names('a', 0xc0, 0)).toMatchObject({ names: ['a'], bad: 2 });
    expect(names('a', 0, 0xc0, 9)).toMatchObject({ names: ['a'], bad: 3 });
    expect(names('a', 0, 5, 98)).toMatchObject({ names: ['a'], bad: 3 });
    expect(names('a', 0, 0x41, 98)).toMatchObject({ names: ['a'], bad: 3 });
    expect(names('a', 0, 0xc0)).toMatchObject({ names: ['a'], bad: 3 });
  });

  it('keeps a partial name and says so', () => {
    expect(names('host')).toEqual({ names: ['host'], bad: -1, partial: true });
  });

  it('ends on random bytes, within its caps', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const found = domainNames(bytes, whole(bytes));
        expect(found.names.length).toBeLessThanOrEqual(256);
        for (const name of found.names) expect(name.length).toBeLessThanOrEqual(4 * 255);
      }),
    );
  });
});
