import {
  after,
  cause,
  type Dialect,
  GAP,
  isStation,
  type LineRule,
  mac,
  MAC,
  PORT,
  type TableRule,
  vlan,
} from '../dialect.ts';

/**
 * Arista EOS. Texts: lines that users published (SONiC and EOS operations notes: `%ETH-4-ERRDISABLE`,
 * `%SPANTREE-4-BLOCK_BPDUGUARD`), the EOS manual ("System Event Logging", `%ETH-4-HOST_FLAPPING`), and published outputs
 * of `show mac address-table`. What EOS writes when DHCP snooping or ARP inspection drops a message is not known for
 * certain: those lines count as unknown.
 */
const RULES: readonly LineRule[] = [
  {
    hint: '%ETH-4-ERRDISABLE: ',
    pattern: after('%ETH-4-ERRDISABLE: ', `([\\w-]{1,40}) error detected on ${PORT}`),
    sample: '%ETH-4-ERRDISABLE: bpduguard error detected on Port-Channel35.',
    read: (m) => ({ kind: 'err-disable', reason: cause(m[1]), detail: m[1] ?? '', port: m[2] ?? '' }),
  },
  {
    hint: '%SPANTREE-4-BLOCK_BPDUGUARD: ',
    pattern: after(
      '%SPANTREE-4-BLOCK_BPDUGUARD: ',
      `Received BPDU packet on ${PORT} with BPDU guard enabled\\. Disabling interface\\.(?: \\(source mac ${MAC}\\))?`,
    ),
    sample:
      '%SPANTREE-4-BLOCK_BPDUGUARD: Received BPDU packet on Port-Channel35 with BPDU guard enabled. Disabling interface. (source mac fa:16:3e:24:e7:22)',
    read: (m) => ({ kind: 'stp', reason: 'bpdu-guard', port: m[1] ?? '', mac: mac(m[2]) }),
  },
  {
    hint: '%ETH-4-HOST_FLAPPING: ',
    pattern: after(
      '%ETH-4-HOST_FLAPPING: ',
      `Host ${MAC} in VLAN (\\d{1,4}) is flapping between interface ${PORT} and interface ${PORT}`,
    ),
    sample:
      '%ETH-4-HOST_FLAPPING: Host 00:50:56:aa:bb:cc in VLAN 10 is flapping between interface Ethernet1 and interface Ethernet2 (message repeated 2 times in 12.34 secs)',
    read: (m) => ({ kind: 'mac-move', mac: mac(m[1]), vlan: vlan(m[2]), otherPort: m[3] ?? '', port: m[4] ?? '' }),
  },
  {
    hint: '%LINEPROTO-5-UPDOWN: ',
    // EOS has no message of the link beside that of the line protocol.
    app: 'Ebra',
    pattern: after('%LINEPROTO-5-UPDOWN: ', `Line protocol on Interface ${PORT}[^,]{0,80}, changed state to (up|down)`),
    sample:
      'Feb 15 01:40:18 sw1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet7, changed state to down',
    read: (m) => ({ kind: 'link', reason: m[2] === 'up' ? 'up' : 'down', port: m[1] ?? '' }),
  },
];

const TABLES: readonly TableRule[] = [
  {
    command: 'show mac address-table',
    header:
      /^[ \t]{0,8}Vlan[ \t]{1,80}Mac Address[ \t]{1,80}Type[ \t]{1,80}Ports[ \t]{1,80}Moves[ \t]{1,80}Last Move[ \t]{0,80}$/i,
    row: new RegExp(
      `^[ \\t]{0,8}(\\d{1,4})${GAP}${MAC}${GAP}(DYNAMIC|STATIC)${GAP}${PORT}(?:${GAP}\\d{1,10}${GAP}.{0,60})?[ \\t]{0,80}$`,
    ),
    sample: [
      'Vlan    Mac Address       Type        Ports      Moves   Last Move',
      '----    -----------       ----        -----      -----   ---------',
      '101    001c.8224.36d7    DYNAMIC     Po2        1       9 days, 15:57:28 ago',
      '102    001c.8220.1319    STATIC      Po1',
      'Total Mac Addresses for this criterion: 2',
    ],
    read(m) {
      const station = mac(m[2]);
      if (!isStation(station)) return undefined;
      return {
        kind: 'mac-entry',
        reason: m[3] === 'STATIC' ? 'static' : 'dynamic',
        vlan: vlan(m[1]),
        mac: station,
        port: m[4] ?? '',
      };
    },
  },
];

export const aristaEos: Dialect = { name: 'arista-eos', vendor: 'Arista EOS', rules: RULES, tables: TABLES };
