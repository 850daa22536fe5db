import { BLOCK, ORDER_MAGIC } from '../../capture/pcapng/blocks.ts';
import { eachOption } from '../../capture/pcapng/options.ts';
import type { CaptureInterface } from '../../capture/types.ts';
import { latin1, read32, read48 } from '../../wire/cursor.ts';
import type { Identities } from '../identities.ts';
import { type RecordBuffer, endBlock } from './record-buffer.ts';
import type { TickShift } from './time-shift.ts';

/** Option codes of draft-ietf-opsawg-pcapng: 3.5 (any), 4.1 (section), 4.2 (interface), 4.3 (packet), 4.6 (statistics). */
const COMMENT = 1;
const SECTION_TEXTS = new Set([COMMENT, 2, 3, 4]);
const INTERFACE_TEXTS = new Set([COMMENT, 2, 3, 11, 12, 15]);
const IF_IPV4 = 4;
const IF_IPV6 = 5;
const IF_MAC = 6;
/** Speed, resolution, FCS length, time offset. */
const INTERFACE_KEPT = new Map([
  [8, 8],
  [9, 1],
  [13, 1],
  [14, 8],
]);
const FILTER = 11;
/** Start and end of the capture, and counts of frames. */
const STATISTICS_TIMES = new Set([2, 3]);
const STATISTICS_KEPT = new Set([4, 5, 6, 7, 8]);
/** Direction flags, and frames dropped before this one. */
const PACKET_KEPT = new Map([
  [2, 4],
  [4, 8],
]);

export function writeSection(
  identities: Identities,
  view: DataView,
  at: number,
  size: number,
  out: RecordBuffer,
  little: boolean,
): void {
  out.need(48 + 2 * size);
  const from = out.at;
  out.u32(BLOCK.sectionHeader, little);
  out.u32(0, little);
  out.u32(ORDER_MAGIC, little);
  out.u16(1, little);
  out.u16(0, little);
  // The section's length is not known: it is written as it comes.
  out.u32(0xffffffff, little);
  out.u32(0xffffffff, little);
  let some = false;
  if (size >= 28) {
    eachOption(view, at + 24, at + size - 4, little, (code, value, length) => {
      if (SECTION_TEXTS.has(code)) some = writeText(identities, view, value, length, code, out, little) || some;
    });
  }
  if (some) endOptions(out, little);
  endBlock(out, from, little);
}

export function writeInterface(
  identities: Identities,
  view: DataView,
  at: number,
  size: number,
  out: RecordBuffer,
  little: boolean,
): void {
  if (size < 20) return;
  out.need(32 + 2 * size);
  const from = out.at;
  out.u32(BLOCK.interface, little);
  out.u32(0, little);
  out.u16(view.getUint16(at + 8, little), little);
  out.u16(0, little);
  out.u32(view.getUint32(at + 12, little), little);
  let some = false;
  eachOption(view, at + 16, at + size - 4, little, (code, value, length) => {
    if (INTERFACE_KEPT.get(code) === length) some = copyOption(view, value, length, code, out, little);
    else if (code === FILTER) some = writeFilter(identities, view, value, length, out, little) || some;
    else if (INTERFACE_TEXTS.has(code)) some = writeText(identities, view, value, length, code, out, little) || some;
    else some = writeAddress(identities, view, value, length, code, out, little) || some;
  });
  if (some) endOptions(out, little);
  endBlock(out, from, little);
}

export function writeStatistics(
  view: DataView,
  at: number,
  size: number,
  out: RecordBuffer,
  little: boolean,
  shift: TickShift,
  source: CaptureInterface,
  id: number,
): void {
  out.need(32 + 2 * size);
  const from = out.at;
  const moved = (place: number): void => {
    shift.move(view.getInt32(place, little), view.getInt32(place + 4, little), source, id);
    out.u32(shift.high, little);
    out.u32(shift.low, little);
  };
  out.u32(BLOCK.statistics, little);
  out.u32(0, little);
  out.u32(view.getUint32(at + 8, little), little);
  moved(at + 12);
  let some = false;
  eachOption(view, at + 20, at + size - 4, little, (code, value, length) => {
    if (length !== 8) return;
    if (STATISTICS_TIMES.has(code)) {
      out.u16(code, little);
      out.u16(length, little);
      moved(value);
      some = true;
    } else if (STATISTICS_KEPT.has(code)) {
      some = copyOption(view, value, length, code, out, little);
    }
  });
  if (some) endOptions(out, little);
  endBlock(out, from, little);
}

