import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Analysis } from '../../src/index.ts';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../src/report/analysis.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, logger: false }).compile(
  schema as object,
);

/** Where an analysis breaks the schema that the project ships; empty when nowhere. */
export function analysisProblems(analysis: Analysis): string[] {
  // What is printed is what counts: a NaN becomes null there.
  const printed: unknown = JSON.parse(JSON.stringify(analysis));
  return validate(printed)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
