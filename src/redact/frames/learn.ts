import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { hasTime, readTime, type Time } from '../../capture/clock.ts';
import { readCapture, type CaptureSummary } from '../../capture/read.ts';
import { openSource } from '../../capture/source.ts';
import type { ByteSource, CaptureInterface, FrameSink } from '../../capture/types.ts';
import { CLAIMS, fillNetwork, fillTransport, newEnvelope } from '../../wire/dissect.ts';
import { latin1, read32 } from '../../wire/cursor.ts';
import { FOUND, Layers } from '../../wire/layers.ts';
import { type Learner, NO_FACTS } from '../facts.ts';
import type { Identities } from '../identities.ts';
import type { Kind } from '../kinds.ts';
import { addressesOf } from '../text/addresses.ts';
import { Blocks } from '../text/blocks.ts';
import { findersOf } from '../text/known.ts';
import { Learning } from '../text/learning.ts';
import { HeldDatagrams } from './fragments.ts';
import { type Copy, HeaderWriter } from './headers.ts';
import { IdentityCache } from './identity-cache.ts';
import { MAX_GROWTH, MessageWriter } from './message.ts';
import { Tally } from './tally.ts';

export interface LearnOptions {
  chunk?: number;
  signal?: AbortSignal;
  /** Read instead of what `path` names: a capture that was found inside something else. */
  source?: ByteSource;
  /** Learns from the text of a systemd journal entry. */
  journal?(entry: Uint8Array): void;
  /** Give the SHA-256 of the file as stored. */
  digest?: boolean;
  onProgress?(bytes: number, frames: number): void;
}

export interface LearnedCapture {
  summary: CaptureSummary;
  /** SHA-256 of the file as stored, in hex; '' for a pipe or when it was not asked for. */
  sha256: string;
  /** Datagrams in fragments; to be handed to `rewriteCapture`. */
  datagrams: HeldDatagrams;
  /** Systemd journal entries among the frames. */
  journals: number;
}

/**
 * The first pass over a capture: tells `learner` every address and name that stands in a decoded field, the networks that
 * the protocols speak of, and the earliest time.
 *
 * @throws CaptureError when the file cannot be opened or is no capture
 */
