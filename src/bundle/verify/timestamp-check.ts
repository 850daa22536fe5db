import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { safeText } from '../../wire/values.ts';
import { TAG } from '../names.ts';
import { readToken, timestampRequest, tokenTime } from '../sign/timestamp.ts';
import { type Check, check, type Failure, without } from './check.ts';
import type { Contents } from './contents.ts';

const ID = 'timestamp';
const TITLE = 'Timestamp (RFC 3161)';
/** openssl answers at once, or is not what we think. */
const PATIENCE = 20_000;

/** A token beside the bundle, and whom to trust for one. */
export interface TimestampInput {
  /** What `--timestamp` names, or the file beside the bundle. */
  token: { name: string; bytes: Buffer } | undefined;
  /** PEM certificates of time-stamping authorities. */
  authorities: string | undefined;
}

/**
 * Digest and nonce of a token are checked here. Who signed it is checked by `openssl ts -verify`, when certificates are
 * given and openssl is there; else the time is the word of a stranger, and the check says so.
 */
export function timestampCheck({ tags }: Contents, { token, authorities }: TimestampInput): Check {
  const signature = tags.get(TAG.signature) ?? tags.get(TAG.sshSignature);
  const request = tags.get(TAG.request);
  const inside = tags.get(TAG.token);
  const failures: Failure[] = [];
  if (signature === undefined) {
    const what = request ?? inside ?? (token === undefined ? undefined : { path: token.name });
    if (what === undefined) return without(ID, TITLE, 'absent', 'none was asked for');
    return check(ID, TITLE, [{ file: what.path, message: 'there is no signature that it could stamp' }], '');
  }
  const expected = timestampRequest(signature.bytes);
  if (request !== undefined && !request.bytes.equals(expected)) {
    failures.push({ file: request.path, message: 'the request is not that for this signature' });
  }
  const tokens = [inside && { name: inside.path, bytes: inside.bytes }, token].filter((one) => one !== undefined);
  if (tokens.length === 0) {
    if (failures.length > 0) return check(ID, TITLE, failures, '');
    const why = request === undefined ? 'none was asked for' : 'asked for, and none was brought';
    return without(ID, TITLE, 'absent', why);
  }
  const times: string[] = [];
  let trusted = 0;
  for (const { name, bytes } of tokens) {
    const claim = readToken(bytes, signature.bytes);
    if (typeof claim === 'string') {
      failures.push({ file: name, message: claim });
      continue;
    }
    times.push(tokenTime(claim));
    if (authorities === undefined) continue;
    const judged = judge(bytes, expected, authorities);
    if (judged === 'verified') trusted += 1;
    else failures.push({ file: name, message: judged });
  }
  if (failures.length > 0) return check(ID, TITLE, failures, '');
  const when = times.map((time) => safeText(time)).join(', ');
  if (trusted === tokens.length) return check(ID, TITLE, [], `${when}, signed by an authority that you named`);
  return without(ID, TITLE, 'unknown', `${when}: for this signature; who signed it was not verified (give --tsa-ca)`);
}

/** @returns `verified`, or what is wrong in words */
function judge(token: Uint8Array, request: Uint8Array, authorities: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rackwitness-ts-'));
  try {
    const [answer, asked] = [join(folder, 'token.tsr'), join(folder, 'request.tsq')];
    writeFileSync(answer, token, { mode: 0o600 });
    writeFileSync(asked, request, { mode: 0o600 });
    const args = ['ts', '-verify', '-in', answer, '-queryfile', asked, '-CAfile', authorities];
    const { error, status } = spawnSync('openssl', args, {
      stdio: 'ignore',
      timeout: PATIENCE,
      env: { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' },
    });
    if (error !== undefined) return 'openssl is not there, or does not answer: the authority was not verified';
    return status === 0 ? 'verified' : `openssl ts -verify refused it against ${safeText(basename(authorities))}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
