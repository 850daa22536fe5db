import { extract, pack } from 'tar-stream';
import { Problem } from '../../problem.ts';
import { detectFormat, HEAD, type FileFormat } from './detect.ts';
import type { TextFormat } from './formats/format.ts';
import { decompressed, GzipSink, type Sink, Spool } from './streams.ts';
import type { Treatment } from './treatment.ts';
import { unzipped, zipEntries } from './zip.ts';

/** Archives within archives; support bundles nest two or three times. */
const MAX_DEPTH = 6;
/** Members of all archives of one file. */
const MAX_MEMBERS = 100_000;
/** Bytes of all that one file unpacks to, and how often that may be its stored size beyond `FREE`: no log reaches either. */
const MAX_UNPACKED = 256 * 2 ** 30;
const MAX_RATIO = 4000;
const FREE = 256 << 20;
/** A capture inside an archive, and a zip, are held as a whole. */
const MAX_WHOLE = 256 << 20;

/** What is done with each text of a file, and with what is no text. */
export interface WalkVisitor {
  /** @param path how it was reached: '' the file itself, then `gzip`, `tar[2]/gzip` */
  begin(format: TextFormat, path: string): Treatment;
  /** @param bytesIn as they were, unpacked @param bytesOut as they are written, before they are packed */
  end(treatment: Treatment, bytesIn: number, bytesOut: number): void;
  /** A capture inside an archive. @returns the capture that stands for it, or undefined: it is left out */
  capture(bytes: Uint8Array, format: 'pcap' | 'pcapng', path: string): Promise<Uint8Array | undefined>;
  /** A file or a member that is left out, and why. */
  omitted(path: string, why: string): void;
  /** Something that is written otherwise than it came, or not to its end. */
  noted(path: string, what: string): void;
  /** The neutral name of an archive's member. Private: the original must not stand beside it. */
  member(path: string, name: string, original: string): void;
}

/** The ending that says what a written file is; undefined when nothing was written. */
export type Written = { extension: string } | undefined;

/** Opens a file, whatever it is, hands its texts to the visitor, and writes what comes of them, packed again. */
export class TextWalk {
  private readonly visitor: WalkVisitor;
  private readonly signal: AbortSignal | undefined;
  private members = 0;
  private stored = 0;
  private unpacked = 0;

  constructor(visitor: WalkVisitor, signal?: AbortSignal) {
    this.visitor = visitor;
    this.signal = signal;
  }

  async file(source: AsyncIterable<Uint8Array>, name: string, out: Sink): Promise<Written> {
    return this.layer(this.counted(source), name, '', 0, out);
  }

