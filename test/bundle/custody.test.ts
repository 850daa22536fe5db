import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CustodyChain, GENESIS, readChain } from '../../src/bundle/custody/chain.ts';
import { recordEvent, sidecarName } from '../../src/bundle/custody/sidecar.ts';
import { sha256Hex } from '../../src/bundle/digests.ts';
import { readPinnedKey } from '../../src/bundle/sign/keys.ts';
import { verifyBundle } from '../../src/bundle/verify/verify.ts';
import { custody, folder, sample } from './sample.ts';

const event = {
  time: new Date(Date.UTC(2026, 10, 23)),
  actor: 'Ada',
  action: 'transfer',
  tool: 'rackwitness 0.1.0',
} as const;

describe('a custody chain', () => {
  it('links each line to the one before, by a digest that sha256sum gives', () => {
    const lines = custody(3).text().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: 1, prev: GENESIS, action: 'acquire' });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ seq: 2, prev: sha256Hex(lines[0] ?? '') });
    const read = readChain(custody(3).text());
    expect(read).toMatchObject({ count: 3, fault: undefined, head: custody(3).end.head });
  });

  it('goes on where a log ends', () => {
    const whole = custody(3);
    const again = CustodyChain.after(whole.text());
    expect(again?.append(event)).toBe(whole.append(event));
    expect(CustodyChain.after(`${whole.text()}{`)).toBeUndefined();
  });

  const text = custody(4).text();
  const lines = text.trimEnd().split('\n');

  it.each([
    ['a line is dropped', [lines[0], lines[2], lines[3]], 2],
    ['lines change places', [lines[1], lines[0], lines[2], lines[3]], 1],
    ['a line stands twice', [lines[0], lines[0], lines[1]], 2],
    ['a word changes', [lines[0], lines[1]?.replace('actor-1', 'actor-2'), lines[2]], 3],
    ['a number is renumbered', [lines[0], lines[2]?.replace('"seq":3', '"seq":2')], 2],
    ['spaces are added', [lines[0], lines[1]?.replace(',', ', ')], 2],
    ['a key is added', [lines[0]?.replace('{', '{"aaa":1,')], 1],
    ['an action is made up', [lines[0]?.replace('acquire', 'bless')], 1],
    ['a time is no time', [lines[0]?.replace('2026-11-22', '2026-02-30')], 1],
    ['a line is empty', [lines[0], '', lines[1]], 2],
  ])('notices when %s', (_what, changed, line) => {
    expect(readChain(changed.map((one) => `${one}\n`).join('')).fault).toContain(`line ${line} `);
  });

  it('notices a cut last line, and keeps what is before it', () => {
    const cut = readChain(text.slice(0, -5));
    expect(cut).toMatchObject({ count: 3, torn: true, fault: 'the last line is cut' });
  });

  it('is pinned by the statement: one that is whole, but not the one that was signed for, is refused', async () => {
    const where = folder();
    const result = async (name: string, chain: CustodyChain): Promise<unknown> => {
      const { path, key } = await sample(join(where, name), { custody: chain });
      const { checks } = await verifyBundle(path, { publicKey: readPinnedKey(key.publicKey) });
      return ['custody', 'custody-pin'].map((id) => checks.find((one) => one.id === id)?.result);
    };
    expect(await result('same', custody(5))).toEqual(['ok', 'ok']);
    const longer = custody(5);
    const shorter = custody(3);
    Object.defineProperty(shorter, 'end', { value: longer.end });
    expect(await result('cut', shorter)).toEqual(['ok', 'FAIL']);
  });
});

describe('the log beside a bundle', () => {
  it('begins with its digest, and goes on', async () => {
    const where = folder();
    const { path, key, packed } = await sample(where);
    const publicKey = readPinnedKey(key.publicKey);
    const state = async (): Promise<unknown> =>
      (await verifyBundle(path, { publicKey })).checks.find(({ id }) => id === 'custody-after')?.result;
    expect(await state()).toBe('absent');
    recordEvent(path, packed.sha256, event);
    recordEvent(path, packed.sha256, { ...event, action: 'verify', reason: 'quarterly' });
    expect(await state()).toBe('ok');
    const read = readChain(readFileSync(sidecarName(path), 'utf8'));
    expect(read.entries.map(({ action }) => action)).toEqual(['sealed', 'transfer', 'verify']);
    expect(read.entries[0]?.object?.sha256).toBe(packed.sha256);

    const kept = readFileSync(sidecarName(path));
    expect(() => recordEvent(path, '00'.repeat(32), event)).toThrow('another bundle');
    expect(readFileSync(sidecarName(path)).equals(kept)).toBe(true);
    appendFileSync(sidecarName(path), '{"torn');
    expect(await state()).toBe('FAIL');
    expect(() => recordEvent(path, packed.sha256, event)).toThrow('cut');
    writeFileSync(sidecarName(path), kept.toString().replace('quarterly', 'Quarterly'));
    expect(await state()).toBe('ok');
    // The last line is pinned by nobody: the check says so. Every earlier one is held by its successor.
    writeFileSync(sidecarName(path), kept.toString().replace('"action":"transfer"', '"action":"destroy"'));
    expect(await state()).toBe('FAIL');
  });

  it('has one writer at a time', async () => {
    const where = folder();
    const { path, packed } = await sample(where);
    writeFileSync(`${sidecarName(path)}.lock`, '');
    expect(() => recordEvent(path, packed.sha256, event)).toThrow('lock');
    rmSync(`${sidecarName(path)}.lock`);
    recordEvent(path, packed.sha256, event);
    expect(existsSync(`${sidecarName(path)}.lock`)).toBe(false);
    // A log that is copied to another bundle's name does not pass for its own.
    const other = await sample(join(where, 'other'), { custody: custody(3) });
    copyFileSync(sidecarName(path), sidecarName(other.path));
    const { checks } = await verifyBundle(other.path, { allowUnpinned: true });
    expect(checks.find(({ id }) => id === 'custody-after')?.result).toBe('FAIL');
  });
});
