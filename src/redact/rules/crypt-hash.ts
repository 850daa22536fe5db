import { matches, type TextRule } from './rule.ts';

export const cryptHash: TextRule = {
  id: 'crypt-hash',
  title: 'Password hash',
  kind: 'secret',
  about:
    'crypt(5) hashes in modular form ($1$ $2b$ $5$ $6$ $7$ $y$ $gy$ $argon2…), LDAP userPassword ({SSHA}…), Django, PostgreSQL SCRAM, the second field of shadow(5) and of htdigest, and NT hashes of pwdump.',
  hints: ['$', '{', 'pbkdf2', 'scram-', ':'],
  find: matches([
    /((?<![A-Za-z0-9$]))(\$(?:1|2[abxy]?|3|5|6|7|8|9|y|gy|md5|sha1|apr1|argon2id|argon2i|argon2d|scrypt|pbkdf2(?:-sha\d{1,3})?|bcrypt(?:-sha256)?|P|H|S)[$,][^\s"'\\:;,<>|][^\s"'\\:;<>|]{3,510})/g,
    /()(\{(?:S?MD5|S?SHA|SSHA(?:256|384|512)|SHA(?:256|384|512)|CRYPT|PBKDF2[A-Z0-9-]{0,10}|ARGON2)\}[^\s"'<>]{6,512})/gi,
    /((?<![A-Za-z0-9]))((?:pbkdf2_sha(?:1|256|512)|argon2|bcrypt_sha256|scrypt)\$[A-Za-z0-9$+/=.,-]{16,512}|SCRAM-SHA-(?:1|256)\$\d{1,8}:[A-Za-z0-9+/=$:]{16,512})/g,
    // shadow(5): name, hash, and seven fields of which most are numbers; thirteen characters are a DES hash.
    /(^[a-z_][a-z0-9_.-]{0,63}:!{0,2})([./A-Za-z0-9]{13})(?=:\d{0,6}:\d{0,6}:\d{0,6}:)/gim,
    /(^[^\s:]{1,64}:[^:\r\n]{1,128}:)([0-9a-f]{32})(?=$|\s)/gim,
    /(:\d{1,10}:)([0-9a-f]{32}:[0-9a-f]{32})(?=:)/gi,
  ]),
  samples: [
    'root:«$6$rounds=4096$saltsalt$Kz5Gh0XbNq9hM0sJ7Q.O3T6z1uJrY2k»:19000:0:99999:7:::',
    'ubuntu:«$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7»:19000:0:99999:7:::',
    'userPassword: «{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ8C9Dz»',
    'password «pbkdf2_sha256$260000$Vh3kZxv0$k3lfQ1Jm9z9q5W0m8u»',
    'old:«aAbBcCdDeEfFg»:17000:0:99999:7:::',
    'alice:Realm of it:«938c2cc0dcc05f2b68c4287040cfcf71»',
  ],
  quiet: ['costs $5 a piece', 'daemon:*:18375:0:99999:7:::', 'PATH=$HOME/bin', '$1 and $2'],
  worst: ['$6$a', '{SSHA}', 'a:', 'pbkdf2_sha256$', 'aaaaaaaa'],
};
