import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/detect/finding.ts';
import { CAPS, VERDICT_STATES, type Analysis } from '../../src/report/analysis.ts';
import { EXAMPLE } from './example.ts';

const schema = JSON.parse(readFileSync(new URL('../../src/report/analysis.schema.json', import.meta.url), 'utf8')) as {
  properties: Record<string, { maxItems?: number }>;
  $defs: Record<string, unknown>;
};
const validate = new Ajv2020({ strict: true, allErrors: true }).compile<Analysis>(schema);

function errors(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the schema of an analysis', () => {
  it('holds every kind of entry', () => {
    expect(errors(EXAMPLE)).toEqual([]);
  });

  it('is closed: a key that is not in it, or one that is missing, is an error', () => {
    expect(errors({ ...EXAMPLE, extra: 1 })).not.toEqual([]);
    const [first] = EXAMPLE.findings;
    expect(errors({ ...EXAMPLE, findings: [{ ...first, extra: 1 }] })).not.toEqual([]);
    for (const key of Object.keys(EXAMPLE)) {
      const { [key as keyof Analysis]: _gone, ...rest } = EXAMPLE;
      expect(errors(rest), key).not.toEqual([]);
    }
  });

  it('has the caps that the report keeps', () => {
    for (const list of ['captures', 'servers', 'boots', 'findings', 'coverage', 'limits', 'logs'] as const) {
      expect(schema.properties[list]?.maxItems, list).toBe(CAPS[list]);
    }
  });

  it('has the severities and verdicts that the code has', () => {
    const finding = schema.$defs['finding'] as { properties: { severity: { enum: string[] } } };
    expect(finding.properties.severity.enum).toEqual(SEVERITIES);
    const verdict = schema.properties['verdict'] as { properties?: { state: { enum: string[] } } };
    expect(verdict.properties?.state.enum).toEqual(VERDICT_STATES);
  });
});
