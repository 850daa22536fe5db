import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { detectFormat } from '../../../src/redact/text/index.ts';
import { hasTool } from '../../support/needs.ts';
import { caseOf, check, redact, redactOne } from './case.ts';
import { planted } from './planted.ts';

function formatOf(text: string | Buffer, name = ''): string {
  return detectFormat(Buffer.from(text), name).is === 'text'
    ? (detectFormat(Buffer.from(text), name) as { format: { name: string } }).format.name
    : detectFormat(Buffer.from(text), name).is;
}

describe('formats', () => {
  it.each([
    ['Nov 22 15:47:25 rack-7 dhcpd[812]: x\n', '', 'lines'],
    ['[2026-11-22 10:00:00] INFO x\n', 'a.log', 'lines'],
    ['{"a": 1}\n{"a": 2}\n', '', 'json'],
    ['[{"ifname":"lo"}]', '', 'json'],
    ['__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1\n', '', 'journal-export'],
    ['network:\n  version: 2\n', '', 'yaml'],
    ['#cloud-config\nhostname: x\n', '', 'yaml'],
    ['mac,ip,name\n1,2,3\n4,5,6\n', '', 'csv'],
    ['a;b\n', 'x.csv', 'csv'],
    ['# comment\nlease 10.0.0.1 {\n', '', 'dhcpd-leases'],
    ['subnet 10.0.0.0 netmask 255.255.255.0 {\n', '', 'dhcpd-conf'],
    ['LPKSHHRH\0\0\0', 'system.journal', 'binary'],
    ['\x1f\x8b\x08', '', 'archive'],
    ['a\0b\x01\x02', '', 'binary'],
    ['\x0a\x0d\x0d\x0a', '', 'capture'],
    ['\xfd7zXZ\0', 'a.xz', 'binary'],
    ['', '', 'lines'],
  ])('takes %j (%s) for %s', (text, name, format) => {
    expect(formatOf(Buffer.from(text, 'latin1'), name)).toBe(format);
  });

  it('leaves out what it cannot read, and says what to do', async () => {
    const { result, bytes } = await redactOne('LPKSHHRH\0\0', 'system.journal');
    expect(bytes.length).toBe(0);
    expect(result.written).toBe(false);
    expect(result.omitted).toEqual([{ path: '', why: expect.stringContaining('journalctl') as string }]);
  });
});

