import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../conformance/sources.ts';

const SAMPLE = join(ROOT, 'samples/rogue-pxe-takeover/vm-port.pcap');
const PROFILE = join(ROOT, 'samples/rogue-pxe-takeover/profile.json');

let prefix = '';
let packed: string[] = [];

/** The package as a user gets it: packed, and installed into an empty folder. */
beforeAll(() => {
  execFileSync(process.execPath, ['build.mjs'], { cwd: ROOT, stdio: 'inherit' });
  prefix = mkdtempSync(join(tmpdir(), 'rackwitness-package-'));
  const answer = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', prefix], ROOT);
  const [{ filename, files }] = JSON.parse(answer) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  writeFileSync(join(prefix, 'package.json'), '{ "private": true, "type": "module" }\n');
  install(join(prefix, filename));
}, 180_000);

afterAll(() => {
  if (prefix !== '') rmSync(prefix, { recursive: true, force: true });
});

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args, '--loglevel', 'error'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** By npm. Where it cannot reach a registry, outside CI, the packed files are laid beside the modules that are here. */
function install(tarball: string): void {
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--omit=peer', '--omit=optional'];
  try {
    npm(['install', ...flags, tarball], prefix);
  } catch (error) {
    if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw error;
    process.stderr.write('packaging: npm reaches no registry; the modules of the working tree are used\n');
    const home = join(prefix, 'node_modules', 'rackwitness');
    mkdirSync(home, { recursive: true });
    for (const file of packed) cpSync(join(ROOT, file), join(home, file), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
    mkdirSync(join(prefix, 'node_modules', '.bin'));
    symlinkSync('../rackwitness/dist/main.js', join(prefix, 'node_modules', '.bin', 'rackwitness'));
  }
}

function installed(args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(join(prefix, 'node_modules', '.bin', 'rackwitness'), [...args], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('the package', () => {
  it('holds what files.txt says and nothing else', () => {
    // Names of chunks hold a hash of their content; the library's types follow the sources.
    const kinds = packed.map((path) =>
      path.replace(/^(dist\/chunks\/).*$/, '$1*').replace(/^(dist\/types\/).*$/, '$1**'),
    );
    const listed = readFileSync(new URL('files.txt', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    expect(
      [...new Set(kinds)].sort(),
      'a file came or went: if that is meant, change test/packaging/files.txt',
    ).toEqual(listed);
  });

  it('runs from elsewhere, and says what the working tree says', () => {
    const here = spawnSync(process.execPath, [join(ROOT, 'dist/main.js'), 'analyze', SAMPLE, '--profile', PROFILE], {
      encoding: 'utf8',
    });
    expect(installed(['analyze', SAMPLE, '--profile', PROFILE])).toEqual({
      code: here.status,
      out: here.stdout,
      err: here.stderr,
    });
    expect(here.stdout).not.toBe('');
  });

  it('knows its version, and finds its own files', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(installed(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(installed(['profile', 'schema'])).toMatchObject({ code: 0, err: '' });
    expect(installed(['profile', 'check', PROFILE])).toMatchObject({ code: 0, err: '' });
  });

  it('gives every worker a file', () => {
    for (const path of packed.filter((one) => one.startsWith('dist/workers/'))) {
      expect(existsSync(join(prefix, 'node_modules', 'rackwitness', path))).toBe(true);
    }
  });

  it('is a library with types', () => {
    const code = `import { analyze, UNDECLARED, type Analysis } from 'rackwitness';
const analysis: Analysis = await analyze([{ vantage: '', files: [${JSON.stringify(SAMPLE)}] }], { site: UNDECLARED });
process.stdout.write(analysis.verdict.state);
const wrong: number = analysis.verdict.state;
`;
    writeFileSync(join(prefix, 'use.ts'), code);
    const options = {
      module: 'NodeNext',
      target: 'ES2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    writeFileSync(join(prefix, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.ts'] }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', prefix], { cwd: prefix, encoding: 'utf8' });
    // The one mistake that was made on purpose: so the types were really there.
    const errors = stdout.split('\n').filter((line) => line.includes('error TS'));
    expect(errors).toEqual([expect.stringMatching(/^use\.ts\(4,7\): error TS2322/)]);

    writeFileSync(
      join(prefix, 'use.mjs'),
      code
        .replace(', type Analysis', '')
        .replace(': Analysis', '')
        .replace(/^const wrong.*$/m, ''),
    );
    const run = spawnSync(process.execPath, ['use.mjs'], { cwd: prefix, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/^(?:compromised|fault|undecided)$/);
  });

  it('carries the licence of everything in its bundles', () => {
    const text = readFileSync(join(prefix, 'node_modules', 'rackwitness', 'dist', 'LICENSES.txt'), 'utf8');
    expect(text).toMatch(/^yargs \d/m);
    expect(packed).toContain('LICENSE');
  });
});
