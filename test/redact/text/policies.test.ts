import { describe, expect, it } from 'vitest';
import { CaseIdentities } from '../../../src/redact/case-identities.ts';
import { originalsOf } from '../../../src/redact/case.ts';
import { needlesOf } from '../../../src/redact/gate/needles.ts';
import { Haystack, Scanner } from '../../../src/redact/gate/scan.ts';
import { loadPolicy, shippedPolicies } from '../../../src/redact/policy/load.ts';
import { caseOf, check, redact } from './case.ts';
import { planted } from './planted.ts';

const bytes = Buffer.from(planted().lines.join('\n'));

describe.each(shippedPolicies())('the shipped policy %s', (name) => {
  it('writes a text that both gates let pass', async () => {
    const policy = await loadPolicy(name);
    const { facts } = await caseOf([{ bytes, name: 'a.log' }]);
    const identities = new CaseIdentities({ policy, tierKey: new Uint8Array(32).fill(9), facts });
    const of = { facts, identities };
    const { bytes: out, text } = await redact(of, bytes, 'a.log');
    const { hits } = await check(of, out, 'a.log');
    expect(hits.map(({ rule, line }) => `${rule}: ${text.split('\n')[line - 1] ?? ''}`)).toEqual([]);
    const raw: string[] = [];
    const needles = [...originalsOf(identities.ledger)].flatMap((original) => needlesOf(original));
    const scanner = new Scanner(new Haystack(needles), ({ kind, offset }) => {
      raw.push(`${kind}: ${out.subarray(Math.max(0, offset - 40), offset + 40).toString()}`);
    });
    scanner.push(out);
    scanner.end();
    expect(raw).toEqual([]);
  });
});
