/** Within `/1` keys may be added, never changed. */
export const PROFILE_SCHEMA = 'rackwitness.profile/1';

export type ServerRole = 'dhcp' | 'proxydhcp' | 'dhcpv6' | 'tftp';

/**
 * A site as its owners declare it, as it stands in the file. Every section is optional, and an absent one is silence:
 * nothing of that kind is judged against the profile. An empty list says that there are none.
 * `profile.schema.json` describes the same object.
 */
export interface Profile {
  schema: typeof PROFILE_SCHEMA;
  name?: string;
  /** Set by `profile learn`: nobody has read it yet. */
  unreviewed?: boolean;
  dhcp?: { servers?: DeclaredServer[]; haGroups?: HaGroup[] };
  relays?: DeclaredRelay[];
  gateways?: DeclaredGateway[];
  routers?: DeclaredRouter[];
  tftp?: { servers: string[] };
  boot?: BootRule[];
  resolvers?: string[];
  proxies?: string[];
  issuers?: string[];
  mtu?: number;
  vlans?: Record<string, Record<string, number>>;
}

export interface DeclaredServer {
  name?: string;
  addresses?: string[];
  /** Of the interfaces that face clients. Where the server speaks on the link itself, one of these must be the source. */
  macs?: string[];
  /** DHCPv6 server identifiers in hex. */
  duids?: string[];
  /** All of them when absent. */
  roles?: ServerRole[];
}

export interface HaGroup {
  name?: string;
  /** Names of servers. */
  members: string[];
  virtualAddresses?: string[];
}

export interface DeclaredRelay {
  name?: string;
  addresses: string[];
  macs?: string[];
  insertsOption82?: boolean;
}

export interface DeclaredGateway {
  address: string;
  macs?: string[];
  /** A first-hop redundancy address (VRRP, HSRP, GLBP, CARP): the protocol's own MACs may answer for it too. */
  virtual?: boolean;
}

export interface DeclaredRouter {
  /** Link-local source of router advertisements. */
  address: string;
  macs?: string[];
  prefixes?: string[];
}

export interface BootRule {
  /** Option 93 numbers (RFC 4578 2.1); for all when absent. */
  architectures?: number[];
  /** Names of boot files. One with a slash is compared whole, else with the last part. */
  files: string[];
}
