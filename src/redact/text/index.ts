import { NO_FACTS, type CaseFacts, type Learner } from '../facts.ts';
import type { Identities } from '../identities.ts';
import { Checking, type TextHit } from './checking.ts';
import { addressesOf, type AddressTools } from './addresses.ts';
import { findersOf } from './known.ts';
import { Learning } from './learning.ts';
import type { Finders } from './spans.ts';
import { Redacting } from './redacting.ts';
import type { Sink } from './streams.ts';
import { emptyTally, type TextTally } from './tally.ts';
import type { Treatment } from './treatment.ts';
import { TextWalk, type WalkVisitor } from './walk.ts';

export { RULES } from '../rules/registry.ts';
export { detectFormat, type FileFormat } from './detect.ts';
export type { TextHit, TextTally };

/** A file's bytes, cut anywhere. */
export type TextSource = AsyncIterable<Uint8Array>;

export interface TextOptions {
  /** Base name: decides between formats whose content fits alike. Never written. */
  fileName?: string;
  signal?: AbortSignal;
}

export interface LearnTextOptions extends TextOptions {
  /** A capture inside an archive. */
  capture?(bytes: Uint8Array, format: 'pcap' | 'pcapng'): Promise<void>;
}

export interface RewriteTextOptions extends TextOptions {
  facts: CaseFacts;
  /** A capture inside an archive; what is given back stands for it. Absent: it is left out. */
  capture?(bytes: Uint8Array, format: 'pcap' | 'pcapng'): Promise<Uint8Array | undefined>;
}

export interface CheckTextOptions extends TextOptions {
  facts: CaseFacts;
  /** Checks a capture inside an archive. @returns how many hits it has */
  capture?(bytes: Uint8Array, format: 'pcap' | 'pcapng'): Promise<number>;
}

/** What came of one input. */
export interface RewrittenText {
  /** False: the file as a whole is left out (`omitted` says why). */
  written: boolean;
  /** What the written file's name ends with: `.txt`, `.json`, `.tar.gz`. */
  extension: string;
  /** One for each text in it, in order; `path` says how it was reached, '' for the file itself. */
  texts: (TextTally & { path: string })[];
  /** What was left out, by path and reason. */
  omitted: { path: string; why: string }[];
  /** What was written otherwise than it came. */
  notes: { path: string; what: string }[];
  /** Private: names of members of archives as they were. They must not stand beside what was written. */
  members: { path: string; name: string; original: string }[];
}

export interface CheckedText {
  /** Listed are the first of them. */
  hits: (TextHit & { path: string })[];
  count: number;
  /** Values that were judged. */
  values: number;
  /** What could not be looked into: what was written by `rewriteText` leaves nothing. */
  omitted: { path: string; why: string }[];
}

/**
 * First pass: names, addresses, networks, times and values that rules find.
 *
 * @throws Problem when the case is too large, or an archive is a bomb
 */
export async function learnText(source: TextSource, learner: Learner, options: LearnTextOptions = {}): Promise<void> {
  const { addresses, finders } = toolsOf(NO_FACTS);
  const treatment = new Learning(learner, finders, addresses);
  const visitor: WalkVisitor = {
    begin: () => treatment,
    end: () => {},
    capture: async (bytes, format) => {
      await options.capture?.(bytes, format);
      return undefined;
    },
    omitted: () => {},
    noted: () => {},
    member: () => {},
  };
  await new TextWalk(visitor, options.signal).file(source, options.fileName ?? '', () => {});
}

/**
 * Second pass: writes the file anew. The bytes do not depend on how the source is cut.
 *
 * @throws Problem as `learnText`
 */
export async function rewriteText(
  source: TextSource,
  out: Sink,
  identities: Identities,
  options: RewriteTextOptions,
): Promise<RewrittenText> {
  const { facts } = options;
  const { addresses, finders } = toolsOf(facts);
  const year = yearOfCase(facts);
  const result: RewrittenText = { written: false, extension: '', texts: [], omitted: [], notes: [], members: [] };
  const tallies = new Map<Treatment, TextTally>();
  const visitor: WalkVisitor = {
    begin(format, path) {
      const tally = { ...emptyTally(format.name), path };
      result.texts.push(tally);
      const treatment = new Redacting(identities, finders, addresses, tally, year);
      tallies.set(treatment, tally);
      return treatment;
    },
    end(treatment, bytesIn, bytesOut) {
      const tally = tallies.get(treatment);
      if (tally !== undefined) Object.assign(tally, { bytesIn, bytesOut, lines: treatment.place.line });
      tallies.delete(treatment);
    },
    capture: async (bytes, format) => options.capture?.(bytes, format),
    omitted: (path, why) => result.omitted.push({ path, why }),
    noted: (path, what) => result.notes.push({ path, what }),
    member: (path, name, original) => result.members.push({ path, name, original }),
  };
  const written = await new TextWalk(visitor, options.signal).file(source, options.fileName ?? '', out);
  if (written !== undefined) Object.assign(result, { written: true, extension: written.extension });
  return result;
}

/** The gate's reading of a written text: every value that is found in it must be one that was issued or is kept. */
export async function checkText(
  source: TextSource,
  identities: Identities,
  options: CheckTextOptions,
): Promise<CheckedText> {
  const { addresses, finders } = toolsOf(options.facts);
  const result: CheckedText = { hits: [], count: 0, values: 0, omitted: [] };
  const paths = new Map<Treatment, { checking: Checking; path: string }>();
  const visitor: WalkVisitor = {
    begin(_format, path) {
      const checking = new Checking(identities, finders, addresses);
      paths.set(checking, { checking, path });
      return checking;
    },
    end(treatment) {
      const one = paths.get(treatment);
      if (one === undefined) return;
      const { checking, path } = one;
      result.hits.push(
        ...checking.hits.slice(0, Math.max(0, MAX_HITS - result.hits.length)).map((hit) => ({ ...hit, path })),
      );
      result.count += checking.count;
      result.values += checking.values;
      paths.delete(treatment);
    },
    capture: async (bytes, format) => {
      result.count += (await options.capture?.(bytes, format)) ?? 0;
      return bytes;
    },
    omitted: (path, why) => result.omitted.push({ path, why }),
    noted: () => {},
    member: () => {},
  };
  await new TextWalk(visitor, options.signal).file(source, options.fileName ?? '', () => {});
  return result;
}

interface Tools {
  addresses: AddressTools;
  finders: Finders;
}

const known = new WeakMap<CaseFacts, Tools>();

/** Made once of the facts of a case: it may have as many files as identities. */
export function toolsOf(facts: CaseFacts): Tools {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const addresses = addressesOf(facts);
  const made = { addresses, finders: findersOf(facts, addresses) };
  known.set(facts, made);
  return made;
}

/** Hits that are listed for one file. */
const MAX_HITS = 100;

/** Times without a year are of the year in which the case begins; of one that no leap day is in where that is not known. */
export function yearOfCase({ firstTime }: CaseFacts): number {
  return firstTime < 0 ? 2023 : new Date(firstTime * 1000).getUTCFullYear();
}
