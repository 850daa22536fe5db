import { matches, type TextRule } from './rule.ts';

export const networkDeviceSecret: TextRule = {
  id: 'network-device-secret',
  title: 'Passwords and keys in a switch configuration',
  kind: 'secret',
  about:
    'Cisco-like `enable secret 5|8|9`, `password 7`, `username … secret`, `key 7`, `key-string`, neighbour, OSPF, HSRP, VTP, PPP and NTP keys; Arista `secret sha512`; ArubaOS `password manager`, `encrypted-key`; Junos `encrypted-password "$9$…"`, `authentication-key`, `pre-shared-key` and all that it marks ## SECRET-DATA.',
  hints: ['secret', 'password', 'key', 'md5', 'authentication', 'passphrase', 'encrypted'],
  find: matches([
    /((?<![\w-])(?:enable|username[ \t]{1,4}\S{1,64}(?:[ \t]{1,4}(?:privilege|role)[ \t]{1,4}\S{1,32}){0,2})[ \t]{1,4}(?:algorithm-type[ \t]{1,4}\S{1,16}[ \t]{1,4})?(?:common-criteria-policy[ \t]{1,4}\S{1,32}[ \t]{1,4})?(?:password|secret)(?:[ \t]{1,4}level[ \t]{1,4}\d{1,2})?[ \t]{1,4}(?:(?:\d{1,2}|sha512|sha256|md5|encrypted|unencrypted|plaintext|ciphertext)[ \t]{1,4})?"?)([^\s"]{1,256})/gi,
    /((?<![\w-])(?:password|secret|key|key-string|passphrase)[ \t]{1,4}(?:[05-9]|sha512|sha256|encrypted|ciphertext|plaintext)[ \t]{1,4}"?)([^\s";]{1,256})/gi,
    /((?<![\w-])(?:message-digest-key[ \t]{1,4}\d{1,3}[ \t]{1,4}md5|authentication-key(?:[ \t]{1,4}\d{1,5}[ \t]{1,4}(?:md5|sha\d?|cmac-aes-128))?|authentication[ \t]{1,4}(?:md5[ \t]{1,4}key-string|text)|isakmp[ \t]{1,4}key|pre-shared-key(?:[ \t]{1,4}(?:ascii-text|hexadecimal|local|remote|address[ \t]{1,4}\S{1,64}[ \t]{1,4}key))?|vtp[ \t]{1,4}password|ppp[ \t]{1,4}(?:chap|pap)[ \t]{1,4}(?:password|sent-username[ \t]{1,4}\S{1,64}[ \t]{1,4}password)|neighbor[ \t]{1,4}\S{1,64}[ \t]{1,4}password|ntp[ \t]{1,4}authentication-key[ \t]{1,4}\d{1,5}[ \t]{1,4}md5|standby[ \t]{1,4}\d{1,4}[ \t]{1,4}authentication|encrypted-password|encrypted-key|simple-password|plain-text-password-value|md5[ \t]{1,4}\d{1,3}[ \t]{1,4}key|hello-authentication-key|password[ \t]{1,4}(?:manager|operator)(?:[ \t]{1,4}user-name[ \t]{1,4}\S{1,64})?(?:[ \t]{1,4}(?:sha1|sha256|plaintext))?)[ \t]{1,4}(?:\d[ \t]{1,4}|encrypted[ \t]{1,4})?"?)((?!md5\b|key-|user-name|\{)[^\s";]{1,256})/gi,
    // `password VALUE` alone on its line, as under `line vty 0 4`.
    /(^[ \t]{0,32}(?:set[ \t][^\r\n]{0,120}[ \t])?(?:password|passphrase)[ \t]{1,4}"?)([^\s";:=]{1,256})(?="?;?[ \t]*(?:##[^\r\n]{0,64})?$)/gim,
    /(^[^\r\n"]{0,256}[ \t]"?)([^\s";]{1,512})(?="?;[ \t]{0,8}##[ \t]{0,4}SECRET-DATA)/gm,
  ]),
  samples: [
    'enable secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»',
    'username admin privilege 15 secret 9 «$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6»',
    ' password 7 «0822455D0A16»',
    'username ops secret sha512 «$6$QPc4K$wYd8»',
    'ip ospf message-digest-key 1 md5 7 «13061E010803»',
    'neighbor 10.0.0.2 password «bgpS3cret»',
    'vtp password «Vtp123»',
    'standby 1 authentication «hsrpkey»',
    '    encrypted-password "«$6$abc$def»"; ## SECRET-DATA',
    'set security ike policy p pre-shared-key ascii-text "«$9$abcdef»"',
    'password manager plaintext «Aruba123»',
  ],
  quiet: [
    'enable secret',
    'password for user root',
    'service password-encryption',
    'key chain DEMO',
    'no enable password',
  ],
  worst: ['username a secret', 'set ', 'username a privilege ', 'neighbor a password', ' ;## SECRET-DATA'],
};
