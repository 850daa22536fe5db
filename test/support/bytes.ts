/** Bytes out of numbers, text and addresses, for tests. */

export type Bytes = Uint8Array;

/** "52:54:00:00:00:01" or "52-54-…", a 48-bit number, or bytes. */
export type MacText = string | number | Bytes;
/** "10.0.0.1", an unsigned 32-bit number, or bytes. */
export type Ip4Text = string | number | Bytes;
/** "fe80::1", or bytes. */
export type Ip6Text = string | Bytes;

export function concat(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Bytes from hexadecimal text; everything that is not a hexadecimal digit is passed over. */
export function hex(text: string): Bytes {
  const digits = text.replace(/[^0-9a-fA-F]/g, '');
  if (digits.length % 2 !== 0) throw new Error(`an odd number of hexadecimal digits: ${text}`);
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i += 1) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** Text as UTF-8. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function u8(value: number): Bytes {
  return Uint8Array.of(value & 0xff);
}

export function u16(value: number): Bytes {
  return Uint8Array.of((value >>> 8) & 0xff, value & 0xff);
}

export function u32(value: number): Bytes {
  return Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

export function mac(address: MacText): Bytes {
  if (typeof address === 'string') {
    const out = hex(address);
    if (out.length !== 6) throw new Error(`not a MAC address: ${address}`);
    return out;
  }
  if (typeof address !== 'number') return address;
  return concat(u16(Math.floor(address / 4294967296)), u32(address % 4294967296));
}

export function ip4(address: Ip4Text): Bytes {
  if (typeof address === 'number') return u32(address);
  if (typeof address !== 'string') return address;
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) {
    throw new Error(`not an IPv4 address: ${address}`);
  }
  return Uint8Array.from(parts);
}

export function ip6(address: Ip6Text): Bytes {
  if (typeof address !== 'string') return address;
  const halves = address.split('::');
  const groups = (half: string): number[] =>
    half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16));
  const head = groups(halves[0] ?? '');
  const tail = halves.length > 1 ? groups(halves[1] ?? '') : [];
  const gap = 8 - head.length - tail.length;
  if (halves.length > 2 || gap < 0 || (halves.length === 1 && gap !== 0)) {
    throw new Error(`not an IPv6 address: ${address}`);
  }
  return concat(...[...head, ...Array.from({ length: gap }, () => 0), ...tail].map(u16));
}

/** As the cursor gives an IPv6 address: 16 characters, one a byte. */
export function key6(address: Ip6Text): string {
  return Buffer.from(ip6(address)).toString('latin1');
}

/** As the cursor gives an IPv4 address: an unsigned 32-bit number. */
export function key4(address: Ip4Text): number {
  return Buffer.from(ip4(address)).readUInt32BE(0);
}

/** As the cursor gives a MAC address: a 48-bit number. */
export function keyMac(address: MacText): number {
  return Buffer.from(mac(address)).readUIntBE(0, 6);
}

/** The Internet checksum (RFC 1071) over the parts one after the other; only the last may be of odd length. */
export function checksum(...parts: readonly Bytes[]): number {
  const all = concat(...parts);
  let sum = 0;
  for (let i = 0; i < all.length; i += 2) sum += (all[i] ?? 0) * 256 + (all[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 65536) + Math.floor(sum / 65536);
  return 0xffff - sum;
}