  private async *counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.signal?.throwIfAborted();
      this.stored += chunk.length;
      yield chunk;
    }
  }

  private async layer(
    source: AsyncIterable<Uint8Array>,
    name: string,
    path: string,
    depth: number,
    out: Sink,
  ): Promise<Written> {
    const { head, whole } = await peeked(source);
    const found = detectFormat(head, name);
    switch (found.is) {
      case 'text':
        return this.text(whole, found.format, path, out);
      case 'archive':
        if (depth < MAX_DEPTH) return this.archive(whole, found.format, name, path, depth, out);
        this.visitor.omitted(path, `archives more than ${MAX_DEPTH} deep`);
        return undefined;
      case 'capture':
        return this.capture(whole, found.format, path, out);
      default:
        this.visitor.omitted(path, `${found.format}: ${found.hint}`);
        return undefined;
    }
  }

  private async text(source: AsyncIterable<Uint8Array>, format: TextFormat, path: string, out: Sink): Promise<Written> {
    const { visitor } = this;
    const treatment = visitor.begin(format, path);
    const pieces = new Pieces();
    const reader = format.open(treatment, (bytes) => pieces.add(bytes));
    let bytesIn = 0;
    let bytesOut = 0;
    const flush = async (): Promise<void> => {
      const bytes = pieces.take();
      bytesOut += bytes.length;
      if (bytes.length > 0) await out(bytes);
    };
    for await (const chunk of source) {
      bytesIn += chunk.length;
      // A long chunk is taken in parts, so that what comes of it does not pile up.
      for (let at = 0; at < chunk.length; at += PART) {
        reader.push(chunk.subarray(at, at + PART));
        await flush();
      }
    }
    reader.end();
    await flush();
    visitor.end(treatment, bytesIn, bytesOut);
    return { extension: EXTENSIONS[format.name] ?? '.txt' };
  }

  private async archive(
    source: AsyncIterable<Uint8Array>,
    format: (FileFormat & { is: 'archive' })['format'],
    name: string,
    path: string,
    depth: number,
    out: Sink,
  ): Promise<Written> {
    if (format === 'tar') return this.tar(tarMembers(source), path, depth, out);
    if (format === 'zip') return this.zip(source, path, depth, out);
    const step = joined(path, format);
    const content = this.bounded(
      decompressed(source, format, (fault) => this.visitor.noted(step, `${fault}: what follows is left out`)),
      step,
    );
    const sink = new GzipSink(out);
    const inner = await this.layer(content, name.replace(/\.(?:gz|tgz|zst)$/i, ''), step, depth + 1, (chunk) =>
      sink.write(chunk),
    );
    if (inner === undefined) return undefined;
    await sink.end();
    if (format === 'zstd') this.visitor.noted(step, 'written as gzip');
    return { extension: `${inner.extension}.gz` };
  }

  private async tar(members: AsyncIterable<Member>, path: string, depth: number, out: Sink): Promise<Written> {
    const packed = pack();
    const drained = (async () => {
      for await (const chunk of packed as AsyncIterable<Uint8Array>) await out(chunk);
    })();
    // Its failure is told below, when it is waited for; until then nobody listens.
    drained.catch(() => {});
    let index = 0;
    for await (const member of members) {
      this.members += 1;
      if (this.members > MAX_MEMBERS) {
        this.visitor.noted(path, `more than ${MAX_MEMBERS} members: the rest is left out`);
        break;
      }
      const step = joined(path, `tar[${index}]`);
      index += 1;
      const spool = new Spool();
      try {
        const written =
          member.content === undefined
            ? undefined
            : await this.layer(this.bounded(member.content, step), member.name, step, depth + 1, (chunk) =>
                spool.write(chunk),
              );
        if (member.content === undefined) this.visitor.omitted(step, member.why);
        if (written === undefined) continue;
        const name = `member-${String(index).padStart(5, '0')}${written.extension}`;
        this.visitor.member(step, name, member.name);
        await new Promise<void>((resolve, reject) => {
          const entry = packed.entry(
            { name, size: spool.length, mode: 0o600, mtime: new Date(0), uid: 0, gid: 0 },
            (error) => (error === null || error === undefined ? resolve() : reject(error)),
          );
          void (async () => {
            for (const chunk of spool.read()) {
              if (!entry.write(chunk)) await new Promise<void>((drain) => void entry.once('drain', () => drain()));
            }
            (entry as NodeJS.WritableStream).end();
          })();
        });
      } finally {
        spool.close();
      }
    }
    packed.finalize();
    await drained;
    return { extension: '.tar' };
  }

  /** A zip is written as a tar: its members must be opened again by whoever checks it, and a tar can be streamed. */
  private async zip(source: AsyncIterable<Uint8Array>, path: string, depth: number, out: Sink): Promise<Written> {
    const bytes = await held(source);
    const entries = bytes === undefined ? undefined : zipEntries(bytes, MAX_MEMBERS);
    if (entries === undefined) {
      this.visitor.omitted(
        path,
        bytes === undefined ? `zip of more than ${MAX_WHOLE} bytes: unpack it first` : 'zip that is damaged',
      );
      return undefined;
    }
    this.visitor.noted(path, 'zip written as tar.gz');
    const sink = new GzipSink(out);
    async function* members(): AsyncGenerator<Member> {
      for (const entry of entries ?? []) {
        if (entry.name.endsWith('/')) continue;
        const content = entry.encrypted ? undefined : unzipped(entry, MAX_WHOLE);
        const why = entry.encrypted ? 'encrypted: decrypt it first' : 'packed in a way that cannot be read here';
        yield { name: entry.name, content: content === undefined ? undefined : once(content), why };
      }
    }
    await this.tar(members(), joined(path, 'zip'), depth, (chunk) => sink.write(chunk));
    await sink.end();
    return { extension: '.tar.gz' };
  }

  private async capture(
    source: AsyncIterable<Uint8Array>,
    format: 'pcap' | 'pcapng',
    path: string,
    out: Sink,
  ): Promise<Written> {
    const bytes = await held(source);
    if (bytes === undefined) {
      this.visitor.omitted(path, `capture of more than ${MAX_WHOLE} bytes in an archive: give it as a file of its own`);
      return undefined;
    }
    const written = await this.visitor.capture(bytes, format, path);
    if (written === undefined) {
      this.visitor.omitted(path, 'capture: give it as a file of its own');
      return undefined;
    }
    await out(written);
    return { extension: detectFormat(written).format === 'pcap' ? '.pcap' : '.pcapng' };
  }

  /** Stops at the caps, and says so. */
  private async *bounded(source: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.signal?.throwIfAborted();
      this.unpacked += chunk.length;
      if (this.unpacked > MAX_UNPACKED || (this.unpacked > FREE && this.unpacked > MAX_RATIO * this.stored)) {
        throw new Problem(
          'refused',
          `${path}: unpacks to more than ${this.unpacked} bytes of ${this.stored}; unpack it yourself if that is right`,
        );
      }
      yield chunk;
    }
  }
}

