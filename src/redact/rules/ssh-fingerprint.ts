import { matches, type TextRule } from './rule.ts';

export const sshFingerprint: TextRule = {
  id: 'ssh-fingerprint',
  title: 'Fingerprints of SSH and TLS keys',
  kind: 'serial',
  about:
    'SHA256: and 43 base64 characters, MD5: and 16 octets in colon form, SHA-1 and SHA-256 fingerprints of certificates: public, and the same wherever the key is used.',
  hints: ['sha256', 'md5:', 'fingerprint', 'sha1'],
  find: matches([
    /((?<![A-Za-z0-9])SHA256:)([A-Za-z0-9+/]{43})(?![A-Za-z0-9+/])/g,
    /((?<![A-Za-z0-9])(?:MD5:|(?:fingerprint|sha-?1|sha-?256)[ =:]{1,4}["']?))((?:[0-9a-f]{2}:){15,31}[0-9a-f]{2})(?![0-9a-f:])/gi,
    /((?<![A-Za-z0-9])fingerprint(?:\\?["'])?[ =:]{1,4}(?:\\?["'])?)([0-9a-f]{40,64})(?![0-9a-f])/gi,
  ]),
  samples: [
    'ssh2: RSA SHA256:«nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8»',
    'MD5:«16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48»',
  ],
  quiet: ['SHA256:short', 'fingerprint unknown'],
  worst: ['SHA256:', 'MD5:16:', 'fingerprint    '],
};
