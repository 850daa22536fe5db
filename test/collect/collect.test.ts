import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readChain } from '../../src/bundle/custody/chain.ts';
import { readCollection } from '../../src/collect/manifest.ts';
import { about, collected, fakeTool, folder, NOW, touch, tree } from './scene.ts';

const LOG = '/var/snap/maas/common/log';
const DAY = 86_400;

/** A rack host with the snap of MAAS 3.4, as files. */
function rack(): string {
  const root = tree({
    [`${LOG}/regiond.log`]: '2026-01-10 11:00:00 regiond: [info] one\n',
    [`${LOG}/rackd.log`]: '2026-01-10 11:00:00 rackd: [info] two\n',
    [`${LOG}/regiond.log.1`]: 'in the window\n',
    [`${LOG}/regiond.log.2.gz`]: gzipSync('long ago\n'),
    [`${LOG}/proxy/access.log`]: 'TCP_DENIED/407\n',
    [`${LOG}/rsyslog/node-7/2026-01-10/messages`]: 'node-7 said\n',
    [`${LOG}/rsyslog/node-7/2026-01-01/messages`]: 'node-7 said long ago\n',
    '/var/snap/maas/common/maas/dhcpd.conf':
      'key omapi_key {\n  algorithm HMAC-MD5;\n  secret "c2VjcmV0LW9mLW9tYXBp";\n};\nsubnet 192.0.2.0 netmask 255.255.255.0 {}\n',
    '/var/snap/maas/common/maas/dhcp/dhcpd.leases': 'lease 192.0.2.9 {}\n',
    '/var/snap/maas/common/maas/secret': 'rpc-shared-secret\n',
    '/var/snap/maas/x1/regiond.conf': 'database_pass: hunter2hunter2\n',
    '/etc/netplan/50.yaml': 'network:\n  wifis:\n    w0: {access-points: {x: {password: "open sesame"}}}\n',
    '/etc/apt/apt.conf.d/90proxy': 'Acquire::http::Proxy "http://joe:pa55word@proxy.example:3128/";\n',
    '/etc/apt/auth.conf': 'machine m login joe password pa55word\n',
    '/var/log/cloud-init.log': 'certificate verify failed\n',
  });
  symlinkSync('x1', join(root, '/var/snap/maas/current'));
  touch(join(root, `${LOG}/regiond.log.1`), NOW - DAY / 2);
  touch(join(root, `${LOG}/regiond.log.2.gz`), NOW - 9 * DAY);
  return root;
}

