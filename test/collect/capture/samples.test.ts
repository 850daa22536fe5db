import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { passedBy } from '../../../src/collect/capture/arms.ts';
import { presetFilter, presetNamed } from '../../../src/collect/capture/presets.ts';
import { analyze, UNDECLARED } from '../../../src/index.ts';
import { ROOT } from '../../conformance/sources.ts';
import { hasTool } from '../../support/needs.ts';

/** Frames inside a tunnel: no filter here opens one, and the docs say so. */
const TUNNELS = new Set(['vxlan']);
const ETHERNET = 1;
const MICROSECONDS = 0xa1b2c3d4;
/** Kinds of what only looked like the protocol: less of it passes, and nobody misses it. */
const LOOKALIKES = new Set(['other', 'cut']);

const folder = mkdtempSync(join(tmpdir(), 'rackwitness-preset-samples-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function counts(file: string, passes: readonly string[]): Promise<Record<string, Record<string, number>>> {
  const { records } = await analyze([{ vantage: '', files: [file] }], { site: UNDECLARED, workers: 0 });
  const out: Record<string, Record<string, number>> = {};
  for (const protocol of passes) {
    const kinds = Object.entries(records[protocol] ?? {}).filter(([kind]) => kind !== 'total' && !LOOKALIKES.has(kind));
    if (kinds.length > 0) out[protocol] = Object.fromEntries(kinds);
  }
  return out;
}

/** One capture of all samples, one after the other: the counts are sums. */
function merged(): { file: Buffer; samples: number } {
  const pieces: Buffer[] = [];
  let samples = 0;
  for (const name of readdirSync(join(ROOT, 'samples')).filter((one) => !TUNNELS.has(one))) {
    for (const file of readdirSync(join(ROOT, 'samples', name)).filter((one) => one.endsWith('.pcap'))) {
      const bytes = readFileSync(join(ROOT, 'samples', name, file));
      if (bytes.readUInt32LE(20) !== ETHERNET || bytes.readUInt32LE(0) !== MICROSECONDS) continue;
      pieces.push(pieces.length === 0 ? bytes : bytes.subarray(24));
      samples += 1;
    }
  }
  return { file: Buffer.concat(pieces), samples };
}

describe.skipIf(!hasTool('tcpdump'))('the default preset', () => {
  it('loses no record of the protocols that it claims, in any sample', { timeout: 60_000 }, async () => {
    const preset = presetNamed('pxe');
    if (preset === undefined) throw new Error('the default preset is gone');
    const passes = passedBy(preset.arms, 'ethernet');
    const [all, kept] = [join(folder, 'all.pcap'), join(folder, 'kept.pcap')];
    const { file, samples } = merged();
    writeFileSync(all, file);
    const filter = presetFilter(preset, 'ethernet');
    const { status, stderr } = spawnSync('tcpdump', ['-r', all, '-w', kept, '-n', '--', filter]);
    expect(status, stderr.toString()).toBe(0);
    expect(samples).toBeGreaterThan(100);
    const before = await counts(all, passes);
    expect(Object.keys(before).length).toBeGreaterThan(10);
    expect(await counts(kept, passes)).toEqual(before);
  });

  it('keeps the judgement of what is missing, because its manifest says what its filter lets pass', async () => {
    const preset = presetNamed('pxe');
    if (preset === undefined) throw new Error('the default preset is gone');
    const sample = join(ROOT, 'samples/multi-snooping-untrusted-rack');
    const said = JSON.parse(readFileSync(join(sample, 'manifest.json'), 'utf8')) as {
      captures: { file: string; start: string; stop: string }[];
    };
    const filter = presetFilter(preset, 'ethernet');
    const findings = async (passes: readonly string[] | undefined): Promise<string[]> => {
      const inputs = said.captures.map(({ file, start, stop }) => {
        const path = join(folder, file);
        spawnSync('tcpdump', ['-r', join(sample, file), '-w', path, '-n', '--', filter]);
        const manifest = { schema: 'rackwitness.capture/1', start, stop, filter, interface: 'eth0', drops: 0, passes };
        writeFileSync(`${path}.manifest.json`, JSON.stringify(manifest));
        return { vantage: file.replace('.pcap', ''), files: [path] };
      });
      const { findings: found } = await analyze(inputs, { site: UNDECLARED, workers: 0 });
      return found.map(({ id }) => id).sort();
    };
    const whole = await analyze(
      said.captures.map(({ file }) => ({ vantage: file.replace('.pcap', ''), files: [join(sample, file)] })),
      { site: UNDECLARED, workers: 0 },
    );
    const ids = whole.findings.map(({ id }) => id).sort();
    expect(ids.length).toBeGreaterThan(0);
    expect(await findings(passedBy(preset.arms, 'ethernet'))).toEqual(ids);
    // Its text alone says too little: without the list the same captures prove less.
    expect(await findings(undefined)).not.toEqual(ids);
  });
});
