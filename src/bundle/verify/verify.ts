import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { cannotRead } from '../container/file-bytes.ts';
import { type ContainerRead, readContainer } from '../container/read.ts';
import { readSidecar, sidecarFault, sidecarName } from '../custody/sidecar.ts';
import { LIMITS } from '../limits.ts';
import { TAG } from '../names.ts';
import type { PinnedKey } from '../sign/keys.ts';
import type { BundlePredicate } from '../statement.ts';
import {
  completenessCheck,
  containerCheck,
  declarationCheck,
  infoCheck,
  manifestCheck,
  pathsCheck,
} from './bag-checks.ts';
import { type Check, check, without } from './check.ts';
import { Contents } from './contents.ts';
import { custodyChecks, gateCheck, readSaid, signatureChecks, tierCheck } from './seal-checks.ts';
import { timestampCheck } from './timestamp-check.ts';

export interface VerifyOptions {
  /** Whose signature it must be; absent: integrity only. */
  publicKey?: PinnedKey | undefined;
  /** Let a bundle whose signer is unknown pass for whole. */
  allowUnpinned?: boolean | undefined;
  /** A time-stamp token; absent: `<bundle>.tsr` where it is there. */
  timestamp?: string | undefined;
  /** PEM certificates of time-stamping authorities. */
  authorities?: string | undefined;
  /**
   * Analyses the payload again and compares it with the findings in the bundle. Called after all other checks hold.
   * @param bundle still open, verified
   */
  reanalyze?: ((bundle: VerifiedBundle) => Promise<Check>) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * - `verified`: every check holds, the pinned key's among them
 * - `integrity-only`: whole since it was sealed, but nobody says by whom
 * - `failed`: at least one check does not hold
 */
export type Verdict = 'verified' | 'integrity-only' | 'failed';

export interface Verification {
  /** Base name of the file. */
  file: string;
  bytes: number;
  /** Of the whole file; '' when it could not be read to its end. */
  sha256: string;
  verdict: Verdict;
  /** Whether the bundle may be used: `verified`, or `integrity-only` where that was allowed. */
  accepted: boolean;
  checks: Check[];
  /** What the bundle says of itself; undefined when that cannot be read. Not to be believed when `failed`. */
  says: BundlePredicate | undefined;
}

/** A bundle whose checks were made, and that is still open: what is read from it now is what was checked. */
export interface VerifiedBundle {
  file: number;
  path: string;
  contents: Contents;
  verification: Verification;
}

/** What no check of a bundle can show. */
export const NOT_PROVEN: readonly string[] = [
  'that the captures show what happened: only that they are unchanged since the bundle was sealed',
  'when it was sealed, unless an authority that you trust stamped it',
  'that the maker searched for every identifier: the gate is the statement of the signer',
  'that pseudonymised data is anonymous: whoever can obtain the key can undo it',
];

/**
 * Goes through the whole checklist of a bundle in one pass over its file, without writing anything.
 *
 * @throws Problem when the file cannot be opened; what is wrong inside it is a check that fails
 */
export async function verifyBundle(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const bundle = await openVerified(path, options);
  closeSync(bundle.file);
  return bundle.verification;
}

/** As `verifyBundle`, and leaves the file open for what may come after. The caller closes it. */
export async function openVerified(path: string, options: VerifyOptions): Promise<VerifiedBundle> {
  const file = openBundle(path);
  try {
    const contents = new Contents();
    const container = await readContainer(file, contents, options.signal);
    const { checks, says } = await allChecks(path, container, contents, options);
    const bundle: VerifiedBundle = {
      file,
      path,
      contents,
      verification: concluded(path, container, checks, says, options),
    };
    if (options.reanalyze !== undefined) {
      const possible = !checks.some(({ result }) => result === 'FAIL');
      checks.push(
        possible
          ? await options.reanalyze(bundle)
          : without('reanalysis', 'Analysis again', 'not-checked', 'an earlier check failed'),
      );
      bundle.verification = concluded(path, container, checks, says, options);
    }
    return bundle;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openBundle(path: string): number {
  const shown = safeText(basename(path));
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw cannotRead(shown, error);
  }
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new Problem('usage', `${shown} is no regular file: name a bundle`);
  }
  return file;
}

async function allChecks(
  path: string,
  container: ContainerRead,
  contents: Contents,
  options: VerifyOptions,
): Promise<{ checks: Check[]; says: BundlePredicate | undefined }> {
  const checks = [containerCheck(container), pathsCheck(container, contents)];
  if (container.fault !== undefined) {
    checks.push(without('rest', 'All further checks', 'not-checked', 'the container could not be read to its end'));
    return { checks, says: undefined };
  }
  const said = await readSaid(contents);
  const says = said.predicate;
  checks.push(declarationCheck(contents), completenessCheck(contents));
  for (const manifest of [TAG.sha256, TAG.sha512, TAG.tags256, TAG.tags512])
    checks.push(manifestCheck(contents, manifest));
  checks.push(said.check);
  if (says !== undefined) checks.push(infoCheck(contents, says));
  checks.push(...custodyChecks(contents, says));
  checks.push(...signatureChecks(contents, said, options.publicKey));
  checks.push(
    timestampCheck(contents, { token: tokenBeside(path, options.timestamp), authorities: options.authorities }),
  );
  if (says !== undefined) checks.push(tierCheck(contents, says), gateCheck(says));
  checks.push(sidecarCheck(path, container.sha256));
  return { checks, says };
}

function concluded(
  path: string,
  { bytes, sha256 }: ContainerRead,
  checks: Check[],
  says: BundlePredicate | undefined,
  { allowUnpinned, publicKey }: VerifyOptions,
): Verification {
  const failed = checks.some(({ result }) => result === 'FAIL');
  const signer = checks.find(({ id }) => id === 'signer')?.result;
  const pinned = publicKey !== undefined && signer === 'ok';
  const verdict: Verdict = failed ? 'failed' : pinned ? 'verified' : 'integrity-only';
  const accepted = verdict === 'verified' || (verdict === 'integrity-only' && allowUnpinned === true);
  return { file: basename(path), bytes, sha256, verdict, accepted, checks, says };
}

function sidecarCheck(path: string, sha256: string): Check {
  const title = 'Custody after sealing';
  const chain = readSidecar(path);
  if (chain === undefined) return without('custody-after', title, 'absent', 'there is no log beside the bundle');
  const fault = sidecarFault(chain, sha256);
  const file = basename(sidecarName(path));
  return check(
    'custody-after',
    title,
    fault === undefined ? [] : [{ file, message: `${safeText(file)}: ${fault}` }],
    `${chain.count} entries, begins with this bundle's digest; its end is pinned by nobody`,
  );
}

function tokenBeside(bundle: string, named: string | undefined): { name: string; bytes: Buffer } | undefined {
  const path = named ?? `${bundle}.tsr`;
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cannotRead(safeText(basename(path)), error);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > LIMITS.token)
      throw new Problem('usage', `${safeText(basename(path))} is no time-stamp token`);
    return { name: basename(path), bytes: readFileSync(file) };
  } finally {
    closeSync(file);
  }
}