/** What is kept of a packet's options: numbers, and comments where the policy keeps such. */
export class PacketOptions {
  private readonly identities: Identities;

  constructor(identities: Identities) {
    this.identities = identities;
  }

  write(view: DataView, at: number, end: number, out: RecordBuffer, little: boolean): void {
    if (end - at < 4) return;
    let some = false;
    out.need(16 + 2 * (end - at));
    eachOption(view, at, end, little, (code, value, length) => {
      if (PACKET_KEPT.get(code) === length) some = copyOption(view, value, length, code, out, little);
      else if (code === COMMENT) some = writeText(this.identities, view, value, length, code, out, little) || some;
    });
    if (some) endOptions(out, little);
    // The trailing length, for which `need` was asked before the options were known.
    out.need(8);
  }
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function writeText(
  identities: Identities,
  view: DataView,
  at: number,
  length: number,
  code: number,
  out: RecordBuffer,
  little: boolean,
): boolean {
  const text = identities.text('metadata', latin1(bytesAt(view, at, length), 0, length));
  if (text === undefined || text.length > 0xffff || !/^[\0-\xff]*$/.test(text)) return false;
  writeOption(Buffer.from(text, 'latin1'), code, out, little);
  return true;
}

/** A kind, then text; code for a machine (any other kind) is left out. */
function writeFilter(
  identities: Identities,
  view: DataView,
  at: number,
  length: number,
  out: RecordBuffer,
  little: boolean,
): boolean {
  if (length < 2 || view.getUint8(at) !== 0) return false;
  const text = identities.text('metadata', latin1(bytesAt(view, at + 1, length - 1), 0, length - 1));
  if (text === undefined || text.length > 0xfffe || !/^[\0-\xff]*$/.test(text)) return false;
  writeOption(Buffer.from(`\0${text}`, 'latin1'), FILTER, out, little);
  return true;
}

/** Addresses of the interface itself: they tell where the capture was made, and go with the rest of its description. */
function writeAddress(
  identities: Identities,
  view: DataView,
  at: number,
  length: number,
  code: number,
  out: RecordBuffer,
  little: boolean,
): boolean {
  if (identities.rule('metadata').action === 'drop') return false;
  const value = bytesAt(view, at, length).slice();
  const to = new DataView(value.buffer);
  if (code === IF_MAC && length === 6) {
    const mac = identities.mac(read48(value, 0));
    if (mac === undefined) return false;
    to.setUint16(0, Math.floor(mac / 4294967296));
    to.setUint32(2, mac % 4294967296);
  } else if (code === IF_IPV4 && length === 8) {
    const address = identities.ipv4(read32(value, 0));
    if (address === undefined) return false;
    to.setUint32(0, address);
  } else if (code === IF_IPV6 && length === 17) {
    const address = identities.ipv6(latin1(value, 0, 16));
    if (address === undefined) return false;
    value.set(Buffer.from(address, 'latin1'));
  } else {
    return false;
  }
  writeOption(value, code, out, little);
  return true;
}

function copyOption(
  view: DataView,
  at: number,
  length: number,
  code: number,
  out: RecordBuffer,
  little: boolean,
): true {
  writeOption(bytesAt(view, at, length), code, out, little);
  return true;
}

function writeOption(value: Uint8Array, code: number, out: RecordBuffer, little: boolean): void {
  out.need(16 + value.length);
  out.u16(code, little);
  out.u16(value.length, little);
  const from = out.at;
  out.put(value);
  out.pad(from);
}

function endOptions(out: RecordBuffer, little: boolean): void {
  out.need(16);
  out.u16(0, little);
  out.u16(0, little);
}
