import { FLAG, IPV4, IPV4S, SECONDS, TEXT, U8, plain, readText, structure } from './format.ts';
import { readTextOrBytes } from './client.ts';
import { readDomains } from './network.ts';
import { readSubOptions } from './suboptions.ts';
import type { SubOptions } from './suboptions.ts';

const EMPTY = plain(structure(0, () => {}, 0, 0));

/** RFC 2242. */
const NETWARE_IP: SubOptions = new Map([
  [1, ['NWIP_DOES_NOT_EXIST', EMPTY]],
  [2, ['NWIP_EXIST_IN_OPTIONS_AREA', EMPTY]],
  [3, ['NWIP_EXIST_IN_SNAME_FILE', EMPTY]],
  [4, ['NWIP_EXIST_BUT_TOO_BIG', EMPTY]],
  [5, ['NSQ_BROADCAST', FLAG]],
  [6, ['PREFERRED_DSS', IPV4S]],
  [7, ['NEAREST_NWIP_SERVER', IPV4S]],
  [8, ['AUTORETRIES', U8]],
  [9, ['AUTORETRY_SECS', U8]],
  [10, ['NWIP_1_1', FLAG]],
  [11, ['PRIMARY_DSS', IPV4]],
]);

/** Option 63 (RFC 2242). */
export const NETWARE = structure(2, (c, record) => readSubOptions(c, record, NETWARE_IP, false));

/** Option 78 (RFC 2610): whether the list is mandatory, and the list. */
export const DIRECTORY_AGENT = plain(
  structure(
    5,
    (c, record) => {
      c.span(1, 'mandatory', 'bool');
      IPV4S.read(c, record);
    },
    4,
  ),
);

/** Option 79 (RFC 2610). */
export const SERVICE_SCOPE = plain(
  structure(1, (c) => {
    c.span(1, 'mandatory', 'bool');
    readText(c, 'scopes');
  }),
);

/** Option 83 (RFC 4174): bit fields, then the addresses of the iSNS servers. */
export const ISNS = plain(
  structure(
    14,
    (c, record) => {
      c.flags16('functions');
      c.flags16('discoveryDomainAccess');
      c.flags16('administrativeFlags');
      c.flags32('serverSecurityBitmap');
      IPV4S.read(c, record);
    },
    4,
  ),
);

const STATUS_CODES = [
  'Success',
  'UnspecFail',
  'QueryTerminated',
  'MalformedQuery',
  'NotAllowed',
  'DataMissing',
  'ConnectionActive',
  'CatchUpComplete',
  'TLSConnectionRefused',
];

/** Option 151 (RFC 6926, RFC 7724). */
export const STATUS = plain(
  structure(1, (c) => {
    const code = c.u8('statusCode');
    c.means(STATUS_CODES[code] ?? 'unknown');
    readText(c, 'message');
  }),
);

/** RFC 6656: what a client asks of, or gets from, a server that hands out subnets. */
const SUBNETS: SubOptions = new Map([
  [
    1,
    [
      'Subnet-Request',
      plain(
        structure(
          2,
          (c) => {
            c.flags8('flags');
            c.u8('prefixLength');
          },
          0,
          2,
        ),
      ),
    ],
  ],
  [
    2,
    [
      'Subnet-Information',
      structure(8, (c) => {
        c.flags8('flags');
        for (let i = 0; c.left > 0; i += 1) {
          if (c.left < 7) {
            c.fault('cut', 'networks', 7, c.left);
            return;
          }
          const statistics = c.peekAt(6);
          if (!c.enter(Math.min(7 + statistics, c.left), 'networks', i, 'statisticsLength')) return;
          c.ipv4('network');
          c.u8('prefixLength');
          c.flags8('flags');
          c.u8('statisticsLength');
          if (statistics > c.left) c.fault('length', 'statisticsLength', statistics, c.left, c.at - 1);
          if (c.left > 0) c.rest('statistics');
          c.leave();
        }
      }),
    ],
  ],
  [3, ['Subnet-Name', TEXT]],
  [4, ['Suggested-Lease-Time', SECONDS]],
]);

/** Option 220 (RFC 6656). */
export const SUBNET_ALLOCATION = structure(1, (c, record) => {
  c.flags8('flags');
  readSubOptions(c, record, SUBNETS, false);
});

const VSS_TYPES = new Map([
  [0, 'VPN identifier (NVT ASCII)'],
  [1, 'VPN-ID (RFC 2685)'],
  [255, 'global, default VPN'],
]);

/** Option 221 and relay sub-option 151 (RFC 6607): which virtual network the address is for. */
export const VSS = plain(
  structure(1, (c) => {
    const type = c.u8('type');
    c.means(VSS_TYPES.get(type) ?? 'unassigned');
    if (type === 1 && c.left === 7) {
      c.span(3, 'oui');
      c.u32('vpnIndex');
    } else if (c.left > 0) {
      readTextOrBytes(c, 'vpnIdentifier');
    }
  }),
);

/** RFC 3495: servers as names (0) or addresses (1). */
const CCC_SERVER = structure(5, (c) => {
  const encoding = c.u8('encoding');
  if (encoding === 0) readDomains(c, 'domainName');
  else if (encoding === 1 && c.left === 4) c.ipv4('address');
  else c.fault('value', 'encoding', encoding, 1, c.at - 1);
});

const CCC_BACKOFF = plain(
  structure(
    12,
    (c) => {
      c.u32('nominalTimeout');
      c.u32('maximumTimeout');
      c.u32('maximumRetries');
    },
    0,
    12,
  ),
);

/** RFC 3495, RFC 3594, RFC 3634. */
const CABLELABS_CLIENT: SubOptions = new Map([
  [1, ["TSP's Primary DHCP Server Address", IPV4]],
  [2, ["TSP's Secondary DHCP Server Address", IPV4]],
  [3, ["TSP's Provisioning Server Address", CCC_SERVER]],
  [4, ["TSP's AS-REQ/AS-REP Backoff and Retry", CCC_BACKOFF]],
  [5, ["TSP's AP-REQ/AP-REP Backoff and Retry", CCC_BACKOFF]],
  [6, ["TSP's Kerberos Realm Name", structure(1, (c) => readDomains(c, 'domainName'))]],
  [7, ["TSP's Ticket Granting Server Utilization", FLAG]],
  [8, ["TSP's Provisioning Timer Value", U8]],
  [9, ['Security Ticket Control', plain(structure(2, (c) => c.flags16('flags'), 0, 2))]],
  [10, ['Key Distribution Center Server Address', IPV4S]],
]);

/** Option 122 (RFC 3495). */
export const CABLELABS = structure(2, (c, record) => readSubOptions(c, record, CABLELABS_CLIENT, false));

/** Option 208 (RFC 5071): F1:00:74:7E. */
export const PXELINUX_MAGIC = plain(structure(4, (c) => c.flags32('magic'), 0, 4));

/** Option 145 (RFC 6704): algorithms for a reconfigure key; 1 is HMAC-MD5. */
export const FORCERENEW_NONCE = plain(
  structure(1, (c) => {
    for (let i = 0; c.left > 0; i += 1) c.u8(`algorithms[${i}]`);
  }),
);
