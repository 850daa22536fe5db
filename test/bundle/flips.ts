import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { packMember } from '../../src/bundle/container/members.ts';
import type { PinnedKey } from '../../src/bundle/sign/keys.ts';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';

/** One flipped bit that `verify` did not notice, or noticed without saying where. */
export interface Unseen {
  layer: 'file' | 'tarball';
  byte: number;
  bit: number;
  why: string;
}

/** Numbers from a seed (mulberry32): the same flips again when a run found something. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Flips one bit at a time, spread evenly over all bytes of a layer, and verifies each result: of the file as it is, and of
 * the tarball inside it, packed again into a container that is canonical, so that only the layers above can notice.
 */
export async function flip(bundle: string, pinned: PinnedKey, count: number, seed: number): Promise<Unseen[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-flips-'));
  const path = join(folder, 'flipped.tar.gz');
  const next = numbers(seed);
  const unseen: Unseen[] = [];
  const original = readFileSync(bundle);
  try {
    for (const layer of ['file', 'tarball'] as const) {
      const bytes = layer === 'file' ? original : gunzipSync(original);
      for (let i = 0; i < count; i += 1) {
        const byte = Math.floor(((i + next()) * bytes.length) / count);
        const bit = Math.floor(next() * 8);
        bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
        writeFileSync(path, layer === 'file' ? bytes : await container(bytes));
        bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
        const { verdict, checks } = await verifyBundle(path, { publicKey: pinned });
        const failures = checks.flatMap((check) => check.failures);
        if (verdict !== 'failed') unseen.push({ layer, byte, bit, why: verdict });
        else if (!failures.some(({ file, offset }) => file !== undefined || offset !== undefined)) {
          unseen.push({ layer, byte, bit, why: 'it does not say where' });
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return unseen;
}

async function container(tar: Uint8Array): Promise<Buffer> {
  const members: Buffer[] = [];
  for (let at = 0; at < tar.length; at += 1 << 20) members.push(await packMember(tar.subarray(at, at + (1 << 20))));
  return Buffer.concat(members);
}

/** `npm run flips -- [COUNT] [SEED]`: thousands of them, on a bundle with every kind of file. */
async function main(): Promise<void> {
  const [count = 4000, seed = 1] = process.argv.slice(2).map(Number);
  const { createSigningKey, readPinnedKey, readSigner } = await import('../../src/bundle/sign/keys.ts');
  const { packBundle } = await import('../../src/bundle/pack.ts');
  const { custody, facts } = await import('./parts.ts');
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-flips-'));
  try {
    mkdirSync(join(folder, 'keys'));
    const key = createSigningKey(join(folder, 'keys'));
    const out = join(folder, 'bundle.tar.gz');
    const entries = [
      { path: 'data/captures/capture-001.pcapng', source: Buffer.alloc(3000, 'frames ') },
      { path: 'data/logs/empty.log', source: new Uint8Array(0) },
      { path: 'data/report/report.txt', source: Buffer.alloc(512, 'words ') },
    ];
    const signer = readSigner(key.privateKey);
    await packBundle({ out, name: 'case-17', entries, facts: facts(), custody: custody(), signer, timestamp: true });
    const started = performance.now();
    const unseen = await flip(out, readPinnedKey(key.publicKey), count, seed);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${2 * count} flips, seed ${seed}, ${seconds} s: ${unseen.length} unseen\n`);
    for (const one of unseen.slice(0, 20)) process.stdout.write(`${JSON.stringify(one)}\n`);
    process.exitCode = unseen.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
