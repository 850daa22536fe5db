import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('fake-engine.mjs', import.meta.url));

/** A folder of mode 0700 with the fake engine as a program in it. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'rackwitness-capture-'));
  readonly engine = join(this.folder, 'fake-tcpdump');

  constructor() {
    writeFileSync(this.engine, `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' "$@"\n`);
    chmodSync(this.engine, 0o755);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Arguments of a capture with the fake engine. */
  args(play: object, out: string, ...more: readonly string[]): string[] {
    return [
      'capture',
      '-i',
      'lo',
      '--engine-file',
      this.engine,
      '--filter',
      `fake ${JSON.stringify(play)}`,
      '--out',
      out,
      ...more,
    ];
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Manifest {
  file: string;
  sha256: string;
  frames: number;
  bytes: number;
  start: string;
  stop: string;
  interface: string;
  filter: string;
  preset: string | null;
  passes: string[];
  drops: number;
  counters: Record<string, number>;
  ended: { by: string; signal: string | null; message: string };
  engine: { name: string; version: string; argv: string[]; exit: number; signal: string };
  clock: { source: string; step: number };
  linkChanges: { time: string; state: string }[];
  original: string;
  coreDumps?: string;
}

export function manifestOf(path: string): Manifest {
  return JSON.parse(readFileSync(`${path}.manifest.json`, 'utf8')) as Manifest;
}

/** Frames of a pcap file, read by hand; throws where it does not end with a whole record. */
export function framesIn(path: string): number {
  const bytes = readFileSync(path);
  let frames = 0;
  let at = 24;
  while (at < bytes.length) {
    at += 16 + bytes.readUInt32LE(at + 8);
    frames += 1;
  }
  if (at !== bytes.length) throw new Error(`${path} ends inside a record`);
  return frames;
}

/** Whether namespaces and interfaces may be made here; says so where not: it is a matter of privilege, not of packages. */
export function mayMakeNetworks(): boolean {
  const name = `rwtry${process.pid}`;
  const may =
    spawnSync('ip', ['netns', 'add', name], { stdio: 'ignore' }).status === 0 &&
    spawnSync('ip', ['netns', 'exec', name, 'tcpdump', '--version'], { stdio: 'ignore' }).status === 0;
  spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  if (!may) process.stderr.write('skipped: no network namespaces may be made here (root, ip, tcpdump)\n');
  return may;
}
