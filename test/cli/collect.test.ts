import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getuid } from 'node:process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CollectionManifest } from '../../src/index.ts';
import { KEY } from '../collect/fake-maas.ts';
import { folder, tree } from '../collect/scene.ts';
import { hasTool } from '../support/needs.ts';
import { MAIN, rackwitness } from './run.ts';

const LOG = '/var/snap/maas/common/log';

function manifestOf(out: string): CollectionManifest {
  return JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as CollectionManifest;
}

describe('collect --dry-run', () => {
  it('says what would be read and run, with sizes, and does nothing of it', () => {
    const root = tree({ [`${LOG}/regiond.log`]: 'x'.repeat(1234), '/var/snap/maas/common/maas/secret': 's' });
    const { code, out, err } = rackwitness(['collect', '--dry-run', '--root', root]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('DRY RUN: nothing was read, run or written');
    expect(out).toContain(`read      ${root}${LOG}/regiond.log  (1234 bytes)`);
    expect(out).toMatch(/skipped {3}ip -j addr show: programs show the host/);
    expect(out).toMatch(/1 file of 1234 bytes/);
  });

  it('gives the same as JSON, with the programs of this host', () => {
    const { code, out } = rackwitness(['collect', '--dry-run', '--symptom', 'capture-hygiene', '--format', 'json']);
    expect(code).toBe(0);
    const plan = JSON.parse(out) as { schema: string; lines: { action: string; what: string[] }[] };
    expect(plan.schema).toBe('rackwitness.collection-plan/1');
    for (const { action, what } of plan.lines) {
      if (action === 'run') expect(what[0]).toMatch(/^\/(?:usr\/)?s?bin\/|^\/snap\/bin\//);
    }
  });
});

describe('collect', () => {
  it('ends with 0 when all that was asked for is there, and says that it is raw', () => {
    const root = tree({ [`${LOG}/regiond.log`]: 'x\n' });
    const out = join(folder(), 'out');
    const done = rackwitness(['collect', '--out', out, '--root', root]);
    expect({ code: done.code, err: done.err }).toEqual({ code: 0, err: '' });
    expect(done.out).toMatch(/^2 files, \d+ bytes in /);
    expect(done.out).toContain('These files are RAW');
    expect(done.out).toContain('rackwitness bundle');
    expect(manifestOf(out)).toMatchObject({ raw: true, complete: true, profile: 'full', window: { given: false } });
  });

  it('ends with 3 when something is lacking, and names it; --format json prints the manifest', () => {
    const out = join(folder(), 'out');
    const root = tree({});
    const done = rackwitness(['collect', '--out', out, '--root', root, '--add', '/nonexistent/x', '--format', 'json']);
    expect(done.code).toBe(3);
    expect(done.err).toContain('These files are RAW');
    expect(JSON.parse(done.out)).toEqual(manifestOf(out));
    const text = rackwitness(['collect', '--out', `${out}2`, '--root', root, '--add', '/nonexistent/x']);
    expect(text.out).toContain('failed    added-files: /nonexistent/x: no such file');
  });

  it('collects from this host what it can, and accounts for the rest', () => {
    const out = join(folder(), 'out');
    const { code } = rackwitness(['collect', '--out', out, '--profile', 'minimal', '--since', '1h']);
    expect([0, 3]).toContain(code);
    const { entries, complete } = manifestOf(out);
    expect(complete).toBe(code === 0);
    expect(entries.every(({ status, reason }) => status === 'collected' || (reason ?? '') !== '')).toBe(true);
    if (hasTool('ip', '-V')) {
      const links = JSON.parse(readFileSync(join(out, 'host/ip-addr.json'), 'utf8')) as { ifname: string }[];
      expect(links.map(({ ifname }) => ifname)).toContain('lo');
    }
    if (hasTool('ss', '-V')) expect(existsSync(join(out, 'host/ss-listening.txt'))).toBe(true);
  });

  it('without root takes what it may, and says what was denied', () => {
    if (getuid?.() !== 0 || !hasTool('setpriv')) return;
    const root = tree({ [`${LOG}/a.log`]: 'a', [`${LOG}/b.log`]: 'b', [`${LOG}/http/c.log`]: 'c' });
    chmodSync(join(root, LOG, 'a.log'), 0o600);
    chmodSync(join(root, LOG, 'http'), 0o700);
    const place = folder();
    for (const path of [root, place]) chmodSync(path, 0o777);
    const out = join(place, 'out');
    const args = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, MAIN];
    const { status } = spawnSync('setpriv', [...args, 'collect', '--out', out, '--root', root], { cwd: '/' });
    expect(status).toBe(3);
    const logs = manifestOf(out).entries.filter(({ collector }) => collector === 'maas-logs');
    expect(logs.filter(({ status: s }) => s === 'collected').length).toBe(1);
    const denied = logs.filter(({ status: s }) => s === 'denied').map(({ how }) => JSON.stringify(how));
    expect(denied.length).toBe(2);
    expect(denied.join()).toMatch(/a\.log.*http/);
    expect(manifestOf(out).actor.uid).toBe(65534);
  });
});

describe('approval', () => {
  const asked = ['--require-approval', '--approved-by', 'A. Officer', '--ticket', 'INC-7', '--since', '1h'];

  it('that is required and lacks something is refused, and nothing is made', () => {
    const out = join(folder(), 'out');
    const { code, err } = rackwitness(['collect', '--out', out, '--root', tree({}), ...asked]);
    expect(code).toBe(2);
    expect(err).toContain('an approval is required and lacks --scope: nothing was collected');
    expect(existsSync(out)).toBe(false);
  });

  it('is the first entry of the custody log', () => {
    const out = join(folder(), 'out');
    const more = ['--scope', 'rack-1', '--purpose', 'boot failures', '--retain-until', '2027-01-31'];
    expect(rackwitness(['collect', '--out', out, '--root', tree({ '/etc/hosts': 'x' }), ...asked, ...more]).code).toBe(
      0,
    );
    expect(manifestOf(out).approval).toMatchObject({ by: 'A. Officer', ticket: 'INC-7', scope: 'rack-1' });
    const lines = readFileSync(join(out, 'custody.jsonl'), 'utf8').trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as { action: string; facts: Record<string, string> });
    expect(entries.map(({ action }) => action)).toEqual(['approve', 'acquire', 'collect']);
    expect(entries[0]?.facts).toMatchObject({ approvedBy: 'A. Officer', retainUntil: '2027-01-31' });
  });
});

