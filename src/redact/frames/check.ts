import { BLOCK } from '../../capture/pcapng/blocks.ts';
import { eachOption } from '../../capture/pcapng/options.ts';
import { readCapture } from '../../capture/read.ts';
import { openSource } from '../../capture/source.ts';
import type { ByteSource, CaptureInterface, FrameSink } from '../../capture/types.ts';
import { CLAIMS, fillNetwork, fillTransport, newEnvelope } from '../../wire/dissect.ts';
import { latin1, read32, read48 } from '../../wire/cursor.ts';
import { FOUND, Layers } from '../../wire/layers.ts';
import { Fragments } from '../../flow/fragments.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import { HeaderChecker, IssuedCache, isZero } from './check-headers.ts';
import { MessageChecker } from './check-message.ts';

/** Hits that are told one by one; the others are counted. */
const MAX_HITS = 100;
/** Datagrams that are not whole at one time: more than a rewriting holds. */
const MAX_PARTS = 65_536;

/** Where something stands that was not issued, and that the policy does not keep. Never what it is. */
export interface FrameHit {
  file: string;
  /** As tshark counts; 0 for what belongs to no frame. */
  frame: number;
  /** Into the frame, or into the (decompressed) file where there is none. */
  offset: number;
  kind: Kind;
  /** Which check: a field's path, a header, or what lies outside of fields. */
  rule: string;
}

export interface CheckOptions {
  chunk?: number;
  signal?: AbortSignal;
  /** Lower-case labels of the case (`CaseFacts.names`), which may not stand in free text. */
  names?: ReadonlySet<string>;
  /** What a journal entry holds that was not issued: kind and offset of each. Absent: an entry may hold its time only. */
  journal?(entry: Uint8Array): { kind: Kind; offset: number; rule: string }[];
  /** Texts of options that come from no input: who made the file checks them. */
  words?: ReadonlySet<string>;
}

export interface CheckedCapture {
  /** The first of them. */
  hits: FrameHit[];
  /** All that there were. */
  count: number;
  /** Values that were asked for. */
  values: number;
  frames: number;
}

/**
 * The positive gate: reads a written capture again and asks of every value in it whether it was issued or is kept; what
 * lies outside of decoded fields must be absent or zero.
 *
 * @param identities with the ledger of all that was issued
 */
export async function checkCapture(
  path: string,
  identities: Identities,
  options: CheckOptions = {},
): Promise<CheckedCapture> {
  const source = await openSource(path, options.signal);
  try {
    return await checkSource(source, identities, options);
  } finally {
    source.close();
  }
}

export async function checkSource(
  source: ByteSource,
  identities: Identities,
  options: CheckOptions = {},
): Promise<CheckedCapture> {
  const sink = new CheckingSink(source.name, identities, options);
  const summary = await readCapture(source, sink, {
    ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onReader: (reader) => {
      sink.interfaces = reader.interfaces;
      sink.blocks = reader.format === 'pcapng';
    },
    afterChunk: (_bytes, reader) => {
      sink.offset = reader.offset;
    },
  });
  // What cannot be read cannot be vouched for.
  for (const fault of summary.faults) sink.report(0, fault.offset, 'opaque', 'unreadable');
  sink.finish();
  return { hits: sink.hits, count: sink.count, values: sink.values, frames: summary.frames };
}

