import type { Address } from '../../envelope.ts';
import type { Span } from '../../fault.ts';
import type { RecordBase } from '../../protocol.ts';

/** An LLDPDU (IEEE 802.1AB): what a switch port or a machine says it is. -1, undefined, empty: not said. */
export interface LldpRecord extends RecordBase {
  protocol: 'lldp';
  cut?: undefined;
  chassis: LldpId | undefined;
  port: LldpId | undefined;
  /** Seconds for which the rest holds; 0 = the sender goes. */
  ttl: number;
  portDescription: Span | undefined;
  systemName: Span | undefined;
  systemDescription: Span | undefined;
  /** Bits of IEEE 802.1AB 8.5.8: 0 other, 1 repeater, 2 bridge, 3 WLAN access point, 4 router, 5 telephone, 6 DOCSIS, 7 station … */
  capabilities: number;
  enabledCapabilities: number;
  managementAddresses: readonly ManagementAddress[];
  /** IEEE 802.1 Port VLAN ID; 0 = none. */
  portVlan: number;
  vlanNames: readonly VlanName[];
  /** IEEE 802.1 Management VID. */
  managementVlan: number;
  /** IEEE 802.1 or 802.3 Link Aggregation. */
  aggregation: Aggregation | undefined;
  /** IEEE 802.3 Maximum Frame Size. */
  maxFrameSize: number;
  /** IEEE 802.3 MAC/PHY Configuration/Status. */
  macPhy: MacPhy | undefined;
  /** LLDP-MED (ANSI/TIA-1057). */
  medCapabilities: number;
  medClass: number;
  networkPolicies: readonly NetworkPolicy[];
  inventory: Inventory;
  /** Organizationally specific TLVs that are not opened. */
  others: readonly OrganizationTlv[];
}

export interface LldpId {
  /** Chassis: 4 MAC address, 5 network address, 6 interface name, 7 local. Port: 3 MAC address, 5 interface name, 7 local … */
  subtype: number;
  /** Where the subtype says MAC address: a 48-bit number; else -1. */
  mac: number;
  /** Where it says network address. */
  address: Address;
  value: Span;
}

export interface ManagementAddress {
  /** IANA address family: 1 IPv4, 2 IPv6, 6 IEEE 802. */
  family: number;
  /** -1 for other families. */
  address: Address;
  /** 1 unknown, 2 ifIndex, 3 system port number. */
  interfaceSubtype: number;
  interfaceNumber: number;
}

export interface VlanName {
  vlan: number;
  name: Span;
}

export interface Aggregation {
  capable: boolean;
  enabled: boolean;
  portId: number;
}

export interface MacPhy {
  autoNegotiationSupported: boolean;
  autoNegotiationEnabled: boolean;
  /** IANA MAU type. */
  mauType: number;
}

export interface NetworkPolicy {
  /** 1 voice … 8 video signaling. */
  application: number;
  unknown: boolean;
  tagged: boolean;
  vlan: number;
  priority: number;
  dscp: number;
}

export interface Inventory {
  hardwareRevision?: Span;
  firmwareRevision?: Span;
  softwareRevision?: Span;
  serialNumber?: Span;
  manufacturer?: Span;
  model?: Span;
  assetId?: Span;
}

export interface OrganizationTlv {
  /** 24 bits. */
  oui: number;
  subtype: number;
  data: Span;
}
