import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { validatorUrl } from '../../installed.ts';
import { Problem } from '../../problem.ts';
import { safeText } from '../../wire/values.ts';
import { byCodeUnit } from '../canonical.ts';
import { cannotRead } from '../container/file-bytes.ts';
import { LIMITS } from '../limits.ts';
import { nameFault } from '../names.ts';
import { RAW_TIER, SEALED_TIER } from '../statement.ts';

/** How one tier is made: by a policy, or, the sealed one, for its recipients. */
export interface TierPlan {
  tier: string;
  policy: string | undefined;
  recipients: readonly string[];
}

/** Who gets what. */
export interface CaseFile {
  case: string;
  tiers: readonly TierPlan[];
  roles: ReadonlyMap<string, readonly string[]>;
}

interface Written {
  case: string;
  tiers: Record<string, { policy?: string; recipients?: string[] }>;
  roles?: Record<string, string[]>;
}

interface Validator {
  (data: unknown): boolean;
  errors?: { instancePath: string; message?: string }[] | null;
}

/** A case file is a page. */
const MAX_BYTES = 256 * 1024;

/** @throws Problem with everything that is wrong in the file */
export async function readCaseFile(path: string): Promise<CaseFile> {
  const shown = safeText(basename(path));
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw cannotRead(shown, error);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MAX_BYTES) throw new Problem('usage', `${shown} is no case file`);
    return await parseCaseFile(readFileSync(file, 'utf8'), shown);
  } finally {
    closeSync(file);
  }
}

/** @param name what problems call it @throws Problem */
export async function parseCaseFile(text: string, name: string): Promise<CaseFile> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Problem('profile', `${name}: is not JSON`);
  }
  const { default: validate } = (await import(validatorUrl('case'))) as { default: Validator };
  if (!validate(data)) {
    const lines = (validate.errors ?? []).map(({ instancePath, message }) =>
      safeText(`${name}: ${instancePath} ${message ?? ''}`),
    );
    throw new Problem('profile', lines.slice(0, LIMITS.failures));
  }
  const written = data as Written;
  // A Map: keys are text from outside.
  const plans = new Map(Object.entries(written.tiers));
  const tiers = [...plans]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([tier, { policy, recipients = [] }]) => ({ tier, policy, recipients }));
  const roles = new Map(Object.entries(written.roles ?? {}));
  const faults = [...tierFaults(tiers), ...roleFaults(plans, roles)];
  const fault = nameFault(written.case);
  if (fault !== undefined) faults.push(`/case ${fault}`);
  if (faults.length > 0)
    throw new Problem(
      'profile',
      faults.map((one) => safeText(`${name}: ${one}`)),
    );
  return { case: written.case, tiers, roles };
}

/**
 * The tiers that some roles may have, in order. What only one of them may have is not for the others: each person gets
 * the files of their own roles.
 *
 * @throws Problem for a role that the case does not know
 */
export function tiersOf({ roles }: CaseFile, wanted: readonly string[]): string[] {
  const found = new Set<string>();
  for (const role of wanted) {
    const tiers = roles.get(role);
    if (tiers === undefined) throw new Problem('usage', `the case knows no role ${safeText(JSON.stringify(role))}`);
    for (const tier of tiers) found.add(tier);
  }
  return [...found].sort(byCodeUnit);
}

function tierFaults(tiers: readonly TierPlan[]): string[] {
  const faults: string[] = [];
  for (const { tier, policy, recipients } of tiers) {
    const at = `/tiers/${tier}`;
    const fault = nameFault(tier);
    if (fault !== undefined) faults.push(`${at} has ${fault}`);
    if (tier === RAW_TIER) faults.push(`${at}: what is raw is in the tier "${SEALED_TIER}"`);
    else if (tier === SEALED_TIER) {
      if (recipients.length === 0)
        faults.push(`${at} has no recipients: what is raw is written encrypted or not at all`);
      if (policy !== undefined) faults.push(`${at} has a policy: it holds what is not redacted`);
    } else {
      if (policy === undefined) faults.push(`${at} has no policy`);
      if (recipients.length > 0) faults.push(`${at} has recipients: only the tier "${SEALED_TIER}" is encrypted`);
    }
  }
  return faults;
}

function roleFaults(tiers: ReadonlyMap<string, unknown>, roles: ReadonlyMap<string, readonly string[]>): string[] {
  const faults: string[] = [];
  for (const [role, wanted] of roles) {
    for (const tier of wanted)
      if (!tiers.has(tier)) faults.push(`/roles/${role} names a tier that is not there: ${tier}`);
  }
  return faults;
}
