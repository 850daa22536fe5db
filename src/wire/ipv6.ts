/** What an IPv6 address as the cursor gives it (16 characters, one a byte) is, by RFC 4291. */

/** :: */
export const UNSPECIFIED6 = '\0'.repeat(16);
/** ff02::1:ff00:0/104 (RFC 4291 2.7.1). */
const SOLICITED_NODE = '\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff';

/** ff00::/8 */
export function isMulticast6(address: string): boolean {
  return address.charCodeAt(0) === 0xff;
}

/** fe80::/10 */
export function isLinkLocal6(address: string): boolean {
  return address.charCodeAt(0) === 0xfe && (address.charCodeAt(1) & 0xc0) === 0x80;
}

/** A solicited-node multicast address. */
export function isSolicitedNode6(address: string): boolean {
  return address.startsWith(SOLICITED_NODE);
}
