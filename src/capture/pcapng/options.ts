import type { CaptureInterface, Clock } from '../types.ts';

/** Codes of draft-ietf-opsawg-pcapng: 3.5 (any block), 4.2 (interface), 4.6 (statistics). */
const OPTION = {
  end: 0,
  name: 2,
  description: 3,
  resolution: 9,
  filter: 11,
  os: 12,
  timeOffset: 14,
  received: 4,
  dropped: 5,
  application: 4,
} as const;

/** Characters kept of one text. A filter is the longest that people write. */
const MAX_TEXT = 1024;
/** And of the name of a program, as `Dumpcap (Wireshark) 4.2.2 (…)`. */
const MAX_NAME = 128;

/**
 * Goes through the options in `view[at, end)`.
 *
 * @returns false when an option claims more bytes than there are; those before it were given
 */
export function eachOption(
  view: DataView,
  at: number,
  end: number,
  little: boolean,
  take: (code: number, at: number, length: number) => void,
): boolean {
  let next = at;
  while (next + 4 <= end) {
    const code = view.getUint16(next, little);
    const length = view.getUint16(next + 2, little);
    if (code === OPTION.end) return true;
    if (length > end - next - 4) return false;
    take(code, next + 4, length);
    next += 4 + ((length + 3) & ~3);
  }
  return true;
}

/** What an interface description block says, with the defaults of the specification. Numbering it is the reader's. `whole` is false when its options are damaged. */
export function readInterface(
  view: DataView,
  at: number,
  end: number,
  little: boolean,
): { one: CaptureInterface; whole: boolean } {
  const clock: Clock = { kind: 'ticks', base: 10, exponent: 6, offset: 0 };
  const one: CaptureInterface = {
    id: -1,
    section: -1,
    sectionId: -1,
    linkType: view.getUint16(at, little),
    snapLength: view.getUint32(at + 4, little),
    clock,
    name: '',
    description: '',
    filter: '',
    os: '',
    received: -1,
    dropped: -1,
  };
  const whole = eachOption(view, at + 8, end, little, (code, from, length) => {
    if (code === OPTION.name) one.name = text(view, from, length);
    else if (code === OPTION.description) one.description = text(view, from, length);
    else if (code === OPTION.os) one.os = text(view, from, length);
    else if (code === OPTION.filter) one.filter = filterText(view, from, length);
    else if (code === OPTION.resolution && length === 1) {
      const value = view.getUint8(from);
      clock.base = value & 0x80 ? 2 : 10;
      clock.exponent = value & 0x7f;
    } else if (code === OPTION.timeOffset && length === 8) {
      clock.offset = signed64(view, from, little);
    }
  });
  return { one, whole };
}

/** shb_userappl: the program that wrote a section; '' where it does not say. */
export function readApplication(view: DataView, at: number, end: number, little: boolean): string {
  let name = '';
  eachOption(view, at, end, little, (code, from, length) => {
    if (code === OPTION.application && name === '') name = text(view, from, Math.min(length, MAX_NAME));
  });
  return name;
}

/** Fills in what an interface statistics block says. False when its options are damaged. */
export function readStatistics(
  view: DataView,
  at: number,
  end: number,
  little: boolean,
  one: CaptureInterface,
): boolean {
  return eachOption(view, at, end, little, (code, from, length) => {
    if (length !== 8) return;
    if (code === OPTION.received) one.received = unsigned64(view, from, little);
    else if (code === OPTION.dropped) one.dropped = unsigned64(view, from, little);
  });
}

/** if_filter: a byte that says its kind, 0 = a string as people write it; anything else is code for a machine. */
function filterText(view: DataView, at: number, length: number): string {
  return length > 1 && view.getUint8(at) === 0 ? text(view, at + 1, length - 1) : '';
}

function text(view: DataView, at: number, length: number): string {
  let end = Math.min(length, MAX_TEXT);
  while (end > 0 && view.getUint8(at + end - 1) === 0) end -= 1;
  // Copied: a decoder refuses shared memory.
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, end).slice());
}

function unsigned64(view: DataView, at: number, little: boolean): number {
  const [low, high] = little ? [at, at + 4] : [at + 4, at];
  return view.getUint32(high, little) * 4294967296 + view.getUint32(low, little);
}

function signed64(view: DataView, at: number, little: boolean): number {
  const [low, high] = little ? [at, at + 4] : [at + 4, at];
  return view.getInt32(high, little) * 4294967296 + view.getUint32(low, little);
}
