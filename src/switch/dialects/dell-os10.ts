import { after, type Dialect, type LineRule } from '../dialect.ts';

/**
 * Dell OS10. Texts: OS10 User Guide, "Dynamic ARP inspection: logging" (`%DENIED_ARP_PACKET`) and "RAGUARD_EVENT system log
 * messages" (`%RAGUARD_DENIED_RA_PACKET`). Only the beginnings of the sentences are known for certain: fields behind them
 * are not read.
 */
const RULES: readonly LineRule[] = [
  {
    hint: '%DENIED_ARP_PACKET: ',
    pattern: after('%DENIED_ARP_PACKET: ', 'DAI: ?Denied ARP packet'),
    sample: '%DENIED_ARP_PACKET: DAI:Denied ARP packet',
    read: () => ({ kind: 'dai-drop' }),
  },
  {
    hint: '%RAGUARD_DENIED_RA_PACKET: ',
    pattern: after('%RAGUARD_DENIED_RA_PACKET: ', 'RAGUARD: ?Denied RA Packet', 'i'),
    sample: '%RAGUARD_DENIED_RA_PACKET: RAGUARD: Denied RA Packet',
    read: () => ({ kind: 'ra-guard-drop', message: 'RA' }),
  },
];

export const dellOs10: Dialect = { name: 'dell-os10', vendor: 'Dell OS10', rules: RULES, tables: [] };