/** Chunks are taken in parts of this. */
const PART = 1 << 16;

const EXTENSIONS: Readonly<Record<string, string>> = {
  json: '.json',
  yaml: '.yaml',
  csv: '.csv',
  'journal-export': '.export',
  'dhcpd-leases': '.leases',
  'dhcpd-conf': '.conf',
};

interface Member {
  name: string;
  /** Undefined: it has none that could be read. */
  content: AsyncIterable<Uint8Array> | undefined;
  why: string;
}

async function* tarMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  const members = extract();
  let failed = false;
  const fed = (async () => {
    try {
      for await (const chunk of source) {
        if (members.write(Buffer.from(chunk))) continue;
        await new Promise<void>((resolve) => {
          members.once('drain', () => resolve());
          members.once('close', () => resolve());
        });
      }
      (members as NodeJS.WritableStream).end();
    } catch (error) {
      members.destroy(error instanceof Error ? error : new Error('source failed'));
      throw error;
    }
  })();
  fed.catch(() => {
    failed = true;
  });
  for await (const entry of members) {
    const { name, type } = entry.header;
    if (type === 'file' || type === 'contiguous-file')
      yield { name, content: entry as AsyncIterable<Uint8Array>, why: '' };
    else if (type !== 'directory') yield { name, content: undefined, why: `${type ?? 'unknown'}: no file` };
    entry.resume();
  }
  if (failed) await fed;
}

async function peeked(
  source: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const chunks = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let have = 0;
  while (have < HEAD) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(Uint8Array.from(next.value));
    have += next.value.length;
  }
  const head = Buffer.concat(first);
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      for (;;) {
        const next = await chunks.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return { head: head.subarray(0, HEAD), whole: whole() };
}

async function held(source: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > MAX_WHOLE) return undefined;
    chunks.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function joined(path: string, step: string): string {
  return path === '' ? step : `${path}/${step}`;
}

/** Pieces of output, put together. */
class Pieces {
  private list: Uint8Array[] = [];

  add(bytes: Uint8Array): void {
    this.list.push(bytes);
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.list);
    this.list = [];
    return bytes;
  }
}
