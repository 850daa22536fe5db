import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';

/** An API key of MAAS: consumer key, token key and token secret (`CONSUMER:TOKEN:SECRET`); the consumer has no secret. */
export interface ApiKey {
  consumer: string;
  token: string;
  secret: string;
}

/** A key is under a hundred characters. */
const MAX_BYTES = 4096;
const FORM = /^([A-Za-z0-9._~-]{1,256}):([A-Za-z0-9._~-]{1,256}):([A-Za-z0-9._~-]{1,256})$/;

/**
 * Reads a key from a file that its owner alone may read, or from a descriptor (`/dev/fd/3`): never from arguments or
 * the environment, which others see.
 *
 * @throws Problem; no message holds anything that was read
 */
export function readApiKey(path: string): ApiKey {
  const name = `--maas-api-key-file ${safeText(path)}`;
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOCTTY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Problem('usage', `${name}: ${code}: check the path`);
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Problem('usage', `${name}: it is a folder`);
    if (stat.isFile() && (stat.mode & 0o077) !== 0) {
      throw new Problem('refused', `${name}: others than its owner may read it: chmod 600 it, and think of a new key`);
    }
    const match = FORM.exec(whole(file).trim());
    if (match === null) {
      throw new Problem('usage', `${name}: not a key of the form CONSUMER:TOKEN:SECRET, as MAAS gives it`);
    }
    return { consumer: match[1] ?? '', token: match[2] ?? '', secret: match[3] ?? '' };
  } finally {
    closeSync(file);
  }
}

function whole(file: number): string {
  const buffer = Buffer.alloc(MAX_BYTES);
  let at = 0;
  while (at < MAX_BYTES) {
    const read = readSync(file, buffer, at, MAX_BYTES - at, null);
    if (read === 0) break;
    at += read;
  }
  const text = buffer.toString('utf8', 0, at);
  buffer.fill(0);
  return text;
}
