import {
  after,
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

/**
 * HPE ArubaOS-Switch (ProCurve, ProVision). Texts: Event Log Message Reference Guide (events 76, 77, 435, 843, 844, 850 to
 * 864), Access Security Guide 16.06 ("DHCP snooping: log messages", "debug arp-protect"), and published outputs of
 * `show mac-address`. The member of a stack may stand before the sentence (`1/`).
 */
const RULES: readonly LineRule[] = [
  {
    hint: 'Server ',
    pattern: after('Server ', `${IPV4} packet received on untrusted port ${PORT} dropped`),
    sample: 'W 05/01/24 12:34:56 00850 dhcp-snoop: Server 10.0.10.9 packet received on untrusted port A7 dropped.',
    read: (m) => ({ kind: 'snooping-untrusted-server', reason: 'untrusted-port', ip: ip(m[1]), port: m[2] ?? '' }),
  },
  {
    hint: 'Client packet destined to untrusted port ',
    pattern: after('Client packet destined to untrusted port ', `${PORT} dropped`),
    sample: 'W 05/01/24 12:34:56 00852 dhcp-snoop: Client packet destined to untrusted port 24 dropped.',
    read: (m) => ({ kind: 'snooping-drop', reason: 'no-trusted-port', port: m[1] ?? '' }),
  },
  {
    hint: 'Unauthorized server ',
    pattern: after('Unauthorized server ', `${IPV4} detected on port ${PORT}`),
    sample: 'W 05/01/24 12:34:56 00854 dhcp-snoop: Unauthorized server 10.0.10.9 detected on port A7.',
    read: (m) => ({
      kind: 'snooping-untrusted-server',
      reason: 'unauthorised-server',
      ip: ip(m[1]),
      port: m[2] ?? '',
    }),
  },
  {
    hint: 'Received untrusted relay information from client ',
    pattern: after('Received untrusted relay information from client ', `${MAC} on port ${PORT}`),
    sample: 'W 05/01/24 12:34:56 dhcp-snoop: Received untrusted relay information from client 005056-aabbcc on port 7.',
    read: (m) => ({ kind: 'snooping-drop', reason: 'relay-information', mac: mac(m[1]), port: m[2] ?? '' }),
  },
  {
    hint: 'Client address ',
    pattern: after('Client address ', `${MAC} not equal to source MAC ${MAC} detected on port ${PORT}`),
    sample:
      'W 05/01/24 12:34:56 dhcp-snoop: Client address 005056-112233 not equal to source MAC 005056-aabbcc detected on port 7.',
    read: (m) => ({
      kind: 'snooping-drop',
      reason: 'chaddr-mismatch',
      chaddr: mac(m[1]),
      mac: mac(m[2]),
      port: m[3] ?? '',
    }),
  },
  {
    hint: 'Attempt to release address ',
    pattern: after('Attempt to release address ', `${IPV4} leased to port ${PORT} detected on port ${PORT} dropped`),
    sample:
      'W 05/01/24 12:34:56 dhcp-snoop: Attempt to release address 10.0.10.50 leased to port 5 detected on port 7 dropped.',
    read: (m) => ({
      kind: 'snooping-drop',
      reason: 'other-port',
      ip: ip(m[1]),
      otherPort: m[2] ?? '',
      port: m[3] ?? '',
    }),
  },
  {
    hint: 'DHCP packets being rate-limited',
    pattern: after('DHCP packets being rate-limited', ''),
    sample: 'W 05/01/24 12:34:56 dhcp-snoop: DHCP packets being rate-limited.',
    read: () => ({ kind: 'snooping-rate-limit', reason: 'rate' }),
  },
  {
    hint: 'Lease table is full, DHCP lease was not added',
    pattern: after('Lease table is full, DHCP lease was not added', ''),
    sample: 'W 05/01/24 12:34:56 dhcp-snoop: Lease table is full, DHCP lease was not added.',
    read: () => ({ kind: 'snooping-binding', reason: 'table-full' }),
  },
  {
    hint: 'Snooping table is full',
    pattern: after('Snooping table is full', ''),
    sample: 'W 05/01/24 12:34:56 dhcp-snoop: Snooping table is full.',
    read: () => ({ kind: 'snooping-binding', reason: 'table-full' }),
  },
  {
    hint: 'Ceasing ',
    pattern: after(
      'Ceasing ',
      '(?:untrusted server|untrusted port destination|unauthorized server|untrusted relay information|MAC mismatch|bad release) logs for ',
    ),
    sample: 'W 05/01/24 12:34:56 00851 dhcp-snoop: Ceasing untrusted server logs for 5m.',
    read: () => undefined,
  },
  {
    hint: 'DARPP: Deny ARP ',
    pattern: after('DARPP: Deny ARP ', `(request|reply) ${MAC}, ?${IPV4} port ${PORT}, vlan (\\d{1,4})`),
    sample: 'DARPP: Deny ARP reply 000000-000003,10.0.0.2 port A1, vlan 1',
    read: (m) => ({
      kind: 'dai-drop',
      reason: 'no-binding',
      message: m[1] ?? '',
      mac: mac(m[2]),
      ip: ip(m[3]),
      port: m[4] ?? '',
      vlan: vlan(m[5]),
    }),
  },
  {
    hint: 'ports: port ',
    pattern: after('ports: port ', `${PORT} is now (on-line|off-line)`),
    sample: 'I 05/01/24 12:34:56 00076 ports: port 7 is now on-line',
    read: (m) => ({ kind: 'link', reason: m[2] === 'on-line' ? 'up' : 'down', port: m[1] ?? '' }),
  },
  {
    hint: 'ports: port ',
    pattern: after('ports: port ', `${PORT} is Blocked by STP`),
    sample: 'I 05/01/24 12:34:56 00435 ports: port 7 is Blocked by STP',
    read: (m) => ({ kind: 'stp', reason: 'blocking', port: m[1] ?? '' }),
  },
  {
    hint: 'bpdu loss - port ',
    pattern: after('bpdu loss - port ', `${PORT} moved to inconsistent state`),
    sample: 'I 05/01/24 12:34:56 00843 stp: bpdu loss - port 7 moved to inconsistent state for CIST',
    read: (m) => ({ kind: 'stp', reason: 'inconsistent', port: m[1] ?? '' }),
  },
];

const TABLES: readonly TableRule[] = [
  {
    command: 'show dhcp-snooping binding',
    header:
      /^[ \t]{0,8}MacAddress[ \t]{1,80}IP(?:[ \t]{0,2}Address)?[ \t]{1,80}VLAN[ \t]{1,80}Interface[ \t]{1,80}Time[ \t]Left[ \t]{0,80}$/i,
    row: new RegExp(
      `^[ \\t]{0,8}${MAC}${GAP}${IPV4}${GAP}(\\d{1,4})${GAP}${PORT}${GAP}(\\d{1,10}|static|infinite)[ \\t]{0,80}$`,
    ),
    sample: [
      '  MacAddress    IP              VLAN Interface Time Left',
      '  ------------- --------------- ---- --------- ---------',
      '  005056-aabbcc 10.0.10.50      10   A7        1000',
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
    command: 'show mac-address',
    header: /^[ \t]{0,8}MAC Address[ \t]{1,80}Port(?:[ \t]{1,80}VLAN)?[ \t]{0,80}$/,
    row: new RegExp(`^[ \\t]{0,8}([0-9a-f]{6}-[0-9a-f]{6})${GAP}${PORT}(?:${GAP}(\\d{1,4}))?[ \\t]{0,80}$`),
    ignore: /^[ \t]{0,8}Status and Counters - Port Address Table[ \t]{0,80}$/,
    sample: ['  MAC Address   Port', '  ------------- -----', '  5c0e8b-97d9db 3'],
    read: (m) => ({ kind: 'mac-entry', reason: 'dynamic', mac: mac(m[1]), port: m[2] ?? '', vlan: vlan(m[3]) }),
  },
];

export const hpeArubaosSwitch: Dialect = {
  name: 'hpe-arubaos-switch',
  vendor: 'HPE ArubaOS-Switch',
  rules: RULES,
  tables: TABLES,
};
