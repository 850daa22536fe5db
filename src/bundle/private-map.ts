import { readFileSync } from 'node:fs';
import { AtomicFile } from './atomic.ts';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import type { RedactedCase } from '../redact/case.ts';
import { exportMap, openMap } from '../redact/map/encrypt.ts';
import { identityMap } from '../redact/map/identity-map.ts';
import { restoreText } from '../redact/map/restore.ts';
import { parseSosMap } from '../redact/map/sos.ts';
import type { FixedIdentity } from '../redact/identity-plan.ts';

/**
 * Writes what every pseudonym of a case stands for, encrypted to its custodians, in a new file for its owner alone.
 *
 * @throws Problem when the file exists or a recipient is none
 */
export async function writePrivateMap(
  path: string,
  { ledger, origins, report }: RedactedCase,
  recipients: readonly string[],
): Promise<void> {
  const { tier, name, digest } = report.policy;
  const map = identityMap(ledger, { tier, policy: { name, digest }, files: [...origins] });
  const encrypted = await exportMap(map, recipients);
  const file = new AtomicFile(path);
  await file.write(encrypted);
  file.commit();
}

/** A text with the originals back in place of their pseudonyms: for the custodian's eyes. @throws Problem */
export async function restoreFromMap(text: string, mapPath: string, identityPath: string): Promise<string> {
  return restoreText(text, await openMap(read(mapPath), read(identityPath).toString('utf8')));
}

/** Pseudonyms that sos gave to the same case. @throws Problem */
export function readSosMap(path: string): FixedIdentity[] {
  return parseSosMap(read(path).toString('utf8'));
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Problem('usage', `${safeText(path)} cannot be read (${code})`);
  }
}
