import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyze, frames, UNDECLARED, type Analysis } from '../../src/index.ts';
import { hasTool } from '../support/needs.ts';
import { pcapFile, type CapturedFrame } from '../support/pcap.ts';
import { SAMPLES, sampleCaptures } from '../support/samples.ts';

/**
 * Samples as they are, and edited as people edit them: each edit must be told, and its original must not.
 */
const BOOT = join(SAMPLES, 'pxe-bios-lpxelinux/vm-port.pcap');
const LOGIN = join(SAMPLES, 'arp-clean/client.pcap');
const folder = mkdtempSync(join(tmpdir(), 'rackwitness-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const editcap = hasTool('editcap', '-v');

async function judge(path: string, vantage = ''): Promise<Analysis> {
  return analyze([{ vantage, files: [path] }], { site: UNDECLARED, workers: 0 });
}

async function signs(path: string): Promise<string[]> {
  const { lint } = await judge(path);
  return lint.map(({ id, severity, sure }) => `${id} ${severity} ${sure}`);
}

function edited(name: string, tool: string, ...args: string[]): string {
  const out = join(folder, name);
  const { status, stderr } = spawnSync(tool, [...args.map((arg) => (arg === 'OUT' ? out : arg))], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return out;
}

/** Every frame of a sample, rewritten. */
async function rewritten(
  name: string,
  path: string,
  change: (bytes: Uint8Array, index: number) => void,
): Promise<string> {
  const made: CapturedFrame[] = [];
  for await (const { sec = 0, nsec = 0, bytes, length } of frames(path)) {
    change(bytes, made.length);
    made.push({ time: { sec, nsec }, bytes, length });
  }
  const out = join(folder, name);
  writeFileSync(out, pcapFile(made));
  return out;
}

/** Captures of the samples that were indeed written by a tool that edits. */
const EDITED = ['formats/nano-merged.pcapng'];

describe('a capture as it was recorded', () => {
  it('gives no sign, in any sample', async () => {
    const told: string[] = [];
    for (const path of sampleCaptures()) {
      if (EDITED.some((name) => path.endsWith(name))) continue;
      for (const sign of await signs(path)) told.push(`${path.slice(SAMPLES.length + 1)}: ${sign}`);
    }
    expect(told).toEqual([]);
  }, 120_000);
});

describe.runIf(editcap)('edited with the tools of Wireshark', () => {
  it('frames taken out of a transfer are missed', async () => {
    const path = edited('cut.pcap', 'editcap', '-F', 'pcap', BOOT, 'OUT', '40-60');
    expect(await signs(path)).toEqual(['frames-removed low possible']);
    const { lint, coverage } = await judge(path);
    expect(lint[0]?.message).toMatch(/^\d+ blocks of files that were read here are not in the capture/);
    expect(lint[0]?.otherwise.length).toBeGreaterThan(0);
    expect(coverage.map(({ id }) => id)).toContain('capture-gap');
  });

  it('the program names itself where the format lets it', async () => {
    const path = edited('cut.pcapng', 'editcap', '-F', 'pcapng', BOOT, 'OUT', '1');
    expect(await signs(path)).toEqual(['written-by-editor info certain']);
  });

  it('captures joined without sorting stand out of order, sorted ones do not', async () => {
    const other = join(SAMPLES, 'dora-clean/client.pcap');
    const [early, late] = [other, BOOT].sort();
    const joined = edited('joined.pcap', 'mergecap', '-F', 'pcap', '-a', '-w', 'OUT', late ?? '', early ?? '');
    const sorted = edited('sorted.pcap', 'mergecap', '-F', 'pcap', '-w', 'OUT', late ?? '', early ?? '');
    const found = [
      ...(await signs(joined)),
      ...(await signs(edited('turned.pcap', 'mergecap', '-F', 'pcap', '-a', '-w', 'OUT', early ?? '', late ?? ''))),
    ];
    expect(found).toEqual(['frames-out-of-order low likely']);
    expect(await signs(sorted)).toEqual([]);
  });
});

describe('edited by hand', () => {
  it('a file that ends inside a record has lost its tail', async () => {
    const bytes = readFileSync(BOOT);
    const path = join(folder, 'tail.pcap');
    writeFileSync(path, bytes.subarray(0, bytes.length - 7));
    expect(await signs(path)).toEqual(['tail-missing low certain']);
  });

  it('IP addresses that were changed leave checksums that fit nothing', async () => {
    const path = await rewritten('ip.pcap', BOOT, (bytes) => {
      // 198.51.100.0/24 becomes 203.0.113.0/24, as a tool does that forgets the sums.
      if (bytes[12] !== 8 || bytes[13] !== 0) return;
      for (const at of [26, 30]) if (bytes[at] === 198) bytes.set([203, 0, 113], at);
    });
    expect(await signs(path)).toEqual(['headers-rewritten low likely', 'headers-rewritten low likely']);
  });

  it('contents that were changed leave UDP checksums that fit nothing', async () => {
    const path = await rewritten('payload.pcap', BOOT, (bytes) => {
      if (bytes[23] === 17) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 0x55;
    });
    expect(await signs(path)).toContain('headers-rewritten low likely');
  });

  it('a TTL that changes within a conversation', async () => {
    const path = await rewritten('ttl.pcap', BOOT, (bytes, i) => {
      if (bytes[23] === 17 && i % 4 < 2) bytes.set([(bytes[22] ?? 1) - 1, 17, 0, 0], 22);
    });
    expect(await signs(path)).toEqual(['headers-rewritten info possible']);
  });

  it('Ethernet addresses that were changed agree with no message', async () => {
    const path = await rewritten('mac.pcap', LOGIN, (bytes) => {
      for (const at of [0, 6]) if (((bytes[at] ?? 1) & 1) === 0) bytes.set([0x02, 0xaa, 0xbb], at);
    });
    expect(await signs(path)).toEqual(['headers-rewritten low likely']);
  });

  it('fewer frames than stand in the manifest were taken out', async () => {
    const path = join(folder, 'few.pcap');
    writeFileSync(path, readFileSync(BOOT));
    const entry = { start: '2026-11-22T12:00:00Z', stop: '2026-11-22T13:00:00Z', frames: 400 };
    writeFileSync(`${path}.manifest.json`, JSON.stringify({ schema: 'rackwitness.capture/1', ...entry }));
    const { lint } = await judge(path, 'client');
    expect(lint.map(({ id, sure }) => `${id} ${sure}`)).toEqual(['frames-removed likely']);
    expect((await judge(path)).lint).toEqual([]);
  });

  it('no sign is a finding, and none changes the verdict', async () => {
    const whole = await judge(LOGIN);
    const path = await rewritten('again.pcap', LOGIN, (bytes) => {
      for (const at of [0, 6]) if (((bytes[at] ?? 1) & 1) === 0) bytes.set([0x02, 0xaa, 0xbb], at);
    });
    const { verdict, lint } = await judge(path);
    expect(lint.length).toBeGreaterThan(0);
    expect(verdict.state).toBe(whole.verdict.state);
  });
});
