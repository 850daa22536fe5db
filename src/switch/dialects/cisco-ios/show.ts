import {
  after,
  cause,
  count,
  GAP,
  ip,
  IPV4,
  isStation,
  type LineFacts,
  type LineRule,
  mac,
  MAC,
  PORT,
  seconds,
  type TableRule,
  vlan,
} from '../../dialect.ts';
import type { SwitchReason } from '../../line.ts';

/** `show ip dhcp snooping`: what is configured. */
export const SETTINGS: readonly LineRule[] = [
  setting('Switch DHCP snooping is ', '(enabled|disabled)', 'on', 'off', 'Switch DHCP snooping is enabled'),
  setting(
    'Insertion of option 82 is ',
    '(enabled|disabled)',
    'option82-inserted',
    'option82-not-inserted',
    'Insertion of option 82 is enabled',
  ),
  setting(
    'Option 82 on untrusted port is ',
    '(allowed|not allowed)',
    'option82-allowed',
    'option82-refused',
    'Option 82 on untrusted port is not allowed',
  ),
  setting(
    'Verification of hwaddr field is ',
    '(enabled|disabled)',
    'verify-mac',
    'no-verify-mac',
    'Verification of hwaddr field is enabled',
  ),
];

function setting(hint: string, rest: string, yes: SwitchReason, no: SwitchReason, sample: string): LineRule {
  return {
    hint,
    pattern: after(hint, rest),
    sample,
    shown: true,
    read: (m) => ({
      kind: 'setting',
      reason: m[1] === 'enabled' || m[1] === 'allowed' ? yes : no,
      detail: 'dhcp-snooping',
    }),
  };
}

/** `10,20-22`: one VLAN as number, a list as text. */
function snoopedVlans(m: RegExpExecArray): LineFacts {
  return { kind: 'setting', reason: 'on', detail: `dhcp-snooping vlan ${m[1] ?? ''}`, vlan: vlan(m[1]) };
}

const VLAN_ROW = /^[ \t]{0,8}(\d{1,4}(?:[,-]\d{1,4}){0,200})[ \t]{0,80}$/;

