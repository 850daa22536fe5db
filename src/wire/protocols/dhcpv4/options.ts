import {
  ARCHITECTURES,
  AUTHENTICATION,
  CLIENT_FQDN,
  CLIENT_IDENTIFIER,
  INTERFACE,
  MACHINE,
  USER_CLASS,
} from './client.ts';
import {
  EMPTY,
  FLAG,
  FLAGS8,
  I32,
  IPV4,
  IPV4S,
  IPV6,
  MAYBE_BYTES,
  MAYBE_IPV4S,
  MAYBE_TEXT,
  SECONDS,
  TEXT,
  U16,
  U16S,
  U32,
  U8,
  fits,
  ipv4Pairs,
  isFixed,
  named,
  plain,
  structure,
} from './format.ts';
import type { Format } from './format.ts';
import { CIVIC, COORDINATES } from './location.ts';
import { MESSAGE_TYPES } from './names.ts';
import {
  CLASSLESS_ROUTES,
  DNR,
  DOMAIN,
  DOMAINS,
  MOS_ADDRESSES,
  MOS_NAMES,
  PCP_SERVERS,
  PORT_PARAMETERS,
  RDNSS_SELECTION,
  SIP_SERVERS,
  SIX_RD,
  SZTP_REDIRECT,
} from './network.ts';
import { ETHERBOOT, VENDOR_SPECIFIC } from './pxe.ts';
import { RELAY_AGENT_INFORMATION } from './relay.ts';
import {
  CABLELABS,
  DIRECTORY_AGENT,
  FORCERENEW_NONCE,
  ISNS,
  NETWARE,
  PXELINUX_MAGIC,
  SERVICE_SCOPE,
  STATUS,
  SUBNET_ALLOCATION,
  VSS,
} from './services.ts';
import { VENDOR_CLASSES, VENDOR_OPTIONS } from './vendor.ts';

/** An option of the IANA "BOOTP Vendor Extensions and DHCP Options". */
export interface OptionDefinition {
  /** The RFC's name for it. */
  name: string;
  format: Format;
  /** RFC, with the section where it holds many options; or who uses it. */
  spec: string;
}

/** Option 55 (RFC 2132 9.8). */
const PARAMETER_REQUEST_LIST = plain(
  structure(1, (c) => {
    for (let i = 0; c.left > 0; i += 1) {
      const code = c.u8(`codes[${i}]`);
      c.means(definitionOf(code).name);
    }
  }),
);

const NODE_TYPES = [undefined, 'B-node', 'P-node', undefined, 'M-node'];
NODE_TYPES[8] = 'H-node';
const LEASE_STATES = [
  undefined,
  'AVAILABLE',
  'ACTIVE',
  'EXPIRED',
  'RELEASED',
  'ABANDONED',
  'RESET',
  'REMOTE',
  'TRANSITIONING',
];

