import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needlesOf, type Original } from '../../../src/redact/gate/needles.ts';
import { RawGate } from '../../../src/redact/gate/raw.ts';
import { Haystack, type Hit, Scanner } from '../../../src/redact/gate/scan.ts';

const MAC = 0x525400123456;
const IPV4 = 0x0a141e28;
const IPV6 = Buffer.from('20010db8000000005054 00fffe123456'.replace(' ', ''), 'hex').toString('latin1');

function hitsIn(originals: Original[], text: Uint8Array | string, cuts: number[] = []): Hit[] {
  const hits: Hit[] = [];
  const scanner = new Scanner(new Haystack(originals.flatMap(needlesOf)), (hit) => hits.push(hit));
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let from = 0;
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    scanner.push(bytes.subarray(from, cut));
    from = cut;
  }
  scanner.end();
  return hits;
}

describe('every spelling of an original is found', () => {
  const mac: Original = { kind: 'mac', value: MAC };
  const spellings: [string, Original, string | Uint8Array][] = [
    ['colons', mac, 'dev 52:54:00:12:34:56 up'],
    ['upper case', { kind: 'mac', value: 0xaabbccddeeff }, 'AA:BB:CC:DD:EE:FF'],
    ['dashes, boot file', mac, 'pxelinux.cfg/01-52-54-00-12-34-56'],
    ['Cisco', mac, 'host 5254.0012.3456 moved'],
    ['bare', mac, 'x525400123456x'],
    ['H3C', mac, '5254-0012-3456'],
    ['octal escapes', mac, String.raw`uid "\001\122\124\000\022\064\126"`],
    ['lease uid', mac, String.raw`uid "\001RT\000\0224V";`],
    ['raw', mac, Buffer.from('00525400123456ff', 'hex')],
    ['EUI-64 raw', mac, Buffer.from('fe80000000000000505400fffe123456', 'hex')],
    ['EUI-64 text', mac, 'fe80::5054:ff:fe12:3456'],
    ['UTF-16', mac, Buffer.from('52:54:00:12:34:56', 'utf16le')],
    ['UTF-16BE', mac, Buffer.from('52:54:00:12:34:56', 'utf16le').swap16()],
    ['base64', mac, Buffer.from('525400123456', 'hex').toString('base64')],
    ['dotted', { kind: 'ipv4', value: IPV4 }, 'from 10.20.30.40:67'],
    ['dashed', { kind: 'ipv4', value: IPV4 }, 'host-10-20-30-40.maas'],
    ['boot file', { kind: 'ipv4', value: IPV4 }, 'pxelinux.cfg/0A141E28'],
    ['reverse DNS', { kind: 'ipv4', value: IPV4 }, '40.30.20.10.in-addr.arpa'],
    ['IPv6', { kind: 'ipv6', value: IPV6 }, 'src 2001:db8::5054:ff:fe12:3456 '],
    ['IPv6 full', { kind: 'ipv6', value: IPV6 }, '2001:0DB8:0000:0000:5054:00FF:FE12:3456'],
    ['IPv6 raw', { kind: 'ipv6', value: IPV6 }, Buffer.from(IPV6, 'latin1')],
    [
      'ip6.arpa',
      { kind: 'ipv6', value: IPV6 },
      `${[...Buffer.from(IPV6, 'latin1').toString('hex')].toReversed().join('.')}.ip6.arpa`,
    ],
    [
      'UUID',
      { kind: 'uuid', value: '4c4c4544-0035-5a10-8039-b4c04f4a4732' },
      'uuid=4C4C4544-0035-5A10-8039-B4C04F4A4732',
    ],
    [
      'GUID raw',
      { kind: 'uuid', value: '4c4c4544-0035-5a10-8039-b4c04f4a4732' },
      Buffer.from('44454c4c3500105a8039b4c04f4a4732', 'hex'),
    ],
    ['name', { kind: 'hostname', value: 'rack-ctrl-07' }, 'on RACK-CTRL-07: up'],
    ['reversed labels', { kind: 'domain', value: 'lab.example.net' }, 'net.example.lab/job'],
    ['name in base64', { kind: 'hostname', value: 'rack-ctrl-07' }, Buffer.from('xrack-ctrl-07y').toString('base64')],
  ];
  test.each(spellings)('%s', (_name, original, text) => {
    expect(hitsIn([original], text).length).toBeGreaterThan(0);
  });
});

describe('what only resembles an original is not', () => {
  const near: [string, Original, string | Uint8Array][] = [
    ['a longer dotted quad', { kind: 'ipv4', value: IPV4 }, '110.20.30.40 10.20.30.401'],
    ['raw IPv4, which four random bytes hit', { kind: 'ipv4', value: IPV4 }, Buffer.from('0a141e28', 'hex')],
    ['a name inside a longer word', { kind: 'hostname', value: 'rackctrl' }, 'trackctrl rackctrls'],
    ['another MAC', { kind: 'mac', value: MAC }, '52:54:00:12:34:57'],
    ['short names', { kind: 'hostname', value: 'node1' }, 'node1 node1'],
    ['zeros as characters', { kind: 'secret', value: '\0'.repeat(8) }, new Uint8Array(64)],
    ['zeros', { kind: 'serial', value: new Uint8Array(16) }, new Uint8Array(64)],
  ];
  test.each(near)('%s', (_name, original, text) => {
    const needles = needlesOf(original);
    const found = needles.length === 0 ? [] : hitsIn([original], text);
    expect(found).toEqual([]);
  });
});

