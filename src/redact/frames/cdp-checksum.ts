import { addWords, checksumFor, stateOf, word } from './checksum.ts';
import type { Copy } from './headers.ts';

/**
 * CDP's checksum: that of IP over the whole message, save that an odd last byte stands in the low half of its word, and is
 * taken as a signed one (as Wireshark's dissector checks it, after Cisco's implementation).
 */
export function sealCdp(
  { from, to, shift, end }: Copy,
  at: number,
  stop: number,
  length: number,
  written: number,
): void {
  if (at + 4 > stop || at + 4 + shift > written) return;
  const whole = at + length <= end && stop - at === length;
  const state = stateOf(whole ? sumOf(from, at, stop) : 0, whole);
  to.setUint16(at + 2 + shift, 0);
  to.setUint16(at + 2 + shift, checksumFor(state, sumOf(to, at + shift, Math.min(stop + shift, written)), false));
}

function sumOf(view: DataView, at: number, end: number): number {
  if ((end - at) % 2 === 0) return addWords(view, at, end, 0);
  const last = view.getUint8(end - 1);
  const odd = last < 0x80 ? last : 0xff00 + last - 1;
  return addWords(view, at, end - 1, word(odd & 0xffff));
}
