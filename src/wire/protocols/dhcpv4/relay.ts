import { readCircuitId, readRemoteId } from './agentid.ts';
import { isPrintable, readDuid, readTextOrBytes } from './client.ts';
import { BYTES, EMPTY, IPV4, MAC, TEXT, U32, plain, structure } from './format.ts';
import { VSS } from './services.ts';
import { readSubOptions } from './suboptions.ts';
import type { SubOptions } from './suboptions.ts';
import { readEnterprises } from './vendor.ts';

const CIRCUIT_ID = plain(structure(1, readCircuitId));
const REMOTE_ID = plain(structure(1, readRemoteId));

/** RFC 4014: RADIUS attributes, whose length counts its own two bytes. */
const RADIUS = structure(2, (c) => {
  for (let i = 0; c.left > 0; i += 1) {
    const length = c.peekAt(1);
    const whole = length >= 2 && length <= c.left;
    if (!c.enter(whole ? length : c.left, 'attributes', i, 'attribute length')) return;
    c.u8('type');
    if (length < 0) c.fault('cut', 'length', 1, 0);
    else c.u8('length');
    if (length >= 0 && !whole) c.fault('length', 'length', length, c.left + 2, c.at - 1);
    if (c.left > 0) readTextOrBytes(c, 'data');
    c.leave();
  }
});

/** RFC 4030: HMAC over the relayed message. */
const AUTHENTICATION = plain(
  structure(14, (c) => {
    c.u8('algorithm');
    c.flags8('rdm');
    c.span(8, 'replayDetection', 'uint');
    c.ipv4('relayIdentifier');
    c.rest('authenticationInformation');
  }),
);

/** RFC 5010: bit 7, the message came to the relay by unicast. */
const FLAGS = plain(structure(1, (c) => c.flags8('flags'), 0, 1));

const VENDOR_SPECIFIC = structure(5, (c) => readEnterprises(c, () => readTextOrBytes(c, 'data')));

/** RFC 6925: a DUID or ASCII text. */
const RELAY_ID = plain(
  structure(2, (c) => {
    if (isPrintable(c)) c.rest('identifier', 'text');
    else readDuid(c);
  }),
);

/** RFC 7839: the types of RFC 5213. */
const ACCESS_TECHNOLOGIES = [
  '',
  'virtual',
  'PPP',
  'IEEE 802.3',
  'IEEE 802.11a/b/g',
  'IEEE 802.16e',
  '3GPP GERAN',
  '3GPP UTRAN',
  '3GPP E-UTRAN',
  '3GPP2 eHRPD',
  '3GPP2 HRPD',
  '3GPP2 1xRTT',
  '3GPP2 UMB',
];
const ACCESS_TECHNOLOGY = plain(
  structure(
    2,
    (c) => {
      c.u8('reserved');
      const type = c.u8('accessTechnologyType');
      c.means(ACCESS_TECHNOLOGIES[type] ?? 'unassigned');
    },
    0,
    2,
  ),
);

/** 152 is VSS-Control, empty (RFC 6607), or, with four bytes, the server identifier override of older Cisco relays. */
const VSS_CONTROL = plain(
  structure(
    0,
    (c) => {
      if (c.left > 0) c.ipv4('serverIdentifierOverride');
    },
    4,
    4,
  ),
);

/** The IANA "DHCP Relay Agent Sub-Option Codes", and Cisco's 150. */
const SUB_OPTIONS: SubOptions = new Map([
  [1, ['Agent Circuit ID', CIRCUIT_ID]],
  [2, ['Agent Remote ID', REMOTE_ID]],
  [4, ['DOCSIS Device Class', U32]],
  [5, ['Link selection', IPV4]],
  [6, ['Subscriber-ID', TEXT]],
  [7, ['RADIUS Attributes', RADIUS]],
  [8, ['Authentication', AUTHENTICATION]],
  [9, ['Vendor-Specific Information', VENDOR_SPECIFIC]],
  [10, ['Relay Agent Flags', FLAGS]],
  [11, ['Server Identifier Override', IPV4]],
  [12, ['Relay Agent Identifier', RELAY_ID]],
  [13, ['Access-Technology-Type', ACCESS_TECHNOLOGY]],
  [14, ['Access-Network-Name', TEXT]],
  [15, ['Access-Point-Name', TEXT]],
  [16, ['Access-Point-BSSID', MAC]],
  [17, ['Operator-Identifier', BYTES]],
  [18, ['Operator-Realm', TEXT]],
  [19, ['DHCPv4 Relay Source Port', EMPTY]],
  [118, ['Subnet Selection (as option 118)', IPV4]],
  [150, ['Link selection (Cisco)', IPV4]],
  [151, ['DHCPv4 Virtual Subnet Selection', VSS]],
  [152, ['DHCPv4 Virtual Subnet Selection Control', VSS_CONTROL]],
]);

/** Option 82 (RFC 3046 2): what a relay or a switch on the way says of where the client is. */
export const RELAY_AGENT_INFORMATION = structure(2, (c, record) => readSubOptions(c, record, SUB_OPTIONS, false));
