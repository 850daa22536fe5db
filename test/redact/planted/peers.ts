import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../../support/bytes.ts';
import type { Outputs } from './judge.ts';
import type { Planter } from './planter.ts';
import { DOMAIN, MACHINES } from './site.ts';

/** What another tool made of the planted files, with the options that hide most. */
export interface PeerRun {
  /** Name and version; '' where it is not installed. */
  version: string;
  /** What was run. */
  command: string;
  outputs: Outputs;
  /** Planted files that it did not write. */
  unwritten: string[];
}

const CAPTURE = /\.pcap(ng)?$/;

export function isCapture(name: string): boolean {
  return CAPTURE.test(name);
}

/** tcprewrite: random addresses of both layers, and new checksums (`--fuzz-seed` only damages packets). */
export function runTcprewrite(planter: Planter, folder: string): PeerRun {
  const version = versionOf('tcprewrite', ['--version'], /version: ([\d.]+)/);
  const options = ['--seed=423', '--enet-mac-seed=31', '--fixcsum'];
  const run: PeerRun = {
    version,
    command: `tcprewrite ${options.join(' ')} -i IN -o OUT`,
    outputs: new Map(),
    unwritten: [],
  };
  if (version === '') return run;
  const outputs = new Map<string, Bytes>();
  const out = join(folder, 'tcprewrite');
  mkdirSync(out);
  for (const { name } of planter.files.filter((file) => isCapture(file.name))) {
    const [from, to] = [join(folder, 'in', name), join(out, name)];
    const { status } = spawnSync('tcprewrite', [...options, '-i', from, '-o', to], { stdio: 'ignore' });
    if (status === 0 && existsSync(to)) outputs.set(name, readFileSync(to));
    else run.unwritten.push(name);
  }
  return { ...run, outputs };
}

/** The cleaner of sos, over an archive that looks like a report of the first machine; told the domain and all host names. */
export function runSos(planter: Planter, folder: string): PeerRun {
  const version = versionOf('sos', ['--help'], /./) === '' ? '' : sosVersion();
  const keywords = MACHINES.flatMap(({ name }) => ['--keywords', name]);
  const run: PeerRun = {
    version,
    command: `sos clean ARCHIVE --batch --domains ${DOMAIN} ${keywords.join(' ')}`,
    outputs: new Map(),
    unwritten: [],
  };
  if (version === '') return run;
  const name = `sosreport-${MACHINES[0]?.name ?? ''}-1`;
  const [work, result] = [join(folder, 'sos'), join(folder, 'sos-out')];
  const report = join(work, name);
  for (const part of ['sos_logs', 'sos_commands/host']) mkdirSync(join(report, part), { recursive: true });
  mkdirSync(join(work, 'tmp'));
  mkdirSync(result);
  cpSync(join(folder, 'in'), report, { recursive: true });
  writeFileSync(join(report, 'sos_logs/sos.log'), '');
  writeFileSync(join(report, 'sos_commands/host/hostname'), `${MACHINES[0]?.name ?? ''}.${DOMAIN}\n`);
  spawnSync('tar', ['cJf', `${name}.tar.xz`, name], { cwd: work });
  const map = join(work, 'map');
  const where = ['--map', map, '--no-update', '--tmp-dir', join(work, 'tmp')];
  const args = ['clean', join(work, `${name}.tar.xz`), '--batch', '--domains', DOMAIN, ...keywords, ...where];
  spawnSync('sos', args, { stdio: 'ignore' });
  const cleaned = readdirSync(join(work, 'tmp')).find((file) => /-obfuscated\.tar\.\w+$/.test(file));
  if (cleaned === undefined) return { ...run, version: '' };
  spawnSync('tar', ['xf', join(work, 'tmp', cleaned), '-C', result, '--strip-components=1']);
  const outputs = new Map<string, Bytes>();
  const written = readdirSync(result);
  for (const { name: file } of planter.files) {
    // Names of files are obfuscated as well.
    const found = written.find((one) => one === file || one === obfuscated(file, one));
    if (found === undefined) run.unwritten.push(file);
    else outputs.set(file, readFileSync(join(result, found)));
  }
  return { ...run, outputs };
}

/** `capture-quartzbridge.pcap` as `capture-obfuscatedword0.pcap`: the name that was written, where it can be this file's. */
function obfuscated(file: string, written: string): string {
  const name = MACHINES.find((machine) => file.includes(machine.name))?.name;
  if (name === undefined) return file;
  const [before = '', after = ''] = file.split(name);
  return written.startsWith(before) && written.endsWith(after) && written.includes('obfuscated') ? written : file;
}

function versionOf(tool: string, args: string[], pattern: RegExp): string {
  const { error, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  if (error !== undefined) return '';
  const match = pattern.exec(stdout + stderr);
  return match === null ? 'unknown version' : (match[1] ?? 'there');
}

/** Version 4.0 says it nowhere but in its disclaimer. */
function sosVersion(): string {
  const script = "import importlib.util; print(importlib.util.find_spec('sos').origin)";
  for (const python of ['/usr/bin/python3', 'python3']) {
    const { stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
    const path = (stdout ?? '').trim();
    if (path === '') continue;
    const version = /__version__ = ['"]([\w.-]+)/.exec(readFileSync(path, 'utf8'))?.[1];
    if (version !== undefined) return version;
  }
  return 'of unknown version';
}
