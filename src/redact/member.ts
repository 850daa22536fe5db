import { closeSync, createReadStream, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readerFor } from '../capture/format.ts';
import { openSource } from '../capture/source.ts';
import type { ByteSource } from '../capture/types.ts';
import type { CaseIdentities } from './case-identities.ts';
import type { Learner } from './facts.ts';
import { checkCapture, checkSource } from './frames/check.ts';
import { learnCapture, type LearnedCapture } from './frames/learn.ts';
import { rewriteCapture } from './frames/rewrite.ts';
import { Problem } from '../problem.ts';
import type { GateHit } from './gate/raw.ts';
import type { IdentityPlan } from './identity-plan.ts';
import type { RedactedFile } from './report.ts';
import { checkEntries, learnEntries, redactEntries } from './text/journal-entry.ts';
import { checkText, learnText, rewriteText, type RewrittenText } from './text/index.ts';

/** Bytes of a decompressed beginning that tell a capture. */
const MAGIC = 4;
/** Faults, notes and members left out that are told of one file. */
const MAX_TOLD = 50;
/** zlib and the text walk take larger pieces gladly. */
const CHUNK = 1 << 18;

export interface MemberOptions {
  workers?: number;
  signal?: AbortSignal;
}

/** What was read again of a written file. */
export interface CheckedMember {
  hits: GateHit[];
  values: number;
}

/** One input of a case on its way: learned, rewritten under a neutral name, checked. */
export interface CaseMember {
  readonly kind: 'capture' | 'text';
  readonly path: string;
  /** Neutral; final once it was rewritten. '' when nothing of it could be written. */
  readonly name: string;
  readonly warnings: readonly string[];
  learn(learner: Learner, signal: AbortSignal | undefined): Promise<void>;
  /** @param folder where it goes; absent: nowhere (a preview) */
  rewrite(
    folder: string | undefined,
    plan: IdentityPlan,
    identities: CaseIdentities,
    options: MemberOptions,
  ): Promise<RedactedFile>;
  check(folder: string, plan: IdentityPlan, identities: CaseIdentities, options: MemberOptions): Promise<CheckedMember>;
}

/** What a file is, its bytes say; its number goes into its name. @param counts files so far, by what they are */
export async function openMember(path: string, counts: Map<string, number>): Promise<CaseMember> {
  const capture = await isCapture(path);
  const kind = capture ? 'capture' : 'file';
  const number = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, number);
  const name = `${kind}-${String(number).padStart(3, '0')}`;
  return capture ? new CaptureMember(path, name) : new TextMember(path, name);
}

/** Pcap or pcapng, plain or compressed. */
async function isCapture(path: string): Promise<boolean> {
  const source = await openSource(path);
  try {
    const first = new Uint8Array(MAGIC);
    let have = 0;
    while (have < MAGIC) {
      const answer = source.read(first, have);
      const count = typeof answer === 'number' ? answer : await answer;
      if (count === 0) break;
      have += count;
    }
    return have === MAGIC && readerFor(first, 0) !== undefined;
  } finally {
    source.close();
  }
}