const OPTIONS: readonly (readonly [code: number, name: string, format: Format, spec: string])[] = [
  [0, 'Pad', EMPTY, 'RFC 2132 3.1'],
  [1, 'Subnet Mask', IPV4, 'RFC 2132 3.3'],
  [2, 'Time Offset', I32, 'RFC 2132 3.4'],
  [3, 'Router', IPV4S, 'RFC 2132 3.5'],
  [4, 'Time Server', IPV4S, 'RFC 2132 3.6'],
  [5, 'Name Server', IPV4S, 'RFC 2132 3.7'],
  [6, 'Domain Name Server', IPV4S, 'RFC 2132 3.8'],
  [7, 'Log Server', IPV4S, 'RFC 2132 3.9'],
  [8, 'Cookie Server', IPV4S, 'RFC 2132 3.10'],
  [9, 'LPR Server', IPV4S, 'RFC 2132 3.11'],
  [10, 'Impress Server', IPV4S, 'RFC 2132 3.12'],
  [11, 'Resource Location Server', IPV4S, 'RFC 2132 3.13'],
  [12, 'Host Name', TEXT, 'RFC 2132 3.14'],
  [13, 'Boot File Size', U16, 'RFC 2132 3.15'],
  [14, 'Merit Dump File', TEXT, 'RFC 2132 3.16'],
  [15, 'Domain Name', TEXT, 'RFC 2132 3.17'],
  [16, 'Swap Server', IPV4, 'RFC 2132 3.18'],
  [17, 'Root Path', TEXT, 'RFC 2132 3.19'],
  [18, 'Extensions Path', TEXT, 'RFC 2132 3.20'],
  [19, 'IP Forwarding', FLAG, 'RFC 2132 4.1'],
  [20, 'Non-Local Source Routing', FLAG, 'RFC 2132 4.2'],
  [21, 'Policy Filter', ipv4Pairs('filters', 'address', 'mask'), 'RFC 2132 4.3'],
  [22, 'Maximum Datagram Reassembly Size', U16, 'RFC 2132 4.4'],
  [23, 'Default IP Time-to-live', U8, 'RFC 2132 4.5'],
  [24, 'Path MTU Aging Timeout', SECONDS, 'RFC 2132 4.6'],
  [25, 'Path MTU Plateau Table', U16S, 'RFC 2132 4.7'],
  [26, 'Interface MTU', U16, 'RFC 2132 5.1'],
  [27, 'All Subnets are Local', FLAG, 'RFC 2132 5.2'],
  [28, 'Broadcast Address', IPV4, 'RFC 2132 5.3'],
  [29, 'Perform Mask Discovery', FLAG, 'RFC 2132 5.4'],
  [30, 'Mask Supplier', FLAG, 'RFC 2132 5.5'],
  [31, 'Perform Router Discovery', FLAG, 'RFC 2132 5.6'],
  [32, 'Router Solicitation Address', IPV4, 'RFC 2132 5.7'],
  [33, 'Static Route', ipv4Pairs('routes', 'destination', 'router'), 'RFC 2132 5.8'],
  [34, 'Trailer Encapsulation', FLAG, 'RFC 2132 6.1'],
  [35, 'ARP Cache Timeout', SECONDS, 'RFC 2132 6.2'],
  [36, 'Ethernet Encapsulation', FLAG, 'RFC 2132 6.3'],
  [37, 'TCP Default TTL', U8, 'RFC 2132 7.1'],
  [38, 'TCP Keepalive Interval', SECONDS, 'RFC 2132 7.2'],
  [39, 'TCP Keepalive Garbage', FLAG, 'RFC 2132 7.3'],
  [40, 'Network Information Service Domain', TEXT, 'RFC 2132 8.1'],
  [41, 'Network Information Servers', IPV4S, 'RFC 2132 8.2'],
  [42, 'Network Time Protocol Servers', IPV4S, 'RFC 2132 8.3'],
  [43, 'Vendor Specific Information', VENDOR_SPECIFIC, 'RFC 2132 8.4, PXE 2.1 table 2-1'],
  [44, 'NetBIOS over TCP/IP Name Server', IPV4S, 'RFC 2132 8.5'],
  [45, 'NetBIOS over TCP/IP Datagram Distribution Server', IPV4S, 'RFC 2132 8.6'],
  [46, 'NetBIOS over TCP/IP Node Type', named(1, NODE_TYPES), 'RFC 2132 8.7'],
  [47, 'NetBIOS over TCP/IP Scope', TEXT, 'RFC 2132 8.8'],
  [48, 'X Window System Font Server', IPV4S, 'RFC 2132 8.9'],
  [49, 'X Window System Display Manager', IPV4S, 'RFC 2132 8.10'],
  [50, 'Requested IP Address', IPV4, 'RFC 2132 9.1'],
  [51, 'IP Address Lease Time', SECONDS, 'RFC 2132 9.2'],
  [52, 'Option Overload', named(1, [undefined, 'file', 'sname', 'file and sname']), 'RFC 2132 9.3'],
  [53, 'DHCP Message Type', named(1, MESSAGE_TYPES), 'RFC 2132 9.6'],
  [54, 'Server Identifier', IPV4, 'RFC 2132 9.7'],
  [55, 'Parameter Request List', PARAMETER_REQUEST_LIST, 'RFC 2132 9.8'],
  [56, 'Message', TEXT, 'RFC 2132 9.9'],
  [57, 'Maximum DHCP Message Size', U16, 'RFC 2132 9.10'],
  [58, 'Renewal (T1) Time Value', SECONDS, 'RFC 2132 9.11'],
  [59, 'Rebinding (T2) Time Value', SECONDS, 'RFC 2132 9.12'],
  [60, 'Vendor Class Identifier', TEXT, 'RFC 2132 9.13'],
  [61, 'Client-identifier', CLIENT_IDENTIFIER, 'RFC 2132 9.14, RFC 4361 6.1'],
  [62, 'NetWare/IP Domain Name', TEXT, 'RFC 2242'],
  [63, 'NetWare/IP Information', NETWARE, 'RFC 2242'],
  [64, 'Network Information Service+ Domain', TEXT, 'RFC 2132 8.11'],
  [65, 'Network Information Service+ Servers', IPV4S, 'RFC 2132 8.12'],
  [66, 'TFTP Server Name', TEXT, 'RFC 2132 9.4'],
  [67, 'Bootfile Name', TEXT, 'RFC 2132 9.5'],
  [68, 'Mobile IP Home Agent', MAYBE_IPV4S, 'RFC 2132 8.13'],
  [69, 'SMTP Server', IPV4S, 'RFC 2132 8.14'],
  [70, 'POP3 Server', IPV4S, 'RFC 2132 8.15'],
  [71, 'NNTP Server', IPV4S, 'RFC 2132 8.16'],
  [72, 'Default WWW Server', IPV4S, 'RFC 2132 8.17'],
  [73, 'Default Finger Server', IPV4S, 'RFC 2132 8.18'],
  [74, 'Default IRC Server', IPV4S, 'RFC 2132 8.19'],
  [75, 'StreetTalk Server', IPV4S, 'RFC 2132 8.20'],
  [76, 'StreetTalk Directory Assistance Server', IPV4S, 'RFC 2132 8.21'],
  [77, 'User Class', USER_CLASS, 'RFC 3004 4'],
  [78, 'SLP Directory Agent', DIRECTORY_AGENT, 'RFC 2610'],
  [79, 'SLP Service Scope', SERVICE_SCOPE, 'RFC 2610'],
  [80, 'Rapid Commit', EMPTY, 'RFC 4039 4'],
  [81, 'Client FQDN', CLIENT_FQDN, 'RFC 4702 2'],
  [82, 'Relay Agent Information', RELAY_AGENT_INFORMATION, 'RFC 3046 2'],
  [83, 'iSNS', ISNS, 'RFC 4174'],
  [85, 'NDS Servers', IPV4S, 'RFC 2241'],
  [86, 'NDS Tree Name', TEXT, 'RFC 2241'],
  [87, 'NDS Context', TEXT, 'RFC 2241'],
  [88, 'BCMCS Controller Domain Name List', DOMAINS, 'RFC 4280'],
  [89, 'BCMCS Controller IPv4 Address', IPV4S, 'RFC 4280'],
  [90, 'Authentication', AUTHENTICATION, 'RFC 3118 2'],
  [91, 'client-last-transaction-time', SECONDS, 'RFC 4388'],
  [92, 'associated-ip', IPV4S, 'RFC 4388'],
  [93, 'Client System Architecture Type', ARCHITECTURES, 'RFC 4578 2.1'],
  [94, 'Client Network Interface Identifier', INTERFACE, 'RFC 4578 2.2'],
  [95, 'LDAP', TEXT, 'RFC 3679'],
  [97, 'Client Machine Identifier', MACHINE, 'RFC 4578 2.3'],
  [98, 'User Authentication Protocol', TEXT, 'RFC 2485'],
  [99, 'GEOCONF_CIVIC', CIVIC, 'RFC 4776 3.1'],
  [100, 'PCode', TEXT, 'RFC 4833'],
  [101, 'TCode', TEXT, 'RFC 4833'],
  [108, 'IPv6-Only Preferred', SECONDS, 'RFC 8925'],
  [109, 'OPTION_DHCP4O6_S46_SADDR', IPV6, 'RFC 8539'],
  [112, 'Netinfo Address', IPV4S, 'RFC 3679'],
  [113, 'Netinfo Tag', TEXT, 'RFC 3679'],
  [114, 'DHCP Captive-Portal', TEXT, 'RFC 8910'],
  [116, 'Auto-Configure', named(1, ['DoNotAutoConfigure', 'AutoConfigure']), 'RFC 2563'],
  [117, 'Name Service Search', U16S, 'RFC 2937'],
  [118, 'Subnet Selection', IPV4, 'RFC 3011'],
  [119, 'Domain Search', DOMAINS, 'RFC 3397 2'],
  [120, 'SIP Servers', SIP_SERVERS, 'RFC 3361 3'],
  [121, 'Classless Static Route', CLASSLESS_ROUTES, 'RFC 3442'],
  [122, 'CableLabs Client Configuration', CABLELABS, 'RFC 3495'],
  [123, 'GeoConf', COORDINATES, 'RFC 6225 2.2.1'],
  [124, 'V-I Vendor Class', VENDOR_CLASSES, 'RFC 3925 3'],
  [125, 'V-I Vendor-Specific Information', VENDOR_OPTIONS, 'RFC 3925 4'],
  [128, 'PXE vendor-specific 128', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [129, 'PXE vendor-specific 129', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [130, 'PXE vendor-specific 130', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [131, 'PXE vendor-specific 131', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [132, 'PXE vendor-specific 132', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [133, 'PXE vendor-specific 133', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [134, 'PXE vendor-specific 134', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [135, 'PXE vendor-specific 135', MAYBE_BYTES, 'RFC 4578 2.4, reserved for PXE'],
  [136, 'OPTION_PANA_AGENT', IPV4S, 'RFC 5192'],
  [137, 'OPTION_V4_LOST', DOMAIN, 'RFC 5223'],
  [138, 'OPTION_CAPWAP_AC_V4', IPV4S, 'RFC 5417'],
  [139, 'OPTION-IPv4_Address-MoS', MOS_ADDRESSES, 'RFC 5678'],
  [140, 'OPTION-IPv4_FQDN-MoS', MOS_NAMES, 'RFC 5678'],
  [141, 'SIP UA Configuration Service Domains', DOMAINS, 'RFC 6011'],
  [142, 'OPTION-IPv4_Address-ANDSF', IPV4S, 'RFC 6153'],
  [143, 'OPTION_V4_SZTP_REDIRECT', SZTP_REDIRECT, 'RFC 8572'],
  [144, 'GeoLoc', COORDINATES, 'RFC 6225 2.2.2'],
  [145, 'FORCERENEW_NONCE_CAPABLE', FORCERENEW_NONCE, 'RFC 6704'],
  [146, 'RDNSS Selection', RDNSS_SELECTION, 'RFC 6731'],
  [147, 'OPTION_V4_DOTS_RI', DOMAIN, 'RFC 8973'],
  [148, 'OPTION_V4_DOTS_ADDRESS', IPV4S, 'RFC 8973'],
  [150, 'TFTP Server Address', IPV4S, 'RFC 5859'],
  [151, 'status-code', STATUS, 'RFC 6926'],
  [152, 'base-time', U32, 'RFC 6926'],
  [153, 'start-time-of-state', SECONDS, 'RFC 6926'],
  [154, 'query-start-time', U32, 'RFC 6926'],
  [155, 'query-end-time', U32, 'RFC 6926'],
  [156, 'dhcp-state', named(1, LEASE_STATES), 'RFC 6926'],
  [157, 'data-source', FLAGS8, 'RFC 6926'],
  [158, 'OPTION_V4_PCP_SERVER', PCP_SERVERS, 'RFC 7291'],
  [159, 'OPTION_V4_PORTPARAMS', PORT_PARAMETERS, 'RFC 7618'],
  [160, 'DHCP Captive-Portal (former number)', TEXT, 'RFC 7710'],
  [161, 'OPTION_MUD_URL_V4', TEXT, 'RFC 8520'],
  [162, 'OPTION_V4_DNR', DNR, 'RFC 9463'],
  [175, 'Etherboot (iPXE encapsulated options)', ETHERBOOT, 'tentatively assigned'],
  [176, 'IP Telephone', MAYBE_BYTES, 'tentatively assigned'],
  [177, 'Etherboot, also PacketCable and CableHome', MAYBE_BYTES, 'tentatively assigned'],
  [203, 'iSCSI Initiator IQN (iPXE)', TEXT, 'not assigned, used by iPXE'],
  [208, 'PXELINUX Magic', PXELINUX_MAGIC, 'RFC 5071'],
  [209, 'Configuration File', TEXT, 'RFC 5071'],
  [210, 'Path Prefix', TEXT, 'RFC 5071'],
  [211, 'Reboot Time', SECONDS, 'RFC 5071'],
  [212, 'OPTION_6RD', SIX_RD, 'RFC 5969 7.1.1'],
  [213, 'OPTION_V4_ACCESS_DOMAIN', DOMAIN, 'RFC 5986'],
  [220, 'Subnet Allocation', SUBNET_ALLOCATION, 'RFC 6656'],
  [221, 'Virtual Subnet Selection', VSS, 'RFC 6607'],
  [242, 'Private Use (Avaya IP telephones)', MAYBE_TEXT, 'not assigned, used by Avaya'],
  [249, 'Classless Static Route (Microsoft)', CLASSLESS_ROUTES, 'MS-DHCPE 2.2.9'],
  [252, 'Web Proxy Auto-Discovery', TEXT, 'draft-ietf-wrec-wpad-01'],
  [255, 'End', EMPTY, 'RFC 2132 3.2'],
];

const BY_CODE: readonly (OptionDefinition | undefined)[] = index();

function index(): (OptionDefinition | undefined)[] {
  const byCode: (OptionDefinition | undefined)[] = Array.from({ length: 256 }, () => undefined);
  for (const [code, name, format, spec] of OPTIONS) byCode[code] = { name, format, spec };
  return byCode;
}

const UNASSIGNED: OptionDefinition = { name: 'Unassigned', format: MAYBE_BYTES, spec: 'IANA' };
/** RFC 3942 2: the site-specific range is 224 to 254. */
const PRIVATE: OptionDefinition = { name: 'Private Use', format: MAYBE_BYTES, spec: 'RFC 3942 2' };

/** What is known of an option; every number has an answer. */
export function definitionOf(code: number): OptionDefinition {
  return BY_CODE[code] ?? (code >= 224 && code <= 254 ? PRIVATE : UNASSIGNED);
}

/** Whether a value of `length` bytes stands alone, so that another of the same code repeats it and does not go on with it. */
export function isAlone(code: number, length: number): boolean {
  const { format } = definitionOf(code);
  return isFixed(format) && fits(format, length);
}

/** By code and length, 1 where the length is wrong or the parts have to be read: one look-up for each option. */
const LOOK = new Uint8Array(65536);
/** Codes whose row is filled in: most captures have two dozen, and all 256 cost more than a small one takes. */
const filled = new Uint8Array(256);

/** True when an option of this length cannot be taken as well-formed without reading it. */
export function needsLook(code: number, length: number): boolean {
  if (filled[code] === 0) fillRow(code);
  return LOOK[code * 256 + length] === 1;
}

function fillRow(code: number): void {
  const { format } = definitionOf(code);
  for (let length = 0; length < 256; length += 1) {
    if (format.parts || !fits(format, length)) LOOK[code * 256 + length] = 1;
  }
  filled[code] = 1;
}
