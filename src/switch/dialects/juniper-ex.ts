import {
  after,
  count,
  type Dialect,
  GAP,
  ip,
  IPV4,
  type LineRule,
  mac,
  MAC,
  PORT,
  seconds,
  type TableRule,
  vlan,
} from '../dialect.ts';
import type { SwitchReason } from '../line.ts';

/**
 * Juniper EX before Enhanced Layer 2 Software. Texts: Knowledge Base KB10961 (`show dhcp snooping binding`), and lines of
 * `eswd` that users published (`ESWD_DAI_FAILED`, `ESWD_STP_STATE_CHANGE_INFO`). VLANs are named; the number in brackets
 * is an index inside the switch, not a VLAN id. What `eswd` writes for DHCP from an untrusted port is not known for
 * certain: it counts as unknown.
 */
const STATES: ReadonlyMap<string, SwitchReason> = new Map([
  ['FORWARDING', 'forwarding'],
  ['BLOCKING', 'blocking'],
  ['LISTENING', 'listening'],
  ['LEARNING', 'learning'],
] as const);

const RULES: readonly LineRule[] = [
  {
    hint: 'ESWD_DAI_FAILED: ',
    pattern: after(
      'ESWD_DAI_FAILED: ',
      `(\\d{1,9}) ARP_(REQUEST|REPLY) received, interface ${PORT}\\[index \\d{1,9}\\], vlan ([^\\[ ]{1,128})\\[index \\d{1,9}\\], sender ip/mac ${IPV4}/${MAC}, receiver ip/mac ${IPV4}/${MAC}`,
    ),
    sample:
      'ESWD_DAI_FAILED: 12 ARP_REQUEST received, interface ge-0/0/8.0[index 76], vlan __pvlan_PRI-C-RES_ge-0/0/8.0__[index 14], sender ip/mac 10.43.16.17/b8:27:eb:53:a4:e2, receiver ip/mac 10.43.16.1/00:00:00:00:00:00',
    read: (m) => ({
      kind: 'dai-drop',
      reason: 'no-binding',
      count: count(m[1]),
      message: m[2] === 'REQUEST' ? 'request' : 'reply',
      port: m[3] ?? '',
      vlanName: m[4] ?? '',
      ip: ip(m[5]),
      mac: mac(m[6]),
      targetIp: ip(m[7]),
      targetMac: mac(m[8]),
    }),
  },
  {
    hint: 'ESWD_STP_STATE_CHANGE_INFO: ',
    pattern: after(
      'ESWD_STP_STATE_CHANGE_INFO: ',
      `STP state for interface ${PORT} context id \\d{1,9} changed from [A-Z]{1,16} to ([A-Z]{1,16})`,
    ),
    sample:
      'ESWD_STP_STATE_CHANGE_INFO: STP state for interface ge-0/0/45.0 context id 0 changed from FORWARDING to BLOCKING',
    read(m) {
      const reason = STATES.get(m[2] ?? '');
      return reason === undefined ? undefined : { kind: 'stp', reason, port: m[1] ?? '' };
    },
  },
];

const TABLES: readonly TableRule[] = [
  {
    command: 'show dhcp snooping binding',
    header:
      /^MAC Address[ \t]{1,80}IP Address[ \t]{1,80}Lease(?: \(seconds\))?[ \t]{1,80}Type[ \t]{1,80}VLAN[ \t]{1,80}Interface[ \t]{0,80}$/i,
    row: new RegExp(
      `^${MAC}${GAP}${IPV4}${GAP}(\\d{1,10}|-)${GAP}(dynamic|static)${GAP}(\\S{1,64})${GAP}${PORT}[ \\t]{0,80}$`,
    ),
    ignore: /^DHCP Snooping Information:[ \t]{0,80}$/,
    sample: [
      'DHCP Snooping Information:',
      'MAC Address       IP Address Lease Type    VLAN          Interface',
      '----------------- ---------- ----- ------- ------------- ----------',
      '00:05:85:3A:82:77 192.0.2.17 600   dynamic employee-vlan ge-0/0/1.0',
    ],
    read: (m) => ({
      kind: 'binding',
      reason: m[4] === 'static' ? 'static' : 'dynamic',
      mac: mac(m[1]),
      ip: ip(m[2]),
      lease: seconds(m[3]),
      vlanName: m[5] ?? '',
      vlan: vlan(m[5]),
      port: m[6] ?? '',
    }),
  },
];

export const juniperEx: Dialect = { name: 'juniper-ex', vendor: 'Juniper EX (legacy)', rules: RULES, tables: TABLES };