class CaptureMember implements CaseMember {
  readonly kind = 'capture';
  readonly path: string;
  readonly warnings: string[] = [];
  name: string;
  private learned: LearnedCapture | undefined;

  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
  }

  async learn(learner: Learner, signal: AbortSignal | undefined): Promise<void> {
    this.learned = await learnCapture(this.path, learner, {
      journal: learnEntries(learner),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async rewrite(
    folder: string | undefined,
    plan: IdentityPlan,
    identities: CaseIdentities,
    options: MemberOptions,
  ): Promise<RedactedFile> {
    const { learned } = this;
    const format = learned?.summary.format ?? 'pcap';
    this.name += format === 'pcapng' ? '.pcapng' : '.pcap';
    const input = { path: this.path, ...(learned === undefined ? {} : { datagrams: learned.datagrams }) };
    const { summary, tally } = await writing(folder === undefined ? undefined : join(folder, this.name), (put) =>
      rewriteCapture(input, put, plan, {
        identities,
        // Texts are rewritten on this thread: a capture without them is not held back by it.
        ...((learned?.journals ?? 0) > 0 ? { journal: redactEntries(identities, plan.facts) } : {}),
        ...(options.workers === undefined ? {} : { workers: options.workers }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }),
    );
    const { dropped, unfit, resized, resizedFrom, resizedTo, cut, fragmentsCut, frames } = tally;
    const faults = summary.faults.map(({ code, afterFrame }) => `${code} after frame ${afterFrame}`);
    return {
      ...emptyFile(this.name, 'capture', format),
      units: frames,
      ...{ dropped, unfit, resized, resizedFrom, resizedTo, cut, fragmentsCut },
      faults: faults.slice(0, MAX_TOLD),
      notes: [],
    };
  }

  async check(
    folder: string,
    plan: IdentityPlan,
    identities: CaseIdentities,
    { signal }: MemberOptions,
  ): Promise<CheckedMember> {
    const checked = await checkCapture(join(folder, this.name), identities, {
      names: new Set(plan.facts.names),
      journal: checkEntries(identities, plan.facts),
      ...(signal === undefined ? {} : { signal }),
    });
    const hits = checked.hits.map(({ frame, offset, kind, rule }): GateHit => {
      return { file: this.name, check: 'decoded', frame, offset, kind, rule };
    });
    return { hits: [...hits, ...more(this.name, checked.count - hits.length)], values: checked.values };
  }
}

class TextMember implements CaseMember {
  readonly kind = 'text';
  readonly path: string;
  readonly warnings: string[] = [];
  name: string;
  /** Captures in archives, in the order of the walk: what the learn pass kept of each. */
  private readonly captures: LearnedCapture[] = [];

  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
  }

  async learn(learner: Learner, signal: AbortSignal | undefined): Promise<void> {
    await learnText(this.source(), learner, {
      ...this.options(signal),
      capture: async (bytes) => {
        this.captures.push(
          await learnCapture('', learner, { source: bytesSource(bytes), journal: learnEntries(learner) }),
        );
      },
    });
  }

  async rewrite(
    folder: string | undefined,
    plan: IdentityPlan,
    identities: CaseIdentities,
    { signal }: MemberOptions,
  ): Promise<RedactedFile> {
    const partial = folder === undefined ? undefined : join(folder, this.name);
    let next = 0;
    const capture = async (bytes: Uint8Array): Promise<Uint8Array> => {
      const learned = this.captures[next];
      next += 1;
      const pieces: Uint8Array[] = [];
      const input = {
        path: '',
        source: bytesSource(bytes),
        ...(learned === undefined ? {} : { datagrams: learned.datagrams }),
      };
      const keep = (piece: Uint8Array): void => void pieces.push(Uint8Array.from(piece));
      const journal = redactEntries(identities, plan.facts);
      await rewriteCapture(input, keep, plan, { identities, workers: 0, journal });
      return Buffer.concat(pieces);
    };
    const written = await writing(partial, (put) =>
      rewriteText(this.source(), put, identities, { ...this.options(signal), facts: plan.facts, capture }),
    );
    const final = written.written ? `${this.name}${written.extension}` : '';
    if (partial !== undefined) {
      if (final === '') unlinkSync(partial);
      else renameSync(partial, join(dirname(partial), final));
    }
    this.name = final;
    return reportOf(written, final);
  }

  async check(
    folder: string,
    plan: IdentityPlan,
    identities: CaseIdentities,
    { signal }: MemberOptions,
  ): Promise<CheckedMember> {
    if (this.name === '') return { hits: [], values: 0 };
    let values = 0;
    const inside: GateHit[] = [];
    const checked = await checkText(createReadStream(join(folder, this.name), { highWaterMark: CHUNK }), identities, {
      fileName: this.name,
      ...(signal === undefined ? {} : { signal }),
      facts: plan.facts,
      capture: async (bytes) => {
        const one = await checkSource(bytesSource(bytes), identities, {
          names: new Set(plan.facts.names),
          journal: checkEntries(identities, plan.facts),
        });
        values += one.values;
        for (const { frame, offset, kind, rule } of one.hits) {
          inside.push({ file: this.name, check: 'decoded', frame, offset, kind, rule });
        }
        return 0;
      },
    });
    const hits = checked.hits.map(({ line, rule, kind, path }): GateHit => {
      return { file: this.name, check: 'text', line, rule, kind, ...(path === '' ? {} : { inside: path }) };
    });
    // What is listed as left out was unreadable in what was just written: nothing here leaves such a thing.
    const unread = checked.omitted.map(({ path, why }): GateHit => {
      return { file: this.name, check: 'unreadable', rule: why, ...(path === '' ? {} : { inside: path }) };
    });
    const all = [...hits, ...inside, ...unread];
    return { hits: [...all, ...more(this.name, checked.count - hits.length)], values: values + checked.values };
  }

  private source(): AsyncIterable<Uint8Array> {
    return createReadStream(this.path, { highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>;
  }

  private options(signal: AbortSignal | undefined): { fileName: string; signal?: AbortSignal } {
    return { fileName: basename(this.path), ...(signal === undefined ? {} : { signal }) };
  }
}

function reportOf({ texts, omitted, notes }: RewrittenText, name: string): RedactedFile {
  const dropped: Record<string, number> = {};
  let resized = 0;
  const faults: string[] = [];
  for (const text of texts) {
    for (const [kind, counts] of Object.entries(text.kinds)) {
      if (counts.dropped > 0) dropped[kind] = (dropped[kind] ?? 0) + counts.dropped;
    }
    resized += text.resized;
    for (const [what, { count, bytes }] of Object.entries(text.dropped)) {
      faults.push(`left out ${count} times, ${bytes} bytes: ${what}`);
    }
    for (const [what, { count, line }] of Object.entries(text.faults)) {
      faults.push(`${what}, ${count} times, first in line ${line}`);
    }
  }
  const formats = [...new Set(texts.map(({ format }) => format))];
  const archive = texts.length > 1 || texts.some(({ path }) => path !== '');
  return {
    ...emptyFile(name, archive ? 'archive' : 'text', formats.join(', ')),
    units: texts.reduce((sum, { lines }) => sum + lines, 0),
    dropped,
    resized: resized > 0 ? { text: resized } : {},
    faults: faults.slice(0, MAX_TOLD),
    notes: [
      ...omitted.map(({ path, why }) => `left out${path === '' ? '' : ` ${path}`}: ${why}`),
      ...notes.map(({ path, what }) => `${path === '' ? '' : `${path}: `}${what}`),
    ].slice(0, MAX_TOLD),
  };
}

export function emptyFile(name: string, kind: RedactedFile['kind'], format: string): RedactedFile {
  return {
    name,
    kind,
    format,
    bytes: 0,
    sha256: '',
    units: 0,
    dropped: {},
    unfit: {},
    resized: {},
    resizedFrom: 0,
    resizedTo: 0,
    cut: 0,
    fragmentsCut: 0,
    faults: [],
    notes: [],
  };
}

/** Hits that were counted and not listed are hits all the same. */
function more(file: string, count: number): GateHit[] {
  return count > 0 ? [{ file, check: 'decoded', rule: `${count} more` }] : [];
}

/** Hands out what takes a new file's bytes (0600), or bytes that go nowhere. @throws Problem when they have no room */
async function writing<T>(
  path: string | undefined,
  write: (put: (bytes: Uint8Array) => void) => Promise<T>,
): Promise<T> {
  if (path === undefined) return write(() => {});
  const file = openSync(path, 'wx', 0o600);
  try {
    return await write((bytes) => {
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        throw new Problem('usage', `${basename(path)} cannot be written (${code}): nothing was kept of it`);
      }
    });
  } finally {
    closeSync(file);
  }
}

/** A capture that is in memory already: one out of an archive. */
function bytesSource(bytes: Uint8Array): ByteSource {
  let done = 0;
  return {
    name: 'capture in an archive',
    compression: 'none',
    size: bytes.length,
    faults: [],
    read(into, at) {
      const part = bytes.subarray(done, done + into.length - at);
      into.set(part, at);
      done += part.length;
      return part.length;
    },
    close() {},
  };
}
