import { constants, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validatorUrl } from '../installed.ts';
import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import type { Approval } from './approval.ts';
import type { Actor } from './actor.ts';
import type { ClockState } from './clock.ts';
import type { FileKind } from './collector.ts';
import type { Acquired, Status } from './result.ts';
import { STATUSES } from './result.ts';

export const COLLECTION_SCHEMA = 'rackwitness.collection/1';

/** Stands in every manifest and in the last line of every run. */
export const RAW_NOTICE =
  'These files are RAW: they hold addresses, names and what services wrote. Do not pass them on; `rackwitness bundle --collected DIR` redacts, checks and signs them.';

/** How something was obtained, so that another can obtain it again. */
export type How =
  | { run: readonly string[] }
  /** `hex` where the path is not clean UTF-8. */
  | { read: string; hex?: string }
  | { get: string }
  | { modes: readonly string[] }
  | { certificates: readonly string[] }
  | { plan: string };

/** One acquisition, or one that did not come about: what, how, and how it ended. */
export interface ManifestEntry extends Acquired {
  collector: string;
  how: How;
  /** UTC. */
  started: string;
  /** Milliseconds by a clock that does not jump. */
  took: number;
  /** Path below the collection's folder, of neutral characters; absent where nothing was written. */
  path?: string;
  kind?: FileKind;
  /** Bytes and digest of the file as it was written, before anything parsed it. */
  size?: number;
  sha256?: string;
}

/** What was collected, from where, how, and what was not: `manifest.json`. Within `/1` keys may be added, never changed. */
export interface CollectionManifest {
  schema: typeof COLLECTION_SCHEMA;
  /** Always true: nothing in a collection is redacted. */
  raw: true;
  notice: string;
  tool: { name: string; version: string };
  host: { name: string; root: string; live: boolean };
  actor: Actor;
  approval?: Approval;
  profile: string;
  symptoms: string[];
  window: { since: string; until: string; given: boolean };
  budget: { seconds: number; bytes: number };
  started: string;
  ended: string;
  /** A signal ended it: what is listed is valid, the rest was not begun. */
  interrupted: boolean;
  /** Nothing failed, was denied, cut or interrupted. */
  complete: boolean;
  clock: ClockState;
  collectors: { id: string; holds: string[] }[];
  counts: Record<Status, number>;
  entries: ManifestEntry[];
}

export function countsOf(entries: readonly ManifestEntry[]): Record<Status, number> {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const { status } of entries) counts[status] += 1;
  return counts;
}

/** A manifest of ten thousand files has some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

interface Validator {
  (data: unknown): boolean;
  errors?: { instancePath: string; message?: string }[] | null;
}

/**
 * Reads the manifest of a collection. The files themselves are not looked at.
 *
 * @throws Problem when there is none (the run did not end), or it is not one of ours
 */
export async function readCollection(folder: string): Promise<CollectionManifest> {
  const name = `collection ${safeText(folder)}`;
  let text: string;
  try {
    const file = openSync(
      join(folder, 'manifest.json'),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > MAX_BYTES) throw new Problem('usage', `${name}: manifest.json is no manifest`);
      text = readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('usage', `${name}: no manifest.json: the collection did not end; collect again`);
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Problem('usage', `${name}: manifest.json is not JSON`);
  }
  const { default: validate } = (await import(validatorUrl('collection'))) as { default: Validator };
  if (!validate(data)) {
    const lines = (validate.errors ?? []).slice(0, 20).map(({ instancePath, message }) => {
      return `${name}: manifest.json${safeText(instancePath)}: ${message ?? 'not allowed'}`;
    });
    throw new Problem('usage', lines);
  }
  return data as CollectionManifest;
}
