import { LAYER, type Layers } from '../../wire/layers.ts';
import { STATE, addWords, checksumFor, fold, pseudoHeader, stateOf } from './checksum.ts';
import type { Copy } from './headers.ts';

const UDP = 17;
const TCP = 6;
const ICMP = 1;
const ICMP6 = 58;
const VRRP = 112;
const ROUTING = 43;

/**
 * Writes lengths and checksums into headers that are there, from the innermost outwards: valid before is valid after,
 * wrong before is a constant that is wrong too. Bytes that were left out count as zeros.
 */
export class Sealer {
  /**
   * @param written end of what stands in `copy.to` @param grown bytes by which the innermost payload grew (or shrank)
   * @param patched the transport checksum of a fragment was written with the whole datagram
   */
  seal(layers: Layers, copy: Copy, written: number, grown: number): void {
    if (grown !== 0) lengthen(layers, copy, grown);
    for (let i = layers.count - 1; i >= 0; i -= 1) {
      const at = layers.offsets[i] ?? 0;
      if (at + copy.shift >= written) continue;
      switch (layers.kinds[i]) {
        case LAYER.ipv4:
          sealIpv4(copy, at, written);
          break;
        case LAYER.udp:
          sealTransport(layers, i, copy, at, UDP, 6, written, grown);
          break;
        case LAYER.tcp:
          sealTransport(layers, i, copy, at, TCP, 16, written, grown);
          break;
        case LAYER.icmp:
          sealTransport(layers, i, copy, at, ICMP, 2, written, grown);
          break;
        case LAYER.icmp6:
          sealTransport(layers, i, copy, at, ICMP6, 2, written, grown);
          break;
        case LAYER.gre:
          sealGre(layers, i, copy, at, written);
          break;
        default:
      }
    }
  }
}

function sealIpv4({ from, to, shift, end }: Copy, at: number, written: number): void {
  const header = (from.getUint8(at) & 15) * 4;
  const stop = at + header;
  if (stop > end || header < 20) return;
  const state = stateOf(addWords(from, at, stop, 0), true);
  const sum = addWords(to, at + shift, Math.min(stop + shift, written), 0);
  to.setUint16(at + 10 + shift, checksumFor(state, sum, false));
}

/**
 * Checksums with a pseudo-header, and ICMPv4's, which has none.
 *
 * @param place of the checksum in its header
 */
export function sealTransport(
  layers: Layers,
  index: number,
  copy: Copy,
  at: number,
  protocol: number,
  place: number,
  written: number,
  grown: number,
): void {
  const { from, to, shift, end } = copy;
  if (at + place + 2 > end || at + shift + place + 2 > written) return;
  const ip = ipBefore(layers, index);
  if (ip < 0) return;
  const ipAt = layers.offsets[ip] ?? 0;
  const version = layers.kinds[ip] === LAYER.ipv4 ? 4 : 6;
  let length = ipEnd(copy, ipAt, version) - at;
  if (protocol === UDP) {
    const own = from.getUint16(at + 4);
    if (own >= 8 && own <= length) length = own;
  }
  const old = from.getUint16(at + place);
  let state: number;
  const pseudo = protocol !== ICMP && !(protocol === VRRP && version === 4 && from.getUint8(at) >> 4 === 2);
  // With a routing header the pseudo-header's destination is the last one (RFC 8200 8.1), which is not looked for here.
  const whole = length > 0 && at + length <= end && !(version === 6 && isRouted(layers, ip, index, copy));
  if (protocol === UDP && old === 0) {
    state = STATE.none;
  } else {
    const before = pseudo && whole ? pseudoHeader(from, ipAt, version, protocol, length) : 0;
    state = stateOf(whole ? addWords(from, at, at + length, fold(before)) : 0, whole);
  }
  to.setUint16(at + place + shift, 0);
  const now = Math.max(0, length + grown);
  const after = pseudo ? pseudoHeader(to, ipAt + shift, version, protocol, now) : 0;
  const sum = addWords(to, at + shift, Math.min(at + shift + now, written), fold(after));
  to.setUint16(at + place + shift, checksumFor(state, sum, protocol === UDP));
}

/** Where the IP header says that its payload ends; where it says nothing (0: the card was to cut), the end of the capture. */
function ipEnd({ from, end }: Copy, at: number, version: number): number {
  const length = from.getUint16(at + (version === 4 ? 2 : 4));
  if (length === 0) return end;
  return at + length + (version === 4 ? 0 : 40);
}

/** Index of the IP header that is next outwards, or -1. */
export function ipBefore(layers: Layers, index: number): number {
  for (let i = index - 1; i >= 0; i -= 1) {
    const kind = layers.kinds[i];
    if (kind === LAYER.ipv4 || kind === LAYER.ipv6) return i;
  }
  return -1;
}

function isRouted(layers: Layers, ip: number, index: number, { from }: Copy): boolean {
  let next = from.getUint8((layers.offsets[ip] ?? 0) + 6);
  for (let i = ip + 1; i < index; i += 1) {
    const at = layers.offsets[i] ?? 0;
    if (next === ROUTING && from.getUint8(at + 3) > 0) return true;
    next = from.getUint8(at);
  }
  return false;
}

/** RFC 2784 2.1: over the GRE header and its payload. */
function sealGre(layers: Layers, index: number, copy: Copy, at: number, written: number): void {
  const { from, to, shift, end } = copy;
  if ((from.getUint16(at) & 0x8000) === 0 || at + 6 > end || at + shift + 6 > written) return;
  const ip = ipBefore(layers, index);
  const version = ip >= 0 && layers.kinds[ip] === LAYER.ipv4 ? 4 : 6;
  const stop = ip < 0 ? end : ipEnd(copy, layers.offsets[ip] ?? 0, version);
  const whole = stop <= end;
  const state = stateOf(whole ? addWords(from, at, stop, 0) : 0, whole);
  to.setUint16(at + 4 + shift, 0);
  to.setUint16(at + 4 + shift, checksumFor(state, addWords(to, at + shift, written, 0), false));
}

/** Adds to the lengths of all headers around the payload. */
function lengthen(layers: Layers, { to, shift }: Copy, grown: number): void {
  for (let i = 0; i < layers.count; i += 1) {
    const at = (layers.offsets[i] ?? 0) + shift;
    const kind = layers.kinds[i];
    const place = kind === LAYER.ipv4 ? 2 : kind === LAYER.ipv6 || kind === LAYER.udp ? 4 : -1;
    if (place < 0) continue;
    const length = to.getUint16(at + place);
    if (length !== 0) to.setUint16(at + place, length + grown);
  }
}