function allText(out: string): string {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('collecting from the files of another host', () => {
  it('takes logs within the window, and names each file that it left', async () => {
    const { manifest, of, text } = await collected({}, { root: rack() });
    const logs = of('maas-logs');
    expect(about(logs, 'regiond.log"').status).toBe('collected');
    const rotated = about(logs, 'regiond.log.1');
    expect(text(rotated.path ?? '')).toBe('in the window\n');
    expect(logs.filter(({ how }) => JSON.stringify(how).includes('regiond.log.2'))).toEqual([]);
    expect(logs.find(({ status }) => status === 'skipped')?.reason).toBe('1 rotated or dated file outside the window');
    const machines = of('machine-logs');
    expect(about(machines, '2026-01-10').path).toBe('logs/machine-0001.log');
    expect(machines.find(({ status }) => status === 'skipped')?.reason).toMatch(/^1 rotated or dated file/);
    expect(manifest).toMatchObject({ raw: true, interrupted: false, host: { live: false } });
  });

  it('opens no file of secrets, and blanks the secrets of configuration at equal length', async () => {
    const { out, of, text } = await collected({}, { root: rack() });
    const dhcpd = about(of('dhcp-server'), 'dhcpd.conf"');
    expect(dhcpd).toMatchObject({ status: 'collected', blanked: { 'key-statement': 1 } });
    expect(text(dhcpd.path ?? '')).toContain('secret "********************";');
    expect(text(dhcpd.path ?? '')).toContain('subnet 192.0.2.0');
    expect(allText(out)).not.toMatch(/c2VjcmV0|hunter2|rpc-shared|open sesame|pa55word/);
    expect(allText(out)).toContain('joe:********@proxy.example');
    const modes = JSON.parse(text('host/file-modes.json')) as { path: string; asExpected?: boolean }[];
    expect(modes.find(({ path }) => path.endsWith('x1/regiond.conf'))).toMatchObject({
      mode: '644',
      expected: '640',
      asExpected: false,
    });
  });

  it('runs no program: it would show the host that it runs on', async () => {
    const { manifest } = await collected({}, { root: rack() });
    const ran = manifest.entries.filter(({ how }) => 'run' in how);
    expect(ran.length).toBeGreaterThan(20);
    for (const { status, how } of ran) {
      if ('run' in how && how.run[0]?.includes('journalctl') === true) continue;
      expect(status).toBe('skipped');
    }
  });

  it('keeps names of machines out of file names, and modes closed', async () => {
    const { manifest, out } = await collected({}, { root: rack() });
    for (const { path } of manifest.entries) {
      if (path === undefined) continue;
      expect(path).toMatch(/^[a-z]+\/[A-Za-z0-9][A-Za-z0-9._-]*$/);
      expect(path).not.toContain('node-7');
      expect(statSync(join(out, path)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(out).mode & 0o777).toBe(0o700);
    expect(statSync(join(out, 'manifest.json')).mode & 0o777).toBe(0o600);
  });

  it('lists every file with its true digest, and logs custody of each', async () => {
    const { manifest, out } = await collected({}, { root: rack() });
    const listed = manifest.entries.filter(({ path }) => path !== undefined);
    expect(listed.length).toBeGreaterThan(8);
    for (const { path = '', sha256, size } of listed) {
      const bytes = readFileSync(join(out, path));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      expect(bytes.length).toBe(size);
    }
    const there = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(there.length).toBe(listed.length + 2);
    const chain = readChain(readFileSync(join(out, 'custody.jsonl'), 'utf8'));
    expect(chain.fault).toBeUndefined();
    expect(chain.entries.map(({ object }) => object?.sha256)).toEqual([
      ...listed.map(({ sha256 }) => sha256),
      createHash('sha256')
        .update(readFileSync(join(out, 'manifest.json')))
        .digest('hex'),
    ]);
  });

  it('writes a manifest that its own schema takes', async () => {
    const { out, manifest } = await collected({}, { root: rack() });
    expect(await readCollection(out)).toEqual(manifest);
  });

  it('is no collection without its manifest', async () => {
    await expect(readCollection(folder())).rejects.toThrow(/did not end/);
    const bad = folder();
    writeFileSync(join(bad, 'manifest.json'), '{"schema":"rackwitness.collection/1"}');
    await expect(readCollection(bad)).rejects.toThrow(/manifest\.json/);
  });

  it('gives the same bytes of the same files', async () => {
    const root = rack();
    const digests = async (): Promise<unknown> => {
      const { manifest } = await collected({}, { root });
      return manifest.entries.map(({ path, sha256, status }) => [path, sha256, status]);
    };
    expect(await digests()).toEqual(await digests());
  });
});

describe('collecting on a live host', () => {
  it('runs the programs of the catalogue by list, in one language, and keeps what they print', async () => {
    const tools = join(folder(), 'bin');
    fakeTool(tools, 'ip', 'printf "%s|%s|%s|%s\\n" "$LC_ALL" "$HOME" "$#" "$*"');
    fakeTool(tools, 'nft', 'echo "Operation not permitted (you must be root)" >&2; exit 1');
    fakeTool(tools, 'ufw', 'echo oops >&2; exit 7');
    fakeTool(tools, 'chronyc', 'echo "C0000201,192.0.2.1,2,1768046000.1,-0.001500000,0,0,0,0,0,0,0,64.0,Normal"');
    const { manifest, of, text } = await collected({}, { root: tree({}), live: true, toolFolders: [tools] });
    expect(text('host/ip-addr.json')).toBe('C||3|-j addr show\n');
    expect(about(of('firewall'), 'nft')).toMatchObject({ status: 'denied', exit: 1 });
    expect(about(of('firewall'), '/ufw')).toMatchObject({ status: 'failed', reason: 'it ended with 7', said: 'oops' });
    expect(about(of('firewall'), 'iptables-save')).toMatchObject({ status: 'missing' });
    expect(manifest.complete).toBe(false);
    expect(manifest.clock).toMatchObject({ source: 'chrony', synchronized: true, offsetSeconds: 0.0015 });
  });

  it('asks each interface with hardware by its name, and none whose name is an option', async () => {
    const tools = join(folder(), 'bin');
    fakeTool(tools, 'ethtool', 'echo "$@"');
    const root = tree({});
    for (const name of ['eth0', '--reset', 'lo', 'en p']) {
      mkdirSync(join(root, 'sys/class/net', name), { recursive: true });
      if (name !== 'lo') mkdirSync(join(root, 'sys/class/net', name, 'device'));
    }
    const { of, text } = await collected({}, { root, live: true, toolFolders: [tools] });
    expect(of('nics').map(({ how }) => ('run' in how ? how.run.at(-1) : ''))).toEqual(Array(5).fill('eth0'));
    expect(text('host/nic01-offloads.txt')).toBe('-k eth0\n');
  });

  it('on a host with nothing: an honest manifest, and nothing failed', async () => {
    const { manifest } = await collected({}, { root: tree({}), live: true, toolFolders: [folder()] });
    expect(manifest.complete).toBe(true);
    expect(manifest.counts.missing).toBeGreaterThan(60);
    expect(manifest.entries.every(({ status, reason }) => status === 'collected' || (reason ?? '') !== '')).toBe(true);
    expect(manifest.clock.source).toBe('unknown');
  });

  it('refuses a folder that is there', async () => {
    const out = folder();
    await expect(collected({ out }, { root: tree({}) })).rejects.toThrow(/already there/);
    expect(existsSync(join(out, 'manifest.json'))).toBe(false);
  });
});

describe('added files', () => {
  it('are taken as they are; one that is not there is a failure', async () => {
    const at = tree({ 'show run.txt': 'ip dhcp snooping\n', 'api.token': 'x' });
    const add = [join(at, 'show run.txt'), join(at, 'gone.txt'), join(at, 'api.token')];
    const { of, text, manifest } = await collected({ add }, { root: tree({}) });
    const entries = of('added-files');
    expect(text(about(entries, 'show run').path ?? '')).toBe('ip dhcp snooping\n');
    expect(about(entries, 'gone')).toMatchObject({ status: 'failed', reason: 'no such file' });
    expect(about(entries, 'token')).toMatchObject({ status: 'excluded' });
    expect(manifest.complete).toBe(false);
  });
});
