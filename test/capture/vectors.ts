import { createHash } from 'node:crypto';
import { EVENT_CLOCK, hasTime, readTime } from '../../src/capture/clock.ts';
import type { CaptureReader } from '../../src/capture/format.ts';
import { type CaptureSummary, readCapture } from '../../src/capture/read.ts';
import type { ByteSource, CaptureInterface, FrameSink } from '../../src/capture/types.ts';

/** Captures made byte by byte: what a test wants to be there, and nothing that the code under test had a hand in. */

export function u16(value: number, little: boolean): number[] {
  return order([value & 255, (value >>> 8) & 255], little);
}

export function u32(value: number, little: boolean): number[] {
  return order([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255], little);
}

function order(bytes: number[], little: boolean): number[] {
  return little ? bytes : bytes.toReversed();
}

export function concat(...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

/** `count` bytes that differ from one another and from frame to frame. */
export function payload(count: number, seed = 1): number[] {
  return Array.from({ length: count }, (_, index) => (index * 7 + seed * 31) & 255);
}

export interface PcapOptions {
  magic?: number;
  little?: boolean;
  linkType?: number;
  major?: number;
  minor?: number;
  snap?: number;
}

export function pcapHeader(options: PcapOptions = {}): number[] {
  const { magic = 0xa1b2c3d4, little = true, linkType = 1, major = 2, minor = 4, snap = 262144 } = options;
  return [
    ...u32(magic, little),
    ...u16(major, little),
    ...u16(minor, little),
    ...u32(0, little),
    ...u32(0, little),
    ...u32(snap, little),
    ...u32(linkType, little),
  ];
}

export interface RecordOptions {
  sec?: number;
  fraction?: number;
  data?: readonly number[];
  captured?: number;
  length?: number;
  little?: boolean;
  /** Bytes between header and data (modified pcap). */
  extra?: readonly number[];
}

export function pcapRecord(options: RecordOptions = {}): number[] {
  const { sec = 1700000000, fraction = 0, data = payload(20), little = true, extra = [] } = options;
  return [
    ...u32(sec, little),
    ...u32(fraction, little),
    ...u32(options.captured ?? data.length, little),
    ...u32(options.length ?? data.length, little),
    ...extra,
    ...data,
  ];
}

/** Builds pcapng blocks in one byte order. */
export class Blocks {
  readonly little: boolean;

  constructor(little = true) {
    this.little = little;
  }

  u16 = (value: number): number[] => u16(value, this.little);
  u32 = (value: number): number[] => u32(value, this.little);

  block(type: number, body: readonly number[]): number[] {
    const padded = [...body, ...Array.from({ length: -body.length & 3 }, () => 0)];
    const length = this.u32(padded.length + 12);
    return [...this.u32(type), ...length, ...padded, ...length];
  }

  options(list: readonly (readonly [number, readonly number[]])[]): number[] {
    if (list.length === 0) return [];
    const all = list.flatMap(([code, value]) => [
      ...this.u16(code),
      ...this.u16(value.length),
      ...value,
      ...Array.from({ length: -value.length & 3 }, () => 0),
    ]);
    return [...all, 0, 0, 0, 0];
  }

  section(major = 1, minor = 0): number[] {
    return this.block(0x0a0d0d0a, [
      ...this.u32(0x1a2b3c4d),
      ...this.u16(major),
      ...this.u16(minor),
      ...Array.from({ length: 8 }, () => 255),
    ]);
  }

  iface(linkType = 1, snap = 0, options: readonly (readonly [number, readonly number[]])[] = []): number[] {
    return this.block(1, [...this.u16(linkType), 0, 0, ...this.u32(snap), ...this.options(options)]);
  }

  packet(
    ticks: bigint,
    data: readonly number[] = payload(20),
    more: { iface?: number; captured?: number; length?: number; options?: readonly number[] } = {},
  ): number[] {
    return this.block(6, [
      ...this.u32(more.iface ?? 0),
      ...this.time(ticks),
      ...this.u32(more.captured ?? data.length),
      ...this.u32(more.length ?? data.length),
      ...data,
      ...Array.from({ length: -data.length & 3 }, () => 0),
      ...(more.options ?? []),
    ]);
  }

  oldPacket(ticks: bigint, data: readonly number[] = payload(20), iface = 0): number[] {
    return this.block(2, [
      ...this.u16(iface),
      ...this.u16(0),
      ...this.time(ticks),
      ...this.u32(data.length),
      ...this.u32(data.length),
      ...data,
    ]);
  }

  simple(data: readonly number[] = payload(20), length = data.length): number[] {
    return this.block(3, [...this.u32(length), ...data]);
  }

  statistics(iface: number, received: number, dropped: number): number[] {
    return this.block(5, [
      ...this.u32(iface),
      ...this.time(0n),
      ...this.options([
        [4, this.u64(received)],
        [5, this.u64(dropped)],
      ]),
    ]);
  }

  u64(value: number): number[] {
    return this.little ? [...this.u32(value), 0, 0, 0, 0] : [0, 0, 0, 0, ...this.u32(value)];
  }

  time(ticks: bigint): number[] {
    return [...this.u32(Number(ticks >> 32n)), ...this.u32(Number(ticks & 0xffffffffn))];
  }
}

export function ascii(text: string): number[] {
  return [...Buffer.from(text)];
}

/** Bytes as a source. `step`: at most so many a read; `later`: asynchronously, as a pipe gives them. */
export function memorySource(bytes: Uint8Array, options: { step?: number; later?: boolean } = {}): ByteSource {
  const { step = Number.POSITIVE_INFINITY, later = false } = options;
  let taken = 0;
  return {
    name: 'memory',
    compression: 'none',
    size: bytes.length,
    faults: [],
    read(into, at) {
      const count = Math.min(step, into.length - at, bytes.length - taken);
      into.set(bytes.subarray(taken, taken + count), at);
      taken += count;
      return later ? Promise.resolve(count) : count;
    },
    close() {},
  };
}

/** One line for each frame: number, time, lengths, interface, a hash of its bytes. */
export class Transcript implements FrameSink {
  bytes: Uint8Array = new Uint8Array(0);
  lines: string[] = [];
  interfaces: readonly CaptureInterface[] = [];

  frame(at: number, captured: number, length: number, iface: number, high: number, low: number): void {
    if (at + captured > this.bytes.length) throw new Error('a frame outside its buffer');
    const one = this.interfaces[iface];
    if (one === undefined) throw new Error(`a frame of interface ${iface}, which is not there`);
    const hash = createHash('sha1')
      .update(this.bytes.subarray(at, at + captured))
      .digest('hex')
      .slice(0, 8);
    const time = timeText(one.clock, high, low);
    this.lines.push(`${this.lines.length + 1} ${time} ${captured} ${length} ${iface} ${hash}`);
  }

  other(kind: string, at: number, length: number, high: number, low: number): void {
    if (at + length > this.bytes.length) throw new Error('a block outside its buffer');
    this.lines.push(`${this.lines.length + 1} ${timeText(EVENT_CLOCK, high, low)} ${length} ${kind}`);
  }
}

/** Seconds and nine digits, as tshark's frame.time_epoch; '' without a time. */
export function timeText(clock: CaptureInterface['clock'], high: number, low: number): string {
  if (!hasTime(high, low)) return '';
  const time = { sec: 0, nsec: 0 };
  readTime(clock, high, low, time);
  return `${time.sec}.${String(time.nsec).padStart(9, '0')}`;
}

export interface Read {
  lines: string[];
  summary: CaptureSummary;
}

export async function readAll(source: ByteSource, chunk?: number): Promise<Read> {
  const transcript = new Transcript();
  const summary = await readCapture(source, transcript, {
    ...(chunk === undefined ? {} : { chunk }),
    onReader(reader: CaptureReader) {
      transcript.interfaces = reader.interfaces;
    },
  });
  return { lines: transcript.lines, summary };
}

export function readBytes(bytes: Uint8Array, chunk?: number): Promise<Read> {
  return readAll(memorySource(bytes), chunk);
}

/** A pcapng file with something of everything, in both byte orders. */
export function everyBlock(): Uint8Array {
  const a = new Blocks(true);
  const b = new Blocks(false);
  const journal = ascii('__CURSOR=x\n__REALTIME_TIMESTAMP=1700000000123456\nMESSAGE=hello\n\n');
  return concat(
    a.section(),
    a.iface(1, 0, [
      [2, ascii('eth0')],
      [9, [9]],
    ]),
    a.packet(1700000000123456789n, payload(61, 1)),
    a.block(10, [...a.u32(0x544c534b), ...a.u32(36), ...payload(36)]),
    a.block(4, [...a.u16(1), ...a.u16(6), 1, 2, 3, 4, 97, 0, 0, 0, 0, 0, 0, 0]),
    a.block(9, journal),
    a.packet(1700000000223456789n, payload(14, 2), { options: a.options([[1, ascii('a comment')]]) }),
    a.statistics(0, 77, 3),
    b.section(),
    b.iface(113, 40),
    b.iface(1, 0, [[9, [0x80 | 20]]]),
    b.simple(payload(40, 3), 90),
    b.packet(1234567890123n, payload(33, 4), { iface: 1 }),
    b.oldPacket(1700000000000000n, payload(20, 5)),
    b.block(0xbad, [...b.u32(32473), ...payload(16)]),
    b.block(0x40000bad, [...b.u32(1), ...payload(5)]),
    b.block(0x80000001, payload(30)),
    b.packet(1234567899999n, payload(9, 6), { iface: 1, length: 1500 }),
    a.section(),
    a.iface(),
    a.packet(1700000001000000n, payload(20, 7)),
  );
}
