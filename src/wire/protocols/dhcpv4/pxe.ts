import type { Cursor } from '../../cursor.ts';
import { ANY, FLAG, IPV4, TEXT, U16, U8, readCounted, plain, readText, structure } from './format.ts';
import type { Format } from './format.ts';
import { isSubOptions, readSubOptions } from './suboptions.ts';
import type { SubOptions } from './suboptions.ts';
import { readVendorOptions } from './vendor.ts';

const SERVER_TYPES: readonly string[] = [
  'PXE bootstrap server',
  'Microsoft Windows NT Boot Server',
  'Intel LCM Boot Server',
  'DOS/UNDI Boot Server',
  'NEC ESMPRO Boot Server',
  'IBM WSoD Boot Server',
  'IBM LCCM Boot Server',
  'CA Unicenter TNG Boot Server',
  'HP OpenView Boot Server',
];

/** PXE 2.1 table 2-1, PXE_BOOT_SERVERS: server types and their addresses. */
const BOOT_SERVERS = structure(3, (c) => {
  for (let i = 0; c.left > 0; i += 1) {
    if (!c.need(3, 'bootServers') || !c.enter(c.left, 'bootServers', i, 'count')) return;
    readServerType(c);
    const count = c.u8('count');
    if (4 * count > c.left) {
      c.fault('length', 'count', 4 * count, c.left, c.at - 1);
      c.rest('data');
      c.leave();
      return;
    }
    for (let k = 0; k < count; k += 1) c.ipv4(c.tracing ? `addresses[${k}]` : 'addresses');
    // The window was opened before its size was known: the next entry begins where this one was read to.
    const next = c.at;
    c.leave();
    c.seek(next, 'bootServers');
  }
});

/** PXE_BOOT_MENU: server types and what to call them. */
const BOOT_MENU = structure(3, (c) => {
  for (let i = 0; c.left > 0; i += 1) {
    if (!c.need(3, 'items')) return;
    if (!c.enter(Math.min(3 + c.peekAt(2), c.left), 'items', i, 'descriptionLength')) return;
    readServerType(c);
    const length = c.u8('descriptionLength');
    readCounted(c, length, 'description', 'descriptionLength', 'text');
    c.leave();
  }
});

function readServerType(c: Cursor): void {
  const type = c.u16('type');
  c.means(
    type === 65535 ? 'PXE API test server' : (SERVER_TYPES[type] ?? (type < 32768 ? 'reserved' : "vendor's own")),
  );
}

/** PXE_MENU_PROMPT: 0 boots the first item at once, 255 shows the menu at once, else seconds until F8 is given up. */
const MENU_PROMPT = structure(1, (c) => {
  c.u8('timeout');
  readText(c, 'prompt');
});

const BOOT_ITEM: Format = plain(
  structure(
    4,
    (c) => {
      readServerType(c);
      // Bit 15: credentials follow; the rest is the layer, 0 the bootstrap.
      c.flags16('layer');
    },
    0,
    4,
  ),
);

/** Bits: 0 no broadcast discovery, 1 no multicast, 2 only servers of the list, 3 use the offer's boot file at once. */
const DISCOVERY_CONTROL: Format = plain(structure(1, (c) => c.flags8('discoveryControl'), 0, 1));

