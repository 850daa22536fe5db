import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/pipeline.ts';
import { UNDECLARED } from '../../src/detect/profile/site.ts';
import { textReport } from '../../src/report/text.ts';
import { names, ROOT } from '../conformance/sources.ts';

const schema = JSON.parse(readFileSync(join(ROOT, 'src/report/analysis.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

describe('every sample', () => {
  it.each(names('samples').filter((name) => !name.includes('.')))(
    '%s gives an analysis that the schema describes, and a report that a terminal can show',
    async (sample) => {
      for (const file of names(`samples/${sample}`).filter((name) => /\.pcap(ng)?(\.gz|\.zst)?$/.test(name))) {
        const analysis = await analyze([{ vantage: '', files: [join(ROOT, 'samples', sample, file)] }], {
          site: UNDECLARED,
          boots: 'all',
        });
        validate(analysis);
        expect(validate.errors, file).toBeNull();
        for (const finding of analysis.findings) {
          for (const evidence of finding.evidence) {
            if (evidence.kind === 'frame') expect(evidence.capture).toBe(file);
            if (evidence.kind === 'frame')
              expect(evidence.frame).toBeLessThanOrEqual(analysis.captures[0]?.frames ?? 0);
          }
        }
        const text = textReport(analysis);
        expect(text).toMatch(/^(?:COMPROMISED|FAULT|UNDECIDED|NOTHING-FOUND) {2}\S/);
        // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }
    },
  );
});
