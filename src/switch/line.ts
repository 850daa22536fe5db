import type { Address } from '../wire/envelope.ts';

/**
 * What a line of a switch says. A dialect gives a kind only where its vendor's text is certain.
 * - `snooping-drop`: DHCP snooping dropped a client's message, or one whose kind the line does not name
 * - `snooping-untrusted-server`: DHCP snooping dropped a server's message on a port that is not trusted
 * - `snooping-rate-limit`, `dai-rate-limit`: more DHCP or ARP messages than the port's limit
 * - `snooping-binding`: a binding was made, refused, released or ran out
 * - `dai-drop`: dynamic ARP inspection dropped an ARP message
 * - `source-guard-drop`, `ra-guard-drop`, `nd-drop`: IP source guard, RA guard or ND inspection dropped a packet
 * - `port-security`: a MAC address beyond the port's limit, or one that belongs to another port
 * - `err-disable`, `err-recover`: a port was shut down by the switch itself, or taken back into service
 * - `dot1x`: the outcome of IEEE 802.1X (or MAC authentication bypass) on a port
 * - `stp`: spanning tree blocked, opened or guarded a port
 * - `lacp`: a member port was suspended, or joined its channel
 * - `link`: link up or down
 * - `vlan-mismatch`: the neighbour's native VLAN differs
 * - `mac-move`: a MAC address went from one port to another
 * - `binding`: a row of a DHCP snooping or source binding table
 * - `mac-entry`: a row of a MAC address table
 * - `port-security-row`: a row of a port security table
 * - `setting`: what is configured: a port trusted or not, a VLAN inspected
 */
export type SwitchLineKind =
  | 'snooping-drop'
  | 'snooping-untrusted-server'
  | 'snooping-rate-limit'
  | 'snooping-binding'
  | 'dai-drop'
  | 'dai-rate-limit'
  | 'source-guard-drop'
  | 'ra-guard-drop'
  | 'nd-drop'
  | 'port-security'
  | 'err-disable'
  | 'err-recover'
  | 'dot1x'
  | 'stp'
  | 'lacp'
  | 'link'
  | 'vlan-mismatch'
  | 'mac-move'
  | 'binding'
  | 'mac-entry'
  | 'port-security-row'
  | 'setting';

/**
 * Why, in one vocabulary for all vendors; '' where the line does not say.
 *
 * Drops: `untrusted-port` (a server's message on an untrusted port), `unauthorised-server` (not in the switch's list),
 * `chaddr-mismatch` (chaddr differs from the source MAC), `relay-information` (giaddr or option 82 on an untrusted
 * port), `other-port` (RELEASE or DECLINE of a binding of another port, a mismatched source interface), `no-trusted-port`
 * (a client's message towards an untrusted port), `malformed`, `no-binding` (ARP, RELEASE or DECLINE that no binding
 * permits), `acl`, `invalid-packet` (ARP addresses that contradict each other or are reserved), `address-taken` (a request
 * for an address that another client holds), `rate`.
 *
 * Bindings: `learned`, `refused`, `released`, `expired`, `collision`, `table-full`, `dynamic`, `static`.
 *
 * Port security: `address` (an address that is not allowed), `limit`, `other-port`.
 *
 * Err-disable: `dhcp-rate`, `arp-rate`, `port-security`, `bpdu-guard`, `loop`, `link-flap`, `storm`, `dot1x`, `mac-flap`,
 * `source-guard`, `lacp`, `other` (the switch's own word stands in `detail`).
 *
 * 802.1X: `accepted`, `rejected`, `no-response`, `held`, `started`, `bypass-accepted`, `bypass-rejected`, `violation`.
 * STP: `bpdu-guard`, `root-guard`, `loop-guard`, `inconsistent`, `restored`, `topology-change`, `forwarding`, `blocking`,
 * `listening`, `learning`, `new-root`. LACP: `suspended`, `joined`. Link: `up`, `down`.
 * Settings: `trusted`, `untrusted`, `on`, `off`, `option82-inserted`, `option82-not-inserted`, `option82-allowed`,
 * `option82-refused`, `verify-mac`, `no-verify-mac`.
 */
