import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { rewriteText } from '../../../src/redact/text/index.ts';
import { hasTool } from '../../support/needs.ts';
import { caseOf, check, cut, redactOne } from './case.ts';

const LOG = 'Nov 22 15:47:25 rack-7 sshd[1]: Accepted password for alice from 10.20.30.40 port 22\npassword=hunter22\n';
const GONE = /rack-7|alice|10\.20\.30\.40|hunter22/;

async function tarOf(
  members: readonly [name: string, bytes: Buffer][],
  extra: (packed: ReturnType<typeof pack>) => void = () => {},
): Promise<Buffer> {
  const packed = pack();
  for (const [name, bytes] of members)
    packed.entry({ name, mtime: new Date(1_700_000_000_000), uname: 'alice' }, bytes);
  extra(packed);
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function untar(bytes: Buffer): Promise<{ name: string; text: Buffer; uname: string }[]> {
  const found: { name: string; text: Buffer; uname: string }[] = [];
  const members = extract();
  members.end(bytes);
  for await (const entry of members) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    found.push({ name: entry.header.name, text: Buffer.concat(chunks), uname: entry.header.uname ?? '' });
  }
  return found;
}

describe('archives', () => {
  it('are opened, redacted and closed again, at every depth, with neutral names', async () => {
    const inner = gzipSync(await tarOf([['var/log/rack-7/auth.log', Buffer.from(LOG)]]));
    const outer = gzipSync(
      await tarOf(
        [
          ['sos-rack-7/auth.log', Buffer.from(LOG)],
          ['sos-rack-7/auth.log.1.gz', gzipSync(Buffer.from(LOG))],
          ['sos-rack-7/inner.tgz', inner],
          ['sos-rack-7/system.journal', Buffer.from('LPKSHHRH\0\0')],
          ['sos-rack-7/events.json', Buffer.from(`${JSON.stringify({ hostname: 'rack-7', password: 'hunter22' })}\n`)],
        ],
        (packed) => {
          packed.entry({ name: 'sos-rack-7/link', type: 'symlink', linkname: '/home/alice' });
          packed.entry({ name: 'sos-rack-7/', type: 'directory' });
        },
      ),
    );
    const { bytes, result, of } = await redactOne(outer, 'sos-rack-7.tar.gz');
    expect(result.extension).toBe('.tar.gz');
    const raw = gunzipSync(bytes);
    expect(raw.toString('latin1')).not.toMatch(GONE);
    const members = await untar(raw);
    expect(members.map(({ name }) => name)).toEqual([
      'member-00001.txt',
      'member-00002.txt.gz',
      'member-00003.tar.gz',
      'member-00005.json',
    ]);
    expect(members.every(({ uname }) => uname === '')).toBe(true);
    expect(gunzipSync(members[1]?.text ?? Buffer.alloc(0)).toString()).not.toMatch(GONE);
    const [deep] = await untar(gunzipSync(members[2]?.text ?? Buffer.alloc(0)));
    expect(deep?.text.toString()).toBe(members[0]?.text.toString());
    expect(result.omitted.map(({ path }) => path)).toEqual(['gzip/tar[3]', 'gzip/tar[5]']);
    expect(result.members.find(({ name }) => name === 'member-00005.json')?.original).toBe('sos-rack-7/events.json');
    const checked = await check(of, bytes);
    expect([checked.hits, checked.omitted]).toEqual([[], []]);
    expect(checked.values).toBeGreaterThan(8);
  });

  it('hand captures to the caller, and leave them out where there is none', async () => {
    const capture = Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, ...Buffer.alloc(16)]);
    const bytes = await tarOf([['a.pcap', capture]]);
    expect((await redactOne(bytes)).result.omitted).toEqual([
      { path: 'tar[0]', why: 'capture: give it as a file of its own' },
    ]);
    const of = await caseOf([{ bytes }]);
    const out: Uint8Array[] = [];
    const got: string[] = [];
    await rewriteText(cut(bytes, [100]), (chunk) => void out.push(Uint8Array.from(chunk)), of.identities, {
      facts: of.facts,
      capture: async (_bytes, format) => {
        got.push(format);
        return Promise.resolve(Buffer.concat([capture, Buffer.from('new')]));
      },
    });
    expect(got).toEqual(['pcap']);
    expect((await untar(Buffer.concat(out))).map(({ name, text }) => [name, text.subarray(-3).toString()])).toEqual([
      ['member-00001.pcap', 'new'],
    ]);
  });

  it('keep what can be read of a damaged one', async () => {
    const whole = gzipSync(Buffer.from(LOG.repeat(5000)));
    const { bytes, result } = await redactOne(whole.subarray(0, whole.length - 200), 'a.gz');
    const text = gunzipSync(bytes).toString();
    expect(text.length).toBeGreaterThan(1000);
    expect(text).not.toMatch(GONE);
    expect(result.notes.map(({ path }) => path)).toContain('gzip');
  });

  it('refuse bombs and stop at depth', async () => {
    let bytes = gzipSync(Buffer.from(LOG));
    for (let i = 0; i < 8; i += 1) bytes = gzipSync(bytes);
    const { result } = await redactOne(bytes);
    expect(result.written).toBe(false);
    expect(result.omitted[0]?.why).toMatch(/deep/);
  });

  it.skipIf(!hasTool('zstd'))('take zstd, and write gzip', async () => {
    const { stdout } = spawnSync('zstd', ['-q', '-c'], { input: Buffer.from(LOG) });
    const { bytes, result } = await redactOne(stdout, 'a.log.zst');
    expect(result.extension).toBe('.txt.gz');
    expect(result.notes).toEqual([{ path: 'zstd', what: 'written as gzip' }]);
    expect(gunzipSync(bytes).toString()).not.toMatch(GONE);
  });

  it.skipIf(!hasTool('zip', '-v'))('take zip, and write tar.gz', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    try {
      writeFileSync(join(folder, 'auth.log'), LOG);
      spawnSync('zip', ['-q', 'a.zip', 'auth.log'], { cwd: folder });
      spawnSync('zip', ['-q', '-P', 'pw', 'b.zip', 'auth.log'], { cwd: folder });
      const { bytes, result } = await redactOne(readFileSync(join(folder, 'a.zip')), 'a.zip');
      expect(result.extension).toBe('.tar.gz');
      const [member] = await untar(gunzipSync(bytes));
      expect(member?.text.toString()).toMatch(/^Nov 22 15:47:25 \S+ sshd/);
      expect(member?.text.toString()).not.toMatch(GONE);
      const locked = await redactOne(readFileSync(join(folder, 'b.zip')), 'b.zip');
      expect(locked.result.omitted).toEqual([{ path: 'zip/tar[0]', why: 'encrypted: decrypt it first' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
