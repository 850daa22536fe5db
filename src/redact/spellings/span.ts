/** One address in a text. */
export interface AddressSpan {
  /** Index of the first character. */
  start: number;
  end: number;
  kind: 'mac' | 'ipv4' | 'ipv6' | 'uuid';
  /** 48 or 32 bits; 16 characters that stand for a byte each. */
  value: number | string;
  /** Prefix length where it is a network: its host bits are zero, and it maps as one. */
  length?: number;
  form: SpellingForm;
}

/**
 * How an address is spelled. With the original text (its separators, letter case and padding) it is all that `writeIn`
 * needs.
 *
 * - `digits`: hex digits, one for one, between whatever separators: MAC addresses, EUI-64, UUIDs, 32 digits of IPv6
 * - `eui64`: as `digits`, of the interface id that is made of the MAC address
 * - `octets`: MAC address with single digits (`0:1c:c0:a:b:c`, BSD)
 * - `tail`: the last digits of a MAC address, as many as there are
 * - `octal`, `octal-eui64`, `octal-tail`: bytes as dhcpd.leases quotes them
 * - `decimal`: four decimal numbers; `reversed`: the other way round, and fewer for a network (in-addr.arpa)
 * - `hex`: eight hex digits or the first of them (boot files of pxelinux); `hex-little`: in the order of /proc/net/route
 * - `groups`: IPv6; `nibbles`: its digits the other way round (ip6.arpa)
 */
export type SpellingForm =
  | 'digits'
  | 'eui64'
  | 'octets'
  | 'tail'
  | 'octal'
  | 'octal-eui64'
  | 'octal-tail'
  | 'decimal'
  | 'reversed'
  | 'hex'
  | 'hex-little'
  | 'groups'
  | 'nibbles';

/** What makes a bare number an address: values that the case knows. */
export interface KnownAddresses {
  mac(value: number): boolean;
  ipv4(value: number): boolean;
  ipv6(value: string): boolean;
  /** The lowest known address that begins with these bits: what a shortened boot file stands for. */
  ipv4Under(prefix: number, bits: number): number | undefined;
}

export const NOTHING_KNOWN: KnownAddresses = {
  mac: () => false,
  ipv4: () => false,
  ipv6: () => false,
  ipv4Under: () => undefined,
};