export type SwitchReason =
  | ''
  | 'untrusted-port'
  | 'unauthorised-server'
  | 'chaddr-mismatch'
  | 'relay-information'
  | 'other-port'
  | 'no-trusted-port'
  | 'malformed'
  | 'no-binding'
  | 'acl'
  | 'invalid-packet'
  | 'rate'
  | 'address-taken'
  | 'learned'
  | 'refused'
  | 'released'
  | 'expired'
  | 'collision'
  | 'table-full'
  | 'dynamic'
  | 'static'
  | 'address'
  | 'limit'
  | 'dhcp-rate'
  | 'arp-rate'
  | 'port-security'
  | 'bpdu-guard'
  | 'loop'
  | 'link-flap'
  | 'storm'
  | 'dot1x'
  | 'mac-flap'
  | 'source-guard'
  | 'lacp'
  | 'other'
  | 'accepted'
  | 'rejected'
  | 'no-response'
  | 'held'
  | 'started'
  | 'bypass-accepted'
  | 'bypass-rejected'
  | 'violation'
  | 'root-guard'
  | 'loop-guard'
  | 'inconsistent'
  | 'restored'
  | 'topology-change'
  | 'forwarding'
  | 'blocking'
  | 'listening'
  | 'learning'
  | 'new-root'
  | 'suspended'
  | 'joined'
  | 'up'
  | 'down'
  | 'trusted'
  | 'untrusted'
  | 'on'
  | 'off'
  | 'option82-inserted'
  | 'option82-not-inserted'
  | 'option82-allowed'
  | 'option82-refused'
  | 'verify-mac'
  | 'no-verify-mac';

/** Names of the dialects: `registry.ts` lists them. */
export type DialectName =
  | 'cisco-ios'
  | 'cisco-nxos'
  | 'juniper-ex'
  | 'juniper-els'
  | 'hpe-arubaos-switch'
  | 'hpe-aos-cx'
  | 'dell-os10'
  | 'dell-ftos'
  | 'allied-awplus'
  | 'arista-eos';

/**
 * When it happened, as an interval of microseconds since 1970 UTC: a stamp without a year or a zone is not one moment.
 * - `certain`: date, year and zone (or offset) are written
 * - `likely`: the year is the only one that fits the captures, or the zone was found by lines that match frames
 * - `possible`: a zone was not written, and the interval spans all of them
 */
export interface LineTime {
  from: number;
  to: number;
  sure: 'certain' | 'likely' | 'possible';
  /** What was taken for granted, a sentence; '' when certain. */
  reason: string;
  /** Where no zone is written: the stamp read as UTC, so that frames that it matches can tell the zone. */
  local?: number | undefined;
}

/** One line of a switch as typed facts. Absent: -1 for numbers and addresses, '' for text. Outside text is escaped. */
export interface SwitchLine {
  /** Index of the text among those that were given, from 0. */
  log: number;
  /** From 1. */
  line: number;
  dialect: DialectName;
  /** As a person says it: `Cisco IOS`, `Juniper`. */
  vendor: string;
  /** Given as a log, or as the output of a `show` command. */
  source: 'log' | 'show';
  /** The switch's own name (syslog header, prompt), or ''. */
  device: string;
  kind: SwitchLineKind;
  reason: SwitchReason;
  /** The switch's own words for the reason (`psecure-violation`), or ''. */
  detail: string;
  /** Station: the source MAC of what was dropped, or the address of the row; 48-bit number. */
  mac: number;
  /** chaddr where the line gives it beside the source MAC; 48-bit number. */
  chaddr: number;
  /** Of the station: ARP sender, binding, or the server that was dropped. */
  ip: Address;
  /** ARP target. */
  targetMac: number;
  targetIp: Address;
  /** DHCP message (`OFFER`), or `request` and `reply` of ARP; ''. */
  message: string;
  /** 1 to 4094, or -1. */
  vlan: number;
  /** Where the switch names its VLANs (Juniper), or ''. */
  vlanName: string;
  /** Port as the switch writes it, or ''. */
  port: string;
  /** Where the address was before (`mac-move`), or ''. */
  otherPort: string;
  /** Messages that the line stands for; 1 where it does not say. */
  count: number;
  /** Seconds of the lease that are left in a table (-1 none or endless). */
  lease: number;
  /** undefined where nothing was written: a table has no time of its own. */
  time: LineTime | undefined;
  /** The line without its line end, escaped, at most 8 KiB. */
  text: string;
}