/** PXE 2.1 table 2-1; from 179 on Intel LANDesk's. */
const PXE: SubOptions = new Map([
  [1, ['PXE_MTFTP_IP', IPV4]],
  [2, ['PXE_MTFTP_CPORT', U16]],
  [3, ['PXE_MTFTP_SPORT', U16]],
  [4, ['PXE_MTFTP_TMOUT', U8]],
  [5, ['PXE_MTFTP_DELAY', U8]],
  [6, ['PXE_DISCOVERY_CONTROL', DISCOVERY_CONTROL]],
  [7, ['PXE_DISCOVERY_MCAST_ADDR', IPV4]],
  [8, ['PXE_BOOT_SERVERS', BOOT_SERVERS]],
  [9, ['PXE_BOOT_MENU', BOOT_MENU]],
  [10, ['PXE_MENU_PROMPT', MENU_PROMPT]],
  [11, ['PXE_MCAST_ADDRS_ALLOC', structure(8, (c) => c.rest('data'))]],
  [12, ['PXE_CREDENTIAL_TYPES', structure(4, (c) => c.rest('data'), 4)]],
  [71, ['PXE_BOOT_ITEM', BOOT_ITEM]],
  [179, ['LCM Server Name', TEXT]],
  [180, ['LCM Domain', TEXT]],
  [181, ['LCM NIC Option', structure(1, (c) => c.rest('data'))]],
  [190, ['LCM Workgroup', TEXT]],
  [191, ['LCM Discovery', FLAG]],
  [192, ['LCM Configured', FLAG]],
  [193, ['LCM Version', structure(4, (c) => c.u32('version'), 0, 4)]],
  [194, ['LCM Serial Number', TEXT]],
]);

/** Option 43: PXE's sub-options where option 60 says PXEClient, else the vendor's own. */
export const VENDOR_SPECIFIC = structure(1, (c, record) => {
  if (record.pxe) readSubOptions(c, record, PXE, true);
  else if (c.tracing) readVendorOptions(c, record);
});

const FEATURE: Format = plain(structure(0, (c) => (c.left === 1 ? c.u8('version') : c.rest('version'))));

/** iPXE's encapsulated options; 16 to 79 are feature markers whose value is a version. */
const IPXE: SubOptions = new Map([
  [1, ['priority', plain(structure(1, (c) => c.span(1, 'value', 'int'), 0, 1))]],
  [2, ['yiaddr', IPV4]],
  [3, ['siaddr', IPV4]],
  [8, ['keep-san', FLAG]],
  [9, ['skip-san-boot', FLAG]],
  ...[
    'PXE API extensions',
    'iSCSI',
    'AoE',
    'HTTP',
    'HTTPS',
    'TFTP',
    'FTP',
    'DNS',
    'bzImage',
    'Multiboot',
    'SLAM',
    'SRP',
  ].map((name, i): [number, [string, Format]] => [16 + i, [`feature: ${name}`, FEATURE]]),
  ...['NBI', 'PXE', 'ELF', 'COMBOOT', 'EFI', 'FCoE', 'VLAN', 'Menu', 'SDI', 'NFS'].map(
    (name, i): [number, [string, Format]] => [32 + i, [`feature: ${name}`, FEATURE]],
  ),
  [81, ['scriptlet', TEXT]],
  [85, ['syslogs', TEXT]],
  [90, ['trust', structure(1, (c) => c.rest('data'))]],
  [91, ['certificate', structure(1, (c) => c.rest('data'))]],
  [92, ['privkey', structure(1, (c) => c.rest('data'))]],
  [93, ['crosscert', TEXT]],
  [176, ['no-pxedhcp', FLAG]],
  [
    177,
    [
      'busid',
      structure(
        5,
        (c) => {
          const type = c.u8('busType');
          if (type === 1) c.means('PCI');
          c.flags16('vendor');
          c.flags16('device');
        },
        0,
        5,
      ),
    ],
  ],
  [178, ['use-cached', FLAG]],
  [187, ['san-retry', structure(1, (c) => c.rest('data'))]],
  [188, ['san-filename', TEXT]],
  [189, ['san-drive', U8]],
  [190, ['username', TEXT]],
  [191, ['password', TEXT]],
  [192, ['reverse-username', TEXT]],
  [193, ['reverse-password', TEXT]],
  [235, ['version', structure(1, (c) => c.rest('version'))]],
]);

/** Option 175: iPXE's options. The number is only tentatively assigned, so other contents are bytes and no fault. */
export const ETHERBOOT: Format = {
  min: 0,
  max: ANY,
  step: 1,
  parts: false,
  read(c, record) {
    if (isSubOptions(c, true)) readSubOptions(c, record, IPXE, true);
  },
};
