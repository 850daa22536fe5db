import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../bench/generate.ts';
import { analyze, UNDECLARED, type AnalyzeOptions } from '../../src/index.ts';
import { packageRoot } from '../../src/installed.ts';
import { sampleCaptures } from '../support/samples.ts';

/** Design, "What must always hold": the same bytes whatever the threads, ranges, chunks and source. */
let folder: string;
let mixed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  mixed = join(folder, 'mixed.pcap');
  generate(mixed, 'mixed', 3e6, 7);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function result(file: string, options: Partial<AnalyzeOptions>): Promise<string> {
  const analysis = await analyze([{ vantage: '', files: [file] }], {
    site: UNDECLARED,
    boots: 'all',
    workers: 0,
    ...options,
  });
  return JSON.stringify(analysis);
}

describe('range independence', () => {
  it.each([1, 2, 7])('%i workers and ranges of 64 KiB give what one thread gives', async (workers) => {
    const whole = await result(mixed, {});
    expect(await result(mixed, { workers, range: 65_536 })).toBe(whole);
  });

  it('tiny chunks give what large ones give, on every sample', async () => {
    for (const file of sampleCaptures()) {
      const whole = await result(file, {});
      expect(await result(file, { chunk: 997 }), file).toBe(whole);
    }
  });

  it('tiny ranges in threads give what one thread gives, on samples of every format', async () => {
    const byFormat = new Map(sampleCaptures().map((file) => [file.slice(file.indexOf('.')), file]));
    for (const file of byFormat.values()) {
      expect(await result(file, { workers: 1, range: 1024 }), file).toBe(await result(file, {}));
    }
  });

  it('compressed files that are read before their turn give what reading them one by one gives', async () => {
    const paths = [1, 2, 3, 4].map((seed) => {
      const plain = join(folder, `rotated-${seed}.pcap`);
      generate(plain, seed === 2 ? 'dense' : 'mixed', 1e6, seed, seed * 60e6);
      if (seed === 3) return plain;
      const path = `${plain}.gz`;
      const bytes = gzipSync(readFileSync(plain), { level: 1 });
      // One of them ends in the middle: what it says of that must stand at its own place.
      writeFileSync(path, seed === 4 ? bytes.subarray(0, bytes.length >> 1) : bytes);
      return path;
    });
    const read = async (workers: number | undefined): Promise<string> => {
      const options = workers === undefined ? {} : { workers };
      const missing = join(folder, 'missing.pcap.gz');
      const files = [...paths.slice(0, 2), missing, ...paths.slice(2)];
      return JSON.stringify(await analyze([{ vantage: '', files }], { site: UNDECLARED, boots: 'all', ...options }));
    };
    const ahead = await read(undefined);
    expect(ahead).toContain('compressed-truncated');
    expect(ahead).toBe(await read(0));
  });

  it('a pipe gives what the file gives, but for the name', async () => {
    const child = spawn(process.execPath, [
      join(packageRoot(), 'dist/main.js'),
      'analyze',
      '-',
      '--format',
      'json',
      '--boots',
      'all',
    ]);
    createReadStream(mixed).pipe(child.stdin);
    const out: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    await new Promise((resolve) => child.on('close', resolve));
    const piped = JSON.parse(Buffer.concat(out).toString()) as object;
    const named = JSON.parse(
      (await result(mixed, {})).replaceAll('"mixed.pcap"', '"-"').replaceAll('mixed.pcap ', '- '),
    ) as object;
    expect(piped).toEqual(named);
  });
});

describe('the sieve is invisible', () => {
  it('picking every frame changes nothing, on every sample and the mix', async () => {
    for (const file of [...sampleCaptures(), mixed]) {
      expect(await result(file, { everything: true }), file).toBe(await result(file, {}));
    }
  });
});
