import type { Address } from '../wire/envelope.ts';

/** 2^48: above every MAC address. */
const ABOVE_MAC = 281474976710656;
/** Segments below this share a double with a MAC exactly: 5 + 48 bits are 53. */
const NARROW = 32;

/** Segments number fewer than 2^15 and IPv4 addresses fewer than 2^32: their sum is exact, and cheaper than text. */
export function addressKey(segment: number, address: Address): number | string {
  return typeof address === 'number' ? segment * 4294967296 + address : `${segment}/${address}`;
}

/** A table key. */
export type StationKey = number | string;

/**
 * One station on one segment as a table key. Most captures have few segments: there a number, which a Map finds without
 * building a string first.
 */
export function stationKey(segment: number, mac: number): StationKey {
  return segment >= 0 && segment < NARROW && mac >= 0 ? segment * ABOVE_MAC + mac : `${segment}/${mac}`;
}
