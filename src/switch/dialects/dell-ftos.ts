import { type Dialect, GAP, ip, IPV4, mac, MAC, PORT, seconds, type TableRule, vlan } from '../dialect.ts';

/**
 * Dell FTOS (Force10, OS9). Text: FTOS Configuration Guide, "DHCP snooping: view the binding table"
 * (`show ip dhcp snooping binding`). Its log lines are not known for certain: they count as unknown.
 */
const TABLES: readonly TableRule[] = [
  {
    command: 'show ip dhcp snooping binding',
    header:
      /^IP Address[ \t]{1,80}MAC Address[ \t]{1,80}Expires\(Sec\)[ \t]{1,80}Type[ \t]{1,80}VLAN[ \t]{1,80}Interface[ \t]{0,80}$/i,
    row: new RegExp(
      `^${IPV4}${GAP}${MAC}${GAP}(\\d{1,10}|-)${GAP}([DS])${GAP}Vl (\\d{1,4})${GAP}([A-Z][a-z] ${PORT})[ \\t]{0,80}$`,
    ),
    ignore: /^(?:Codes : |Total number of Entries in the table : ).{0,80}$/,
    sample: [
      'IP Address  MAC Address        Expires(Sec)  Type  VLAN   Interface',
      '================================================================',
      '10.1.1.251  00:00:4d:57:f2:50  172800        D     Vl 10  Te 0/2',
      'Total number of Entries in the table : 1',
    ],
    read: (m) => ({
      kind: 'binding',
      reason: m[4] === 'S' ? 'static' : 'dynamic',
      ip: ip(m[1]),
      mac: mac(m[2]),
      lease: seconds(m[3]),
      vlan: vlan(m[5]),
      port: m[6] ?? '',
    }),
  },
];

export const dellFtos: Dialect = { name: 'dell-ftos', vendor: 'Dell FTOS', rules: [], tables: TABLES };
