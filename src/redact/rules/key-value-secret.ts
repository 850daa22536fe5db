import { assigned, matches, says, type TextRule } from './rule.ts';

const WORDS = [
  'pass(?:word|wd|phrase|code|wort)?',
  // A shell's working folder is no password.
  'pwd(?!=/)',
  'secret(?:[_-]?(?:key|string|value))?',
  '(?:auth|access|refresh|id|api|bearer|csrf|xsrf|bot|join|registration|bootstrap|deploy|user|session|security|enrol(?:l?ment)?)?[_-]?token',
  'api[_ -]?key',
  'access[_-]?key(?:[_-]?id)?',
  '(?:private|encryption|signing|master|shared|symmetric|auth|session|host|node)[_-]?key',
  'credentials?',
  'passin|passout',
  'otp|totp|mfa[_-]?code|pin[_-]?code',
  '(?:auth|client|app|consumer)[_-]?(?:secret|pass|pw)',
  'kdf[_-]?salt|salt',
  'hmac|signature',
].join('|');

export const keyValueSecret: TextRule = {
  id: 'key-value-secret',
  title: 'Value of a key that names a secret',
  kind: 'secret',
  about:
    'key=value, key: value and JSON pairs, quoted or not, whose key says password, passphrase, secret, token, API key, private key, credential, salt, signature or OTP, alone or within a longer name.',
  hints: [
    'pass',
    'pwd',
    'secret',
    'token',
    'key',
    'credential',
    'otp',
    'mfa',
    'pin',
    'auth',
    'app',
    'salt',
    'hmac',
    'signature',
  ],
  find: matches(
    assigned(
      `(?<!by(?=pass)|com(?=pass)|tres(?=pass))(?:${WORDS})(?:s|\\d{1,3}|hash|value|text|data|string)?(?:[_.-][\\w.-]{0,24})?`,
    ),
    says,
  ),
  samples: [
    'password=«hunter2,;x»',
    '{"password": "«pa\\"ss»", "user": "x"}',
    "{'admin_password': u'«s3cret»'}",
    'db_passwd: «maas123»',
    '"{\\"client_secret\\": \\"«abc123»\\"}"',
    'GET /x?token=«abcdef»&y=1',
    'MAAS_SECRET=«0f1e2d3c4b5a»',
    'userPassword: «x1y2z3»',
  ],
  quiet: [
    'Failed password for root from 10.0.0.1',
    'password: none',
    'bypass=1',
    'tokenizer: bpe',
    'secret: ',
    'passive: 1',
  ],
  worst: ['password', 'a_', 'token=', 'pass        ', 'a-a.'],
};
