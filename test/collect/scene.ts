import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { LocalHost, type LocalHostOptions } from '../../src/collect/host.ts';
import type { CollectionManifest, ManifestEntry } from '../../src/collect/manifest.ts';
import { type CollectWords, planCollection } from '../../src/collect/plan.ts';
import { collect } from '../../src/collect/run.ts';
import { NO_APPROVAL } from './approval-words.ts';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of a test's own, removed after it. */
export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'rackwitness-collect-')));
  made.push(path);
  return path;
}

/** 2026-01-10T12:00:00Z: the one clock of these tests. */
export const NOW = 1_768_046_400;

/** A tree of files below a root: path to text. */
export function tree(files: Readonly<Record<string, string | Buffer>>, root = folder()): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** When a file was last written: seconds since 1970 UTC. */
export function touch(path: string, seconds: number): void {
  utimesSync(path, seconds, seconds);
}

/** A program of a test's own, named as the real one, written in shell: what it prints is made up. */
export function fakeTool(tools: string, name: string, script: string): void {
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

export { NO_APPROVAL };

export function words(more: Partial<CollectWords> = {}): CollectWords {
  return {
    out: join(folder(), 'out'),
    profile: '',
    symptoms: [],
    since: '2026-01-09T12:00:00Z',
    until: '2026-01-10T12:00:00Z',
    journalDir: '',
    root: '',
    maasUrl: '',
    maasApiKeyFile: '',
    maasCaFile: '',
    maasAllowHttp: false,
    maasProfile: '',
    add: [],
    maxSeconds: '',
    maxBytes: '',
    approval: NO_APPROVAL,
    requireApproval: false,
    dryRun: false,
    ...more,
  };
}

export interface Collected {
  manifest: CollectionManifest;
  out: string;
  /** Entries of a collector. */
  of(collector: string): ManifestEntry[];
  /** Text of a file of the collection. */
  text(path: string): string;
}

export async function collected(
  more: Partial<CollectWords>,
  host: LocalHostOptions,
  signal = new AbortController().signal,
  only?: readonly string[],
): Promise<Collected> {
  const all = words(more);
  const { options } = planCollection(all, () => NOW, new LocalHost(host));
  const collectors = options.collectors.filter(({ id }) => only === undefined || only.includes(id));
  const manifest = await collect({ ...options, collectors, signal });
  return {
    manifest,
    out: all.out,
    of: (collector) => manifest.entries.filter((entry) => entry.collector === collector),
    text: (path) => readFileSync(join(all.out, path), 'utf8'),
  };
}

/** The only entry that is about this path or program. */
export function about(entries: readonly ManifestEntry[], word: string): ManifestEntry {
  const found = entries.filter(({ how }) => JSON.stringify(how).includes(word));
  const [entry] = found;
  if (entry === undefined || found.length !== 1) throw new Error(`${found.length} entries are about ${word}`);
  return entry;
}
