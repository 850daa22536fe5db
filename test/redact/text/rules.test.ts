import { describe, expect, it } from 'vitest';
import { RULES } from '../../../src/redact/rules/registry.ts';
import type { TextRule } from '../../../src/redact/rules/rule.ts';

/** Text without its marks, and what they enclose. */
function marked(sample: string): { text: string; values: [number, number][] } {
  const values: [number, number][] = [];
  let text = '';
  let from = -1;
  for (const c of sample) {
    if (c === '«') from = text.length;
    else if (c === '»') values.push([from, text.length]);
    else text += c;
  }
  return { text, values };
}

function found(rule: TextRule, text: string): [number, number][] {
  const lower = text.toLowerCase();
  const spans: [number, number][] = [];
  if (rule.hints.length > 0 && !rule.hints.some((hint) => lower.includes(hint))) return spans;
  rule.find(text, (at, end) => spans.push([at, end]));
  return spans;
}

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
  it.each(rule.samples.map((sample) => [sample]))('finds the values of %s', (sample) => {
    const { text, values } = marked(sample);
    const got = found(rule, text);
    const whole = (i: number): boolean => got.some(([at, end]) => at <= i && i < end);
    const want = values.map(([at, end]) => text.slice(at, end));
    expect(values.length, 'a sample marks its values').toBeGreaterThan(0);
    // Pieces of one value may be found apart: every character of it is what counts, and nothing beside it.
    let covered = '';
    for (let i = 0; i < text.length; i += 1) covered += whole(i) ? text[i] : '\0';
    expect(covered.split(/\0+/).filter((part) => part !== '')).toEqual(want.filter((part) => part !== ''));
  });

  it.each(rule.quiet.map((text) => [text]))('leaves %s', (text) => {
    expect(found(rule, text).map(([at, end]) => text.slice(at, end))).toEqual([]);
  });

  it('is linear on its worst repeats', () => {
    for (const piece of [...rule.worst, ...rule.samples.map((sample) => marked(sample).text)]) {
      const text = piece.repeat(Math.ceil(8192 / piece.length)).slice(0, 8192);
      // The best of some: others may be using the processor.
      let took = Infinity;
      for (let i = 0; i < 4 && took > 20; i += 1) {
        const start = process.hrtime.bigint();
        rule.find(text, () => {});
        took = Math.min(took, Number(process.hrtime.bigint() - start) / 1e6);
      }
      expect(took, `${rule.id} on repeats of ${JSON.stringify(piece)}: ms for 8 KiB`).toBeLessThan(60);
    }
  });
});
