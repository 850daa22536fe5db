import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicy, shippedPolicies } from '../../../src/redact/policy/load.ts';
import { plantAll, writeInputs } from './inputs.ts';
import { judge, keptBy } from './judge.ts';
import { prove } from './ours.ts';
import { stands } from './planter.ts';
import { tarOf } from './tar.ts';

/** Half a million frames of chance would hold a four-byte needle; the plants are thousands, in files of kilobytes. */
const MANY = 5000;

const planter = plantAll();
let folder = '';
let paths: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'planted-test-'));
  paths = writeInputs(planter, join(folder, 'in'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('planted identifiers', () => {
  it('are thousands, of every pitfall that can be planted', () => {
    expect(planter.plants.length).toBeGreaterThan(MANY);
    expect([...new Set(planter.plants.map(({ pitfall }) => pitfall))].sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 16, 17,
    ]);
    expect(new Set(planter.plants.map(({ spelling }) => spelling)).size).toBeGreaterThan(100);
  });

  it('are all found by the searcher in what was not redacted', () => {
    const untouched = new Map(planter.files.map(({ name }, i) => [name, readFileSync(paths[i] ?? '')]));
    const { survivors, planted } = judge(planter, untouched);
    expect(planted).toBe(planter.plants.length);
    expect(survivors.length).toBe(planted);
  });

  it('do not survive', { timeout: 60_000 }, async () => {
    const proof = prove(planter, paths, folder, await loadPolicy('auditor'));
    expect(proof.refused).toBe('');
    expect(proof.planted).toBeGreaterThan(MANY);
    expect(proof.survivors.map(({ id }) => id)).toEqual([]);
    expect(proof.strays).toEqual([]);
  });

  it('are asked for wherever the policy does not keep their kind by name', async () => {
    for (const name of shippedPolicies()) {
      const policy = await loadPolicy(name);
      const asked = planter.plants.filter((plant) => !keptBy(policy, plant));
      expect(asked.length, name).toBeGreaterThan(name === 'incident-internal' ? 2000 : MANY);
      expect(asked.filter(({ kind }) => kind === 'secret').length, name).toBeGreaterThan(500);
    }
  });
});

describe('the searcher', () => {
  it('tells 10.0.0.4 from 10.0.0.40, and text in either case from bytes', () => {
    const text = { needle: Buffer.from('10.0.0.4'), text: true, at: -1 };
    expect(stands(text, Buffer.from('to 10.0.0.40 and 110.0.0.4'))).toBe(false);
    expect(stands(text, Buffer.from('to 10.0.0.40 and 10.0.0.4:67'))).toBe(true);
    expect(stands({ needle: Buffer.from('AbC'), text: true, at: -1 }, Buffer.from('xaBcx'))).toBe(true);
    expect(stands({ needle: Buffer.from('AbC'), text: false, at: -1 }, Buffer.from('xaBcx'))).toBe(false);
    expect(stands({ needle: Buffer.from([1, 2]), text: false, at: 1 }, Buffer.from([1, 2, 1, 2]))).toBe(false);
  });

  it('looks into archives', () => {
    const [plant] = planter.plants;
    if (plant === undefined) throw new Error('nothing planted');
    const packed = tarOf([{ name: 'a', owner: 'b', bytes: Buffer.from('needle in here') }]);
    const one = { ...plant, file: 'a.tar', unit: 0, at: -1, text: true, needle: Buffer.from('needle') };
    const small = { plants: [one], files: [{ name: 'a.tar', bytes: packed }] };
    const judged = judge(Object.assign(Object.create(planter) as typeof planter, small), new Map([['a.tar', packed]]));
    expect(judged.survivors).toEqual([one]);
  });
});
