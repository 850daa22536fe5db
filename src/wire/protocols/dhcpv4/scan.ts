import type { Cursor } from '../../cursor.ts';
import { AREA, AREA_NAMES, STRIDE } from './record.ts';
import { needsLook } from './options.ts';

/** RFC 2132 2: 99.130.83.99. */
export const COOKIE = 0x63825363;
/** "CMU\0": the vendor field of RFC 951's first users. */
const CMU_COOKIE = 0x434d5500;
const PAD = 0;
const END = 255;
const OVERLOAD = 52;
const MESSAGE_TYPE = 53;
const VENDOR_CLASS = 60;
const PXE_CLIENT = [...Buffer.from('PXEClient', 'latin1')];
/** Where sname and file begin in a message, and how long they are. */
const SNAME = { at: 44, length: 64 };
const FILE = { at: 108, length: 128 };
/** RFC 951: the fixed part, up to the vendor field. */
export const HEADER = 236;

/** What the last scan found; `Dhcp4Record` tells the meaning of each. Read at once: the next scan overwrites it. */
export const found = {
  cookie: -1,
  overload: 0,
  messageType: -1,
  pxe: false,
  optionsEnd: -1,
  brokenOption: -1,
  optionsWhole: true,
  /** How many codes `isSuspect` names. */
  suspects: 0,
};

/** The scan in which each code was last met, and last found suspect: cheaper than clearing sets for each message. */
const metIn = new Int32Array(256);
const suspectIn = new Int32Array(256);
const times = new Int32Array(256);
let scans = 0;

/** Where the scan gathers options; a copy of the exact size is made at its end, which is cheaper than a growing list. */
const gathered: number[] = [];
let gatheredLength = 0;
/** Scans are numbered up to here; then both tables are cleared, so that no number comes back. */
const LAST_SCAN = 0x3fffffff;

/** How many times the last scan met `code`, which it did. */
export function timesMet(code: number): number {
  return times[code] ?? 0;
}

/** True when the last scan found `code` repeated, of a wrong length, or made of parts that need reading. */
export function isSuspect(code: number): boolean {
  return suspectIn[code] === scans;
}

/**
 * Finds the options of the message that begins at the cursor, in the order of RFC 2131 4.1: options, file, sname; they
 * are returned, the rest is in `found`. The cursor's place does not change. `cut`: the capture lacks the message's end.
 */
export function scanOptions(c: Cursor, cut: boolean): number[] {
  if (scans === LAST_SCAN) {
    metIn.fill(0);
    suspectIn.fill(0);
    scans = 0;
  }
  scans += 1;
  gatheredLength = 0;
  found.suspects = 0;
  found.overload = 0;
  found.messageType = -1;
  found.pxe = false;
  found.brokenOption = -1;
  found.optionsWhole = true;
  found.cookie = -1;
  found.optionsEnd = c.at + HEADER;
  const { left } = c;
  if (left < HEADER + 4) {
    if (cut) {
      c.fault('cut', 'cookie', 4, left - HEADER, c.at + HEADER);
      found.optionsWhole = false;
    } else if (left > HEADER) {
      c.fault('length', 'cookie', 4, left - HEADER, c.at + HEADER);
    }
    return [];
  }
  found.cookie =
    c.peekAt(HEADER) * 0x1000000 + (c.peekAt(HEADER + 1) * 65536 + c.peekAt(HEADER + 2) * 256 + c.peekAt(HEADER + 3));
  if (found.cookie !== COOKIE) {
    // RFC 951: the vendor field may hold anything, and nothing.
    if (found.cookie !== 0 && found.cookie !== CMU_COOKIE) {
      c.fault('value', 'cookie', found.cookie, COOKIE, c.at + HEADER);
    }
    return [];
  }
  scanArea(c, AREA.options, HEADER + 4, left, cut);
  if ((found.overload & 1) !== 0) scanArea(c, AREA.file, FILE.at, FILE.at + FILE.length, false);
  if ((found.overload & 2) !== 0) scanArea(c, AREA.sname, SNAME.at, SNAME.at + SNAME.length, false);
  return gathered.slice(0, gatheredLength);
}

/** Reads the options from `p` to `end`, both counted from the message's beginning. */
function scanArea(c: Cursor, area: 0 | 1 | 2, from: number, end: number, cut: boolean): void {
  const base = c.at;
  const scan = scans;
  let n = gatheredLength;
  let p = from;
  while (p < end) {
    const code = c.peekAt(p);
    if (code === PAD) {
      p += 1;
      continue;
    }
    if (code === END) {
      gatheredLength = n;
      if (area === AREA.options) found.optionsEnd = base + p + 1;
      return;
    }
    const length = p + 1 < end ? c.peekAt(p + 1) : -1;
    if (length < 0 || p + 2 + length > end) {
      gatheredLength = n;
      brokenOption(c, area, p, end, length, cut);
      return;
    }
    gathered[n] = code;
    gathered[n + 1] = base + p + 2;
    gathered[n + 2] = length;
    gathered[n + 3] = area;
    n += STRIDE;
    if (metIn[code] === scan) {
      times[code] = (times[code] ?? 0) + 1;
      found.suspects += 1;
      suspectIn[code] = scan;
    } else {
      metIn[code] = scan;
      times[code] = 1;
      if (needsLook(code, length)) {
        found.suspects += 1;
        suspectIn[code] = scan;
      }
    }
    if (code >= OVERLOAD && code <= VENDOR_CLASS) note(c, area, code, p + 2, length);
    p += 2 + length;
  }
  gatheredLength = n;
  // RFC 2132 3.2: the end option marks the end of valid information.
  c.fault(cut ? 'cut' : 'missing', `${AREA_NAMES[area]}.end`, 1, 0, base + end);
  if (area !== AREA.options) return;
  found.optionsEnd = base + end;
  found.optionsWhole = !cut;
}

/** Remembers the three options that say how to read the others. Each counts where it stands first. */
function note(c: Cursor, area: 0 | 1 | 2, code: number, p: number, length: number): void {
  if (code === MESSAGE_TYPE) {
    if (found.messageType < 0 && length === 1) found.messageType = c.peekAt(p);
  } else if (code === OVERLOAD && length === 1 && area === AREA.options) {
    const value = c.peekAt(p);
    if (value < 1 || value > 3) c.fault('value', 'overload', value, 3, c.at + p);
    else if (found.overload === 0) found.overload = value;
  } else if (code === VENDOR_CLASS && length >= PXE_CLIENT.length && c.peekAt(p) === PXE_CLIENT[0]) {
    found.pxe ||= PXE_CLIENT.every((byte, i) => c.peekAt(p + i) === byte);
  }
}

/** An option that passes the end of its area: what was read before it stands. */
function brokenOption(c: Cursor, area: 0 | 1 | 2, p: number, end: number, length: number, cut: boolean): void {
  let index = 0;
  for (let i = STRIDE - 1; i < gatheredLength; i += STRIDE) if (gathered[i] === area) index += 1;
  const path = `${AREA_NAMES[area]}[${index}].length`;
  const at = c.at + p + 1;
  if (length < 0) c.fault('cut', path, 1, 0, at);
  else c.fault(cut ? 'cut' : 'length', path, length, end - p - 2, at);
  found.brokenOption = at - 1;
  if (area !== AREA.options) return;
  found.optionsEnd = at - 1;
  found.optionsWhole = false;
}
