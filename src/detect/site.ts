import type { Address } from '../wire/envelope.ts';

/** `unknown`: neither profile nor flag says anything about this kind of thing; a detector must judge by behaviour alone. */
export type Standing = 'authorised' | 'unauthorised' | 'unknown';

/** A server as seen: its identifier or address, and its MAC when it spoke on this very link (not relayed), else -1. */
export interface SeenServer {
  address: Address;
  mac: number;
}

/**
 * The site as its owners declare it: the profile and `--authorized-server`. Every question has an honest `unknown`.
 * A MAC listed in the profile must match where the server speaks on the link itself: address right and MAC wrong is
 * `unauthorised` (somebody else uses that address).
 */
export interface Site {
  /** True when a profile or `--authorized-server` was given. */
  declared: boolean;
  dhcp4Server(seen: SeenServer): Standing;
  /** ProxyDHCP: a server listed with the role, or any listed server when none has roles. */
  proxyDhcp(seen: SeenServer): Standing;
  dhcp6Server(seen: { duid: string; address: Address; mac: number }): Standing;
  tftpServer(address: Address): Standing;
  /** An RA sender: link-local address and MAC. */
  router(seen: SeenServer): Standing;
  /** The gateway's MACs: `authorised` when this MAC may answer for this address, `unauthorised` when others are listed. */
  gateway(address: Address, mac: number): Standing;
  relay(address: Address): Standing;
  /** Whether this relay is declared to insert option 82. */
  relayInsertsOption82(address: Address): boolean | undefined;
  /** True when both belong to one declared HA group. */
  samePeers(a: Address, b: Address): boolean;
  /** True when the address is a declared virtual one (VIP, VRRP). */
  virtualAddress(address: Address): boolean;
  /** Boot file expected for an architecture (option 93), `unknown` when the profile has no boot section. */
  bootFile(architecture: number, file: string): Standing;
}
