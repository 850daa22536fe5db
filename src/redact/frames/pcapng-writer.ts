import { EVENT_CLOCK } from '../../capture/clock.ts';
import { BLOCK } from '../../capture/pcapng/blocks.ts';
import type { CaptureInterface, FrameSink } from '../../capture/types.ts';
import { type FrameRewriter, ROOM } from './frame.ts';
import { PacketOptions, writeInterface, writeSection, writeStatistics } from './pcapng-blocks.ts';
import type { Identities } from '../identities.ts';
import { type RecordBuffer, endBlock } from './record-buffer.ts';
import { TickShift } from './time-shift.ts';

/** Rebuilds the text of a systemd journal entry (Journal Export Format); undefined: only its time is written. */
export type RedactJournal = (entry: Uint8Array) => Uint8Array | undefined;

/** A wall clock field is what Wireshark knows an entry by. */
const JOURNAL_TIME = '__REALTIME_TIMESTAMP=';

/**
 * Writes the blocks of a pcapng file anew: those that take a frame number keep it, the others are kept as far as the
 * policy speaks for them. Secrets, name resolution and what is not known are left out.
 */
export class PcapngWriter implements FrameSink {
  private readonly rewriter: FrameRewriter;
  private readonly identities: Identities;
  private readonly out: RecordBuffer;
  private readonly interfaces: readonly CaptureInterface[];
  private readonly shift: TickShift;
  private readonly options: PacketOptions;
  private readonly journal: RedactJournal | undefined;
  private source: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.source.buffer);
  private little: boolean;
  private number: number;
  /** The block that the next `frame` or `other` belongs to; type 0 when it was in none that was told of. */
  private type = 0;
  private blockAt = 0;
  /** Index of the present section's first interface. */
  private base: number;
  private blockEnd = 0;

  /** @param interfaces the reader's own, which it goes on filling @param seconds that times move by */
  constructor(
    rewriter: FrameRewriter,
    identities: Identities,
    out: RecordBuffer,
    interfaces: readonly CaptureInterface[],
    base: number,
    little: boolean,
    seconds: number,
    before: number,
    journal: RedactJournal | undefined,
  ) {
    this.rewriter = rewriter;
    this.identities = identities;
    this.out = out;
    this.interfaces = interfaces;
    this.base = base;
    this.little = little;
    this.shift = new TickShift(seconds);
    this.options = new PacketOptions(identities);
    this.number = before;
    this.journal = journal;
  }

  get bytes(): Uint8Array {
    return this.source;
  }

  set bytes(bytes: Uint8Array) {
    if (bytes === this.source) return;
    this.source = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  block(type: number, at: number, size: number, little: boolean): void {
    this.type = type;
    this.blockAt = at;
    this.blockEnd = at + size;
    const { view, out, identities } = this;
    if (type === BLOCK.sectionHeader) {
      this.little = little;
      this.base = this.interfaces.length;
      writeSection(identities, view, at, size, out, little);
    } else if (type === BLOCK.interface) {
      writeInterface(identities, view, at, size, out, little);
    } else if (type === BLOCK.statistics && size >= 24) {
      const id = this.base + view.getUint32(at + 8, little);
      const source = this.interfaces[id];
      // Those of an interface that its section has not are no statistics.
      if (source !== undefined) writeStatistics(view, at, size, out, little, this.shift, source, id);
    }
  }

  frame(at: number, captured: number, length: number, iface: number, high: number, low: number): void {
    this.number += 1;
    const told = at >= this.blockAt && at < this.blockEnd && this.type !== 0;
    const type = told ? this.type : BLOCK.enhancedPacket;
    this.type = 0;
    if (type === BLOCK.simplePacket) this.simple(at, captured, length, iface);
    else this.enhanced(at, captured, length, iface, high, low, type === BLOCK.enhancedPacket);
  }

  private enhanced(
    at: number,
    captured: number,
    length: number,
    id: number,
    high: number,
    low: number,
    options: boolean,
  ): void {
    const { out, little, view, shift, rewriter } = this;
    const block = options ? at - 28 : -1;
    const end = options ? block + view.getUint32(block + 4, little) - 4 : 0;
    out.need(48 + captured + ROOM + Math.max(0, end - at));
    const from = out.at;
    const source = this.interfaces[id];
    const kept = this.rebuilt(at, captured, length, source, from + 28);
    shift.move(high, low, source, id);
    out.u32(BLOCK.enhancedPacket, little);
    out.u32(0, little);
    out.u32(source?.sectionId ?? 0, little);
    out.u32(shift.high, little);
    out.u32(shift.low, little);
    out.u32(kept, little);
    out.u32(rewriter.length, little);
    out.at = from + 28 + kept;
    out.pad(from);
    if (options) this.options.write(view, at + ((captured + 3) & ~3), end, out, little);
    endBlock(out, from, little);
  }

  /** A simple packet has no time and no captured length of its own: it keeps its length, in zeros. */
  private simple(at: number, captured: number, length: number, id: number): void {
    const { out, little, rewriter } = this;
    out.need(20 + captured + ROOM);
    const from = out.at;
    const kept = this.rebuilt(at, captured, length, this.interfaces[id], from + 12);
    out.bytes.fill(0, from + 12 + Math.min(kept, captured), from + 12 + captured);
    const whole = Math.max(kept, captured);
    out.u32(BLOCK.simplePacket, little);
    out.u32(0, little);
    out.u32(rewriter.length, little);
    out.at = from + 12 + whole;
    out.pad(from);
    endBlock(out, from, little);
  }

  private rebuilt(
    at: number,
    captured: number,
    length: number,
    source: CaptureInterface | undefined,
    to: number,
  ): number {
    const { out, rewriter, number } = this;
    const linkType = source?.linkType ?? -1;
    return rewriter.frame(this.view, this.source, at, captured, length, linkType, number, out.bytes, out.view, to);
  }

  other(kind: string, at: number, length: number, high: number, low: number): void {
    this.number += 1;
    this.type = 0;
    if (kind === 'systemd-journal') this.entry(at, length, high, low);
    else this.custom(length);
  }

  private entry(at: number, length: number, high: number, low: number): void {
    const { out, little } = this;
    const known = (high & low) !== -1;
    if (known) this.shift.moveBy(high, low, EVENT_CLOCK);
    const time = known ? (this.shift.high >>> 0) * 4294967296 + (this.shift.low >>> 0) : 0;
    // A journal entry that was too large to hold has no text here.
    const given = length === 0 ? undefined : this.journal?.(this.source.slice(at, at + length));
    const entry = given ?? Buffer.from(`${JOURNAL_TIME}${time}\n`);
    out.need(20 + entry.length);
    const from = out.at;
    out.u32(BLOCK.journal, little);
    out.u32(0, little);
    out.put(entry);
    out.pad(from);
    endBlock(out, from, little);
  }

  /** In the place of a numbered block that nobody here can read: a custom block of no enterprise, its content zero. */
  private custom(length: number): void {
    const { out, little } = this;
    out.need(20 + length);
    const from = out.at;
    out.u32(BLOCK.custom, little);
    out.u32(0, little);
    out.u32(0, little);
    out.bytes.fill(0, out.at, out.at + length);
    out.at += length;
    out.pad(from);
    endBlock(out, from, little);
  }
}
