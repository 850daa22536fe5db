import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyze, atLeast, readProfile, siteOf, UNDECLARED, type Analysis } from '../../src/index.ts';
import { surenessOf, switchTextsOf, type SwitchLog } from '../support/switch-logs.ts';

/**
 * Every sample is judged as its manifest says: what must be found, what must not, with the profile and without, at each
 * vantage alone.
 */
interface Expectation {
  captures: string[];
  profile?: boolean;
  verdict?: string;
  must?: string[];
  mustNot?: string[];
  quiet?: boolean;
  switchLogs?: string[];
  surer?: string[];
}

interface Manifest {
  scenario: string;
  title: string;
  captures: { file: string; frames: number }[];
  profile?: string | null;
  switchLogs?: SwitchLog[];
  expect: Expectation[];
}

const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));

const manifests = readdirSync(SAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(SAMPLES, entry.name, 'manifest.json')))
  .map((entry) => entry.name)
  .sort()
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(SAMPLES, folder, 'manifest.json'), 'utf8')) as Manifest,
  }));

it('there are samples', () => {
  expect(manifests.length).toBeGreaterThan(30);
});

for (const { folder, manifest } of manifests) {
  describe(`sample ${folder}`, () => {
    it('expects something of every capture', () => {
      const spoken = new Set(manifest.expect.flatMap((one) => one.captures));
      expect(manifest.captures.map(({ file }) => file).filter((file) => !spoken.has(file))).toEqual([]);
    });
    it("reads every text of the scenario's switch", () => {
      const read = new Set(manifest.expect.flatMap((one) => one.switchLogs ?? []));
      expect((manifest.switchLogs ?? []).map(({ file }) => file).filter((file) => !read.has(file))).toEqual([]);
    });
    for (const one of manifest.expect) {
      const with_ = one.profile === true ? 'with the profile' : 'without a profile';
      const texts = (one.switchLogs ?? []).join(', ');
      it(`${one.captures.join(' + ')} ${with_}${texts === '' ? '' : ` with ${texts}`}`, async () => {
        const analysis = await judge(folder, manifest, one);
        if (one.surer !== undefined) {
          const without = await judge(folder, manifest, { ...one, switchLogs: [] });
          for (const id of one.surer)
            expect(surenessOf(analysis, id), `the sureness of ${id}`).toBeGreaterThan(surenessOf(without, id));
        }
        const ids = analysis.findings.map(({ id }) => id);
        const told = analysis.findings.map((f) => `${f.severity} ${f.id}: ${f.message}`).join('\n');
        for (const id of one.must ?? []) expect(ids, told).toContain(id);
        for (const id of one.mustNot ?? []) expect(ids, told).not.toContain(id);
        if (one.quiet === true) {
          expect(
            analysis.findings.filter(({ severity }) => atLeast(severity, 'medium')).map(({ id }) => id),
            told,
          ).toEqual([]);
        }
        if (one.verdict !== undefined)
          expect(analysis.verdict.state, `${analysis.verdict.headline}\n${told}`).toBe(one.verdict);
      });
    }
  });
}

async function judge(folder: string, manifest: Manifest, one: Expectation): Promise<Analysis> {
  const profile =
    one.profile === true && typeof manifest.profile === 'string'
      ? await readProfile(join(SAMPLES, folder, manifest.profile))
      : undefined;
  const inputs = one.captures.map((file) => ({
    vantage: one.captures.length > 1 ? file.replace(/\..*$/, '') : '',
    files: [join(SAMPLES, folder, file)],
  }));
  const switchTexts = switchTextsOf(join(SAMPLES, folder), manifest.switchLogs, one.switchLogs);
  return analyze(inputs, { site: profile === undefined ? UNDECLARED : siteOf(profile), switchTexts });
}
