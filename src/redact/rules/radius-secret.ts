import { assigned, matches, says, type TextRule } from './rule.ts';

export const radiusSecret: TextRule = {
  id: 'radius-secret',
  title: 'RADIUS and TACACS+ secrets',
  kind: 'secret',
  about:
    'clients.conf of FreeRADIUS, `radius-server key`, `tacacs-server key`, `auth_server_shared_secret` of hostapd, `secret` of Junos, and attributes that radiusd prints: User-Password, CHAP-Password, MS-CHAP and Message-Authenticator.',
  hints: ['radius', 'tacacs', 'shared_secret', 'shared-secret', '-password', 'message-authenticator', 'chap'],
  find: matches(
    [
      ...assigned(
        '(?:shared[_-]?secret|(?:User|CHAP|Cleartext|NT|LM|Tunnel|SMD5|Crypt)-Password|MS-CHAP2?-(?:Response|Challenge)|Message-Authenticator|(?:radius|tacacs)[_+-]?(?:server[_-]?)?(?:key|secret))',
      ),
      /((?<![\w-])(?:radius|tacacs)(?:\+|-plus)?(?:-server)?[ \t][^\r\n]{0,160}?(?:key|secret)[ \t]{1,8}(?:[0-9][ \t]{1,4}|encrypted[ \t]{1,4}|ciphertext[ \t]{1,4}|plaintext[ \t]{1,4})?["']?)([^\s"';]{1,256})/gi,
    ],
    says,
  ),
  samples: [
    'radius-server host 10.0.0.5 auth-port 1812 key 7 «13061E010803»',
    'tacacs-server key «S3cr3t»',
    'auth_server_shared_secret=«testing123»',
    '  User-Password = "«hunter2»"',
  ],
  quiet: ['radius-server timeout 5', 'radius server is dead'],
  worst: ['radius ', 'radius key', 'shared_secret  '],
};