export async function learnCapture(
  path: string,
  learner: Learner,
  options: LearnOptions = {},
): Promise<LearnedCapture> {
  const source: ByteSource = options.source ?? (await openSource(path, options.signal));
  try {
    const sink = new LearningSink(learner, options.journal);
    const summary = await readCapture(source, sink, {
      ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onReader: (reader) => {
        sink.interfaces = reader.interfaces;
      },
      afterChunk: (_bytes, reader) => options.onProgress?.(reader.offset, reader.frames),
    });
    const sha256 = options.digest === true && path !== '-' ? await digestOf(path) : '';
    return { summary, sha256, datagrams: sink.datagrams, journals: sink.journals };
  } finally {
    source.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Frames that are read into one buffer, rebuilt without change, so that what is learned is what would be mapped. */
class LearningSink implements FrameSink {
  bytes: Uint8Array = new Uint8Array(0);
  interfaces: readonly CaptureInterface[] = [];
  readonly datagrams = new HeldDatagrams();
  journals = 0;
  private frames = 0;
  private view = new DataView(this.bytes.buffer);
  private viewed: Uint8Array = this.bytes;
  private readonly learner: Learner;
  private readonly journal: LearnOptions['journal'];
  private readonly layers = new Layers(CLAIMS);
  private readonly envelope = newEnvelope();
  private readonly headers: HeaderWriter;
  private readonly message: MessageWriter;
  private readonly time: Time = { sec: 0, nsec: 0 };
  private scratch = new Uint8Array(0);
  private readonly copy: Copy;

  constructor(learner: Learner, journal: LearnOptions['journal']) {
    this.learner = learner;
    this.journal = journal;
    const identities = new LearningIdentities(learner);
    const cache = new IdentityCache(identities);
    this.headers = new HeaderWriter(cache);
    this.message = new MessageWriter(identities, cache, new Tally(), false);
    this.copy = { from: this.view, to: this.view, shift: 0, end: 0 };
  }

  frame(at: number, captured: number, _length: number, iface: number, high: number, low: number): void {
    this.frames += 1;
    const source = this.interfaces[iface];
    const { time, layers, bytes } = this;
    if (source === undefined) return;
    time.sec = -1;
    if (hasTime(high, low)) {
      readTime(source.clock, high, low, time);
      this.learner.time(time.sec);
    }
    const end = at + captured;
    const found = layers.walk(bytes, at, end, source.linkType);
    if (found === FOUND.unknownLink) return;
    const copy = this.prepare(at, captured);
    this.headers.write(layers, copy, at);
    if (found === FOUND.fragment) {
      this.datagrams.add(layers, bytes, at, end, source.linkType, iface, this.frames, time.sec);
      this.datagram();
    } else if (found === FOUND.claim) {
      this.claimed(bytes, copy);
    }
  }

  other(kind: string, at: number, length: number): void {
    this.frames += 1;
    if (kind !== 'systemd-journal') return;
    this.journals += 1;
    this.journal?.(this.bytes.subarray(at, at + length));
  }

  private prepare(at: number, captured: number): Copy {
    if (this.viewed !== this.bytes) {
      this.viewed = this.bytes;
      this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    }
    const { copy } = this;
    if (this.scratch.length < captured + MAX_GROWTH) {
      this.scratch = new Uint8Array(2 * captured + MAX_GROWTH);
      copy.to = new DataView(this.scratch.buffer);
    }
    copy.from = this.view;
    copy.shift = -at;
    copy.end = at + captured;
    return copy;
  }

  private claimed(bytes: Uint8Array, copy: Copy): void {
    const { envelope: e, layers } = this;
    fillNetwork(e, layers, bytes);
    fillTransport(e, layers, bytes);
    this.message.write(layers.claim, e, copy, this.scratch, false);
    if (CLAIMS.protocols[layers.claim - 1]?.name === 'dhcpv4') this.mask(bytes);
  }

  /** A datagram that was just completed is learned as a whole. */
  private datagram(): void {
    const last = this.datagrams.held.at(-1);
    if (last === undefined || last.pieces.at(-1)?.frame !== this.frames) return;
    const { layers, envelope: e } = this;
    const { bytes } = last;
    if (layers.walkDatagram(bytes, 0, bytes.length, last.protocol) !== FOUND.claim) return;
    fillNetwork(e, layers, this.bytes);
    fillTransport(e, layers, bytes);
    const to = new Uint8Array(bytes.length + MAX_GROWTH);
    const copy = { from: new DataView(bytes.buffer), to: new DataView(to.buffer), shift: 0, end: bytes.length };
    this.message.write(layers.claim, e, copy, to, false);
    if (CLAIMS.protocols[layers.claim - 1]?.name === 'dhcpv4') this.mask(bytes);
  }

  /** Option 1 says how large the network of the addresses is that stand in the same message. */
  private mask(bytes: Uint8Array): void {
    const { cursor } = this.message;
    let mask = -1;
    for (let i = 0; i < cursor.count; i += 1) {
      const field = cursor.fields[i];
      if (field?.node.kind === 'mask' && field.length === 4 && field.node.parent?.step === 'options#1') {
        mask = read32(field.joined?.bytes ?? bytes, field.at);
      }
    }
    if (mask < 0) return;
    for (let i = 0; i < cursor.count; i += 1) {
      const field = cursor.fields[i];
      if (field === undefined || field.type !== 'ipv4' || field.length !== 4) continue;
      const { node } = field;
      const router = node.parent?.step === 'options#3' || node.parent?.step === 'options#28';
      if (node.name !== 'yiaddr' && node.name !== 'ciaddr' && !router) continue;
      const address = read32(field.joined?.bytes ?? bytes, field.at);
      if (address > 0) this.learner.mask4(address, mask);
    }
  }
}

/** Kinds whose values are sentences, that rules of texts read; and those that are one value, which may stand in such a sentence. */
const WORDY: ReadonlySet<Kind> = new Set(['text', 'vendor-class']);
const VALUES: ReadonlySet<Kind> = new Set(['serial', 'circuit-id', 'remote-id', 'vlan-name']);
/** Different sentences that are remembered. */
const MAX_SEEN = 4096;

/** Maps nothing, and tells the learner of all that it is asked. */
class LearningIdentities implements Identities {
  private readonly learner: Learner;
  private readonly texts: Learning;
  private readonly seen = new Set<string>();

  constructor(learner: Learner) {
    this.learner = learner;
    const addresses = addressesOf(NO_FACTS);
    this.texts = new Learning(learner, findersOf(NO_FACTS, addresses), addresses);
  }

  rule(): { action: 'keep'; because: string } {
    return { action: 'keep', because: '' };
  }

  mac(address: number): number {
    this.learner.mac(address);
    return address;
  }

  ipv4(address: number): number {
    this.learner.ipv4(address);
    return address;
  }

  ipv6(address: string): string {
    this.learner.ipv6(address);
    return address;
  }

  network4(address: number, length: number): number {
    this.learner.subnet4(address, length);
    return address;
  }

  network6(address: string, length: number): string {
    this.learner.subnet6(address, length);
    return address;
  }

  text(kind: Kind, value: string): string {
    if (kind === 'hostname' || kind === 'domain') this.learner.name(value);
    else if (kind === 'username') this.learner.word(value);
    else if (WORDY.has(kind)) this.words(value);
    else if (VALUES.has(kind)) this.learner.value(kind, value);
    return value;
  }

  /** What the rules of texts find in the words of a message: clients say the same again and again. */
  private words(value: string): void {
    if (this.seen.has(value)) return;
    if (this.seen.size < MAX_SEEN) this.seen.add(value);
    this.texts.line(value, new Blocks());
  }

  bytes(kind: Kind, value: Uint8Array): Uint8Array {
    if (kind === 'mac' && value.length === 6) this.learner.mac(number48(value));
    else if (kind === 'ipv4' && value.length === 4) this.learner.ipv4(read32(value, 0));
    else if (kind === 'ipv6' && value.length === 16) this.learner.ipv6(latin1(value, 0, 16));
    return value;
  }

  time(seconds: number): number {
    return seconds;
  }

  issued(): boolean {
    return true;
  }
}

function number48(value: Uint8Array): number {
  return ((value[0] ?? 0) * 256 + (value[1] ?? 0)) * 4294967296 + read32(value, 2);
}
