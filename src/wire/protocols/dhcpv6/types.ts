import type { Span } from '../../fault.ts';
import type { RecordBase } from '../../protocol.ts';

/**
 * A DHCPv6 message (RFC 8415): the innermost one, with the relay agents that it came through. Addresses are 16
 * characters, one a byte (`latin1`); a DUID is lower-case hexadecimal text. -1, '' and undefined: not there.
 */
export interface Dhcpv6Record extends RecordBase {
  protocol: 'dhcpv6';
  cut?: undefined;
  /**
   * The innermost message's type: 1 SOLICIT, 2 ADVERTISE, 3 REQUEST, 4 CONFIRM, 5 RENEW, 6 REBIND, 7 REPLY, 8 RELEASE,
   * 9 DECLINE, 10 RECONFIGURE, 11 INFORMATION-REQUEST … 12 RELAY-FORW or 13 RELAY-REPL where nothing whole is inside.
   */
  messageType: number;
  /** 24 bits; -1 for 12 and 13, and for DHCPv4-over-DHCPv6 (20, 21), which have flags in its place. */
  transactionId: number;
  /** Relay agent headers around the message, outermost (nearest the server) first; at most 8 (RFC 8415 7.6 HOP_COUNT_LIMIT). */
  relays: readonly Dhcpv6Relay[];
  /** Option 1. */
  clientDuid: string;
  /** Ethernet address out of a client DUID-LLT or DUID-LL (RFC 8415 11.2, 11.4) as a 48-bit number; what the DUID says, not who sent it. */
  clientDuidMac: number;
  /** Option 2. */
  serverDuid: string;
  serverDuidMac: number;
  /** Option 7: 0–255. */
  preference: number;
  /** Option 8: hundredths of a second since the client began. */
  elapsedTime: number;
  /** Option 14. */
  rapidCommit: boolean;
  /** Option 20. */
  reconfigureAccept: boolean;
  /** Option 19: the message type that the server wants to hear. */
  reconfigureMessage: number;
  /** Option 12 (obsolete): the server's unicast address. */
  serverUnicast: string;
  /** Option 13 of the message itself; -1 none, which means 0 (Success). */
  status: number;
  statusMessage: Span | undefined;
  /** Options 3, 4 and 25, in order. */
  associations: readonly IdentityAssociation[];
  /** Option 5 of the message itself: addresses that a client made for itself and registers (RFC 9686), or asks a Leasequery about. */
  registeredAddresses: readonly IaAddress[];
  /** Option 6: the options asked for. */
  requestedOptions: readonly number[];
  /** Option 59 (RFC 5970 3.1). */
  bootFileUrl: Span | undefined;
  /** Option 60. */
  bootFileParameters: readonly Span[];
  /** Option 61: as DHCPv4 option 93 (IANA "Processor Architecture Types"). */
  clientArchitectures: readonly number[];
  /** Option 62: 1 = UNDI. */
  networkInterface: NetworkInterfaceId | undefined;
  /** Option 15. */
  userClasses: readonly Span[];
  /** Option 16, one each enterprise. */
  vendorClasses: readonly VendorClass[];
  /** Option 17, one each enterprise. */
  vendorOptions: readonly VendorOptions[];
  /** Option 23. */
  dnsServers: readonly string[];
  /** Option 24: each span is one encoded name. */
  domainList: readonly Span[];
  /** Options 31 and the addresses in 56. */
  timeServers: readonly string[];
  /** Option 39: the encoded name, perhaps partial. */
  clientFqdn: Span | undefined;
  /** Option 82, seconds. */
  solMaxRt: number;
  /** Option 83, seconds. */
  infMaxRt: number;
  /** Option 32: seconds after which other configuration is asked for anew. */
  informationRefreshTime: number;
  /** Option 103 (RFC 8910). */
  captivePortal: Span | undefined;
  /** Option 112 (RFC 8520). */
  mudUrl: Span | undefined;
  /** Option 136 (RFC 8572): bootstrap servers. */
  sztpRedirects: readonly Span[];
  /** Option 87: the DHCPv4 message inside (RFC 7341). */
  dhcpv4Message: Span | undefined;
  /** Every option of the message itself, in order, with its data. */
  options: readonly Dhcpv6Option[];
}

export interface Dhcpv6Option {
  code: number;
  data: Span;
}

/** RFC 8415 9. */
export interface Dhcpv6Relay {
  /** 12 RELAY-FORW or 13 RELAY-REPL. */
  messageType: number;
  hopCount: number;
  /** An address of the link that the client is on; :: when the interface-id says it. */
  linkAddress: string;
  /** Whom the relay got the message from: the client, or the next relay towards it. */
  peerAddress: string;
  /** Option 18. */
  interfaceId: Span | undefined;
  /** Option 37 (RFC 4649). */
  remoteId: RemoteId | undefined;
  /** Option 38 (RFC 4580). */
  subscriberId: Span | undefined;
  /** Option 53 (RFC 5460): a DUID as hexadecimal text. */
  relayId: string;
  /** Option 79 (RFC 6939): the client's link-layer address as the relay saw it, a 48-bit number. */
  clientLinkLayer: number;
  options: readonly Dhcpv6Option[];
}

export interface RemoteId {
  enterprise: number;
  data: Span;
}

/** RFC 8415 21.4, 21.5, 21.21. */
export interface IdentityAssociation {
  kind: 'IA_NA' | 'IA_TA' | 'IA_PD';
  iaid: number;
  /** Seconds; -1 for IA_TA. */
  t1: number;
  t2: number;
  /** Option 13 inside; -1 none. */
  status: number;
  statusMessage: Span | undefined;
  addresses: readonly IaAddress[];
  prefixes: readonly IaPrefix[];
}

/** RFC 8415 21.6. Lifetimes in seconds, 4294967295 = infinity. */
export interface IaAddress {
  address: string;
  preferredLifetime: number;
  validLifetime: number;
  status: number;
}

/** RFC 8415 21.22. */
export interface IaPrefix {
  prefix: string;
  prefixLength: number;
  preferredLifetime: number;
  validLifetime: number;
  status: number;
}

/** RFC 5970 3.4. */
export interface NetworkInterfaceId {
  type: number;
  major: number;
  minor: number;
}

export interface VendorClass {
  enterprise: number;
  data: readonly Span[];
}

export interface VendorOptions {
  enterprise: number;
  options: readonly Dhcpv6Option[];
}
