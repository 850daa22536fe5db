import type { RecordBase } from '../../protocol.ts';
import type { Span } from '../../fault.ts';

/**
 * Why every receiver discards the message (RFC 4861 6.1.1, 6.1.2, 7.1.1, 7.1.2, 8.1), or "" when it must be believed:
 * - `hop-limit`: not 255, so it may have passed a router
 * - `code`: not 0
 * - `source`: a Router Advertisement or Redirect whose source is not link-local
 * - `target`: the target is a multicast address
 * - `destination`: a solicitation from :: that does not go to a solicited-node address
 * - `source-link-layer`: a solicitation from :: with a source link-layer address
 * - `solicited`: an advertisement to multicast with the S flag
 * - `option`: an option of length 0 or past the end
 * - `fragment`: it came in fragments (RFC 6980)
 *
 * The checksum is not judged: captures on a sending host often show it not yet computed.
 */
export type NdDiscard =
  | ''
  | 'hop-limit'
  | 'code'
  | 'source'
  | 'target'
  | 'destination'
  | 'source-link-layer'
  | 'solicited'
  | 'option'
  | 'fragment';

interface NdBase extends RecordBase {
  protocol: 'nd';
  cut?: undefined;
  /** ICMPv6 code; 0 in every valid message. */
  code: number;
  discard: NdDiscard;
  /** Source link-layer address option (RFC 4861 4.6.1) as a 48-bit number; -1 none, or not of 6 bytes. */
  sourceLinkLayer: number;
  /** Target link-layer address option as a 48-bit number; -1 none, or not of 6 bytes. */
  targetLinkLayer: number;
  /** Nonce option (RFC 3971 5.3.2, RFC 7527 for DAD), '' none: its bytes as characters, one a byte (`latin1`). */
  nonce: string;
  /** Options that this decoder does not open, with their number. */
  others: readonly NdOption[];
}

/** An option as it stands: `data` is what follows type and length. */
export interface NdOption {
  type: number;
  data: Span;
}

/** RFC 4861 4.1. */
export interface RouterSolicitation extends NdBase {
  type: 133;
}

/** RFC 4191 2.1; `reserved` must be treated as medium by a receiver. */
export type RouterPreference = 'medium' | 'high' | 'low' | 'reserved';

/** RFC 4861 4.2. */
export interface RouterAdvertisement extends NdBase {
  type: 134;
  /** 0 = unspecified. */
  curHopLimit: number;
  /** M: addresses come from DHCPv6. */
  managed: boolean;
  /** O: other configuration comes from DHCPv6. */
  otherConfig: boolean;
  /** H: Mobile IPv6 home agent (RFC 6275 7.1). */
  homeAgent: boolean;
  /** P: proxied (RFC 4389 4.1.3.3). */
  proxy: boolean;
  preference: RouterPreference;
  /** Seconds; 0 = not a default router (any more). */
  routerLifetime: number;
  /** Milliseconds; 0 = unspecified. */
  reachableTime: number;
  /** Milliseconds; 0 = unspecified. */
  retransTimer: number;
  /** MTU option; -1 none. */
  mtu: number;
  prefixes: readonly PrefixInformation[];
  routes: readonly RouteInformation[];
  rdnss: readonly RecursiveDns[];
  dnssl: readonly DnsSearchList[];
  pref64: readonly Pref64[];
  /** RFC 8910 2.3: the URI, without its padding; undefined = none. */
  captivePortal: Span | undefined;
  /** RA flags extension (RFC 5175): the 48 bits as a number; -1 none. */
  flagsExtension: number;
}

/** RFC 4861 4.6.2. */
export interface PrefixInformation {
  prefix: string;
  /** In bits, 0–128. */
  prefixLength: number;
  /** L */
  onLink: boolean;
  /** A: addresses may be made from it (RFC 4862). */
  autonomous: boolean;
  /** R: `prefix` is the router's whole address (RFC 6275 7.2). */
  routerAddress: boolean;
  /** P: DHCPv6-PD preferred (RFC 9762). */
  pdPreferred: boolean;
  /** Seconds; 4294967295 = infinity. */
  validLifetime: number;
  preferredLifetime: number;
}

/** RFC 4191 2.3. */
export interface RouteInformation {
  /** 16 characters, one a byte; what the option leaves out is zero. */
  prefix: string;
  prefixLength: number;
  preference: RouterPreference;
  /** Seconds; 4294967295 = infinity. */
  lifetime: number;
}

/** RFC 8106 5.1. */
export interface RecursiveDns {
  lifetime: number;
  addresses: readonly string[];
}

/** RFC 8106 5.2. Each span is one encoded domain name with its final zero. */
export interface DnsSearchList {
  lifetime: number;
  domains: readonly Span[];
}

/** RFC 8781 4. */
export interface Pref64 {
  /** 16 characters, one a byte; the last four are zero. */
  prefix: string;
  /** 32, 40, 48, 56, 64 or 96; -1 for a reserved code. */
  prefixLength: number;
  /** Seconds. */
  lifetime: number;
}

/** RFC 4861 4.3. */
export interface NeighborSolicitation extends NdBase {
  type: 135;
  target: string;
  /** Sent from :: , so for duplicate address detection (RFC 4862 5.4.2). */
  dad: boolean;
}

/** RFC 4861 4.4. */
export interface NeighborAdvertisement extends NdBase {
  type: 136;
  target: string;
  /** R */
  router: boolean;
  /** S */
  solicited: boolean;
  /** O */
  override: boolean;
}

/** RFC 4861 4.5. */
export interface Redirect extends NdBase {
  type: 137;
  /** The better first hop, or the destination itself when it is on-link. */
  target: string;
  destination: string;
  /** Redirected header option: the packet that caused it, as far as quoted; undefined = none. */
  redirected: Span | undefined;
}

/** A neighbour discovery message; `type` tells them apart. Addresses are 16 characters, one a byte (`latin1`). */
export type NdRecord =
  | RouterSolicitation
  | RouterAdvertisement
  | NeighborSolicitation
  | NeighborAdvertisement
  | Redirect;
