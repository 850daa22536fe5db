import type { Action, Kind } from './kinds.ts';

/** What a policy says of one kind, exceptions aside. */
export interface Rule {
  action: Action;
  /** Why; stands in the redaction report. */
  because: string;
}

/**
 * What becomes of every identifier of a case: policy, tier key and the case's facts in one object. A value that the
 * policy drops is `undefined`: the caller zeroes, cuts or writes a placeholder, never the original.
 *
 * Pseudonyms are functions of key and value, so that order, file and process do not matter; only the subnets of the case
 * (learned or declared, then frozen) shape those of IP addresses. What went in and what came out stands in the ledger.
 */
export interface Identities {
  rule(kind: Kind): Rule;
  /** @param address 48 bits; group and protocol addresses stay, those made of an IPv6 address follow it */
  mac(address: number): number | undefined;
  ipv4(address: number): number | undefined;
  /** @param address 16 characters, one a byte, as in `Envelope` */
  ipv6(address: string): string | undefined;
  /** A network: its first `length` bits map as those of the addresses in it, its host bits stay zero. */
  network4(address: number, length: number): number | undefined;
  network6(address: string, length: number): string | undefined;
  /**
   * A value of characters of equal length: addresses, UUIDs and known names inside it map in their own spelling first. The
   * result may be of another length only where an address in dotted or colon form stood in it.
   */
  text(kind: Kind, value: string): string | undefined;
  /** A value of bytes, of equal length. */
  bytes(kind: Kind, value: Uint8Array): Uint8Array | undefined;
  /** Seconds since 1970 UTC, whole; `undefined` where absolute times are dropped. */
  time(seconds: number): number | undefined;
  /** True when this value is one that was issued, or that the policy keeps: what the gate asks of every field. */
  issued(kind: Kind, value: number | string | Uint8Array): boolean;
}
