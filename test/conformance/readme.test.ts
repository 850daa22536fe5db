import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/detect/profile/read.ts';
import { EXIT } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { rackwitness } from '../cli/run.ts';
import { ROOT } from './sources.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const [withProfile = '', without = ''] = [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const SAMPLE = join(ROOT, 'samples/rogue-pxe-takeover/vm-port.pcap');
const PROFILE = join(ROOT, 'samples/rogue-pxe-takeover/profile.json');

/** The pieces between ellipses stand in the output in this order, and the first begins it. */
function quotes(output: string, quoted: string): void {
  let from = 0;
  for (const piece of quoted.split('…\n').filter((one) => one !== '')) {
    const at = output.indexOf(piece, from);
    expect(at, `the README no longer quotes the output: ${piece}`).toBeGreaterThanOrEqual(0);
    if (from === 0) expect(at).toBe(0);
    from = at + piece.length;
  }
}

describe('the README', () => {
  it('shows both commands on its first screen', () => {
    const first = readme.split('\n').slice(0, 24).join('\n');
    expect(first).toContain(
      'npm ci && node dist/main.js analyze samples/rogue-pxe-takeover/vm-port.pcap --profile samples/rogue-pxe-takeover/profile.json',
    );
    expect(first).toContain('npm ci && npm run check');
  });

  it('quotes the verdict with the profile, and without', () => {
    quotes(rackwitness(['analyze', SAMPLE, '--profile', PROFILE]).out, withProfile);
    quotes(rackwitness(['analyze', SAMPLE]).out, without);
  });

  it('uses commands and options that there are', () => {
    const names = new Set(COMMANDS.map(({ usage }) => usage.split(' ')[0]));
    const used = [...readme.matchAll(/^(?:.*\| )?rackwitness ([a-z]+)/gm)].map((match) => match[1] ?? '');
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    const help = [...names].map((name) => rackwitness([name ?? '', '--help']).out).join('');
    const options = [...readme.matchAll(/(?:rackwitness|`)[^`\n]*?(--[a-z][a-z-]+)/g)].map((match) => match[1] ?? '');
    expect(options.filter((option) => !help.includes(option) && !['--global'].includes(option))).toEqual([]);
  });

  it('lists the exit codes that there are', () => {
    const codes = [...readme.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap((match) =>
      (match[1] ?? '').split(', ').map(Number),
    );
    expect(codes.sort((a, b) => a - b)).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });
});

describe('docs/profile.md', () => {
  it('shows a profile that is good', async () => {
    const text = readFileSync(join(ROOT, 'docs/profile.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect((await parseProfile(example, 'docs/profile.md')).name).toBe('lab');
  });
});
