import { openSource } from '../capture/source.ts';
import { readCapture } from '../capture/read.ts';
import type { FindingReport } from '../report/analysis.ts';
import { frames } from '../streams.ts';
import { byCodeUnit } from './canonical.ts';
import type { ByteSink } from './container/write.ts';
import { journalEntries } from './journal-entries.ts';
import {
  type TimelineEntry,
  type TimelineFrame,
  type TimelineInterface,
  type TimelineSummary,
  writeTimeline,
} from './timeline.ts';

/** The one name of it, in `data/findings/`. */
export const TIMELINE = 'timeline.pcapng';
/** Captures and journals that are open at once, each with its buffer. */
export const MAX_MERGED = 256;
/** Bytes read at a time of each. */
const CHUNK = 64 * 1024;
/** Characters of one comment: a sentence, and whom it is about. */
const MAX_COMMENT = 2_000;
/** Comments of one frame: findings beyond are in the report. */
const MAX_COMMENTS = 50;

/** A redacted capture, by its name in the bundle, and what its analysis found. */
export interface MergedCapture {
  name: string;
  path: string;
  findings: readonly FindingReport[];
}

export interface CaseTimeline {
  captures: readonly MergedCapture[];
  /** Redacted journals in export format. */
  journals: readonly { name: string; path: string }[];
}

/** What was written, and the words in it that are ours: names of interfaces, and comments. */
export interface WrittenTimeline extends TimelineSummary {
  words: ReadonlySet<string>;
}

/**
 * All captures of a case in one, with the entries of its journals between the frames and its findings as comments of the
 * frames that prove them. The order in which files are given does not matter.
 */
export async function writeCaseTimeline(parts: CaseTimeline, sink: ByteSink): Promise<WrittenTimeline> {
  const captures = [...parts.captures].sort((a, b) => byCodeUnit(a.name, b.name));
  const journals = [...parts.journals].sort((a, b) => byCodeUnit(a.name, b.name));
  const interfaces: TimelineInterface[] = [];
  const words = new Set<string>();
  const lists: AsyncIterable<TimelineFrame>[] = [];
  for (const { name, path, findings } of captures) {
    const first = interfaces.length;
    interfaces.push(...(await interfacesOf(name, path)));
    const comments = commentsOf(findings);
    for (const list of comments.values()) for (const text of list) words.add(text);
    lists.push(framesOf(path, first, comments));
  }
  for (const { name } of interfaces) words.add(name);
  const entries: AsyncIterable<TimelineEntry>[] = journals.map(({ path }) => journalEntries(path));
  const summary = await writeTimeline({ interfaces, frames: lists, journals: entries }, sink);
  return { ...summary, words };
}

/** Each called after the file that it is of, because its own name was taken away. */
async function interfacesOf(name: string, path: string): Promise<TimelineInterface[]> {
  const source = await openSource(path);
  try {
    const sink = { bytes: new Uint8Array(0), frame: () => {}, other: () => {} };
    const { interfaces } = await readCapture(source, sink);
    return interfaces.map(({ linkType, snapLength }, i) => ({
      linkType,
      snapLength,
      name: interfaces.length > 1 ? `${name} interface ${i}` : name,
    }));
  } finally {
    source.close();
  }
}

async function* framesOf(
  path: string,
  first: number,
  comments: ReadonlyMap<number, readonly string[]>,
): AsyncGenerator<TimelineFrame, void, void> {
  for await (const { frame, interface: id, sec, nsec, bytes, length } of frames(path, { chunk: CHUNK })) {
    yield { interface: first + id, sec, nsec, bytes, length, comments: comments.get(frame) };
  }
}

/** By frame: the finding in a sentence at its first evidence, and at each what the frame shows. */
function commentsOf(findings: readonly FindingReport[]): Map<number, string[]> {
  const comments = new Map<number, string[]>();
  for (const { id, severity, confidence, message, evidence } of findings) {
    let told = false;
    for (const one of evidence) {
      if (one.kind !== 'frame') continue;
      const list = comments.get(one.frame) ?? [];
      comments.set(one.frame, list);
      if (!told) list.push(comment(`${severity} ${id} (${confidence.level}): ${message}`));
      told = true;
      if (one.note !== '') list.push(comment(`${id}: ${one.note}`));
    }
  }
  for (const [frame, list] of comments) comments.set(frame, [...new Set(list)].slice(0, MAX_COMMENTS));
  return comments;
}

function comment(text: string): string {
  return text.length <= MAX_COMMENT ? text : `${text.slice(0, MAX_COMMENT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