class CheckingSink implements FrameSink {
  bytes: Uint8Array = new Uint8Array(0);
  interfaces: readonly CaptureInterface[] = [];
  readonly hits: FrameHit[] = [];
  count = 0;
  /** Of the buffer's beginning in the file. */
  offset = 0;
  /** The file is made of blocks, whose packets have options. */
  blocks = false;
  private frames = 0;
  private start = 0;
  private readonly file: string;
  private readonly identities: Identities;
  private readonly options: CheckOptions;
  private readonly issued: IssuedCache;
  private readonly fragments = new Fragments();
  /** Frames of datagrams that are not whole, by the datagram: with something in them that is not zero. */
  private readonly parts = new Map<string, number[]>();
  private view = new DataView(this.bytes.buffer);
  private viewed: Uint8Array = this.bytes;
  private little = true;
  /** The block that the next frame stands in, when it was told of. */
  private told = { type: 0, at: 0, end: 0 };
  private readonly layers = new Layers(CLAIMS);
  private readonly envelope = newEnvelope();
  private readonly headers: HeaderChecker;
  private readonly messages: MessageChecker;
  private readonly hit = (at: number, kind: Kind, rule: string): void => {
    this.report(this.frames, at - this.start, kind, rule);
  };

  constructor(file: string, identities: Identities, options: CheckOptions) {
    this.file = file;
    this.identities = identities;
    this.options = options;
    const issued = new IssuedCache(identities);
    this.issued = issued;
    this.headers = new HeaderChecker(issued);
    this.messages = new MessageChecker(identities, issued, this.headers, options.names ?? new Set<string>());
  }

  get values(): number {
    return this.issued.values + this.messages.values;
  }

  report(frame: number, offset: number, kind: Kind, rule: string): void {
    this.count += 1;
    if (this.hits.length < MAX_HITS) this.hits.push({ file: this.file, frame, offset, kind, rule });
  }

  frame(at: number, captured: number, _length: number, iface: number): void {
    this.frames += 1;
    this.start = at;
    const { bytes, layers, hit } = this;
    const end = at + captured;
    if (this.blocks) this.packetOptions(at, captured);
    const found = layers.walk(bytes, at, end, this.interfaces[iface]?.linkType ?? -1);
    if (found === FOUND.unknownLink) {
      if (!isZero(bytes, at, end)) hit(at, 'opaque', 'unknown-link');
      return;
    }
    const claim = found === FOUND.claim;
    let done = this.headers.check(layers, bytes, at, end, hit);
    if (claim) {
      const e = this.envelope;
      fillNetwork(e, layers, bytes);
      fillTransport(e, layers, bytes);
      e.start = at;
      e.end = end;
      this.messages.check(layers.claim, e, hit);
      done = e.payloadEnd;
    } else if (found === FOUND.fragment) {
      this.fragment(done, end, iface);
      return;
    }
    if (!isZero(bytes, done, end)) hit(done, 'payload', 'after-headers');
  }

  /** A fragment's bytes are judged with its datagram; those of one that is never whole must be absent or zero. */
  private fragment(done: number, end: number, iface: number): void {
    const { layers, envelope: e, bytes, hit } = this;
    if (layers.payload > done && !isZero(bytes, done, layers.payload)) hit(done, 'opaque', 'after-headers');
    if (!isZero(bytes, layers.payloadEnd, end)) hit(layers.payloadEnd, 'opaque', 'after-headers');
    fillNetwork(e, layers, bytes);
    e.segment = iface;
    e.time = 0;
    const key = `${iface}/${e.ipVersion}/${layers.fragmentId}/${e.ipSrc}/${e.ipDst}`;
    if (!isZero(bytes, layers.payload, layers.payloadEnd)) {
      const parts = this.parts.get(key);
      if (parts !== undefined) parts.push(this.frames);
      else if (this.parts.size < MAX_PARTS) this.parts.set(key, [this.frames]);
      else hit(layers.payload, 'payload', 'fragment');
    }
    const datagram = this.fragments.add(e, layers, bytes);
    if (datagram === undefined) return;
    this.parts.delete(key);
    const whole = datagram.bytes;
    this.start = 0;
    if (layers.walkDatagram(whole, 0, whole.length, datagram.protocol) === FOUND.claim) {
      fillTransport(e, layers, whole);
      this.messages.check(layers.claim, e, hit);
    } else if (!isZero(whole, 0, whole.length)) {
      hit(0, 'payload', 'fragment');
    }
  }

