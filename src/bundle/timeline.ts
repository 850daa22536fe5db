import { byCodeUnit } from './canonical.ts';
import type { ByteSink } from './container/write.ts';
import { BLOCK, ORDER_MAGIC } from '../capture/pcapng/blocks.ts';

/** An interface that frames of a timeline came from; frames name it by its place in the list. */
export interface TimelineInterface {
  /** LINKTYPE_ number. */
  linkType: number;
  snapLength: number;
  /** Redacted like everything else here. */
  name: string;
}

/** A frame, in the order of its capture. */
export interface TimelineFrame {
  interface: number;
  /** Seconds since 1970 UTC and nanoseconds; undefined where the capture has none. */
  sec: number | undefined;
  nsec: number | undefined;
  bytes: Uint8Array;
  /** Bytes on the wire. */
  length: number;
  /** What findings say of it. */
  comments?: readonly string[] | undefined;
}

/** A line of a journal or a log. */
export interface TimelineEntry {
  /** Microseconds since 1970 UTC. */
  time: number;
  /** Fields of the Journal Export Format beside the time, as `MESSAGE`, `_SYSTEMD_UNIT`. */
  fields: ReadonlyMap<string, string>;
}

type Some<T> = Iterable<T> | AsyncIterable<T>;

export interface TimelineOptions {
  interfaces: readonly TimelineInterface[];
  /** One after another inside each list as they were captured. */
  frames: readonly Some<TimelineFrame>[];
  journals: readonly Some<TimelineEntry>[];
}

/** What was written: frame numbers as Wireshark counts them, journal entries included. */
export interface TimelineSummary {
  frames: number;
  entries: number;
  comments: number;
}

/** Bytes of one comment; an option holds 65 535. */
const MAX_COMMENT = 8 * 1024;
/** Bytes of one journal entry: what journald keeps of a line, with room for its fields. */
const MAX_ENTRY = 64 * 1024;
/** Written at once. */
const BATCH = 256 * 1024;
const OPTION = { end: 0, comment: 1, name: 2, resolution: 9 } as const;
const NANOSECONDS = 9;

/** The next of one source, and when it stands. */
interface Head {
  source: AsyncIterator<TimelineFrame | TimelineEntry> | Iterator<TimelineFrame | TimelineEntry>;
  kind: 'frame' | 'entry';
  value: TimelineFrame | TimelineEntry;
  /** Nanoseconds since 1970. Never less than that of the one before it from the same source, which keeps its order. */
  at: bigint;
}

/**
 * Writes one pcapng (draft-ietf-opsawg-pcapng) in which entries of journals stand between frames in the order of time, so
 * that Wireshark shows the story and the packets together. Of equal times the first source comes first, frames before
 * entries. Memory does not depend on the lengths.
 */
export async function writeTimeline(options: TimelineOptions, sink: ByteSink): Promise<TimelineSummary> {
  const summary: TimelineSummary = { frames: 0, entries: 0, comments: 0 };
  let batch: Buffer[] = [sectionHeader(), ...options.interfaces.map(interfaceBlock)];
  let waiting = 0;
  const put = async (block: Buffer): Promise<void> => {
    batch.push(block);
    waiting += block.length;
    if (waiting >= BATCH) await flush();
  };
  const flush = async (): Promise<void> => {
    const full = Buffer.concat(batch);
    batch = [];
    waiting = 0;
    await sink.write(full);
  };
  const heads: Head[] = [];
  for (const [kind, sources] of [
    ['frame', options.frames],
    ['entry', options.journals],
  ] as const) {
    for (const source of sources) {
      const head = await first(source, kind);
      if (head !== undefined) heads.push(head);
    }
  }
  try {
    while (heads.length > 0) {
      const head = earliest(heads);
      if (head.kind === 'frame') {
        const frame = head.value as TimelineFrame;
        summary.frames += 1;
        summary.comments += frame.comments?.length ?? 0;
        await put(packetBlock(frame, head.at));
      } else {
        summary.entries += 1;
        await put(journalBlock(head.value as TimelineEntry));
      }
      if (!(await advance(head))) heads.splice(heads.indexOf(head), 1);
    }
    await flush();
  } finally {
    for (const { source } of heads) await source.return?.();
  }
  return summary;
}

