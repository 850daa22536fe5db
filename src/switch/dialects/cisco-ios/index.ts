import type { Dialect } from '../../dialect.ts';
import { FIRST_HOP_SECURITY, INSPECTION, SNOOPING } from './guards.ts';
import { PORTS, SPANNING_TREE } from './ports.ts';
import { DOT1X } from './sessions.ts';
import { SETTINGS, TABLES } from './show.ts';

/**
 * Cisco IOS and IOS-XE. Texts: Cisco IOS System Message Guides (Catalyst 4500, OL-13091-01 and OL-11541-01, chapter
 * "DHCP_SNOOPING Messages"; Catalyst Blade Switch 3040, OL-10697-01), the security configuration guides of Catalyst
 * switches (DHCP snooping, dynamic ARP inspection, port security, 802.1X), and logs that users published. IOS-XE puts the
 * member and process (`Switch 2 R0/0: smd:`) before the sentence.
 */
export const ciscoIos: Dialect = {
  name: 'cisco-ios',
  vendor: 'Cisco IOS',
  rules: [...SNOOPING, ...INSPECTION, ...FIRST_HOP_SECURITY, ...PORTS, ...SPANNING_TREE, ...DOT1X, ...SETTINGS],
  tables: TABLES,
};
