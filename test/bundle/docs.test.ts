import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCaseFile } from '../../src/bundle/tiers/case-file.ts';
import { commitment } from '../../src/bundle/tiers/commitment.ts';
import { hasTool } from '../support/needs.ts';
import { folder, sample } from './sample.ts';

const there = ['tar', 'sha256sum', 'jq', 'bash'].every((tool) => hasTool(tool)) && hasTool('openssl', 'version');

const PAGE = readFileSync(new URL('../../docs/bundle.md', import.meta.url), 'utf8');

/** The commands of the page that begin with some words. */
function block(words: string): string {
  const found = [...PAGE.matchAll(/^```\w*\n(.*?)^```$/gms)]
    .map(([, text]) => text ?? '')
    .find((text) => text.startsWith(words));
  if (found === undefined) throw new Error(`docs/bundle.md has no commands that begin with ${words}`);
  return found;
}

describe.skipIf(!there)('docs/bundle.md', () => {
  it('gives commands that verify a bundle', async () => {
    const where = folder();
    const { path, packed } = await sample(where);
    const run = (commands: string, cwd: string): string =>
      execFileSync('bash', ['-e', '-c', commands], { cwd, encoding: 'utf8', stdio: 'pipe' });
    const [unpack = '', openssl = '', statement = ''] = ['tar xzf', 'openssl pkeyutl', 'jq -r'].map(block);
    expect(run(unpack, where)).toContain('data/report/report.txt: OK');
    const bag = join(where, 'case-17');
    copyFileSync(join(where, 'keys', 'signing-key.pub.pem'), join(bag, 'signing-key.pub.pem'));
    expect(run(openssl, bag)).toContain('Signature Verified Successfully');
    const shown = run(statement, bag);
    const [json = '', rest = ''] = shown.split('\n}\n');
    const { predicate } = JSON.parse(`${json}\n}`) as { predicate: { custody: { head: string; count: number } } };
    expect(rest.split(/\s+/).filter((word) => /^[0-9a-f]{64}$|^\d+$/.test(word))).toEqual([
      predicate.custody.head,
      String(predicate.custody.count),
    ]);
    expect(packed.files).toHaveLength(4);
    expect(path).toBe(join(where, 'bundle.tar.gz'));
  });

  it('gives a command that opens a commitment', () => {
    const where = folder();
    const salt = Buffer.alloc(32, 0xa5);
    mkdirSync(join(where, 'data'));
    writeFileSync(join(where, 'data', 'commitment-salt.txt'), `${salt.toString('hex')}\n`);
    writeFileSync(join(where, 'manifest-sha256.txt'), 'a list\n');
    const said = execFileSync('bash', ['-e', '-c', block('openssl dgst')], { cwd: where, encoding: 'utf8' });
    expect(said.trim().split(' ').at(-1)).toBe(commitment(salt, 'a list\n'));
  });

  it('has a case file that is one', async () => {
    const text = /```json\n(.*?)```/s.exec(PAGE)?.[1] ?? '';
    await expect(parseCaseFile(text.replace('age1…', 'age1abc'), 'case.json')).resolves.toMatchObject({
      case: 'case-17',
    });
  });
});
