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
  vlan,
} from '../dialect.ts';

/**
 * HPE Aruba AOS-CX. Texts: AOS-CX Event Log Message Reference Guide 10.08 ("DHCPv4 snooping events", 8201 to 8208), and the
 * Command Line Interface Guides 10.02 and 10.04 (`show mac-address-table`, `show dhcpv4-snooping binding`). In a log a
 * message stands behind `Event|<id>|LOG_<severity>|<module>|<slot>|`.
 */
const PLACE = '(?:LOG_)?[A-Z]{1,12}\\|[^|]{0,16}\\|[^|]{0,16}\\|';

function event(id: number, rest: string): Pick<LineRule, 'hint' | 'pattern'> {
  const hint = `Event|${id}|`;
  return { hint, pattern: after(hint, PLACE + rest) };
}

const RULES: readonly LineRule[] = [
  {
    ...event(8201, `Server ${IPV4} packet received on untrusted port ${PORT} dropped`),
    sample:
      '2026-11-22T12:44:42.208123+00:00 cx1 dhcpv4-snoopd[2771]: Event|8201|LOG_WARN|AMM|1/1|Server 10.0.10.9 packet received on untrusted port 1/1/7 dropped.',
    read: (m) => ({ kind: 'snooping-untrusted-server', reason: 'untrusted-port', ip: ip(m[1]), port: m[2] ?? '' }),
  },
  {
    ...event(8202, `Client packet destined to untrusted port ${PORT} dropped`),
    sample: 'Event|8202|LOG_WARN|AMM|1/1|Client packet destined to untrusted port 1/1/24 dropped.',
    read: (m) => ({ kind: 'snooping-drop', reason: 'no-trusted-port', port: m[1] ?? '' }),
  },
  {
    ...event(8203, `Packet received from unauthorized server ${IPV4} on port ${PORT}`),
    sample: 'Event|8203|LOG_WARN|AMM|1/1|Packet received from unauthorized server 10.0.10.9 on port 1/1/7.',
    read: (m) => ({
      kind: 'snooping-untrusted-server',
      reason: 'unauthorised-server',
      ip: ip(m[1]),
      port: m[2] ?? '',
    }),
  },
  {
    ...event(8204, `Received untrusted relay info from client ${MAC} on port ${PORT}`),
    sample: 'Event|8204|LOG_WARN|AMM|1/1|Received untrusted relay info from client 00:50:56:aa:bb:cc on port 1/1/7.',
    read: (m) => ({ kind: 'snooping-drop', reason: 'relay-information', mac: mac(m[1]), port: m[2] ?? '' }),
  },
  {
    ...event(8205, `Client address ${MAC} not equal to source MAC ${MAC} detected on port ${PORT}`),
    sample:
      'Event|8205|LOG_WARN|AMM|1/1|Client address 00:50:56:11:22:33 not equal to source MAC 00:50:56:aa:bb:cc detected on port 1/1/7.',
    read: (m) => ({
      kind: 'snooping-drop',
      reason: 'chaddr-mismatch',
      chaddr: mac(m[1]),
      mac: mac(m[2]),
      port: m[3] ?? '',
    }),
  },
  {
    ...event(
      8206,
      `Binding for ${IPV4}:${MAC} exists on port ${PORT}\\. Dropping release request received for the binding on ${PORT}`,
    ),
    sample:
      'Event|8206|LOG_WARN|AMM|1/1|Binding for 10.0.10.50:00:50:56:aa:bb:cc exists on port 1/1/5. Dropping release request received for the binding on 1/1/7.',
    read: (m) => ({
      kind: 'snooping-drop',
      reason: 'other-port',
      message: 'RELEASE',
      ip: ip(m[1]),
      mac: mac(m[2]),
      otherPort: m[3] ?? '',
      port: m[4] ?? '',
    }),
  },
  {
    ...event(8207, `The dynamic binding for ${MAC} on port ${PORT} was replaced with a manual binding`),
    sample:
      'Event|8207|LOG_WARN|AMM|1/1|The dynamic binding for 00:50:56:aa:bb:cc on port 1/1/7 was replaced with a manual binding.',
    read: (m) => ({ kind: 'snooping-binding', reason: 'static', mac: mac(m[1]), port: m[2] ?? '' }),
  },
  {
    ...event(8208, `Drop request from ${MAC} for already assigned address ${IPV4}`),
    sample: 'Event|8208|LOG_WARN|AMM|1/1|Drop request from 00:50:56:aa:bb:cc for already assigned address 10.0.10.50.',
    read: (m) => ({
      kind: 'snooping-drop',
      reason: 'address-taken',
      message: 'REQUEST',
      mac: mac(m[1]),
      ip: ip(m[2]),
    }),
  },
];

const TABLES: readonly TableRule[] = [
  {
    command: 'show dhcpv4-snooping binding',
    header: /^[ \t]{0,8}MacAddress[ \t]{1,80}IP[ \t]{1,80}VLAN[ \t]{1,80}Interface[ \t]{1,80}Time-Left[ \t]{0,80}$/i,
    row: new RegExp(
      `^[ \\t]{0,8}${MAC}${GAP}${IPV4}${GAP}(\\d{1,4})${GAP}${PORT}${GAP}(\\d{1,10}|static|infinite)[ \\t]{0,80}$`,
    ),
    sample: [
      'MacAddress         IP              VLAN  Interface  Time-Left',
      '-----------------  --------------- ----- ---------- ---------',
      'aa:b1:c1:dd:ee:ff  10.2.3.4        1     1/1/2      582',
    ],
    read: (m) => ({
      kind: 'binding',
      reason: m[5] === 'static' ? 'static' : 'dynamic',
      mac: mac(m[1]),
      ip: ip(m[2]),
      vlan: vlan(m[3]),
      port: m[4] ?? '',
      lease: seconds(m[5]),
    }),
  },
  {
    command: 'show mac-address-table',
    header: /^[ \t]{0,8}MAC Address[ \t]{1,80}VLAN[ \t]{1,80}Type[ \t]{1,80}Port[ \t]{0,80}$/,
    row: new RegExp(`^[ \\t]{0,8}${MAC}${GAP}(\\d{1,4})${GAP}([a-z-]{1,24})${GAP}(\\S{1,64})[ \\t]{0,80}$`),
    ignore: /^[ \t]{0,8}(?:MAC age-time|Number of MAC addresses)[ \t]{0,80}: \d{1,9}(?: seconds)?[ \t]{0,80}$/,
    sample: [
      'MAC age-time            : 300 seconds',
      'Number of MAC addresses : 2',
      'MAC Address          VLAN     Type       Port',
      '--------------------------------------------------',
      '00:00:00:00:00:05    1        dynamic    1/1/2',
      '00:00:00:00:00:08    3        hsc        vxlan1(10.1.1.1)',
    ],
    read(m) {
      const port = new RegExp(`^${PORT}$`).exec(m[4] ?? '')?.[1];
      const station = mac(m[1]);
      if (port === undefined || !isStation(station)) return undefined;
      return {
        kind: 'mac-entry',
        reason: m[3] === 'dynamic' ? 'dynamic' : 'static',
        detail: m[3] ?? '',
        vlan: vlan(m[2]),
        mac: station,
        port,
      };
    },
  },
];

export const hpeAosCx: Dialect = { name: 'hpe-aos-cx', vendor: 'HPE Aruba AOS-CX', rules: RULES, tables: TABLES };