test('where a stream is cut makes no difference', () => {
  const originals: Original[] = [
    { kind: 'mac', value: MAC },
    { kind: 'ipv4', value: IPV4 },
    { kind: 'hostname', value: 'rack-ctrl-07' },
  ];
  const piece = fc.constantFrom(
    '52:54:00:12:34:56',
    '10.20.30.40',
    '10.20.30.401',
    'rack-ctrl-07',
    'rack-ctrl-07x',
    ' ',
    '0',
    'padding of some length ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(400), { maxLength: 20 }), (pieces, cuts) => {
      const text = pieces.join('');
      const whole = hitsIn(originals, text).map(({ offset }) => offset);
      const inside = cuts.filter((cut) => cut < text.length);
      expect(hitsIn(originals, text, inside).map(({ offset }) => offset)).toEqual(whole);
    }),
  );
});

test('as a plain search of every needle finds, so does the filter', () => {
  const address = fc.integer({ min: 0x020000000000, max: 0x02ffffffffff });
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 20 }), fc.uint8Array({ maxLength: 64 }), (macs, noise) => {
      const parts = macs.map((mac) => Buffer.from(mac.toString(16).padStart(12, '0'), 'hex'));
      const text = Buffer.concat(parts.flatMap((part) => [noise, part]));
      const offsets = new Set(hitsIn([{ kind: 'mac', value: macs[0] ?? 0 }], text).map(({ offset }) => offset));
      const first = parts[0] ?? Buffer.alloc(0);
      for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) expect(offsets).toContain(at);
    }),
  );
});

describe('files are searched after decompression, at every depth', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rackwitness-gate-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function hitsOf(bytes: Uint8Array): Promise<{ inside: string | undefined; check: string }[]> {
    const path = join(folder, 'written');
    writeFileSync(path, bytes);
    const gate = new RawGate([{ kind: 'mac', value: MAC }]);
    await gate.search(path, 'written');
    return gate.told().hits.map(({ inside, check }) => ({ inside, check }));
  }

  async function tarOf(members: Record<string, Buffer>): Promise<Buffer> {
    const tar = pack();
    for (const [name, content] of Object.entries(members)) tar.entry({ name }, content);
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  test('plain, gzip, two members, tar.gz with gzip inside', async () => {
    const leak = Buffer.from(`${'x'.repeat(3000)}52-54-00-12-34-56\n`);
    const clean = Buffer.from('nothing here\n');
    expect(await hitsOf(clean)).toEqual([]);
    expect(await hitsOf(leak)).toEqual([{ inside: undefined, check: 'raw' }]);
    expect(await hitsOf(gzipSync(leak))).toEqual([{ inside: 'gzip', check: 'raw' }]);
    expect(await hitsOf(Buffer.concat([gzipSync(clean), gzipSync(leak)]))).toEqual([{ inside: 'gzip', check: 'raw' }]);
    const nested = gzipSync(await tarOf({ a: clean, 'b.gz': gzipSync(leak) }));
    expect(await hitsOf(nested)).toEqual([{ inside: 'gzip/tar[1]/gzip', check: 'raw' }]);
  });

  test('what does not open is no clean file', async () => {
    const cut = gzipSync(Buffer.alloc(10_000, 'abcdefghijk')).subarray(0, 30);
    expect((await hitsOf(cut)).map(({ check }) => check)).toEqual(['unreadable']);
  });

  test('in prose of our own a machine that is called like a word is no leak, an address is', async () => {
    const path = join(folder, 'findings.txt');
    writeFileSync(path, 'the software asks for a lease, 52:54:00:12:34:56');
    const gate = new RawGate([
      { kind: 'hostname', value: 'software' },
      { kind: 'mac', value: MAC },
    ]);
    await gate.search(path, 'findings.txt', true);
    expect(gate.told().hits.map(({ kind }) => kind)).toEqual(['mac']);
    await gate.search(path, 'log.txt');
    expect(gate.told().hits.map(({ kind }) => kind)).toEqual(['mac', 'hostname', 'mac']);
  });

  test('an original that a message of the gate repeated would be a leak of its own', async () => {
    const path = join(folder, 'leak');
    writeFileSync(path, 'x 52:54:00:12:34:56 y');
    const gate = new RawGate([{ kind: 'mac', value: MAC }]);
    await gate.search(path, 'log-001.txt');
    expect(gate.told().hits).toEqual([
      { file: 'log-001.txt', check: 'raw', kind: 'mac', rule: 'aa:bb:cc:dd:ee:ff', offset: 2 },
    ]);
  });
});
