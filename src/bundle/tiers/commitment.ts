import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { NamedDigest } from '../statement.ts';

const SALT_BYTES = 32;

/**
 * The salt of a case's commitments, from its key: the same in every tier, and known only to who has the case key or the
 * sealed tier, in which it is written down.
 */
export function commitmentSalt(caseKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', caseKey, 'rackwitness-commitment/1', '', SALT_BYTES));
}

/**
 * Binds to some bytes without telling anything of them: HMAC-SHA256 under the salt. Who has a guess of the bytes cannot
 * confirm it without the salt; who has both can.
 *
 * @returns lower hex
 */
export function commitment(salt: Uint8Array, bytes: Uint8Array | string): string {
  return createHmac('sha256', createSecretKey(salt)).update(bytes).digest('hex');
}

/** Commitments to sources: to the name by which the bag calls each, and its SHA-256 at acquisition. */
export function sourceCommitments(salt: Uint8Array, sources: readonly NamedDigest[]): NamedDigest[] {
  return sources.map(({ name, sha256 }) => ({ name, sha256: commitment(salt, `${name}\n${sha256}\n`) }));
}

/** Whether a commitment is to these bytes. */
export function opens(committed: string, salt: Uint8Array, bytes: Uint8Array | string): boolean {
  const right = Buffer.from(commitment(salt, bytes), 'hex');
  const given = Buffer.from(committed, 'hex');
  return given.length === right.length && timingSafeEqual(given, right);
}
