import { type Dialect, GAP, ip, IPV4, isStation, mac, MAC, PORT, seconds, type TableRule, vlan } from '../dialect.ts';

/**
 * Allied Telesis AlliedWare Plus. Text: Command Reference for x510 Series (C613-50170-01), "DHCP Snooping Commands"
 * (`show ip dhcp snooping binding`) and "Bridging Commands" (`show mac address-table`). Its log lines are not known for
 * certain: they count as unknown.
 */
const TABLES: readonly TableRule[] = [
  {
    command: 'show ip dhcp snooping binding',
    header: /^DHCP Snooping Bindings:[ \t]{0,80}$/,
    row: new RegExp(
      `^${IPV4}${GAP}(any|${MAC.slice(1, -1)})${GAP}(--|${IPV4.slice(1, -1)})${GAP}(\\d{1,4})${GAP}${PORT}${GAP}(\\d{1,10}|Infinite)${GAP}(Stat|Dyna)[ \\t]{0,80}$`,
    ),
    ignore:
      /^(?:Client[ \t]{1,80}MAC[ \t]{1,80}Server.{0,80}|IP Address[ \t]{1,80}Address[ \t]{1,80}IP Address.{0,80}|Total number of bindings in database: \d{1,9}[ \t]{0,80})$/,
    sample: [
      'DHCP Snooping Bindings:',
      'Client           MAC             Server                              Expires',
      'IP Address       Address         IP Address       VLAN  Port         (sec)      Type',
      '------------------------------------------------------------------------------------',
      '1.2.3.4          aaaa.bbbb.cccc  --               7     port1.0.6    Infinite   Stat',
      '111.111.100.101  0000.0000.0001  111.112.1.1      1     port1.0.6    4076       Dyna',
      'Total number of bindings in database: 2',
    ],
    read: (m) => ({
      kind: 'binding',
      reason: m[7] === 'Stat' ? 'static' : 'dynamic',
      ip: ip(m[1]),
      mac: mac(m[2]),
      vlan: vlan(m[4]),
      port: m[5] ?? '',
      lease: seconds(m[6]),
    }),
  },
  {
    command: 'show mac address-table',
    header: /^VLAN[ \t]{1,80}Port[ \t]{1,80}MAC[ \t]{1,80}State[ \t]{0,80}$/,
    row: new RegExp(
      `^(\\d{1,4})${GAP}${PORT}${GAP}${MAC}${GAP}(?:forward|discard)?[ \\t]{0,80}(dynamic|static)[ \\t]{0,80}$`,
    ),
    sample: [
      'VLAN Port             MAC            State',
      '1    port1.0.1        0000.cd28.0752 forward   dynamic',
      '1    CPU              0000.cd12.ad95 forward   static',
    ],
    read(m) {
      const station = mac(m[3]);
      if (m[2] === 'unknown' || m[2] === 'CPU' || !isStation(station)) return undefined;
      return {
        kind: 'mac-entry',
        reason: m[4] === 'static' ? 'static' : 'dynamic',
        vlan: vlan(m[1]),
        mac: station,
        port: m[2] ?? '',
      };
    },
  },
];

export const alliedAwplus: Dialect = {
  name: 'allied-awplus',
  vendor: 'Allied Telesis AlliedWare Plus',
  rules: [],
  tables: TABLES,
};
