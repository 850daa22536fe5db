import { read32 } from '../../wire/cursor.ts';
import type { Layers } from '../../wire/layers.ts';

const UDP = 17;

/**
 * - `right`: it fits
 * - `absent`: not computed, or left to the card
 * - `offload`: the sum of the pseudo header alone, which a system hands to a card that completes it
 * - `wrong`: none of these
 */
export type Checked = 'right' | 'absent' | 'offload' | 'wrong';

/** The IPv4 header's own checksum (RFC 791 3.1); undefined where there is no such header, or not all of it. */
export function headerChecksum(bytes: Uint8Array, { ip, ipVersion }: Layers, end: number): Checked | undefined {
  if (ipVersion !== 4 || ip < 0 || end - ip < 20) return undefined;
  const length = ((word(bytes, ip) >>> 8) % 16) * 4;
  if (length < 20 || ip + length > end) return undefined;
  // 0 is what cards are given that compute it.
  if (word(bytes, ip + 10) === 0) return 'absent';
  return folded(sum(bytes, ip, ip + length, 0)) === 0xffff ? 'right' : 'wrong';
}

/** UDP's checksum (RFC 768), over IPv4; undefined where not all of the datagram is here. */
export function udpChecksum(bytes: Uint8Array, layers: Layers): Checked | undefined {
  const { ip, ipVersion, transport, payloadEnd, payloadLength, payload, ipProtocol, tunnels } = layers;
  if (ipVersion !== 4 || ipProtocol !== UDP || transport < 0 || tunnels > 0) return undefined;
  if (payloadEnd - payload < payloadLength) return undefined;
  const length = word(bytes, transport + 4);
  // A datagram ends where its own length says; what stands behind it is padding.
  const end = transport + length;
  if (length < 8 || end > payloadEnd) return undefined;
  const stored = word(bytes, transport + 6);
  if (stored === 0) return 'absent';
  const pseudo = sum(bytes, ip + 12, ip + 20, UDP + length);
  if (folded(sum(bytes, transport, end, pseudo)) === 0xffff) return 'right';
  const partial = folded(pseudo);
  return stored === partial || stored === 0xffff - partial ? 'offload' : 'wrong';
}

function sum(bytes: Uint8Array, from: number, to: number, before: number): number {
  let total = before;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const both = read32(bytes, at);
    total += (both >>> 16) + (both & 0xffff);
  }
  if (at + 2 <= to) {
    total += word(bytes, at);
    at += 2;
  }
  // An odd byte is the high one of its word.
  return at < to ? total + (bytes[at] ?? 0) * 256 : total;
}

/** Carries are added back in: ones' complement. */
function folded(total: number): number {
  let rest = total;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 65536);
  return rest;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}
