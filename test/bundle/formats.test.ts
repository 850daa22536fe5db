import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseCanonical } from '../../src/bundle/canonical.ts';
import { MODE, MTIME, readUstar, ustarHeader } from '../../src/bundle/container/ustar.ts';
import { deflateLength, MEMBER, openMember, packMember } from '../../src/bundle/container/members.ts';
import { pathFault } from '../../src/bundle/names.ts';
import { envelopeText, preAuthentication, readEnvelope } from '../../src/bundle/sign/dsse.ts';
import { derElements, derInteger } from '../../src/bundle/sign/der.ts';

describe('DSSE', () => {
  it('encodes as the protocol says, byte lengths included', () => {
    expect(preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(preAuthentication('é', Buffer.from('ü')).toString()).toBe('DSSEv1 2 é 2 ü');
  });

  it('fits the test vector of the protocol', () => {
    const coordinate = (decimal: string): string =>
      Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const key = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: coordinate('46950820868899156662930047687818585632848591499744589407958293238635476079160'),
        y: coordinate('5640078356564379163099075877009565129882514886557779369047442380624545832820'),
      },
    });
    const sig = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
    const message = preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world'));
    const how = { key, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', message, how, Buffer.from(sig, 'base64'))).toBe(true);
    const other = preAuthentication('http://example.com/HelloWorld', Buffer.from('hello worle'));
    expect(verify('sha256', other, how, Buffer.from(sig, 'base64'))).toBe(false);
  });

  it('reads its own envelopes, and no other spelling of them', () => {
    const text = envelopeText('t', Buffer.from('body'), 'k', Buffer.alloc(64, 7));
    expect(readEnvelope(text)?.payload.toString()).toBe('body');
    expect(readEnvelope(text.replace('{"', '{ "'))).toBeUndefined();
    expect(readEnvelope(text.trimEnd())).toBeUndefined();
    // Ym9keQ== and Ym9keR== decode to the same bytes.
    expect(text).toContain('Ym9keQ==');
    expect(readEnvelope(text.replace('Ym9keQ==', 'Ym9keR=='))).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  it('orders keys by UTF-16 code unit and has no spaces', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5, ö: 6 })).toBe(
      '{"\\r":2,"1":3,"ö":6,"€":1,"😀":4,"\ufb33":5}',
    );
    expect(canonicalJson({ b: [1, null, true], a: 'x\n\u0001' })).toBe('{"a":"x\\n\\u0001","b":[1,null,true]}');
  });

  it.each([[1.5], [2 ** 53], [-0], [Number.NaN], ['\ud800'], [{ '\udc00': 1 }]])('refuses %j', (value) => {
    expect(() => canonicalJson(value as never)).toThrow(TypeError);
  });

  it('takes back what it writes, and only that', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (value) => {
        const text = canonicalJson(value);
        expect(parseCanonical(text)).toEqual(JSON.parse(text));
        expect(parseCanonical(` ${text}`)).toBeUndefined();
      }),
    );
    expect(parseCanonical('{"a":1,"a":1}')).toBeUndefined();
    expect(parseCanonical('{"a":1.0}')).toBeUndefined();
    expect(parseCanonical('"\\u0041"')).toBeUndefined();
  });
});

describe('tar headers', () => {
  it.each([
    ['case/data/a', 0],
    ['case/data/captures/capture-001.pcapng', 123_456_789],
    [`${'a'.repeat(60)}/data/captures/${'b'.repeat(80)}.pcapng`, 1],
    ['case/data/large', 8 ** 11 - 1],
    ['case/data/larger', 8 ** 11],
    ['case/data/huge', 2 ** 40 + 7],
  ])('are those of tar-stream: %s of %i bytes', async (name, size) => {
    const tar = pack();
    tar.entry({ name, size, mode: MODE, mtime: new Date(MTIME * 1000), type: 'file', uid: 0, gid: 0 });
    const first = await new Promise<Buffer>((resolve) => {
      tar.once('data', (chunk: unknown) => resolve(chunk as Buffer));
    });
    tar.destroy();
    const header = ustarHeader(name, size);
    expect(header?.equals(first)).toBe(true);
    expect(readUstar(first)).toEqual({ path: name, size, type: '0' });
  });

  it('are refused for a path that does not fit', () => {
    expect(ustarHeader('a'.repeat(101), 0)).toBeUndefined();
  });

  it('never throw on any block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), (block) => {
        expect(typeof readUstar(block).path).toBe('string');
      }),
    );
  });
});

describe('gzip members', () => {
  it('hold what they were given, at every kind of length', async () => {
    for (const length of [1, 511, MEMBER - 1, MEMBER]) {
      const data = Buffer.alloc(length, 'x1y2');
      const member = await packMember(data);
      expect(deflateLength(member)).toBe(member.length - 52 - 8);
      const read = await openMember(member);
      expect(typeof read === 'string' ? read : read.equals(data)).toBe(true);
    }
  });

  it('notice every flipped bit, spare bits of deflate too', async () => {
    const member = await packMember(Buffer.from('the same few words, the same few words, the same few words'));
    for (let bit = 0; bit < member.length * 8; bit += 1) {
      const other = Buffer.from(member);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const header = deflateLength(other);
      const whole = header >= 0 && header + 60 === other.length ? await openMember(other) : 'length';
      expect(typeof whole, `bit ${bit}`).toBe('string');
    }
  });
});

describe('names in a bag', () => {
  it.each([
    '',
    '/etc/passwd',
    '../x',
    'data/../../x',
    'data//x',
    'data/.',
    'C:/x',
    'data/a b',
    'data/ä',
    'data/-rf',
    'data/.x',
    'data/x.',
    `data/${'x'.repeat(91)}`,
    `data${'/x'.repeat(8)}`,
    'data/a\\b',
    'data/a\nb',
    'data/a\u0000b',
  ])('refuses %j', (path) => {
    expect(pathFault(path)).toBeTypeOf('string');
  });

  it('takes plain ones', () => {
    expect(pathFault('data/captures/capture-001.pcapng')).toBeUndefined();
    expect(pathFault('data/logs/maas_rack.log.1.gz')).toBeUndefined();
  });
});

describe('DER', () => {
  it('writes integers in their shortest form, never negative', () => {
    expect(derInteger(Buffer.from([0, 0, 1])).toString('hex')).toBe('020101');
    expect(derInteger(Buffer.from([0x80])).toString('hex')).toBe('02020080');
    expect(derInteger(Buffer.from([0])).toString('hex')).toBe('020100');
  });

  it('never reads past the end, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const read = derElements(bytes);
        expect(read === undefined || read.every(({ content }) => content.length <= bytes.length)).toBe(true);
      }),
    );
    expect(derElements(Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]))).toBeUndefined();
    expect(derElements(Buffer.from([0x30, 0x80, 0, 0]))).toBeUndefined();
  });
});
