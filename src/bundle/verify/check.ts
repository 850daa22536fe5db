import { LIMITS } from '../limits.ts';

/**
 * - `ok`: it was checked and holds
 * - `FAIL`: it does not hold
 * - `absent`: there is nothing to check, and there need not be
 * - `unknown`: it cannot be told from what was given: who signed, or stamped
 * - `not-checked`: an earlier failure left nothing to check it on
 */
export type CheckResult = 'ok' | 'FAIL' | 'absent' | 'unknown' | 'not-checked';

/** One thing that does not hold, and where. */
export interface Failure {
  message: string;
  /** Path inside the bag. */
  file?: string | undefined;
  /** Byte in the bundle's file where the gzip member begins in which it stands. */
  offset?: number | undefined;
}

/** One line of the checklist. */
export interface Check {
  id: string;
  title: string;
  result: CheckResult;
  /** What was found, in words. */
  detail: string;
  failures: Failure[];
  /** Failures beyond those listed. */
  omitted: number;
}

/** A check that holds unless there are failures. */
export function check(id: string, title: string, failures: readonly Failure[], detail: string): Check {
  return {
    id,
    title,
    result: failures.length === 0 ? 'ok' : 'FAIL',
    detail: failures.length === 0 ? detail : (failures[0]?.message ?? ''),
    failures: failures.slice(0, LIMITS.failures),
    omitted: Math.max(0, failures.length - LIMITS.failures),
  };
}

/** A check that came to something else than yes or no. */
export function without(id: string, title: string, result: Exclude<CheckResult, 'ok' | 'FAIL'>, detail: string): Check {
  return { id, title, result, detail, failures: [], omitted: 0 };
}
