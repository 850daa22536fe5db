import {
  after,
  type Dialect,
  GAP,
  ip,
  IPV4,
  isStation,
  type LineRule,
  mac,
  MAC,
  PORT,
  seconds,
  type TableRule,
} from '../dialect.ts';

/**
 * Juniper Enhanced Layer 2 Software (EX2300, EX3400, EX4300, QFX) and what all of Junos shares. Texts: Junos CLI reference
 * and published outputs of `show dhcp-security binding` and `show ethernet-switching table`; the link traps of `mib2d`.
 */
const RULES: readonly LineRule[] = [
  {
    hint: 'SNMP_TRAP_LINK_',
    pattern: after(
      'SNMP_TRAP_LINK_',
      `(UP|DOWN): ifIndex \\d{1,10}, ifAdminStatus [^,]{1,24}, ifOperStatus [^,]{1,24}, ifName ${PORT}`,
    ),
    sample:
      'Nov 22 12:44:42  sw1 mib2d[1432]: SNMP_TRAP_LINK_DOWN: ifIndex 541, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/11',
    read: (m) => ({ kind: 'link', reason: m[1] === 'UP' ? 'up' : 'down', port: m[2] ?? '' }),
  },
];

const TABLES: readonly TableRule[] = [
  {
    command: 'show dhcp-security binding',
    header:
      /^IP address[ \t]{1,80}MAC address[ \t]{1,80}Vlan[ \t]{1,80}Expires[ \t]{1,80}State[ \t]{1,80}Interface[ \t]{0,80}$/i,
    row: new RegExp(
      `^${IPV4}${GAP}${MAC}${GAP}(\\S{1,64})${GAP}(\\d{1,10}|-)${GAP}([A-Z-]{1,16})${GAP}${PORT}[ \\t]{0,80}$`,
    ),
    sample: [
      'IP address        MAC address         Vlan     Expires State   Interface',
      '10.10.10.37       b4:0c:25:1a:3f:e2   OFFICE   84122   BOUND   ge-0/0/1.0',
    ],
    read: (m) =>
      m[5] === 'BOUND' || m[5] === 'STATIC'
        ? {
            kind: 'binding',
            reason: m[5] === 'STATIC' ? 'static' : 'dynamic',
            ip: ip(m[1]),
            mac: mac(m[2]),
            vlanName: m[3] ?? '',
            lease: seconds(m[4]),
            port: m[6] ?? '',
          }
        : undefined,
  },
  {
    command: 'show ethernet-switching table',
    header:
      /^[ \t]{0,8}name[ \t]{1,80}address[ \t]{1,80}flags[ \t]{1,80}interface(?:[ \t]{1,80}(?:Index|source)[ \t]{1,80}ID)?[ \t]{0,80}$/i,
    row: new RegExp(
      `^[ \\t]{0,8}(\\S{1,64})${GAP}${MAC}${GAP}([DSLPCRO,ENM]{1,12})${GAP}(?:-|\\d{1,9})${GAP}${PORT}(?:${GAP}\\d{1,9}${GAP}\\d{1,9})?[ \\t]{0,80}$`,
    ),
    ignore:
      /^[ \t]{0,8}(?:Vlan[ \t]{1,80}MAC[ \t]{1,80}MAC[ \t]{1,80}Age[ \t]{1,80}Logical.{0,80}|Ethernet switching table : .{0,80}|Routing instance : .{0,80}|MAC flags \(.{0,200}|SE - .{0,200}|\{master:\d{1,2}\})$/,
    sample: [
      'Ethernet switching table : 2 entries, 2 learned',
      '    Vlan                MAC                 MAC         Age    Logical',
      '    name                address             flags              interface',
      '    Vlan100             2c:5a:0f:bc:a3:cd   DL            -   ae112.0',
    ],
    read(m) {
      const station = mac(m[2]);
      if (!isStation(station)) return undefined;
      return {
        kind: 'mac-entry',
        reason: (m[3] ?? '').startsWith('S') ? 'static' : 'dynamic',
        vlanName: m[1] ?? '',
        mac: station,
        port: m[4] ?? '',
      };
    },
  },
];

export const juniperEls: Dialect = { name: 'juniper-els', vendor: 'Juniper ELS', rules: RULES, tables: TABLES };
