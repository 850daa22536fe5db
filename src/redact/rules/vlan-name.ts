import { assigned, matches, says, type TextRule } from './rule.ts';

export const vlanName: TextRule = {
  id: 'vlan-name',
  title: 'Names of VLANs, fabrics, spaces, SSIDs and ports',
  kind: 'vlan-name',
  about:
    '`vlan 10 name X`, `vtp domain X`, `description X` of a switch port, `ssid=`, MAAS fabric, space and subnet names by their key, bridge and bond aliases.',
  hints: ['vlan', 'vtp', 'ssid', 'description', 'fabric', 'space', 'alias', 'mst', 'name', 'zone', 'pool'],
  find: matches(
    [
      ...assigned('(?:ssid|vlan_?name|fabric(?:_?name)?|space(?:_?name)?|resource_?pool|ifalias|port_?description)'),
      /((?<![\w-])vlan[ \t]{1,4}\d{1,4}[ \t]{1,4}name[ \t]{1,4}["']?)([^\s"']{1,64})/gi,
      /(^[ \t]{1,16}(?:name|description|alias)[ \t]{1,4}["']?)([^"'\r\n;{]{1,240}[^"'\s;{])(?=["']?;?[ \t]*\r?$)/gim,
      /((?<![\w-])(?:vtp domain|spanning-tree mst (?:configuration )?name|set vlans|alias)[ \t]{1,4}["']?)(?!name\b)([^\s"']{1,64})/gi,
    ],
    (value) => says(value) && !/^(?:default|undefined|\d+|space-\d+|fabric-\d+)$/i.test(value),
  ),
  samples: [
    'vlan 10 name «prod-storage»',
    ' description «Uplink to dc2 rack 7»',
    'vtp domain «ACME»',
    'ssid="«AcmeCorp»"',
    '"fabric_name": "«dc-west»"',
  ],
  quiet: ['vlan 10', 'fabric: fabric-0', 'no description'],
  worst: [' name a', 'vlan 10 name', ' description ', 'a-ssid'],
};
