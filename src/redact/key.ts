import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';

/** First line of a case key file that says what it is. */
export const CASE_KEY_FORMAT = 'rackwitness-case-key/1';

/** HMAC-SHA256 and AES-256 take no more, and a person who guesses gains nothing below it. */
const KEY_BYTES = 32;
/** A key file is two lines; a passphrase is a sentence. */
const MAX_FILE = 4096;
/** Below this a passphrase can be tried through, scrypt or not (RFC 7914 slows a guess down, it does not add entropy). */
const MIN_PASSPHRASE = 12;
/** RFC 7914: 128 MiB and some 0.4 s a guess. Changing any of them changes every pseudonym of a passphrase's cases. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 } as const;

export interface CaseKeyOptions {
  /** The file holds a passphrase, not a key. */
  passphrase?: boolean;
  /** Name of the case: the salt of a passphrase, so that one passphrase gives each case its own key. */
  caseId?: string;
}

/**
 * The key of a case: 32 bytes, from a file or from a descriptor that the caller opened (`fd:3`). A file that others than
 * its owner may read is refused. The text is 64 hex digits, 44 characters of base64, or one of these after a line
 * `rackwitness-case-key/1`; with `passphrase`, one line that goes through scrypt (RFC 7914) with the case's name as salt.
 *
 * @throws Problem
 */
export function readCaseKey(where: string, options: CaseKeyOptions = {}): Uint8Array {
  const text = readSecret(where);
  if (options.passphrase === true) return passphraseKey(text, options.caseId);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines[0] === CASE_KEY_FORMAT) lines.shift();
  const [value = '', ...rest] = lines.filter((line) => line !== '');
  const key = rest.length === 0 ? decodeKey(value) : undefined;
  if (key === undefined) {
    throw new Problem(
      'usage',
      `key file ${safeText(where)}: it holds no key; 32 bytes in hex or base64 are needed, as \`keygen --case-key\` writes them`,
    );
  }
  return key;
}

/**
 * Makes a new key file, for its owner alone. An existing file is never touched.
 *
 * @throws Problem
 */
export function createCaseKey(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new Problem('usage', `key file ${safeText(path)}: ${failure(error)}`);
  }
  try {
    const text = Buffer.from(`${CASE_KEY_FORMAT}\n${randomBytes(KEY_BYTES).toString('hex')}\n`);
    for (let at = 0; at < text.length;) at += writeSync(file, text, at);
  } catch (error) {
    unlinkSync(path);
    throw new Problem('usage', `key file ${safeText(path)}: ${failure(error)}`);
  } finally {
    closeSync(file);
  }
}

/**
 * Key of one tier (HKDF-SHA256, RFC 5869): who holds a tier's key, or breaks its pseudonyms, learns nothing of another's.
 *
 * @param tier what the copies are called, usually the policy's name
 */
export function deriveTierKey(caseKey: Uint8Array, tier: string): Uint8Array {
  return derive(caseKey, 'rackwitness-tier/1', tier, KEY_BYTES);
}

/** Key for one purpose inside a tier: MAC addresses and names never share a permutation. */
export function deriveKey(tierKey: Uint8Array, purpose: string, length = KEY_BYTES): Uint8Array {
  return derive(tierKey, 'rackwitness-purpose/1', purpose, length);
}

function derive(key: Uint8Array, salt: string, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, length));
}

function passphraseKey(text: string, caseId: string | undefined): Uint8Array {
  if (caseId === undefined || caseId === '') {
    throw new Problem('usage', 'a passphrase needs the name of the case, which is its salt: give --case');
  }
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase.length < MIN_PASSPHRASE) {
    throw new Problem(
      'usage',
      `the passphrase has ${passphrase.length} characters, at least ${MIN_PASSPHRASE} are needed`,
    );
  }
  const salt = `rackwitness-case/1:${caseId}`;
  return new Uint8Array(scryptSync(passphrase.normalize('NFC'), salt, KEY_BYTES, SCRYPT));
}

function decodeKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return new Uint8Array(Buffer.from(text, 'base64'));
  return undefined;
}

function readSecret(where: string): string {
  const descriptor = /^fd:(\d{1,6})$/.exec(where);
  if (descriptor !== null) return readWhole(Number(descriptor[1]), where);
  let file: number;
  try {
    file = openSync(where, 'r');
  } catch (error) {
    throw new Problem('usage', `key file ${safeText(where)}: ${failure(error)}`);
  }
  try {
    const { mode } = fstatSync(file);
    if ((mode & 0o077) !== 0) {
      throw new Problem(
        'refused',
        `key file ${safeText(where)}: others than its owner may use it (mode ${(mode & 0o777).toString(8)}); chmod 600 it, and ask who has read it`,
      );
    }
    return readWhole(file, where);
  } finally {
    closeSync(file);
  }
}

/** A descriptor may be a pipe: read until its end. */
function readWhole(file: number, where: string): string {
  const bytes = Buffer.alloc(MAX_FILE + 1);
  let length = 0;
  try {
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
  } catch (error) {
    throw new Problem('usage', `key ${safeText(where)}: ${failure(error)}`);
  }
  if (length > MAX_FILE) {
    throw new Problem('usage', `key file ${safeText(where)}: more than ${MAX_FILE} bytes; this is not a key`);
  }
  const text = bytes.toString('utf8', 0, length);
  bytes.fill(0);
  return text;
}

function failure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EACCES: 'no permission',
    EISDIR: 'it is a folder',
    EEXIST: 'it exists already; a key is never overwritten',
    EBADF: 'no such descriptor is open',
  };
  return known[code] ?? `cannot be used (${code})`;
}
