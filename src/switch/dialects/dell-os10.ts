import { after, type Dialect, type LineRule } from '../dialect.ts';

/**
 * Dell OS10. Text: OS10 User Guide, "Dynamic ARP inspection: logging" (`%DENIED_ARP_PACKET`). Only the beginning of the
 * sentence is known for certain: the fields behind it are not read.
 */
const RULES: readonly LineRule[] = [
  {
    hint: '%DENIED_ARP_PACKET: ',
    pattern: after('%DENIED_ARP_PACKET: ', 'DAI: ?Denied ARP packet'),
    sample: '%DENIED_ARP_PACKET: DAI:Denied ARP packet',
    read: () => ({ kind: 'dai-drop' }),
  },
];

export const dellOs10: Dialect = { name: 'dell-os10', vendor: 'Dell OS10', rules: RULES, tables: [] };
