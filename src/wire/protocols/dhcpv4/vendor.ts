import type { Cursor } from '../../cursor.ts';
import { isPrintable, readTextOrBytes } from './client.ts';
import { BYTES, IPV4S, TEXT, readText, structure } from './format.ts';
import type { Dhcp4Record } from './record.ts';
import { isSubOptions, readSubOptions } from './suboptions.ts';
import type { SubOptions } from './suboptions.ts';

/** Enterprise numbers (IANA "Private Enterprise Numbers") met in provisioning networks. */
const ENTERPRISES = new Map([
  [9, 'Cisco'],
  [11, 'Hewlett-Packard'],
  [311, 'Microsoft'],
  [343, 'Intel'],
  [674, 'Dell'],
  [1588, 'Brocade'],
  [1916, 'Extreme Networks'],
  [2011, 'Huawei'],
  [2636, 'Juniper Networks'],
  [3561, 'Broadband Forum'],
  [4491, 'CableLabs'],
  [6876, 'VMware'],
  [11129, 'Google'],
  [14823, 'Aruba'],
  [25506, 'H3C'],
  [30065, 'Arista Networks'],
  [33049, 'Mellanox'],
  [40310, 'Cumulus Networks'],
  [42623, 'Open Compute Project (ONIE)'],
  [43793, 'systemd'],
]);

/** TR-069 amendment 5, annex F: a device and its gateway. */
const BROADBAND_FORUM: SubOptions = new Map([
  [1, ['DeviceManufacturerOUI', TEXT]],
  [2, ['DeviceSerialNumber', TEXT]],
  [3, ['DeviceProductClass', TEXT]],
  [4, ['GatewayManufacturerOUI', TEXT]],
  [5, ['GatewaySerialNumber', TEXT]],
  [6, ['GatewayProductClass', TEXT]],
  [11, ['URL of the ACS', TEXT]],
  [12, ['Provisioning Code', TEXT]],
]);

const CABLELABS: SubOptions = new Map([
  [1, ['Option Request', BYTES]],
  [2, ['TFTP Server Addresses', IPV4S]],
  [3, ['eRouter Container', BYTES]],
  [4, ['MIB Environment Indicator', BYTES]],
  [5, ['Modem Capabilities', BYTES]],
]);

/** The ONIE specification, "Vendor Identifying Vendor-Specific Information". */
const ONIE: SubOptions = new Map([
  [1, ['Installer URL', TEXT]],
  [2, ['Updater URL', TEXT]],
  [3, ['Platform name', TEXT]],
  [4, ['CPU architecture', TEXT]],
  [5, ['Machine', TEXT]],
]);

const NONE: SubOptions = new Map();
const BY_ENTERPRISE = new Map([
  [3561, BROADBAND_FORUM],
  [4491, CABLELABS],
  [42623, ONIE],
]);

/** One enterprise's data: number, length, and what `read` makes of the data. */
export function readEnterprises(c: Cursor, read: (enterprise: number) => void): void {
  for (let i = 0; c.left > 0; i += 1) {
    const length = c.peekAt(4);
    if (!c.enter(length < 0 ? c.left : Math.min(5 + length, c.left), 'enterprises', i, 'dataLength')) return;
    if (length < 0) {
      c.fault('cut', 'enterpriseNumber', 5, c.left);
      c.rest('data');
    } else {
      const enterprise = c.u32('enterpriseNumber');
      const name = ENTERPRISES.get(enterprise);
      if (name !== undefined) c.means(name);
      c.u8('dataLength');
      if (length > c.left) c.fault('length', 'dataLength', length, c.left, c.at - 1);
      else if (length > 0) read(enterprise);
      if (c.left > 0) c.rest('data');
    }
    c.leave();
  }
}

/** Option 124 (RFC 3925 3). */
export const VENDOR_CLASSES = structure(5, (c) => readEnterprises(c, () => readTextOrBytes(c, 'data')));

/** Option 125 (RFC 3925 4): sub-options by enterprise. */
export const VENDOR_OPTIONS = structure(5, (c, record) => {
  readEnterprises(c, (enterprise) => {
    readSubOptions(c, record, BY_ENTERPRISE.get(enterprise) ?? NONE, false);
  });
});

/** Apple's BSDP, Microsoft's (MS-DHCPE 2.2.3) and others' sub-options of option 43 differ; only their frame is common. */
export function readVendorOptions(c: Cursor, record: Dhcp4Record): void {
  if (isPrintable(c)) readText(c, 'text');
  else if (isSubOptions(c, true)) readSubOptions(c, record, NONE, true);
}