async function first(source: Some<TimelineFrame | TimelineEntry>, kind: Head['kind']): Promise<Head | undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const { done, value } = await iterator.next();
  return done === true ? undefined : { source: iterator, kind, value, at: timeOf(value, 0n) };
}

async function advance(head: Head): Promise<boolean> {
  const { done, value } = await head.source.next();
  if (done === true) return false;
  head.value = value as TimelineFrame | TimelineEntry;
  const at = timeOf(head.value, head.at);
  if (at > head.at) head.at = at;
  return true;
}

/** The heads are few: one a capture or a journal. */
function earliest(heads: readonly Head[]): Head {
  return heads.reduce((best, head) => (head.at < best.at ? head : best));
}

function timeOf(value: TimelineFrame | TimelineEntry, otherwise: bigint): bigint {
  if ('fields' in value) return BigInt(value.time) * 1000n;
  if (value.sec === undefined || value.nsec === undefined || value.sec < 0) return otherwise;
  return BigInt(value.sec) * 1_000_000_000n + BigInt(value.nsec);
}

function sectionHeader(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(ORDER_MAGIC, 0);
  body.writeUInt16LE(1, 4);
  // Length of the section: not told (-1), as nobody knows it beforehand.
  body.fill(0xff, 8);
  return block(BLOCK.sectionHeader, body);
}

function interfaceBlock({ linkType, snapLength, name }: TimelineInterface): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(linkType, 0);
  body.writeUInt32LE(snapLength, 4);
  const options = [option(OPTION.resolution, Buffer.from([NANOSECONDS]))];
  if (name !== '') options.unshift(option(OPTION.name, clipped(name, MAX_COMMENT)));
  return block(BLOCK.interface, body, ...options, option(OPTION.end, Buffer.alloc(0)));
}

/** A frame without a time, or one behind its predecessor, keeps its own time where it has one. */
function packetBlock(frame: TimelineFrame, at: bigint): Buffer {
  const { bytes, length, comments = [] } = frame;
  const time = timeOf(frame, at);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(frame.interface, 0);
  head.writeUInt32LE(Number((time >> 32n) & 0xffffffffn), 4);
  head.writeUInt32LE(Number(time & 0xffffffffn), 8);
  head.writeUInt32LE(bytes.length, 12);
  head.writeUInt32LE(Math.max(length, bytes.length), 16);
  const options = comments.map((text) => option(OPTION.comment, clipped(text, MAX_COMMENT)));
  if (options.length > 0) options.push(option(OPTION.end, Buffer.alloc(0)));
  return block(BLOCK.enhancedPacket, head, padded(bytes), ...options);
}

/** Journal Export Format: `NAME=value` a line; a value with a line end or a control character goes with its length before it. */
function journalBlock({ time, fields }: TimelineEntry): Buffer {
  const parts: Buffer[] = [Buffer.from(`__REALTIME_TIMESTAMP=${time}\n`)];
  let size = 0;
  for (const [name, value] of [...fields].sort(([a], [b]) => byCodeUnit(a, b))) {
    if (!/^[A-Z_][A-Z0-9_]{0,63}$/.test(name) || name === '__REALTIME_TIMESTAMP') continue;
    const bytes = clipped(value, Math.max(0, MAX_ENTRY - size));
    size += bytes.length + name.length;
    if (isPlain(value)) parts.push(Buffer.from(`${name}=`), bytes, Buffer.from('\n'));
    else {
      const length = Buffer.alloc(8);
      length.writeUInt32LE(bytes.length, 0);
      parts.push(Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n'));
    }
  }
  return block(BLOCK.journal, padded(Buffer.concat(parts)));
}

function isPlain(value: string): boolean {
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code < 0x20 && code !== 0x09) return false;
  }
  return true;
}

/** UTF-8 of at most so many bytes, cut between characters. */
function clipped(text: string, most: number): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return bytes;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function option(code: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function block(type: number, ...body: Uint8Array[]): Buffer {
  const inner = Buffer.concat(body);
  const head = Buffer.alloc(8);
  const tail = Buffer.alloc(4);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(inner.length + 12, 4);
  tail.writeUInt32LE(inner.length + 12, 0);
  return Buffer.concat([head, inner, tail]);
}
