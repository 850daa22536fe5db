import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyze, UNDECLARED } from '../../src/index.ts';
import { SAMPLES } from '../support/samples.ts';

const file = (name: string): string => join(SAMPLES, 'formats', name);

it('a rotated set is one vantage, whatever the order of its arguments', async () => {
  const set = [file('rotated-1.pcapng'), file('rotated-2.pcapng')];
  const [inOrder, reversed] = await Promise.all(
    [set, [...set].reverse()].map((files) => analyze([{ vantage: '', files }], { site: UNDECLARED })),
  );
  expect(reversed).toEqual(inOrder);
  expect(inOrder?.captures.map(({ name }) => name)).toEqual(['rotated-1.pcapng', 'rotated-2.pcapng']);
  expect(inOrder?.coverage.map(({ id }) => id)).not.toContain('overlap');
  expect(inOrder?.verdict.state).toBe('nothing-found');
});

it('two captures of the same minutes given as one vantage are told apart, and that is said', async () => {
  const files = ['client.pcap', 'rack.pcap'].map((name) => join(SAMPLES, 'dora-clean', name));
  const analysis = await analyze([{ vantage: '', files }], { site: UNDECLARED });
  expect(analysis.coverage.map(({ id }) => id)).toContain('overlap');
  expect(analysis.findings).toEqual([]);
});
