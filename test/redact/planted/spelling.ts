/**
 * How one identity is spelled, written down from the formats' own descriptions and apart from what src/ does, so that a
 * spelling that is forgotten there is missed here as well only by a second mistake.
 */
import { type Bytes, ip4, ip6, mac } from '../../support/bytes.ts';

export function bare(address: string): string {
  return address.replaceAll(':', '');
}

export function dashed(address: string): string {
  return address.replaceAll(':', '-');
}

/** Cisco IOS: three groups of four. */
export function dotted(address: string): string {
  return bare(address).replace(/(.{4})(?=.)/g, '$1.');
}

/** HP and Huawei: as Cisco, with dashes. */
export function dashedGroups(address: string): string {
  return dotted(address).replaceAll('.', '-');
}

/** As ISC dhcpd writes a `uid` (type 01 and the address): what prints stands, the rest is octal. */
export function leaseUid(address: string): string {
  return [1, ...mac(address)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('');
}

/** Every byte as an octal escape. */
export function octal(address: string): string {
  return [...mac(address)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Without leading zeros, as Solaris and macOS print. */
export function short(address: string): string {
  return [...mac(address)].map((byte) => byte.toString(16)).join(':');
}

export function eui64(address: string): Bytes {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac(address);
  return Uint8Array.of(a ^ 2, b, c, 0xff, 0xfe, d, e, f);
}

/** The last four groups of an IPv6 address. */
export function euiText(address: string): string {
  const id = eui64(address);
  return [0, 2, 4, 6].map((at) => (((id[at] ?? 0) << 8) | (id[at + 1] ?? 0)).toString(16)).join(':');
}

/** `ff02::1:ffXX:XXXX`: only the last three bytes. */
export function solicited(address: string): string {
  const [, , , d = 0, e = 0, f = 0] = mac(address);
  return `ff02::1:ff${d.toString(16).padStart(2, '0')}:${((e << 8) | f).toString(16)}`;
}

/** The last three bytes behind what begins a solicited-node group's Ethernet address. */
export function group(address: string): Bytes {
  return Uint8Array.of(0x33, 0x33, 0xff, ...mac(address).subarray(3));
}

export function base64(bytes: Bytes): string {
  return Buffer.from(bytes).toString('base64');
}

export function hexOf(bytes: Bytes): string {
  return Buffer.from(bytes).toString('hex');
}

/** As PXELINUX names a configuration after an address. */
export function ipHex(address: string): string {
  return hexOf(ip4(address)).toUpperCase();
}

export function ipDashed(address: string): string {
  return address.replaceAll('.', '-');
}

export function ipPadded(address: string): string {
  return address
    .split('.')
    .map((octet) => octet.padStart(3, '0'))
    .join('.');
}

export function ipReversed(address: string): string {
  return address.split('.').toReversed().join('.');
}

/** `::ffff:a4d:85c9`. */
export function ipMappedHex(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ip4(address);
  return `::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

export function ip6Full(address: string): string {
  return hexOf(ip6(address)).replace(/(.{4})(?=.)/g, '$1:');
}

/** The nibbles that lead an ip6.arpa name. */
export function ip6Reversed(address: string): string {
  return [...hexOf(ip6(address))].toReversed().join('.');
}

export function uuidBytes(uuid: string): Bytes {
  return Uint8Array.from(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

/** As SMBIOS lays it out (7.2.1): the first three fields little-endian. */
export function guidBytes(uuid: string): Bytes {
  const b = uuidBytes(uuid);
  const turned = [3, 2, 1, 0, 5, 4, 7, 6].map((at) => b[at] ?? 0);
  return Uint8Array.from([...turned, ...b.subarray(8)]);
}
