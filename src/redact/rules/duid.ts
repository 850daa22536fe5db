import { matches, type TextRule } from './rule.ts';

export const duid: TextRule = {
  id: 'duid',
  title: 'DUIDs and client identifiers',
  kind: 'serial',
  about:
    'DHCP unique identifiers (RFC 8415 11) and client identifiers (RFC 2132 9.14) in colon form, after their key in logs, netplan, networkd and Kea; `server-duid`, `ia-na` and `uid` of dhcpd.leases in hexadecimal. A MAC address in one keeps its pseudonym.',
  hints: ['duid', 'client-id', 'clientid', 'client id', 'cid', 'uid', 'identifier', 'iaid'],
  find: matches([
    /((?<![A-Za-z0-9])(?:[\w-]{0,24}duid|client[ _-]?id(?:entifier)?|dhcp-client-identifier|cid|uid|ia-(?:na|ta|pd)|iaid-duid)(?:\\?["'])?[ \t]{0,4}[=:]?[ \t]{0,4}(?:\\?["'[(])?)((?:[0-9a-f]{1,2}[:-]){6,127}[0-9a-f]{1,2})(?![0-9a-f:-])/gi,
    /((?<![A-Za-z0-9])(?:[\w-]{0,24}duid|client[ _-]?id(?:entifier)?|dhcp-client-identifier)(?:\\?["'])?[ \t]{0,4}[=:]?[ \t]{0,4}(?:\\?["'[(])?(?:0x)?)([0-9a-f]{14,260})(?![0-9a-f:-])/gi,
  ]),
  samples: [
    'client with duid «00:01:00:01:2a:3b:4c:5d:52:54:00:12:34:56» iaid',
    'DUID: «0001000120a1b2c3525400123456»',
    'client-id «01:52:54:00:12:34:56»',
  ],
  quiet: ['duid-type: link-layer', 'uid=1000', 'client id unknown'],
  worst: ['duid ', 'uid 00:', '00:11:'],
};
