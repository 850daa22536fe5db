import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { packMember } from '../../src/bundle/container/members.ts';
import { type BundleOptions, packBundle, type PackedBag } from '../../src/bundle/pack.ts';
import { createSigningKey, type CreatedKey, readSigner } from '../../src/bundle/sign/keys.ts';
import { custody, entries, facts } from './parts.ts';

export { custody, entries, facts, SEALED_AT } from './parts.ts';

const made: string[] = [];

// Registered once for the test file that imports this: a hook that is made inside a test never runs.
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A folder of the test file's own; removed when its tests are through. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rackwitness-bundle-'));
  made.push(path);
  return path;
}

export interface Sample {
  path: string;
  key: CreatedKey;
  packed: PackedBag;
}

/** A signed bundle. */
export async function sample(where: string, over: Partial<BundleOptions> = {}): Promise<Sample> {
  const keys = join(where, 'keys');
  mkdirSync(where, { recursive: true });
  const key = createSigningKey(keys);
  const path = join(where, 'bundle.tar.gz');
  const packed = await packBundle({
    out: path,
    name: 'case-17',
    entries: entries(),
    facts: facts(),
    custody: custody(),
    signer: readSigner(key.privateKey),
    ...over,
  });
  return { path, key, packed };
}

/** The tarball inside a bundle. */
export function tarOf(path: string): Buffer {
  return gunzipSync(readFileSync(path));
}

/** A tarball as our gzip members: a container that is canonical, whatever the tarball holds. */
export async function bundleOf(tar: Uint8Array, path: string): Promise<string> {
  const members: Buffer[] = [];
  for (let at = 0; at < tar.length; at += 1 << 20) members.push(await packMember(tar.subarray(at, at + (1 << 20))));
  writeFileSync(path, Buffer.concat(members));
  return path;
}

/** An open descriptor for the time of one call. */
export async function opened<T>(path: string, use: (file: number) => Promise<T>): Promise<T> {
  const file = openSync(path, 'r');
  try {
    return await use(file);
  } finally {
    closeSync(file);
  }
}
