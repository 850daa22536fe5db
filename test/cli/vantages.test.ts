import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/report/analysis.ts';
import { rackwitness } from './run.ts';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const at = (sample: string, name: string): string[] => ['--at', `${name}=${SAMPLES}${sample}/${name}.pcap`];

describe('several vantage points', () => {
  const dropped = 'multi-snooping-untrusted-rack';

  it('shows the clocks, what was lost, and what another rule would have done', () => {
    const { code, out } = rackwitness([
      'analyze',
      ...at(dropped, 'client'),
      ...at(dropped, 'rack'),
      '--what-if',
      'trust port rack',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('Vantage points');
    expect(out).toMatch(/the clock of rack differs by at most \+0\.000\d+ s \(4 shared messages, of one\s+direction\)/);
    expect(out).toContain('Lost between vantage points');
    expect(out).toContain('What if: trust port rack');
    expect(out).toContain('would have passed: OFFER to 52:54:00:bb:00:01');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('gives the same in JSON', () => {
    const { out } = rackwitness(['analyze', ...at(dropped, 'client'), ...at(dropped, 'rack'), '--format', 'json']);
    const { vantages, lost, whatIf } = JSON.parse(out) as Analysis;
    expect(vantages.map(({ name, covered }) => [name, covered.said])).toEqual([
      ['client', 'manifest'],
      ['rack', 'manifest'],
    ]);
    expect(vantages[0]?.clocks[0]).toMatchObject({ with: 'rack', low: null, width: null, basis: 'one-direction' });
    expect(lost[0]).toMatchObject({
      message: 'OFFER to 52:54:00:bb:00:01',
      missingAt: [{ vantage: 'client', clock: 'measured' }],
    });
    expect(whatIf).toBeUndefined();
  });

  it('takes the word of --covers for an empty capture that has no manifest', () => {
    const empty = ['--at', `server=${SAMPLES}silent-port/rack.pcap`];
    const said = rackwitness([
      'analyze',
      ...at('silent-port', 'client'),
      ...empty,
      '--covers',
      'server=2026-11-22T00:00:00Z..2026-11-23T00:00:00Z',
      '--format',
      'json',
    ]);
    expect((JSON.parse(said.out) as Analysis).vantages[1]?.covered.said).toBe('flag');
  });

  it.each([
    [['--covers', 'rack=now'], /give it as NAME=START\.\.STOP/],
    [['--covers', 'other=1..2'], /names no vantage/],
    [['--covers', 'rack=1..2', '--covers', 'rack=1..2'], /more than once/],
    [['--what-if', 'open everything'], /no such rule; known are 'trust port PORT'/],
  ])('refuses %j', (args, message) => {
    const { code, out, err } = rackwitness(['analyze', ...at(dropped, 'rack'), ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});
