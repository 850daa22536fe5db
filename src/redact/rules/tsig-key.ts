import { matches, type TextRule } from './rule.ts';

export const tsigKey: TextRule = {
  id: 'tsig-key',
  title: 'TSIG, rndc and OMAPI keys',
  kind: 'secret',
  about:
    'The base64 of `secret` in dhcpd.conf and named.conf key statements and rndc.conf, of `nsupdate` key lines and `-y` options, of `dnssec-keygen` K*.private files, and of OMAPI key pairs.',
  hints: ['secret', 'nsupdate', 'dig ', 'hmac', '-y', 'omapi', 'tsig', 'privatekey', 'rndc', 'key:'],
  find: matches([
    /((?<![\w-])secret[ \t]{1,8}"?)([A-Za-z0-9+/]{8,1024}={0,2})(?="?[ \t]{0,8};)/gi,
    /((?<![\w-])-y[ \t]{1,4}["']?(?:hmac-[\w-]{2,20}:)?[\w.-]{1,255}:)([A-Za-z0-9+/]{8,1024}={0,2})/g,
    /(^[ \t]{0,16}key[ \t]{1,4}(?:hmac-[\w-]{2,20}:)?[\w.-]{1,255}[ \t]{1,4})([A-Za-z0-9+/]{16,1024}={0,2})(?=[ \t]*$)/gim,
    /(^[ \t]{0,16}(?:Key|PrivateKey|Exponent2|PrivateExponent|Prime[12]|Coefficient|Exponent1):[ \t]{1,8})([A-Za-z0-9+/]{16,2048}={0,2})/gm,
    /((?<![\w-])(?:omapi|tsig|rndc)[_-]?(?:key|secret)(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?)([^\s"'\\,;]{8,1024})/gi,
  ]),
  samples: [
    '  secret "«Yf2BqkPVyTnC0HZ0qLq+jw==»";',
    'key omapi_key { algorithm HMAC-MD5; secret «eXNmZXJ0MTIzNDU2Nzg5MA==»; }',
    'nsupdate -y hmac-sha256:ddns:«Yf2BqkPVyTnC0HZ0qLq+jw==»',
    'omapi_key: «Yf2BqkPVyTnC0HZ0qLq+jw==»',
  ],
  quiet: ['the secret of it; really', 'omapi-key omapi_key;', 'key "rndc-key" {'],
  worst: ['secret a', '-y a', 'key a', 'secret        '],
};
