import { matches, type TextRule } from './rule.ts';

export const leaseUid: TextRule = {
  id: 'lease-uid',
  title: 'Octal strings of dhcpd.leases',
  kind: 'serial',
  about:
    '`uid`, `server-duid`, `ia-na`, `ia-pd` and `ia-ta` as dhcpd.leases(5) writes them: characters where they are printable, backslash and three octal digits elsewhere.',
  hints: ['uid', 'ia-'],
  find: matches(
    /((?<![\w-])(?:uid|server-duid|ia-(?:na|ta|pd)|dhcp-client-identifier)[ \t]{1,8}(?:=[ \t]{1,4})?")((?:[^"\\\r\n]|\\[0-7]{3}|\\.){1,1024})(?=")/g,
  ),
  samples: [
    '  uid "«\\001RT\\000\\0224V»";',
    'server-duid "«\\000\\001\\000\\001*;L]RT\\000\\0224V»";',
    'ia-na "«\\0224V\\000\\000\\001\\000\\001*;L]RT\\000\\0224V»" {',
  ],
  quiet: ['uid "";', 'next binding state free;'],
  worst: ['uid "', 'uid "\\001', 'uid        '],
};