export const TABLES: readonly TableRule[] = [
  {
    command: 'show ip dhcp snooping binding, show ip source binding',
    header:
      /^[ \t]{0,8}MacAddress[ \t]{1,80}IpAddress[ \t]{1,80}Lease\(sec\)[ \t]{1,80}Type[ \t]{1,80}VLAN[ \t]{1,80}Interface[ \t]{0,80}$/,
    row: new RegExp(
      `^[ \\t]{0,8}${MAC}${GAP}${IPV4}${GAP}(\\d{1,10}|infinite)${GAP}(dhcp-snooping|static)${GAP}(\\d{1,4})${GAP}${PORT}[ \\t]{0,80}$`,
    ),
    ignore: /^[ \t]{0,8}Total number of bindings: \d{1,9}[ \t]{0,80}$/,
    sample: [
      'MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface',
      '------------------  ---------------  ----------  -------------  ----  --------------------',
      '00:E9:BC:3F:A6:50   100.1.1.6        76260       dhcp-snooping   3    FastEthernet0/20',
      'Total number of bindings: 1',
    ],
    read: (m) => ({
      kind: 'binding',
      reason: m[4] === 'static' ? 'static' : 'dynamic',
      mac: mac(m[1]),
      ip: ip(m[2]),
      lease: seconds(m[3]),
      vlan: vlan(m[5]),
      port: m[6] ?? '',
    }),
  },
  {
    command: 'show ip dhcp snooping',
    header: /^Interface[ \t]{1,80}Trusted[ \t]{1,80}(?:Allow option[ \t]{1,80})?Rate limit \(pps\)[ \t]{0,80}$/,
    row: new RegExp(`^${PORT}${GAP}(yes|no)(?:${GAP}(yes|no))?${GAP}(unlimited|\\d{1,9})[ \\t]{0,80}$`),
    ignore:
      /^(?:[ \t]{1,8}(?:Custom circuit-ids:|circuit-id .{0,120}|remote-id: .{0,120})|DHCP snooping trust\/rate is configured on the following Interfaces:|DHCP snooping is configured on the following L3 Interfaces:|Verification of giaddr field is (?:enabled|disabled))$/,
    sample: [
      'Interface                  Trusted    Allow option    Rate limit (pps)',
      '-----------------------    -------    ------------    ----------------',
      'GigabitEthernet0/1         yes        yes             unlimited',
      '  Custom circuit-ids:',
      'GigabitEthernet0/2         no         no              15',
    ],
    read: (m) => ({
      kind: 'setting',
      reason: m[2] === 'yes' ? 'trusted' : 'untrusted',
      detail: `dhcp-snooping rate ${m[4] ?? ''}`,
      port: m[1] ?? '',
    }),
  },
  {
    command: 'show ip dhcp snooping',
    header: /^DHCP snooping is configured on following VLANs:[ \t]{0,80}$/,
    row: VLAN_ROW,
    sample: ['DHCP snooping is configured on following VLANs:', '10,20-22'],
    read: snoopedVlans,
  },
  {
    command: 'show ip dhcp snooping',
    header: /^DHCP snooping is operational on following VLANs:[ \t]{0,80}$/,
    row: VLAN_ROW,
    sample: ['DHCP snooping is operational on following VLANs:', '10,20-22'],
    read: () => undefined,
  },
  {
    command: 'show interfaces status err-disabled',
    header: /^Port[ \t]{1,80}Name[ \t]{1,80}Status[ \t]{1,80}Reason(?:[ \t]{1,80}Err-disabled Vlans)?[ \t]{0,80}$/,
    row: new RegExp(`^${PORT}[ \\t](?:.{0,120}[ \\t])?err-disabled${GAP}([a-z][\\w-]{1,40})[ \\t]{0,80}$`),
    sample: [
      'Port      Name               Status       Reason               Err-disabled Vlans',
      'Gi1/0/7   rack 4             err-disabled dhcp-rate-limit',
    ],
    read: (m) => ({ kind: 'err-disable', reason: cause(m[2]), detail: m[2] ?? '', port: m[1] ?? '' }),
  },
  {
    command: 'show mac address-table',
    header: /^[ \t]{0,8}Vlan[ \t]{1,80}Mac Address[ \t]{1,80}Type[ \t]{1,80}Ports[ \t]{0,80}$/i,
    row: new RegExp(`^[ \\t]{0,8}(All|\\d{1,4})${GAP}${MAC}${GAP}(DYNAMIC|STATIC)${GAP}(\\S.{0,400})$`),
    ignore:
      /^[ \t]{0,40}(?:(?:Multicast )?Mac Address Table|Total mac addresses for this criterion: \d{1,9})[ \t]{0,80}$/i,
    sample: [
      'Vlan    Mac Address       Type        Ports',
      '----    -----------       --------    -----',
      ' All    0100.0ccc.cccc    STATIC      CPU',
      '  10    0050.56aa.bbcc    DYNAMIC     Gi1/0/1',
      'Total Mac Addresses for this criterion: 2',
    ],
    read(m) {
      const port = new RegExp(`^${PORT}[ \\t]{0,80}$`).exec(m[4] ?? '')?.[1];
      const station = mac(m[2]);
      if (port === undefined || port === 'CPU' || !isStation(station)) return undefined;
      return {
        kind: 'mac-entry',
        reason: m[3] === 'STATIC' ? 'static' : 'dynamic',
        vlan: vlan(m[1]),
        mac: station,
        port,
      };
    },
  },
  {
    command: 'show port-security',
    header:
      /^Secure Port[ \t]{1,80}MaxSecureAddr[ \t]{1,80}CurrentAddr[ \t]{1,80}SecurityViolation[ \t]{1,80}Security Action[ \t]{0,80}$/,
    row: new RegExp(
      `^[ \\t]{0,80}${PORT}${GAP}(\\d{1,7})${GAP}(\\d{1,7})${GAP}(\\d{1,10})${GAP}(Shutdown|Restrict|Protect)[ \\t]{0,80}$`,
    ),
    ignore:
      /^[ \t]{0,80}\(Count\)[ \t]{1,80}\(Count\)[ \t]{1,80}\(Count\)[ \t]{0,80}$|^(?:Total Addresses in System|Max Addresses limit in System)[^:]{0,80}: ?\d{1,9}[ \t]{0,80}$/,
    sample: [
      'Secure Port  MaxSecureAddr  CurrentAddr  SecurityViolation  Security Action',
      '                (Count)       (Count)          (Count)',
      '---------------------------------------------------------------------------',
      '      Fa5/1          11            11                  0            Shutdown',
    ],
    read: (m) => ({
      kind: 'port-security-row',
      reason: Number(m[4]) > 0 ? 'violation' : '',
      port: m[1] ?? '',
      count: count(m[4]),
      detail: `${m[3] ?? ''} of ${m[2] ?? ''} addresses, ${(m[5] ?? '').toLowerCase()}`,
    }),
  },
  {
    command: 'show port-security address',
    header: /^[ \t]{0,8}Vlan[ \t]{1,80}Mac Address[ \t]{1,80}Type[ \t]{1,80}Ports[ \t]{1,80}Remaining Age[ \t]{0,80}$/,
    row: new RegExp(
      `^[ \\t]{0,8}(\\d{1,4})${GAP}${MAC}${GAP}(Secure[A-Za-z]{1,20})${GAP}${PORT}${GAP}[\\w-]{1,12}[ \\t]{0,80}$`,
    ),
    ignore: /^[ \t]{1,120}\(mins\)[ \t]{0,80}$/,
    sample: [
      'Vlan    Mac Address       Type                          Ports   Remaining Age',
      '                                                                   (mins)',
      '----    -----------       ----                          -----   -------------',
      '   1    0001.0001.0001    SecureDynamic                 Gi1/0/1      -',
    ],
    read: (m) => ({
      kind: 'mac-entry',
      reason: m[3] === 'SecureDynamic' ? 'dynamic' : 'static',
      vlan: vlan(m[1]),
      mac: mac(m[2]),
      port: m[4] ?? '',
    }),
  },
];
