/**
 * Internet checksums (RFC 1071). A sum is that of 16-bit words in the order of the machine that adds them up here (the
 * first byte low), folded at the end: one's complement sums do not depend on byte order.
 */

/** Bytes after which a running sum is folded, so that it stays a small integer. */
const FOLD = 32768;

/** Adds the words of `view[at, end)` to `sum`; an odd last byte counts as a word with a zero behind it. */
export function addWords(view: DataView, at: number, end: number, sum: number): number {
  let total = sum;
  let next = at;
  while (next < end) {
    const stop = Math.min(end, next + FOLD);
    total = fold(addBlock(view, next, stop, total));
    next = stop;
  }
  return total;
}

/** Sixteen bytes a turn: four loads, and halves that cannot pass 31 bits before the fold. */
function addBlock(view: DataView, at: number, end: number, sum: number): number {
  let low = sum;
  let high = 0;
  let next = at;
  for (const last = end - 16; next <= last; next += 16) {
    const a = view.getInt32(next, true);
    const b = view.getInt32(next + 4, true);
    const c = view.getInt32(next + 8, true);
    const d = view.getInt32(next + 12, true);
    low += (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff);
    high += (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16);
  }
  for (const last = end - 2; next <= last; next += 2) low += view.getUint16(next, true);
  if (next < end) low += view.getUint8(next);
  return fold(low) + fold(high);
}

/** A sum as 16 bits, carries added. */
export function fold(sum: number): number {
  let folded = (sum & 0xffff) + (sum >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}

/** The number `value` (16 bits, as written in a header) as a word of a sum. */
export function word(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/**
 * The sum of a pseudo-header: addresses, protocol and length (RFC 768, RFC 9293 3.1, RFC 8200 8.1).
 *
 * @param ip where the IP header begins @param version 4 or 6
 */
export function pseudoHeader(view: DataView, ip: number, version: number, protocol: number, length: number): number {
  const addresses = version === 4 ? addBlock(view, ip + 12, ip + 20, 0) : addBlock(view, ip + 8, ip + 40, 0);
  return addresses + word(protocol) + word(length & 0xffff) + word(length >>> 16);
}

/** What a checksum was: the same states are told apart when it is written anew. */
export const STATE = {
  /** 0 in UDP: none was computed (RFC 768). */
  none: 0,
  valid: 1,
  invalid: 2,
  /** Not all that it covers was captured. */
  unverifiable: 3,
} as const;

/** Written where the checksum was wrong: recognisable, and telling nothing of the original. */
export const BAD = 0xbad1;
/** Where `BAD` would happen to be right. */
export const BAD_TOO = 0xbad2;

/** The state of a checksum whose covered words, itself among them, add up to `sum`. */
export function stateOf(sum: number, whole: boolean): number {
  if (!whole) return STATE.unverifiable;
  return fold(sum) === 0xffff ? STATE.valid : STATE.invalid;
}

/**
 * The checksum to write, as a number in network order.
 *
 * @param sum of all that is covered, with zero in the checksum's place
 */
export function checksumFor(state: number, sum: number, udp: boolean): number {
  if (state === STATE.none) return 0;
  const right = word(~fold(sum) & 0xffff);
  if (state === STATE.invalid) return right === BAD ? BAD_TOO : BAD;
  // A UDP checksum that comes out as zero is sent as all ones (RFC 768).
  return udp && right === 0 ? 0xffff : right;
}
