import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, sources } from './sources.ts';

/** Debian packages of the tools that tests may ask for. */
const PACKAGE: Readonly<Record<string, string>> = {
  capinfos: 'tshark',
  editcap: 'tshark',
  ip: 'iproute2',
  journalctl: 'systemd',
  mergecap: 'tshark',
  openssl: 'openssl',
  setpriv: 'util-linux',
  sha256sum: 'coreutils',
  ss: 'iproute2',
  'ssh-keygen': 'openssh-client',
  tar: 'tar',
  tcpdump: 'tcpdump',
  tshark: 'tshark',
  unshare: 'util-linux',
  zip: 'zip',
  zstd: 'zstd',
};

const script = readFileSync(join(ROOT, '.ci/run'), 'utf8');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const installed = (/packages=\(([^)]*)\)/.exec(script)?.[1] ?? '').split(/\s+/);

describe('.ci/run', () => {
  it('installs every tool that a test asks for, and no other', () => {
    const asked = new Set(
      sources('test').flatMap(({ text }) => [...text.matchAll(/\bhasTool\('([^']+)'/g)].map((match) => match[1] ?? '')),
    );
    const unknown = [...asked].filter((tool) => !(tool in PACKAGE));
    expect(unknown, 'name its Debian package in PACKAGE (test/conformance/ci.test.ts)').toEqual([]);
    const wanted = new Set([...asked].map((tool) => PACKAGE[tool]));
    expect(
      [...wanted].filter((name) => !installed.includes(name ?? '')),
      'add it to packages in .ci/run',
    ).toEqual([]);
    expect(
      installed.filter((name) => !wanted.has(name)),
      'no test asks for it: take it out of .ci/run',
    ).toEqual([]);
  });

  it('ends with the command that the README gives', () => {
    const last = script.trim().split('\n').at(-1) ?? '';
    expect(last).toBe('npm ci && npm run check');
    expect(readme).toContain(last);
  });
});
