import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judged } from './child.ts';
import { FLOODS, RACK, SITE, writeFlood } from './floods.ts';

/** Whatever is flooded, the program never holds more (MB). */
const MOST_MEMORY = 300;

let folder: string;
let profile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
  profile = join(folder, 'site.json');
  writeFileSync(profile, JSON.stringify(SITE));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a flood', { timeout: 120_000 }, () => {
  it.each(Object.entries(FLOODS))('of %s: bounded, told, and what is hidden in it is found', (_name, flood) => {
    const file = join(folder, 'flood.pcap');
    writeFlood(file, flood);
    const { analysis, rss, out } = judged(['--profile', profile, file]);
    expect(rss).toBeLessThan(MOST_MEMORY);
    expect(out.length).toBeLessThan(8e6);
    const found = new Set(analysis.findings.map(({ id }) => id));
    expect(found).toContain(flood.finds ?? 'dhcp-boot-hijack');
    if (flood.finds === undefined) expect(analysis.verdict.state).toBe('compromised');
    const limits = analysis.limits.map(({ name }) => name);
    for (const name of flood.limits) expect(limits).toContain(name);
    // All was read: what was forgotten is said in `limits`.
    expect(analysis.complete).toBe(true);
  });

  it('without a profile, too, says what the rogue did', () => {
    const file = join(folder, 'flood.pcap');
    for (const name of ['dhcp clients', 'arp claims', 'tftp reads']) {
      const flood = FLOODS[name];
      if (flood === undefined) throw new Error(name);
      writeFlood(file, flood, 20_000);
      const { analysis } = judged([file]);
      expect(
        analysis.servers.map(({ id }) => id),
        name,
      ).toContain(RACK.ip);
      expect(
        analysis.findings.map(({ id }) => id),
        name,
      ).toContain('dhcp-servers-conflict');
    }
  });
});
