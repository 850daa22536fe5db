import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/collect/output.ts';
import { bytePath, matchPattern } from '../../src/collect/paths.ts';
import { acquireFile, type ReadOptions } from '../../src/collect/source-file.ts';
import { about, collected, fakeTool, folder, tree } from './scene.ts';

const LOG = '/var/log/maas';
const signal = new AbortController().signal;
const OPTIONS: ReadOptions = {
  root: '',
  cap: 1 << 20,
  tail: false,
  blank: false,
  virtual: false,
  late: () => false,
  signal,
};

describe('a hostile tree', () => {
  it('opens no pipe, device, socket, link or file of two names, and waits for none', async () => {
    const root = tree({ [`${LOG}/good.log`]: 'good\n', '/etc/shadow': 'root:hash\n', '/outside/x.log': 'outside\n' });
    const at = join(root, LOG);
    execFileSync('mkfifo', [join(at, 'pipe.log')]);
    symlinkSync('/dev/zero', join(at, 'zero.log'));
    symlinkSync('../../../etc/shadow', join(at, 'shadow.log'));
    symlinkSync('/etc/passwd', join(at, 'host.log'));
    symlinkSync('../../../outside', join(at, 'http'));
    linkSync(join(root, 'etc/shadow'), join(at, 'two-names.log'));
    mkdirSync(join(at, 'folder.log'));
    const { of, text } = await collected({}, { root });
    const logs = of('maas-logs');
    expect(about(logs, 'pipe.log')).toMatchObject({ status: 'skipped', reason: 'a pipe: not opened' });
    for (const name of ['zero.log', 'shadow.log', 'host.log']) {
      expect(about(logs, name)).toMatchObject({ status: 'skipped', reason: 'a symbolic link: not followed' });
    }
    expect(about(logs, 'two-names.log').reason).toMatch(/2 names/);
    expect(about(logs, 'folder.log').reason).toBe('a folder');
    const taken = logs.filter(({ path }) => path !== undefined);
    // The folder http is a fixed part of the catalogue, and so may be a link inside the root; it leads to outside/.
    expect(taken.map(({ path = '' }) => text(path)).sort()).toEqual(['good\n', 'outside\n']);
  });

  it('does not leave the root by a link with too many dots, nor by an absolute one', async () => {
    const root = tree({ [`${LOG}/x.log`]: 'x\n' });
    const secret = tree({ 'access.log': 'another host\n' });
    symlinkSync(`../../../../../../../..${secret}`, join(root, LOG, 'http'));
    symlinkSync(secret, join(root, LOG, 'proxy'));
    const { of } = await collected({}, { root });
    expect(
      of('maas-logs')
        .filter(({ path }) => path !== undefined)
        .map(({ how }) => ('read' in how ? how.read : '')),
    ).toEqual([join(root, LOG, 'x.log')]);
  });

  it('survives links that go in circles', async () => {
    const root = tree({});
    mkdirSync(join(root, 'var/log'), { recursive: true });
    symlinkSync('maas', join(root, LOG));
    const { of } = await collected({}, { root });
    expect(of('maas-logs').every(({ path }) => path === undefined)).toBe(true);
  });

  it('takes names of every odd byte, each file once, under a neutral name', async () => {
    const root = tree({});
    const names = ['a\nb.log', 'ü.log', '\u202egol.log', '$(id).log', '-rf.log', "'.log", ' .log', '%00.log', '\\.log'];
    mkdirSync(join(root, LOG), { recursive: true });
    for (const name of names) writeFileSync(join(root, LOG, name), `${name}\n`);
    const raw = Buffer.concat([Buffer.from(`${root}${LOG}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.log')]);
    writeFileSync(raw, 'not utf-8\n');
    const { of, text } = await collected({}, { root });
    const taken = of('maas-logs').filter(({ path }) => path !== undefined);
    expect(taken.map(({ path = '' }) => text(path)).sort()).toEqual(
      [...names.map((name) => `${name}\n`), 'not utf-8\n'].sort(),
    );
    for (const { path, how } of taken) {
      expect(path).toMatch(/^logs\/maas-\d{4}\.log$/);
      expect('read' in how ? how.read : '').not.toMatch(/[\n\u202e]/);
    }
    const odd = taken.find(({ path = '' }) => text(path) === 'not utf-8\n');
    expect(odd?.how).toMatchObject({ hex: raw.toString('hex') });
  });

  it('takes the newest of ten thousand files, and counts the rest', async () => {
    const root = tree({});
    mkdirSync(join(root, LOG), { recursive: true });
    for (let i = 0; i < 10_000; i += 1) writeFileSync(join(root, LOG, `${i}.log`), 'x');
    // In memory where that is: five thousand files are written through to the disk one by one.
    const memory = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/rackwitness-') : folder();
    const { of, manifest } = await collected({ out: join(memory, 'out') }, { root }, signal, ['maas-logs']);
    rmSync(memory, { recursive: true });
    const logs = of('maas-logs');
    expect(logs.filter(({ path }) => path !== undefined).length).toBe(5_000);
    expect(about(logs, '5000 older files')).toMatchObject({ status: 'truncated' });
    expect(manifest.complete).toBe(false);
  });
});

describe('a file that changes while it is read', () => {
  it('is read to the size at its opening when it grows', async () => {
    const at = join(folder(), 'grow.log');
    writeFileSync(at, 'x'.repeat(600_000));
    const acquired = await read(at, {
      late: () => {
        appendFileSync(at, 'later');
        return false;
      },
    });
    expect(acquired).toMatchObject({ status: 'collected', grew: true, sourceSize: 600_000 });
    expect(acquired.text).toBe('x'.repeat(600_000));
  });

  it('is called a part when it shrinks', async () => {
    const at = join(folder(), 'shrink.log');
    writeFileSync(at, 'x'.repeat(600_000));
    let calls = 0;
    const acquired = await read(at, {
      late: () => {
        calls += 1;
        if (calls === 2) truncateSync(at, 1000);
        return false;
      },
    });
    expect(acquired).toMatchObject({ status: 'truncated', reason: 'it became shorter while it was read' });
  });

  it('is noted when it vanishes between listing and reading', async () => {
    const root = tree({ [`${LOG}/a.log`]: 'a\n', [`${LOG}/b.log`]: 'b\n' });
    const at = join(root, LOG, 'a.log');
    const { found } = matchPattern(bytePath(root), `${LOG}/*.log`);
    expect(found).toContain(at);
    rmSync(at);
    expect(await read(at, {})).toMatchObject({ status: 'failed', reason: 'it vanished between listing and reading' });
  });

  it('is not read when a folder on its way became a link after it was listed', async () => {
    const root = tree({ '/logs/a.log': 'a\n', '/elsewhere/a.log': 'secret\n' });
    rmSync(join(root, 'logs'), { recursive: true });
    symlinkSync('elsewhere', join(root, 'logs'));
    expect(await read(join(root, 'logs/a.log'), {})).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('became a link') as string,
      text: '',
    });
  });

  it('is judged by where it is, not by how it is called', async () => {
    const root = tree({ '/private/a.log': 'key\n' });
    symlinkSync('private', join(root, 'logs'));
    expect(await read(join(root, 'logs/a.log'), {})).toMatchObject({ status: 'excluded', text: '' });
  });
});

describe('size caps', () => {
  it('take the end of a long log and the beginning of anything else, and say so', async () => {
    const at = join(folder(), 'long.log');
    writeFileSync(at, `${'a'.repeat(1000)}${'z'.repeat(1000)}`);
    const end = await read(at, { cap: 1000, tail: true });
    expect(end).toMatchObject({ status: 'truncated', offset: 1000, sourceSize: 2000, text: 'z'.repeat(1000) });
    const begin = await read(at, { cap: 1000 });
    expect(begin).toMatchObject({ status: 'truncated', text: 'a'.repeat(1000) });
    expect(begin.offset).toBeUndefined();
  });

  it('never leave half a secret', async () => {
    const at = join(folder(), 'dhcpd.conf');
    writeFileSync(at, 'option x;\nsecret "abcdefghijkl";\n');
    expect(await read(at, { cap: 22, blank: true })).toMatchObject({ status: 'truncated', text: 'option x;\n' });
  });

  it('hold for the whole run', async () => {
    const root = tree({ [`${LOG}/a.log`]: 'a'.repeat(700), [`${LOG}/b.log`]: 'b'.repeat(700) });
    const { manifest, of } = await collected({ maxBytes: '1000' }, { root }, signal, ['maas-logs', 'resolver']);
    const sizes = manifest.entries.map(({ size = 0 }) => size);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(1000);
    expect(about(of('maas-logs'), 'b.log')).toMatchObject({ status: 'truncated', size: 300, offset: 400 });
  });
});

describe('the time of the whole run', () => {
  it('ends a program, and what stands behind it is named', async () => {
    const tools = join(folder(), 'bin');
    fakeTool(tools, 'ip', 'sleep 60');
    const begun = performance.now();
    const { of } = await collected(
      { maxSeconds: '1' },
      { root: tree({}), live: true, toolFolders: [tools, '/bin'] },
      signal,
      ['addresses'],
    );
    expect(performance.now() - begun).toBeLessThan(10_000);
    const [first, ...rest] = of('addresses');
    expect(first).toMatchObject({ status: 'failed' });
    for (const entry of rest)
      expect(entry).toMatchObject({ status: 'truncated', reason: expect.stringContaining('used up') as string });
  });
});

describe('a disk that is full', () => {
  it('costs what did not fit, and not the list', async () => {
    const mount = folder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      process.stderr.write('skipped: no tmpfs can be mounted here\n');
      return;
    }
    try {
      await fillTo(join(mount, 'out'));
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });
});

async function fillTo(out: string): Promise<void> {
  const root = tree({ [`${LOG}/a.log`]: 'a'.repeat(4_000_000), '/etc/hosts': '127.0.0.1 localhost\n' });
  const { manifest, of } = await collected({ out }, { root }, signal, ['maas-logs', 'resolver']);
  expect(about(of('maas-logs'), 'a.log')).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('no space') as string,
  });
  expect(about(of('resolver'), '/etc/hosts').status).toBe('truncated');
  expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toEqual(manifest);
  const { path = '', size } = about(of('maas-logs'), 'a.log');
  expect(statSync(join(out, path)).size).toBe(size);
}

async function read(
  path: string,
  more: Partial<ReadOptions>,
): Promise<{ status: string; text: string; offset?: number }> {
  const out = join(folder(), 'out');
  const output = new Output(out);
  let name = '';
  const acquired = await acquireFile(
    bytePath(path),
    () => {
      const file = output.create('logs/one.log');
      name = join(out, file.name);
      return file;
    },
    { ...OPTIONS, root: bytePath(''), ...more },
  );
  return { ...acquired, text: name === '' ? '' : readFileSync(name, 'latin1') };
}
