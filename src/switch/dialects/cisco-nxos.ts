import {
  after,
  cause,
  count,
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
  vlan,
} from '../dialect.ts';

/**
 * Cisco NX-OS. Texts: Cisco NX-OS System Messages Reference (OL-15994-03, "DHCP_SNOOP Messages", "ETHPORT Messages"),
 * NX-OS Security Command Reference (`show ip dhcp snooping binding`), and published outputs of `show mac address-table`
 * and `show interface status err-disabled`.
 */
const RULES: readonly LineRule[] = [
  {
    hint: 'DHCPDENIEDARP: ',
    pattern: after(
      'DHCPDENIEDARP: ',
      `ARP frame denied due to DHCP snooping binding on interface ${PORT} vlan (\\d{1,4}) sender mac ${MAC} sender ip ${IPV4} target mac ${MAC} target ip ${IPV4}`,
    ),
    sample:
      '%DHCP_SNOOP-3-DHCPDENIEDARP: ARP frame denied due to DHCP snooping binding on interface Ethernet1/7 vlan 10 sender mac 00:50:56:aa:bb:cc sender ip 10.0.10.9 target mac 00:00:00:00:00:00 target ip 10.0.10.1.',
    read: (m) => ({
      kind: 'dai-drop',
      reason: 'no-binding',
      port: m[1] ?? '',
      vlan: vlan(m[2]),
      mac: mac(m[3]),
      ip: ip(m[4]),
      targetMac: mac(m[5]),
      targetIp: ip(m[6]),
    }),
  },
  {
    hint: 'DHCPRATELIMIT: ',
    pattern: after(
      'DHCPRATELIMIT: ',
      `Interface ${PORT} has been error disabled due to excessive ingress rate (\\d{1,9}) of DHCP packets`,
    ),
    sample:
      '%DHCP_SNOOP-3-DHCPRATELIMIT: Interface Ethernet1/7 has been error disabled due to excessive ingress rate 20 of DHCP packets.',
    read: (m) => ({ kind: 'snooping-rate-limit', reason: 'rate', port: m[1] ?? '', count: count(m[2]) }),
  },
  {
    hint: 'INVDHCPPKTS: ',
    pattern: after(
      'INVDHCPPKTS: ',
      `Validation errors while processing DHCP packet received on interface ${PORT} vlan \\[?(\\d{1,4})\\]? Reason: ?(.{0,200}?)\\. Dropping the packet`,
    ),
    sample:
      '%DHCP_SNOOP-3-INVDHCPPKTS: Validation errors while processing DHCP packet received on interface Ethernet1/7 vlan [10] Reason:Src MAC validation failed. Dropping the packet',
    read: (m) => ({ kind: 'snooping-drop', port: m[1] ?? '', vlan: vlan(m[2]), detail: m[3] ?? '' }),
  },
  {
    hint: 'INVDHCPPKTS: ',
    pattern: after('INVDHCPPKTS: ', `(\\d{1,9}) invalid DHCP packets received on interface ${PORT} vlan (\\d{1,4})`),
    sample: '%DHCP_SNOOP-3-INVDHCPPKTS: 3 invalid DHCP packets received on interface Ethernet1/7 vlan 10',
    read: (m) => ({ kind: 'snooping-drop', count: count(m[1]), port: m[2] ?? '', vlan: vlan(m[3]) }),
  },
  {
    hint: 'IF_DOWN_ERROR_DISABLED: ',
    pattern: after(
      'IF_DOWN_ERROR_DISABLED: ',
      `Interface ${PORT} is down \\(Error disabled\\. Reason: ?([^)]{1,120})\\)`,
    ),
    sample: '%ETHPORT-5-IF_DOWN_ERROR_DISABLED: Interface Ethernet1/7 is down (Error disabled. Reason:BPDUGuard)',
    read: (m) => ({ kind: 'err-disable', reason: cause(m[2]), detail: m[2] ?? '', port: m[1] ?? '' }),
  },
  {
    hint: 'IF_DOWN_LINK_FAILURE: ',
    pattern: after('IF_DOWN_LINK_FAILURE: ', `Interface ${PORT} is down`),
    sample: '%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/7 is down (Link failure)',
    read: (m) => ({ kind: 'link', reason: 'down', port: m[1] ?? '' }),
  },
  {
    hint: 'IF_UP: ',
    pattern: after('IF_UP: ', `Interface ${PORT} is up`),
    sample: '%ETHPORT-5-IF_UP: Interface Ethernet1/7 is up in mode access',
    read: (m) => ({ kind: 'link', reason: 'up', port: m[1] ?? '' }),
  },
  {
    hint: '%STP-2-BLOCK_BPDUGUARD: ',
    pattern: after('%STP-2-BLOCK_BPDUGUARD: ', `Received BPDU on port ${PORT} with BPDU Guard enabled`),
    sample: '%STP-2-BLOCK_BPDUGUARD: Received BPDU on port Ethernet1/7 with BPDU Guard enabled. Disabling port.',
    read: (m) => ({ kind: 'stp', reason: 'bpdu-guard', port: m[1] ?? '' }),
  },
  {
    hint: 'PORT_SUSPENDED: ',
    pattern: after('PORT_SUSPENDED: ', `[^ ]{1,64}: ${PORT} is suspended`),
    sample: '%ETH_PORT_CHANNEL-5-PORT_SUSPENDED: Ethernet1/7: Ethernet1/7 is suspended',
    read: (m) => ({ kind: 'lacp', reason: 'suspended', port: m[1] ?? '' }),
  },
];

