import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem, readProfile } from '../../src/index.ts';
import { measured } from './child.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rackwitness-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function refused(name: string, text: string | Uint8Array): Promise<readonly string[]> {
  const file = join(folder, name);
  writeFileSync(file, text);
  const began = performance.now();
  try {
    await readProfile(file);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(performance.now() - began).toBeLessThan(5000);
    const { lines } = error as Problem;
    for (const line of lines) expect(line.length).toBeLessThan(2000);
    expect(lines.length).toBeLessThan(200);
    return lines;
  }
  throw new Error('it was taken');
}

const HEAD = 'schema: rackwitness.profile/1\n';
const deep = (n: number, open: string, close: string): string => open.repeat(n) + close.repeat(n);
const laughs = Array.from(
  { length: 12 },
  (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(',')}]`,
).join('\n');

describe('a profile that attacks its reader is refused in a line', () => {
  it.each([
    ['laughs.yaml', `${HEAD}a0: &a0 [lol]\n${laughs}\n`],
    ['anchor.yaml', `${HEAD}dhcp: &x\n  servers: [*x]\n`],
    ['merge.yaml', `${HEAD}dhcp:\n  <<: {servers: []}\n`],
    ['deep.yaml', `${HEAD}dhcp: ${deep(20_000, '[', ']')}\n`],
    ['deeper.yaml', `${HEAD}dhcp: ${deep(20_000, '{a: ', '}')}\n`],
    ['indented.yaml', `${HEAD}${Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}\n`],
    ['deep.json', `{"schema":"rackwitness.profile/1","dhcp":${deep(100_000, '[', ']')}}`],
    [
      'proto.json',
      '{"schema":"rackwitness.profile/1","__proto__":{"dhcp":{}},"constructor":{"prototype":{"polluted":1}}}',
    ],
    [
      'proto-inside.json',
      '{"schema":"rackwitness.profile/1","dhcp":{"__proto__":{"servers":[]},"servers":[{"__proto__":{"name":"x"}}]}}',
    ],
    ['proto.yaml', `${HEAD}__proto__:\n  dhcp: {}\n`],
    ['twice.yaml', `${HEAD}dhcp: {}\ndhcp: {}\n`],
    ['tag.yaml', `${HEAD}name: !!js/function 'function(){process.exit(1)}'\n`],
    ['binary.yaml', `${HEAD}name: !!binary "R0lGODlhDAAMAIQ="\n`],
    ['documents.yaml', `${HEAD}---\n${HEAD}`],
    ['wrong-types.json', '{"schema":"rackwitness.profile/1","dhcp":[],"routers":{"length":9e9},"tftp":null}'],
    [
      'many.json',
      JSON.stringify({
        schema: 'rackwitness.profile/1',
        routers: Array.from({ length: 50_000 }, () => ({ address: 'x' })),
      }),
    ],
    ['long.json', JSON.stringify({ schema: 'rackwitness.profile/1', name: 'x'.repeat(2_000_000) })],
    ['zeros.yaml', new Uint8Array(4096)],
    ['utf16.json', Uint8Array.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0])],
    ['empty.yaml', ''],
    ['scalar.yaml', '42\n'],
    ['huge-number.json', `{"schema":"rackwitness.profile/1","routers":[{"address":${'9'.repeat(100_000)}}]}`],
  ])('%s', async (name, text) => {
    expect((await refused(name, text)).length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['dhcp']).toBeUndefined();
  });
});

it('each problem is a line, for a person, without a stack', () => {
  const file = join(folder, 'bad.yaml');
  writeFileSync(file, `${HEAD}__proto__: 1\ndhcp: {servers: [{addresses: ['010.0.0.1', '10.0.0.0/33', "\\e[2J"]}]}\n`);
  const { code, err, out } = measured(['profile', 'check', file]);
  expect(code).toBe(2);
  expect(err + out).not.toMatch(/\bat .*\.js:\d+|node:internal/);
  expect(
    err
      .trim()
      .split('\n')
      .every((line) => line.startsWith('rackwitness: ')),
  ).toBe(true);
});
