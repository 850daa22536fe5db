import { matches, type TextRule } from './rule.ts';

export const snmpCommunity: TextRule = {
  id: 'snmp-community',
  title: 'SNMP communities and users',
  kind: 'secret',
  about:
    'Cisco-like `snmp-server community`, `snmp-server host … [version] community`, `snmp-server user … auth … priv …`, Junos `snmp community`, net-snmp `rocommunity`, `com2sec`, `createUser`, `trapsink`, and `-c community` of its tools.',
  hints: ['snmp', 'community', 'com2sec', 'createuser', 'trap'],
  find: matches([
    /((?:snmp-server community|^[ \t]{0,16}(?:set )?snmp community)[ \t]{1,8}(?:\d[ \t]{1,4})?"?)([^\s";{]{1,256})/gim,
    /(snmp-server host[ \t]{1,8}\S{1,255}[ \t]{1,8}(?:vrf[ \t]{1,4}\S{1,64}[ \t]{1,4})?(?:(?:traps?|informs?)[ \t]{1,4})?(?:version[ \t]{1,4}(?:1|2c|3[ \t]{1,4}(?:auth|noauth|priv))[ \t]{1,4})?(?:community[ \t]{1,4})?"?)((?!version|traps?\b|informs?\b)[^\s";]{1,256})/gi,
    /(snmp-server (?:user|group)[ \t][^\r\n]{0,200}?(?:auth|priv)[ \t]{1,4}(?:md5|sha\d{0,3}|des|3des|aes)(?:[ \t]{1,4}(?:128|192|256))?[ \t]{1,4}(?:\d[ \t]{1,4})?"?)([^\s";]{1,256})/gi,
    /(snmp-server user[ \t][^\r\n]{0,300}?priv[ \t]{1,4}(?:des|3des|aes)?(?:[ \t-]{1,4}(?:128|192|256))?[ \t]{1,4}"?)((?!des\b|3des\b|aes)[^\s";]{4,256})/gi,
    /(^[ \t]{0,64}(?:r[ow]community6?|trapcommunity|authcommunity[ \t]{1,4}\S{1,32})[ \t]{1,8}"?)([^\s"]{1,256})/gim,
    /(^[ \t]{0,64}com2sec6?[ \t]{1,8}(?:-Cn[ \t]{1,4}\S{1,64}[ \t]{1,4})?\S{1,64}[ \t]{1,8}\S{1,255}[ \t]{1,8}"?)([^\s"]{1,256})/gim,
    /(^[ \t]{0,64}createUser[ \t]{1,8}(?:-e[ \t]{1,4}\S{1,64}[ \t]{1,4})?"?[^\s"]{1,64}"?[ \t]{1,8}(?:MD5|SHA[-\d]{0,4})[ \t]{1,8})("[^"\r\n]{1,256}"|\S{1,256})/gim,
    /(^[ \t]{0,64}createUser[ \t][^\r\n]{1,300}?[ \t](?:DES|AES[-\d]{0,4})[ \t]{1,8})("[^"\r\n]{1,256}"|\S{1,256})/gim,
    /(^[ \t]{0,64}(?:trap2?sink|informsink)[ \t]{1,8}\S{1,255}[ \t]{1,8}"?)([^\s"]{1,256})/gim,
    /((?<![\w-])snmp(?:walk|get|getnext|bulkwalk|bulkget|set|trap|status|table)[ \t][^\r\n]{0,200}?-[cAX][ \t]{0,4}["']?)([^\s"']{1,256})/g,
    /((?<![\w-])(?:snmp_?)?(?:community(?:[_-]?(?:string|name))?)(?:\\?["'])?[ \t]{0,8}[=:][ \t]{0,8}(?:\\?["'])?)((?!\d{1,5}:\d)[^\s"'\\,;]{1,256})/gi,
  ]),
  samples: [
    'snmp-server community «S3cretRO» RO 10',
    'snmp-server host 10.0.0.9 version 2c «trapstr1ng»',
    'snmp-server user ops v3grp v3 auth sha «AuthPass1» priv aes 128 «PrivPass2»',
    'rocommunity «public99»  10.0.0.0/8',
    'com2sec readonly default «hunter2»',
    'createUser bob SHA «"my auth pass"» AES «privpass»',
    'snmpwalk -v2c -c «s3cret» 10.0.0.2',
    '"snmp_community": "«fleet-ro»"',
  ],
  quiet: ['the snmp community likes it', 'bgp community 65000:100', 'community: 65000:100'],
  worst: ['snmp-server user ', 'snmp-server host a ', 'snmpwalk ', 'createUser a '],
};