const TABLES: readonly TableRule[] = [
  {
    command: 'show ip dhcp snooping binding',
    header:
      /^MacAddress[ \t]{1,80}IpAddress[ \t]{1,80}LeaseSec[ \t]{1,80}Type[ \t]{1,80}(?:VLAN|BD)[ \t]{1,80}Interface[ \t]{0,80}$/,
    row: new RegExp(
      `^${MAC}${GAP}${IPV4}${GAP}(\\d{1,10}|infinite)${GAP}(dhcp-snooping|dhcp-snoop|static)${GAP}(\\d{1,4})${GAP}${PORT}[ \\t]{0,80}$`,
    ),
    sample: [
      'MacAddress         IpAddress        LeaseSec  Type        VLAN  Interface',
      '-----------------  ---------------  --------  ----------  ----  -------------',
      '0f:00:60:b3:23:33  10.3.2.2         infinite  static      13    Ethernet2/46',
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
    command: 'show mac address-table',
    header:
      /^[ \t]{0,8}VLAN(?:\/BD)?[ \t]{1,80}MAC Address[ \t]{1,80}Type[ \t]{1,80}age[ \t]{1,80}Secure[ \t]{1,80}NTFY[ \t]{1,80}Ports[^ \t]{0,40}[ \t]{0,80}$/,
    row: new RegExp(
      `^[*+GOE() A-Z~]{0,6}[ \\t]{1,80}(\\d{1,4}|-)${GAP}${MAC}${GAP}(dynamic|static)${GAP}[\\d~-]{1,10}${GAP}[TF~]${GAP}[TF~]${GAP}(\\S{1,80})[ \\t]{0,80}$`,
    ),
    sample: [
      '   VLAN     MAC Address      Type      age     Secure NTFY Ports',
      '---------+-----------------+--------+---------+------+----+------------------',
      '*   10     0050.56aa.bbcc   dynamic  0         F      F    Eth1/7',
      'G    -     0050.56aa.bbcd   static   -         F      F    sup-eth1(R)',
    ],
    read(m) {
      const port = new RegExp(`^${PORT}$`).exec(m[4] ?? '')?.[1];
      const station = mac(m[2]);
      // `sup-eth1(R)` is the switch itself.
      if (port === undefined || !isStation(station)) return undefined;
      return {
        kind: 'mac-entry',
        reason: m[3] === 'static' ? 'static' : 'dynamic',
        vlan: vlan(m[1]),
        mac: station,
        port,
      };
    },
  },
  {
    command: 'show interface status err-disabled',
    header: /^Port[ \t]{1,80}Name[ \t]{1,80}Status[ \t]{1,80}Reason[ \t]{0,80}$/,
    row: new RegExp(
      `^(Eth[0-9][\\w/]{0,32}|Po\\d{1,4}|port-channel\\d{1,4}) {1,40}.{0,80}? {1,40}(linkFlapErr|err-disabled|[a-zA-Z]{1,24}ErrD?) {1,40}(\\S.{0,80})$`,
    ),
    sample: [
      'Port         Name               Status             Reason',
      '--------------------------------------------------------------------------------',
      'Eth1         --                 linkFlapErr        linkFlapErrDisabled',
    ],
    read: (m) => ({ kind: 'err-disable', reason: cause(m[3]), detail: (m[3] ?? '').trim(), port: m[1] ?? '' }),
  },
];

export const ciscoNxos: Dialect = { name: 'cisco-nxos', vendor: 'Cisco NX-OS', rules: RULES, tables: TABLES };