  /** Tells of datagrams that never were whole. */
  finish(): void {
    for (const frames of this.parts.values()) for (const frame of frames) this.report(frame, 0, 'payload', 'fragment');
  }

  private packetOptions(at: number, captured: number): void {
    const { told, little } = this;
    const inside = told.type !== 0 && at >= told.at && at < told.end;
    if (inside && told.type !== BLOCK.enhancedPacket) return;
    if (this.viewed !== this.bytes) this.look();
    const block = at - 28;
    const end = block + this.view.getUint32(block + 4, little) - 4;
    this.eachOption(BLOCK.enhancedPacket, at + ((captured + 3) & ~3), end);
  }

  private look(): void {
    this.viewed = this.bytes;
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  other(kind: string, at: number, length: number): void {
    this.frames += 1;
    this.start = at;
    if (kind !== 'systemd-journal') {
      if (length > 0 && !isZero(this.bytes, at, at + length)) this.hit(at, 'opaque', 'custom-block');
      return;
    }
    const entry = this.bytes.subarray(at, at + length);
    const { journal } = this.options;
    if (journal !== undefined) {
      for (const { kind: one, offset, rule } of journal(entry)) this.hit(at + offset, one, rule);
    } else if (!/^__REALTIME_TIMESTAMP=\d+\n$/.test(latin1(entry, 0, entry.length))) {
      this.hit(at, 'text', 'journal-entry');
    }
  }

  /** What stands in a pcapng file beside frames. */
  block(type: number, at: number, size: number, little: boolean): void {
    this.look();
    this.little = little;
    this.told = { type, at, end: at + size };
    const first = FIRST_OPTION.get(type);
    if (first !== undefined) this.eachOption(type, at + first, at + size - 4);
    else if (!FRAMES.has(type)) this.report(0, this.offset, 'metadata', 'unknown-block');
  }

  private eachOption(type: number, at: number, end: number): void {
    if (end - at < 4) return;
    const whole = eachOption(this.view, at, end, this.little, (code, value, length) => {
      if (!this.option(type, code, this.bytes.subarray(value, value + length))) {
        this.report(0, this.offset, 'metadata', `block-${type}-option-${code}`);
      }
    });
    if (!whole) this.report(0, this.offset, 'metadata', `block-${type}-options`);
  }

  private option(type: number, code: number, value: Uint8Array): boolean {
    if (NUMBERS.get(type)?.includes(code) === true) return value.length <= 8;
    if (type === BLOCK.interface && code === 6 && value.length === 6) {
      return this.identities.issued('mac', read48(value, 0));
    }
    if (type === BLOCK.interface && code === 4 && value.length === 8) {
      return this.identities.issued('ipv4', read32(value, 0));
    }
    if (type === BLOCK.interface && code === 5 && value.length === 17) {
      return this.identities.issued('ipv6', latin1(value, 0, 16));
    }
    if (this.options.words?.has(Buffer.from(value).toString('utf8')) === true) return true;
    const { action } = this.identities.rule('metadata');
    return action === 'keep' || this.identities.issued('metadata', latin1(value, 0, value.length));
  }
}

/** Where options begin, by block type. */
const FIRST_OPTION = new Map<number, number>([
  [BLOCK.sectionHeader, 24],
  [BLOCK.interface, 16],
  [BLOCK.statistics, 20],
]);
const FRAMES = new Set<number>([BLOCK.enhancedPacket, BLOCK.packet, BLOCK.simplePacket, BLOCK.journal, BLOCK.custom]);
/** Options that hold numbers: speed, resolution, FCS, offset; times and counts; direction, drops. */
const NUMBERS = new Map<number, readonly number[]>([
  [BLOCK.interface, [8, 9, 13, 14]],
  [BLOCK.statistics, [2, 3, 4, 5, 6, 7, 8]],
  [BLOCK.enhancedPacket, [2, 4]],
]);
