import type { Blanked } from './blank.ts';

/**
 * What became of a step.
 *
 * - `collected`: all of it is there
 * - `empty`: it was asked, and there was nothing
 * - `truncated`: what stands at `path` is a part, for the reason given
 * - `missing`: the program or file is not on this host
 * - `excluded`: never opened, by `exclude.ts`
 * - `skipped`: not to be done here, for the reason given
 * - `denied`: the privilege was missing; what could be had may stand at `path`
 * - `failed`: it went wrong; what came before may stand at `path`
 */
export const STATUSES = [
  'collected',
  'empty',
  'truncated',
  'missing',
  'excluded',
  'skipped',
  'denied',
  'failed',
] as const;

export type Status = (typeof STATUSES)[number];

/** Statuses with which not all that was asked for is there. */
export const LACKING: readonly Status[] = ['truncated', 'denied', 'failed'];

/** How one acquisition ended. */
export interface Acquired {
  status: Status;
  /** For every status but `collected`; may stand beside it as a remark. */
  reason?: string;
  /** Of a program: its exit code, -1 when a signal ended it. */
  exit?: number;
  /** First bytes of what a program said of itself, escaped. */
  said?: string;
  /** Where in the source the first byte stands; 0 when it is left out. */
  offset?: number;
  /** Size of the source when it was opened. */
  sourceSize?: number;
  /** Seconds since 1970 UTC. */
  modified?: number;
  /** The source was longer when the reading ended than when it began. */
  grew?: boolean;
  blanked?: Blanked;
  /** GETs that were made. */
  requests?: number;
}

/** Short words for the system's errors, in a manifest. */
export function reasonOf(error: unknown): { status: 'denied' | 'failed'; reason: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    EACCES: 'no permission',
    EPERM: 'not permitted',
    ENOENT: 'it vanished between listing and reading',
    ENOSPC: 'no space left where the collection is written',
    EDQUOT: 'the quota where the collection is written is used up',
    EROFS: 'the file system is read-only',
    ELOOP: 'a symbolic link: not followed',
    EIO: 'the disk could not be read',
    ENXIO: 'nothing is at its other end',
    EISDIR: 'a folder',
    EMFILE: 'too many open files',
  };
  const denied = code === 'EACCES' || code === 'EPERM';
  return { status: denied ? 'denied' : 'failed', reason: known[code] ?? (code === '' ? 'it failed' : code) };
}
