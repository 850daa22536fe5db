import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hkdfSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCaseKey, deriveKey, deriveTierKey, readCaseKey } from '../../src/redact/key.ts';

const folder = mkdtempSync(join(tmpdir(), 'key-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const HEX = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
};
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

describe('case key', () => {
  it('is made for its owner alone, differs each time, and never replaces a file', () => {
    const [a, b] = [join(folder, 'a.key'), join(folder, 'b.key')];
    createCaseKey(a);
    createCaseKey(b);
    expect(statSync(a).mode & 0o777).toBe(0o600);
    expect(readFileSync(a, 'utf8')).toMatch(/^rackwitness-case-key\/1\n[0-9a-f]{64}\n$/);
    expect(hex(readCaseKey(a))).not.toBe(hex(readCaseKey(b)));
    const before = readFileSync(a, 'utf8');
    expect(() => createCaseKey(a)).toThrow(/exists already/);
    expect(readFileSync(a, 'utf8')).toBe(before);
  });
  it.each([
    ['hex', HEX],
    ['hex in upper case with a line end', `${HEX.toUpperCase()}\r\n`],
    ['base64', Buffer.from(HEX, 'hex').toString('base64')],
    ['with its first line', `rackwitness-case-key/1\n${HEX}\n`],
  ])('reads %s', (name, text) => {
    expect(hex(readCaseKey(file(`${name}.key`, text)))).toBe(HEX);
  });
  it.each(['', 'short', HEX.slice(2), `${HEX}00`, `${HEX}\n${HEX}`, 'rackwitness-case-key/2\n' + HEX])(
    'refuses %j',
    (text) => {
      expect(() => readCaseKey(file('wrong.key', text))).toThrow(/holds no key/);
    },
  );
  it('refuses a file that others may use, and shows nothing of it', () => {
    for (const mode of [0o640, 0o604, 0o620, 0o666]) {
      const path = file('open.key', HEX, mode);
      expect(() => readCaseKey(path)).toThrow(/others than its owner may use it/);
      expect(() => readCaseKey(path)).not.toThrow(new RegExp(HEX.slice(0, 8)));
    }
  });
  it('reads a descriptor that is open, also twice as long as a key file may be, and refuses the rest', () => {
    const descriptor = openSync(file('descriptor.key', HEX), 'r');
    expect(hex(readCaseKey(`fd:${descriptor}`))).toBe(HEX);
    closeSync(descriptor);
    expect(() => readCaseKey('fd:999')).toThrow(/no such descriptor/);
    expect(() => readCaseKey(join(folder, 'none'))).toThrow(/no such file/);
    expect(() => readCaseKey(file('large.key', 'a'.repeat(5000)))).toThrow(/not a key/);
  });
  it('comes of a passphrase and the name of the case', () => {
    const path = file('phrase', 'correct horse battery staple\n');
    const one = hex(readCaseKey(path, { passphrase: true, caseId: 'INC-1' }));
    // scrypt (RFC 7914) with N 2^17, r 8, p 1, as Python's hashlib computes it.
    expect(one).toBe('95dc9170f01a383558d377557c4c5a533709c579701860f880f9947fe5e963da');
    expect(hex(readCaseKey(path, { passphrase: true, caseId: 'INC-1' }))).toBe(one);
    expect(hex(readCaseKey(path, { passphrase: true, caseId: 'INC-2' }))).not.toBe(one);
    expect(() => readCaseKey(path, { passphrase: true })).toThrow(/name of the case/);
    expect(() => readCaseKey(file('weak', 'secret\n'), { passphrase: true, caseId: 'x' })).toThrow(/at least 12/);
  });
});

describe('derived keys', () => {
  it('HKDF-SHA256 of RFC 5869, each tier and purpose its own', () => {
    const key = Buffer.from(HEX, 'hex');
    expect(hex(deriveTierKey(key, 'public'))).toBe(
      Buffer.from(hkdfSync('sha256', key, 'rackwitness-tier/1', 'public', 32)).toString('hex'),
    );
    const keys = [
      deriveTierKey(key, 'public'),
      deriveTierKey(key, 'auditor'),
      deriveKey(deriveTierKey(key, 'public'), 'ipv4'),
      deriveKey(deriveTierKey(key, 'public'), 'mac-middle'),
      key,
    ];
    expect(new Set(keys.map(hex)).size).toBe(5);
  });
});