const { lines } = planted();
const CUTS: readonly [name: string, text: string][] = [
  ['a.log', lines.slice(0, 60).join('\r\n')],
  [
    'a.log',
    `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(16)}\n${'QUJD'.repeat(16)}\nQUJD\n-----END PRIVATE KEY-----\nafter`,
  ],
  [
    'a.json',
    JSON.stringify(
      lines
        .slice(0, 30)
        .map((message) => ({ message, __REALTIME_TIMESTAMP: '1795362445123456', n: [1, 2, 300], b: [82, 255] })),
      null,
      1,
    ),
  ],
  [
    'a.export',
    lines
      .slice(0, 20)
      .map((line) => `__REALTIME_TIMESTAMP=1\n_HOSTNAME=rack-7\nMESSAGE=${line}\n`)
      .join('\n'),
  ],
  [
    'a.csv',
    `a,password,c\n${lines
      .slice(0, 20)
      .map((line) => `1,"x""y","${line.replaceAll('"', '""')}"`)
      .join('\r\n')}`,
  ],
  [
    'a.yaml',
    `# 10.20.30.40\nlist:\n${lines
      .slice(0, 20)
      .map((line) => `  - ${JSON.stringify(line)}\n`)
      .join('')}`,
  ],
];

describe('streams', () => {
  it.each(CUTS)('give the same bytes however they are cut: %s', async (name, text) => {
    const bytes = Buffer.from(text);
    const of = await caseOf([{ bytes, name }]);
    const whole = (await redact(of, bytes, name)).bytes;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 8 }), async (sizes) => {
        expect((await redact(of, bytes, name, sizes)).bytes.equals(whole)).toBe(true);
      }),
      { numRuns: 6 },
    );
    expect((await redact(of, bytes, name, [1])).bytes.equals(whole)).toBe(true);
  });

  it('keep bytes that are no UTF-8, line ends and a missing last one', async () => {
    const bytes = Buffer.from('a \xff\xfe b\r\nc\n\nd \xe4', 'latin1');
    expect((await redactOne(bytes)).bytes.equals(bytes)).toBe(true);
    const utf8 = Buffer.from('größe 10.20.30.40 ✓\n');
    const { text } = await redactOne(utf8);
    expect(text).toMatch(/^größe 10\.\d+\.\d+\.\d+ ✓\n$/);
  });

  it('keep empty files empty', async () => {
    const { bytes, result } = await redactOne('');
    expect([bytes.length, result.written]).toEqual([0, true]);
  });
});

describe('long lines', () => {
  it('lose no value at the edges of windows', async () => {
    for (const at of [4000, 4090, 4096, 8185, 8192, 8200, 12_288, 20_000]) {
      const text = `${'x '.repeat(at / 2)}password=hunter2hunter2 from 10.20.30.40 ${'y '.repeat(9000)}`;
      const { text: out } = await redactOne(text);
      expect(out, `at ${at}`).not.toMatch(/hunter2|10\.20\.30\.40/);
      expect(out.length).toBeGreaterThan(text.length - 40);
    }
  });

  it('take a value to its end that is longer than a window', async () => {
    const { text } = await redactOne(`x password=${'Ab1'.repeat(9000)} y`);
    expect(text).toBe('x password=[redacted] y');
  });

  it('are cut at a cap, and say so', async () => {
    const { bytes, result } = await redactOne(`${'a b '.repeat(400_000)}\nnext\n`);
    expect(bytes.subarray(-16).toString()).toBe('[redacted]\nnext\n');
    expect(result.texts[0]?.dropped).toEqual({ 'end of a line that is too long': { count: 1, bytes: 551_424 } });
  });

  it('are linear', async () => {
    const start = process.hrtime.bigint();
    await redactOne('password=10.0.0.1:aa:bb:cc:dd:ee:ff user@host.example.com '.repeat(3000));
    expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(10);
  });
});

describe('JSON', () => {
  it('keeps space, order and numbers', async () => {
    const text = '{ "b" : 1.50,\n\t"a":[ ],"c":{}, "d":"\\u00e9\\n", "e": true }\n';
    expect((await redactOne(text, 'a.json')).text).toBe(text);
  });

  it('knows fields, keys that are addresses, and objects of secrets', async () => {
    const { text } = await redactOne(
      '{"_HOSTNAME":"rack-7","52:54:00:12:34:56":{"ip":"10.20.30.40"},"credentials":{"a":"xyzzy1234","n":["q1"]},"password":12345678,"serial":99887766,"users":[{"name":"alice"}],"nodes":[{"name":"blade7"}]}',
    );
    expect(text).not.toMatch(/rack-7|52:54|20\.30|xyzzy|q1|12345678|99887766|alice|blade7/);
    const parsed = JSON.parse(text) as Record<string, unknown>;
    expect(parsed['credentials']).toEqual({ a: '[redacted]', n: ['[redacted]'] });
  });

  it('treats what is no JSON as text', async () => {
    const { text, result } = await redactOne('{"a": "password=hunter22\nb": oops 10.20.30.40}\n', 'a.json');
    expect(text).not.toMatch(/hunter22|20\.30/);
    expect(Object.keys(result.texts[0]?.faults ?? {}).length).toBeGreaterThan(0);
  });

  it('drops a string that is too long', async () => {
    const { text } = await redactOne(`{"a":"${'x'.repeat(1_200_000)}","b":"c"}`, 'a.json');
    expect(text).toBe('{"a":"[redacted]","b":"c"}');
  });
});

describe('the journal', () => {
  it('counts lengths of what is written', async () => {
    const message = Buffer.from('one 10.20.30.40\ntwo \xff', 'latin1');
    const length = Buffer.alloc(8);
    length.writeUInt32LE(message.length);
    const bytes = Buffer.concat([
      Buffer.from('__CURSOR=s=1\nMESSAGE\n'),
      length,
      message,
      Buffer.from('\n_BOOT_ID=5f2c9a1b0d3e4f6a8b7c6d5e4f3a2b1c\n\n'),
    ]);
    const { bytes: out } = await redactOne(bytes, 'j.export');
    const at = out.indexOf('MESSAGE\n') + 8;
    const size = out.readUInt32LE(at);
    const value = out.subarray(at + 8, at + 8 + size);
    expect(value.toString('latin1')).toMatch(/^one 10\.\d+\.\d+\.\d+\ntwo \xff$/);
    expect(out.subarray(at + 8 + size).toString()).toMatch(/^\n_BOOT_ID=[0-9a-f]{32}\n\n$/);
    expect(out.includes('5f2c9a1b')).toBe(false);
  });
});

describe('YAML', () => {
  it('keeps comments, quotes and types', async () => {
    const text =
      '# top\nversion: 2   # v\nflag: yes\nempty:\nquoted: "a b"\nlist: [1, two]\nanchor: &x {k: v}\nalias: *x\n';
    expect((await redactOne(text, 'a.yaml')).text).toBe(text);
  });

  it('is rewritten as lines where it is none', async () => {
    const { text, result } = await redactOne(
      `a: ${'['.repeat(300)}\n  password: hunter22\n  x: 10.20.30.40\n`,
      'a.yaml',
    );
    expect(text).not.toMatch(/hunter22|20\.30/);
    expect(result.texts[0]?.faults).not.toEqual({});
  });

  it('stays readable where secrets and names go', async () => {
    const { text } = await redactOne(
      'users:\n- name: alice\n  passwd: "$6$abc$defghijkl"\n  ssh_authorized_keys:\n    - ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDd alice@laptop9\nwifis: {w: {access-points: {AcmeCorp9: {password: s3cretpsk}}}}\n',
      'u.yaml',
    );
    const [document] = parseAllDocuments(text);
    expect(document?.errors).toEqual([]);
    expect(text).not.toMatch(/alice|defghijkl|AAAAB3|laptop9|AcmeCorp9|s3cretpsk/);
  });
});

describe('times', () => {
  const all = [
    'Nov  2 15:47:25 node1 x[1]: a',
    '2026-11-02T15:47:25.123456+01:00 b',
    'starts 1 2026/11/02 15:47:25;',
    'Date: Mon, 02 Nov 2026 15:47:25 GMT',
    '10.0.0.1 - - [02/Nov/2026:15:47:25 +0100] "GET /"',
    '1793634445.123 x',
    '1793634445123456 y',
    'epoch 1793634445; # c',
    '2026-11-02 only',
  ].join('\n');

  it('stay under keep', async () => {
    const { text } = await redactOne(all, 'a.log', { time: 'keep', hostname: 'keep', ipv4: 'keep', url: 'keep' });
    expect(text).toBe(all);
  });

  it('move by one constant, in the same width and with the right day of the week', async () => {
    const { text, of } = await redactOne(all, 'a.log', { time: 'shift' });
    const shift = (of.identities.time(1793634445) ?? 0) - 1793634445;
    expect(shift).not.toBe(0);
    const at = new Date((1793634445 + shift) * 1000);
    expect(text.split('\n').map((line) => line.length)).toEqual(
      all
        .split('\n')
        .map((line, i) => line.length + (i === 0 || i === 4 ? (text.split('\n')[i] ?? '').length - line.length : 0)),
    );
    expect(text).toContain(`${1793634445 + shift}.123 x`);
    expect(text).toContain(`${1793634445 + shift}123456 y`);
    const http = /Date: (.*)/.exec(text)?.[1] ?? '';
    expect(Date.parse(http) / 1000).toBe(Date.parse('2026-11-02T15:47:25Z') / 1000 + shift);
    expect(new Date(Date.parse(http)).toUTCString()).toBe(http);
    const lease = /starts (\d) (\d{4}\/\d\d\/\d\d)/.exec(text);
    expect(new Date(`${(lease?.[2] ?? '').replaceAll('/', '-')}T00:00:00Z`).getUTCDay()).toBe(Number(lease?.[1]));
    expect(at.getUTCFullYear()).toBeGreaterThan(2000);
  });

  it('go under drop', async () => {
    const { text, checked } = await redactOne(all, 'a.log', { time: 'drop' });
    expect(text).not.toMatch(/15:47|2026|17936/);
    expect(checked.hits).toEqual([]);
  });
});

describe('the check', () => {
  it('finds what was never issued, and tells where without telling what', async () => {
    const of = await caseOf([{ bytes: Buffer.from('x\n') }]);
    const { hits } = await check(
      of,
      Buffer.from('fine\nfrom 10.20.30.40 password=hunter22\n{"a": "fe80::5054:ff:fe12:3456"}\nuser=alice9\n'),
    );
    expect(hits.map(({ line, rule }) => [line, rule])).toEqual([
      [2, 'address'],
      [2, 'key-value-secret'],
      [3, 'address'],
      [4, 'user-name'],
    ]);
    expect(JSON.stringify(hits)).not.toMatch(/hunter|alice|30\.40/);
  });
});

describe('output of real tools', () => {
  it.skipIf(!hasTool('ip', '-V'))('ip -j stays JSON, and loses its addresses', async () => {
    const { stdout } = spawnSync('ip', ['-j', 'addr'], { encoding: 'utf8' });
    const { text, checked } = await redactOne(stdout, 'ip.json');
    const before = JSON.parse(stdout) as { address?: string; ifname: string }[];
    const after = JSON.parse(text) as { address?: string; ifname: string }[];
    expect(after.map(({ ifname }) => ifname)).toEqual(before.map(({ ifname }) => ifname));
    expect(checked.hits).toEqual([]);
    for (const { address } of before) {
      if (address !== undefined && !/^(?:00:){5}00$|^0\.0\.0\.0$|^::$/.test(address))
        expect(text).not.toContain(address);
    }
  });
});
