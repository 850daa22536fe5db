import { describe, expect, it } from 'vitest';
import { http } from '../../../src/wire/protocols/http.ts';
import { decode, everyPrefix, faultsOf, survives, textOf, trace, whole } from '../../support/decode.ts';
import { concat, utf8 } from '../../support/packets.ts';

const REQUEST = utf8(
  'GET /images/ubuntu/amd64/boot-kernel?x=1 HTTP/1.1\r\nConnection: keep-alive\r\nHost: 10.0.0.1:5248\r\nUser-Agent: iPXE/1.21\r\n\r\n',
);
const RESPONSE = utf8('HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n');

describe('requests', () => {
  it('gives method, target and host', () => {
    const record = whole(decode(http, REQUEST));
    expect(http.kindOf(record)).toBe('GET');
    expect(record).toMatchObject({ type: 'request', method: 'GET', status: -1, faults: [] });
    expect(textOf(REQUEST, record.target)).toBe('/images/ubuntu/amd64/boot-kernel?x=1');
    expect(textOf(REQUEST, record.host)).toBe('10.0.0.1:5248');
  });

  it.each(['HEAD', 'POST', 'PUT'])('knows %s', (method) => {
    expect(http.kindOf(decode(http, utf8(`${method} / HTTP/1.0\r\n\r\n`)))).toBe(method);
  });

  it.each([
    ['lines that end in LF only', 'GET /a HTTP/1.1\nhOsT:b\n\n', 'b'],
    ['no host', 'GET /a HTTP/1.0\r\nAccept: */*\r\n\r\n', undefined],
    ['a host after the end of the fields', 'GET /a HTTP/1.1\r\n\r\nHost: b\r\n', undefined],
    ['a host that the segment cuts', 'GET /a HTTP/1.1\r\nHost: bo', undefined],
    ['a field that ends in host', 'GET /a HTTP/1.1\r\nX-Host: c\r\nHost: b\r\n\r\n', 'b'],
  ])('with %s', (_what, text, host) => {
    const bytes = utf8(text);
    const record = whole(decode(http, bytes));
    expect(textOf(bytes, record.target)).toBe('/a');
    expect(textOf(bytes, record.host)).toBe(host);
    expect(record.faults).toEqual([]);
  });

  it('keeps a target that the segment cuts, with a fault', () => {
    const bytes = utf8('GET /images/very/long');
    const record = whole(decode(http, bytes));
    expect(textOf(bytes, record.target)).toBe('/images/very/long');
    expect(faultsOf(record)).toEqual(['cut startLine']);
  });

  it('stops looking for a host after 64 fields', () => {
    const fields = (count: number) => utf8(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(count)}Host: c\r\n\r\n`);
    expect(whole(decode(http, fields(63))).host).toBeDefined();
    expect(whole(decode(http, fields(64))).host).toBeUndefined();
  });
});

describe('responses', () => {
  it('gives the status', () => {
    expect(decode(http, RESPONSE)).toMatchObject({ type: 'response', method: '', status: 404, faults: [] });
    expect(decode(http, utf8('HTTP/1.0 200\r\n'))).toMatchObject({ type: 'response', status: 200 });
    expect(http.kindOf(decode(http, RESPONSE))).toBe('response');
  });
});

it.each([
  'HTTP',
  'HTTPS rocks',
  'HTTP/1.1 999 x\r\n',
  'HTTP/1.1 20\r\n',
  'GET  HTTP/1.1\r\n',
  'GET /a\r\n',
  'GET /a SMTP/1.1\r\n',
  'GET \x01\x02\x03\r\n',
  'POSTER /a HTTP/1.1\r\n',
  'HEADLINE\r\n',
])('calls %j other', (text) => {
  const record = decode(http, utf8(text));
  expect(http.kindOf(record)).toBe('other');
  expect(record.faults).toEqual([]);
});

it('survives every prefix and every change', () => {
  expect(decode(http, utf8('GE')).cut).toMatchObject({ need: 4, have: 2 });
  // Before the line ends it may still turn out to be something else.
  everyPrefix(http, REQUEST, {}, ['type', 'method', 'status']);
  everyPrefix(http, RESPONSE, {}, ['type', 'status']);
  survives(http, REQUEST);
  survives(http, concat(RESPONSE, REQUEST));
});

it('names the fields that explain shows', () => {
  const { rows } = trace(http, REQUEST);
  expect(rows.find((row) => row.path === 'target')).toMatchObject({ value: '/images/ubuntu/amd64/boot-kernel?x=1' });
  expect(rows.find((row) => row.path === 'host')).toMatchObject({ value: '10.0.0.1:5248' });
});
