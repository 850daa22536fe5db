import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeBundle, type MakeOptions } from '../../src/bundle/make.ts';
import { readCaseKey } from '../../src/redact/key.ts';
import { loadPolicy } from '../../src/redact/policy/load.ts';
import { MAIN, rackwitness } from '../cli/run.ts';
import { hasTool } from '../support/needs.ts';
import { bundled, caseInputs, type CaseInputs, CAPTURES, CLOCK, PLANTED, wordsIn } from './made.ts';
import { folder, tarOf } from './sample.ts';

const where = folder();
let inputs: CaseInputs;
let first: string;

beforeAll(() => {
  inputs = caseInputs(where);
  first = join(where, 'first.tar.gz');
  const { code, err } = bundled(inputs, first);
  if (code !== 0) throw new Error(err);
}, 60_000);

function unpacked(path: string, name: string): string {
  const out = join(where, name);
  const done = rackwitness(['unpack', path, '--public-key', inputs.publicKey, '--out', out]);
  expect(done).toMatchObject({ code: 0 });
  const [top = ''] = readdirSync(out);
  return join(out, top);
}

describe('a bundle of captures, logs and journals', () => {
  it('holds each in its folder under a neutral name, and verifies, findings included', () => {
    const bag = unpacked(first, 'unpacked');
    const files = readdirSync(join(bag, 'data'), { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toEqual([
      'captures',
      'captures/capture-001.pcap',
      'captures/capture-002.pcap',
      'config',
      'config/file-003.conf',
      'findings',
      'findings/capture-001.findings.json',
      'findings/capture-001.findings.txt',
      'findings/capture-002.findings.json',
      'findings/capture-002.findings.txt',
      'findings/timeline.pcapng',
      'journals',
      'journals/file-002.export',
      'logs',
      'logs/file-001.txt',
      'report',
      'report/redaction-report.json',
    ]);
    const verified = rackwitness(['verify', first, '--public-key', inputs.publicKey, '--reanalyze']);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.out).toMatch(/ok +Findings, analysed again/);
  });

  it('is the same bytes again', () => {
    const second = join(where, 'second.tar.gz');
    expect(bundled(inputs, second)).toMatchObject({ code: 0 });
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
  });

  it('names nobody and nothing of the case, nor who made it where', () => {
    expect(wordsIn(first, PLANTED)).toEqual([]);
    // The plants are there to be found.
    const raw = inputs.sources.filter((path) => path.startsWith('/'));
    const all = raw.map((path) => readFileSync(path, 'latin1')).join('') + raw.join('');
    expect(PLANTED.filter((word) => all.includes(word)).length).toBeGreaterThan(5);
    const host = [
      where,
      basename(where),
      hostname(),
      `${userInfo().uid}:`,
      userInfo().homedir,
      'the ciso',
      'staging',
      'partial',
    ];
    expect(
      wordsIn(
        first,
        host.filter((word) => word.length > 3),
      ),
    ).toEqual([]);
    const tar = tarOf(first);
    for (let at = 0; at + 512 <= tar.length; at += 512) {
      if (tar.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
      expect(tar.toString('latin1', at + 108, at + 124)).toMatch(/^[0 \0]+$/);
      expect(tar.toString('latin1', at + 265, at + 329)).toBe('\0'.repeat(64));
    }
  });

  it('gives the analysis of what it holds', () => {
    const bag = join(where, 'unpacked', 'case-17-auditor', 'data');
    const again = rackwitness([
      'analyze',
      join(bag, 'captures', 'capture-001.pcap'),
      '--format',
      'json',
      '--boots',
      'all',
    ]);
    const packed = JSON.parse(readFileSync(join(bag, 'findings', 'capture-001.findings.json'), 'utf8')) as {
      findings: unknown;
    };
    expect((JSON.parse(again.out) as { findings: unknown }).findings).toEqual(packed.findings);
    const original = JSON.parse(rackwitness(['analyze', CAPTURES[0] ?? '', '--format', 'json']).out) as {
      findings: { id: string }[];
    };
    expect((packed.findings as { id: string }[]).map(({ id }) => id)).toEqual(original.findings.map(({ id }) => id));
    expect(original.findings.length).toBeGreaterThan(0);
  });

  it.skipIf(!hasTool('tshark'))(
    'has a timeline that tshark opens: all frames, journal entries, findings as comments',
    () => {
      const data = join(where, 'unpacked', 'case-17-auditor', 'data');
      const rows = (path: string, ...fields: string[]): string[][] =>
        execFileSync(
          'tshark',
          ['-r', path, '-T', 'fields', '-E', 'separator=|', ...fields.flatMap((one) => ['-e', one])],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        )
          .trimEnd()
          .split('\n')
          .map((row) => row.split('|'));
      const timeline = rows(
        join(data, 'findings', 'timeline.pcapng'),
        'frame.time_epoch',
        'systemd_journal.message',
        'frame.comment',
        'frame.interface_name',
      );
      const frames = ['capture-001.pcap', 'capture-002.pcap'].flatMap((name) =>
        rows(join(data, 'captures', name), 'frame.time_epoch'),
      );
      expect(timeline).toHaveLength(frames.length + 2);
      const times = timeline.map(([time]) => time ?? '');
      expect(times).toEqual([...times].sort());
      expect(timeline.filter(([, message]) => message !== '').map(([, message]) => message?.split(' ')[0])).toEqual([
        'DHCPOFFER',
        'Accepted',
      ]);
      expect(timeline.some(([, , comment]) => comment?.includes('dhcp-servers-conflict'))).toBe(true);
      expect(new Set(timeline.map(([, , , name]) => name))).toEqual(
        new Set(['', 'capture-001.pcap', 'capture-002.pcap']),
      );
    },
  );

  it('has no timeline when it is not wanted, and one without journals when it is', () => {
    const names = (out: string): string => tarOf(out).toString('latin1');
    const without = join(where, 'without.tar.gz');
    expect(bundled(inputs, without, ['--no-timeline'])).toMatchObject({ code: 0 });
    expect(names(without)).not.toContain('timeline.pcapng');
    const alone = join(where, 'alone.tar.gz');
    expect(bundled({ ...inputs, sources: ['--capture', inputs.capture] }, alone, ['--timeline'])).toMatchObject({
      code: 0,
    });
    expect(names(alone)).toContain('timeline.pcapng');
    expect(rackwitness(['verify', alone, '--public-key', inputs.publicKey, '--reanalyze'])).toMatchObject({ code: 0 });
  });

  it('says UNSIGNED everywhere without a key', () => {
    const out = join(where, 'unsigned.tar.gz');
    const { caseKey, approval } = inputs;
    const base = ['--policy', 'auditor', '--key-file', caseKey, '--out', out];
    const made = rackwitness(['bundle', '--case', 'case-17', '--capture', inputs.capture, ...approval, ...base]);
    expect(made).toMatchObject({ code: 0 });
    expect(made.err).toContain('UNSIGNED');
    expect(tarOf(out).toString('latin1')).toContain('Rackwitness-Signature: UNSIGNED');
    expect(rackwitness(['verify', out, '--allow-unpinned']).out).toContain('UNSIGNED');
  });

  it('takes a thousand files', () => {
    const many = join(where, 'many');
    mkdirSync(many);
    const sources = Array.from({ length: 1050 }, (_, i) => {
      const path = join(many, `quagmire ${i}\t.log`);
      writeFileSync(
        path,
        `2026-11-22T15:40:00+00:00 rack-sfo-03 dhcpd[${i}]: DHCPACK on 10.22.${i >> 8}.${i & 255} to 52:54:00:ab:cd:ef\n`,
      );
      return ['--log', path];
    }).flat();
    const out = join(where, 'many.tar.gz');
    expect(bundled({ ...inputs, sources }, out)).toMatchObject({ code: 0 });
    expect(wordsIn(out, PLANTED)).toEqual([]);
    const { code, out: said } = rackwitness(['verify', out, '--public-key', inputs.publicKey]);
    expect(code).toBe(0);
    expect(said).toContain('VERIFIED');
  }, 60_000);
});

describe('verify --reanalyze', () => {
  it('fails when a finding was changed before it was sealed', async () => {
    const bag = unpacked(first, 'changed');
    const { packBundle } = await import('../../src/bundle/pack.ts');
    const { readSigner } = await import('../../src/bundle/sign/keys.ts');
    const { custody, facts } = await import('./parts.ts');
    const data = readdirSync(join(bag, 'data'), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(bag.length + 1));
    for (const [name, from, to] of [
      ['capture-001.findings.json', 'dhcp-servers-conflict', 'dhcp-servers-agreement'],
      ['capture-001.findings.txt', 'dhcp-servers-conflict', 'dhcp-servers-agreement'],
      ['timeline.pcapng', 'dhcp-servers-conflict', 'dhcp-servers-agreeing'],
    ] as const) {
      const path = join(bag, 'data', 'findings', name);
      const before = readFileSync(path);
      writeFileSync(path, Buffer.from(before.toString('latin1').replaceAll(from, to), 'latin1'));
      const out = join(where, `changed-${name}.tar.gz`);
      const entries = data.map((one) => ({ path: one, source: join(bag, one) }));
      await packBundle({
        out,
        name: 'case-17',
        entries,
        facts: facts(),
        custody: custody(),
        signer: readSigner(inputs.signKey),
      });
      writeFileSync(path, before);
      expect(rackwitness(['verify', out, '--public-key', inputs.publicKey]).code).toBe(0);
      const again = rackwitness(['verify', out, '--public-key', inputs.publicKey, '--reanalyze']);
      expect(again.code, name).toBe(4);
      expect(again.out).toContain(name);
    }
  }, 30_000);
});

describe('what is refused', () => {
  const nothing = (out: string): void =>
    expect(readdirSync(where).filter((name) => name.startsWith(basename(out)))).toEqual([]);

  it.each([
    [[], '--purpose --legal-basis --recipients --approver'],
    [['--purpose', 'audit', '--approver', ' '], '--legal-basis --recipients --approver'],
  ])('a policy that demands an approval, without it (exit 2)', (approval, flags) => {
    const out = join(where, 'unapproved.tar.gz');
    const made = bundled({ ...inputs, approval }, out);
    expect(made.code).toBe(2);
    expect(made.err).toContain(flags);
    nothing(out);
  });

  it.each([
    ['the case', ['--case', 'rack-sfo-03']],
    ['the purpose', ['--purpose', 'why 10.22.33.44 was offered']],
    ['the recipients', ['--recipients', 'Mr 52-54-00-ab-cd-ef']],
  ])('words of ours that name an original: %s (exit 4)', (_what, more) => {
    const out = join(where, 'named.tar.gz');
    const { caseKey, sources, approval } = inputs;
    const given = new Map<string, string>();
    for (const list of [['--case', 'case-17'], approval, more]) {
      for (let i = 0; i + 1 < list.length; i += 2) given.set(list[i] ?? '', list[i + 1] ?? '');
    }
    const made = rackwitness([
      'bundle',
      ...[...given].flat(),
      ...sources,
      '--policy',
      'auditor',
      '--key-file',
      caseKey,
      '--out',
      out,
    ]);
    expect(made.code).toBe(4);
    expect(made.err).not.toMatch(/10\.22\.33\.44|52-54-00/);
    nothing(out);
  });

  it('what is no regular file', () => {
    const out = join(where, 'odd.tar.gz');
    const fifo = join(where, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const link = join(where, 'link');
    symlinkSync(inputs.capture, link);
    const dangling = join(where, 'dangling');
    symlinkSync(join(where, 'nowhere'), dangling);
    for (const [path, code] of [
      [fifo, 4],
      [link, 4],
      [dangling, 4],
      ['/dev/null', 4],
      ['/dev/zero', 4],
      [where, 4],
      [join(where, 'absent'), 2],
    ] as const) {
      const made = bundled({ ...inputs, sources: ['--capture', path] }, out);
      expect(`${basename(path)} ${made.code}`).toBe(`${basename(path)} ${code}`);
      nothing(out);
    }
    expect(bundled({ ...inputs, sources: ['--capture', inputs.capture, '--log', inputs.capture] }, out).code).toBe(2);
    expect(bundled({ ...inputs, sources: [] }, out).code).toBe(2);
    nothing(out);
  });

  it('a target that is there, a name that no bag may have', () => {
    expect(bundled(inputs, first).code).toBe(2);
    expect(bundled(inputs, join(where, 'x.zip')).code).toBe(2);
    expect(bundled(inputs, join(where, 'x.tar.zst')).code).toBe(2);
    expect(bundled(inputs, join(where, 'no', 'folder', 'x.tar.gz')).code).toBe(2);
    expect(bundled(inputs, join(where, 'x.tar.gz'), ['--tier', '../up']).code).toBe(2);
    expect(readdirSync(where).filter((name) => name.startsWith('x.'))).toEqual([]);
  });

  const options = async (path: string, out: string): Promise<MakeOptions> => ({
    case: 'case-17',
    sources: [{ path, folder: 'logs' }],
    policy: await loadPolicy('auditor'),
    caseKey: readCaseKey(inputs.caseKey, {}),
    tier: 'auditor',
    actor: 'me',
    approval: { purpose: 'a', legalBasis: 'b', recipients: 'c', approver: 'd' },
    now: new Date(CLOCK),
    out,
  });

  it.each(['rewriting', 'searching'] as const)('a source that changes while it is %s', async (when) => {
    const path = join(where, `live-${when}.log`);
    writeFileSync(path, '2026-11-22T15:40:00+00:00 rack-sfo-03 dhcpd[1]: DHCPACK on 10.22.33.44\n');
    const out = join(where, 'live.tar.gz');
    const made = makeBundle({
      ...(await options(path, out)),
      onProgress: (_path, stage) => {
        if (stage === when)
          appendFileSync(path, '2026-11-22T15:40:00+00:00 rack-sfo-03 dhcpd[1]: DHCPACK on 10.22.33.45\n');
      },
    });
    await expect(made).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('changed') as string,
    });
    nothing(out);
  });

  it('a source that vanishes, or that a link takes the place of', async () => {
    const out = join(where, 'gone.tar.gz');
    for (const kind of ['vanishes', 'link']) {
      const path = join(where, `gone-${kind}.log`);
      writeFileSync(path, '2026-11-22T15:40:00+00:00 rack-sfo-03 dhcpd[1]: DHCPACK on 10.22.33.44\n');
      const made = makeBundle({
        ...(await options(path, out)),
        onProgress: (_path, stage) => {
          if (stage !== 'rewriting' || !existsSync(path)) return;
          renameSync(path, `${path}.moved`);
          if (kind === 'link') symlinkSync(`${path}.moved`, path);
        },
      });
      await expect(made).rejects.toMatchObject({ name: 'Problem' });
      nothing(out);
    }
  });
});

describe('a collection of this host, by an account without rights', () => {
  it('is bundled, whatever it could not read', () => {
    const place = join(where, 'theirs');
    mkdirSync(place);
    chmodSync(place, 0o777);
    chmodSync(where, 0o711);
    const out = join(place, 'collection');
    const root = process.getuid?.() === 0;
    const drop = root ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    if (root && !hasTool('setpriv')) return;
    const collecting = [process.execPath, MAIN, 'collect', '--out', out, '--since', '10m', '--profile', 'minimal'];
    const [program = '', ...args] = [...drop, ...collecting];
    const { status, stderr } = spawnSync(program, args, { cwd: '/', encoding: 'utf8' });
    expect([0, 3], stderr).toContain(status);
    const bundle = join(where, 'collected.tar.gz');
    const made = bundled({ ...inputs, sources: ['--collected', out] }, bundle);
    expect(made.err).toBe('');
    expect([0, 3]).toContain(made.code);
    expect(rackwitness(['verify', bundle, '--public-key', inputs.publicKey]).code).toBe(0);
    const packed = readdirSync(join(unpacked(bundle, 'collected'), 'data'), { recursive: true, withFileTypes: true });
    expect(packed.filter((one) => one.isFile()).length).toBeGreaterThan(3);
    // A file that was changed after the collection is none of it.
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as { entries: { path?: string }[] };
    const changed = manifest.entries.find(({ path }) => path !== undefined)?.path ?? '';
    appendFileSync(join(out, changed), 'more\n');
    const refused = bundled({ ...inputs, sources: ['--collected', out] }, join(where, 'again.tar.gz'));
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('digest differs');
  }, 60_000);
});