describe('wrong usage', () => {
  it.each([
    [['collect'], /no --out DIR/],
    [['collect', '--out', '/nonexistent/x/y', '--root', '/etc'], /ENOENT/],
    [['collect', '--out', '/tmp', '--root', '/etc'], /already there/],
    [['collect', '--out', '/tmp/x', '--root', '/nonexistent'], /--root/],
    [['collect', '--out', '/tmp/x', '--since', 'soon'], /--since soon/],
    [['collect', '--out', '/tmp/x', '--profile', 'huge'], /profile/],
    [['collect', '--out', '/tmp/x', '--symptom', 'flu'], /symptom/],
    [['collect', '--out', '/tmp/x', '--max-bytes', '1e9'], /--max-bytes/],
    [['collect', '--out', '/tmp/x', '--maas-profile', '--debug=1'], /maas-profile/],
    [['collect', '--out', '/tmp/x', '--maas-url', 'http://localhost/MAAS'], /without --maas-api-key-file/],
    [['collect', '--out', '/tmp/x', '--since', '1h', '--since', '2h'], /more than once/],
  ])('%j', (args, message) => {
    const { code, out, err } = rackwitness(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('refuses a key that others may read with 4', () => {
    const path = join(folder(), 'key');
    writeFileSync(path, KEY);
    chmodSync(path, 0o644);
    const args = ['--maas-url', 'http://localhost:1/MAAS', '--maas-api-key-file', path];
    expect(rackwitness(['collect', '--out', '/nonexistent/x', ...args]).code).toBe(4);
  });
});

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: what was collected stays valid and listed, and the key stands nowhere', async (name, expected) => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const asked = new Promise<void>((resolve) => {
      server.once('request', () => resolve());
    });
    const { port } = server.address() as AddressInfo;
    const place = folder();
    const key = join(place, 'key');
    writeFileSync(key, KEY, { mode: 0o600 });
    mkdirSync(join(place, 'root/etc'), { recursive: true });
    writeFileSync(join(place, 'root/var.txt'), 'added\n');
    const out = join(place, 'out');
    const args = ['collect', '--out', out, '--root', join(place, 'root'), '--add', join(place, 'root/var.txt')];
    const api = ['--maas-url', `http://127.0.0.1:${port}/MAAS`, '--maas-api-key-file', key];
    const child = spawn(process.execPath, [MAIN, ...args, ...api], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    await asked;
    for (const file of ['cmdline', 'environ']) {
      expect(readFileSync(`/proc/${child.pid}/${file}`, 'latin1')).not.toMatch(/sEcReT|tOkEn0/);
    }
    const ended = new Promise<number | null>((resolve) => {
      child.on('exit', (code) => resolve(code));
    });
    child.kill(name);
    expect(await ended).toBe(expected);
    server.closeAllConnections();
    server.close();
    expect(stdout).toBe('');
    const manifest = manifestOf(out);
    expect(manifest).toMatchObject({ interrupted: true, complete: false });
    const added = manifest.entries.find(
      ({ collector, status }) => collector === 'added-files' && status === 'collected',
    );
    expect(readFileSync(join(out, added?.path ?? ''), 'utf8')).toBe('added\n');
    expect(manifest.entries.at(-1)).toMatchObject({ status: 'skipped', reason: 'interrupted before it began' });
  });
});
